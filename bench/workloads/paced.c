/*
 * paced: requests that come when they come. Their arrivals are a schedule, random but always the
 * same; a request waits `wait_us`, as for a database, and computes `steps`. Its latency counts from
 * its scheduled arrival, whether or not a worker was free to notice it: who measures from the
 * moment a worker turns to it leaves out the queue (Tene: coordinated omission).
 *
 * The task that begins k-th serves the request that arrives k-th, whatever its index: models hand
 * out indices in blocks, but requests stand in one queue. So a task that begins early waits for its
 * request, as a worker in accept() does.
 */
#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "rng.h"
#include "shared.h"
#include "steps.h"
#include "workload.h"

#define SEED 20121

/* Before the first arrival, so that workers and coroutines are made and wait for it. */
#define LEAD_NS (20 * PAR_NS_PER_MS)

/* In memory that processes share. */
struct board {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t next; /* the first request that nobody has */
	_Alignas(PAR_CACHE_LINE) uint64_t start_ns;     /* of the schedule */
	_Alignas(PAR_CACHE_LINE) uint64_t latency_ns[]; /* by request */
};

struct paced {
	uint64_t steps, rate, wait_ns, tasks;
	struct board *board;
	uint64_t arrival_ns[]; /* since the start, by request */
};

static size_t board_size(uint64_t tasks)
{
	return sizeof(struct board) + tasks * sizeof(uint64_t);
}

/* Exponential gaps: a Poisson process, in which requests that know nothing of each other come. */
static void make_schedule(struct paced *paced)
{
	double at = 0, gap = (double)PAR_NS_PER_S / (double)paced->rate;
	struct par_rng rng;

	par_rng_init(&rng, SEED);
	for (uint64_t i = 0; i < paced->tasks; i++) {
		at -= gap * log1p(-par_rng_unit(&rng));
		paced->arrival_ns[i] = (uint64_t)at;
	}
}

static int paced_reset(void *state)
{
	struct board *board = ((struct paced *)state)->board;

	/* Relaxed, here and below: the start of a run orders it for the workers. */
	atomic_store_explicit(&board->next, 0, memory_order_relaxed);
	board->start_ns = par_now_ns() + LEAD_NS;
	return 0;
}

static void paced_close(void *state)
{
	struct paced *paced = state;

	if (paced != NULL)
		par_shared_close(paced->board, board_size(paced->tasks));
	free(paced);
}

static int paced_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct paced *paced = malloc(sizeof *paced + setup->tasks * sizeof *paced->arrival_ns);
	void *board = NULL;

	if (paced == NULL || par_shared_open(&board, board_size(setup->tasks)) < 0) {
		free(paced);
		return par_fail(error, -ENOMEM, "paced: out of memory");
	}
	paced->steps = setup->params[0];
	paced->rate = setup->params[1];
	paced->wait_ns = setup->params[2] * PAR_NS_PER_US;
	paced->tasks = setup->tasks;
	paced->board = board;
	make_schedule(paced);
	*state = paced;
	return paced_reset(paced);
}

static int sleep_until(struct par_io *io, uint64_t due_ns)
{
	uint64_t now = par_now_ns();

	return now < due_ns ? par_io_sleep(io, due_ns - now) : 0;
}

/* Nobody waits for a task beyond the schedule, such as those of a check of the digests. */
static uint64_t paced_task(void *state, uint64_t index, struct par_io *io)
{
	const struct paced *paced = state;
	struct board *board = paced->board;
	uint64_t request = atomic_fetch_add_explicit(&board->next, 1, memory_order_relaxed);
	bool scheduled = request < paced->tasks;
	uint64_t arrival = scheduled ? board->start_ns + paced->arrival_ns[request] : 0, x;
	int status = scheduled ? sleep_until(io, arrival) : 0;

	if (scheduled && status == 0)
		status = par_io_sleep(io, paced->wait_ns);
	x = par_steps(index, paced->steps);
	if (scheduled)
		board->latency_ns[request] = par_now_ns() - arrival;
	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(x ^ paced->steps);
}

static size_t paced_latencies(void *state, const uint64_t **ns)
{
	const struct paced *paced = state;
	uint64_t begun = atomic_load_explicit(&paced->board->next, memory_order_relaxed);

	*ns = paced->board->latency_ns;
	return begun < paced->tasks ? begun : paced->tasks;
}

static const struct par_param params[] = {
	{ "steps", "dependent steps that a request computes, about 2 ns each", 10000, 0,
		1000000000 },
	{ "rate", "requests that arrive in a second", 1000, 1, 10000000 },
	{ "wait_us", "microseconds that a request waits before it computes", 1000, 0, 10000000 },
	{ 0 },
};

const struct par_workload par_workload_paced = {
	.name = "paced",
	.label = "paced requests",
	.summary =
		"requests on a fixed schedule: each waits, computes, and is timed from its arrival",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 300, 300, 3000 },
	.cpu_ns = 30000,
	.wait_ns = 1060000,
	.unranked = true,
	.open = paced_open,
	.reset = paced_reset,
	.task = paced_task,
	.latencies = paced_latencies,
	.close = paced_close,
};
