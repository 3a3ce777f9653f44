#include "crowd.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "footprint.h"
#include "procfs.h"
#include "rng.h"
#include "shared.h"

/*
 * Between two looks whether more tasks come, or the reader is done. The more tasks there are, the
 * longer, or those that look would keep those that come from running.
 */
#define NAP_NS        (2 * PAR_NS_PER_MS)
#define NAP_A_TASK_NS (20 * PAR_NS_PER_US)
#define NAP_MOST_NS   (300 * PAR_NS_PER_MS)
#define NAPS_MOST     1000

/* THREAD_SIZE of x86-64 and arm64. */
#define KERNEL_STACK 16384

const struct par_measure_kind par_crowd_measures[] = {
	{ "memory", "memory for a waiting task: pages, page tables, kernel stacks",
		PAR_UNIT_BYTES },
	{ "task_cpu", "CPU time for a task", PAR_UNIT_NS },
	{ "at_once", "most tasks that waited at the same time", PAR_UNIT_COUNT },
	{ NULL, NULL, PAR_UNIT_COUNT },
};

enum reading {
	NOT_YET,
	UNDER_WAY,
	DONE, /* or given up: not all waited at once */
};

/*
 * Counters are relaxed: they order nothing, and the end of the run orders them before their reader.
 */
struct par_crowd_ledger {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t come; /* tasks of this run that have entered */
	_Atomic uint32_t inside, most;
	_Atomic uint64_t gone;                             /* sum of mix(index) */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t reading; /* enum reading */
	_Atomic uint64_t bytes;                            /* of all tasks; 0: not read */
};

/* --- memory --- */

static uint64_t kernel_bytes(const struct par_family *family)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < family->count; i++) {
		char path[64], threads[16];
		uint64_t tables = 0;
		char *status;

		snprintf(path, sizeof path, "/proc/%d/status", (int)family->members[i].pid);
		status = par_procfs_read("", path);
		if (status == NULL)
			continue;
		(void)par_footprint_parse(&tables, status, "VmPTE:");
		par_procfs_field(threads, sizeof threads, status, "Threads:");
		sum += tables + KERNEL_STACK * strtoull(threads, NULL, 10);
		free(status);
	}
	return sum;
}

/* The root and its children without the servers. */
static int list_team(struct par_family *team, const struct par_crowd *crowd)
{
	struct par_family children = PAR_FAMILY_INIT;
	int status = par_family_add_children(&children, "", crowd->root);

	if (status == 0)
		status = par_family_newcomers(team, &children, &crowd->servers);
	par_family_fini(&children);
	return status;
}

static int read_memory(uint64_t *bytes, const struct par_crowd *crowd)
{
	struct par_family team = PAR_FAMILY_INIT;
	int status = par_family_add(&team, crowd->root, crowd->root);

	if (status == 0)
		status = list_team(&team, crowd);
	if (status == 0)
		status = par_footprint_pss(bytes, &team);
	if (status == 0)
		*bytes += kernel_bytes(&team);
	par_family_fini(&team);
	return status;
}

/* --- open and close --- */

int par_crowd_open(struct par_crowd *crowd, const struct par_setup *setup, struct par_error *error)
{
	int status;

	*crowd = (struct par_crowd){ .root = getpid(), .tasks = (uint32_t)setup->tasks };
	status = par_shared_open((void **)&crowd->ledger, sizeof *crowd->ledger);
	if (status == 0)
		status = par_family_add_children(&crowd->servers, "", crowd->root);
	/* Where memory cannot be read it is not told. */
	if (status == 0 && read_memory(&crowd->base, crowd) < 0)
		atomic_store_explicit(&crowd->ledger->reading, DONE, memory_order_relaxed);
	if (status == 0)
		return 0;
	par_crowd_close(crowd);
	return par_fail(error, status, "no room for a crowd: %s", par_error_text(status));
}

void par_crowd_close(struct par_crowd *crowd)
{
	par_shared_close(crowd->ledger, sizeof *crowd->ledger);
	par_family_fini(&crowd->servers);
	par_family_fini(&crowd->team);
	*crowd = (struct par_crowd){ 0 };
}

int par_crowd_reset(struct par_crowd *crowd)
{
	struct par_crowd_ledger *ledger = crowd->ledger;
	int status;

	par_family_fini(&crowd->team);
	status = list_team(&crowd->team, crowd);
	atomic_store_explicit(&ledger->come, 0, memory_order_relaxed);
	atomic_store_explicit(&ledger->inside, 0, memory_order_relaxed);
	atomic_store_explicit(&ledger->most, 0, memory_order_relaxed);
	atomic_store_explicit(&ledger->gone, 0, memory_order_relaxed);
	crowd->cpu_ns = par_family_cpu_ns(&crowd->team);
	return status;
}

