/*
 * table: a table that is read much and written seldom: does it pay to let readers in together?
 *
 * Each entry is two numbers that must be equal. A write changes both of one entry; a read looks at
 * some entries in a row and finds them torn when somebody wrote in between. Entries are stored with
 * release and loaded with acquire, as a sequence lock needs; on x86 that is the same as relaxed.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "hammer.h"
#include "lock_seq.h"
#include "lock_variants.h"
#include "rng.h"
#include "workload.h"

#define ENTRIES 64 /* a power of two */

enum { TURNS, WRITES, READS, LIMIT };

static const struct par_param params[] = {
	{ "turns", "reads and writes of all parts together, at most", 1000000, 1, 1000000000 },
	{ "writes", "of a thousand turns, those that write", 10, 0, 1000 },
	{ "reads", "entries that a reading turn looks at", 8, 1, ENTRIES },
	{ "limit_us", "how long a run may last, in us", 5000, 1, 1000000 },
	{ NULL, NULL, 0, 0, 0 },
};

struct entry {
	_Atomic uint64_t left, right;
};

/* What a part did; written by it alone. */
struct lane {
	_Alignas(PAR_CACHE_LINE) uint64_t at; /* in its sequence */
	uint64_t turns, writes, torn, sum;
};

/* In shared memory. */
struct board {
	struct par_lock lock;
	struct par_lock_seq seq;
	_Alignas(PAR_CACHE_LINE) struct entry entries[ENTRIES];
	struct lane lanes[];
};

struct method {
	const char *name;
	bool locks;
	enum par_lock_kind kind;
	par_hammer_stroke stroke;
};

struct table {
	struct par_hammer *hammer; /* first: see hammer.h */
	const struct method *method;
	struct board *board;
	uint64_t writes, reads;
};

/* --- a turn --- */

static void change(struct entry *entry)
{
	uint64_t left = atomic_load_explicit(&entry->left, memory_order_relaxed);
	uint64_t right = atomic_load_explicit(&entry->right, memory_order_relaxed);

	atomic_store_explicit(&entry->left, left + 1, memory_order_release);
	atomic_store_explicit(&entry->right, right + 1, memory_order_release);
}

/* Adds up what it sees to *sum; returns how many entries are torn. */
static uint64_t look(const struct board *board, uint32_t first, uint64_t count, uint64_t *sum)
{
	uint64_t torn = 0;

	for (uint64_t i = 0; i < count; i++) {
		const struct entry *entry = &board->entries[(first + i) % ENTRIES];
		uint64_t left = atomic_load_explicit(&entry->left, memory_order_acquire);
		uint64_t right = atomic_load_explicit(&entry->right, memory_order_acquire);

		torn += left != right;
		*sum += left;
	}
	return torn;
}

static uint64_t first_draw(unsigned part)
{
	return par_mix64(part + 1);
}

/* The next turn (a linear congruential generator, Knuth's MMIX): where, and whether it writes. */
static inline bool draw(uint64_t *at, uint64_t writes, uint32_t *where)
{
	*at = *at * 6364136223846793005ULL + 1442695040888963407ULL;
	*where = (uint32_t)(*at >> 58) % ENTRIES;
	return (((*at >> 16 & UINT32_MAX) * 1000) >> 32) < writes;
}

PAR_LOCK_INLINE void turns_locked(
	struct table *table, unsigned part, uint64_t count, enum par_lock_kind kind)
{
	struct par_lock_node *node = &table->hammer->parts[part].node;
	struct board *board = table->board;
	struct lane lane = board->lanes[part];

	for (uint64_t i = 0; i < count; i++) {
		uint32_t where;

		if (draw(&lane.at, table->writes, &where)) {
			(void)par_lock_take(&board->lock, kind, node);
			change(&board->entries[where]);
			lane.writes++;
		} else {
			(void)par_lock_take_to_read(&board->lock, kind, node);
			lane.torn += look(board, where, table->reads, &lane.sum) > 0;
		}
		par_lock_give(&board->lock, kind, node);
	}
	lane.turns += count;
	board->lanes[part] = lane;
}

