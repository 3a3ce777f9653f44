#include "distance.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "handoff.h"
#include "rng.h"

/*
 * What the same pair gives twice is mostly within a third. A hypervisor that moves a CPU out of a
 * core complex makes a line five times as dear (118 and 541 ns were seen); if it moves one of many,
 * the pairs of that one change and the median does not.
 */
#define CHANGED_RATIO 1.5
#define MOVED_RATIO   2.0
#define MOVED_SHARE   0.1

/* A pair under way to be measured: places in `pus`. */
struct pair {
	unsigned first, second;
	bool siblings;
	uint64_t key; /* mixes the order, the same every time */
};

const char *par_distance_level_name(enum par_distance_level level)
{
	static const char *const names[PAR_DISTANCE_LEVELS] = { "same core", "same cache",
		"same NUMA node", "same package", "other package" };

	return names[level];
}

static int init(struct par_distance *distance, unsigned count)
{
	size_t cells = (size_t)count * count;

	*distance = (struct par_distance){ .count = count };
	distance->pus = calloc(count + 1, sizeof *distance->pus);
	distance->ns = calloc(cells + 1, sizeof *distance->ns);
	if (distance->pus == NULL || distance->ns == NULL) {
		par_distance_fini(distance);
		return -ENOMEM;
	}
	for (size_t i = 0; i < cells; i++)
		distance->ns[i] = NAN;
	return 0;
}

int par_distance_init_pus(struct par_distance *distance, const int *pus, unsigned count)
{
	int code = init(distance, count);

	if (code == 0 && count > 0)
		memcpy(distance->pus, pus, count * sizeof *pus);
	return code;
}

/* The first allowed PU of its core. */
static bool leads_core(const struct par_machine *machine, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (machine->pus[i].allowed && machine->pus[i].core == machine->pus[at].core)
			return false;
	return true;
}

int par_distance_init(struct par_distance *distance, const struct par_machine *machine)
{
	bool all = machine->allowed_pus <= PAR_DISTANCE_PUS_MAX;
	unsigned there = all ? machine->allowed_pus : machine->allowed_cores, seen = 0, taken = 0;
	unsigned count = there < PAR_DISTANCE_PUS_MAX ? there : PAR_DISTANCE_PUS_MAX;
	int code = init(distance, count);

	for (unsigned i = 0; code == 0 && i < machine->pu_count && taken < count; i++) {
		if (!machine->pus[i].allowed || (!all && !leads_core(machine, i)))
			continue;
		/* Evenly: the k-th of `count` is number k * there / count. */
		if (seen++ == (unsigned)((uint64_t)taken * there / count))
			distance->pus[taken++] = machine->pus[i].os_index;
	}
	return code;
}

double par_distance_at(const struct par_distance *distance, unsigned i, unsigned j)
{
	return distance->ns[(size_t)i * distance->count + j];
}

void par_distance_set(struct par_distance *distance, unsigned i, unsigned j, double ns)
{
	distance->ns[(size_t)i * distance->count + j] = ns;
	distance->ns[(size_t)j * distance->count + i] = ns;
}

static const struct par_pu *find_pu(const struct par_machine *machine, int os_index)
{
	for (unsigned i = 0; i < machine->pu_count; i++)
		if (machine->pus[i].os_index == os_index)
			return &machine->pus[i];
	return NULL;
}

enum par_distance_level par_distance_level_of(
	const struct par_machine *machine, int first_pu, int second_pu)
{
	const struct par_pu *a = find_pu(machine, first_pu), *b = find_pu(machine, second_pu);

	if (a == NULL || b == NULL)
		return PAR_DISTANCE_FAR;
	if (a->core == b->core)
		return PAR_DISTANCE_CORE;
	if (a->l3 == b->l3 && a->l3 < machine->l3_caches)
		return PAR_DISTANCE_CACHE;
	if (a->package != b->package)
		return PAR_DISTANCE_FAR;
	return a->numa == b->numa ? PAR_DISTANCE_NUMA : PAR_DISTANCE_PACKAGE;
}

enum par_distance_level par_distance_border(
	const struct par_distance *distance, const struct par_machine *machine, unsigned i)
{
	return par_distance_level_of(machine, distance->pus[i], distance->pus[i + 1]);
}

static int by_turn(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	if (a->siblings != b->siblings)
		return a->siblings - b->siblings;
	return (a->key > b->key) - (a->key < b->key);
}

static size_t list_pairs(
	struct pair *pairs, const struct par_distance *distance, const struct par_machine *machine)
{
	size_t count = 0;

