/*
 * channels: how do workers talk, and what does it cost?
 *
 * The round trip of 8 bytes over every channel, between threads, processes and coroutines; the
 * throughput of each over the size of a message; and a manager, a process that keeps the state for
 * all: what read-modify-write through it loses without its lock.
 *
 * Two parts, on two PUs where there are two, and for comparison on one.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define QUICK_TRIPS 600 /* enough for the 99th percentile */

#define NAME "channels"

#define MQ_BYTES_MOST 8192          /* what the kernel's default bound allows */
#define STREAM_BYTES  (16ULL << 20) /* that a stream sends, about */
#define LEAST         1000          /* messages of a stream, at least */
#define MOST          20000         /* and at most */
#define MANY          4             /* times as many where they are gathered, and cheap */

#define ALIKE 1.1 /* times as long: not worth a word */

/* --- the plan --- */

/* A round trip, or a counter: from which scale on, and on how many PUs. */
struct line {
	enum par_scale from;
	const char *workload, *model, *variant;
	unsigned pus;
};

static const struct line lines[] = {
	{ PAR_SCALE_QUICK, "pingpong", "coroutine", "rendezvous", 1 },
	{ PAR_SCALE_FULL, "pingpong", "coroutine", "queue", 1 },
	{ PAR_SCALE_FULL, "pingpong", "coroutine", "pipe", 1 },
	{ PAR_SCALE_FULL, "pingpong", "coroutine", "socketpair", 1 },
	{ PAR_SCALE_FULL, "pingpong", "coroutine", "eventfd", 1 },
	{ PAR_SCALE_QUICK, "pingpong", "process_pool", "ring", 2 },
	{ PAR_SCALE_QUICK, "pingpong", "process_pool", "ring_sleep", 2 },
	{ PAR_SCALE_QUICK, "pingpong", "process_pool", "pipe", 2 },
	{ PAR_SCALE_DEFAULT, "pingpong", "process_pool", "eventfd", 2 },
	{ PAR_SCALE_DEFAULT, "pingpong", "process_pool", "socketpair", 2 },
	{ PAR_SCALE_DEFAULT, "pingpong", "process_pool", "mq", 2 },
	{ PAR_SCALE_FULL, "pingpong", "process_pool", "queue", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "ring", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "ring_sleep", 2 },
	{ PAR_SCALE_DEFAULT, "pingpong", "thread_pool", "pipe", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "eventfd", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "socketpair", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "mq", 2 },
	{ PAR_SCALE_DEFAULT, "pingpong", "thread_pool", "queue", 2 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "ring", 1 },
	{ PAR_SCALE_DEFAULT, "pingpong", "thread_pool", "pipe", 1 },
	{ PAR_SCALE_FULL, "pingpong", "process_pool", "pipe", 1 },
	{ PAR_SCALE_FULL, "pingpong", "thread_pool", "queue", 1 },
	{ PAR_SCALE_QUICK, "managed", "process_pool", "unlocked", 2 },
	{ PAR_SCALE_QUICK, "managed", "process_pool", "locked", 2 },
	{ PAR_SCALE_DEFAULT, "managed", "process_pool", "one_request", 2 },
	{ PAR_SCALE_FULL, "managed", "coroutine", "unlocked", 1 },
	{ PAR_SCALE_FULL, "managed", "coroutine", "locked", 1 },
};

/* A curve of throughput: at which sizes it is measured by default. */
struct curve {
	const char *model, *variant;
	enum par_scale from;
	bool gathered;
	unsigned sizes; /* bits of default_sizes */
};

static const struct curve curves[] = {
	{ "process_pool", "ring_batched", PAR_SCALE_DEFAULT, true, 5 },
	{ "process_pool", "pipe", PAR_SCALE_DEFAULT, false, 7 },
	{ "process_pool", "pipe_batched", PAR_SCALE_DEFAULT, true, 5 },
	{ "process_pool", "ring", PAR_SCALE_FULL, false, 0 },
	{ "process_pool", "socketpair", PAR_SCALE_FULL, false, 0 },
	{ "process_pool", "queue", PAR_SCALE_FULL, false, 0 },
	{ "process_pool", "mq", PAR_SCALE_FULL, false, 0 },
	{ "coroutine", "rendezvous", PAR_SCALE_FULL, false, 0 },
};

static const uint64_t default_sizes[] = { 64, 4096, 65536 };
static const uint64_t full_sizes[] = { 8, 64, 512, 4096, 16384, 65536 };
#define DEFAULT_SIZES (sizeof default_sizes / sizeof *default_sizes)
#define FULL_SIZES    (sizeof full_sizes / sizeof *full_sizes)