static void unlocked_stroke(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	(void)io;
	turns_locked(context, part, count, PAR_LOCK_NONE);
}

#define STROKE(name_, kind_, label_, summary_)                                                     \
	static void name_##_stroke(                                                                \
		void *context, unsigned part, uint64_t count, struct par_io *io)                   \
	{                                                                                          \
		(void)io;                                                                          \
		turns_locked(context, part, count, kind_);                                         \
	}
PAR_EACH_LOCK(STROKE)

/* Reads until nobody wrote meanwhile. */
static uint64_t look_again(const struct table *table, uint32_t where, uint64_t *sum)
{
	uint64_t torn, seen;
	uint32_t number;

	do {
		seen = 0;
		number = par_lock_seq_begin(&table->board->seq);
		torn = look(table->board, where, table->reads, &seen);
	} while (par_lock_seq_retry(&table->board->seq, number));
	*sum += seen;
	return torn;
}

static void seqlock_stroke(void *context, unsigned part, uint64_t count, struct par_io *io)
{
	struct table *table = context;
	struct board *board = table->board;
	struct lane lane = board->lanes[part];

	(void)io;
	for (uint64_t i = 0; i < count; i++) {
		uint32_t where;

		if (draw(&lane.at, table->writes, &where)) {
			par_lock_seq_take(&board->seq);
			change(&board->entries[where]);
			par_lock_seq_give(&board->seq);
			lane.writes++;
		} else {
			lane.torn += look_again(table, where, &lane.sum) > 0;
		}
	}
	lane.turns += count;
	board->lanes[part] = lane;
}

/* --- tables --- */

#define METHOD(name_, kind_, label_, summary_) { #name_, true, kind_, name_##_stroke },

static const struct method methods[] = {
	{ "unlocked", false, PAR_LOCK_NONE, unlocked_stroke },
	{ "seqlock", false, PAR_LOCK_NONE, seqlock_stroke },
	PAR_EACH_LOCK(METHOD){ NULL, false, PAR_LOCK_NONE, NULL },
};

static const struct par_variant variants[] = {
	{ .name = "unlocked",
		.label = "no lock",
		.summary = "loses writes and reads torn entries",
		.traits = PAR_VARIANT_LOSSY },
	{ .name = "seqlock",
		.label = "sequence lock",
		.summary = "readers take nothing and look again when somebody wrote",
		.traits = PAR_VARIANT_BLOCKS },
	PAR_EACH_LOCK(PAR_LOCK_VARIANT){ .name = NULL },
};

static const struct par_measure_kind measures[] = {
	{ "turn", "time for a read or write, of all parts together", PAR_UNIT_NS },
	{ "lost", "writes lost, of those made", PAR_UNIT_SHARE },
	{ "torn", "reads that saw an entry half written", PAR_UNIT_SHARE },
	{ "least", "of its equal share, what the least served part got", PAR_UNIT_SHARE },
	{ .name = NULL },
};

/* --- the workload --- */

static void table_close(void *state)
{
	struct table *table = state;

	if (table == NULL)
		return;
	if (table->board != NULL)
		par_lock_fini(&table->board->lock, table->method->kind);
	par_hammer_close(table->hammer);
	free(table);
}

static int open_board(struct table *table, const struct par_setup *setup)
{
	struct par_hammer_spec spec = {
		.parts = (unsigned)setup->tasks,
		.turns = setup->params[TURNS],
		.limit_ns = setup->params[LIMIT] * PAR_NS_PER_US,
		.spin = setup->spin,
		.state_size = sizeof(struct board) + setup->tasks * sizeof(struct lane),
	};
	int status = par_hammer_open(&table->hammer, &spec);

	if (status < 0)
		return status;
	table->board = table->hammer->state;
	return par_lock_init(&table->board->lock, table->method->kind);
}

