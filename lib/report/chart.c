#include "chart.h"

#include <string.h>

extern const struct par_chart par_chart_speedup;
extern const struct par_chart par_chart_heatmap;
extern const struct par_chart par_chart_dots;
extern const struct par_chart par_chart_samples;
extern const struct par_chart par_chart_granularity;
extern const struct par_chart par_chart_latency;
extern const struct par_chart par_chart_distance;

const struct par_chart *const par_charts[] = {
	&par_chart_heatmap,
	&par_chart_speedup,
	&par_chart_dots,
	&par_chart_samples,
	&par_chart_granularity,
	&par_chart_latency,
	&par_chart_distance,
	NULL,
};

const struct par_chart *par_chart_find(const char *name)
{
	for (size_t i = 0; par_charts[i] != NULL; i++)
		if (strcmp(par_charts[i]->name, name) == 0)
			return par_charts[i];
	return NULL;
}

const char *par_size_name(enum par_size_kind size)
{
	static const char *const names[PAR_SIZES] = { "wide", "narrow", "slide" };

	return names[size];
}

void par_sheet_fini(struct par_sheet *sheet)
{
	par_text_fini(&sheet->data);
	for (int i = 0; i < PAR_SIZES; i++)
		par_layout_fini(&sheet->layouts[i]);
	memset(sheet, 0, sizeof *sheet);
}

#define SLIDE_MARGIN 12.0

struct par_layout *par_sheet_begin(
	struct par_sheet *sheet, enum par_size_kind size, const struct par_palette *palette)
{
	struct par_layout *layout = &sheet->layouts[size];
	double y = 22, width;

	layout->width = size == PAR_SIZE_NARROW ? PAR_NARROW_PIXELS : PAR_WIDE_PIXELS;
	if (size != PAR_SIZE_SLIDE)
		return layout;
	width = layout->width - 2 * SLIDE_MARGIN;
	y = par_layout_paragraph(layout, SLIDE_MARGIN, y, width, PAR_TYPE_TITLE, true,
		par_palette_fixed(palette, PAR_COLOUR_INK), sheet->finding);
	y = par_layout_paragraph(layout, SLIDE_MARGIN, y + 2, width, PAR_TYPE_BODY, false,
		par_palette_fixed(palette, PAR_COLOUR_MUTED), sheet->what);
	layout->offset = y + 2;
	return layout;
}
