/*
 * ways_to_wait: runs tasks that wait, on each kind of worker.
 */
#ifndef TEST_WAYS_TO_WAIT_H
#define TEST_WAYS_TO_WAIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loop.h"

typedef void (*waiting_task)(void *context, uint64_t index, struct par_io *io);

struct range {
	uint64_t next, last;
	waiting_task task;
	void *context;
};

static inline uint64_t range_claim(void *context, uint64_t limit, uint64_t *first)
{
	struct range *range = context;
	uint64_t left = range->last - range->next;
	uint64_t count = left < limit ? left : limit;

	*first = range->next;
	range->next += count;
	return count;
}

static inline void range_task(void *context, uint64_t index, struct par_io *io)
{
	struct range *range = context;

	range->task(range->context, index, io);
}

/* Runs task(context, 0 .. count - 1) on a loop that is open. Returns what par_loop_run() does. */
static inline int on_loop(
	struct par_loop *loop, waiting_task task, void *context, uint64_t count, uint64_t in_flight)
{
	struct range range = { .last = count, .task = task, .context = context };
	struct par_loop_source source = {
		.claim = range_claim,
		.task = range_task,
		.context = &range,
	};

	return par_loop_run(loop, &source, in_flight);
}

/*
 * The kinds of loops: with epoll_pwait2 where the kernel has it, with a timerfd, and on an io_uring
 * where there can be one.
 */
static const struct par_loop_spec loop_kinds[] = {
	{ .timerfd_only = false },
	{ .timerfd_only = true },
	{ .ring = true },
};

static inline size_t loop_kind_count(void)
{
	size_t count = sizeof(loop_kinds) / sizeof(*loop_kinds);

	return par_loop_uring_unavailable() == NULL ? count : count - 1;
}

/* The same on loops of their own, one of each kind. Returns how many. */
static inline size_t on_loops(waiting_task task, void *context, uint64_t count, uint64_t in_flight)
{
	struct par_loop *loop;
	size_t kinds = loop_kind_count();

	for (size_t kind = 0; kind < kinds; kind++) {
		assert_int_equal(par_loop_open(&loop, &loop_kinds[kind]), 0);
		assert_int_equal(on_loop(loop, task, context, count, in_flight), 0);
		par_loop_close(loop);
	}
	return kinds;
}

/* One task alone: on a worker that blocks, and on loops. */
static inline void on_each(waiting_task task, void *context)
{
	struct par_io io;

	par_io_init_blocking(&io);
	task(context, 0, &io);
	on_loops(task, context, 1, 1);
}

#endif
