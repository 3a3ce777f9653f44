#include "topo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "placement.h"
#include "wrap.h"

#define INDENT 12u /* of what stands beside a label */

static void add_count(struct par_wrap *line, unsigned count, const char *one, const char *many)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "%u %s", count, count == 1 ? one : many);
	par_wrap_add(line, words);
}

/* A size with the largest unit that leaves it above 1, "1.5 MiB"; "unknown" for 0. */
static void size_words(char *words, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	if (bytes)
		(void)snprintf(words, size, value < 10 ? "%.3g %s" : "%.0f %s", value, units[unit]);
	else
		(void)snprintf(words, size, "unknown");
}

static void add_machine(struct par_text *text, const struct par_machine *machine)
{
	struct par_wrap line = par_wrap_begin(text, "machine", INDENT);

	par_wrap_add(&line, machine->cpu_model[0] ? machine->cpu_model : "unnamed CPU");
	par_wrap_end(&line);
	if (!machine->real)
		par_text_format(
			text, "%*ssynthetic machine: planned, never run\n", (int)INDENT, "");
	line = par_wrap_begin(text, "", INDENT);
	add_count(&line, machine->packages, "package,", "packages,");
	add_count(&line, machine->numa_nodes, "NUMA node,", "NUMA nodes,");
	if (machine->l3_caches)
		add_count(&line, machine->l3_caches, "shared cache,", "shared caches,");
	add_count(&line, machine->cores, "core,", "cores,");
	add_count(&line, machine->pu_count, "PU", "PUs");
	par_wrap_end(&line);
}

static void add_memory(struct par_text *text, const struct par_machine *machine)
{
	char l1d[32], l2[32], llc[32], memory[32], limit[32];

	size_words(l1d, sizeof(l1d), machine->l1d_bytes);
	size_words(l2, sizeof(l2), machine->l2_bytes);
	size_words(llc, sizeof(llc), machine->llc_bytes);
	size_words(memory, sizeof(memory), machine->memory_bytes);
	size_words(limit, sizeof(limit), machine->memory_limit_bytes);
	par_text_format(
		text, "%-*sL1d %s, L2 %s, last level %s\n", (int)INDENT, "caches", l1d, l2, llc);
	par_text_format(text, "%-*s%s, %s%s\n", (int)INDENT, "memory", memory,
		machine->memory_limit_bytes ? "the cgroup allows " : "no cgroup limit",
		machine->memory_limit_bytes ? limit : "");
}

