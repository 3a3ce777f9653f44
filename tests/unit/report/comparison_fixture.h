/*
 * Runs for comparing: one fixture a run, and the comparison of all.
 */
#ifndef PAR_COMPARISON_FIXTURE_H
#define PAR_COMPARISON_FIXTURE_H

#include "analysis_fixture.h"
#include "comparison.h"

#define FIXTURE_RUNS 3

struct runs {
	struct fixture *run[FIXTURE_RUNS]; /* the first is the base */
	struct par_compared_runs found;
	struct par_rng rng;
};

static inline int runs_open(void **state)
{
	struct runs *runs = calloc(1, sizeof *runs);

	assert_non_null(runs);
	for (size_t i = 0; i < FIXTURE_RUNS; i++) {
		void *fixture;

		assert_int_equal(fixture_open(&fixture), 0);
		runs->run[i] = fixture;
	}
	par_rng_init(&runs->rng, 5);
	*state = runs;
	return 0;
}

static inline int runs_close(void **state)
{
	struct runs *runs = *state;

	par_comparison_fini(&runs->found);
	for (size_t i = 0; i < FIXTURE_RUNS; i++) {
		void *fixture = runs->run[i];

		fixture_close(&fixture);
	}
	free(runs);
	return 0;
}

/* A cell with `rounds` visits around `ms` milliseconds, spread by `noise`. */
static inline size_t noisy_cell(struct runs *runs, size_t run, unsigned workload, unsigned model,
	unsigned cores, double ms, double noise, unsigned rounds)
{
	size_t cell = plan_cell(runs->run[run], workload, model, cores, NULL);

	for (unsigned i = 0; i < rounds; i++) {
		double factor = exp(noise * par_synthetic_normal(&runs->rng));

		add_record(runs->run[run], cell, i + 1, PAR_STATUS_OK,
			(uint64_t)(1e6 * ms * factor), "");
	}
	return cell;
}

/* Compares the first `count` runs. */
static inline const struct par_compared_runs *compare_runs(struct runs *runs, size_t count)
{
	struct par_comparison_spec spec = { .run_count = count, .tolerance = 0.05 };
	static const char *const names[FIXTURE_RUNS] = { "results/base", "results/new",
		"results/newer" };
	struct par_error error = PAR_ERROR_INIT;

	for (size_t i = 0; i < count; i++)
		spec.runs[i] = (struct par_comparison_run){ names[i], analyse(runs->run[i]) };
	par_comparison_fini(&runs->found);
	assert_int_equal(par_comparison_init(&runs->found, &spec, &error), 0);
	return &runs->found;
}

#endif