/* Two parts on `pus` PUs, or on as many as there are; the coroutines of a loop on one. */
static int add_cell(struct par_plan *plan, struct par_cell *cell, unsigned pus,
	const struct par_choice *choice, const struct par_machine *machine)
{
	unsigned there = par_choice_pus(choice, machine);

	cell->tasks = 2;
	if ((cell->model->traits & PAR_TRAIT_LOOP) == 0) {
		cell->workers = 2;
		cell->cores = pus < there ? pus : there;
	}
	return par_plan_add(plan, cell, NULL, machine);
}

static int add_line(struct par_plan *plan, const struct line *line, const struct par_choice *choice,
	const struct par_machine *machine)
{
	const struct par_workload *workload = par_choice_workload(choice, line->workload);
	const struct par_model *model = par_choice_model(choice, line->model);
	struct par_cell cell;

	if (workload == NULL || model == NULL || choice->scale < line->from)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	snprintf(cell.variant, sizeof cell.variant, "%s", line->variant);
	if (choice->scale == PAR_SCALE_QUICK && strcmp(line->workload, "pingpong") == 0)
		cell.params[1] = QUICK_TRIPS;
	return add_cell(plan, &cell, line->pus, choice, machine);
}

/* The same bytes at each size, but neither so many messages nor so few that the time says little.
 */
static uint64_t messages_for(uint64_t bytes, bool gathered)
{
	uint64_t messages = STREAM_BYTES / bytes, most = gathered ? MANY * MOST : MOST;

	if (messages > most)
		messages = most;
	return messages < LEAST ? LEAST : messages;
}

static int add_point(struct par_plan *plan, const struct curve *curve, uint64_t bytes,
	const struct par_choice *choice, const struct par_machine *machine)
{
	const struct par_workload *workload = par_choice_workload(choice, "stream");
	const struct par_model *model = par_choice_model(choice, curve->model);
	struct par_cell cell;

	if (workload == NULL || model == NULL)
		return 0;
	if (strcmp(curve->variant, "mq") == 0 && bytes > MQ_BYTES_MOST)
		return 0;
	par_cell_init(&cell, NAME, workload, model, choice->scale);
	snprintf(cell.variant, sizeof cell.variant, "%s", curve->variant);
	cell.params[0] = bytes;
	cell.params[1] = messages_for(bytes, curve->gathered);
	return add_cell(plan, &cell, 2, choice, machine);
}

static int add_curve(struct par_plan *plan, const struct curve *curve,
	const struct par_choice *choice, const struct par_machine *machine)
{
	bool full = choice->scale == PAR_SCALE_FULL;
	size_t count = full ? FULL_SIZES : DEFAULT_SIZES;
	int status = 0;

	for (size_t i = 0; status == 0 && i < count && choice->scale >= curve->from; i++)
		if (full || (curve->sizes & (1U << i)) != 0)
			status = add_point(plan, curve, full ? full_sizes[i] : default_sizes[i],
				choice, machine);
	return status;
}

static int channels_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof lines / sizeof *lines; i++)
		status = add_line(plan, &lines[i], choice, machine);
	for (size_t i = 0; status == 0 && i < sizeof curves / sizeof *curves; i++)
		status = add_curve(plan, &curves[i], choice, machine);
	return status;
}

/* --- the sheets --- */

static bool is_work(const struct par_cell *cell, const char *name)
{
	return strcmp(cell->workload->name, name) == 0;
}

static bool takes_trips(const struct par_cell *cell)
{
	return is_work(cell, "pingpong");
}

static bool takes_streams(const struct par_cell *cell)
{
	return is_work(cell, "stream");
}

static bool takes_managed(const struct par_cell *cell)
{
	return is_work(cell, "managed");
}

static bool is_loop(const struct par_cell *cell)
{
	return (cell->model->traits & PAR_TRAIT_LOOP) != 0;
}

static const char *who(const struct par_cell *cell)
{
	if (is_loop(cell))
		return "coroutines";
	return (cell->model->traits & PAR_TRAIT_PROCESS) != 0 ? "processes" : "threads";
}

/* "pipe, threads on one CPU" */
static void name_way(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct par_variant *variant = par_cell_form(cell);
	bool shared = !is_loop(cell) && cell->cores < cell->workers;

	if (brief)
		par_text_format(out, "%.10s %.1s%s", variant->name, who(cell), shared ? "1" : "");
	else
		par_text_format(
			out, "%s, %s%s", variant->label, who(cell), shared ? " on one CPU" : "");
}

