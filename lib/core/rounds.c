#include "rounds.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contest.h"
#include "rng.h"
#include "round_budget.h"
#include "round_cell.h"

struct rounds {
	const struct par_rounds_spec *spec;
	struct par_round_cell *cells;
	size_t count;
	struct par_contests contests;
	uint32_t *order; /* cells of this round */
	size_t order_count;
	uint32_t round;
	uint64_t start, visits;
};

const char *par_ending_name(enum par_ending ending)
{
	switch (ending) {
	case PAR_ENDING_COMPLETE: return "complete";
	case PAR_ENDING_BUDGET: return "budget";
	case PAR_ENDING_INTERRUPTED: return "interrupted";
	}
	return "?";
}

static uint64_t elapsed_ns(const struct rounds *rounds)
{
	const struct par_clock *clock = &rounds->spec->clock;

	return clock->now(clock->context) - rounds->start;
}

static uint64_t left_ns(const struct rounds *rounds)
{
	uint64_t elapsed = elapsed_ns(rounds);

	return elapsed < rounds->spec->budget_ns ? rounds->spec->budget_ns - elapsed : 0;
}

/* Accounts for the records of an earlier part of the run. Those of unknown cells do not matter
 * here. */
static int account_done(struct rounds *rounds)
{
	const struct par_records *done = rounds->spec->done;
	int status = 0;

	for (size_t i = 0; done != NULL && status == 0 && i < done->count; i++) {
		const struct par_record *record = &done->items[i];
		size_t cell = par_plan_find(rounds->spec->plan, record->cell);

		if (cell != SIZE_MAX)
			status = par_round_cell_account(&rounds->cells[cell], record);
		if (record->round > rounds->round)
			rounds->round = record->round;
	}
	return status;
}

/* The half-width that a cell is visited for. */
static double target_of(const struct rounds *rounds, size_t cell)
{
	bool unranked = rounds->spec->plan->cells[cell].cell.workload->unranked;

	return unranked ? PAR_ROUNDS_LOOSER * rounds->spec->target : rounds->spec->target;
}

/* Which cells could be left, but for another model's that they are not told apart from. */
static int judge_contests(struct rounds *rounds)
{
	struct par_series *series = calloc(rounds->count + 1, sizeof *series);
	bool *open = calloc(2 * rounds->count + 1, sizeof *open), *goes_on = open + rounds->count;
	int status = series == NULL || open == NULL ? -ENOMEM : 0;

	for (size_t i = 0; status == 0 && i < rounds->count; i++) {
		const struct par_round_cell *cell = &rounds->cells[i];

		series[i] =
			(struct par_series){ cell->times, cell->rounds, cell->wrong ? 0 : cell->n };
		goes_on[i] = par_round_cell_goes_on(cell);
	}
	if (status == 0)
		status = par_contests_judge(
			open, &rounds->contests, series, goes_on, rounds->spec->target);
	for (size_t i = 0; status == 0 && i < rounds->count; i++) {
		rounds->cells[i].contested = open[i];
		if (rounds->cells[i].finish != PAR_FINISH_SKIPPED)
			status = par_round_cell_judge(&rounds->cells[i], target_of(rounds, i));
	}
	free(open);
	free(series);
	return status;
}

static int rounds_init(struct rounds *rounds, const struct par_rounds_spec *spec)
{
	const struct par_plan *plan = spec->plan;
	int status;

	*rounds = (struct rounds){ .spec = spec, .count = plan->count, .round = 1 };
	rounds->start = spec->clock.now(spec->clock.context);
	rounds->cells = calloc(plan->count + 1, sizeof *rounds->cells);
	rounds->order = calloc(plan->count + 1, sizeof *rounds->order);
	if (rounds->cells == NULL || rounds->order == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		rounds->cells[i].relative = NAN;
		rounds->cells[i].cost_ns = par_cell_visit_estimate_ns(&plan->cells[i].cell);
		if (plan->cells[i].skip != NULL)
			rounds->cells[i].finish = PAR_FINISH_SKIPPED;
	}
	status = par_contests_init(&rounds->contests, plan);
	if (status == 0)
		status = account_done(rounds);
	return status < 0 ? status : judge_contests(rounds);
}

static void rounds_fini(struct rounds *rounds)
{
	for (size_t i = 0; rounds->cells != NULL && i < rounds->count; i++)
		par_round_cell_fini(&rounds->cells[i]);
	free(rounds->cells);
	free(rounds->order);
	par_contests_fini(&rounds->contests);
}

/* Every unfinished cell that this round has not visited yet, in the round's own shuffled order. */
static void shuffle_round(struct rounds *rounds)
{
	struct par_rng rng;

	rounds->order_count = 0;
	for (size_t i = 0; i < rounds->count; i++) {
		if (rounds->cells[i].finish == PAR_FINISH_NOT &&
			rounds->cells[i].last_round < rounds->round)
			rounds->order[rounds->order_count++] = (uint32_t)i;
	}
	par_rng_init(&rng, rounds->spec->seed ^ par_mix64(rounds->round));
	par_rng_shuffle(&rng, rounds->order, rounds->order_count);
}

