/*
 * creation: what does one more worker cost?
 *
 * Axes: the ways to make a worker, in a parent that holds little memory, and for those that copy or
 * share it the memory that the parent holds, up to 64 MiB (4 GiB with --full, where there is as
 * much). The serial model makes them, one after the other; nothing is pinned, as programs that make
 * workers seldom are.
 */
#include <math.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define NAME     "creation"
#define RESIDENT "resident_mib"

#define SIZES_MAX  7
#define LITTLE_MIB 1
/* As much as the workload itself asks for. */
#define SHARE_OF_MEMORY 0.75

/* What a whole life takes, roughly, to make jobs of some 10 ms. */
struct way {
	const char *variant;
	const char *brief; /* <= 14 characters */
	uint64_t life_ns, mib_ns;
	unsigned lot;   /* workers are made by so many */
	bool grows;     /* measured beside more and more memory */
	bool quick;     /* in --quick too */
	uint64_t least; /* MiB: for less there is no such thing */
};

static const struct way ways[] = {
	{ "fork", "fork", 90000, 33000, 1, true, true, 1 },
	{ "fork_huge", "fork huge", 90000, 1000, 1, true, false, 4 },
	{ "vfork", "vfork", 20000, 0, 1, true, false, 1 },
	{ "thread", "thread", 20000, 0, 1, true, true, 1 },
	{ "thread_small", "thread 64 KiB", 20000, 0, 1, false, false, 1 },
	{ "coroutine", "coroutine", 20, 0, 1, false, true, 1 },
	{ "pool_threads", "pool threads", 20000, 0, 8, false, false, 1 },
	{ "pool_processes", "pool processes", 90000, 0, 8, false, false, 1 },
	{ "spawn", "posix_spawn", 500000, 0, 1, false, true, 1 },
	{ "subprocess", "subprocess", 1000000, 0, 1, false, false, 1 },
};
#define WAYS (sizeof ways / sizeof ways[0])

#define JOB_NS 10000000
/* Of those that live for nanoseconds: a run long enough for the clock. */
#define TASKS_MOST 4000

/* MiB that the parent holds; the lists end with 0. */
static const uint64_t sizes[PAR_SCALES][SIZES_MAX + 1] = {
	[PAR_SCALE_QUICK] = { LITTLE_MIB, 64 },
	[PAR_SCALE_DEFAULT] = { LITTLE_MIB, 16, 64 },
	[PAR_SCALE_FULL] = { LITTLE_MIB, 4, 16, 64, 256, 1024, 4096 },
};

static const struct way *way_of(const struct par_cell *cell)
{
	for (size_t i = 0; i < WAYS; i++)
		if (strcmp(ways[i].variant, cell->variant) == 0)
			return &ways[i];
	return NULL;
}

static uint64_t tasks_for(const struct way *way, uint64_t mib)
{
	uint64_t lives = JOB_NS / (way->life_ns + way->mib_ns * mib);

	if (lives >= TASKS_MOST)
		return TASKS_MOST;
	return (lives / way->lot + 1) * way->lot;
}

static const char *why_not(const struct par_machine *machine, uint64_t mib)
{
	double room = (double)machine->memory_bytes, limit = (double)machine->memory_limit_bytes;

	if (limit > 0 && (room == 0 || limit < room))
		room = limit;
	return room > 0 && (double)mib * 1048576 > SHARE_OF_MEMORY * room
		       ? "the parent's memory would be more than three quarters of what is here"
		       : NULL;
}

static int add_cell(struct par_plan *plan, const struct par_machine *machine,
	const struct par_choice *choice, const struct way *way, uint64_t mib)
{
	struct par_cell cell;

	par_cell_init(&cell, NAME, par_choice_workload(choice, "birth"),
		par_choice_model(choice, "serial"), choice->scale);
	strcpy(cell.variant, way->variant);
	cell.placement = PAR_PLACE_NONE;
	cell.tasks = tasks_for(way, mib);
	cell.params[0] = mib;
	return par_plan_add(plan, &cell, why_not(machine, mib), machine);
}

