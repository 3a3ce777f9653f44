/*
 * pipeline: producers and consumers around a bounded queue.
 *
 * The first parts produce, the others consume. A producer waits `wait_us` for each item, as for a
 * disk, and puts it; a consumer gets it and waits as long. An item carries its producer, its number
 * there and a check of both; consumers add up what they got, and after the run every item must have
 * come once. Where the order is that of arrival, each consumer must see the items of each producer
 * in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pipeline_parts.h"
#include "workload.h"

#define URGENCIES 8 /* priorities that items have */

/* A peer that has done nothing for so long is gone. */
#define PATIENCE_NS (20 * PAR_NS_PER_S)

enum { PRODUCERS, ITEMS, CAPACITY, WAIT_US }; /* of the parameters */

static const struct way ways[] = {
	{ .name = "fifo" },
	{ .name = "lifo", .order = PAR_QUEUE_LIFO },
	{ .name = "priority", .order = PAR_QUEUE_PRIORITY },
	{ .name = "ring", .ring = true },
	{ .name = "watermarks", .marks = true },
	{ .name = "sentinels", .ending = END_SENTINELS },
	{ .name = "join", .ending = END_JOIN },
};

/* --- the queue of either kind --- */

static struct par_queue_spec queue_spec(const struct pipeline *line)
{
	struct par_queue_spec spec = { .order = line->way.order,
		.capacity = line->capacity,
		.item_bytes = sizeof(struct item),
		.processes = line->isolated };

	if (line->way.marks) {
		spec.high = line->capacity;
		spec.low = line->capacity / 2;
	}
	return spec;
}

static struct par_ring_spec ring_spec(const struct pipeline *line)
{
	return (struct par_ring_spec){ line->capacity, sizeof(struct item), line->isolated,
		line->spin };
}

static int put_until(struct pipeline *line, struct par_io *io, const struct item *item,
	uint64_t priority, uint64_t deadline)
{
	if (line->way.ring)
		return par_ring_put(line->queue, io, item, deadline);
	return par_queue_put(line->queue, io, item, priority, deadline);
}

static int get_until(struct pipeline *line, struct par_io *io, struct item *item, uint64_t deadline)
{
	if (line->way.ring)
		return par_ring_get(line->queue, io, item, deadline);
	return par_queue_get(line->queue, io, item, deadline);
}

/* A loop knows by itself when nobody is left who could help. */
static uint64_t deadline_for(const struct par_io *io)
{
	return io->ops->interleaves ? PAR_PARK_FOREVER : par_deadline_in(PATIENCE_NS);
}

/* Tries first: the clock is read only by who has to wait. */
static int put(struct pipeline *line, struct par_io *io, const struct item *item, uint64_t priority)
{
	int code = put_until(line, io, item, priority, PAR_QUEUE_TRY);

	return code == -EAGAIN ? put_until(line, io, item, priority, deadline_for(io)) : code;
}

static int get(struct pipeline *line, struct par_io *io, struct item *item)
{
	int code = get_until(line, io, item, PAR_QUEUE_TRY);

	return code == -EAGAIN ? get_until(line, io, item, deadline_for(io)) : code;
}

static int close_queue(struct pipeline *line, struct par_io *io)
{
	if (!line->way.ring)
		return par_queue_close(line->queue, io);
	par_ring_close(line->queue, io);
	return 0;
}

static uint32_t length_now(const struct pipeline *line)
{
	return line->way.ring ? par_ring_length(line->queue) : par_queue_length(line->queue);
}

/* --- parts --- */

/* Notes the queue's length after every so many operations. */
static void look(struct pipeline *line, struct part *part)
{
	if (part->look_due-- > 1)
		return;
	part->look_due = line->look_step;
	if (part->look_count < LOOKS_MAX)
		part->looks[part->look_count++] = (struct look){ par_now_ns(), length_now(line) };
}

static int end_sentinels(struct pipeline *line, struct par_io *io)
{
	const struct item sentinel = { SENTINEL, SENTINEL };
	int code = 0;

	for (unsigned i = 0; code == 0 && i < line->consumers; i++)
		code = put(line, io, &sentinel, 0);
	return code;
}

