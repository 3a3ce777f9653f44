/*
 * Which cells of the runs meet, and what hinders those that cannot be compared.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "comparison_parts.h"

/* The cells of one run by their ids, with the digests of their work. */
struct shelf {
	const struct par_analysis *analysis;
	struct par_id_index index;
	uint64_t *digests; /* of each cell; 0: not known; owned */
	bool *taken;       /* has a row already; owned */
};

static void shelf_fini(struct shelf *shelf)
{
	par_id_index_fini(&shelf->index);
	free(shelf->digests);
	free(shelf->taken);
}

static int shelf_init(struct shelf *shelf, const struct par_analysis *analysis)
{
	const struct par_records *records = analysis->records;
	size_t count = analysis->cell_count;

	shelf->analysis = analysis;
	shelf->digests = calloc(count + 1, sizeof *shelf->digests);
	shelf->taken = calloc(count + 1, sizeof *shelf->taken);
	if (shelf->digests == NULL || shelf->taken == NULL ||
		par_id_index_init(&shelf->index, count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		par_id_index_add(&shelf->index, analysis->cells[i].cell.id, i);
	for (size_t i = 0; i < records->count; i++) {
		const struct par_record *record = &records->items[i];
		size_t cell = record->status == PAR_STATUS_OK
				      ? par_id_index_find(&shelf->index, record->cell)
				      : SIZE_MAX;

		if (cell != SIZE_MAX)
			shelf->digests[cell] = record->digest;
	}
	return 0;
}

/* Wrong at times, or failing more often than not. */
static bool is_broken(const struct par_cell_stats *stats)
{
	return stats->wrong > 0 || stats->failed > stats->n + stats->untrustworthy;
}

static bool is_visited(const struct par_cell_stats *stats)
{
	return stats != NULL && stats->visits > 0;
}

__attribute__((format(printf, 3, 4))) static void set_state(
	struct par_pair *pair, enum par_pair_state state, const char *format, ...)
{
	va_list values;

	pair->state = state;
	va_start(values, format);
	vsnprintf(pair->reason, sizeof pair->reason, format, values);
	va_end(values);
}

/* Why a run that may have planned the cell has no visit of it. */
static const char *why_absent(const struct par_cell_stats *stats)
{
	return stats == NULL ? "not planned" : stats->reason;
}

static const char *how_broken(const struct par_cell_stats *stats)
{
	return stats->wrong > 0 ? "wrong" : "failing";
}

static void set_broken(struct par_pair *pair)
{
	const struct par_cell_stats *other = pair->other;
	const char *reason = other->reason[0] != '\0' ? other->reason : "most visits failed";

	if (is_broken(pair->base))
		set_state(pair, PAR_PAIR_BASELESS, "%s in both: %.140s", how_broken(other), reason);
	else
		set_state(pair, PAR_PAIR_BROKEN, "%s: %.160s", how_broken(other), reason);
}

static void find_state(struct par_pair *pair, uint64_t base_digest, uint64_t other_digest)
{
	const struct par_cell_stats *base = pair->base, *other = pair->other;

	if (!is_visited(base) && !is_visited(other))
		set_state(pair, PAR_PAIR_ABSENT, "in neither");
	else if (!is_visited(other))
		set_state(pair, PAR_PAIR_ONLY_BASE, "only in the base: %.150s", why_absent(other));
	else if (!is_visited(base))
		set_state(pair, PAR_PAIR_ONLY_NEW, "only in the new run: in the base %.150s",
			why_absent(base));
	else if (base_digest != 0 && other_digest != 0 && base_digest != other_digest)
		set_state(pair, PAR_PAIR_OTHER_WORK, "work differs: the tasks' results are others");
	else if (is_broken(other))
		set_broken(pair);
	else if (!par_cell_stats_counts(base) || is_broken(base))
		set_state(pair, PAR_PAIR_BASELESS, "no time in the base: %.150s",
			base->reason[0] != '\0' ? base->reason : "most visits failed");
	else if (!par_cell_stats_counts(other))
		set_state(
			pair, PAR_PAIR_UNTRUSTED, "%s: %.150s", "no trusted visit", other->reason);
	else if (strcmp(base->condition, other->condition) != 0)
		set_state(pair, PAR_PAIR_OTHER_WORK, "work differs: files were %s, now %s",
			base->condition, other->condition);
	else
		pair->state = PAR_PAIR_COMPARED;
}

/* The same point with other work: what the reader takes for the same cell. */
static bool is_same_point(const struct par_cell *a, const struct par_cell *b)
{
	return a->workload == b->workload && a->model == b->model && a->cores == b->cores &&
	       a->workers == b->workers && a->placement == b->placement &&
	       strcmp(a->experiment, b->experiment) == 0 && strcmp(a->variant, b->variant) == 0;
}

static bool has_point(const struct par_analysis *analysis, const struct par_cell *cell)
{
	for (size_t i = 0; i < analysis->cell_count; i++)
		if (analysis->cells[i].visits > 0 && is_same_point(&analysis->cells[i].cell, cell))
			return true;
	return false;
}

static void look_for_other_work(
	struct par_pair *pair, const struct par_analysis *base, const struct par_analysis *other)
{
	const struct par_analysis *where = pair->state == PAR_PAIR_ONLY_BASE  ? other
					   : pair->state == PAR_PAIR_ONLY_NEW ? base
									      : NULL;
	const struct par_cell_stats *here =
		pair->state == PAR_PAIR_ONLY_BASE ? pair->base : pair->other;
	const struct par_cell_stats *there =
		pair->state == PAR_PAIR_ONLY_BASE ? pair->other : pair->base;

	if (where != NULL && there == NULL && has_point(where, &here->cell))
		set_state(pair, PAR_PAIR_OTHER_WORK,
			"work differs: %s has other tasks or parameters",
			pair->state == PAR_PAIR_ONLY_BASE ? "the new run" : "the base");
}

static const struct par_cell_stats *take(struct shelf *shelf, const char *id, uint64_t *digest)
{
	size_t place = par_id_index_find(&shelf->index, id);

	*digest = place == SIZE_MAX ? 0 : shelf->digests[place];
	if (place == SIZE_MAX)
		return NULL;
	shelf->taken[place] = true;
	return &shelf->analysis->cells[place];
}

/* Adds the row of a cell, unless no run has visited it. */
static void add_row(struct par_compared_runs *comparison, struct shelf *shelves, const char *id)
{
	struct par_pair *pairs = &comparison->pairs[comparison->rows * comparison->others];
	uint64_t base_digest, other_digest;
	const struct par_cell_stats *base = take(&shelves[0], id, &base_digest);
	bool visited = is_visited(base);

	for (size_t i = 0; i < comparison->others; i++) {
		pairs[i] = (struct par_pair){ .base = base };
		pairs[i].other = take(&shelves[i + 1], id, &other_digest);
		visited |= is_visited(pairs[i].other);
		find_state(&pairs[i], base_digest, other_digest);
		look_for_other_work(&pairs[i], shelves[0].analysis, shelves[i + 1].analysis);
	}
	comparison->rows += visited;
}

static void add_rows(struct par_compared_runs *comparison, struct shelf *shelves)
{
	const struct par_comparison_spec *spec = &comparison->spec;

	for (size_t i = 0; i < spec->run_count; i++)
		for (size_t j = 0; j < shelves[i].analysis->cell_count; j++) {
			const struct par_cell *cell = &shelves[i].analysis->cells[j].cell;

			if (!shelves[i].taken[j] &&
				(spec->wanted == NULL || spec->wanted(spec->context, cell)))
				add_row(comparison, shelves, cell->id);
		}
}

int par_comparison_match(struct par_compared_runs *comparison)
{
	const struct par_comparison_spec *spec = &comparison->spec;
	struct shelf shelves[PAR_COMPARISON_RUNS_MAX];
	size_t most = 1;
	int status = 0;

	memset(shelves, 0, sizeof shelves);
	for (size_t i = 0; i < spec->run_count && status == 0; i++) {
		status = shelf_init(&shelves[i], spec->runs[i].analysis);
		most += spec->runs[i].analysis->cell_count;
	}
	if (status == 0)
		comparison->pairs = calloc(most * comparison->others, sizeof *comparison->pairs);
	if (status == 0 && comparison->pairs == NULL)
		status = -ENOMEM;
	if (status == 0)
		add_rows(comparison, shelves);
	for (size_t i = 0; i < spec->run_count; i++)
		shelf_fini(&shelves[i]);
	return status;
}
