#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"
#include "howto.h"
#include "markdown.h"
#include "page.h"
#include "phrase.h"

#define EXCLUSIONS_MOST 40 /* lines; the rest is counted */

struct par_fact par_page_fact(const json_t *run, const char *path)
{
	struct par_fact fact = { "" };
	const char *slash = strchr(path, '/');
	char group[32];

	if (slash != NULL) {
		snprintf(group, sizeof group, "%.*s", (int)(slash - path), path);
		run = json_object_get(run, group);
		path = slash + 1;
	}
	const json_t *value = json_object_get(run, path);

	if (json_is_string(value))
		par_text_copy_line(fact.text, sizeof fact.text, json_string_value(value));
	else if (json_is_integer(value))
		snprintf(fact.text, sizeof fact.text, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		snprintf(fact.text, sizeof fact.text, "%.4g", json_real_value(value));
	return fact;
}

/* An argument as a shell would take it. */
static void add_argument(struct par_text *out, const char *argument)
{
	if (argument[0] != '\0' &&
		strspn(argument, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_-./=,:+@%") == strlen(argument)) {
		par_text_add(out, argument);
		return;
	}
	par_text_add(out, "'");
	for (const char *at = argument; *at != '\0'; at++)
		if (*at == '\'')
			par_text_add(out, "'\\''");
		else
			par_text_add_bytes(out, (unsigned char)*at < 0x20 ? " " : at, 1);
	par_text_add(out, "'");
}

static void add_command(struct par_text *out, const json_t *run)
{
	const json_t *command = json_object_get(run, "command");
	const json_t *argument;
	size_t i;

	if (json_array_size(command) == 0)
		return;
	par_text_add(out, "**Command**\n\n    ");
	json_array_foreach(command, i, argument)
	{
		par_text_add(out, i > 0 ? " " : "");
		add_argument(out, json_is_string(argument) ? json_string_value(argument) : "?");
	}
	par_text_add(out, "\n\n");
}

static void add_fact(struct par_text *out, const json_t *run, const char *name, const char *path)
{
	struct par_fact fact = par_page_fact(run, path);

	if (fact.text[0] == '\0')
		return;
	par_text_format(out, "| %s | ", name);
	par_markdown_escape(out, fact.text);
	par_text_add(out, " |\n");
}

static void add_memory(struct par_text *out, const char *name, uint64_t bytes)
{
	if (bytes >= 1ULL << 30)
		par_text_format(out, "| %s | %.1f GiB |\n", name, (double)bytes / (1ULL << 30));
	else if (bytes > 0)
		par_text_format(out, "| %s | %.0f KiB |\n", name, (double)bytes / 1024);
}

static void add_run_facts(struct par_text *out, const json_t *run)
{
	const json_t *share = json_object_get(json_object_get(run, "timing"), "measured_share");

	par_text_add(out, "| run | |\n|---|---|\n");
	add_fact(out, run, "id", "run_id");
	add_fact(out, run, "started", "started");
	add_fact(out, run, "finished", "finished");
	add_fact(out, run, "ended", "ended");
	add_fact(out, run, "scale", "scale");
	add_fact(out, run, "seed of the order", "seed");
	add_fact(out, run, "rounds", "rounds");
	add_fact(out, run, "visits", "visits");
	if (json_is_number(share))
		par_text_format(out, "| share of the time spent measuring | %.0f %% |\n",
			100 * json_number_value(share));
	add_fact(out, run, "parbench", "version");
	add_fact(out, run, "git revision", "git_revision");
	add_fact(out, run, "compiler", "compiler");
	add_fact(out, run, "flags", "flags");
	par_text_add(out, "\n");
}

static void add_environment(struct par_text *out, const struct par_analysis *analysis)
{
	const struct par_machine *machine = analysis->machine;
	const json_t *run = analysis->run;

	par_text_add(out, "| machine | |\n|---|---|\n");
	add_fact(out, run, "CPU", "environment/cpu_model");
	par_text_format(out, "| CPUs that may be used | %u on %u cores of %u |\n",
		machine->allowed_pus, machine->allowed_cores, machine->cores);
	par_text_format(out, "| packages, NUMA nodes, L3 caches | %u, %u, %u |\n",
		machine->packages, machine->numa_nodes, machine->l3_caches);
	if (machine->quota_cpus > 0)
		par_text_format(out, "| CPU quota | %.3g |\n", machine->quota_cpus);
	add_memory(out, "last-level cache", machine->llc_bytes);
	add_memory(out, "memory", machine->memory_bytes);
	add_memory(out, "memory limit", machine->memory_limit_bytes);
	add_fact(out, run, "kernel", "environment/kernel");
	add_fact(out, run, "distribution", "environment/distribution");
	add_fact(out, run, "hypervisor", "environment/hypervisor");
	add_fact(out, run, "governor", "environment/governor");
	add_fact(out, run, "turbo", "environment/turbo");
	add_fact(out, run, "SMT", "environment/smt");
	add_fact(out, run, "transparent huge pages", "environment/thp");
	add_fact(out, run, "clock source", "environment/clocksource");
	add_fact(out, run, "load before the run", "environment/load_1m");
	par_text_add(out, "\n");
}

static void add_bases(struct par_text *out, const struct par_analysis *analysis)
{
	par_text_add(out, "| workload | bound by | serial time T1 | rounds | tasks |\n"
			  "|---|---|---:|---:|---:|\n");
	for (size_t i = 0; i < analysis->answer_count; i++) {
		const struct par_answer *answer = &analysis->answers[i];
		const struct par_cell_stats *base;

		if (answer->serial == SIZE_MAX)
			continue;
		base = &analysis->cells[answer->serial];
		par_text_add(out, "| ");
		par_markdown_escape(out, answer->workload->label);
		par_text_format(out, " | %s | %#.4g s | %u | %s |\n",
			par_bound_name(answer->workload->bound), base->median_ns / 1e9, base->n,
			par_label_count(base->cell.tasks).text);
	}
	par_text_add(out, "\n");
}

/* Cells of one model and workload that were not ranked for one reason. */
static bool is_same_exclusion(const struct par_cell_stats *a, const struct par_cell_stats *b)
{
	return a->status == b->status && a->cell.workload == b->cell.workload &&
	       a->cell.model == b->cell.model && strcmp(a->reason, b->reason) == 0;
}

static void add_exclusion(
	struct par_text *out, const struct par_analysis *analysis, size_t first, size_t *lines)
{
	const struct par_cell_stats *stats = &analysis->cells[first];
	size_t count = 0;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		if (!is_same_exclusion(stats, &analysis->cells[i]))
			continue;
		if (i < first)
			return; /* it has its line already */
		count++;
	}
	if ((*lines)++ >= EXCLUSIONS_MOST)
		return;
	par_text_format(out, "| %s | ", par_status_name(stats->status));
	par_markdown_escape(out, stats->cell.workload->label);
	par_text_add(out, " | ");
	par_markdown_escape(out, stats->cell.model->label);
	par_text_format(out, " | %zu | ", count);
	par_markdown_escape(out, stats->reason);
	par_text_add(out, " |\n");
}

static void add_exclusions(struct par_text *out, const struct par_analysis *analysis)
{
	size_t lines = 0;

	for (size_t i = 0; i < analysis->cell_count; i++) {
		if (analysis->cells[i].status == PAR_STATUS_OK)
			continue;
		if (lines == 0)
			par_text_add(out, "**Cells that were not ranked**\n\n"
					  "| status | workload | model | cells | reason |\n"
					  "|---|---|---|---:|---|\n");
		add_exclusion(out, analysis, i, &lines);
	}
	if (lines == 0)
		par_text_add(out, "Every planned cell was ranked.\n");
	if (lines > EXCLUSIONS_MOST)
		par_text_format(out, "\nand %zu more kinds, in [analysis.json](analysis.json)\n",
			lines - EXCLUSIONS_MOST);
	par_text_add(out, "\n");
}

static void add_repeat(struct par_text *out, const struct par_analysis *analysis)
{
	if (analysis->answer_count == 0)
		return;
	par_text_add(out, "**Repeat one point**\n\n    parbench cell ");
	add_argument(out, analysis->cells[analysis->answers[0].recommended_cell].cell.id);
	par_text_add(out, "\n\n");
}

void par_page_method(struct par_text *out, const struct par_view *view)
{
	const struct par_analysis *analysis = view->analysis;

	add_command(out, analysis->run);
	par_text_add(out, par_howto_method);
	par_text_add(out, "\n**The base of every speedup**\n\n");
	add_bases(out, analysis);
	add_exclusions(out, analysis);
	add_repeat(out, analysis);
	par_text_add(out, "**Where it ran**\n\n");
	add_environment(out, analysis);
	add_run_facts(out, analysis->run);
	par_text_add(out,
		"**Raw data**: [cells.jsonl](cells.jsonl) has a line for each visit, "
		"[analysis.json](analysis.json) what was made of them, [run.json](run.json) the "
		"command, order and machine, [topology.xml](topology.xml) the machine as hwloc "
		"sees "
		"it. The charts' numbers are the .tsv files beside this page; `gnuplot -d "
		"plots/all.gp` "
		"draws them again.\n");
}
