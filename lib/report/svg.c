#include "svg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svg_marks.h"
#include "svg_tag.h"

#define DEPTH_MAX 64

/* An element that is open in the output. */
struct open {
	size_t start;   /* of its tag in the output */
	size_t content; /* after its tag */
	bool bare;      /* its tag says nothing and is left out */
};

struct inliner {
	struct par_text *out;
	const struct par_palette *palette;
	bool hover;
	struct open stack[DEPTH_MAX];
	size_t depth;
	struct par_svg_marks marks; /* the last in the output */
	bool broken; /* an attribute is no list of numbers, though it should be one */
};

bool par_svg_is_whole(const char *svg)
{
	size_t size = strlen(svg);

	while (size > 0 && strchr(" \r\n\t", svg[size - 1]) != NULL)
		size--;
	return size > 12 && strstr(svg, "<svg") != NULL &&
	       strncmp(svg + size - 6, "</svg>", 6) == 0;
}

/* Lists the colours that are left in what was added: not those of elements that were taken back. */
static void list_unmapped(struct par_text *unmapped, const char *added)
{
	const char *at = added;

	while ((at = strstr(at, "=\"#")) != NULL) {
		at += strlen("=\"");
		if (strspn(at + 1, "0123456789abcdef") == 6 && at[7] == '"') {
			par_text_add_bytes(unmapped, at, 7);
			par_text_add(unmapped, "\n");
		}
	}
}

/* Adds an attribute unless it says nothing here. Returns true when it did. */
static bool add_attribute(struct inliner *in, struct par_slice name, struct par_slice value)
{
	uint32_t colour;

	if (par_svg_is_noise(name, value))
		return false;
	par_text_add(in->out, " ");
	if (par_slice_is(name, "xlink:href"))
		name = (struct par_slice){ "href", 4 };
	par_text_add_bytes(in->out, name.at, name.size);
	par_text_add(in->out, "=\"");
	if (par_svg_read_colour(&colour, value))
		par_svg_add_colour(in->out, in->palette, colour);
	else if (par_slice_is(name, "d") || par_slice_is(name, "points") ||
		 par_slice_is(name, "transform"))
		in->broken |= !par_svg_add_numbers(in->out, value);
	else
		par_text_add_bytes(in->out, value.at, value.size);
	par_text_add(in->out, "\"");
	return true;
}

static void add_tag(struct inliner *in, const struct par_tag *tag)
{
	size_t start = in->out->size;
	bool bare = par_slice_is(tag->name, "g") || par_slice_is(tag->name, "tspan");

	par_text_add(in->out, "<");
	par_text_add_bytes(in->out, tag->name.at, tag->name.size);
	for (size_t i = 0; i < tag->count; i++)
		if (add_attribute(in, tag->attributes[i].name, tag->attributes[i].value))
			bare = false;
	par_text_add(in->out, tag->empty ? "/>" : ">");
	if (tag->empty || in->depth == DEPTH_MAX || in->out->failed)
		return;
	if (bare) {
		in->out->size = start;
		in->out->data[start] = '\0';
	}
	in->stack[in->depth++] = (struct open){ start, in->out->size, bare };
}

/* Closes the innermost element; one without content is taken back. */
static int close_tag(struct inliner *in, const struct par_tag *tag)
{
	struct open *open;

	if (in->depth == 0 || in->out->failed)
		return in->out->failed ? -ENOMEM : -EBADMSG;
	open = &in->stack[--in->depth];
	if (open->content == in->out->size && !open->bare) {
		in->out->size = open->start;
		in->out->data[open->start] = '\0';
	} else if (!open->bare) {
		par_text_add(in->out, "</");
		par_text_add_bytes(in->out, tag->name.at, tag->name.size);
		par_text_add(in->out, ">");
	}
	return 0;
}

/*
 * A hover text: a group with a script that names it, a blank title and a clear symbol. It becomes a
 * circle with a title. `at` is after the group's tag; returns the place after its end, NULL: cut.
 */
static const char *add_hover(struct inliner *in, struct par_slice script, const char *at)
{
	const char *end = strstr(at, "</g>"), *symbol = strstr(at, "<use");
	struct par_tag use;
	double x, y, scale;
	size_t head = strcspn(script.at, "'") + 1;
	struct par_text text = PAR_TEXT_INIT;

	if (end == NULL || symbol == NULL || symbol > end || par_tag_read(&use, symbol) == NULL ||
		!par_svg_read_place(&use, &x, &y, &scale) || script.size < head + 2)
		return NULL;
	if (!in->hover)
		return end + strlen("</g>");
	par_text_add_bytes(&text, script.at + head, script.size - head - 2);
	par_text_format(in->out, "<circle class=\"h\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
		x, y, scale + 1);
	par_text_add_html(in->out, par_text_get(&text));
	par_text_add(in->out, "</title></circle>");
	in->out->failed |= text.failed;
	par_text_fini(&text);
	return end + strlen("</g>");
}

