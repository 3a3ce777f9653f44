#include "crew.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "crew_member.h"
#include "pin.h"
#include "shared.h"
#include "wait.h"

/* The values of the start gate: sent away; the first region, which is arriving; then each run. */
#define EPOCH_LEAVE  0
#define EPOCH_ARRIVE 1

/* How long the death of a worker process may go unnoticed. */
#define LOOK_NS (50 * PAR_NS_PER_MS)

/* What the caller and the workers share; in shared memory, a line for each writer. */
struct block {
	_Alignas(PAR_CACHE_LINE) struct par_gate start; /* the caller sets the epoch to work on */
	_Alignas(PAR_CACHE_LINE) struct par_gate
		done; /* the last worker sets the epoch that ended */
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t pending; /* workers still in the region */
	_Alignas(PAR_CACHE_LINE) _Atomic int failure; /* first errno of a worker before the gate */
	struct par_claims claims;
};
_Static_assert(sizeof(struct block) % PAR_CACHE_LINE == 0, "no tail shares a line");

struct par_crew {
	struct par_crew_spec spec;
	const struct par_crew_kind *kind;
	struct block *block;
	struct par_crew_member *members; /* spec.workers of them, the first `started` alive */
	unsigned started;
	uint32_t epoch;             /* of the last region begun */
	uint64_t worker_spin_ns;    /* how long workers spin at the start gate */
	uint64_t caller_spin_ns;    /* how long the caller spins at the done gate */
	struct par_affinity before; /* where the caller could run before it stepped aside */
	bool broken;                /* a worker died: the others may be stuck in their body */
};

/* --- the worker's side --- */

static void finish_region(struct block *block, uint32_t epoch)
{
	/*
	 * Acquire-release: the decrements form one release sequence, so that the last worker has
	 * seen what all others did, and hands it on to the caller through the gate.
	 */
	if (atomic_fetch_sub_explicit(&block->pending, 1, memory_order_acq_rel) == 1)
		par_gate_set(&block->done, epoch);
}

void par_crew_work(struct par_crew *crew, unsigned worker, int code)
{
	const struct par_crew_spec *spec = &crew->spec;
	struct block *block = crew->block;
	uint32_t epoch = EPOCH_ARRIVE;
	int none = 0;

	if (!code && spec->enter)
		code = spec->enter(spec->context, worker);
	if (code) /* Relaxed: finish_region() publishes it. */
		atomic_compare_exchange_strong_explicit(
			&block->failure, &none, code, memory_order_relaxed, memory_order_relaxed);
	finish_region(block, EPOCH_ARRIVE);
	if (code)
		return; /* the caller sees the failure and ends the others */

	for (;;) {
		epoch = par_gate_wait(
			&block->start, epoch, crew->worker_spin_ns, PAR_FUTEX_FOREVER);
		if (epoch == EPOCH_LEAVE)
			break;
		spec->body(spec->context, worker, &block->claims);
		finish_region(block, epoch);
	}
	if (spec->leave)
		spec->leave(spec->context, worker);
}

/* --- the caller's side --- */

static bool worker_died(struct par_crew *crew)
{
	for (unsigned i = 0; i < crew->started; i++)
		if (crew->kind->is_dead(&crew->members[i]))
			return true;
	return false;
}

/* Waits for the end of region `epoch`, whose predecessor was `before`, or a death. */
static int await_region(struct par_crew *crew, uint32_t before)
{
	uint64_t look_ns = crew->spec.processes ? LOOK_NS : PAR_FUTEX_FOREVER;
	uint64_t spin_ns = crew->caller_spin_ns;

	while (par_gate_wait(&crew->block->done, before, spin_ns, look_ns) == before) {
		/* A worker may have ended the region and died since: only its stillness counts. */
		if (worker_died(crew) &&
			par_gate_wait(&crew->block->done, before, 0, 0) == before) {
			crew->broken = true;
			return PAR_WORKER_DIED;
		}
		spin_ns = 0;
	}
	return 0;
}

/*
 * Where there are PUs to spare, the caller moves to them until the crew is closed, and may then
 * spin: on a worker's PU it would keep that worker from running. Failing to is no error, only
 * slower.
 */
