/*
 * The life of a task pool: opened, shut, joined or terminated, closed.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "taskpool_parts.h"
#include "wait.h"

#define BYTES_DEFAULT    8
#define CAPACITY_DEFAULT 1024

/* --- the parts of the shared memory --- */

static size_t in_lines(size_t bytes)
{
	return (bytes + PAR_CACHE_LINE - 1) / PAR_CACHE_LINE * PAR_CACHE_LINE;
}

/* A power of two that divides a line or is one, so that no slot lies in two for nothing. */
static size_t stride_for(unsigned bytes)
{
	size_t stride = 2 * sizeof(uint64_t);

	while (stride < sizeof(struct par_slot) + bytes)
		stride *= 2;
	return stride;
}

static int share_memory(struct par_taskpool *pool)
{
	const struct par_taskpool_spec *spec = &pool->spec;
	size_t seats = in_lines(sizeof(struct par_board));
	size_t entries = seats + spec->workers * sizeof(struct par_seat);
	size_t slots = entries +
		       in_lines((size_t)spec->workers * spec->capacity * sizeof(struct par_entry));
	size_t results;
	unsigned char *memory;
	int code;

	pool->stride = stride_for(spec->bytes);
	results = slots + in_lines(spec->capacity * pool->stride);
	if (spec->map_results > (SIZE_MAX - results) / sizeof(uint64_t))
		return -ENOMEM;
	pool->memory_size = results + spec->map_results * sizeof(uint64_t);
	code = par_shared_open(&pool->memory, pool->memory_size);
	if (code)
		return code;
	memory = pool->memory;
	pool->board = (struct par_board *)(void *)memory;
	pool->seats = (struct par_seat *)(void *)(memory + seats);
	pool->entries = (struct par_entry *)(void *)(memory + entries);
	pool->slots = memory + slots;
	if (spec->map_results > 0)
		pool->results = (uint64_t *)(void *)(memory + results);
	/* Also of a worker that is never made: all are drained. */
	for (unsigned i = 0; i < spec->workers; i++)
		pool->members[i].entries = par_taskpool_entries(pool, i);
	return 0;
}

static int own_memory(struct par_taskpool *pool)
{
	pool->members = calloc(pool->spec.workers, sizeof(*pool->members));
	pool->claims = calloc(pool->spec.workers, sizeof(*pool->claims));
	pool->tickets = calloc(pool->spec.workers, sizeof(*pool->tickets));
	pool->futures = calloc(pool->spec.capacity, sizeof(struct par_future *));
	return pool->members && pool->claims && pool->tickets && pool->futures ? 0 : -ENOMEM;
}

/* --- opening --- */

static unsigned pus_allowed(void)
{
	struct par_affinity allowed = PAR_AFFINITY_INIT;
	unsigned count = 0;

	if (par_affinity_init_self(&allowed) == 0)
		count = par_affinity_count(&allowed);
	par_affinity_fini(&allowed);
	return count > 0 ? count : 1;
}

static int complete_spec(struct par_taskpool_spec *spec)
{
	if (spec->workers == 0)
		spec->workers = pus_allowed();
	if (spec->bytes == 0)
		spec->bytes = BYTES_DEFAULT;
	if (spec->capacity == 0)
		spec->capacity = CAPACITY_DEFAULT;
	if (spec->claim == 0)
		spec->claim = 1;
	if (spec->workers > PAR_TASKPOOL_WORKERS || spec->bytes > PAR_TASK_BYTES_MAX ||
		spec->claim > PAR_TASKPOOL_CLAIM_MAX || spec->capacity > PAR_TASKPOOL_CAPACITY ||
		(spec->capacity & (spec->capacity - 1)) != 0 || !spec->task)
		return -EINVAL;
	return 0;
}

/*
 * Where the caller is to be: on PUs that no worker has, or else on that of worker 0. Which it is
 * must be known before the workers are made; the caller moves afterwards, in move_aside().
 */
static void choose_place(struct par_taskpool *pool, struct par_affinity *place)
{
	const struct par_taskpool_spec *spec = &pool->spec;

	if (!spec->spin || par_affinity_init_self(&pool->before) != 0)
		return;
	pool->caller_spin_ns = PAR_SPIN_NS;
	if (par_affinity_init_self(place) != 0)
		return;
	for (unsigned i = 0; spec->pus && i < spec->workers; i++)
		par_affinity_remove(place, spec->pus[i]);
	pool->shares_pu = par_affinity_count(&pool->before) <= spec->workers ||
			  par_affinity_count(place) == 0;
	if (pool->shares_pu && par_affinity_count(place) == 0 && spec->pus[0] >= 0) {
		par_affinity_fini(place);
		(void)par_affinity_init(place, &spec->pus[0], 1);
	}
}

/* Failing to is no error, only slower. */
static void move_aside(struct par_affinity *place)
{
	if (par_affinity_count(place) > 0)
		(void)par_affinity_apply(place);
}

