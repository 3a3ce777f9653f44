/*
 * birth: makes a worker, which leaves its mark and ends, and reaps it. What one more worker costs,
 * from the call that makes it until nothing of it is left, beside a process that holds
 * `resident_mib` of memory.
 *
 * Workers are made by the one process that runs the tasks, one after the other, so it is for the
 * serial model; a pool is made whole by every eighth task. Weights and the single calls are
 * measures, taken outside the timed region.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "birth.h"
#include "cgroup.h"
#include "file.h"
#include "footprint.h"
#include "rng.h"
#include "workload.h"

#define MIB ((uint64_t)1 << 20)

#define TRUE_PROGRAM "/bin/true"
#define ECHO_PROGRAM "/bin/cat"
#define HUGE_PAGES   "/sys/kernel/mm/transparent_hugepage/enabled"

/* As the parent may fill only part of what is there, and its children add to it. */
#define SHARE_OF_AVAILABLE 0.75

static const char *const true_argv[] = { TRUE_PROGRAM, NULL };
static const char *const echo_argv[] = { ECHO_PROGRAM, NULL };

/* What may be touched; UINT64_MAX: unknown. */
static uint64_t available_bytes(void)
{
	struct par_cgroup group;
	uint64_t bytes = UINT64_MAX;
	char *text = NULL;
	size_t size;

	if (par_file_read(&text, &size, "/proc/meminfo", 65536) < 0 ||
		par_footprint_parse(&bytes, text, "MemAvailable:") < 0)
		bytes = UINT64_MAX;
	free(text);
	par_cgroup_read(&group, "");
	if (group.memory_limit_bytes > 0 && group.memory_limit_bytes < bytes)
		bytes = group.memory_limit_bytes;
	return bytes;
}

static int check_room(uint64_t bytes, struct par_error *error)
{
	uint64_t available = available_bytes();

	if (available == UINT64_MAX || (double)bytes <= SHARE_OF_AVAILABLE * (double)available)
		return 0;
	return par_fail(error, -ENOMEM,
		"birth: resident_mib=%" PRIu64 " is more than three quarters of the %" PRIu64
		" MiB that are available here; ask for less",
		bytes / MIB, available / MIB);
}

/* Whether the kernel gave what was asked for: it may have no whole huge pages left. */
static int check_huge(uint64_t bytes, struct par_error *error)
{
	uint64_t huge = 0;
	char *text = NULL;
	size_t size;
	int code = par_file_read(&text, &size, "/proc/self/smaps_rollup", 65536);

	if (code == 0)
		code = par_footprint_parse(&huge, text, "AnonHugePages:");
	free(text);
	if (code < 0)
		return par_fail(error, code, "birth: huge pages cannot be counted: %s",
			par_error_text(code));
	if (huge >= bytes)
		return 0;
	return par_fail(error, -ENOMEM,
		"birth: the kernel gave huge pages for %" PRIu64 " of %" PRIu64
		" MiB; its memory is in pieces",
		huge / MIB, bytes / MIB);
}

static void touch(char *bytes, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < size; i += page)
		bytes[i] = 1;
}

/* Private memory of this process, as a program has its data; on small pages unless `huge`. */
static int hold(struct birth *birth, uint64_t bytes, bool huge, struct par_error *error)
{
	char *memory, *aligned;
	int code = check_room(bytes, error);

	if (code < 0)
		return code;
	birth->resident_bytes = bytes + BIRTH_HUGE_PAGE;
	memory = mmap(NULL, birth->resident_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return par_fail(error, -errno, "birth: %" PRIu64 " MiB: %s", bytes / MIB,
			par_error_text(-errno));
	birth->resident = memory;
	aligned =
		memory + (BIRTH_HUGE_PAGE - (uintptr_t)memory % BIRTH_HUGE_PAGE) % BIRTH_HUGE_PAGE;
	/* EINVAL: this kernel has no huge pages at all, then small ones are what there is. */
	if (madvise(memory, birth->resident_bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) < 0 &&
		(huge || errno != EINVAL))
		return par_fail(error, -errno, "birth: huge pages: %s", par_error_text(-errno));
	touch(aligned, bytes);
	return huge ? check_huge(bytes, error) : 0;
}

static void birth_close(void *state)
{
	struct birth *birth = state;

	if (birth == NULL)
		return;
	par_coroutines_fini(&birth->coroutines);
	if (birth->resident != NULL)
		munmap(birth->resident, birth->resident_bytes);
	par_shared_close(birth->board, sizeof *birth->board);
	free(birth);
}

static int fill(struct birth *birth, const struct par_setup *setup, struct par_error *error)
{
	uint64_t bytes = setup->params[0] * MIB;
	int code;

	if (birth->way->huge) /* whole ones */
		bytes = (bytes + BIRTH_HUGE_PAGE - 1) / BIRTH_HUGE_PAGE * BIRTH_HUGE_PAGE;
	code = hold(birth, bytes, birth->way->huge, error);
	if (code < 0)
		return code;
	code = birth_probe_weight(birth);
	return code == 0 ? 0
			 : par_fail(error, code, "birth: workers could not be weighed: %s",
				   par_error_text(code));
}

static int birth_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct birth *birth = calloc(1, sizeof *birth);
	void *board = NULL;
	int code;

	if (birth == NULL || par_shared_open(&board, sizeof *birth->board) < 0) {
		free(birth);
		return par_fail(error, -ENOMEM, "birth: out of memory");
	}
	birth->board = board;
	birth->leave_mark = birth_leave_mark;
	birth->program = true_argv;
	birth->echo = echo_argv;
	birth->way = birth_way_find(setup->variant);
	code = birth->way != NULL
		       ? fill(birth, setup, error)
		       : par_fail(error, -EINVAL, "birth: no variant '%s'", setup->variant);
	if (code < 0)
		birth_close(birth);
	else
		*state = birth;
	return code;
}

