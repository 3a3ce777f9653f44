/* How the visits of a cell scatter: flagged and told, never left out. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis_parts.h"
#include "outliers.h"

/* Evenly spaced visits of a longer list: a trend takes the square of their number in time. */
#define TREND_VISITS_MOST 256

void par_cell_scatter_init(struct par_cell_scatter *scatter)
{
	*scatter = (struct par_cell_scatter){
		.components = { .samples = NAN, .within = NAN, .between = NAN },
		.trend = { .p = NAN, .change = NAN },
	};
}

static int find_components(
	struct par_components *out, const struct par_record *const *records, size_t count)
{
	struct par_visit_summary *summaries = calloc(count + 1, sizeof *summaries);
	int status = summaries == NULL ? -ENOMEM : 0;
	size_t n = 0;

	for (size_t i = 0; status == 0 && i < count; i++) {
		if (par_record_counts(records[i]))
			status = par_record_summarize(&summaries[n++], records[i]);
	}
	if (status == 0)
		par_components_find(out, summaries, n);
	free(summaries);
	return status;
}

static int find_trend(struct par_trend *out, const struct par_cell_stats *stats)
{
	double times[TREND_VISITS_MOST];
	uint32_t rounds[TREND_VISITS_MOST];
	size_t n = stats->n;

	if (n <= TREND_VISITS_MOST)
		return par_trend_find(out, stats->times_ns, stats->rounds, n);
	for (size_t i = 0; i < TREND_VISITS_MOST; i++) {
		size_t at = i * (n - 1) / (TREND_VISITS_MOST - 1);

		times[i] = stats->times_ns[at];
		rounds[i] = stats->rounds[at];
	}
	return par_trend_find(out, times, rounds, TREND_VISITS_MOST);
}

static int count_outlying(unsigned *out, const struct par_cell_stats *stats)
{
	bool *outlying = calloc(stats->n + 1, sizeof *outlying);
	size_t count = 0;
	int status;

	if (outlying == NULL)
		return -ENOMEM;
	status = par_outliers_mark(outlying, &count, stats->times_ns, stats->n);
	*out = (unsigned)count;
	free(outlying);
	return status;
}

int par_cell_scatter_describe(
	struct par_cell_stats *stats, const struct par_record *const *records, size_t count)
{
	int status = find_components(&stats->scatter.components, records, count);

	if (status == 0)
		status = find_trend(&stats->scatter.trend, stats);
	if (status == 0)
		status = count_outlying(&stats->scatter.outlying, stats);
	return status;
}