static int creation_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	const uint64_t *list = sizes[choice->scale];
	int status = 0;

	if (par_choice_workload(choice, "birth") == NULL ||
		par_choice_model(choice, "serial") == NULL)
		return 0;
	for (size_t i = 0; i < WAYS; i++) {
		if (choice->scale == PAR_SCALE_QUICK && !ways[i].quick)
			continue;
		for (size_t j = 0; status == 0 && list[j] != 0; j++)
			if (list[j] >= ways[i].least && (j == 0 || ways[i].grows))
				status = add_cell(plan, machine, choice, &ways[i], list[j]);
	}
	return status;
}

static bool is_little(const struct par_cell *cell)
{
	return cell->params[0] == LITTLE_MIB;
}

static bool is_growing(const struct par_cell *cell)
{
	const struct way *way = way_of(cell);

	return way != NULL && way->grows;
}

static void name_way(struct par_text *out, const struct par_cell *cell, bool brief)
{
	const struct way *way = way_of(cell);

	par_text_add(out, brief && way != NULL ? way->brief : par_cell_form(cell)->label);
}

static const struct par_cell_stats *find(const struct par_lesson_view *view, const char *variant)
{
	return par_lesson_find(
		view, &(struct par_lesson_pick){
			      .variant = variant, .param = RESIDENT, .value = LITTLE_MIB });
}

/* Adds "posix_spawn at 480 µs (470 to 495)": the cell's way and its metric on the sheet. */
static void add_figure(struct par_text *out, const struct par_lesson_view *view,
	const struct par_cell_stats *stats)
{
	struct par_metric metric = par_metric_of(stats, view->sheet->metric);

	name_way(out, &stats->cell, false);
	par_text_add(out, " at ");
	par_metric_word(out, &metric);
}

/* Adds "; fork takes 4.2× (4.0 to 4.5) as long as thread", or nothing. */
static void add_ratio(struct par_text *out, const struct par_cell_stats *thread,
	const struct par_cell_stats *fork, const char *metric)
{
	struct par_compared compared;

	if (par_metric_compare(&compared, thread, fork, metric, 1) < 0 || isnan(compared.ratio))
		return;
	par_text_format(out, "; fork takes %s", par_label_times(compared.ratio).text);
	if (!isnan(compared.low))
		par_text_format(out, " (%s to %s)", par_label_ratio(compared.low).text,
			par_label_ratio(compared.high).text);
	par_text_add(out, " as long as thread");
}

/* Adds "perhaps " unless the cell differs for sure from all others that are ranked. */
static void add_doubt(struct par_text *out, const struct par_lesson_view *view,
	const struct par_cell_stats *const *ranked, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++) {
		struct par_compared compared;
		enum par_comparison sure = i > at ? PAR_COMPARISON_FASTER : PAR_COMPARISON_SLOWER;

		if (i == at)
			continue;
		if (par_metric_compare(&compared, ranked[at], ranked[i], view->sheet->metric,
			    (unsigned)count - 1) < 0 ||
			compared.verdict != sure) {
			par_text_add(out, "perhaps ");
			return;
		}
	}
}

/* The cheapest and the dearest, and how a process compares with a thread. */
static void word_ladder(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranked[WAYS], *thread = find(view, "thread"),
						   *fork = find(view, "fork");
	size_t count = par_lesson_rank(ranked, WAYS, view);

	if (count < 2)
		return;
	par_text_add(out, "From made to reaped, the cheapest worker is ");
	add_doubt(out, view, ranked, count, 0);
	add_figure(out, view, ranked[0]);
	par_text_add(out, ", the dearest ");
	add_doubt(out, view, ranked, count, count - 1);
	add_figure(out, view, ranked[count - 1]);
	if (thread != NULL && fork != NULL)
		add_ratio(out, thread, fork, view->sheet->metric);
}

/* What a life takes longer for each MiB that the parent holds, in ns. */
struct growth {
	const struct par_cell_stats *first, *last; /* the least and the most memory */
	double slope, ci[2];                       /* NaN: not told */
};

static struct growth growth_of(const struct par_lesson_view *view, const char *variant)
{
	struct growth growth = { .slope = NAN, .ci = { NAN, NAN } };
	struct par_metric first, last;
	double mib;

