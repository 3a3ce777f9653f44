#include "chart_layout.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"

static double share(double value, const double range[2], bool is_log)
{
	if (is_log)
		return log(value / range[0]) / log(range[1] / range[0]);
	return (value - range[0]) / (range[1] - range[0]);
}

double par_panel_x(const struct par_panel *panel, double x)
{
	return panel->left + (panel->right - panel->left) * share(x, panel->x, panel->log_x);
}

double par_panel_y(const struct par_panel *panel, double y)
{
	return panel->bottom - (panel->bottom - panel->top) * share(y, panel->y, panel->log_y);
}

void par_layout_panel(struct par_layout *layout, const struct par_panel *panel)
{
	struct par_panel *copy = &layout->panels[layout->panel_count];

	if (layout->panel_count == PAR_PANELS_MAX) {
		layout->failed = true;
		return;
	}
	*copy = *panel;
	copy->top += layout->offset;
	copy->bottom += layout->offset;
	layout->panel_count++;
}

void par_layout_shape(struct par_layout *layout, enum par_shape shape, double x1, double y1,
	double x2, double y2, uint32_t colour)
{
	static const char *const names[] = {
		[PAR_SHAPE_RECT] = "rect",
		[PAR_SHAPE_FRAME] = "frame",
		[PAR_SHAPE_RULE] = "rule",
		[PAR_SHAPE_DOTTED] = "dotted",
		[PAR_SHAPE_LEADER] = "leader",
		[PAR_SHAPE_RING] = "ring",
		[PAR_SHAPE_CROSS] = "cross",
	};

	par_text_format(&layout->marks, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t0x%06X\t0\t-\n", names[shape],
		x1, y1 + layout->offset, x2, y2 + layout->offset, (unsigned)colour);
}

static double type_size(const struct par_runs *runs)
{
	return runs->size > 0 ? runs->size : PAR_TYPE_BODY;
}

static bool is_run(const char *run)
{
	return run != NULL && run[0] != '\0';
}

double par_runs_width(const struct par_runs *runs)
{
	double width = 0, size = type_size(runs);

	if (is_run(runs->bold))
		width += par_text_width(runs->bold, size, true);
	if (is_run(runs->plain))
		width += (width > 0 ? par_text_width(" ", size, false) : 0) +
			 par_text_width(runs->plain, size, false);
	if (is_run(runs->small))
		width += (width > 0 ? par_text_width(" ", size, false) : 0) +
			 par_text_width(runs->small, PAR_TYPE_SMALL, false);
	return width;
}

static void add_box(struct par_layout *layout, double x, double y, enum par_align align,
	double angle, const struct par_runs *runs)
{
	double width = par_runs_width(runs), half = 0.45 * type_size(runs);
	double left = x - (align == PAR_ALIGN_LEFT            ? 0
				  : align == PAR_ALIGN_CENTER ? width / 2
							      : width);
	struct par_box box = { left, left + width, y - half, y + half, angle != 0 };

	if (layout->box_count == layout->box_capacity) {
		size_t capacity = layout->box_capacity == 0 ? 64 : 2 * layout->box_capacity;
		struct par_box *boxes = realloc(layout->boxes, capacity * sizeof *boxes);

		if (boxes == NULL) {
			layout->failed = true;
			return;
		}
		layout->boxes = boxes;
		layout->box_capacity = capacity;
	}
	layout->boxes[layout->box_count++] = box;
}

void par_text_add_enhanced(struct par_text *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (strchr("_^@&{}~\\", *at) != NULL)
			/* one backslash is taken by the reader of the table, one by the text itself
			 */
			par_text_add(out, "\\\\");
		if ((unsigned char)*at < 0x20 || *at == 0x7F)
			par_text_add(out, " ");
		else if (*at == '"')
			/* gnuplot takes a leading quote for the start of a quoted field */
			par_text_add(out, "”");
		else
			par_text_add_bytes(out, at, 1);
	}
}

void par_text_add_hover(struct par_text *out, const char *text)
{
	static const struct {
		char from;
		const char *to;
	} like[] = { { '\'', "’" }, { '"', "”" }, { '\\', "/" }, { '<', "‹" }, { '>', "›" },
		{ '&', "+" } };

	for (const char *at = text; *at != '\0'; at++) {
		const char *to = (unsigned char)*at < 0x20 ? " " : NULL;

		for (size_t i = 0; i < sizeof like / sizeof *like; i++)
			if (*at == like[i].from)
				to = like[i].to;
		if (to != NULL)
			par_text_add(out, to);
		else
			par_text_add_bytes(out, at, 1);
	}
}