/* Chooses the next round's cells; false in *more when none is left or affordable. */
static int next_round(struct rounds *rounds, bool *more, enum par_ending *ending)
{
	uint64_t left = left_ns(rounds);
	int status = 0;

	shuffle_round(rounds);
	if (rounds->order_count == 0) { /* a resumed run may find its last round whole */
		rounds->round++;
		shuffle_round(rounds);
	}
	*ending = PAR_ENDING_COMPLETE;
	if (rounds->order_count > 0 && rounds->round > 1 &&
		par_round_cost(rounds->cells, rounds->order, rounds->order_count) > left) {
		*ending = PAR_ENDING_BUDGET;
		status = par_round_spend(rounds->order, &rounds->order_count, rounds->cells, left);
	}
	*more = rounds->order_count > 0;
	return status;
}

static void survey(const struct rounds *rounds, struct par_progress *progress)
{
	progress->worst = NAN;
	for (size_t i = 0; i < rounds->count; i++) {
		const struct par_round_cell *cell = &rounds->cells[i];

		if (cell->finish == PAR_FINISH_SKIPPED)
			continue;
		progress->cells++;
		if (cell->finish != PAR_FINISH_NOT)
			progress->finished++;
		if (isnan(cell->relative))
			progress->waiting += cell->finish == PAR_FINISH_NOT;
		else if (!(cell->relative <= progress->worst))
			progress->worst = cell->relative;
	}
}

static void tell(const struct rounds *rounds, size_t position)
{
	const struct par_rounds_calls *calls = &rounds->spec->calls;
	struct par_progress progress = {
		.round = rounds->round,
		.in_round = position,
		.round_size = rounds->order_count,
		.visits = rounds->visits,
		.left_ns = left_ns(rounds),
		.cell = &rounds->spec->plan->cells[rounds->order[position]].cell,
	};

	if (calls->progress == NULL)
		return;
	survey(rounds, &progress);
	calls->progress(calls->context, &progress);
}

static bool stopped(const struct rounds *rounds)
{
	const struct par_rounds_calls *calls = &rounds->spec->calls;

	return calls->stop != NULL && calls->stop(calls->context);
}

static int visit(struct rounds *rounds, size_t position)
{
	const struct par_rounds_calls *calls = &rounds->spec->calls;
	uint32_t index = rounds->order[position];
	const struct par_visit_order order = {
		.cell = index, .round = rounds->round, .samples = rounds->cells[index].samples
	};
	struct par_record record = PAR_RECORD_INIT;
	int status;

	tell(rounds, position);
	status = calls->visit(calls->context, &order, &record);
	if (status < 0)
		return status;
	rounds->visits++;
	record.round = rounds->round;
	status = par_round_cell_account(&rounds->cells[index], &record);
	return status < 0 ? status
			  : par_round_cell_judge(&rounds->cells[index], target_of(rounds, index));
}

/* Past the first round, a visit that would overrun the budget is left out. */
static bool affordable(const struct rounds *rounds, size_t position)
{
	return rounds->round == 1 ||
	       rounds->cells[rounds->order[position]].cost_ns <= left_ns(rounds);
}

static int run_round(struct rounds *rounds, bool *interrupted)
{
	const struct par_rounds_calls *calls = &rounds->spec->calls;
	int status = 0;

	*interrupted = stopped(rounds);
	if (!*interrupted && calls->begin_round != NULL)
		status = calls->begin_round(
			calls->context, rounds->round, rounds->order, rounds->order_count);
	for (size_t i = 0; status == 0 && !*interrupted && i < rounds->order_count; i++) {
		if (affordable(rounds, i))
			status = visit(rounds, i);
		*interrupted = i + 1 < rounds->order_count && stopped(rounds);
	}
	return status;
}

static int tell_finishes(const struct rounds *rounds, enum par_ending ending)
{
	const struct par_rounds_calls *calls = &rounds->spec->calls;
	int status = 0;

	for (size_t i = 0; calls->finished != NULL && status == 0 && i < rounds->count; i++) {
		const char *why = par_finish_name(rounds->cells[i].finish);

		status = calls->finished(
			calls->context, i, why != NULL ? why : par_ending_name(ending));
	}
	return status;
}

int par_rounds_run(enum par_ending *ending, const struct par_rounds_spec *spec)
{
	struct rounds rounds;
	bool more = true, interrupted = false;
	int status = rounds_init(&rounds, spec);

	while (status == 0 && !interrupted) {
		status = next_round(&rounds, &more, ending);
		if (status < 0 || !more)
			break;
		status = run_round(&rounds, &interrupted);
		rounds.round++;
		if (status == 0)
			status = judge_contests(&rounds);
	}
	if (interrupted)
		*ending = PAR_ENDING_INTERRUPTED;
	if (status == 0)
		status = tell_finishes(&rounds, *ending);
	else if (status == -ECANCELED) /* a visit was dropped */
		(void)tell_finishes(&rounds, PAR_ENDING_INTERRUPTED);
	rounds_fini(&rounds);
	return status;
}
