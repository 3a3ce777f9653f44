#include "metric_kind.h"

#include <math.h>
#include <string.h>

static void set(double ci[2], const double from[2])
{
	ci[0] = from[0];
	ci[1] = from[1];
}

static double cell_time(const struct par_cell_stats *stats, double ci[2])
{
	set(ci, stats->ci_ns);
	return stats->median_ns;
}

static double cell_task_time(const struct par_cell_stats *stats, double ci[2])
{
	double tasks = (double)stats->cell.tasks;

	ci[0] = stats->ci_ns[0] / tasks;
	ci[1] = stats->ci_ns[1] / tasks;
	return stats->median_ns / tasks;
}

static double cell_rate(const struct par_cell_stats *stats, double ci[2])
{
	double tasks = 1e9 * (double)stats->cell.tasks;

	ci[0] = tasks / stats->ci_ns[1];
	ci[1] = tasks / stats->ci_ns[0];
	return tasks / stats->median_ns;
}

static double cell_cpu(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->cpu_ns;
}

static double cell_open(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->open_ns;
}

static double cell_speedup(const struct par_cell_stats *stats, double ci[2])
{
	set(ci, stats->speedup_ci);
	return stats->speedup;
}

static double cell_pss(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.pss_bytes;
}

static double cell_worker_pss(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.worker_pss_bytes;
}

static double cell_peak(const struct par_cell_stats *stats, double ci[2])
{
	(void)ci;
	return stats->use.peak_bytes;
}

static double cell_latency(const struct par_cell_stats *stats, double ci[2], size_t rank)
{
	if (stats->latency.visits == 0)
		return NAN;
	set(ci, stats->latency.ci_ns[rank]);
	return stats->latency.ns[rank];
}

static double cell_p50(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P50);
}

static double cell_p90(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P90);
}

static double cell_p99(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P99);
}

static double cell_p999(const struct par_cell_stats *stats, double ci[2])
{
	return cell_latency(stats, ci, PAR_LATENCY_P999);
}

static double visit_time(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return par_record_time(record);
}

static double visit_task_time(const struct par_record *record, const struct par_cell *cell)
{
	return par_record_time(record) / (double)cell->tasks;
}

static double visit_rate(const struct par_record *record, const struct par_cell *cell)
{
	return 1e9 * (double)cell->tasks / par_record_time(record);
}

static double visit_cpu(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->cpu_ns;
}

static double visit_open(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->open_ns;
}

static double visit_close(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return (double)record->close_ns;
}

static double visit_pss(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->pss_bytes;
}

static double visit_worker_pss(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->worker_pss_bytes;
}

static double visit_peak(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return record->peak_bytes;
}

static double visit_latency(const struct par_record *record, size_t rank)
{
	return record->latency_ns[rank] == 0 ? NAN : (double)record->latency_ns[rank];
}

static double visit_p50(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P50);
}

static double visit_p90(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P90);
}

static double visit_p99(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P99);
}

static double visit_p999(const struct par_record *record, const struct par_cell *cell)
{
	(void)cell;
	return visit_latency(record, PAR_LATENCY_P999);
}

static const struct par_metric_kind kinds[] = {
	{ "time", PAR_UNIT_NS, cell_time, visit_time },
	{ "task_time", PAR_UNIT_NS, cell_task_time, visit_task_time },
	{ "tasks_per_second", PAR_UNIT_PER_SECOND, cell_rate, visit_rate },
	{ "cpu", PAR_UNIT_NS, cell_cpu, visit_cpu },
	{ "open", PAR_UNIT_NS, cell_open, visit_open },
	{ "close", PAR_UNIT_NS, NULL, visit_close },
	{ "speedup", PAR_UNIT_COUNT, cell_speedup, NULL },
	{ "pss", PAR_UNIT_BYTES, cell_pss, visit_pss },
	{ "worker_pss", PAR_UNIT_BYTES, cell_worker_pss, visit_worker_pss },
	{ "peak", PAR_UNIT_BYTES, cell_peak, visit_peak },
	{ "p50", PAR_UNIT_NS, cell_p50, visit_p50 },
	{ "p90", PAR_UNIT_NS, cell_p90, visit_p90 },
	{ "p99", PAR_UNIT_NS, cell_p99, visit_p99 },
	{ "p999", PAR_UNIT_NS, cell_p999, visit_p999 },
};

const struct par_metric_kind *par_metric_kind(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}