static void add_metric(struct par_text *out, const struct par_cell_stats *stats, const char *name)
{
	struct par_metric metric = par_metric_of(stats, name);

	par_metric_word(out, &metric);
}

static double value_of(const struct par_cell_stats *stats, const char *name)
{
	return stats != NULL ? par_metric_of(stats, name).value : (double)NAN;
}

/* How many times as long `other` takes: false where it is not known. */
static bool compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, const char *metric, size_t comparisons)
{
	return base != NULL && other != NULL &&
	       par_metric_compare(out, base, other, metric, (unsigned)comparisons) == 0 &&
	       isfinite(out->ratio);
}

/* "39", or "1.3 (0.9 to 1.8)" where it may be the other way round as well. */
static void add_ratio(struct par_text *out, const struct par_compared *compared)
{
	par_text_add(out, par_label_ratio(compared->ratio).text);
	if (compared->low <= 1 && compared->high >= 1)
		par_text_format(out, " (%s to %s)", par_label_ratio(compared->low).text,
			par_label_ratio(compared->high).text);
}

/*
 * What sleeping costs: the same ring, asleep. Nothing where one of both is missing, or where the
 * other sleeps as well: it spins only where each worker has a CPU.
 */
static void word_sleep(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_lesson_pick ring = { .model = "process_pool", .variant = "ring" };
	const struct par_lesson_pick asleep = { .model = "process_pool", .variant = "ring_sleep" };
	const struct par_cell_stats *spins = par_lesson_find(view, &ring);
	struct par_compared compared;

	if (!compare(&compared, spins, par_lesson_find(view, &asleep), "trip_ns", 1) ||
		spins->cell.cores < spins->cell.workers)
		return;
	if (compared.ratio > ALIKE) {
		par_text_add(out, "; the ring takes ");
		add_ratio(out, &compared);
		par_text_add(out, " times as long when it waits asleep");
	} else {
		par_text_add(out, "; that the ring waits asleep costs nothing here");
	}
}

static void word_trips(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[64];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view);
	struct par_compared compared;

	if (count < 2 || !compare(&compared, ranks[0], ranks[count - 1], "trip_ns", count - 1))
		return;
	par_text_add(out, "A round trip takes ");
	add_metric(out, ranks[0], "trip_ns");
	if (compared.ratio < ALIKE) {
		par_text_add(out, ", whatever carries it");
		return;
	}
	par_text_add(out, " by ");
	name_way(out, &ranks[0]->cell, false);
	par_text_add(out, ", and ");
	add_ratio(out, &compared);
	par_text_add(out, " times as long by ");
	name_way(out, &ranks[count - 1]->cell, false);
	word_sleep(out, view);
}

static const struct par_cell_stats *find_stream(
	const struct par_lesson_view *view, const char *variant, uint64_t bytes)
{
	const struct par_lesson_pick pick = {
		.model = "process_pool", .variant = variant, .param = "bytes", .value = bytes
	};

	return par_lesson_find(view, &pick);
}

/* How the pipe compares with the ring at one size: "39 times as long as" or "about as long as". */
static void add_comparison(struct par_text *out, const struct par_compared *compared)
{
	bool sure = !(compared->low <= 1 && compared->high >= 1);

	if (compared->ratio < 1 / ALIKE && sure) {
		par_text_format(out, "1/%s as long as", par_label_ratio(1 / compared->ratio).text);
	} else if (compared->ratio > ALIKE || compared->ratio < 1 / ALIKE) {
		add_ratio(out, compared);
		par_text_add(out, " times as long as");
	} else {
		par_text_add(out, "about as long as");
	}
}

static void word_streams(struct par_text *out, const struct par_lesson_view *view)
{
	const uint64_t small = default_sizes[0], large = default_sizes[DEFAULT_SIZES - 1];
	const struct par_cell_stats *pipe = find_stream(view, "pipe", small);
	const struct par_cell_stats *gathered = find_stream(view, "pipe_batched", small);
	const char *metric = "message_ns";
	struct par_compared at_small, at_large;

	if (!compare(&at_small, find_stream(view, "ring_batched", small), pipe, metric, 2) ||
		!compare(&at_large, find_stream(view, "ring_batched", large),
			find_stream(view, "pipe", large), metric, 2))
		return;
	par_text_format(out, "A message of %llu B takes ", (unsigned long long)small);
	add_metric(out, pipe, metric);
	par_text_add(out, " through a pipe, ");
	add_comparison(out, &at_small);
	par_text_add(out, " through the ring, and one of 64 KiB ");
	add_comparison(out, &at_large);
	par_text_add(out, " there");
	if (gathered != NULL) {
		par_text_add(out, "; gathered into large writes the small one takes ");
		add_metric(out, gathered, metric);
	}
}

