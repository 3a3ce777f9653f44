/*
 * turns: parts that act strictly one after the other: A, B, C, A, B, C, ...
 *
 * Whose turn it is writes its number into a log and hands over to the next. The log must be the
 * sequence without a gap.
 */
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "between.h"
#include "clock.h"
#include "meeting.h"
#include "park.h"
#include "rng.h"
#include "span.h"
#include "wait.h"
#include "workload.h"

#define PARTS_MAX 16
#define NEVER_NS  (PAR_BETWEEN_PATIENCE_S * PAR_NS_PER_S)

enum { ROUNDS }; /* of the parameters */

struct turns;

struct way {
	const char *name;
	int (*open)(struct turns *turns); /* may be NULL */
	/* Waits for turn number `turn`, which is of part turn % parts. */
	int (*await)(struct turns *turns, uint32_t turn, struct par_io *io);
	/* Hands over to turn number `turn`. */
	int (*pass)(struct turns *turns, uint32_t turn, struct par_io *io);
};

/* Shared by all parts. */
struct turns {
	struct par_meeting meeting;
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t turn; /* whose number it is, for most ways */
	struct par_spot spots[PARTS_MAX];
	sem_t semaphores[PARTS_MAX];
	pthread_mutex_t mutex;
	pthread_cond_t conditions[PARTS_MAX];
	int pipes[PARTS_MAX][2];
	struct par_span span;
	const struct way *way;
	uint64_t rounds;
	unsigned parts;
	bool spin;
	size_t size;      /* of all this */
	uint32_t written; /* of the log; by whose turn it is, as all of it */
	unsigned char log[];
};

static uint32_t now_at(const struct turns *turns)
{
	/* Sequentially consistent: park.h; acquires what the part before wrote. */
	return atomic_load_explicit(&turns->turn, memory_order_seq_cst);
}

static void set_turn(struct turns *turns, uint32_t turn)
{
	atomic_store_explicit(&turns->turn, turn, memory_order_seq_cst);
}

/* A loop knows by itself when nobody is left who could pass the turn. */
static uint64_t deadline_for(const struct par_io *io)
{
	return io->ops->interleaves ? PAR_PARK_FOREVER : par_deadline_in(NEVER_NS);
}

static int park_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	struct par_spot *spot = &turns->spots[turn % turns->parts];
	int status = 0;

	while (status == 0 && now_at(turns) != turn) {
		uint32_t seen = par_spot_enter(io, spot);

		if (now_at(turns) == turn) {
			par_spot_leave(io, spot);
			return 0;
		}
		status = par_park(io, spot, seen, deadline_for(io));
	}
	return status;
}

static int park_pass(struct turns *turns, uint32_t turn, struct par_io *io)
{
	set_turn(turns, turn);
	par_unpark(io, &turns->spots[turn % turns->parts], 1);
	return 0;
}

static int spin_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	uint64_t deadline = par_now_ns() + NEVER_NS;

	(void)io;
	for (unsigned i = 1; now_at(turns) != turn; i++) {
		par_relax();
		if (!turns->spin)
			sched_yield(); /* workers share a CPU */
		if (i % 4096 == 0 && par_now_ns() > deadline)
			return -ETIMEDOUT;
	}
	return 0;
}

static int spin_pass(struct turns *turns, uint32_t turn, struct par_io *io)
{
	(void)io;
	set_turn(turns, turn);
	return 0;
}

/* Coroutines of one loop: whoever it is not runs on to the next. */
static int switch_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	while (now_at(turns) != turn)
		par_io_yield(io);
	return 0;
}

static int semaphore_open(struct turns *turns)
{
	for (unsigned i = 0; i < turns->parts; i++)
		if (sem_init(&turns->semaphores[i], 1, i == 0) < 0)
			return -errno;
	return 0;
}

static int semaphore_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	sem_t *semaphore = &turns->semaphores[turn % turns->parts];
	struct timespec deadline;

	(void)io;
	if (sem_trywait(semaphore) == 0)
		return 0;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PAR_BETWEEN_PATIENCE_S;
	while (sem_timedwait(semaphore, &deadline) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int semaphore_pass(struct turns *turns, uint32_t turn, struct par_io *io)
{
	(void)io;
	return sem_post(&turns->semaphores[turn % turns->parts]) < 0 ? -errno : 0;
}

static int condition_open(struct turns *turns)
{
	int status = par_between_mutex(&turns->mutex);

	for (unsigned i = 0; status == 0 && i < turns->parts; i++)
		status = par_between_condition(&turns->conditions[i]);
	return status;
}

static int condition_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	pthread_cond_t *condition = &turns->conditions[turn % turns->parts];
	int status = 0;

	(void)io;
	pthread_mutex_lock(&turns->mutex);
	while (status == 0 && now_at(turns) != turn)
		status = par_between_wait(condition, &turns->mutex);
	pthread_mutex_unlock(&turns->mutex);
	return status;
}

static int condition_pass(struct turns *turns, uint32_t turn, struct par_io *io)
{
	(void)io;
	pthread_mutex_lock(&turns->mutex);
	set_turn(turns, turn);
	pthread_mutex_unlock(&turns->mutex);
	pthread_cond_signal(&turns->conditions[turn % turns->parts]);
	return 0;
}

static int pipe_pass(struct turns *turns, uint32_t turn, struct par_io *io)
{
	return par_io_write_all(io, turns->pipes[turn % turns->parts][1], "", 1);
}

