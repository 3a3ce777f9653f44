#include "hammer.h"

#include <math.h>

#include "clock.h"

/* The clock is read after a block of turns that takes about this long: often enough for the limit,
 * seldom enough not to be measured. */
#define BLOCK_LEAST_NS 10000
#define BLOCK_MOST_NS  100000
#define BLOCK_MOST     (1 << 16)

/* A part that has not made a turn by then is not waited for any longer. */
#define PATIENCE_NS (50 * PAR_NS_PER_MS)

/* Coroutines give way after each turn, and look at the clock after so many. */
#define YIELDS_PER_LOOK 64

static size_t rounded(size_t size)
{
	return (size + PAR_CACHE_LINE - 1) / PAR_CACHE_LINE * PAR_CACHE_LINE;
}

int par_hammer_open(struct par_hammer **out, const struct par_hammer_spec *spec)
{
	size_t parts =
		rounded(sizeof(struct par_hammer) + spec->parts * sizeof(struct par_hammer_part));
	size_t size = parts + rounded(spec->state_size);
	void *memory;
	int code = par_shared_open(&memory, size);

	*out = NULL;
	if (code < 0)
		return code;
	*out = memory;
	(*out)->spec = *spec;
	(*out)->size = size;
	(*out)->state = (char *)memory + parts;
	return 0;
}

void par_hammer_close(struct par_hammer *hammer)
{
	if (hammer != NULL)
		par_shared_close(hammer, hammer->size);
}

void par_hammer_reset(struct par_hammer *hammer)
{
	par_meeting_init(&hammer->meeting);
	/* Relaxed, here and below: numbers that stand for themselves; the start of the run orders
	 * these. */
	atomic_store_explicit(&hammer->deadline, 0, memory_order_relaxed);
	atomic_store_explicit(&hammer->begun, 0, memory_order_relaxed);
	for (unsigned i = 0; i < hammer->spec.parts; i++) {
		struct par_hammer_part *part = &hammer->parts[i];

		part->done = part->early = part->start_ns = part->end_ns = part->other = 0;
	}
}

int par_hammer_meet(struct par_hammer *hammer, unsigned part, struct par_io *io)
{
	int code = par_meeting_join(&hammer->meeting, hammer->spec.parts, hammer->spec.spin, io);

	hammer->parts[part].start_ns = par_now_ns();
	return code;
}

/* Turns that each part may make. */
static uint64_t share(const struct par_hammer *hammer)
{
	uint64_t each = hammer->spec.turns / hammer->spec.parts;

	return each > 0 ? each : 1;
}

static uint64_t next_block(uint64_t block, uint64_t took_ns)
{
	if (took_ns < BLOCK_LEAST_NS && block < BLOCK_MOST)
		return block * 2;
	return took_ns > BLOCK_MOST_NS && block > 1 ? block / 2 : block;
}

/* A part under way. */
struct pounding {
	struct par_hammer *hammer;
	struct par_hammer_part *own;
	unsigned part;
	par_hammer_stroke stroke;
	void *context;
	struct par_io *io;
	uint64_t block, now;
};

/* A block of turns, at most `most`; the next one is longer or shorter. */
static void strike(struct pounding *pounding, uint64_t most)
{
	uint64_t count = pounding->block < most ? pounding->block : most;
	uint64_t before = pounding->now;

	pounding->stroke(pounding->context, pounding->part, count, pounding->io);
	pounding->own->done += count;
	pounding->now = par_now_ns();
	pounding->block = next_block(pounding->block, pounding->now - before);
}

/* Takes turns until every part has made one. */
static void wait_for_all(struct pounding *pounding)
{
	struct par_hammer *hammer = pounding->hammer;
	uint64_t end = pounding->now + PATIENCE_NS;

	strike(pounding, 1);
	atomic_fetch_add_explicit(&hammer->begun, 1, memory_order_relaxed);
	while (atomic_load_explicit(&hammer->begun, memory_order_relaxed) < hammer->spec.parts &&
		pounding->now < end)
		strike(pounding, UINT64_MAX);
}

/* The part's time begins. Returns when all are to end. */
static uint64_t start(struct pounding *pounding)
{
	struct par_hammer *hammer = pounding->hammer;
	uint64_t none = 0;

	pounding->own->early = pounding->own->done;
	pounding->own->start_ns = pounding->now;
	(void)atomic_compare_exchange_strong_explicit(&hammer->deadline, &none,
		pounding->now + hammer->spec.limit_ns, memory_order_relaxed, memory_order_relaxed);
	return atomic_load_explicit(&hammer->deadline, memory_order_relaxed);
}

static void pound_alone(struct pounding *pounding)
{
	struct par_hammer_part *own = pounding->own;
	uint64_t most = share(pounding->hammer), deadline;

	if (!pounding->hammer->spec.at_once)
		wait_for_all(pounding);
	deadline = start(pounding);
	while (own->done - own->early < most && (own->done == 0 || pounding->now < deadline))
		strike(pounding, most - (own->done - own->early));
}

static void pound_in_turns(struct pounding *pounding)
{
	struct par_hammer_part *own = pounding->own;
	uint64_t most = share(pounding->hammer), deadline = start(pounding);

	do {
		pounding->stroke(pounding->context, pounding->part, 1, pounding->io);
		par_io_yield(pounding->io);
		own->done++;
	} while (own->done < most && (own->done % YIELDS_PER_LOOK != 0 || par_now_ns() < deadline));
}

void par_hammer_pound(struct par_hammer *hammer, unsigned part, par_hammer_stroke stroke,
	void *context, struct par_io *io)
{
	struct par_hammer_part *own = &hammer->parts[part];
	struct pounding pounding = { hammer, own, part, stroke, context, io, 1, own->start_ns };

	if (io->ops->interleaves)
		pound_in_turns(&pounding);
	else
		pound_alone(&pounding);
	own->end_ns = par_now_ns();
}

uint64_t par_hammer_done(const struct par_hammer *hammer)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < hammer->spec.parts; i++)
		sum += hammer->parts[i].done;
	return sum;
}

uint64_t par_hammer_other(const struct par_hammer *hammer)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < hammer->spec.parts; i++)
		sum += hammer->parts[i].other;
	return sum;
}

/* Turns from the start on. */
static uint64_t counted(const struct par_hammer *hammer)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < hammer->spec.parts; i++)
		sum += hammer->parts[i].done - hammer->parts[i].early;
	return sum;
}

double par_hammer_turn_ns(const struct par_hammer *hammer)
{
	uint64_t first = UINT64_MAX, last = 0, turns = counted(hammer);

	for (unsigned i = 0; i < hammer->spec.parts; i++) {
		const struct par_hammer_part *part = &hammer->parts[i];

		if (part->done == part->early) /* it came when all was over */
			continue;
		if (part->start_ns < first)
			first = part->start_ns;
		if (part->end_ns > last)
			last = part->end_ns;
	}
	return turns == 0 ? NAN : (double)(last - first) / (double)turns;
}

double par_hammer_least(const struct par_hammer *hammer)
{
	uint64_t least = UINT64_MAX, turns = counted(hammer);

	for (unsigned i = 0; i < hammer->spec.parts; i++) {
		const struct par_hammer_part *part = &hammer->parts[i];

		if (part->done - part->early < least)
			least = part->done - part->early;
	}
	return turns == 0 ? NAN : (double)least * hammer->spec.parts / (double)turns;
}
