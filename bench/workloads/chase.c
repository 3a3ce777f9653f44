/*
 * chase: memory latency. Every cache line of a memory larger than the last-level cache holds the
 * number of the next one, all in one cycle; a task follows `steps` of them, each load waiting for
 * the one before.
 *
 * The cycle is place(0), place(1), ... where place() permutes 0 .. n - 1 without order (multiply
 * and xor-shift, each invertible modulo a power of two). Its inverse lets open() write the lines in
 * memory order, which is ten times faster than shuffling them, and lets a task check how far it
 * came. Tasks follow different parts of the cycle, so the job touches many more lines than the
 * caches hold.
 */
#include <errno.h>
#include <stdlib.h>

#include "bulk.h"
#include "rng.h"
#include "workload.h"

#define LINE_BYTES 64
#define BITS_MIN   10
#define BITS_MAX   32
#define ODD        0x9e3779b1U
#define ODD_BACK   0x0e8b2f51U /* ODD * ODD_BACK = 1 modulo 2^32 */

struct line {
	uint32_t next;
	uint32_t unused[LINE_BYTES / 4 - 1];
};
_Static_assert(sizeof(struct line) == LINE_BYTES, "one cache line each");

struct chain {
	const struct line *lines;
	struct par_bulk memory;
	uint32_t mask;  /* lines - 1 */
	unsigned shift; /* at least half of the bits, so that the xor-shift is its own inverse */
	uint64_t asked; /* steps of a task: the parameter */
	uint64_t steps; /* the same, or more where the cache is large */
	uint64_t llc_bytes;
};

static uint32_t place(const struct chain *chain, uint32_t x)
{
	for (int i = 0; i < 3; i++) {
		x = x * ODD + 1;
		x &= chain->mask;
		x ^= x >> chain->shift;
	}
	return x;
}

static uint32_t place_back(const struct chain *chain, uint32_t x)
{
	for (int i = 0; i < 3; i++) {
		x ^= x >> chain->shift;
		x = (x - 1) * ODD_BACK;
		x &= chain->mask;
	}
	return x;
}

static void fill(struct line *lines, const struct chain *chain)
{
	for (uint64_t i = 0; i <= chain->mask; i++)
		lines[i].next = place(chain, (place_back(chain, (uint32_t)i) + 1) & chain->mask);
}

static void chase_close(void *state)
{
	struct chain *chain = state;

	if (chain != NULL)
		par_bulk_close(&chain->memory);
	free(chain);
}

/* The largest power of two of lines within the budget. */
static unsigned line_bits(const struct par_setup *setup)
{
	uint64_t lines = par_bulk_budget(setup->llc_bytes, 0) / LINE_BYTES;
	unsigned bits = BITS_MIN;

	while (bits < BITS_MAX && 2ULL << bits <= lines)
		bits++;
	return bits;
}

/*
 * Steps enough that the tasks together touch half of the lines: twice the last-level cache. Where
 * that holds them in any case, an eighth.
 */
static void set_steps(struct chain *chain, const struct par_setup *setup)
{
	bool beyond = setup->llc_bytes < chain->memory.size / 2;
	uint64_t least = ((uint64_t)chain->mask + 1) / (beyond ? 2 : 8) / setup->tasks;

	chain->asked = setup->params[0];
	chain->steps = chain->asked < least ? least : chain->asked;
}

static int chase_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct chain *chain = calloc(1, sizeof *chain);
	unsigned bits = line_bits(setup);
	int status = -ENOMEM;

	if (chain != NULL)
		status = par_bulk_open(&chain->memory, (size_t)LINE_BYTES << bits, false);
	if (status < 0) {
		chase_close(chain);
		return par_fail(error, status, "chase: no memory for %llu lines", 1ULL << bits);
	}
	chain->mask = (uint32_t)((1ULL << bits) - 1);
	chain->shift = (bits + 1) / 2;
	chain->llc_bytes = setup->llc_bytes;
	set_steps(chain, setup);
	fill(chain->memory.data, chain);
	chain->lines = chain->memory.data;
	*state = chain;
	return 0;
}

/*
 * The digest is made of the steps asked for and of `off`, how far from the right line the walk
 * ended: every line followed decides it, and yet it is the same for all sizes of memory.
 */
static uint64_t chase_task(void *state, uint64_t index, struct par_io *io)
{
	const struct chain *chain = state;
	uint32_t first = (uint32_t)(index * chain->steps) & chain->mask;
	uint32_t line = place(chain, first), off;

	(void)io;
	for (uint64_t i = 0; i < chain->steps; i++)
		line = chain->lines[line].next;
	off = (place_back(chain, line) - first - (uint32_t)chain->steps) & chain->mask;
	return par_mix64(par_mix64(index) + chain->asked + off);
}

static const char *chase_condition(void *state)
{
	const struct chain *chain = state;

	return par_bulk_condition(chain->llc_bytes, chain->memory.size);
}

static const struct par_param params[] = {
	{ "steps", "dependent loads of a task, at least", 2048, 1, 1 << 24 },
	{ 0 },
};

const struct par_workload par_workload_chase = {
	.name = "chase",
	.label = "chase",
	.summary = "follow pointers through a memory larger than the caches: memory latency",
	.bound = PAR_BOUND_MEMORY,
	.params = params,
	.tasks = { 256, 320, 2048 },
	.cpu_ns = 300000,
	.open = chase_open,
	.task = chase_task,
	.condition = chase_condition,
	.close = chase_close,
};
