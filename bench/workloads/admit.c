/*
 * admit: n parts enter a room again and again, in which only k may be at once.
 *
 * Inside, each counts who is there and waits for a moment. More than k inside, or an entry that was
 * not made, is a wrong result.
 */
#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "clock.h"
#include "meeting.h"
#include "permits.h"
#include "rng.h"
#include "span.h"
#include "workload.h"

enum { ROOM, ENTRIES, STAY_US }; /* of the parameters */

struct admit;

/* A way to let only so many in. In the visit's order of variants. */
struct way {
	const char *name;
	int (*open)(struct admit *admit);
	int (*enter)(struct admit *admit, struct par_io *io);
	void (*leave)(struct admit *admit, struct par_io *io);
};

/* Shared by all parts. */
struct admit {
	struct par_meeting meeting;
	struct par_permits permits;
	sem_t semaphore;
	pthread_mutex_t mutex;
	pthread_cond_t condition;
	uint64_t room_left; /* under the mutex */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t inside;
	_Atomic uint32_t most;    /* seen inside */
	_Atomic uint64_t entries; /* made */
	struct par_span span;
	const struct way *way;
	uint64_t params[PAR_PARAMS_MAX];
	unsigned parts;
	bool spin;
};

static int permits_open(struct admit *admit)
{
	par_permits_init(&admit->permits, (uint32_t)admit->params[ROOM]);
	return 0;
}

static int permits_enter(struct admit *admit, struct par_io *io)
{
	return par_permits_take(
		io, &admit->permits, par_deadline_in(PAR_BETWEEN_PATIENCE_S * PAR_NS_PER_S));
}

static void permits_leave(struct admit *admit, struct par_io *io)
{
	par_permits_give(io, &admit->permits);
}

static int posix_open(struct admit *admit)
{
	return sem_init(&admit->semaphore, 1, (unsigned)admit->params[ROOM]) < 0 ? -errno : 0;
}

static int posix_enter(struct admit *admit, struct par_io *io)
{
	struct timespec deadline;

	(void)io;
	if (sem_trywait(&admit->semaphore) == 0)
		return 0;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PAR_BETWEEN_PATIENCE_S;
	while (sem_timedwait(&admit->semaphore, &deadline) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static void posix_leave(struct admit *admit, struct par_io *io)
{
	(void)io;
	(void)sem_post(&admit->semaphore); /* cannot overflow: as many as were taken */
}

static int condition_open(struct admit *admit)
{
	int status = par_between_mutex(&admit->mutex);

	admit->room_left = admit->params[ROOM];
	return status < 0 ? status : par_between_condition(&admit->condition);
}

static int condition_enter(struct admit *admit, struct par_io *io)
{
	int status = 0;

	(void)io;
	pthread_mutex_lock(&admit->mutex);
	while (status == 0 && admit->room_left == 0)
		status = par_between_wait(&admit->condition, &admit->mutex);
	if (status == 0)
		admit->room_left--;
	pthread_mutex_unlock(&admit->mutex);
	return status;
}

static void condition_leave(struct admit *admit, struct par_io *io)
{
	(void)io;
	pthread_mutex_lock(&admit->mutex);
	admit->room_left++;
	pthread_mutex_unlock(&admit->mutex);
	pthread_cond_signal(&admit->condition);
}

static const struct way ways[] = {
	{ "permits", permits_open, permits_enter, permits_leave },
	{ "semaphore", posix_open, posix_enter, posix_leave },
	{ "condition", condition_open, condition_enter, condition_leave },
};

static const struct par_variant variants[] = {
	{ .name = "permits",
		.label = "permits on a futex",
		.summary = "this project's counting semaphore; coroutines park on it" },
	{ .name = "semaphore",
		.label = "POSIX semaphore",
		.summary = "sem_wait and sem_post",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "condition",
		.label = "condition variable",
		.summary = "a count under a mutex, and a condition",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = NULL },
};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

static int admit_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct way *way = find_way(setup->variant);
	struct admit *admit;
	void *memory;
	int status;

	if (way == NULL)
		return par_fail(error, -EINVAL, "admit: there is no variant %s", setup->variant);
	status = par_shared_open(&memory, sizeof *admit);
	if (status < 0)
		return par_fail(error, status, "admit: shared memory: %s", par_error_text(status));
	admit = memory;
	memcpy(admit->params, setup->params, sizeof admit->params);
	admit->way = way;
	admit->parts = (unsigned)setup->tasks;
	admit->spin = setup->spin;
	status = way->open(admit);
	if (status < 0) {
		par_shared_close(memory, sizeof *admit);
		return par_fail(error, status, "admit: %s", par_error_text(status));
	}
	*state = admit;
	return 0;
}

static int admit_reset(void *state)
{
	struct admit *admit = state;

	par_meeting_init(&admit->meeting);
	par_span_init(&admit->span);
	atomic_store_explicit(&admit->most, 0, memory_order_relaxed);
	atomic_store_explicit(&admit->entries, 0, memory_order_relaxed);
	return 0;
}

/* Relaxed, here and below: counts, which order nothing; the way in and out does. */
static int stay(struct admit *admit, struct par_io *io)
{
	uint32_t inside = atomic_fetch_add_explicit(&admit->inside, 1, memory_order_relaxed) + 1;
	uint32_t most = atomic_load_explicit(&admit->most, memory_order_relaxed);
	int status;

	while (inside > most && !atomic_compare_exchange_weak_explicit(&admit->most, &most, inside,
					memory_order_relaxed, memory_order_relaxed))
		;
	status = par_io_sleep(io, admit->params[STAY_US] * PAR_NS_PER_US);
	atomic_fetch_add_explicit(&admit->entries, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&admit->inside, 1, memory_order_relaxed);
	return status;
}

static uint64_t admit_task(void *state, uint64_t index, struct par_io *io)
{
	struct admit *admit = state;
	int status = par_meeting_join(&admit->meeting, admit->parts, admit->spin, io);

	par_span_begin(&admit->span);
	for (uint64_t i = 0; status == 0 && i < admit->params[ENTRIES]; i++) {
		status = admit->way->enter(admit, io);
		if (status == 0) {
			status = stay(admit, io);
			admit->way->leave(admit, io);
		}
	}
	par_span_end(&admit->span);
	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index);
}

