/*
 * nqueens: recursion and branches. A task counts how a board of n x n can be filled with n queens
 * that do not attack each other, the first two rows being given by its index. The (n-1)(n-2) ways
 * to place two queens that are at peace are taken in order, over and over.
 *
 * The search on three bit sets of attacked columns and diagonals is folklore; see Richards,
 * "Backtracking algorithms in MCPL using bit patterns and recursion" (1997).
 */
#include <errno.h>
#include <stdlib.h>

#include "workload.h"

#define BOARD_MIN 5
#define BOARD_MAX 20

struct start {
	uint32_t columns, left, right; /* attacked in the third row */
};

struct board {
	uint32_t all; /* a bit for each column */
	uint32_t count;
	struct start starts[BOARD_MAX * BOARD_MAX];
};

static void find_starts(struct board *board, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < n; j++) {
			uint32_t a = 1U << i, b = 1U << j;

			if (i == j || i + 1 == j || j + 1 == i)
				continue;
			board->starts[board->count++] = (struct start){
				.columns = a | b,
				.left = ((a << 1 | b) << 1) & board->all,
				.right = (a >> 1 | b) >> 1,
			};
		}
	}
}

static int nqueens_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct board *board = calloc(1, sizeof *board);
	unsigned n = (unsigned)setup->params[0];

	if (board == NULL)
		return par_fail(error, -ENOMEM, "nqueens: out of memory");
	board->all = (1U << n) - 1;
	find_starts(board, n);
	*state = board;
	return 0;
}

static uint64_t count_ways(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
	uint32_t open = all & ~(columns | left | right);
	uint64_t ways = 0;

	if (columns == all)
		return 1;
	while (open != 0) {
		uint32_t queen = open & -open;

		open ^= queen;
		ways += count_ways(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
	}
	return ways;
}

static uint64_t nqueens_task(void *state, uint64_t index, struct par_io *io)
{
	const struct board *board = state;
	const struct start *start = &board->starts[index % board->count];

	(void)io;
	return count_ways(board->all, start->columns, start->left, start->right);
}

static const struct par_param params[] = {
	{ "n", "queens, on a board of n x n", 13, BOARD_MIN, BOARD_MAX },
	{ 0 },
};

const struct par_workload par_workload_nqueens = {
	.name = "nqueens",
	.label = "n queens",
	.summary = "count n-queens boards that start with two given queens: recursion, uneven",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 264, 264, 1980 }, /* whole boards of 13: 132 tasks each */
	.cpu_ns = 230000,
	.open = nqueens_open,
	.task = nqueens_task,
	.close = free,
};