static void word_managed(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_lesson_pick unlocked = { .model = "process_pool", .variant = "unlocked" };
	const struct par_lesson_pick locked = { .model = "process_pool", .variant = "locked" };
	const struct par_lesson_pick once = { .model = "process_pool", .variant = "one_request" };
	const struct par_cell_stats *lossy = par_lesson_find(view, &unlocked);
	double base = value_of(lossy, "update_ns"), lost = value_of(lossy, "lost");
	double lock = value_of(par_lesson_find(view, &locked), "update_ns") / base;
	double one = value_of(par_lesson_find(view, &once), "update_ns") / base;

	if (!isfinite(lost) || !isfinite(lock))
		return;
	if (lost > 0) {
		par_text_add(out, "Read, then write loses ");
		add_metric(out, lossy, "lost");
		par_text_add(out, " of the updates");
	} else {
		par_text_add(out, "Read, then write lost no update here, but may");
	}
	par_text_format(out, "; under the manager's lock none is lost, in %s times the time",
		par_label_ratio(lock).text);
	if (isfinite(one))
		par_text_format(out, ", and none with one request for both, in %s times",
			par_label_ratio(one).text);
}

static const struct par_lesson_sheet sheets[] = {
	{
		.stem = "channels_trips",
		.kind = PAR_LESSON_LADDER,
		.what = "A message of 8 bytes to another worker and one back, each checked",
		.metric = "trip_ns",
		.metric_label = "round trip, median",
		.aside = "trip_p999_ns",
		.aside_label = "99.9 %",
		.takes = takes_trips,
		.name = name_way,
		.word = word_trips,
	},
	{
		.stem = "channels_stream",
		.kind = PAR_LESSON_CURVES,
		.what = "Messages one way, as fast as they go: the bytes that arrive in a second",
		.metric = "bytes_moved",
		.metric_label = "bytes received in a second",
		.more_is_better = true,
		.axis = "bytes",
		.axis_label = "bytes of a message",
		.takes = takes_streams,
		.word = word_streams,
	},
	{
		.stem = "channels_manager",
		.kind = PAR_LESSON_LADDER,
		.what = "Two workers add to one counter that a manager process keeps",
		.metric = "update_ns",
		.metric_label = "time for an update",
		.aside = "lost",
		.aside_label = "lost",
		.takes = takes_managed,
		.name = name_way,
		.word = word_managed,
	},
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Channels",
	.teaches = "pipes, sockets, queues, shared memory and managers: what it costs to talk",
	.howto =
		"- **Round trips**: each line is the median of thousands of trips of 8 bytes; the "
		"figure at the right is what one in a thousand exceeds. Two things are paid for: "
		"going through the kernel, and being woken. Waking a sleeper on another CPU is by "
		"far the dearer, and all that sleeps pays it, whatever carries the bytes; compare "
		"the ring that spins with the same ring asleep, and the pipe on one CPU.\n"
		"- **So** let workers talk rarely and say much. Spin only where each worker has a "
		"CPU of its own. If two workers always wait for each other they are one: let one "
		"do both, or make them coroutines of one loop, where a message is a copy and two "
		"switches.\n"
		"- **Throughput**: small messages are limited by the cost of each message, large "
		"ones by copying, where the curves bend and meet. Gather small messages before you "
		"send them; that helps a pipe more than any faster channel would. Threads and "
		"processes pay the same for the same channel: choose between them for other "
		"reasons.\n"
		"- **Manager**: its state is never torn, since one process serves all requests in "
		"turn. But reading and then writing are two requests, and whoever comes between "
		"loses an update: take its lock around both, or better, ask the owner to do the "
		"whole change in one request. A lock is given back when its holder's connection "
		"ends, also when it is killed.\n",
	.sheets = sheets,
};

const struct par_experiment par_experiment_channels = {
	.name = NAME,
	.summary = "round trips and throughput of every channel, and a manager",
	.question = "How do workers talk, and what does it cost?",
	.plan = channels_plan,
	.lesson = &lesson,
};
