/*
 * serving: which kind of server should answer requests?
 *
 * One protocol, six kinds of servers, an open load from a client beside them. Axes: the rate, for
 * every kind, from far below what a CPU can answer to beyond it; --full also sweeps how many
 * connections there are. The server has half of the PUs, but not more than two: one client cannot
 * load more. A team of one worker is serial; only a team with a worker for each PU spans several,
 * and then it is a thread pool, of which all but one thread have nothing to do.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "phrase.h"

#define NAME "serving"

#define SERVER_PUS_MOST 2

/* Of the workload's parameters. */
enum { CPU_US, THINK_US, CONNECTIONS, RATE };

#define USUAL_CONNECTIONS 64
/* Requests a second for each PU of the server: some 20 us each to compute, so the last is too much
 * for any kind. */
#define USUAL_RATE   16000
#define HIGHEST_RATE 48000

/* How long a schedule lasts, unless it needs more requests for its 99th percentile. */
#define SCHEDULE_MS    50
#define REQUESTS_LEAST 300

#define LIST_MAX 8
#define KINDS    6

/* Lists end with 0. */
static const uint64_t rates[PAR_SCALES][LIST_MAX] = {
	[PAR_SCALE_QUICK] = { USUAL_RATE, HIGHEST_RATE },
	[PAR_SCALE_DEFAULT] = { USUAL_RATE, HIGHEST_RATE },
	[PAR_SCALE_FULL] = { 2000, 4000, 8000, USUAL_RATE, 24000, HIGHEST_RATE },
};

/* Of --full, at half the usual rate: one more than there are, so that 0, a connection for each
 * request, can stand in the list. */
static const uint64_t crowds[LIST_MAX] = { 1 + 0, 1 + 1, 1 + 16, 1 + 256, 1 + 1000 };

/* A run with --quick takes only these. */
static const char *const quick_kinds[] = { "fork", "loop" };

struct corner {
	struct par_plan *plan;
	const struct par_machine *machine;
	const struct par_choice *choice;
	const struct par_workload *workload;
	const struct par_model *model;
	unsigned pus; /* of the server */
};

static bool is_quick_kind(const char *name)
{
	for (size_t i = 0; i < sizeof quick_kinds / sizeof *quick_kinds; i++)
		if (strcmp(name, quick_kinds[i]) == 0)
			return true;
	return false;
}

static int add(
	const struct corner *corner, const char *variant, uint64_t rate_a_pu, uint64_t connections)
{
	uint64_t rate = rate_a_pu * corner->pus;
	struct par_cell cell;

	par_cell_init(&cell, NAME, corner->workload, corner->model, corner->choice->scale);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	cell.cores = cell.workers = corner->pus;
	cell.tasks = rate * SCHEDULE_MS / 1000;
	if (cell.tasks < REQUESTS_LEAST)
		cell.tasks = REQUESTS_LEAST;
	cell.params[RATE] = rate;
	cell.params[CONNECTIONS] = connections;
	return par_plan_add(corner->plan, &cell, NULL, corner->machine);
}

static int add_kind(const struct corner *corner, const char *variant)
{
	enum par_scale scale = corner->choice->scale;
	int status = 0;

	if (scale == PAR_SCALE_QUICK && !is_quick_kind(variant))
		return 0;
	for (size_t i = 0; status == 0 && rates[scale][i] != 0; i++)
		status = add(corner, variant, rates[scale][i], USUAL_CONNECTIONS);
	for (size_t i = 0; status == 0 && scale == PAR_SCALE_FULL && crowds[i] != 0; i++)
		status = add(corner, variant, USUAL_RATE / 2, crowds[i] - 1);
	return status;
}

static unsigned server_pus(const struct par_choice *choice, const struct par_machine *machine)
{
	unsigned pus = par_choice_pus(choice, machine) / 2;

	if (pus > SERVER_PUS_MOST)
		return SERVER_PUS_MOST;
	return pus > 0 ? pus : 1;
}

static int serving_plan(
	struct par_plan *plan, const struct par_machine *machine, const struct par_choice *choice)
{
	struct corner corner = { .plan = plan,
		.machine = machine,
		.choice = choice,
		.workload = par_choice_workload(choice, "serve"),
		.pus = server_pus(choice, machine) };
	const struct par_variant *variants;
	int status = 0;

	corner.model = par_choice_model(choice, corner.pus > 1 ? "thread_pool" : "serial");
	if (corner.workload == NULL || corner.model == NULL)
		return 0;
	variants = corner.workload->variants;
	for (size_t i = 0; status == 0 && variants[i].name != NULL; i++)
		status = add_kind(&corner, variants[i].name);
	return status;
}

/* --- which cells a sheet shows, and how it calls them --- */

static bool is_usual(const struct par_cell *cell)
{
	return cell->params[CONNECTIONS] == USUAL_CONNECTIONS;
}

static bool has_rate(const struct par_cell *cell, uint64_t rate)
{
	return is_usual(cell) && cell->params[RATE] == rate * cell->cores;
}