	for (unsigned i = 0; i < distance->count; i++)
		for (unsigned j = i + 1; j < distance->count; j++)
			pairs[count++] = (struct pair){ .first = i,
				.second = j,
				.siblings = par_distance_level_of(machine, distance->pus[i],
						    distance->pus[j]) == PAR_DISTANCE_CORE,
				.key = par_mix64((uint64_t)i << 32 | j) };
	qsort(pairs, count, sizeof *pairs, by_turn);
	return count;
}

int par_distance_measure(struct par_distance *distance, const struct par_machine *machine,
	const struct par_distance_probe *probe, uint64_t budget_ns)
{
	uint64_t start = probe->now(probe->context);
	struct pair *pairs = calloc((size_t)distance->count * distance->count + 1, sizeof *pairs);
	size_t count;

	if (pairs == NULL)
		return -ENOMEM;
	count = list_pairs(pairs, distance, machine);
	for (size_t i = 0; i < count && probe->now(probe->context) - start < budget_ns; i++) {
		const struct pair *pair = &pairs[i];
		uint64_t ns = 0;
		int code = probe->measure(probe->context, &ns, distance->pus[pair->first],
			distance->pus[pair->second]);

		if (code == 0 && ns > 0)
			par_distance_set(distance, pair->first, pair->second, (double)ns);
	}
	free(pairs);
	return 0;
}

static int measure_here(void *context, uint64_t *ns, int first_pu, int second_pu)
{
	(void)context;
	return par_handoff_measure(ns, first_pu, second_pu);
}

static uint64_t now_here(void *context)
{
	(void)context;
	return par_now_ns();
}

const struct par_distance_probe par_distance_here = { measure_here, now_here, NULL };

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median_of(const double *sorted, size_t count)
{
	return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static struct par_distance_range range_of(double *values, size_t count)
{
	struct par_distance_range range = { 0, NAN, NAN, NAN };

	if (count == 0)
		return range;
	qsort(values, count, sizeof *values, ascending);
	range = (struct par_distance_range){ (unsigned)count, values[0], median_of(values, count),
		values[count - 1] };
	return range;
}

int par_distance_ranges(struct par_distance_range ranges[PAR_DISTANCE_LEVELS],
	const struct par_distance *distance, const struct par_machine *machine)
{
	double *values = calloc((size_t)distance->count * distance->count + 1, sizeof *values);

	if (values == NULL)
		return -ENOMEM;
	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++) {
		size_t count = 0;

		for (unsigned i = 0; i < distance->count; i++)
			for (unsigned j = 0; j < i; j++)
				if (!isnan(par_distance_at(distance, i, j)) &&
					(int)par_distance_level_of(machine, distance->pus[i],
						distance->pus[j]) == level)
					values[count++] = par_distance_at(distance, i, j);
		ranges[level] = range_of(values, count);
	}
	free(values);
	return 0;
}

static bool same_pus(const struct par_distance *a, const struct par_distance *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->pus, b->pus, a->count * sizeof *a->pus) == 0);
}

static void judge(struct par_distance_change *change, double *ratios, size_t count)
{
	unsigned moved = 0;

	*change = (struct par_distance_change){ .pairs = (unsigned)count, .ratio = NAN };
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		moved += ratios[i] >= MOVED_RATIO || ratios[i] <= 1 / MOVED_RATIO;
	qsort(ratios, count, sizeof *ratios, ascending);
	change->ratio = median_of(ratios, count);
	change->moved = (double)moved / (double)count;
	change->changed = change->ratio >= CHANGED_RATIO || change->ratio <= 1 / CHANGED_RATIO ||
			  change->moved > MOVED_SHARE;
}

int par_distance_compare(struct par_distance_change *change, const struct par_distance *earlier,
	const struct par_distance *later)
{
	double *ratios;
	size_t count = 0;

	*change = (struct par_distance_change){ .ratio = NAN };
	if (!same_pus(earlier, later))
		return -EINVAL;
	ratios = calloc((size_t)earlier->count * earlier->count + 1, sizeof *ratios);
	if (ratios == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < earlier->count; i++)
		for (unsigned j = 0; j < i; j++) {
			double ratio =
				par_distance_at(later, i, j) / par_distance_at(earlier, i, j);

			if (isfinite(ratio) && ratio > 0)
				ratios[count++] = ratio;
		}
	judge(change, ratios, count);
	free(ratios);
	return 0;
}

void par_distance_fini(struct par_distance *distance)
{
	free(distance->pus);
	free(distance->ns);
	*distance = (struct par_distance)PAR_DISTANCE_INIT;
}