static void step_aside(struct par_crew *crew)
{
	const struct par_crew_spec *spec = &crew->spec;
	struct par_affinity spare;

	if (!spec->spin || par_affinity_init_self(&crew->before) != 0)
		return;
	if (par_affinity_count(&crew->before) <= spec->workers ||
		par_affinity_init_self(&spare) != 0)
		return;
	for (unsigned i = 0; spec->pus && i < spec->workers; i++)
		par_affinity_remove(&spare, spec->pus[i]);
	if (par_affinity_count(&spare) > 0 && par_affinity_apply(&spare) == 0)
		crew->caller_spin_ns = PAR_SPIN_NS;
	par_affinity_fini(&spare);
}

static int start_all(struct par_crew *crew)
{
	const struct par_crew_spec *spec = &crew->spec;
	int code = 0;

	for (unsigned i = 0; i < spec->workers && !code; i++) {
		crew->members[i].crew = crew;
		crew->members[i].worker = i;
		code = crew->kind->start(&crew->members[i], spec->pus ? spec->pus[i] : -1);
		if (!code)
			crew->started++;
	}
	return code;
}

/* Waits until all stand at the gate. A worker that says why it failed counts before one that died.
 */
static int arrive(struct par_crew *crew)
{
	int code = await_region(crew, 0);
	/* Acquire: after a death the done gate has published nothing. */
	int failure = atomic_load_explicit(&crew->block->failure, memory_order_acquire);

	return failure ? failure : code;
}

int par_crew_open(struct par_crew **out, const struct par_crew_spec *spec)
{
	struct par_crew *crew = calloc(1, sizeof(*crew));
	void *block = NULL;
	int code = -ENOMEM;

	*out = NULL;
	if (!crew)
		return -ENOMEM;
	crew->spec = *spec;
	crew->kind = spec->processes ? &par_crew_processes : &par_crew_threads;
	crew->worker_spin_ns = spec->spin ? PAR_SPIN_NS : 0;
	crew->members = calloc(spec->workers, sizeof(*crew->members));
	if (!crew->members)
		goto done;
	code = par_shared_open(&block, sizeof(*crew->block));
	if (code)
		goto done;
	crew->block = block;
	crew->epoch = EPOCH_ARRIVE;
	/* Relaxed: making a worker, thread or process, publishes what came before. */
	atomic_store_explicit(&crew->block->start.value, EPOCH_ARRIVE, memory_order_relaxed);
	atomic_store_explicit(&crew->block->pending, spec->workers, memory_order_relaxed);
	code = start_all(crew);
	if (!code)
		code = arrive(crew);
	if (!code)
		step_aside(
			crew); /* only now: workers that are not pinned inherit where it may run */
done:
	if (code)
		par_crew_close(crew);
	else
		*out = crew;
	return code;
}

int par_crew_run(struct par_crew *crew, uint64_t first, uint64_t count)
{
	uint32_t before = crew->epoch;

	if (crew->broken)
		return PAR_WORKER_DIED;
	if (count == 0)
		return 0;
	par_claims_init(&crew->block->claims, first, count, crew->spec.workers);
	/* Relaxed: the gate publishes it. */
	atomic_store_explicit(&crew->block->pending, crew->spec.workers, memory_order_relaxed);
	if (++crew->epoch == EPOCH_LEAVE)
		crew->epoch = EPOCH_ARRIVE;
	par_gate_set(&crew->block->start, crew->epoch);
	return await_region(crew, before);
}

void par_crew_close(struct par_crew *crew)
{
	if (!crew)
		return;
	if (crew->block)
		par_gate_set(&crew->block->start, EPOCH_LEAVE);
	for (unsigned i = 0; i < crew->started; i++)
		crew->kind->end(&crew->members[i], crew->broken);
	(void)par_affinity_apply(&crew->before);
	par_affinity_fini(&crew->before);
	if (crew->block)
		par_shared_close(crew->block, sizeof(*crew->block));
	free(crew->members);
	free(crew);
}

int par_crew_pid(const struct par_crew *crew, unsigned worker)
{
	return crew->members[worker].pid;
}
