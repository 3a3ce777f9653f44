/*
 * phases: parts that wait for each other at a barrier after every step.
 *
 * Before it crosses, a part tells which step it has done; after it, nobody may be behind that.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "barrier.h"
#include "clock.h"
#include "meeting.h"
#include "rng.h"
#include "span.h"
#include "workload.h"

#define PARTS_MAX   4096
#define PATIENCE_NS (20 * PAR_NS_PER_S)

enum { CROSSINGS }; /* of the parameters */

struct part {
	_Alignas(PAR_CACHE_LINE) _Atomic uint64_t done; /* steps */
	uint64_t early; /* times it crossed before another was there */
};

/* Shared by all parts. */
struct phases {
	struct par_meeting meeting;
	struct par_barrier barrier;
	pthread_barrier_t posix;
	struct par_span span;
	uint64_t crossings, spin_ns;
	unsigned parts;
	bool spin, is_posix;
	struct part part[];
};

static size_t size_of(unsigned parts)
{
	return sizeof(struct phases) + parts * sizeof(struct part);
}

static void phases_close(void *state)
{
	struct phases *phases = state;

	par_shared_close(phases, size_of(phases->parts));
}

/* Not destroyed: pthread_barrier_destroy() would wait for a worker that was killed inside. */
static int open_posix(struct phases *phases)
{
	pthread_barrierattr_t attributes;
	int code = pthread_barrierattr_init(&attributes);

	if (code != 0)
		return -code;
	code = pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (code == 0)
		code = pthread_barrier_init(&phases->posix, &attributes, phases->parts);
	pthread_barrierattr_destroy(&attributes);
	return -code;
}

static int phases_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct phases *phases;
	void *memory;
	int status;

	if (setup->tasks > PARTS_MAX)
		return par_fail(error, -EINVAL, "phases: at most %d parts meet", PARTS_MAX);
	status = par_shared_open(&memory, size_of((unsigned)setup->tasks));
	if (status < 0)
		return par_fail(error, status, "phases: shared memory: %s", par_error_text(status));
	phases = memory;
	phases->parts = (unsigned)setup->tasks;
	phases->crossings = setup->params[CROSSINGS];
	phases->spin = setup->spin;
	phases->spin_ns = setup->spin ? PAR_SPIN_NS : 0;
	phases->is_posix = strcmp(setup->variant, "posix") == 0;
	if (phases->is_posix)
		status = open_posix(phases);
	if (status < 0) {
		phases_close(phases);
		return par_fail(error, status, "phases: %s", par_error_text(status));
	}
	*state = phases;
	return 0;
}

static int phases_reset(void *state)
{
	struct phases *phases = state;

	par_meeting_init(&phases->meeting);
	par_span_init(&phases->span);
	par_barrier_init(&phases->barrier, phases->parts);
	for (unsigned i = 0; i < phases->parts; i++) {
		atomic_store_explicit(&phases->part[i].done, 0, memory_order_relaxed);
		phases->part[i].early = 0;
	}
	return 0;
}

static int cross(struct phases *phases)
{
	int code;

	if (!phases->is_posix)
		return par_barrier_cross(&phases->barrier, phases->spin_ns, PATIENCE_NS);
	code = pthread_barrier_wait(&phases->posix);
	return code == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : -code;
}

static int step(struct phases *phases, uint64_t index, uint64_t number)
{
	int status;

	/* Relaxed, and below: the barrier orders them, which is what is checked. */
	atomic_store_explicit(&phases->part[index].done, number, memory_order_relaxed);
	status = cross(phases);
	for (unsigned i = 0; i < phases->parts; i++)
		if (atomic_load_explicit(&phases->part[i].done, memory_order_relaxed) < number)
			phases->part[index].early++;
	return status;
}

static uint64_t phases_task(void *state, uint64_t index, struct par_io *io)
{
	struct phases *phases = state;
	int status = par_meeting_join(&phases->meeting, phases->parts, phases->spin, io);

	par_span_begin(&phases->span);
	for (uint64_t i = 1; status == 0 && i <= phases->crossings; i++)
		status = step(phases, index, i);
	par_span_end(&phases->span);
	if (status < 0)
		par_io_fail(io, status);
	return par_mix64(index);
}

static int phases_verify(void *state, struct par_error *error)
{
	const struct phases *phases = state;
	uint64_t early = 0;

	for (unsigned i = 0; i < phases->parts; i++) {
		early += phases->part[i].early;
		if (atomic_load_explicit(&phases->part[i].done, memory_order_relaxed) !=
			phases->crossings)
			return par_fail(error, -EBADMSG, "part %u did not cross %llu times", i,
				(unsigned long long)phases->crossings);
	}
	return early == 0 ? 0
			  : par_fail(error, -EBADMSG,
				    "%llu times a part crossed before another had come",
				    (unsigned long long)early);
}

static void phases_measure(void *state, double *values)
{
	const struct phases *phases = state;

	values[0] = par_span_ns(&phases->span) / (double)phases->crossings;
}

static const struct par_variant variants[] = {
	{ .name = "posix",
		.label = "POSIX barrier",
		.summary = "pthread_barrier_wait",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = "gate",
		.label = "spin, then futex",
		.summary = "a central barrier that spins for a moment where workers have a PU each",
		.traits = PAR_VARIANT_BLOCKS },
	{ .name = NULL },
};

static const struct par_param params[] = {
	{ "crossings", "of the barrier", 300, 1, 10000000 },
	{ 0 },
};

static const struct par_measure_kind measures[] = {
	{ "crossing_ns", "from one crossing of all to the next", PAR_UNIT_NS },
	{ .name = NULL },
};

const struct par_workload par_workload_phases = {
	.name = "phases",
	.label = "barrier",
	.summary = "parts that wait for each other after every step",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 5000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = phases_open,
	.reset = phases_reset,
	.task = phases_task,
	.verify = phases_verify,
	.measures = measures,
	.measure = phases_measure,
	.close = phases_close,
};