static int table_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct method *method = methods;
	struct table *table;
	int status;

	while (method->name != NULL && strcmp(method->name, setup->variant) != 0)
		method++;
	if (method->name == NULL)
		return par_fail(error, -EINVAL, "table: no lock is named '%s'", setup->variant);
	table = calloc(1, sizeof *table);
	if (table == NULL)
		return par_fail(error, -ENOMEM, "table: out of memory");
	table->method = method;
	table->writes = setup->params[WRITES];
	table->reads = setup->params[READS];
	status = open_board(table, setup);
	if (status < 0) {
		table_close(table);
		return par_fail(
			error, status, "table: %s: %s", method->name, par_error_text(status));
	}
	*state = table;
	return 0;
}

static int table_reset(void *state)
{
	struct table *table = state;

	par_hammer_reset(table->hammer);
	/* Relaxed: the start of the run orders it. */
	for (unsigned i = 0; i < ENTRIES; i++) {
		atomic_store_explicit(&table->board->entries[i].left, 0, memory_order_relaxed);
		atomic_store_explicit(&table->board->entries[i].right, 0, memory_order_relaxed);
	}
	for (unsigned i = 0; i < table->hammer->spec.parts; i++)
		table->board->lanes[i] = (struct lane){ .at = first_draw(i) };
	return 0;
}

static uint64_t table_task(void *state, uint64_t index, struct par_io *io)
{
	struct table *table = state;
	int status = par_hammer_meet(table->hammer, (unsigned)index, io);

	if (status < 0)
		par_io_fail(io, status);
	else
		par_hammer_pound(table->hammer, (unsigned)index, table->method->stroke, table, io);
	return par_mix64(index);
}

/* Of the last run. */
struct tally {
	uint64_t turns, writes, torn, left, right;
};

static struct tally add_up(const struct table *table)
{
	struct tally tally = { 0 };

	for (unsigned i = 0; i < table->hammer->spec.parts; i++) {
		tally.turns += table->board->lanes[i].turns;
		tally.writes += table->board->lanes[i].writes;
		tally.torn += table->board->lanes[i].torn;
	}
	/* Relaxed: the run has ended. */
	for (unsigned i = 0; i < ENTRIES; i++) {
		const struct entry *entry = &table->board->entries[i];

		tally.left += atomic_load_explicit(&entry->left, memory_order_relaxed);
		tally.right += atomic_load_explicit(&entry->right, memory_order_relaxed);
	}
	return tally;
}

static int table_verify(void *state, struct par_error *error)
{
	struct table *table = state;
	struct tally tally = add_up(table);

	if (tally.turns != par_hammer_done(table->hammer))
		return par_fail(error, -EBADMSG, "%s: %llu turns were made, not %llu",
			table->method->name, (unsigned long long)tally.turns,
			(unsigned long long)par_hammer_done(table->hammer));
	if (tally.torn > 0)
		return par_fail(error, -EBADMSG, "%s: %llu reads saw an entry half written",
			table->method->name, (unsigned long long)tally.torn);
	if (tally.left != tally.writes || tally.right != tally.writes)
		return par_fail(error, -EBADMSG, "%s: of %llu writes %llu and %llu are there",
			table->method->name, (unsigned long long)tally.writes,
			(unsigned long long)tally.left, (unsigned long long)tally.right);
	return 0;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? NAN : (double)part / (double)whole;
}

static void table_measure(void *state, double *values)
{
	struct table *table = state;
	struct tally tally = add_up(table);
	uint64_t there = tally.left < tally.right ? tally.left : tally.right;

	values[0] = par_hammer_turn_ns(table->hammer);
	values[1] = share(tally.writes - there, tally.writes);
	values[2] = share(tally.torn, par_hammer_done(table->hammer) - tally.writes);
	values[3] = par_hammer_least(table->hammer);
}

const struct par_workload par_workload_table = {
	.name = "table",
	.label = "read-mostly table",
	.summary = "all parts read one table and sometimes write, under one lock",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 5000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = table_open,
	.reset = table_reset,
	.task = table_task,
	.verify = table_verify,
	.measures = measures,
	.measure = table_measure,
	.close = table_close,
};