	for (size_t i = 0; i < view->analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &view->analysis->cells[i];

		if (!par_lesson_takes(view, stats) || stats->n == 0 ||
			strcmp(stats->cell.variant, variant) != 0)
			continue;
		if (growth.first == NULL || stats->cell.params[0] < growth.first->cell.params[0])
			growth.first = stats;
		if (growth.last == NULL || stats->cell.params[0] > growth.last->cell.params[0])
			growth.last = stats;
	}
	if (growth.first == growth.last)
		return growth;
	first = par_metric_of(growth.first, view->sheet->metric);
	last = par_metric_of(growth.last, view->sheet->metric);
	mib = (double)(growth.last->cell.params[0] - growth.first->cell.params[0]);
	growth.slope = (last.value - first.value) / mib;
	/* Both ends at their worst: wider than it need be. */
	growth.ci[0] = (last.ci[0] - first.ci[1]) / mib;
	growth.ci[1] = (last.ci[1] - first.ci[0]) / mib;
	return growth;
}

/* Surely, and by more than a quarter over the memory that was tried. */
static bool does_grow(const struct par_lesson_view *view, const struct growth *growth)
{
	double first, last;

	if (isnan(growth->slope))
		return false;
	first = par_metric_of(growth->first, view->sheet->metric).value;
	last = par_metric_of(growth->last, view->sheet->metric).value;
	return last > 1.25 * first && (isnan(growth->ci[0]) || growth->ci[0] > 0);
}

static void add_slope(struct par_text *out, const struct growth *growth)
{
	struct par_metric slope = {
		.value = growth->slope, .ci = { growth->ci[0], growth->ci[1] }, .unit = PAR_UNIT_NS
	};

	par_metric_word(out, &slope);
}

/* Adds ", and fork on huge pages 500 ns" for each of those. */
static void add_growing(struct par_text *out, const struct par_lesson_view *view,
	const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct growth growth = growth_of(view, names[i]);

		par_text_add(out, i + 1 == count ? ", and " : ", ");
		name_way(out, &growth.last->cell, false);
		par_text_add(out, " ");
		add_slope(out, &growth);
	}
}

/* Adds "; vfork and thread are not seen to grow". */
static void add_still(struct par_text *out, const struct par_lesson_view *view,
	const char *const *names, size_t count)
{
	par_text_add(out, count > 0 ? "; " : "");
	for (size_t i = 0; i < count; i++) {
		par_phrase_join(out, i, count);
		name_way(out, &growth_of(view, names[i]).last->cell, false);
	}
	par_text_add(out, count == 0   ? ""
			  : count == 1 ? " is not seen to grow"
				       : " are not seen to grow");
}

static void word_growth(struct par_text *out, const struct par_lesson_view *view)
{
	const char *growing[WAYS], *still[WAYS];
	size_t grow = 0, stay = 0;
	struct growth fork = growth_of(view, "fork");

	if (isnan(fork.slope))
		return;
	for (size_t i = 0; i < WAYS; i++) {
		struct growth growth = growth_of(view, ways[i].variant);

		if (isnan(growth.slope) || strcmp(ways[i].variant, "fork") == 0)
			continue;
		if (does_grow(view, &growth))
			growing[grow++] = ways[i].variant;
		else
			still[stay++] = ways[i].variant;
	}
	if (does_grow(view, &fork)) {
		par_text_add(out, "Each MiB that the parent holds makes fork ");
		add_slope(out, &fork);
		par_text_format(out, " dearer, up to %s at %llu MiB",
			par_label_time(par_metric_of(fork.last, view->sheet->metric).value).text,
			(unsigned long long)fork.last->cell.params[0]);
	} else {
		par_text_format(out,
			"fork grows by nothing that can be told up to a parent of %llu MiB",
			(unsigned long long)fork.last->cell.params[0]);
	}
	add_growing(out, view, growing, grow);
	add_still(out, view, still, stay);
}

static void word_first(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranked[WAYS];
	size_t count = par_lesson_rank(ranked, WAYS, view);

	if (count < 2)
		return;
	par_text_add(out, "The first instruction of a worker comes soonest with ");
	add_doubt(out, view, ranked, count, 0);
	add_figure(out, view, ranked[0]);
	par_text_add(out, " and latest with ");
	add_doubt(out, view, ranked, count, count - 1);
	add_figure(out, view, ranked[count - 1]);
}