static bool takes_highest(const struct par_cell *cell)
{
	return has_rate(cell, HIGHEST_RATE);
}

static bool takes_memory(const struct par_cell *cell)
{
	return has_rate(cell, USUAL_RATE);
}

static const char *kind(const struct par_cell *cell)
{
	return par_cell_form(cell)->label;
}

static void name_kind(struct par_text *out, const struct par_cell *cell, bool brief)
{
	par_text_add(out, brief ? cell->variant : kind(cell));
}

/* --- what is said --- */

/* "an event loop", "a thread pool", "fork per connection", "pre-forked loops" */
static void add_kind_name(struct par_text *out, const struct par_cell *cell)
{
	const char *name = kind(cell);
	size_t size = strlen(name);

	if (strchr("aeio", name[0]) != NULL)
		par_text_add(out, "an ");
	else if (strncmp(name, "fork", 4) != 0 && size > 0 && name[size - 1] != 's')
		par_text_add(out, "a ");
	par_text_add(out, name);
}

/* It answers as fast as requests come, but for the end of the queue. */
static bool keeps_up(const struct par_cell_stats *stats)
{
	double answered = par_metric_of(stats, "requests_per_second").value;

	return answered >= 0.9 * (double)stats->cell.params[RATE];
}

/* Best first, those that keep up at the highest rate at which any does. */
static size_t find_best(const struct par_cell_stats **best, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[64];
	size_t all = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view), count = 0;
	uint64_t rate = 0;

	for (size_t i = 0; i < all; i++)
		if (keeps_up(ranks[i]) && ranks[i]->cell.params[RATE] > rate)
			rate = ranks[i]->cell.params[RATE];
	for (size_t i = 0; i < all && count < KINDS; i++)
		if (keeps_up(ranks[i]) && ranks[i]->cell.params[RATE] == rate)
			best[count++] = ranks[i];
	return count;
}

/* Whether `other` cannot be told from the best: their intervals meet. */
static bool is_tie(const struct par_metric *best, const struct par_metric *other)
{
	if (isnan(best->ci[1]) || isnan(other->ci[0]))
		return true;
	return other->ci[0] <= best->ci[1];
}

/* Of those that cannot be told from the first, the one with the least CPU time. */
static const struct par_cell_stats *choose(
	const struct par_cell_stats *const *best, size_t count, size_t *ties)
{
	struct par_metric first = par_metric_of(best[0], "p99");
	const struct par_cell_stats *chosen = best[0];

	*ties = 0;
	for (size_t i = 0; i < count; i++) {
		struct par_metric tail = par_metric_of(best[i], "p99");

		if (!is_tie(&first, &tail))
			continue;
		++*ties;
		if (par_metric_of(best[i], "cpu_per_request").value <
			par_metric_of(chosen, "cpu_per_request").value)
			chosen = best[i];
	}
	return chosen;
}

static void word_client(struct par_text *out, const struct par_cell_stats *stats)
{
	if (strcmp(stats->condition, "client on other CPUs") != 0)
		par_text_add(out, "; the client shared the server's CPUs");
}

/* At the lowest rate that was tried. */
static void word_none(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[64];
	size_t count = par_lesson_rank(ranks, sizeof ranks / sizeof *ranks, view);
	uint64_t rate = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (ranks[i]->cell.params[RATE] < rate)
			rate = ranks[i]->cell.params[RATE];
	if (count > 0)
		par_text_format(out, "Even at %s requests a second no kind of server keeps up",
			par_label_count(rate).text);
}

static void word_tail(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *best[KINDS], *chosen;
	size_t count = find_best(best, view), ties;
	struct par_metric tail;

	if (count == 0) {
		word_none(out, view);
		return;
	}
	chosen = choose(best, count, &ties);
	tail = par_metric_of(chosen, "p99");
	par_text_format(out, "At %s requests a second use ",
		par_label_count(chosen->cell.params[RATE]).text);
	add_kind_name(out, &chosen->cell);
	par_text_add(out, ": 99 % are answered within ");
	par_metric_word(out, &tail);
	if (ties > 1) {
		par_text_format(out, ", which %zu other%s cannot be told from, with the least CPU",
			ties - 1, par_phrase_s(ties - 1));
	} else if (count > 1) {
		struct par_metric next = par_metric_of(best[1], "p99");

		par_text_add(out, ", next is ");
		add_kind_name(out, &best[1]->cell);
		par_text_format(out, " with %s", par_metric_label(next.value, next.unit).text);
	} else {
		par_text_add(out, ", no other keeps up");
	}
	word_client(out, chosen);
}