static int admit_verify(void *state, struct par_error *error)
{
	struct admit *admit = state;
	unsigned most = atomic_load_explicit(&admit->most, memory_order_relaxed);
	uint64_t entries = atomic_load_explicit(&admit->entries, memory_order_relaxed);

	if (most > admit->params[ROOM])
		return par_fail(error, -EBADMSG, "%u were inside, where %llu may be", most,
			(unsigned long long)admit->params[ROOM]);
	if (entries != admit->parts * admit->params[ENTRIES])
		return par_fail(error, -EBADMSG, "%llu entries instead of %llu",
			(unsigned long long)entries,
			(unsigned long long)(admit->parts * admit->params[ENTRIES]));
	return 0;
}

static void admit_measure(void *state, double *values)
{
	struct admit *admit = state;

	values[0] = atomic_load_explicit(&admit->most, memory_order_relaxed);
	values[1] = par_span_ns(&admit->span) / (double)(admit->parts * admit->params[ENTRIES]);
}

static void admit_close(void *state)
{
	par_shared_close(state, sizeof(struct admit));
}

static const struct par_param params[] = {
	{ "room", "how many may be inside at once", 5, 1, 4096 },
	{ "entries", "by each part", 20, 1, 1000000 },
	{ "stay_us", "microseconds that each waits inside", 50, 0, 1000000 },
	{ 0 },
};

static const struct par_measure_kind measures[] = {
	{ "most_inside", "the most that were inside at once", PAR_UNIT_COUNT },
	{ "entry_ns", "time for an entry, over all parts", PAR_UNIT_NS },
	{ .name = NULL },
};

const struct par_workload par_workload_admit = {
	.name = "admit",
	.label = "k of n",
	.summary = "n parts enter a room in which only k may be at once",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 20, 20, 20 },
	.cpu_ns = 100000,
	.wait_ns = 2000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = admit_open,
	.reset = admit_reset,
	.task = admit_task,
	.verify = admit_verify,
	.measures = measures,
	.measure = admit_measure,
	.close = admit_close,
};