static const char *skip_element(const char *at, const char *close)
{
	const char *end = strstr(at, close);

	return end == NULL ? NULL : end + strlen(close);
}

/* Copies what lies between tags; white space between elements says nothing. */
static const char *add_content(struct inliner *in, const char *at)
{
	size_t size = strcspn(at, "<");

	if (strspn(at, " \t\r\n") < size || (size > 0 && at[0] == ' ' && size == 1))
		par_text_add_bytes(in->out, at, size);
	return at + size;
}

/* Handles the tag at `at`. Returns the place to go on from; NULL: not what gnuplot writes. */
static const char *add_element(struct inliner *in, const char *at)
{
	struct par_tag tag;
	const char *after = par_tag_read(&tag, at);
	struct par_slice script;

	if (after == NULL)
		return NULL;
	if (tag.closing)
		return close_tag(in, &tag) < 0 ? NULL : after;
	if (par_slice_is(tag.name, "title") || par_slice_is(tag.name, "desc"))
		return skip_element(
			after, par_slice_is(tag.name, "title") ? "</title>" : "</desc>");
	script = par_tag_value(&tag, "onmousemove");
	if (script.at != NULL)
		return add_hover(in, script, after);
	if (par_slice_is(tag.name, "use") &&
		par_svg_add_mark(in->out, &in->marks, in->palette, &tag))
		return after;
	add_tag(in, &tag);
	return after;
}

/* The drawing itself, from after the symbols to before </svg>. */
static int add_drawing(struct inliner *in, const char *at)
{
	while (*at != '\0') {
		if (*at != '<') {
			at = add_content(in, at);
			continue;
		}
		if (strncmp(at, "</svg>", 6) == 0)
			return in->depth == 0 && !in->broken ? 0 : -EBADMSG;
		at = add_element(in, at);
		if (at == NULL)
			return -EBADMSG;
	}
	return -EBADMSG;
}

int par_svg_inline(struct par_text *out, const char *svg, const struct par_svg_frame *frame,
	struct par_text *unmapped, struct par_error *error)
{
	struct inliner in = { .out = out, .palette = frame->palette, .hover = frame->hover };
	const char *box = strstr(svg, "viewBox=\""), *body = strstr(svg, "</defs>");
	size_t before = out->size;
	double width, height;
	int status;

	if (box == NULL || body == NULL || !par_svg_is_whole(svg) ||
		sscanf(box, "viewBox=\"0 0 %lf %lf\"", &width, &height) != 2 ||
		!par_svg_is_place(width) || !par_svg_is_place(height))
		return par_fail(error, -EBADMSG, "not an SVG file that gnuplot has finished");
	par_text_format(out,
		"<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\" fill=\"none\" stroke-width=\"1\" "
		"role=\"img\" aria-label=\"",
		frame->css_class, width, height);
	par_text_add_html(out, frame->label);
	par_text_add(out, "\">");
	/* the group around everything is still open here: gnuplot closes it before </svg> */
	in.stack[in.depth++] = (struct open){ out->size, out->size, true };
	status = add_drawing(&in, body + strlen("</defs>"));
	par_text_add(out, "</svg>");
	if (status == 0)
		status = par_text_status(out);
	if (status == 0 && unmapped != NULL)
		list_unmapped(unmapped, out->data + before);
	if (status < 0 && out->data != NULL) {
		out->size = before;
		out->data[before] = '\0';
	}
	return status == -EBADMSG ? par_fail(error, status, "an SVG file of an unknown form")
				  : status;
}

int par_svg_symbols(struct par_text *out, const char *svg, struct par_error *error)
{
	const char *start = strstr(svg, "<defs>"), *end;

	end = start == NULL ? NULL : strstr(start, "<filter");
	if (end == NULL && start != NULL)
		end = strstr(start, "</defs>");
	if (end == NULL)
		return par_fail(error, -EBADMSG, "an SVG file without gnuplot's point symbols");
	par_text_add(out, "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\">");
	par_text_add_bytes(out, start, (size_t)(end - start));
	par_text_add(out, "</defs></svg>");
	return par_text_status(out);
}