/* --- tasks --- */

static void read_once(const struct par_crowd *crowd)
{
	struct par_crowd_ledger *ledger = crowd->ledger;
	uint32_t expected = NOT_YET;
	uint64_t bytes;

	if (!atomic_compare_exchange_strong_explicit(&ledger->reading, &expected, UNDER_WAY,
		    memory_order_relaxed, memory_order_relaxed))
		return;
	if (read_memory(&bytes, crowd) == 0 && bytes > crowd->base)
		atomic_store_explicit(&ledger->bytes, bytes - crowd->base, memory_order_relaxed);
	atomic_store_explicit(&ledger->reading, DONE, memory_order_relaxed);
}

void par_crowd_enter(struct par_crowd *crowd, struct par_io *io)
{
	struct par_crowd_ledger *ledger = crowd->ledger;
	uint32_t inside, most;

	(void)io;
	atomic_fetch_add_explicit(&ledger->come, 1, memory_order_relaxed);
	inside = atomic_fetch_add_explicit(&ledger->inside, 1, memory_order_relaxed) + 1;
	most = atomic_load_explicit(&ledger->most, memory_order_relaxed);
	while (inside > most && !atomic_compare_exchange_weak_explicit(&ledger->most, &most, inside,
					memory_order_relaxed, memory_order_relaxed))
		;
	if (inside == crowd->tasks)
		read_once(crowd);
}

/* Stays until memory has been read, or for as long as more tasks come: it may yet be. */
static void stay(const struct par_crowd *crowd, struct par_io *io)
{
	struct par_crowd_ledger *ledger = crowd->ledger;
	uint64_t nap_ns = NAP_NS + crowd->tasks * NAP_A_TASK_NS;
	uint32_t reading, come;

	if (nap_ns > NAP_MOST_NS)
		nap_ns = NAP_MOST_NS;
	for (unsigned i = 0; i < NAPS_MOST; i++) {
		reading = atomic_load_explicit(&ledger->reading, memory_order_relaxed);
		come = atomic_load_explicit(&ledger->come, memory_order_relaxed);
		if (reading == DONE || par_io_sleep(io, nap_ns) < 0)
			return;
		if (reading == NOT_YET &&
			come == atomic_load_explicit(&ledger->come, memory_order_relaxed))
			atomic_compare_exchange_strong_explicit(&ledger->reading, &reading, DONE,
				memory_order_relaxed, memory_order_relaxed);
	}
}

void par_crowd_leave(struct par_crowd *crowd, uint64_t index, struct par_io *io)
{
	struct par_crowd_ledger *ledger = crowd->ledger;

	if (atomic_load_explicit(&ledger->reading, memory_order_relaxed) != DONE)
		stay(crowd, io);
	atomic_fetch_add_explicit(&ledger->gone, par_mix64(index), memory_order_relaxed);
	atomic_fetch_sub_explicit(&ledger->inside, 1, memory_order_relaxed);
}

/* --- after a run --- */

int par_crowd_verify(const struct par_crowd *crowd, struct par_error *error)
{
	const struct par_crowd_ledger *ledger = crowd->ledger;
	uint32_t come = atomic_load_explicit(&ledger->come, memory_order_relaxed);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < crowd->tasks; i++)
		sum += par_mix64(i);
	if (come != crowd->tasks)
		return par_fail(
			error, -EBADMSG, "%u tasks waited instead of %u", come, crowd->tasks);
	if (sum != atomic_load_explicit(&ledger->gone, memory_order_relaxed))
		return par_fail(error, -EBADMSG, "not every task went exactly once");
	return 0;
}

void par_crowd_measure(struct par_crowd *crowd, double *values)
{
	const struct par_crowd_ledger *ledger = crowd->ledger;
	uint64_t cpu_ns = par_family_cpu_ns(&crowd->team);
	uint64_t bytes = atomic_load_explicit(&ledger->bytes, memory_order_relaxed);

	values[0] = bytes > 0 ? (double)bytes / crowd->tasks : NAN;
	values[1] = cpu_ns > crowd->cpu_ns ? (double)(cpu_ns - crowd->cpu_ns) / crowd->tasks : NAN;
	values[2] = atomic_load_explicit(&ledger->most, memory_order_relaxed);
}
