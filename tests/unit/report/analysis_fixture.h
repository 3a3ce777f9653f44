/*
 * A small run made by hand: cells of the synthetic models and workloads with given times.
 */
#ifndef PAR_ANALYSIS_FIXTURE_H
#define PAR_ANALYSIS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synthetic.h"

/* Indices into par_synthetic_models and par_synthetic_workloads. */
enum { SERIAL, FORK, PROCESS_POOL, THREAD, THREAD_POOL, COROUTINE, THREAD_COROUTINE };
enum { SHA256, PRIMES, TRIAD, TIMER, CRAWL };

struct fixture {
	struct par_synthetic run;
	struct par_analysis analysis;
};

/* Four cores with two PUs each, nothing planned. */
static inline int fixture_open(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	assert_non_null(fixture);
	assert_int_equal(par_synthetic_make(&fixture->run, 4, 0, 1, 0.0, false), 0);
	par_plan_fini(&fixture->run.plan);
	*state = fixture;
	return 0;
}

static inline int fixture_close(void **state)
{
	struct fixture *fixture = *state;

	par_analysis_fini(&fixture->analysis);
	par_synthetic_fini(&fixture->run);
	free(fixture);
	return 0;
}

/* Plans a cell with a worker a core; returns its index. */
static inline size_t plan_cell(struct fixture *fixture, unsigned workload, unsigned model,
	unsigned cores, const char *skip)
{
	struct par_cell cell;

	par_cell_init(&cell, "scaling", &par_synthetic_workloads[workload],
		&par_synthetic_models[model], PAR_SCALE_DEFAULT);
	cell.cores = cell.workers = cores;
	assert_int_equal(par_plan_add(&fixture->run.plan, &cell, skip, &fixture->run.machine), 0);
	return fixture->run.plan.count - 1;
}

static inline void add_record(struct fixture *fixture, size_t cell, uint32_t round,
	enum par_status status, uint64_t time_ns, const char *reason)
{
	struct par_record record = PAR_RECORD_INIT;

	record.cell = fixture->run.plan.cells[cell].cell.id;
	record.round = round;
	record.status = status;
	record.reason = reason;
	record.samples_ns = &time_ns;
	record.sample_count = time_ns > 0;
	assert_int_equal(par_records_add(&fixture->run.records, &record), 0);
}

/* One visit that counts in each round from 1 on. */
static inline void add_times(
	struct fixture *fixture, size_t cell, const uint64_t *times_ns, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add_record(fixture, cell, i + 1, PAR_STATUS_OK, times_ns[i], "");
}

/* Plans a cell and gives it `rounds` times around `time_ns`, spread by 0.1 % in turn. */
static inline size_t steady_cell(struct fixture *fixture, unsigned workload, unsigned model,
	unsigned cores, uint64_t time_ns, unsigned rounds)
{
	size_t cell = plan_cell(fixture, workload, model, cores, NULL);

	for (unsigned i = 0; i < rounds; i++)
		add_record(fixture, cell, i + 1, PAR_STATUS_OK,
			time_ns + time_ns * ((i * 7 + model) % 5) / 1000, "");
	return cell;
}

static inline const struct par_analysis *analyse(struct fixture *fixture)
{
	struct par_synthetic *run = &fixture->run;
	struct par_error error = PAR_ERROR_INIT;

	par_analysis_fini(&fixture->analysis);
	assert_int_equal(par_analysis_init(&fixture->analysis, &run->registry, &run->machine,
				 &run->plan, &run->records, run->run, &error),
		0);
	return &fixture->analysis;
}

#endif
