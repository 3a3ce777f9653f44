#include "round_budget.h"

#include <errno.h>
#include <stdlib.h>

/* A cell and what it would gain from a visit, for sorting. */
struct need {
	uint32_t cell;
	uint32_t position; /* in the shuffled order: decides between equals */
	double urgency;
};

uint64_t par_round_cost(const struct par_round_cell *cells, const uint32_t *order, size_t count)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < count; i++)
		cost += cells[order[i]].cost_ns;
	return cost;
}

static int by_urgency(const void *left, const void *right)
{
	const struct need *a = left, *b = right;

	if (a->urgency != b->urgency)
		return a->urgency > b->urgency ? -1 : 1;
	return (a->position > b->position) - (a->position < b->position);
}

static int by_position(const void *left, const void *right)
{
	const struct need *a = left, *b = right;

	return (a->position > b->position) - (a->position < b->position);
}

/* Moves what is affordable to the front; how many. */
static size_t afford(
	struct need *needs, size_t count, const struct par_round_cell *cells, uint64_t left)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t cost = cells[needs[i].cell].cost_ns;

		if (cost > left)
			continue;
		left -= cost;
		needs[kept++] = needs[i];
	}
	return kept;
}

int par_round_spend(
	uint32_t *order, size_t *count, const struct par_round_cell *cells, uint64_t left)
{
	struct need *needs = calloc(*count + 1, sizeof *needs);
	size_t kept;

	if (needs == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < *count; i++)
		needs[i] = (struct need){ order[i], i, par_round_cell_urgency(&cells[order[i]]) };
	qsort(needs, *count, sizeof *needs, by_urgency);
	kept = afford(needs, *count, cells, left);
	qsort(needs, kept, sizeof *needs, by_position);
	for (size_t i = 0; i < kept; i++)
		order[i] = needs[i].cell;
	*count = kept;
	free(needs);
	return 0;
}
