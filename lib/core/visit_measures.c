#include "visit_measures.h"

#include <math.h>

#include "describe.h"

static size_t own_count(const struct par_workload *workload)
{
	return par_measure_count(workload->measures);
}

/* Those of the model that there is room for. */
static size_t model_count(const struct par_workload *workload, const struct par_model *model)
{
	size_t count = par_measure_count(model->measures), own = own_count(workload);

	return own + count > PAR_MEASURES_MAX ? PAR_MEASURES_MAX - own : count;
}

void par_visit_measures_take(struct par_visit_measures *measures, const struct par_work *work,
	const struct par_model *model, struct par_team *team, size_t sample)
{
	size_t own = own_count(work->workload), others = model_count(work->workload, model);
	double values[2 * PAR_MEASURES_MAX];

	for (size_t i = 0; i < 2 * PAR_MEASURES_MAX; i++)
		values[i] = NAN;
	if (own > 0)
		work->workload->measure(work->state, values);
	if (others > 0)
		model->measure(team, values + own);
	for (size_t i = 0; i < own + others; i++)
		measures->values[i][sample] = values[i];
}

void par_visit_measures_trace(struct par_visit_measures *measures, const struct par_work *work)
{
	if (work->workload->traced != NULL)
		measures->trace_count = work->workload->trace(work->state, measures->trace);
}

/* Over the samples that tell it; null when none does. */
static json_t *median_json(const double *values, size_t count)
{
	double told[PAR_SAMPLES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (isfinite(values[i]))
			told[n++] = values[i];
	}
	return n == 0 ? json_null() : json_real(par_median_of(told, n));
}

json_t *par_visit_measures_json(const struct par_visit_measures *measures,
	const struct par_workload *workload, const struct par_model *model, size_t samples)
{
	size_t own = own_count(workload), others = model_count(workload, model);
	json_t *json = own + others == 0 || samples == 0 ? NULL : json_object();
	int status = 0;

	for (size_t i = 0; json != NULL && i < own + others; i++) {
		const struct par_measure_kind *kind =
			i < own ? &workload->measures[i] : &model->measures[i - own];

		/* The workload's own comes first, and stays where the model has one of its name. */
		if (json_object_get(json, kind->name) == NULL)
			status |= json_object_set_new(
				json, kind->name, median_json(measures->values[i], samples));
	}
	if (status == 0)
		return json;
	json_decref(json);
	return NULL;
}

json_t *par_visit_trace_json(const struct par_visit_measures *measures)
{
	json_t *list = measures->trace_count == 0 ? NULL : json_array();

	for (size_t i = 0; list != NULL && i < measures->trace_count; i++)
		json_array_append_new(list, json_real(measures->trace[i]));
	return list;
}