static int birth_reset(void *state)
{
	((struct birth *)state)->missed = 0;
	return 0;
}

/* None is there before its worker. */
static void clear_marks(struct birth *birth, uint64_t index)
{
	for (unsigned i = 0; i < birth->way->lot; i++)
		/* Relaxed: making a worker orders it. */
		atomic_store_explicit(
			&birth->board->marks[(index + i) % BIRTH_MARKS], 0, memory_order_relaxed);
}

static uint64_t birth_task(void *state, uint64_t index, struct par_io *io)
{
	struct birth *birth = state;
	uint64_t mark;

	if (birth->way->lot == 1 || index % birth->way->lot == 0) {
		int code;

		clear_marks(birth, index);
		code = birth->way->make(birth, index);
		if (code < 0)
			par_io_fail(io, code);
	}
	mark = birth_read_mark(birth, index);
	if (mark != birth_mark(index))
		birth->missed++;
	return par_mix64(mark);
}

static int birth_verify(void *state, struct par_error *error)
{
	const struct birth *birth = state;

	if (birth->missed == 0)
		return 0;
	return par_fail(error, -EBADMSG, "%" PRIu64 " workers left no mark", birth->missed);
}

/* A call that fails leaves its measures untold. */
static void birth_tell(void *state, double *values)
{
	struct birth *birth = state;

	if (!birth->probed)
		(void)birth_probe_calls(birth);
	birth->probed = true;
	memcpy(values, birth->values, sizeof birth->values);
}

static const char *no_program(const char *path, const char *reason)
{
	return access(path, X_OK) == 0 ? NULL : reason;
}

static const char *no_true(void)
{
	return no_program(TRUE_PROGRAM, TRUE_PROGRAM " is not there to be started");
}

static const char *no_echo(void)
{
	return no_program(ECHO_PROGRAM, ECHO_PROGRAM " is not there to be started");
}

static const char *no_huge_pages(void)
{
	char line[128];

	if (par_file_read_line(line, sizeof line, HUGE_PAGES) < 0)
		return "this kernel has no transparent huge pages";
	return strstr(line, "[never]") == NULL ? NULL : "transparent huge pages are off here";
}

#define ALONE (PAR_VARIANT_SERIAL | PAR_VARIANT_BLOCKS)

static const struct par_variant variants[] = {
	{ "fork", "fork", "a copy of the process, on small pages", ALONE, "fork", NULL },
	{ "fork_huge", "fork on huge pages", "a copy of a process whose memory is on huge pages",
		ALONE, "fork", no_huge_pages },
	{ "vfork", "vfork", "a process that borrows the memory until it ends", ALONE, "fork",
		NULL },
	{ "spawn", "posix_spawn", "a real program, started without a copy", ALONE, "serial",
		no_true },
	{ "subprocess", "subprocess", "a real program: fed, read from, and its status told", ALONE,
		"serial", no_echo },
	{ "thread", "thread", "a thread with the default stack", ALONE, "thread", NULL },
	{ "thread_small", "thread of 64 KiB", "a thread with a stack of 64 KiB", ALONE, "thread",
		NULL },
	{ "coroutine", "coroutine", "a coroutine on a stack from a pool", ALONE, "coroutine",
		NULL },
	{ "pool_threads", "pool of threads", "one of eight threads made and ended together", ALONE,
		"thread_pool", NULL },
	{ "pool_processes", "pool of processes",
		"one of eight forked processes made and ended together", ALONE, "process_pool",
		NULL },
	{ .name = NULL },
};

static const struct par_param params[] = {
	{ "resident_mib", "MiB of memory that the parent has touched", 1, 1, 4096 },
	{ 0 },
};

static const struct par_measure_kind kinds[BIRTH_MEASURES + 1] = {
	[BIRTH_CREATE] = { "create", "until the call that makes a worker is back", PAR_UNIT_NS },
	[BIRTH_FIRST] = { "first", "from that call to the worker's first instruction",
		PAR_UNIT_NS },
	[BIRTH_END] = { "end", "from its last instruction until its end is known", PAR_UNIT_NS },
	[BIRTH_REAP] = { "reap", "to reap or join one that has ended", PAR_UNIT_NS },
	[BIRTH_BYTES] = { "bytes", "memory that each of several adds", PAR_UNIT_BYTES },
	[BIRTH_TABLES] = { "tables", "page tables that each of several adds", PAR_UNIT_BYTES },
	[BIRTH_ALIVE] = { "alive", "to see whether it is alive", PAR_UNIT_NS },
	[BIRTH_JOIN_TIMEOUT] = { "join_timeout", "how late a join that times out is back",
		PAR_UNIT_NS },
	[BIRTH_TERMINATE] = { "terminate", "from asking it to end until it is joined",
		PAR_UNIT_NS },
	[BIRTH_KILL] = { "kill", "from killing it until it is joined", PAR_UNIT_NS },
};

const struct par_workload par_workload_birth = {
	.name = "birth",
	.label = "birth",
	.summary = "make a worker, see its mark, end and reap it",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 16, 80, 80 },
	.cpu_ns = 60000,
	.unranked = true,
	.variants = variants,
	.variant_needed = true,
	.open = birth_open,
	.reset = birth_reset,
	.task = birth_task,
	.verify = birth_verify,
	.measures = kinds,
	.measure = birth_tell,
	.close = birth_close,
};
