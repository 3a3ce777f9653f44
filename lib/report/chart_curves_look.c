#include "chart_curves.h"

#define DASHES     4 /* of plots/curves.gp, solid first */
#define DASH_LOSSY 5
#define DASH_GREY  6

/* Hollow forms, for curves that share a model's colour. */
static const int others[] = { 6, 4, 12, 8, 10, 14 };
#define OTHERS (sizeof others / sizeof *others)

/* How many curves before this one have its model. */
static size_t count_alike(const struct par_curves *curves, size_t index)
{
	const struct par_analysis *analysis = curves->view->analysis;
	const struct par_model *model = par_lesson_model(analysis, curves->items[index].cell);
	size_t alike = 0;

	for (size_t i = 0; i < index; i++)
		alike += !curves->items[i].lossy &&
			 par_lesson_model(analysis, curves->items[i].cell) == model;
	return alike;
}

/* The model's own mark is taken, and its hollow form would look like it from afar. */
static int other_point(int own, size_t index)
{
	size_t at = 0;

	for (size_t i = 0; i < 2 * OTHERS; i++) {
		int point = others[i % OTHERS];

		if (point == own || point + 1 == own)
			continue;
		if (at++ == index % (OTHERS - 1))
			return point;
	}
	return others[0];
}

static void set_lossy(struct par_curve *curve, const struct par_palette *palette)
{
	curve->line = curve->ink = par_palette_fixed(palette, PAR_COLOUR_WARN);
	curve->point = PAR_POINT_LAID;
	curve->dash = DASH_LOSSY;
}

void par_curves_look(struct par_curves *curves, const struct par_palette *palette)
{
	size_t strong = 0;

	for (size_t i = 0; i < curves->count; i++) {
		struct par_curve *curve = &curves->items[i];
		const struct par_model *model =
			par_lesson_model(curves->view->analysis, curve->cell);
		size_t alike = count_alike(curves, i);

		if (curve->lossy) {
			set_lossy(curve, palette);
			continue;
		}
		curve->grey = strong++ >= PAR_CURVES_STRONG_MAX;
		curve->line = alike == 0 ? par_palette_line(palette, model)
					 : par_palette_soft(palette, model);
		curve->ink = par_palette_ink(palette, model);
		curve->point =
			alike == 0 ? model->look.point : other_point(model->look.point, alike - 1);
		curve->dash = 1 + (int)(alike % DASHES);
		if (!curve->grey)
			continue;
		curve->line = par_palette_fixed(palette, PAR_COLOUR_GREY);
		curve->ink = par_palette_fixed(palette, PAR_COLOUR_MUTED);
		curve->dash = DASH_GREY;
	}
}
