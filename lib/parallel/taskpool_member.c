/*
 * The workers of a task pool: made, found dead, replaced, ended.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"
#include "taskpool_parts.h"

/* How long a worker that was told to go may take. */
#define GRACE_NS (2 * PAR_NS_PER_S)

/* --- making --- */

/* In the worker: where the caller could run before it moved, or on the worker's PU. */
static int take_place(const struct par_taskpool *pool, int pu)
{
	if (pu >= 0)
		return par_pin_self(pu);
	return par_affinity_apply(&pool->before);
}

static void *thread_main(void *argument)
{
	struct par_member *member = argument;
	const int *pus = member->pool->spec.pus;

	par_taskpool_work(member->pool, member->number,
		take_place(member->pool, pus ? pus[member->number] : -1));
	return NULL;
}

static int start_thread(struct par_member *member, int pu)
{
	pthread_attr_t attr;
	int code = -pthread_attr_init(&attr);

	if (code)
		return code;
	code = par_pin_attr(&attr, pu); /* it starts there and need not move */
	if (!code)
		code = -pthread_create(&member->thread, &attr, thread_main, member);
	pthread_attr_destroy(&attr);
	return code;
}

static int start_process(struct par_member *member, int pu)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int code = par_process_enter(parent, -1);

		par_taskpool_work(
			member->pool, member->number, code ? code : take_place(member->pool, pu));
		_exit(0); /* not exit(): buffers and handlers are the parent's */
	}
	member->pid = pid;
	return 0;
}

int par_taskpool_start(struct par_taskpool *pool, unsigned worker)
{
	struct par_member *member = &pool->members[worker];
	struct par_seat *seat = &pool->seats[worker];
	int pu = pool->spec.pus ? pool->spec.pus[worker] : -1;
	int code;

	/* Relaxed: nobody sits there, and making the worker publishes them. */
	atomic_store_explicit(&seat->claim, PAR_CLAIM_NONE, memory_order_relaxed);
	atomic_store_explicit(&seat->state, PAR_SEAT_NEW, memory_order_relaxed);
	atomic_store_explicit(&seat->code, 0, memory_order_relaxed);
	par_taskpool_mark_sleeper(pool, worker, false);
	seat->finished = member->seen;
	member->pool = pool;
	member->number = worker;
	code = pool->spec.processes ? start_process(member, pu) : start_thread(member, pu);
	member->alive = code == 0;
	return code;
}

bool par_taskpool_has_workers(const struct par_taskpool *pool)
{
	for (unsigned i = 0; i < pool->spec.workers; i++)
		if (pool->members[i].alive)
			return true;
	return false;
}

/* --- ending --- */

void par_taskpool_end(struct par_taskpool *pool, unsigned worker, bool kill)
{
	struct par_member *member = &pool->members[worker];

	if (!member->alive)
		return;
	if (pool->spec.processes)
		par_process_reap(member->pid, kill ? 0 : GRACE_NS);
	else
		pthread_join(member->thread, NULL);
	member->pid = 0;
	member->alive = false;
}

/* --- deaths --- */

/* True when a worker that was not told to go is gone; it is reaped. */
static bool is_dead(struct par_taskpool *pool, unsigned worker)
{
	struct par_member *member = &pool->members[worker];
	/* Acquire: all that it did. */
	bool gone = atomic_load_explicit(&pool->seats[worker].state, memory_order_acquire) ==
		    PAR_SEAT_GONE;

	if (!pool->spec.processes) {
		if (gone)
			pthread_join(member->thread, NULL);
		return gone;
	}
	if (!gone && waitpid(member->pid, NULL, WNOHANG) == 0)
		return false;
	if (gone) /* a process whose first thread has ended may have others, which keep it */
		par_process_reap(member->pid, 0);
	member->pid = 0;
	return true;
}

static bool find_dead(struct par_taskpool *pool)
{
	for (unsigned i = 0; i < pool->spec.workers; i++) {
		if (pool->members[i].alive && is_dead(pool, i)) {
			pool->members[i].alive = false;
			/* Relaxed: of a process, and only the caller reads it. */
			atomic_store_explicit(
				&pool->seats[i].state, PAR_SEAT_GONE, memory_order_relaxed);
		}
		if (!pool->members[i].alive)
			pool->deaths = true;
	}
	return pool->deaths;
}

/* Whether a living worker has claimed the task `turn`, by the claims in pool->claims. */
static bool is_held(const struct par_taskpool *pool, uint64_t turn)
{
	for (unsigned i = 0; i < pool->spec.workers; i++)
		if (pool->members[i].alive &&
			turn - (pool->claims[i] >> 8) < (pool->claims[i] & PAR_TASKPOOL_CLAIM_MAX))
			return true;
	return false;
}

/* What each worker has claimed; false while one is in the middle of it. */
static bool read_claims(struct par_taskpool *pool)
{
	for (unsigned i = 0; i < pool->spec.workers; i++) {
		/* Acquire: what it finished under earlier claims is seen by the next drain. */
		pool->claims[i] = atomic_load_explicit(&pool->seats[i].claim, memory_order_acquire);
		if (pool->members[i].alive && pool->claims[i] == PAR_CLAIM_MAKING)
			return false;
	}
	return true;
}

/*
 * Ends the tasks that dead workers had claimed: claimed, not finished, and no living worker's.
 * False when that cannot be told yet. The order matters: head, then claims, then what is finished.
 */
static bool end_lost(struct par_taskpool *pool)
{
	/* Acquire: pairs with the exchange in claim(): each claim below head has left its mark. */
	uint64_t head = atomic_load_explicit(&pool->board->head, memory_order_acquire);
	uint64_t turn = par_taskpool_oldest(pool);

	if (!read_claims(pool))
		return false;
	par_taskpool_drain(pool);
	for (; turn < head; turn++)
		if (!is_held(pool, turn))
			par_taskpool_end_turn(pool, turn, PAR_WORKER_DIED);
	return true;
}

/* Ends all tasks, and leaves none to workers that there may be another time. */
static void give_up(struct par_taskpool *pool)
{
	pool->gave_up = pool->gave_up || pool->under_way > 0;
	par_taskpool_flush(pool);
	par_taskpool_withdraw(pool);
	par_taskpool_end_all(pool, PAR_WORKER_DIED);
}

static void replace_dead(struct par_taskpool *pool)
{
	unsigned alive = 0;

	pool->deaths = false;
	for (unsigned i = 0; i < pool->spec.workers; i++) {
		if (!pool->members[i].alive) {
			if (par_taskpool_start(pool, i) == 0)
				pool->replaced++;
			else
				pool->deaths = true; /* another time */
		}
		alive += pool->members[i].alive;
	}
	if (alive == 0)
		give_up(pool);
	par_taskpool_wake_all(pool); /* who died may have had a wake on its hands */
}

void par_taskpool_look(struct par_taskpool *pool)
{
	uint64_t now = par_now_ns();

	if (now - pool->looked_ns < PAR_TASKPOOL_LOOK_NS && !pool->deaths)
		return;
	pool->looked_ns = now;
	if (find_dead(pool) && !pool->opening && end_lost(pool))
		replace_dead(pool);
}
