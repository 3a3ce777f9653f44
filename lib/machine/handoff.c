#include "handoff.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "clock.h"
#include "shared.h"

#define BATCHES     25u
#define ROUND_TRIPS 40u   /* a batch: long against a clock reading, short against a time slice */
#define LEAST       5u    /* batches that make a median */
#define SPINS       1024u /* between two looks at the deadline */
#define DEADLINE_NS (50 * PAR_NS_PER_MS)

/*
 * The ball counts passes: even, the first thread may play; odd, the second one. Each store is a
 * release and each load an acquire that pairs with it: the hand-off that engines pay for.
 */
struct court {
	_Alignas(PAR_CACHE_LINE) _Atomic uint32_t ball;
	_Alignas(PAR_CACHE_LINE) _Atomic bool stop; /* one player gave up: the other shall too */
	uint64_t deadline_ns;
	uint64_t batch_ns[BATCHES]; /* written by the first player, read after it is joined */
	unsigned batches;
};

/*
 * Spins until the ball shows `wanted`; false when time is out. No PAUSE: it would cost as much as
 * the hand-off itself. A partner that lost its CPU is what the deadline is for.
 */
static bool await(struct court *court, uint32_t wanted)
{
	for (unsigned spins = 1;; spins++) {
		if (atomic_load_explicit(&court->ball, memory_order_acquire) == wanted)
			return true;
		if (spins % SPINS != 0)
			continue;
		/* Relaxed: the flag carries no data, it only has to arrive. */
		if (atomic_load_explicit(&court->stop, memory_order_relaxed) ||
			par_now_ns() > court->deadline_ns) {
			atomic_store_explicit(&court->stop, true, memory_order_relaxed);
			return false;
		}
	}
}

static bool play_batch(struct court *court, uint32_t *pass)
{
	for (unsigned i = 0; i < ROUND_TRIPS; i++) {
		atomic_store_explicit(&court->ball, *pass + 1, memory_order_release);
		*pass += 2;
		if (!await(court, *pass))
			return false;
	}
	return true;
}

/* One batch more than is kept: the first one waits for the partner to start. */
static void *play_first(void *argument)
{
	struct court *court = argument;
	uint32_t pass = 0;

	for (unsigned i = 0; i <= BATCHES; i++) {
		uint64_t start = par_now_ns();

		if (!play_batch(court, &pass))
			break;
		if (i > 0)
			court->batch_ns[court->batches++] = par_now_ns() - start;
	}
	return NULL;
}

static void *play_second(void *argument)
{
	struct court *court = argument;

	for (uint32_t pass = 1; pass < 2 * ROUND_TRIPS * (BATCHES + 1); pass += 2) {
		if (!await(court, pass))
			break;
		atomic_store_explicit(&court->ball, pass + 1, memory_order_release);
	}
	return NULL;
}

/* A thread that is born on its PU, so that the caller's affinity is never touched. */
static int start_on(pthread_t *thread, int pu, void *(*play)(void *), struct court *court)
{
	cpu_set_t *set = CPU_ALLOC((size_t)pu + 1);
	size_t size = CPU_ALLOC_SIZE((size_t)pu + 1);
	pthread_attr_t attributes;
	int code;

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)pu, size, set);
	code = -pthread_attr_init(&attributes);
	if (code == 0) {
		code = -pthread_attr_setaffinity_np(&attributes, size, set);
		if (code == 0)
			code = -pthread_create(thread, &attributes, play, court);
		(void)pthread_attr_destroy(&attributes);
	}
	CPU_FREE(set);
	return code;
}

static int ascending(const void *left, const void *right)
{
	const uint64_t *a = left;
	const uint64_t *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* The median batch as ns a round trip, rounded, at least 1. */
static uint64_t median(struct court *court)
{
	uint64_t ns;

	qsort(court->batch_ns, court->batches, sizeof(*court->batch_ns), ascending);
	ns = (court->batch_ns[court->batches / 2] + ROUND_TRIPS / 2) / ROUND_TRIPS;
	return ns ? ns : 1;
}

int par_handoff_measure(uint64_t *out_ns, int first_pu, int second_pu)
{
	struct court court = { .deadline_ns = par_now_ns() + DEADLINE_NS };
	pthread_t first, second;
	int code, second_code;

	*out_ns = 0;
	code = start_on(&first, first_pu, play_first, &court);
	if (code < 0)
		return code;
	second_code = start_on(&second, second_pu, play_second, &court);
	if (second_code < 0) /* relaxed, as above: the first player shall give up */
		atomic_store_explicit(&court.stop, true, memory_order_relaxed);
	else
		(void)pthread_join(second, NULL);
	(void)pthread_join(first, NULL);
	if (second_code < 0)
		return second_code;
	if (court.batches < LEAST)
		return -ETIMEDOUT;
	*out_ns = median(&court);
	return 0;
}