static void word_cpu(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[KINDS];
	size_t count = par_lesson_rank(ranks, KINDS, view);
	struct par_metric least, most, rate;
	bool too_much = true;

	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++)
		too_much = too_much && !keeps_up(ranks[i]);
	least = par_metric_of(ranks[0], "cpu_per_request");
	most = par_metric_of(ranks[count - 1], "cpu_per_request");
	rate = par_metric_of(ranks[0], "requests_per_second");
	if (too_much)
		par_text_add(out, "Asked for more than it can do, a server takes ");
	else
		par_text_format(out, "At %s requests a second a server takes ",
			par_label_count(ranks[0]->cell.params[RATE]).text);
	par_metric_word(out, &least);
	par_text_add(out, " of CPU for a request");
	if (isfinite(rate.value))
		par_text_format(
			out, " and answers %s", par_metric_label(rate.value, rate.unit).text);
	par_text_add(out, " with ");
	add_kind_name(out, &ranks[0]->cell);
	if (par_metric_meet(&least, &most)) {
		par_text_add(out, "; no other can be told from it");
		return;
	}
	par_text_add(out, "; with ");
	add_kind_name(out, &ranks[count - 1]->cell);
	par_text_format(
		out, " it takes %s times as much", par_label_ratio(most.value / least.value).text);
}

static void word_memory(struct par_text *out, const struct par_lesson_view *view)
{
	const struct par_cell_stats *ranks[KINDS];
	size_t count = par_lesson_rank(ranks, KINDS, view);
	struct par_metric least, most;

	if (count < 2)
		return;
	least = par_metric_of(ranks[0], "connection_bytes");
	most = par_metric_of(ranks[count - 1], "connection_bytes");
	par_text_format(out, "With %d connections, one costs ", USUAL_CONNECTIONS);
	par_metric_word(out, &least);
	par_text_add(out, " with ");
	add_kind_name(out, &ranks[0]->cell);
	par_text_add(out, " and ");
	par_metric_word(out, &most);
	par_text_add(out, " with ");
	add_kind_name(out, &ranks[count - 1]->cell);
}

static const struct par_lesson_sheet sheets[] = {
	{
		.stem = "serving_tail",
		.kind = PAR_LESSON_CURVES,
		.what = "Latency that 99 % of requests stay below, from when each was due, over "
			"the rate at which they come",
		.metric = "p99",
		.metric_label = "99 % of requests answered within",
		.axis = "rate",
		.axis_label = "requests that become due in a second",
		.aside = "requests_per_second",
		.aside_label = "answered in a second",
		.takes = is_usual,
		.name = name_kind,
		.word = word_tail,
	},
	{
		.stem = "serving_cpu",
		.kind = PAR_LESSON_LADDER,
		.what = "CPU time of the server for a request, of which the computing is the same "
			"in all, when more come than it can answer",
		.metric = "cpu_per_request",
		.metric_label = "CPU time for a request",
		.aside = "requests_per_second",
		.aside_label = "answered",
		.takes = takes_highest,
		.name = name_kind,
		.word = word_cpu,
	},
	{
		.stem = "serving_memory",
		.kind = PAR_LESSON_LADDER,
		.what = "Memory of the whole server over its connections, without what the kernel "
			"keeps for them",
		.metric = "connection_bytes",
		.metric_label = "memory for a connection",
		.aside = "cpu_per_request",
		.aside_label = "CPU a request",
		.takes = takes_memory,
		.name = name_kind,
		.word = word_memory,
	},
	{ .stem = NULL },
};

static const struct par_lesson lesson = {
	.title = "Serving",
	.teaches = "fork, pre-fork, threads, pools and event loops as servers under load",
	.howto =
		"- **Latency**: requests come on a schedule that no server can slow down, and are "
		"timed from when they were *due* (Tene). Below what a server can do, a curve is "
		"flat; where it rises steeply, a queue grows. Run servers well left of that bend, "
		"and never judge one by an average, or by a client that waits for each answer.\n"
		"- **CPU**: what a kind takes beyond the computing itself is for waking, switching "
		"and making processes or threads: connections live for 16 requests here, so "
		"whoever makes a process for each pays a sixteenth of it for a request. Keep "
		"connections open, and make workers before they are needed.\n"
		"- **Memory**: a process or thread for each connection costs its stack and tables "
		"even while it only waits; a loop keeps a connection in a page or two. With tens "
		"of connections use what is simplest; with thousands use loops, and one for each "
		"CPU, since a loop uses one.\n"
		"- **Slow clients**: a pool whose workers wait for one connection at a time "
		"(pre-forked) is blocked by as many idle clients as it has workers, until their "
		"deadline. Give every read a deadline, bound what you buffer, and hand connections "
		"that are idle back to a poller, as the thread pool here does.\n"
		"- The client sits on other CPUs than the server where there are some and polls "
		"without sleeping; the record of a visit says so (`condition`), and how late the "
		"client itself was (`client_late`).\n",
	.sheets = sheets,
};

const struct par_experiment par_experiment_serving = {
	.name = NAME,
	.summary = "six kinds of servers under an open load, at several rates",
	.question = "Which kind of server should answer requests?",
	.plan = serving_plan,
	.lesson = &lesson,
};
