/*
 * Where one model stops to beat another as tasks become longer.
 */
#include <math.h>
#include <string.h>

#include "grain.h"

static const struct par_grain_curve *curve_of(const struct par_grain *grain, const char *name)
{
	for (size_t i = 0; i < grain->count; i++)
		if (strcmp(grain->curves[i].model->name, name) == 0)
			return &grain->curves[i];
	return NULL;
}

/* The lengths that both have: each one's place in the curves. They are those of one serial cell,
 * so equal to the last bit. */
static size_t match(
	size_t places[][2], const struct par_grain_curve *a, const struct par_grain_curve *b)
{
	size_t count = 0;

	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		double left = a->points[i].length_ns, right = b->points[j].length_ns;

		if (left == right) {
			places[count][0] = i;
			places[count++][1] = j;
		}
		i += left <= right;
		j += left >= right;
	}
	return count;
}

bool par_grain_cross(struct par_grain_crossing *out, const struct par_grain *grain, const char *one,
	const char *other)
{
	const struct par_grain_curve *curves[2] = { curve_of(grain, one), curve_of(grain, other) };
	double length[PAR_GRAIN_POINTS_MAX], share[PAR_GRAIN_POINTS_MAX];
	size_t places[PAR_GRAIN_POINTS_MAX][2], count;
	int finer;

	*out = (struct par_grain_crossing){ .longest = NAN };
	if (curves[0] == NULL || curves[1] == NULL || curves[0]->cores != curves[1]->cores)
		return false;
	count = match(places, curves[0], curves[1]);
	if (count < PAR_METG_POINTS_LEAST)
		return false;
	finer = curves[1]->points[places[0][1]].efficiency >
		curves[0]->points[places[0][0]].efficiency;
	for (size_t i = 0; i < count; i++) {
		const struct par_grain_point *fast = &curves[finer]->points[places[i][finer]];
		const struct par_grain_point *slow = &curves[!finer]->points[places[i][!finer]];

		length[i] = fast->length_ns;
		/* What is sought is where it reaches PAR_METG_SHARE. */
		share[i] = slow->efficiency / fast->efficiency / PAR_GRAIN_MATTERS * PAR_METG_SHARE;
	}
	if (par_metg_find(&out->found, length, share, count) < 0)
		return false;
	out->finer = curves[finer];
	out->coarser = curves[!finer];
	out->longest = length[count - 1];
	return true;
}

static void add_model(struct par_text *out, const struct par_grain_curve *curve)
{
	par_text_add(out, curve->model->label);
}

void par_grain_word_crossing(struct par_text *out, const struct par_grain_crossing *crossing)
{
	const struct par_metg *found = &crossing->found;

	add_model(out, crossing->finer);
	if (found->verdict == PAR_METG_ALWAYS) {
		par_text_add(out, " and ");
		add_model(out, crossing->coarser);
		par_text_format(out, " differ by less at every length up to %s",
			par_label_time(crossing->longest).text);
		return;
	}
	par_text_add(out, " beats ");
	add_model(out, crossing->coarser);
	if (found->verdict == PAR_METG_FOUND)
		par_text_format(out, " up to tasks of %s (%s to %s)",
			par_label_time(found->length).text, par_label_time(found->low).text,
			par_label_time(found->high).text);
	else
		par_text_format(out,
			found->verdict == PAR_METG_LOST
				? " at the longest tasks, %s, but not at every length before"
				: " at every length up to %s",
			par_label_time(crossing->longest).text);
	if (found->verdict == PAR_METG_FOUND && found->crossings > 1)
		par_text_add(out, ", but not at every length before");
}
