/*
 * fault_desk: an executor whose child is the test itself, started again as `cell SPEC`. The
 * environment's FAULT says how it behaves.
 */
#ifndef TEST_FAULT_DESK_H
#define TEST_FAULT_DESK_H

#include "core_fixture.h"

#include <errno.h>
#include <sys/wait.h>

#include "child.h"
#include "executor.h"
#include "file.h"

#define FAULT_CELL "scaling/hash/pool/tasks=10"

/* A made-up machine of one PU, and a journal in a folder of its own. */
struct desk {
	char folder[64], path[96], program[4096];
	struct par_pu pu;
	struct par_machine machine;
	struct par_journal journal;
	struct par_executor executor;
	uint32_t round;
};

static inline void desk_open(struct desk *desk)
{
	ssize_t size;

	*desk = (struct desk){ .folder = "/tmp/parbench-fault-XXXXXX" };
	size = readlink("/proc/self/exe", desk->program, sizeof desk->program - 1);
	assert_true(size > 0);
	assert_non_null(mkdtemp(desk->folder));
	snprintf(desk->path, sizeof desk->path, "%s/cells.jsonl", desk->folder);
	assert_int_equal(par_journal_open(&desk->journal, desk->path, NULL), 0);
	desk->pu.allowed = true;
	desk->machine = (struct par_machine){
		.pus = &desk->pu, .pu_count = 1, .allowed_pus = 1, .allowed_cores = 1, .cores = 1
	};
	desk->executor = (struct par_executor){ .program = desk->program,
		.scratch = desk->folder,
		.machine = &desk->machine,
		.journal = &desk->journal,
		.timed_ns = 1000,
		.expected = json_object() };
}

static inline void desk_close(struct desk *desk)
{
	json_decref(desk->executor.expected);
	par_records_fini(&desk->executor.last);
	par_records_fini(&desk->executor.last);
	par_journal_close(&desk->journal);
	assert_int_equal(par_dir_remove(desk->folder), 0);
}

/* A visit whose child behaves as `fault` says; there is a record of it, whatever happens. What it
 * points to lasts until the next visit. */
static inline struct par_record desk_visit(struct desk *desk, const char *fault)
{
	struct par_cell cell = fake_cell(FAULT_CELL);
	struct par_record record;
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(setenv("FAULT", fault, 1), 0);
	if (par_executor_visit(&desk->executor, &cell, ++desk->round, &record, &error) < 0)
		fail_msg("%s: %s", fault, error.text);
	assert_string_equal(record.cell, cell.id);
	assert_int_equal(record.round, desk->round);
	/* All orphans come to us: without a child, nothing of the visit is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return record;
}

static inline void fault_print_record(const char *cell)
{
	printf("{\"schema\":1,\"cell\":\"%s\",\"status\":\"ok\",\"reason\":null,"
	       "\"samples_ns\":[7],\"open_ns\":0,\"warmup_ns\":5,\"run_ns\":7,\"close_ns\":0,"
	       "\"cpu_ns\":0,\"digest\":\"0x0000000000000abc\"}\n",
		cell);
	fflush(stdout);
}

#endif
