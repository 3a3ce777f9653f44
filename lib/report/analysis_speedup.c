#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis_parts.h"
#include "karp_flatt.h"
#include "series.h"

bool par_cell_stats_counts(const struct par_cell_stats *stats)
{
	return stats->status == PAR_STATUS_OK && stats->n > 0;
}

static struct par_series series_of(const struct par_cell_stats *stats)
{
	return (struct par_series){ stats->times_ns, stats->rounds, stats->n };
}

int par_analysis_compare(struct par_compared *out, const struct par_cell_stats *base,
	const struct par_cell_stats *other, unsigned comparisons)
{
	struct par_series base_series = series_of(base), other_series = series_of(other);

	return par_series_compare(out, &base_series, &other_series, comparisons);
}

static int find_speedup(struct par_cell_stats *stats, const struct par_cell_stats *serial)
{
	struct par_compared compared;
	int status;

	stats->speedup = serial->median_ns / stats->median_ns;
	stats->efficiency = stats->speedup / (double)stats->cell.cores;
	stats->serial_fraction = par_karp_flatt(stats->speedup, stats->cell.cores);
	status = par_analysis_compare(&compared, stats, serial, 1);
	if (status < 0)
		return status;
	stats->speedup_ci[0] = compared.low;
	stats->speedup_ci[1] = compared.high;
	if (stats == serial) { /* exactly 1, but as uncertain as its own time */
		stats->speedup_ci[0] = serial->ci_ns[0] / serial->ci_ns[1];
		stats->speedup_ci[1] = serial->ci_ns[1] / serial->ci_ns[0];
	}
	par_karp_flatt_interval(stats->serial_fraction_ci, stats->speedup_ci, stats->cell.cores);
	return 0;
}

static bool is_base(const struct par_cell_stats *stats)
{
	return (stats->cell.model->traits & PAR_TRAIT_SERIAL) != 0 && par_cell_stats_counts(stats);
}

/* best[w]: the fastest serial cell of the work w. */
static void find_bases(size_t *best, const size_t *work, const struct par_analysis *analysis)
{
	for (size_t i = 0; i < analysis->cell_count; i++) {
		const struct par_cell_stats *stats = &analysis->cells[i];
		size_t *base = &best[work[i]];

		if (is_base(stats) &&
			(*base == SIZE_MAX || stats->median_ns < analysis->cells[*base].median_ns))
			*base = i;
	}
}

/* work[i]: the first cell that does the same work as cell i. */
static int find_works(size_t *work, const struct par_analysis *analysis)
{
	char(*names)[PAR_CELL_ID_MAX] = calloc(analysis->cell_count + 1, sizeof *names);
	struct par_id_index index = { 0 };
	int status = names == NULL ? -ENOMEM : par_id_index_init(&index, analysis->cell_count);

	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		status = par_cell_work_id(names[i], &analysis->cells[i].cell);
		if (status == 0)
			work[i] = par_id_index_add(&index, names[i], i);
	}
	par_id_index_fini(&index);
	free(names);
	return status;
}

int par_analysis_speedups(struct par_analysis *analysis)
{
	size_t *work = calloc(analysis->cell_count + 1, sizeof *work);
	size_t *best = calloc(analysis->cell_count + 1, sizeof *best);
	int status = work == NULL || best == NULL ? -ENOMEM : find_works(work, analysis);

	for (size_t i = 0; i < analysis->cell_count && status == 0; i++)
		best[i] = SIZE_MAX;
	if (status == 0)
		find_bases(best, work, analysis);
	for (size_t i = 0; i < analysis->cell_count && status == 0; i++) {
		struct par_cell_stats *stats = &analysis->cells[i];

		stats->serial = best[work[i]];
		if (stats->serial != SIZE_MAX && par_cell_stats_counts(stats))
			status = find_speedup(stats, &analysis->cells[stats->serial]);
	}
	free(best);
	free(work);
	return status;
}
