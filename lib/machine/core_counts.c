/* Where the topology has its boundaries, and which core counts are worth measuring. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "placement.h"

/* What is known of each count of PUs from 1 to `all`; index 0 is unused. */
struct counts {
	unsigned all;         /* allowed PUs */
	unsigned *boundaries; /* bits of par_boundary */
	unsigned char *tiers; /* 0: no candidate; 1 is taken first, 4 last */
};

/* Whether the PU at order[at] is the first one with its cache, NUMA node, package or cpukind. */
static unsigned units_entered(const struct par_machine *machine, const unsigned *order, unsigned at)
{
	const struct par_pu *next = &machine->pus[order[at]];
	unsigned entered =
		PAR_BOUNDARY_L3 | PAR_BOUNDARY_NUMA | PAR_BOUNDARY_PACKAGE | PAR_BOUNDARY_KIND;

	for (unsigned i = 0; i < at; i++) {
		const struct par_pu *pu = &machine->pus[order[i]];

		if (pu->l3 == next->l3)
			entered &= ~(unsigned)PAR_BOUNDARY_L3;
		if (pu->numa == next->numa)
			entered &= ~(unsigned)PAR_BOUNDARY_NUMA;
		if (pu->package == next->package)
			entered &= ~(unsigned)PAR_BOUNDARY_PACKAGE;
		if (pu->kind == next->kind)
			entered &= ~(unsigned)PAR_BOUNDARY_KIND;
	}
	return entered;
}

/* A quota that is no less than the PUs binds nobody. */
static void mark_quota(struct counts *counts, double quota)
{
	if (quota > 0 && quota < counts->all)
		counts->boundaries[quota < 1 ? 1 : (unsigned)quota] |= PAR_BOUNDARY_QUOTA;
}

static int counts_init(struct counts *counts, const struct par_machine *machine)
{
	unsigned *order = calloc(machine->allowed_pus + 1, sizeof(*order));
	int code = -ENOMEM;

	counts->all = machine->allowed_pus;
	counts->boundaries = calloc(counts->all + 1, sizeof(*counts->boundaries));
	counts->tiers = calloc(counts->all + 1, sizeof(*counts->tiers));
	if (!order || !counts->boundaries || !counts->tiers)
		goto done;
	code = par_placement_order(order, machine, PAR_PLACE_CLOSE);
	if (code < 0)
		goto done;
	for (unsigned at = 1; at < counts->all; at++)
		counts->boundaries[at] = units_entered(machine, order, at);
	counts->boundaries[machine->allowed_cores] |= PAR_BOUNDARY_CORES;
	counts->boundaries[counts->all] |= PAR_BOUNDARY_PUS;
	mark_quota(counts, machine->quota_cpus);
done:
	free(order);
	return code;
}

static void counts_fini(struct counts *counts)
{
	free(counts->boundaries);
	free(counts->tiers);
}

unsigned par_placement_boundaries(const struct par_machine *machine, unsigned cores)
{
	struct counts counts;
	unsigned bits = 0;

	if (counts_init(&counts, machine) == 0 && cores >= 1 && cores <= counts.all)
		bits = counts.boundaries[cores];
	counts_fini(&counts);
	return bits;
}

/* Makes a count a candidate, or a better one; a count that this machine does not have is ignored.
 */
static void propose(struct counts *counts, unsigned count, unsigned char tier)
{
	if (count < 1 || count > counts->all)
		return;
	if (!counts->tiers[count] || tier < counts->tiers[count])
		counts->tiers[count] = tier;
}

/*
 * The first boundary of each sort says most (the end of the first L3); later ones repeat it. Of the
 * counts after a boundary, the first SMT sibling says most.
 */
static void propose_boundaries(struct counts *counts)
{
	unsigned seen = 0;

	for (unsigned i = 1; i <= counts->all; i++) {
		if (!counts->boundaries[i])
			continue;
		propose(counts, i, counts->boundaries[i] & ~seen ? 1 : 3);
		propose(counts, i + 1, counts->boundaries[i] & PAR_BOUNDARY_CORES ? 1 : 4);
		seen |= counts->boundaries[i];
	}
}

static void propose_steps(struct counts *counts)
{
	propose(counts, 1, 1);
	for (unsigned i = 2; i <= counts->all && i < 1u << 30; i *= 2) {
		propose(counts, i, 2);
		propose(counts, i / 2 * 3, 3);
	}
}

/* Two positive whole numbers as a ratio > 1; products of core counts stay far below 2^64. */
struct ratio {
	uint64_t over, under;
};

static bool wider(struct ratio a, struct ratio b)
{
	return a.over * b.under > b.over * a.under;
}

/* How far a count is from its nearest neighbour among those chosen, on a log scale: as a ratio. */
static struct ratio nearest(const unsigned *chosen, size_t n, unsigned count)
{
	struct ratio near = { UINT32_MAX, 1 };

	for (size_t i = 0; i < n; i++) {
		struct ratio gap = { count, chosen[i] };

		if (chosen[i] > count)
			gap = (struct ratio){ chosen[i], count };
		if (wider(near, gap))
			near = gap;
	}
	return near;
}

/*
 * The candidate of `tier` that is farthest from all chosen counts; 0 when none is left. On a tie a
 * boundary goes first, then the larger count: curves bend at the right end.
 */
static unsigned farthest(
	const struct counts *counts, unsigned char tier, const unsigned *chosen, size_t n)
{
	struct ratio best = { 1, 1 };
	unsigned found = 0;

	for (unsigned i = 1; i <= counts->all; i++) {
		struct ratio gap = nearest(chosen, n, i);

		if (counts->tiers[i] != tier || gap.over == gap.under || wider(best, gap))
			continue;
		if (found && !wider(gap, best) && counts->boundaries[found] &&
			!counts->boundaries[i])
			continue;
		best = gap;
		found = i;
	}
	return found;
}

static int ascending(const void *left, const void *right)
{
	const unsigned *a = left;
	const unsigned *b = right;

	return *a < *b ? -1 : *a > *b;
}

size_t par_placement_core_counts(
	unsigned chosen[PAR_CORE_COUNTS_MAX], const struct par_machine *machine)
{
	struct counts counts;
	size_t n = 0;

	chosen[n++] = 1;
	if (counts_init(&counts, machine) < 0)
		goto done;
	propose_steps(&counts);
	propose_boundaries(&counts);
	if (counts.all > 1)
		chosen[n++] = counts.all;
	for (unsigned char tier = 1; tier <= 4; tier++) {
		unsigned next = 1;

		while (next && n < PAR_CORE_COUNTS_MAX) {
			next = farthest(&counts, tier, chosen, n);
			if (next)
				chosen[n++] = next;
		}
	}
	qsort(chosen, n, sizeof(*chosen), ascending);
done:
	counts_fini(&counts);
	return n;
}
