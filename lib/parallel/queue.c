#include "queue.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "annotate.h"
#include "clock.h"
#include "poller.h"
#include "queue_store.h"

/* Enough for anything that fits into memory, and head + length stays within 32 bits. */
#define CAPACITY_MAX (1U << 30)

/* --- making --- */

/* The spec with its defaults filled in; capacity 0: it makes no sense. */
static struct par_queue_spec complete(const struct par_queue_spec *spec)
{
	struct par_queue_spec full = *spec;

	if (spec->high == 0) {
		full.high = spec->capacity;
		full.low = spec->capacity - 1;
	}
	if (spec->capacity == 0 || spec->capacity > CAPACITY_MAX || spec->item_bytes == 0 ||
		spec->item_bytes > CAPACITY_MAX || full.high > spec->capacity ||
		full.low >= full.high)
		full.capacity = 0;
	return full;
}

size_t par_queue_bytes(const struct par_queue_spec *spec)
{
	struct par_queue_spec full = complete(spec);

	return full.capacity == 0 ? 0 : sizeof(struct par_queue) + par_queue_store_bytes(&full);
}

static int init_lock(pthread_mutex_t *lock, bool processes)
{
	pthread_mutexattr_t attr;
	int code = -pthread_mutexattr_init(&attr);

	if (code)
		return code;
	if (processes)
		code = -pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (!code && processes)
		code = -pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (!code)
		code = -pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return code;
}

int par_queue_init(struct par_queue *queue, const struct par_queue_spec *spec)
{
	struct par_queue_spec full = complete(spec);
	int code;

	memset(queue, 0, sizeof(*queue));
	if (full.capacity == 0)
		return -EINVAL;
	code = init_lock(&queue->lock, full.processes);
	if (code)
		return code;
	queue->spec = full;
	queue->open = true;
	par_queue_store_init(queue);
	return 0;
}

void par_queue_fini(struct par_queue *queue)
{
	if (queue->open)
		(void)pthread_mutex_destroy(&queue->lock);
	memset(queue, 0, sizeof(*queue));
}

/* --- the monitor --- */

static void wake_all(struct par_queue *queue, struct par_io *io)
{
	(void)par_unpark(io, &queue->putters, PAR_PARK_ALL);
	(void)par_unpark(io, &queue->getters, PAR_PARK_ALL);
	(void)par_unpark(io, &queue->joiners, PAR_PARK_ALL);
}

static void leave(struct par_queue *queue, struct par_io *io)
{
	if (!io->ops->interleaves)
		(void)pthread_mutex_unlock(&queue->lock);
}

/*
 * Locks, between processes for a nap at a time. An unlock wakes one waiter, and nothing says that
 * there are more; if that one is killed before it runs, and a third takes the free lock meanwhile,
 * neither the C library nor the kernel's robust list wakes the others.
 */
static int lock(struct par_queue *queue)
{
	struct timespec until;
	uint64_t wall;
	int code;

	if (!queue->spec.processes)
		return pthread_mutex_lock(&queue->lock);
	code = pthread_mutex_trylock(&queue->lock);
	while (code == EBUSY || code == ETIMEDOUT) {
		wall = par_wall_ns() + PAR_QUEUE_NAP_NS; /* the clock that POSIX has here */
		until.tv_sec = (time_t)(wall / PAR_NS_PER_S);
		until.tv_nsec = (long)(wall % PAR_NS_PER_S);
		code = pthread_mutex_timedlock(&queue->lock, &until);
		if (code == EOWNERDEAD)
			par_annotate_inherited(&queue->lock);
	}
	return code;
}

/* 0, or -errno and nobody is inside. */
static int enter(struct par_queue *queue, struct par_io *io)
{
	bool first = false;
	int code;

	if (io->ops->interleaves)
		return 0;
	code = lock(queue);
	if (code == EOWNERDEAD) {
		first = true;
		queue->broken = true;
		code = pthread_mutex_consistent(&queue->lock);
	}
	if (code) /* nothing else can be wrong with it than its owner */
		return -EOWNERDEAD;
	if (!queue->broken)
		return 0;
	leave(queue, io);
	if (first)
		wake_all(queue, io);
	return -EOWNERDEAD;
}

/*
 * Leaves, sleeps and enters again. A process sleeps for a nap at most: see queue.h. Returns 0: look
 * again; -EAGAIN: the deadline is none; -ETIMEDOUT, -EDEADLK, and one is inside; or -EOWNERDEAD,
 * and one is not.
 */
static int nap(struct par_queue *queue, struct par_io *io, struct par_spot *spot, uint64_t deadline)
{
	uint64_t until = deadline;
	uint32_t seen;
	int code, broken;

	if (deadline == PAR_QUEUE_TRY)
		return -EAGAIN;
	if (queue->spec.processes && !io->ops->interleaves) {
		until = par_deadline_in(PAR_QUEUE_NAP_NS);
		until = until < deadline ? until : deadline;
	}
	seen = par_spot_enter(io, spot);
	leave(queue, io);
	code = par_park(io, spot, seen, until);
	if (code == -ETIMEDOUT && until < deadline)
		code = 0;
	broken = enter(queue, io);
	return broken ? broken : code;
}