/* What the last producer does. */
static int end(struct pipeline *line, struct par_io *io)
{
	int code = 0;

	if (line->way.ending == END_SENTINELS)
		return end_sentinels(line, io);
	if (line->way.ending == END_JOIN)
		code = par_queue_join(line->queue, io, deadline_for(io));
	return code < 0 ? code : close_queue(line, io);
}

static int work(const struct pipeline *line, struct par_io *io)
{
	return line->wait_ns > 0 ? par_io_sleep(io, line->wait_ns) : 0;
}

static int produce(struct pipeline *line, uint64_t index, struct par_io *io)
{
	struct part *part = &line->parts[index];
	int code = 0;

	for (uint64_t number = 0; code == 0 && number < line->items; number++) {
		struct item item = par_pipeline_item(index, number);

		code = work(line, io);
		if (code == 0)
			code = put(line, io, &item, number % URGENCIES);
		look(line, part);
	}
	/* Acquire-release: who ends last has all others' puts behind it. */
	if (code == 0 && atomic_fetch_sub_explicit(&line->producing, 1, memory_order_acq_rel) == 1)
		code = end(line, io);
	return code;
}

static void take(struct pipeline *line, struct part *part, const struct item *item)
{
	uint64_t producer = item->id >> NUMBER_BITS;
	uint64_t number = item->id & ((1ULL << NUMBER_BITS) - 1);

	part->got++;
	part->sum += item->id;
	part->mix ^= par_mix64(item->id);
	if (producer >= line->producers || item->check != par_mix64(item->id)) {
		part->altered++;
		return;
	}
	part->of[producer]++;
	part->disorder += number < part->next[producer];
	part->next[producer] = number + 1;
}

static int consume(struct pipeline *line, uint64_t index, struct par_io *io)
{
	struct part *part = &line->parts[index];
	struct item item;
	int code;

	while ((code = get(line, io, &item)) == 1 && item.id != SENTINEL) {
		look(line, part);
		take(line, part, &item);
		code = work(line, io);
		if (code == 0 && line->way.ending == END_JOIN)
			code = par_queue_task_done(line->queue, io);
		if (code < 0)
			break;
	}
	return code < 0 ? code : 0;
}

static uint64_t pipeline_task(void *state, uint64_t index, struct par_io *io)
{
	struct pipeline *line = state;
	unsigned parts = line->producers + line->consumers;
	int code = par_meeting_join(&line->meeting, parts, line->spin, io);
	uint64_t start = par_now_ns();

	par_span_begin(&line->span);
	if (code == 0)
		code = index < line->producers ? produce(line, index, io)
					       : consume(line, index, io);
	par_span_end(&line->span);
	line->parts[index].ns = par_now_ns() - start;
	if (code < 0) {
		par_io_fail(io, code);
		(void)close_queue(line, io); /* the others need not wait for this part */
	}
	return par_mix64(index);
}

/* --- the job --- */

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

static void pipeline_close(void *state)
{
	struct pipeline *line = state;

	if (line->queue != NULL && !line->way.ring)
		par_queue_fini(line->queue);
	par_shared_close(line->queue, line->queue_bytes);
	par_shared_close(line, sizeof *line);
}

static int open_queue(struct pipeline *line)
{
	struct par_queue_spec queue = queue_spec(line);
	struct par_ring_spec ring = ring_spec(line);

	line->queue_bytes = line->way.ring ? par_ring_bytes(&ring) : par_queue_bytes(&queue);
	return line->queue_bytes == 0 ? -EINVAL : par_shared_open(&line->queue, line->queue_bytes);
}