/* Adds "thread at 9 µs when asked, never unasked": nothing ends a thread that does not look. */
static void add_end(struct par_text *out, const struct par_lesson_view *view,
	const struct par_cell_stats *stats)
{
	struct par_metric kill = par_metric_of(stats, view->sheet->aside);

	add_figure(out, view, stats);
	par_text_add(out, " when asked");
	if (isfinite(kill.value)) {
		par_text_add(out, ", ");
		par_metric_word(out, &kill);
		par_text_add(out, " when killed");
	} else if (strcmp(stats->cell.variant, "thread") == 0) {
		par_text_add(out, ", never unasked");
	}
}

static bool is_told(const struct par_lesson_view *view, const struct par_cell_stats *stats)
{
	return stats != NULL && isfinite(par_metric_of(stats, view->sheet->metric).value);
}

static void word_end(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *thread = find(view, "thread"), *fork = find(view, "fork");
	bool threads = is_told(view, thread), forks = is_told(view, fork);

	if (!threads && !forks)
		return;
	par_text_add(out, "From the word to end until nothing is left: ");
	if (threads)
		add_end(out, view, thread);
	par_text_add(out, threads && forks ? "; " : "");
	if (forks)
		add_end(out, view, fork);
}

static const struct par_lesson_sheet sheets[] = {
	{ .stem = "creation_ladder",
		.kind = PAR_LESSON_LADDER,
		.what = "What does one more worker cost? Made, seen at work, ended and reaped",
		.metric = "task_time",
		.metric_label = "time for the life of a worker",
		.takes = is_little,
		.name = name_way,
		.aside = "bytes",
		.aside_label = "memory it adds",
		.word = word_ladder },
	{ .stem = "creation_growth",
		.kind = PAR_LESSON_CURVES,
		.what = "The same beside a parent that holds more and more memory",
		.metric = "task_time",
		.metric_label = "time for the life of a worker",
		.axis = RESIDENT,
		.axis_label = "memory of the parent",
		.takes = is_growing,
		.name = name_way,
		.aside = "tables",
		.aside_label = "page tables it adds",
		.word = word_growth },
	{ .stem = "creation_first",
		.kind = PAR_LESSON_LADDER,
		.what = "How soon is it at work? From the call to its first instruction",
		.metric = "first",
		.metric_label = "time to the first instruction",
		.takes = is_little,
		.name = name_way,
		.aside = "create",
		.aside_label = "the call alone",
		.word = word_first },
	{ .stem = "creation_end",
		.kind = PAR_LESSON_LADDER,
		.what = "How fast is it gone? Asked to end, until it is joined",
		.metric = "terminate",
		.metric_label = "time to end and join",
		.takes = is_little,
		.name = name_way,
		.aside = "kill",
		.aside_label = "killed instead",
		.word = word_end },
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Creation",
	.teaches = "what one more worker costs, and why a big process forks slowly",
	.howto =
		"- **A life.** The ladder times a worker that has nothing to do, from the call "
		"that "
		"makes it until it is reaped, one after the other and not pinned. A task shorter "
		"than that is not worth a worker of its own: keep a pool, and make it once.\n"
		"- **fork copies page tables.** It shares the parent's pages but copies the tables "
		"that lead to them, 8 bytes for each 4 KiB page, and the first write to each page "
		"afterwards costs a fault. So fork early, while the process is small; start "
		"programs "
		"with posix_spawn or vfork, which copy nothing; or put big data on huge pages.\n"
		"- **A stack is addresses, not memory.** Only pages that were touched are memory, "
		"whatever the size of a thread's stack, and the C library keeps ended stacks for "
		"the next thread: compare the two rows of threads before you tune it.\n"
		"- **Memory** is the share of each in all pages (PSS), as several stand at once; "
		"page "
		"tables come on top and are the kernel's.\n"
		"- **Asked and not asked.** SIGTERM asks, a worker may refuse; SIGKILL does not "
		"ask, "
		"and no destructor runs. A thread can only be asked: give it a flag to look at. "
		"Join "
		"with a timeout before you kill, and always reap, or a zombie stays.\n",
	.sheets = sheets,
};

const struct par_experiment par_experiment_creation = {
	.name = NAME,
	.summary = "lives of workers of every sort, in small parents and big ones",
	.question = "What does one more worker cost?",
	.plan = creation_plan,
	.lesson = &lesson,
};
