#include "waits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis_parts.h"
#include "phrase.h"

double par_waits_tail(const struct par_cell_stats *stats)
{
	double tail = stats->latency.ns[PAR_LATENCY_P99];

	return isnan(tail) ? stats->latency.ns[PAR_LATENCY_P50] : tail;
}

/* The rate is a parameter of the work: the one that is so named. */
static double rate_of(const struct par_cell *cell)
{
	for (size_t i = 0; i < par_workload_param_count(cell->workload); i++)
		if (strcmp(cell->workload->params[i].name, "rate") == 0)
			return (double)cell->params[i];
	return NAN;
}

static struct par_waits_rate *place_of(struct par_waits *waits, double per_second)
{
	size_t place = 0;

	while (place < waits->count && waits->rates[place].per_second < per_second)
		place++;
	if (place < waits->count && waits->rates[place].per_second == per_second)
		return &waits->rates[place];
	if (waits->count == PAR_WAITS_RATES_MAX)
		return NULL;
	memmove(&waits->rates[place + 1], &waits->rates[place],
		(waits->count - place) * sizeof waits->rates[0]);
	waits->rates[place] = (struct par_waits_rate){ .per_second = per_second };
	waits->count++;
	return &waits->rates[place];
}

static void add_cell(struct par_waits *waits, const struct par_cell_stats *stats)
{
	struct par_waits_rate *rate = place_of(waits, rate_of(&stats->cell));

	if (rate == NULL || rate->count == PAR_WAITS_CELLS_MAX)
		return;
	rate->cells[rate->count++] = stats;
	if (waits->requests == 0 || stats->latency.n < waits->requests)
		waits->requests = stats->latency.n;
}

static enum par_latency_rank tail_rank(const struct par_waits_rate *rate)
{
	for (size_t i = 0; i < rate->count; i++)
		if (isnan(rate->cells[i]->latency.ns[PAR_LATENCY_P99]))
			return PAR_LATENCY_P50;
	return PAR_LATENCY_P99;
}

/* By the one percentile that all of them tell. */
static void sort_rate(struct par_waits_rate *rate)
{
	enum par_latency_rank rank = tail_rank(rate);

	for (size_t i = 1; i < rate->count; i++) {
		const struct par_cell_stats *cell = rate->cells[i];
		size_t place = i;

		for (; place > 0 &&
			rate->cells[place - 1]->latency.ns[rank] > cell->latency.ns[rank];
			place--)
			rate->cells[place] = rate->cells[place - 1];
		rate->cells[place] = cell;
	}
}

void par_waits_gather(
	struct par_waits *waits, const struct par_analysis *analysis, const char *experiment)
{
	*waits = (struct par_waits){ .count = 0 };
	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];

		if (strcmp(stats->cell.experiment, experiment) == 0 &&
			par_cell_stats_counts(stats) && stats->latency.visits > 0 &&
			isfinite(rate_of(&stats->cell)) && isfinite(par_waits_tail(stats)))
			add_cell(waits, stats);
	}
	for (size_t i = 0; i < waits->count; i++)
		sort_rate(&waits->rates[i]);
}

struct par_label par_waits_name(const struct par_cell_stats *stats, bool brief)
{
	const struct par_model *model = stats->cell.model;
	struct par_label label;

	snprintf(label.text, sizeof label.text, "%.30s", brief ? model->short_label : model->label);
	if ((model->traits & PAR_TRAIT_LOOP) == 0)
		snprintf(label.text + strlen(label.text), sizeof label.text - strlen(label.text),
			brief ? " %u" : ", %u", stats->cell.workers);
	return label;
}

static void add_who(struct par_text *out, const struct par_cell_stats *stats)
{
	par_phrase_model(out, stats->cell.model);
	if ((stats->cell.model->traits & PAR_TRAIT_LOOP) == 0)
		par_text_format(out, " with %u workers", stats->cell.workers);
}

/* The cell at `place` is below the next one for certain: their 95 % intervals do not meet. */
static bool is_below_next(
	const struct par_waits_rate *rate, size_t place, enum par_latency_rank rank)
{
	const struct par_cell_stats *cell = rate->cells[place], *next = rate->cells[place + 1];

	return cell->latency.ci_ns[rank][1] < next->latency.ci_ns[rank][0];
}

/* Names the ends only where they are apart from their neighbours. */
void par_waits_word(struct par_text *out, const struct par_waits_rate *rate)
{
	const struct par_cell_stats *first = rate->cells[0], *last = rate->cells[rate->count - 1];
	enum par_latency_rank rank = tail_rank(rate);
	bool one = rate->count == 1;
	bool best = one || is_below_next(rate, 0, rank);
	bool worst = !one && is_below_next(rate, rate->count - 2, rank);

	par_text_format(out, "At %s requests a second, %s are answered within %s",
		par_label_count((unsigned long long)rate->per_second).text,
		rank == PAR_LATENCY_P99 ? "99 of 100" : "half",
		par_label_time(first->latency.ns[rank]).text);
	if (best) {
		par_text_add(out, " by ");
		add_who(out, first);
	}
	if (!one)
		par_text_format(out, best ? ", and within %s by " : " to %s",
			par_label_time(last->latency.ns[rank]).text);
	if (!one && best && !worst)
		par_text_add(out, "the slowest");
	if (worst && !best)
		par_text_add(out, " by ");
	if (worst)
		add_who(out, last);
	if (!best)
		par_text_add(out, "; not sure which model is best");
}