static int pipeline_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	const struct way *way = find_way(setup->variant);
	uint64_t producers = setup->params[PRODUCERS];
	struct pipeline *line;
	void *memory;
	int code;

	if (way == NULL || setup->tasks > PARTS_MAX || producers >= setup->tasks)
		return par_fail(error, -EINVAL,
			"pipeline: at most %d parts, of which producers are fewer than all",
			PARTS_MAX);
	code = par_shared_open(&memory, sizeof *line);
	if (code < 0)
		return par_fail(error, code, "pipeline: shared memory: %s", par_error_text(code));
	line = memory;
	line->way = *way;
	line->producers = (unsigned)producers;
	line->consumers = (unsigned)(setup->tasks - producers);
	line->items = setup->params[ITEMS];
	line->capacity = (uint32_t)setup->params[CAPACITY];
	line->wait_ns = setup->params[WAIT_US] * PAR_NS_PER_US;
	line->spin = setup->spin;
	line->isolated = setup->isolated;
	/* One part may do all that its kind does. */
	line->look_step = line->items * producers / LOOKS_MAX + 1;
	code = open_queue(line);
	if (code < 0) {
		pipeline_close(line);
		return par_fail(error, code,
			code == -EINVAL ? "pipeline: a ring's capacity is a power of two"
					: "pipeline: no memory for the queue");
	}
	*state = line;
	return 0;
}

static int pipeline_reset(void *state)
{
	struct pipeline *line = state;
	struct par_queue_spec queue = queue_spec(line);
	struct par_ring_spec ring = ring_spec(line);

	par_meeting_init(&line->meeting);
	par_span_init(&line->span);
	memset(line->parts, 0, sizeof line->parts);
	for (unsigned i = 0; i < PARTS_MAX; i++)
		line->parts[i].look_due = line->look_step;
	/* Relaxed: the start of a run orders it. */
	atomic_store_explicit(&line->producing, line->producers, memory_order_relaxed);
	if (line->way.ring)
		return par_ring_init(line->queue, &ring);
	par_queue_fini(line->queue);
	return par_queue_init(line->queue, &queue);
}

static const struct par_variant variants[] = {
	{ .name = "fifo", .label = "FIFO", .summary = "a bounded queue: first in, first out" },
	{ .name = "lifo", .label = "LIFO", .summary = "a bounded stack: last in, first out" },
	{ .name = "priority",
		.label = "priority",
		.summary = "a heap: the most urgent item first, equal ones in order" },
	{ .name = "ring",
		.label = "ring, no lock",
		.summary = "a ring of cells with sequence numbers, and futexes to sleep" },
	{ .name = "watermarks",
		.label = "FIFO, watermarks",
		.summary = "producers stop when it is full and go on when it is half empty" },
	{ .name = "sentinels",
		.label = "FIFO, sentinels",
		.summary = "ends by an item for each consumer that says so" },
	{ .name = "join",
		.label = "FIFO, join",
		.summary = "every item is reported as done; the end waits for all" },
	{ .name = NULL },
};

static const struct par_param params[] = {
	{ "producers", "parts that produce; the others consume", 1, 1, PARTS_MAX - 1 },
	{ "items", "items of each producer", 2000, 1, 10000000 },
	{ "capacity", "items that the queue holds; of a ring a power of two", 64, 2, 1 << 20 },
	{ "wait_us", "microseconds of waiting to make an item, and to use it", 0, 0, 1000000 },
	{ 0 },
};

static const struct par_measure_kind measures[] = {
	{ "items_per_second", "items through the queue", PAR_UNIT_PER_SECOND },
	{ "length", "the queue's length, mean over time", PAR_UNIT_COUNT },
	{ "longest", "the queue's greatest length", PAR_UNIT_COUNT },
	{ "blocked_full", "of the producers' time, waiting for room", PAR_UNIT_SHARE },
	{ "blocked_empty", "of the consumers' time, waiting for an item", PAR_UNIT_SHARE },
	{ "fairness", "Jain's index of the items each consumer got", PAR_UNIT_SHARE },
	{ .name = NULL },
};

static const struct par_measure_kind traced = { "length", "items in the queue", PAR_UNIT_COUNT };

const struct par_workload par_workload_pipeline = {
	.name = "pipeline",
	.label = "pipeline",
	.summary = "producers and consumers around a bounded queue",
	.bound = PAR_BOUND_MIXED,
	.params = params,
	.tasks = { 2, 2, 2 },
	.cpu_ns = 1000000,
	.variants = variants,
	.variant_needed = true,
	.together = true,
	.unranked = true,
	.open = pipeline_open,
	.reset = pipeline_reset,
	.task = pipeline_task,
	.verify = par_pipeline_verify,
	.measures = measures,
	.measure = par_pipeline_measure,
	.traced = &traced,
	.trace = par_pipeline_trace,
	.close = pipeline_close,
};
