/*
 * workload_fixture: opens a workload for a small job and runs its tasks in this process.
 */
#ifndef PAR_WORKLOAD_FIXTURE_H
#define PAR_WORKLOAD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue.h"
#include "file.h"
#include "rng.h"
#include "workload.h"

/* A workload of the catalogue; an unknown name fails the test. */
static inline const struct par_workload *workload_named(const char *name)
{
	const struct par_workload *workload = par_registry_workload(par_catalogue_registry(), name);

	if (workload == NULL)
		fail_msg("the catalogue has no workload '%s'", name);
	return workload;
}

/* Whether its tasks can be run one by one and as they are; else see test_lessons_contract.c. */
static inline bool workload_is_plain(const struct par_workload *workload)
{
	return !workload->together && !workload->variant_needed;
}

/* A job under way. */
struct bench {
	const struct par_workload *workload;
	struct par_setup setup;
	struct par_io io;
	void *state;
	char scratch[64];
};

/* A setup with default parameters, a small cache and a new scratch folder; nothing is open. */
static inline struct bench bench_make(const struct par_workload *workload, uint64_t tasks)
{
	struct bench bench = { .workload = workload };

	bench.setup.tasks = tasks;
	bench.setup.llc_bytes = 1 << 18;
	bench.setup.in_flight = 1;
	for (size_t i = 0; i < par_workload_param_count(workload); i++)
		bench.setup.params[i] = workload->params[i].value;
	strcpy(bench.scratch, "/tmp/parbench-test-XXXXXX");
	assert_non_null(mkdtemp(bench.scratch));
	par_io_init_blocking(&bench.io);
	return bench;
}

static inline int bench_try_open(struct bench *bench, struct par_error *error)
{
	bench->setup.scratch = bench->scratch;
	return bench->workload->open(&bench->state, &bench->setup, error);
}

static inline void bench_open(struct bench *bench)
{
	struct par_error error = PAR_ERROR_INIT;

	if (bench_try_open(bench, &error) != 0)
		fail_msg("%s: %s", bench->workload->name, error.text);
}

static inline uint64_t bench_task(struct bench *bench, uint64_t index)
{
	uint64_t digest = bench->workload->task(bench->state, index, &bench->io);

	assert_int_equal(bench->io.error, 0);
	return digest;
}

/* The digests of the whole job in one number, order included. */
static inline uint64_t bench_run(struct bench *bench)
{
	uint64_t all = 0;

	if (bench->workload->reset != NULL)
		assert_int_equal(bench->workload->reset(bench->state), 0);
	for (uint64_t i = 0; i < bench->setup.tasks; i++)
		all = par_mix64(all + bench_task(bench, i));
	return all;
}

static inline void bench_close(struct bench *bench)
{
	bench->workload->close(bench->state);
	bench->state = NULL;
}

static inline void bench_end(struct bench *bench)
{
	bench_close(bench);
	assert_int_equal(par_dir_remove(bench->scratch), 0);
}

#endif