static void add_run(struct par_text *out, const char *run, double size, bool bold)
{
	par_text_format(out, "{/%s*%.3f ", bold ? ":Bold" : "", size / PAR_TYPE_BODY);
	par_text_add_enhanced(out, run);
	par_text_add(out, "}");
}

void par_layout_runs(struct par_layout *layout, double x, double y, enum par_align align,
	double angle, uint32_t colour, const struct par_runs *runs)
{
	static const char *const names[] = { "left", "center", "right" };
	struct par_text *out = &layout->marks;
	bool started = false;

	y += layout->offset;
	add_box(layout, x, y, align, angle, runs);
	par_text_format(out, "%s\t%.2f\t%.2f\t0\t0\t0x%06X\t%g\t", names[align], x, y,
		(unsigned)colour, angle);
	if (is_run(runs->bold)) {
		add_run(out, runs->bold, type_size(runs), true);
		started = true;
	}
	if (is_run(runs->plain)) {
		par_text_add(out, started ? " " : "");
		add_run(out, runs->plain, type_size(runs), false);
		started = true;
	}
	if (is_run(runs->small)) {
		par_text_add(out, started ? " " : "");
		add_run(out, runs->small, PAR_TYPE_SMALL, false);
	}
	par_text_add(out, "\n");
}

void par_layout_text(struct par_layout *layout, double x, double y, enum par_align align,
	double size, uint32_t colour, const char *text)
{
	struct par_runs runs = { .plain = text, .size = size };

	par_layout_runs(layout, x, y, align, 0, colour, &runs);
}

void par_layout_curve(struct par_layout *layout, const char *style, uint32_t colour)
{
	par_text_format(&layout->curves, "\n\n# curve: x, y, style, colour\n");
	par_text_format(&layout->curves, "NaN\tNaN\t%s\t0x%06X\n", style, (unsigned)colour);
	layout->curve_count++;
}

void par_layout_point(struct par_layout *layout, double x, double y)
{
	par_text_format(&layout->curves, "%.6g\t%.6g\n", x, y);
}

double par_layout_paragraph(struct par_layout *layout, double x, double y, double width,
	double size, bool bold, uint32_t colour, const char *text)
{
	char line[512];

	while (*text != '\0') {
		size_t fits = 0, end = 0;

		for (;;) {
			size_t word = end + strcspn(text + end, " ");

			if (word >= sizeof line)
				break;
			memcpy(line, text, word);
			line[word] = '\0';
			if (fits > 0 && par_text_width(line, size, bold) > width)
				break;
			fits = word;
			if (text[word] == '\0')
				break;
			end = word + 1;
		}
		if (fits == 0) /* a word longer than the buffer: cut it */
			fits = sizeof line - 1;
		memcpy(line, text, fits);
		line[fits] = '\0';
		par_layout_runs(layout, x, y, PAR_ALIGN_LEFT, 0, colour,
			&(struct par_runs){ .bold = bold ? line : NULL,
				.plain = bold ? NULL : line,
				.size = size });
		y += 1.35 * size;
		text += fits;
		text += strspn(text, " ");
	}
	return y;
}

static void write_panel(struct par_text *out, const struct par_panel *panel)
{
	par_text_format(out, "%.2f\t%.2f\t%.2f\t%.2f\t%.8g\t%.8g\t%.8g\t%.8g\t%d\t%d\n",
		panel->left, panel->right, panel->top, panel->bottom, panel->x[0], panel->x[1],
		panel->y[0], panel->y[1], panel->log_x, panel->log_y);
}

int par_layout_write(struct par_text *out, const struct par_layout *layout)
{
	par_text_add(out, "# places in pixels from the top left corner; read by style.gp\n");
	par_text_add(out, "# canvas: width, height, panels, curves, blocks of the data\n");
	par_text_format(out, "%.0f\t%.0f\t%zu\t%zu\t%zu\n", layout->width,
		layout->height + layout->offset, layout->panel_count, layout->curve_count,
		layout->data_blocks);
	par_text_add(out, "\n\n# panels: left, right, top, bottom, x from, x to, y from, y to, "
			  "log x, log y\n");
	for (size_t i = 0; i < layout->panel_count; i++)
		write_panel(out, &layout->panels[i]);
	par_text_add(out, "\n\n# marks: shape or alignment, x1, y1, x2, y2, colour, angle, text\n");
	par_text_add(out, par_text_get(&layout->marks));
	par_text_add(out, par_text_get(&layout->curves));
	if (layout->failed || par_text_status(&layout->marks) < 0 ||
		par_text_status(&layout->curves) < 0)
		return -ENOMEM;
	return par_text_status(out);
}

void par_layout_fini(struct par_layout *layout)
{
	par_text_fini(&layout->marks);
	par_text_fini(&layout->curves);
	free(layout->boxes);
	memset(layout, 0, sizeof *layout);
}
