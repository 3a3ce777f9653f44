#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_parts.h"
#include "density.h"
#include "describe.h"
#include "interval.h"

/* Records say too little of shapes below these numbers of visits. */
#define HUMPED_VISITS_LEAST 6
#define HUMPED_MIXED_LEAST  0.3 /* share of visits that show both humps by themselves */

/* The records of one cell, in the order of rounds: a part of one sorted list. */
struct span {
	const struct par_record **items;
	size_t count;
};

static void set_status(struct par_cell_stats *stats, const struct par_record *record)
{
	stats->status = record->status;
	par_text_copy_line(stats->reason, sizeof stats->reason,
		record->reason[0] != '\0' ? record->reason : "no reason was recorded");
}

static void count_visits(struct par_cell_stats *stats, const struct span *span)
{
	for (size_t i = 0; i < span->count; i++) {
		const struct par_record *record = span->items[i];
		enum par_status status = record->status;

		stats->visits++;
		stats->n += par_record_counts(record);
		stats->wrong += status == PAR_STATUS_WRONG;
		stats->failed += status == PAR_STATUS_FAILED || status == PAR_STATUS_TIMEOUT;
		stats->untrustworthy += status == PAR_STATUS_UNTRUSTWORTHY;
		if (status == PAR_STATUS_WRONG || stats->wrong == 0)
			set_status(stats, record);
	}
	if (stats->wrong == 0 && stats->n > 0) {
		stats->status = PAR_STATUS_OK;
		stats->reason[0] = '\0';
	} else if (stats->wrong == 0 && stats->status == PAR_STATUS_OK) {
		stats->status = PAR_STATUS_FAILED;
		snprintf(stats->reason, sizeof stats->reason, "no sample was recorded");
	}
}

static int keep_times(struct par_cell_stats *stats, const struct span *span)
{
	size_t n = 0;

	stats->times_ns = calloc(stats->n + 1, sizeof *stats->times_ns);
	stats->rounds = calloc(stats->n + 1, sizeof *stats->rounds);
	if (stats->times_ns == NULL || stats->rounds == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < span->count; i++) {
		if (!par_record_counts(span->items[i]))
			continue;
		stats->times_ns[n] = par_record_time(span->items[i]);
		stats->rounds[n++] = span->items[i]->round;
	}
	return 0;
}

static double median_by(
	double *scratch, const struct span *span, double (*value)(const struct par_record *record))
{
	size_t n = 0;

	for (size_t i = 0; i < span->count; i++) {
		if (par_record_counts(span->items[i]))
			scratch[n++] = value(span->items[i]);
	}
	return par_median_of(scratch, n);
}

static double open_time(const struct par_record *record)
{
	return (double)record->open_ns;
}

static double cpu_time(const struct par_record *record)
{
	return (double)record->cpu_ns;
}

static void describe_times(struct par_cell_stats *stats, const struct span *span, double *scratch)
{
	struct par_interval interval;

	memcpy(scratch, stats->times_ns, stats->n * sizeof *scratch);
	par_sort(scratch, stats->n);
	par_interval_median(&interval, scratch, stats->n, PAR_CONFIDENCE);
	stats->median_ns = par_median(scratch, stats->n);
	stats->ci_ns[0] = interval.low;
	stats->ci_ns[1] = interval.high;
	stats->open_ns = median_by(scratch, span, open_time);
	stats->cpu_ns = median_by(scratch, span, cpu_time);
}

/* Over the medians of visits: each visit may have met its own machine. */
static int find_humps_of_visits(struct par_cell_stats *stats, double *scratch)
{
	struct par_humps humps;
	int status;

	for (size_t i = 0; i < stats->n; i++)
		scratch[i] = log(stats->times_ns[i]);
	status = par_humps_find(&humps, scratch, stats->n);
	stats->two_humped |= humps.two;
	return status;
}

/* Whether the record has samples on both sides of the valley. */
static bool is_mixed(const struct par_record *record, double valley)
{
	bool below = false, above = false;

	for (size_t i = 0; i < record->sample_count; i++) {
		bool high = log((double)record->samples_ns[i]) > valley;

		above |= high;
		below |= !high;
	}
	return below && above;
}

/*
 * Over all samples. Those of one visit are alike, so a few visits make humps by chance: these count
 * only where a good part of the visits have samples in both.
 */
static int find_humps_of_samples(
	struct par_cell_stats *stats, const struct span *span, double *scratch)
{
	struct par_humps humps;
	size_t n = 0, mixed = 0;
	int status;

	for (size_t i = 0; i < span->count; i++) {
		const struct par_record *record = span->items[i];

		for (size_t j = 0; j < record->sample_count && par_record_counts(record); j++)
			scratch[n++] = log((double)record->samples_ns[j]);
	}
	status = par_humps_find(&humps, scratch, n);
	for (size_t i = 0; i < span->count && humps.two; i++)
		mixed +=
			par_record_counts(span->items[i]) && is_mixed(span->items[i], humps.valley);
	stats->two_humped |= humps.two && (double)mixed >= HUMPED_MIXED_LEAST * stats->n;
	return status;
}

