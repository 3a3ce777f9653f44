/*
 * core_fixture: a registry of two made-up models and workloads, and cells of them.
 */
#ifndef TEST_CORE_FIXTURE_H
#define TEST_CORE_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cell.h"
#include "plan.h"
#include "record.h"
#include "rng.h"

static inline int fake_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	(void)setup;
	(void)error;
	*state = NULL;
	return 0;
}

static inline uint64_t fake_task(void *state, uint64_t index, struct par_io *io)
{
	(void)state;
	(void)io;
	return par_mix64(index);
}

static inline void fake_close(void *state)
{
	(void)state;
}

static const struct par_param fake_params[] = { { "bytes", "bytes of a task", 64, 1, 4096 },
	{ "turns", "turns of a task", 3, 0, 9 }, { NULL, NULL, 0, 0, 0 } };

static const struct par_workload fake_hash = { .name = "hash",
	.label = "hash",
	.summary = "mixes its index",
	.bound = PAR_BOUND_CPU,
	.params = fake_params,
	.tasks = { 10, 100, 1000 },
	.cpu_ns = 1000,
	.open = fake_open,
	.task = fake_task,
	.close = fake_close };

static const struct par_workload fake_wait = { .name = "wait",
	.label = "wait",
	.summary = "waits",
	.bound = PAR_BOUND_IO,
	.tasks = { 10, 100, 1000 },
	.wait_ns = 1000000,
	.in_flight_max = 50,
	.open = fake_open,
	.task = fake_task,
	.close = fake_close };

/* A team that runs the job in the caller; shared by both models. */
static inline int fake_team_open(struct par_team **team, const struct par_team_spec *spec)
{
	*team = (struct par_team *)(uintptr_t)spec;
	return 0;
}

static inline int fake_team_run(struct par_team *team, const struct par_job *job)
{
	const struct par_team_spec *spec = (const struct par_team_spec *)(uintptr_t)team;
	struct par_io io;

	par_io_init_blocking(&io);
	par_job_work(&spec->work, job->first, job->first + job->count, &io, &spec->tallies[0]);
	return 0;
}

static inline void fake_team_close(struct par_team *team)
{
	(void)team;
}

static const struct par_model fake_serial = { .name = "serial",
	.label = "serial",
	.short_label = "serial",
	.summary = "one after the other",
	.traits = PAR_TRAIT_SERIAL | PAR_TRAIT_ONE_CORE,
	.open = fake_team_open,
	.run = fake_team_run,
	.close = fake_team_close };

static const struct par_variant fake_variants[] = {
	{ .name = "mutex", .label = "mutex", .summary = "a lock" },
	{ .name = NULL },
};

static const struct par_model fake_pool = { .name = "pool",
	.variants = fake_variants,
	.label = "pool",
	.short_label = "pool",
	.summary = "many",
	.simplicity = 1,
	.open = fake_team_open,
	.run = fake_team_run,
	.close = fake_team_close };

static const struct par_model *const fake_models[] = { &fake_serial, &fake_pool, NULL };
static const struct par_workload *const fake_workloads[] = { &fake_hash, &fake_wait, NULL };
static const struct par_registry fake_registry = { fake_models, fake_workloads };

/* A cell of the fake registry; a bad spec fails the test. */
static inline struct par_cell fake_cell(const char *spec)
{
	struct par_cell cell;
	struct par_error error = PAR_ERROR_INIT;

	if (par_cell_parse(&cell, spec, &fake_registry, &error) < 0)
		fail_msg("%s: %s", spec, error.text);
	return cell;
}

/* A plan of `count` different cells. */
static inline struct par_plan fake_plan(unsigned count)
{
	struct par_plan plan = PAR_PLAN_INIT;
	char spec[PAR_CELL_ID_MAX];

	for (unsigned i = 0; i < count; i++) {
		struct par_cell cell;

		snprintf(spec, sizeof spec, "scaling/hash/pool/tasks=%u", i + 1);
		cell = fake_cell(spec);
		assert_int_equal(par_plan_add_read(&plan, &cell, NULL), 0);
	}
	return plan;
}

/* A folder of its own for a test's files; remove with par_dir_remove(). */
static inline void fake_folder(char path[64])
{
	snprintf(path, 64, "/tmp/parbench-test-XXXXXX");
	assert_non_null(mkdtemp(path));
}

#endif