static int ascending(const void *left, const void *right)
{
	const int *a = left;
	const int *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* The OS indices of the PUs for which `has` holds, ascending. `pus` has room for all. */
static unsigned collect(int *pus, const struct par_machine *machine,
	bool (*has)(const struct par_pu *pu, const struct par_pu *like), const struct par_pu *like)
{
	unsigned count = 0;

	for (unsigned i = 0; i < machine->pu_count; i++)
		if (has(&machine->pus[i], like))
			pus[count++] = machine->pus[i].os_index;
	qsort(pus, count, sizeof(*pus), ascending);
	return count;
}

static bool is_allowed(const struct par_pu *pu, const struct par_pu *like)
{
	(void)like;
	return pu->allowed;
}

static bool same_core(const struct par_pu *pu, const struct par_pu *like)
{
	return pu->core == like->core;
}

static bool same_kind(const struct par_pu *pu, const struct par_pu *like)
{
	return pu->kind == like->kind;
}

static bool same_place(const struct par_pu *pu, const struct par_pu *like)
{
	return pu->package == like->package && pu->numa == like->numa && pu->l3 == like->l3 &&
	       pu->kind == like->kind;
}

/* How many PUs the largest core has, and which are on the first such core. */
static void add_smt(struct par_text *text, const struct par_machine *machine, int *pus)
{
	const struct par_pu *most = &machine->pus[0];
	struct par_wrap line = par_wrap_begin(text, "SMT", INDENT);
	char words[64];

	for (unsigned i = 0; i < machine->pu_count; i++)
		if (machine->pus[i].smt_rank > most->smt_rank)
			most = &machine->pus[i];
	if (most->smt_rank == 0) {
		par_wrap_add(&line, "no siblings: one PU a core");
	} else {
		bool all = (most->smt_rank + 1) * machine->cores == machine->pu_count;

		(void)snprintf(words, sizeof(words), "%s%u PUs a core; core %u has PUs",
			all ? "" : "up to ", most->smt_rank + 1, most->core);
		par_wrap_add(&line, words);
		par_wrap_numbers(&line, pus, collect(pus, machine, same_core, most));
	}
	par_wrap_end(&line);
}

static void add_limits(struct par_text *text, const struct par_machine *machine, int *pus)
{
	struct par_wrap line = par_wrap_begin(text, "cpuset", INDENT);
	char words[64];

	(void)snprintf(words, sizeof(words),
		"%u of %u PUs on %u of %u cores:", machine->allowed_pus, machine->pu_count,
		machine->allowed_cores, machine->cores);
	par_wrap_add(&line, words);
	par_wrap_numbers(&line, pus, collect(pus, machine, is_allowed, NULL));
	par_wrap_end(&line);
	line = par_wrap_begin(text, "quota", INDENT);
	if (machine->quota_cpus > 0)
		(void)snprintf(words, sizeof(words), "%.4g CPUs (cgroup)", machine->quota_cpus);
	par_wrap_add(&line, machine->quota_cpus > 0 ? words : "none");
	par_wrap_end(&line);
}

static void add_kinds(struct par_text *text, const struct par_machine *machine, int *pus)
{
	if (machine->kinds == 1)
		par_text_format(
			text, "%-*sone: no core is known to be faster\n", (int)INDENT, "cpukinds");
	for (unsigned kind = machine->kinds; machine->kinds > 1 && kind-- > 0;) {
		const struct par_pu like = { .kind = kind };
		bool fastest = kind == machine->kinds - 1;
		struct par_wrap line = par_wrap_begin(text, fastest ? "cpukinds" : "", INDENT);
		char words[64];

		(void)snprintf(
			words, sizeof(words), "%u%s: PUs", kind, fastest ? " (fastest)" : "");
		par_wrap_add(&line, words);
		par_wrap_numbers(&line, pus, collect(pus, machine, same_kind, &like));
		par_wrap_end(&line);
	}
}

/* The first PU of its place has a row for all of them. */
static bool is_first(const struct par_machine *machine, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (same_place(&machine->pus[i], &machine->pus[at]))
			return false;
	return true;
}

static void add_row(struct par_text *text, const struct par_machine *machine, unsigned at, int *pus)
{
	const struct par_pu *pu = &machine->pus[at];
	char place[64];
	struct par_wrap line;
	unsigned cores = 0;
	char cache[16] = "-";

	for (unsigned i = at; i < machine->pu_count; i++)
		cores += same_place(&machine->pus[i], pu) && machine->pus[i].smt_rank == 0;
	if (pu->l3 < machine->l3_caches)
		(void)snprintf(cache, sizeof(cache), "%u", pu->l3);
	(void)snprintf(place, sizeof(place), "%7u%6u%7s%6u%7u  ", pu->package, pu->numa, cache,
		pu->kind, cores);
	line = par_wrap_begin(text, place, 35);
	par_wrap_numbers(&line, pus, collect(pus, machine, same_place, pu));
	par_wrap_end(&line);
}

/* A row for each last-level cache, or for each kind of core in it. */
static void add_table(struct par_text *text, const struct par_machine *machine, int *pus)
{
	par_text_add(text, "\npackage  NUMA  cache  kind  cores  PUs (OS indices)\n");
	for (unsigned i = 0; i < machine->pu_count; i++)
		if (is_first(machine, i))
			add_row(text, machine, i, pus);
}

static int add_order(struct par_text *text, const struct par_machine *machine,
	enum par_placement placement, int *pus)
{
	struct par_wrap line = par_wrap_begin(text, par_placement_name(placement), INDENT);
	int code = par_placement_assign(
		pus, machine->allowed_pus, machine->allowed_pus, machine, placement);

	if (code == 0)
		par_wrap_numbers(&line, pus, machine->allowed_pus);
	par_wrap_end(&line);
	return code;
}

/* What a core count stands for, in words. */
static void add_reasons(struct par_text *text, const struct par_machine *machine, unsigned cores)
{
	static const char *const words[] = { "end of a cache", "end of a NUMA node",
		"end of a package", "end of a kind of core", "all physical cores", "all PUs",
		"the quota" };
	unsigned bits = par_placement_boundaries(machine, cores);
	const char *before = "  ";

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(bits & 1u << i))
			continue;
		par_text_format(text, "%s%s", before, words[i]);
		before = ", ";
	}
	if (cores == machine->allowed_cores + 1)
		par_text_format(text, "%sthe first SMT sibling", before);
}

static void add_counts(struct par_text *text, const struct par_machine *machine)
{
	unsigned counts[PAR_CORE_COUNTS_MAX];
	size_t n = par_placement_core_counts(counts, machine);

	par_text_add(text, "\ncore counts that are measured\n");
	for (size_t i = 0; i < n; i++) {
		par_text_format(text, "%7u", counts[i]);
		add_reasons(text, machine, counts[i]);
		par_text_add(text, "\n");
	}
}

int par_topo_text(struct par_text *text, const struct par_machine *machine)
{
	int *pus = calloc(machine->pu_count, sizeof(*pus));
	int code;

	if (!pus)
		return -ENOMEM;
	add_machine(text, machine);
	add_memory(text, machine);
	add_smt(text, machine, pus);
	add_kinds(text, machine, pus);
	add_limits(text, machine, pus);
	add_table(text, machine, pus);
	par_text_add(text, "\nOS indices of the PUs in the order in which workers are pinned\n");
	code = add_order(text, machine, PAR_PLACE_CLOSE, pus);
	if (code == 0)
		code = add_order(text, machine, PAR_PLACE_SPREAD, pus);
	add_counts(text, machine);
	free(pus);
	return code;
}
