#include "loop.h"

#include <stdlib.h>

#include "loop_state.h"

const char *par_loop_uring_unavailable(void)
{
	return par_uring_unavailable();
}

static int open_epoll(struct par_loop *loop, bool timerfd_only)
{
	int code = par_poller_open(&loop->poller, timerfd_only);

	loop->io.ops = &par_loop_ops;
	return code ? code : par_offload_open(&loop->offload, &loop->poller);
}

static int open_ring(struct par_loop *loop)
{
	loop->io.ops = &par_loop_uring_ops;
	return par_uring_open(&loop->ring);
}

int par_loop_open(struct par_loop **out, const struct par_loop_spec *spec)
{
	struct par_loop *loop = calloc(1, sizeof(*loop));
	int code;

	*out = NULL;
	if (!loop)
		return -ENOMEM;
	loop->write_may_be_tried = true;
	code = spec && spec->ring ? open_ring(loop) : open_epoll(loop, spec && spec->timerfd_only);
	if (code)
		par_loop_close(loop);
	else
		*out = loop;
	return code;
}

void par_loop_close(struct par_loop *loop)
{
	if (!loop)
		return;
	par_uring_close(loop->ring);
	par_offload_close(&loop->offload);
	par_poller_close(&loop->poller);
	par_timers_fini(&loop->timers);
	par_coroutines_fini(&loop->coroutines);
	free(loop);
}

struct par_io *par_loop_io(struct par_loop *loop)
{
	return &loop->io;
}

static void task_main(void *context, uint64_t index)
{
	struct par_loop *loop = context;

	loop->source->task(loop->source->context, index, &loop->io);
}

/*
 * Starts tasks of one claim, as many as there is room for. Where there is no stack for the next,
 * *in_flight sinks to what there is; -errno when that is nothing.
 */
static int start_tasks(struct par_loop *loop, uint64_t *in_flight)
{
	uint64_t count;
	int alive;

	if (loop->next == loop->last && !loop->dry && loop->under_way < *in_flight) {
		count = loop->source->claim(
			loop->source->context, *in_flight - loop->under_way, &loop->next);
		loop->last = loop->next + count;
		loop->dry = count == 0;
	}
	while (loop->next < loop->last && loop->under_way < *in_flight) {
		alive = par_coroutine_start(&loop->coroutines, task_main, loop, loop->next);
		if (alive < 0) {
			*in_flight = loop->under_way;
			return loop->under_way > 0 ? 0 : alive;
		}
		loop->next++;
		loop->under_way += (unsigned)alive;
	}
	return 0;
}

/* Resumes those that are ready now; who becomes ready meanwhile waits for the next round. */
static void resume_ready(struct par_loop *loop)
{
	struct par_ready batch = loop->ready;
	struct par_coroutine *coroutine;

	loop->ready = (struct par_ready){ 0 };
	while ((coroutine = par_ready_pop(&batch))) {
		if (batch.first) {
			PAR_COROUTINE_EXPECT(batch.first);
			__builtin_prefetch(batch.first->next);
		}
		if (par_coroutine_resume(coroutine) == 0)
			loop->under_way--;
	}
}

static void wake_sleepers(struct par_loop *loop)
{
	struct par_coroutine *coroutine;
	uint64_t now;

	if (loop->timers.count == 0 && !loop->deadlines.first)
		return;
	now = par_poller_now();
	par_loop_park_expire(loop, now);
	while ((coroutine = par_timers_take(&loop->timers, now)))
		par_ready_push(&loop->ready, coroutine);
}

/* When the first who sleeps, or is parked with a deadline, is to go on. */
static uint64_t first_deadline(const struct par_loop *loop)
{
	uint64_t timer = par_timers_first(&loop->timers);
	uint64_t parked = par_deadlines_first(&loop->deadlines);

	return timer < parked ? timer : parked;
}

_Static_assert(PAR_TIMERS_NONE == PAR_POLL_FOREVER && PAR_DEADLINE_NONE == PAR_POLL_FOREVER,
	"the poller takes either");

/* Whether anybody waits for what only the kernel can tell. */
static bool is_listening(const struct par_loop *loop)
{
	if (loop->ring)
		return par_uring_under_way(loop->ring) > 0;
	return loop->poller.waiting > 0 || loop->offload.under_way > 0;
}

static int poll_once(struct par_loop *loop, uint64_t deadline)
{
	if (loop->ring)
		return par_uring_poll(loop->ring, deadline, &loop->ready);
	return par_poller_poll(&loop->poller, deadline, &loop->ready);
}

/*
 * Gathers who can go on. Sleeps for the first event or timer unless there is something to do, and
 * makes no system call when nobody waits for what the kernel would tell.
 */
static int gather(struct par_loop *loop, bool busy)
{
	bool listening = is_listening(loop);
	int code = 0;

	wake_sleepers(loop);
	if (!busy && !listening && !loop->ready.first && first_deadline(loop) == PAR_POLL_FOREVER)
		par_loop_park_give_up(loop);
	busy = busy || loop->ready.first;
	if (listening || !busy)
		code = poll_once(loop, busy ? 0 : first_deadline(loop));
	if (loop->poller.woken) {
		loop->poller.woken = false;
		par_offload_collect(&loop->offload, &loop->ready);
	}
	if (!busy)
		wake_sleepers(loop);
	return code;
}

int par_loop_run(struct par_loop *loop, const struct par_loop_source *source, uint64_t in_flight)
{
	bool room;
	int code;

	par_poller_distrust(&loop->poller);
	loop->source = source;
	loop->next = loop->last = 0;
	loop->dry = false;
	for (;;) {
		code = start_tasks(loop, &in_flight);
		if (code || (loop->dry && loop->next == loop->last && loop->under_way == 0))
			break;
		room = loop->under_way < in_flight && !loop->dry;
		if (loop->under_way > 0)
			code = gather(loop, room);
		if (code)
			break;
		resume_ready(loop);
	}
	return code;
}
