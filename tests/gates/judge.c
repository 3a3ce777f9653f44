/*
 * judge FOLDER A B: how the cells of model A compare with those of model B in the run of a folder,
 * everything else equal. Prints every comparison, then "N compared, N faster, N slower, N tie, N
 * not sure": A faster than B, and so on. Of the twins' own program, since it reads the plan.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "catalogue.h"
#include "file.h"
#include "journal.h"
#include "run_info.h"
#include "series.h"

struct run {
	json_t *info;
	struct par_machine machine;
	struct par_plan plan;
	struct par_records records;
	struct par_analysis analysis;
};

static int load(struct run *run, const char *folder, struct par_error *error)
{
	char *info = par_path_join(folder, "run.json"), *journal;
	char *topology = par_path_join(folder, "topology.xml");
	int status;

	journal = par_path_join(folder, "cells.jsonl");
	status = info == NULL || topology == NULL || journal == NULL
			 ? par_fail(error, -1, "no memory")
			 : par_run_info_load(&run->info, info, error);
	if (status == 0)
		status = par_machine_init_xml(&run->machine, topology, error);
	if (status == 0)
		status = par_run_info_plan(&run->plan, run->info, par_catalogue_registry(), error);
	if (status == 0)
		status = par_journal_read(&run->records, journal, error);
	if (status == 0)
		status = par_analysis_init(&run->analysis, par_catalogue_registry(), &run->machine,
			&run->plan, &run->records, run->info, error);
	free(info);
	free(topology);
	free(journal);
	return status;
}

static bool is_partner(const struct par_cell *a, const struct par_cell *b, const char *model)
{
	return strcmp(b->model->name, model) == 0 && a->workload == b->workload &&
	       a->cores == b->cores && a->workers == b->workers && a->placement == b->placement;
}

static const struct par_cell_stats *partner_of(
	const struct run *run, const struct par_cell_stats *stats, const char *model)
{
	for (size_t i = 0; i < run->analysis.cell_count; i++) {
		if (is_partner(&stats->cell, &run->analysis.cells[i].cell, model))
			return &run->analysis.cells[i];
	}
	return NULL;
}

static int compare(const struct par_cell_stats *a, const struct par_cell_stats *b, size_t counts[4])
{
	struct par_series one = { a->times_ns, a->rounds, a->n };
	struct par_series other = { b->times_ns, b->rounds, b->n };
	struct par_compared compared;
	int status = par_series_compare(&compared, &one, &other, 1);

	if (status < 0)
		return status;
	printf("%-10s cores %u, workers %3u: n %2u, %2u; pairs %2zu; ratio %.4f [%.4f, %.4f]\n",
		a->cell.workload->name, a->cell.cores, a->cell.workers, a->n, b->n, compared.pairs,
		compared.ratio, compared.low, compared.high);
	counts[compared.verdict]++;
	return 0;
}

static int judge(const struct run *run, const char *a, const char *b)
{
	size_t counts[4] = { 0 }, all = 0;
	int status = 0;

	for (size_t i = 0; i < run->analysis.cell_count && status == 0; i++) {
		const struct par_cell_stats *stats = &run->analysis.cells[i], *partner;

		if (strcmp(stats->cell.model->name, a) != 0)
			continue;
		partner = partner_of(run, stats, b);
		if (partner == NULL || stats->n == 0 || partner->n == 0)
			continue;
		all++;
		status = compare(stats, partner, counts);
	}
	printf("%zu compared, %zu faster, %zu slower, %zu tie, %zu not sure\n", all,
		counts[PAR_COMPARISON_FASTER], counts[PAR_COMPARISON_SLOWER],
		counts[PAR_COMPARISON_TIE], counts[PAR_COMPARISON_NOT_SURE]);
	return status;
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	struct par_error error = PAR_ERROR_INIT;
	int status;

	if (argc != 4) {
		fputs("usage: judge FOLDER A B\n", stderr);
		return 2;
	}
	status = load(&run, argv[1], &error);
	if (status == 0)
		status = judge(&run, argv[2], argv[3]);
	else
		fprintf(stderr, "%s\n", error.text);
	par_analysis_fini(&run.analysis);
	par_records_fini(&run.records);
	par_plan_fini(&run.plan);
	par_machine_fini(&run.machine);
	json_decref(run.info);
	return status < 0 || fflush(stdout) != 0;
}