/* Visits of files that were cached and of files that were not are two measurements. */
static void find_condition(struct par_cell_stats *stats, const struct span *span)
{
	const char *condition = NULL;

	for (size_t i = 0; i < span->count; i++) {
		if (!par_record_counts(span->items[i]))
			continue;
		if (condition == NULL)
			condition = span->items[i]->condition;
		else if (strcmp(condition, span->items[i]->condition) != 0)
			condition = PAR_CONDITION_MIXED;
	}
	par_text_copy_line(
		stats->condition, sizeof stats->condition, condition != NULL ? condition : "");
}

static int describe_cell(struct par_cell_stats *stats, const struct span *span)
{
	double *scratch;
	int status;

	stats->records = span->items;
	count_visits(stats, span);
	status = keep_times(stats, span);
	if (status < 0 || stats->n == 0)
		return status;
	scratch = calloc(span->count * PAR_SAMPLES_MAX, sizeof *scratch);
	if (scratch == NULL)
		return -ENOMEM;
	describe_times(stats, span, scratch);
	if (stats->n >= HUMPED_VISITS_LEAST)
		status = find_humps_of_visits(stats, scratch);
	if (status == 0 && stats->n >= HUMPED_VISITS_LEAST)
		status = find_humps_of_samples(stats, span, scratch);
	free(scratch);
	find_condition(stats, span);
	if (status == 0)
		status = par_cell_latency_describe(&stats->latency, span->items, span->count);
	if (status == 0)
		status = par_cell_scatter_describe(stats, span->items, span->count);
	if (status == 0)
		status = par_cell_use_describe(&stats->use, span->items, span->count);
	if (status == 0)
		status = par_cell_measures_describe(stats, span->items, span->count);
	return status;
}

static void begin_cell(struct par_cell_stats *stats, const struct par_planned *planned)
{
	*stats = (struct par_cell_stats){ .cell = planned->cell,
		.status = planned->skip != NULL ? PAR_STATUS_SKIPPED : PAR_STATUS_FAILED,
		.median_ns = NAN,
		.ci_ns = { NAN, NAN },
		.speedup = NAN,
		.speedup_ci = { NAN, NAN },
		.open_ns = NAN,
		.cpu_ns = NAN,
		.serial = SIZE_MAX,
		.efficiency = NAN,
		.serial_fraction = NAN,
		.serial_fraction_ci = { NAN, NAN } };
	par_cell_latency_init(&stats->latency);
	par_cell_scatter_init(&stats->scatter);
	par_cell_use_init(&stats->use);
	par_cell_measures_init(stats);
	par_text_copy_line(stats->reason, sizeof stats->reason,
		planned->skip != NULL ? planned->skip : "not visited");
}

static int compare_rounds(const void *a, const void *b)
{
	uint32_t left = (*(const struct par_record *const *)a)->round;
	uint32_t right = (*(const struct par_record *const *)b)->round;

	return (left > right) - (left < right);
}

/* Deals the records to spans of by_cell; those of cells outside the plan are left out. */
static void deal(struct span *spans, const struct par_analysis *analysis, const size_t *owner)
{
	const struct par_records *records = analysis->records;
	const struct par_record **list = analysis->by_cell;

	for (size_t i = 0; i < records->count; i++) {
		if (owner[i] != SIZE_MAX)
			spans[owner[i]].count++;
	}
	for (size_t i = 0; i < analysis->cell_count; i++) {
		spans[i].items = list;
		list += spans[i].count;
		spans[i].count = 0;
	}
	for (size_t i = 0; i < records->count; i++) {
		if (owner[i] != SIZE_MAX)
			spans[owner[i]].items[spans[owner[i]].count++] = &records->items[i];
	}
	for (size_t i = 0; i < analysis->cell_count; i++) {
		if (spans[i].count > 1)
			qsort(spans[i].items, spans[i].count, sizeof *spans[i].items,
				compare_rounds);
	}
}

static int describe_cells(struct par_analysis *analysis, const struct par_plan *plan)
{
	size_t count = analysis->records->count;
	size_t *owner = calloc(count + 1, sizeof *owner); /* owner[i]: the cell of record i */
	struct span *spans = calloc(analysis->cell_count + 1, sizeof *spans);
	int status = -ENOMEM;

	analysis->by_cell = calloc(count + 1, sizeof(const struct par_record *));
	if (owner == NULL || analysis->by_cell == NULL || spans == NULL)
		goto done;
	status = 0;
	for (size_t i = 0; i < count; i++)
		owner[i] = par_plan_find(plan, analysis->records->items[i].cell);
	deal(spans, analysis, owner);
	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		if (spans[i].count > 0)
			status = describe_cell(&analysis->cells[i], &spans[i]);
	}
done:
	free(spans);
	free(owner);
	return status;
}

/* The plan of run.json has the order of `plan`, which was read from it. */
static const char *finish_of(const json_t *run, size_t cell)
{
	const json_t *entry = json_array_get(json_object_get(run, "plan"), cell);

	return json_string_value(json_object_get(entry, "finish"));
}

int par_analysis_gather(struct par_analysis *analysis, const struct par_plan *plan)
{
	analysis->cells = calloc(plan->count + 1, sizeof *analysis->cells);
	if (analysis->cells == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		begin_cell(&analysis->cells[i], &plan->cells[i]);
		analysis->cells[i].finish = finish_of(analysis->run, i);
	}
	analysis->cell_count = plan->count;
	return describe_cells(analysis, plan);
}