/* Leaves, and sees to it that as many who sleep are on their way as have room, or an item. */
static void leave_and_wake(struct par_queue *queue, struct par_io *io)
{
	bool putters = par_spot_is_used(&queue->putters);
	bool getters = par_spot_is_used(&queue->getters);
	uint32_t items = par_queue_length(queue);
	uint32_t room = queue->stopped ? 0 : queue->spec.high - items;

	leave(queue, io);
	if (getters && items > 0)
		(void)par_unpark_to(io, &queue->getters, items);
	if (putters && room > 0)
		(void)par_unpark_to(io, &queue->putters, room);
}

/* --- putting and getting --- */

static bool has_room(const struct par_queue *queue)
{
	return queue->closed || !queue->stopped;
}

static bool has_item(const struct par_queue *queue)
{
	return queue->closed || par_queue_length(queue) > 0;
}

static bool is_done(const struct par_queue *queue)
{
	return queue->unfinished == 0;
}

/*
 * Inside: sleeps until the condition holds. Returns 0; -EOWNERDEAD, and one is not inside; or
 * another -errno, and one is inside.
 */
static int await(struct par_queue *queue, struct par_io *io, struct par_spot *spot,
	bool (*holds)(const struct par_queue *queue), uint64_t deadline)
{
	int code = 0;

	while (!holds(queue) && !code)
		code = nap(queue, io, spot, deadline);
	/* What came at the last moment is taken. */
	return code != -EOWNERDEAD && holds(queue) ? 0 : code;
}

/* The same, and adds up for how long. */
static int await_timed(struct par_queue *queue, struct par_io *io, struct par_spot *spot,
	bool (*holds)(const struct par_queue *queue), uint64_t deadline)
{
	struct par_queue_counts *counts = &queue->counts;
	bool putter = spot == &queue->putters;
	uint64_t start;
	int code;

	if (deadline == PAR_QUEUE_TRY)
		return -EAGAIN;
	start = par_now_ns();
	code = await(queue, io, spot, holds, deadline);
	if (code != -EOWNERDEAD) {
		*(putter ? &counts->full_waits : &counts->empty_waits) += 1;
		*(putter ? &counts->full_ns : &counts->empty_ns) += par_now_ns() - start;
	}
	return code;
}

int par_queue_put(struct par_queue *queue, struct par_io *io, const void *item, uint64_t priority,
	uint64_t deadline)
{
	int code = enter(queue, io);
	uint32_t length;

	if (!code && !has_room(queue))
		code = await_timed(queue, io, &queue->putters, has_room, deadline);
	if (code == -EOWNERDEAD)
		return code;
	if (!code && queue->closed)
		code = -EPIPE;
	if (code) {
		leave(queue, io);
		return code;
	}
	par_queue_store_put(queue, item, priority);
	length = par_queue_length(queue);
	queue->stopped = length >= queue->spec.high;
	queue->unfinished++;
	queue->counts.puts++;
	if (length > queue->counts.longest)
		queue->counts.longest = length;
	leave_and_wake(queue, io);
	return 0;
}

int par_queue_get(struct par_queue *queue, struct par_io *io, void *item, uint64_t deadline)
{
	int code = enter(queue, io);

	if (!code && !has_item(queue))
		code = await_timed(queue, io, &queue->getters, has_item, deadline);
	if (code == -EOWNERDEAD)
		return code;
	if (code || par_queue_length(queue) == 0) {
		leave(queue, io);
		return code;
	}
	par_queue_store_take(queue, item);
	if (par_queue_length(queue) <= queue->spec.low)
		queue->stopped = false;
	queue->counts.gets++;
	leave_and_wake(queue, io);
	return 1;
}

/* --- done, closed --- */

int par_queue_task_done(struct par_queue *queue, struct par_io *io)
{
	int code = enter(queue, io);
	bool done;

	if (code)
		return code;
	if (queue->unfinished == 0) {
		leave(queue, io);
		return -EINVAL;
	}
	queue->unfinished--;
	done = is_done(queue) && par_spot_is_used(&queue->joiners);
	leave(queue, io);
	if (done)
		(void)par_unpark(io, &queue->joiners, PAR_PARK_ALL);
	return 0;
}

int par_queue_join(struct par_queue *queue, struct par_io *io, uint64_t deadline)
{
	int code = enter(queue, io);

	if (code)
		return code;
	code = await(queue, io, &queue->joiners, is_done, deadline);
	if (code != -EOWNERDEAD)
		leave(queue, io);
	return code;
}

int par_queue_close(struct par_queue *queue, struct par_io *io)
{
	int code = enter(queue, io);

	if (code)
		return code;
	queue->closed = true;
	leave(queue, io);
	wake_all(queue, io);
	return 0;
}

struct par_queue_counts par_queue_counted(const struct par_queue *queue)
{
	return queue->counts;
}
