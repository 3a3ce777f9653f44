/*
 * visit_measures: what the workload and the model tell of the runs of a visit besides their time.
 */
#ifndef PAR_VISIT_MEASURES_H
#define PAR_VISIT_MEASURES_H

#include <jansson.h>

#include "measure.h"
#include "model.h"
#include "record.h"
#include "workload.h"

/* Inert when zeroed. */
struct par_visit_measures {
	double values[PAR_MEASURES_MAX][PAR_SAMPLES_MAX]; /* by kind: the workload's, the model's */
	double trace[PAR_TRACE_MAX];
	size_t trace_count;
};

/* Takes those of the run that was sample number `sample`. */
void par_visit_measures_take(struct par_visit_measures *measures, const struct par_work *work,
	const struct par_model *model, struct par_team *team, size_t sample);

/* Takes the trace of the last run, where the workload has one. */
void par_visit_measures_trace(struct par_visit_measures *measures, const struct par_work *work);

/*
 * {"lost": 0.37, ...}: medians over `samples` samples, null where a value was not told; NULL
 * without memory, and where nothing is measured.
 */
json_t *par_visit_measures_json(const struct par_visit_measures *measures,
	const struct par_workload *workload, const struct par_model *model, size_t samples);

/* The trace as a list; NULL without memory, and where there is none. */
json_t *par_visit_trace_json(const struct par_visit_measures *measures);

#endif
