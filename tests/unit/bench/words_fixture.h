/*
 * words_fixture: what an experiment says of made-up visits: its own plan on a machine that stands
 * nowhere, and for each cell six visits whose figures the test tells.
 */
#ifndef PAR_WORDS_FIXTURE_H
#define PAR_WORDS_FIXTURE_H

#include <math.h>
#include <stdlib.h>

#include "../common/machines.h"

#include "experiment.h"
#include "lesson.h"
#include "plan_fixture.h"

#define WORDS_ROUNDS 7

/* What a cell's figures of a round are multiplied by: 1 % more each, so that there are intervals. A
 * test may have its own. */
#ifndef WORDS_FACTOR
#define WORDS_FACTOR(cell, round, context) words_factor(round)
#endif

static inline double words_factor(uint32_t round)
{
	return 1 + 0.01 * ((double)round - 0.5 * (WORDS_ROUNDS + 1));
}

/* A figure of a cell: of the measure, "time" in ns of a run, or "p99" where requests are timed.
 * NaN: not told. `context` is the test's. */
typedef double words_figure(const struct par_cell *cell, const char *name, const void *context);

/* By what the measures of a cell are multiplied in a round. */
typedef double words_noise(const struct par_cell *cell, uint32_t round);

/* A run that nobody made. */
struct words {
	words_noise *noise; /* NULL: none */
	struct par_machine machine;
	struct par_plan plan;
	struct par_records records;
	json_t *run;
	struct par_analysis analysis;
	const struct par_experiment *experiment;
};

static inline const struct par_experiment *words_experiment(const char *name)
{
	const struct par_experiment *const *experiment = par_catalogue_experiments();

	while (*experiment != NULL && strcmp((*experiment)->name, name) != 0)
		experiment++;
	if (*experiment == NULL || (*experiment)->lesson == NULL)
		fail_msg("there is no experiment '%s' with a lesson", name);
	return *experiment;
}

static inline size_t words_measures(struct par_measured *out, const struct par_cell *cell,
	words_figure *figure, const void *context)
{
	const struct par_measure_kind *tables[] = { cell->workload->measures,
		cell->model->measures };
	size_t count = 0;

	for (size_t table = 0; table < 2; table++)
		for (size_t i = 0; i < par_measure_count(tables[table]); i++) {
			const char *name = tables[table][i].name;

			if (count < PAR_MEASURES_MAX)
				out[count++] =
					(struct par_measured){ name, figure(cell, name, context) };
		}
	return count;
}

/* All percentiles alike. NaN: none is told. */
static inline void words_latency(struct par_record *record, double ns)
{
	for (size_t i = 0; !isnan(ns) && i < PAR_LATENCIES; i++)
		record->latency_ns[i] = (uint64_t)ns;
	record->latency_n = isnan(ns) ? 0 : 300;
}

/* A visit a round. A cell without a time has failed. */
static inline void words_visit(
	struct words *words, const struct par_cell *cell, words_figure *figure, const void *context)
{
	double time = figure(cell, "time", context);
	struct par_measured measures[PAR_MEASURES_MAX];
	size_t count = words_measures(measures, cell, figure, context);

	for (uint32_t round = 1; round <= WORDS_ROUNDS; round++) {
		double factor = WORDS_FACTOR(cell, round, context);
		struct par_measured told[PAR_MEASURES_MAX];
		struct par_record record = PAR_RECORD_INIT;
		uint64_t sample = isnan(time) ? 0 : (uint64_t)(time * factor);

		for (size_t i = 0; i < count; i++) {
			told[i] = (struct par_measured){ measures[i].name,
				measures[i].value * factor };
			if (words->noise != NULL)
				told[i].value *= words->noise(cell, round);
		}
		record.cell = cell->id;
		record.round = round;
		record.samples_ns = &sample;
		record.sample_count = !isnan(time);
		record.status = isnan(time) ? PAR_STATUS_FAILED : PAR_STATUS_OK;
		record.reason = isnan(time) ? "a limit was met" : "";
		record.measures = told;
		record.measure_count = (uint32_t)count;
		if (cell->workload->latencies != NULL)
			words_latency(&record, factor * figure(cell, "p99", context));
		assert_int_equal(par_records_add(&words->records, &record), 0);
	}
}

/* Plans the experiment and makes its visits. End with words_end(). */
static inline void words_make_noisy(struct words *words, const char *experiment,
	const char *synthetic, enum par_scale scale, words_figure *figure, const void *context,
	words_noise *noise)
{
	struct par_error error = PAR_ERROR_INIT;

	*words = (struct words){ .noise = noise, .experiment = words_experiment(experiment) };
	words->machine = machine_synthetic(synthetic);
	words->plan = plan_experiment(experiment, &words->machine, scale, NULL);
	words->run = json_object();
	for (size_t i = 0; i < words->plan.count; i++)
		if (words->plan.cells[i].skip == NULL)
			words_visit(words, &words->plan.cells[i].cell, figure, context);
	if (par_analysis_init(&words->analysis, par_catalogue_registry(), &words->machine,
		    &words->plan, &words->records, words->run, &error) < 0)
		fail_msg("%s", error.text);
}

/* The same without noise. */
static inline void words_make(struct words *words, const char *experiment, const char *synthetic,
	enum par_scale scale, words_figure *figure, const void *context)
{
	words_make_noisy(words, experiment, synthetic, scale, figure, context, NULL);
}

static inline void words_end(struct words *words)
{
	par_analysis_fini(&words->analysis);
	json_decref(words->run);
	par_records_fini(&words->records);
	par_plan_fini(&words->plan);
	par_machine_fini(&words->machine);
}

/* The sentence of a sheet, to be freed; "" when it says nothing. */
static inline char *words_of(struct words *words, const char *stem)
{
	struct par_lesson_view view = { .analysis = &words->analysis,
		.experiment = words->experiment->name };
	struct par_text text = PAR_TEXT_INIT;
	char *copy;

	for (view.sheet = words->experiment->lesson->sheets; view.sheet->stem != NULL; view.sheet++)
		if (strcmp(view.sheet->stem, stem) == 0)
			break;
	assert_non_null(view.sheet->stem);
	view.sheet->word(&text, &view);
	assert_int_equal(par_text_status(&text), 0);
	if (text.size > 250)
		fail_msg("%s says more than fits: %s", stem, par_text_get(&text));
	copy = strdup(par_text_get(&text));
	assert_non_null(copy);
	par_text_fini(&text);
	return copy;
}

/* Fails unless the sentence holds that. */
static inline void words_check(struct words *words, const char *stem, const char *holds)
{
	char *sentence = words_of(words, stem);

	if (strstr(sentence, holds) == NULL)
		fail_msg("%s says \"%s\", which does not hold \"%s\"", stem, sentence, holds);
	free(sentence);
}

#endif