static int pipe_await(struct turns *turns, uint32_t turn, struct par_io *io)
{
	char token;

	return par_io_read_all(io, turns->pipes[turn % turns->parts][0], &token, 1);
}

/* The first turn's token is there from the start, and comes back with the last hand-over. */
static int pipe_open(struct turns *turns)
{
	for (unsigned i = 0; i < turns->parts; i++)
		if (pipe(turns->pipes[i]) < 0)
			return -errno;
	return write(turns->pipes[0][1], "", 1) == 1 ? 0 : -errno;
}

static const struct way ways[] = {
	{ "park", NULL, park_await, park_pass },
	{ "semaphore", semaphore_open, semaphore_await, semaphore_pass },
	{ "condition", condition_open, condition_await, condition_pass },
	{ "spin", NULL, spin_await, spin_pass },
	{ "pipe", pipe_open, pipe_await, pipe_pass },
	{ "switch", NULL, switch_await, spin_pass },
};

static const struct par_variant variants[] = {
	{ .name = "park",
		.label = "park",
		.summary = "sleep on a futex until it is one's turn; coroutines park" },
	{ .name = "semaphore",
		.label = "semaphores",
		.summary = "a POSIX semaphore for each part",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "condition",
		.label = "condition variables",
		.summary = "a mutex, and a condition for each part",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "spin",
		.label = "spinning",
		.summary = "look at the turn again and again",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "pipe", .label = "pipes", .summary = "a pipe for each part, and a token" },
	{ .name = "switch",
		.label = "coroutine switch",
		.summary = "yield until it is one's turn",
		.traits = PAR_VARIANT_LOOP },
	{ .name = NULL },
};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

static void turns_close(void *state)
{
	struct turns *turns = state;

	for (unsigned i = 0; i < PARTS_MAX; i++)
		for (unsigned end = 0; end < 2; end++)
			if (turns->pipes[i][end] >= 0)
				(void)close(turns->pipes[i][end]);
	par_shared_close(turns, turns->size);
}

static int turns_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct way *way = find_way(setup->variant);
	size_t size = sizeof(struct turns) + setup->params[ROUNDS] * setup->tasks;
	struct turns *turns;
	void *memory;
	int status;

	if (way == NULL || setup->tasks > PARTS_MAX)
		return par_fail(error, -EINVAL,
			"turns: at most %d parts take turns, and by a variant", PARTS_MAX);
	status = par_shared_open(&memory, size);
	if (status < 0)
		return par_fail(error, status, "turns: shared memory: %s", par_error_text(status));
	turns = memory;
	memset(turns->pipes, -1, sizeof turns->pipes);
	turns->way = way;
	turns->rounds = setup->params[ROUNDS];
	turns->parts = (unsigned)setup->tasks;
	turns->spin = setup->spin;
	turns->size = size;
	status = way->open != NULL ? way->open(turns) : 0;
	if (status < 0) {
		turns_close(turns);
		return par_fail(error, status, "turns: %s", par_error_text(status));
	}
	*state = turns;
	return 0;
}

static int turns_reset(void *state)
{
	struct turns *turns = state;

	par_meeting_init(&turns->meeting);
	par_span_init(&turns->span);
	set_turn(turns, 0);
	turns->written = 0;
	return 0;
}

static int act(struct turns *turns, uint32_t turn, uint64_t index, struct par_io *io)
{
	int status = turns->way->await(turns, turn, io);

	if (status < 0)
		return status;
	turns->log[turns->written++] = (unsigned char)index;
	return turns->way->pass(turns, turn + 1, io);
}

static uint64_t turns_task(void *state, uint64_t index, struct par_io *io)
{
	struct turns *turns = state;
	int status = par_meeting_join(&turns->meeting, turns->parts, turns->spin, io);

	par_span_begin(&turns->span);
	for (uint64_t round = 0; status == 0 && round < turns->rounds; round++)
		status = act(turns, (uint32_t)(round * turns->parts + index), index, io);
	par_span_end(&turns->span);
	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index);
}

static int turns_verify(void *state, struct par_error *error)
{
	const struct turns *turns = state;
	uint64_t all = turns->rounds * turns->parts;

	for (uint64_t i = 0; i < turns->written && i < all; i++)
		if (turns->log[i] != i % turns->parts)
			return par_fail(error, -EBADMSG, "turn %llu was taken by part %u",
				(unsigned long long)i, turns->log[i]);
	if (turns->written != all)
		return par_fail(error, -EBADMSG, "%u turns were taken instead of %llu",
			turns->written, (unsigned long long)all);
	return 0;
}

static void turns_measure(void *state, double *values)
{
	const struct turns *turns = state;

	values[0] = par_span_ns(&turns->span) / (double)(turns->rounds * turns->parts);
}

static const struct par_param params[] = {
	{ "rounds", "how often each part has its turn", 200, 1, 1000000 },
	{ 0 },
};

static const struct par_measure_kind measures[] = {
	{ "handoff_ns", "from one part's turn to the next", PAR_UNIT_NS },
	{ .name = NULL },
};

const struct par_workload par_workload_turns = {
	.name = "turns",
	.label = "turns",
	.summary = "parts that act strictly one after the other: A, B, C",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 3, 3, 3 },
	.cpu_ns = 2000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = turns_open,
	.reset = turns_reset,
	.task = turns_task,
	.verify = turns_verify,
	.measures = measures,
	.measure = turns_measure,
	.close = turns_close,
};