static bool all_stand(const struct par_taskpool *pool, const void *what)
{
	(void)what;
	for (unsigned i = 0; i < pool->spec.workers; i++)
		/* Acquire: pairs with the worker's first store. */
		if (atomic_load_explicit(&pool->seats[i].state, memory_order_acquire) ==
			PAR_SEAT_NEW)
			return false;
	return true;
}

/* The first errno of a worker that could not start, or PAR_WORKER_DIED for one that is gone. */
static int failure(const struct par_taskpool *pool)
{
	int code = pool->deaths ? PAR_WORKER_DIED : 0;

	for (unsigned i = 0; i < pool->spec.workers; i++) {
		int one = atomic_load_explicit(&pool->seats[i].code, memory_order_relaxed);

		code = one ? one : code;
	}
	return code;
}

static int start_all(struct par_taskpool *pool)
{
	struct par_affinity place = PAR_AFFINITY_INIT;
	int code = 0;

	pool->opening = true;
	choose_place(pool, &place);
	for (unsigned i = 0; i < pool->spec.workers && !code; i++)
		code = par_taskpool_start(pool, i);
	if (!code)
		move_aside(&place);
	par_affinity_fini(&place);
	pool->looked_ns = par_now_ns();
	if (!code)
		code = par_taskpool_await(pool, all_stand, NULL, UINT64_MAX, PAR_FUTEX_FOREVER);
	pool->opening = false;
	return failure(pool) ? failure(pool) : code;
}

int par_taskpool_open(struct par_taskpool **out, const struct par_taskpool_spec *spec)
{
	struct par_taskpool *pool = calloc(1, sizeof(*pool));
	int code = -ENOMEM;

	*out = NULL;
	if (!pool)
		return -ENOMEM;
	pool->spec = *spec;
	code = complete_spec(&pool->spec);
	if (code)
		goto done;
	pool->words = (pool->spec.workers + 63) / 64;
	code = own_memory(pool);
	if (!code)
		code = share_memory(pool);
	if (!code)
		code = start_all(pool);
done:
	if (code)
		par_taskpool_close(pool);
	else
		*out = pool;
	return code;
}

/* --- the end --- */

void par_taskpool_shut(struct par_taskpool *pool)
{
	pool->shut = true;
}

static void dismiss(struct par_taskpool *pool, bool kill)
{
	/* Sequentially consistent: Dekker's pattern with workers that park. */
	atomic_store_explicit(&pool->board->leave, 1, memory_order_seq_cst);
	if (!kill || !pool->spec.processes)
		par_taskpool_wake_all(pool);
	for (unsigned i = 0; i < pool->spec.workers; i++)
		par_taskpool_end(pool, i, kill);
	pool->left = true;
}

static bool is_over(const struct par_taskpool *pool, const void *what)
{
	return !pool->futures[*(const unsigned *)what];
}

int par_taskpool_join(struct par_taskpool *pool)
{
	uint64_t turn = par_taskpool_oldest(pool);
	int code = 0;

	if (pool->in_callback)
		return -EDEADLK;
	if (pool->left)
		return 0;
	par_taskpool_shut(pool);
	for (; turn < pool->put && !code; turn++) {
		unsigned slot = par_taskpool_slot_of(pool, turn);

		code = par_taskpool_await(pool, is_over, &slot, turn, PAR_FUTEX_FOREVER);
	}
	dismiss(pool, false);
	return pool->gave_up ? PAR_WORKER_DIED : code;
}

void par_taskpool_terminate(struct par_taskpool *pool)
{
	if (pool->in_callback || pool->left)
		return;
	par_taskpool_shut(pool);
	par_taskpool_withdraw(pool);
	dismiss(pool, true);
	par_taskpool_drain(pool);
	par_taskpool_end_all(pool, -ECANCELED);
}

void par_taskpool_close(struct par_taskpool *pool)
{
	if (!pool)
		return;
	if (pool->board) {
		par_taskpool_terminate(pool);
		par_shared_close(pool->memory, pool->memory_size);
	}
	(void)par_affinity_apply(&pool->before);
	par_affinity_fini(&pool->before);
	free(pool->futures);
	free(pool->tickets);
	free(pool->claims);
	free(pool->members);
	free(pool);
}

/* --- what it is --- */

unsigned par_taskpool_workers(const struct par_taskpool *pool)
{
	return pool->spec.workers;
}

unsigned par_taskpool_under_way(const struct par_taskpool *pool)
{
	return pool->under_way;
}

int par_taskpool_pid(const struct par_taskpool *pool, unsigned worker)
{
	return pool->members[worker].pid;
}

unsigned par_taskpool_replaced(const struct par_taskpool *pool)
{
	return pool->replaced;
}

size_t par_taskpool_bytes(const struct par_taskpool *pool)
{
	return sizeof(*pool) + pool->memory_size +
	       pool->spec.workers *
		       (sizeof(*pool->members) + sizeof(*pool->claims) + sizeof(*pool->tickets)) +
	       pool->spec.capacity * sizeof(struct par_future *);
}
