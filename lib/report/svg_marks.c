#include "svg_marks.h"

#include <stdio.h>
#include <string.h>

#define DOT         6u   /* gpPt6, which gnuplot's point type 7 is */
#define OUTLINE     1.1  /* gnuplot's symbol: radius 1 and half a line */
#define SCALE_LEAST 0.01 /* smaller marks nobody sees, and places are divided by it */

static const char dot_end[] = "\"/>", symbol_end[] = "</g>";

void par_svg_add_colour(struct par_text *out, const struct par_palette *palette, uint32_t colour)
{
	const char *css = par_palette_css(palette, colour);

	if (css != NULL)
		par_text_format(out, "var(--%s)", css);
	else
		par_text_format(out, "#%06x", (unsigned)colour);
}

bool par_svg_read_place(const struct par_tag *use, double *x, double *y, double *scale)
{
	struct par_slice value = par_tag_value(use, "transform");
	char text[80];

	if (value.at == NULL || value.size >= sizeof text)
		return false;
	memcpy(text, value.at, value.size);
	text[value.size] = '\0';
	return sscanf(text, "translate(%lf,%lf) scale(%lf)", x, y, scale) == 3 &&
	       par_svg_is_place(*x) && par_svg_is_place(*y) && par_svg_is_place(*scale);
}

/* Reads the number of "#gpPt6". */
static bool read_symbol(unsigned *symbol, const struct par_tag *use)
{
	static const char name[] = "#gpPt";
	struct par_slice value = par_tag_value(use, "xlink:href");
	size_t digits = value.size - strlen(name);

	if (value.at == NULL || value.size <= strlen(name) || digits > 2 ||
		!par_slice_starts(value, name))
		return false;
	*symbol = 0;
	for (size_t i = strlen(name); i < value.size; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		*symbol = 10 * *symbol + (unsigned)(value.at[i] - '0');
	}
	return true;
}

static bool continues(const struct par_text *out, const struct par_svg_marks *marks,
	const struct par_svg_marks *next)
{
	return marks->end != 0 && marks->end == out->size && !out->failed &&
	       marks->symbol == next->symbol && marks->colour == next->colour &&
	       marks->scale == next->scale;
}

/* Takes back the end of the element that the last marks are in. */
static void reopen(struct par_text *out, const char *end)
{
	out->size -= strlen(end);
	out->data[out->size] = '\0';
}

static void begin(
	struct par_text *out, const struct par_svg_marks *marks, const struct par_palette *palette)
{
	bool dot = marks->symbol == DOT;

	par_text_add(out, dot ? "<path stroke=\"" : "<g color=\"");
	par_svg_add_colour(out, palette, marks->colour);
	if (dot)
		par_text_format(out, "\" stroke-width=\"%.3g\" stroke-linecap=\"round\" d=\"",
			2 * OUTLINE * marks->scale);
	else
		par_text_format(out, "\" transform=\"scale(%.3g)\">", marks->scale);
}

bool par_svg_add_mark(struct par_text *out, struct par_svg_marks *marks,
	const struct par_palette *palette, const struct par_tag *use)
{
	struct par_svg_marks next = { .end = 0 };
	const char *end;
	double x, y;

	if (!read_symbol(&next.symbol, use) || par_tag_value(use, "opacity").at != NULL ||
		!par_svg_read_colour(&next.colour, par_tag_value(use, "color")) ||
		!par_svg_read_place(use, &x, &y, &next.scale) || !(next.scale >= SCALE_LEAST))
		return false;
	end = next.symbol == DOT ? dot_end : symbol_end;
	if (continues(out, marks, &next))
		reopen(out, end);
	else
		begin(out, &next, palette);
	if (next.symbol == DOT)
		par_text_format(out, "M%.1f %.1fh0", x, y);
	else /* in units of the scale: two digits are a fifth of a pixel's tenth */
		par_text_format(out, "<use href=\"#gpPt%u\" x=\"%.2f\" y=\"%.2f\"/>", next.symbol,
			x / next.scale, y / next.scale);
	par_text_add(out, end);
	next.end = out->size;
	*marks = next;
	return true;
}
