/*
 * round_budget: which cells of a round to visit when the budget does not reach for all.
 */
#ifndef PAR_ROUND_BUDGET_H
#define PAR_ROUND_BUDGET_H

#include "round_cell.h"

/* What a visit to each of the `count` cells of `order` will cost, in ns. */
uint64_t par_round_cost(const struct par_round_cell *cells, const uint32_t *order, size_t count);

/*
 * Keeps of `order` (indices into `cells`) what `left` ns reach for: the neediest, in the order that
 * they have, and *count of them. Returns 0 or -ENOMEM.
 */
int par_round_spend(
	uint32_t *order, size_t *count, const struct par_round_cell *cells, uint64_t left);

#endif
