/*
 * matmul: floating point from the caches. C = A x B, cut into square tiles; a task computes one
 * tile of C from `depth` columns of A and rows of B.
 *
 * B is stored in panels as wide as a tile, so that the inner loops walk memory in order, and the
 * work is done in blocks of BLOCK rows of a panel (16 KiB), which stay in the first-level cache
 * while all rows of the tile pass over them. (Goto, van de Geijn: Anatomy of High-Performance
 * Matrix Multiplication, 2008.) The numbers are small integers, so every sum is exact, in any
 * order.
 */
#include <errno.h>
#include <stdlib.h>

#include "bulk.h"
#include "rng.h"
#include "workload.h"

#define TILE         32
#define BLOCK        64
#define TILE_COLUMNS 16  /* of C */
#define TILE_ROWS    128 /* of C, at most: bounds A; further tasks start again at the top */

struct matrices {
	uint64_t depth, tile_rows;
	struct par_bulk memory;
	double *a; /* [tile_rows * TILE][depth] */
	double *b; /* [TILE_COLUMNS][depth][TILE] */
};

static double entry(uint64_t key)
{
	return (double)(par_mix64(key) & 15) - 8;
}

static void fill(struct matrices *matrices)
{
	uint64_t a_size = matrices->tile_rows * TILE * matrices->depth;
	uint64_t b_size = TILE_COLUMNS * TILE * matrices->depth;

	matrices->a = matrices->memory.data;
	matrices->b = matrices->a + a_size;
	for (uint64_t i = 0; i < a_size; i++)
		matrices->a[i] = entry(i);
	for (uint64_t i = 0; i < b_size; i++)
		matrices->b[i] = entry(~i);
}

static void matmul_close(void *state)
{
	struct matrices *matrices = state;

	if (matrices != NULL)
		par_bulk_close(&matrices->memory);
	free(matrices);
}

static int matmul_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct matrices *matrices = calloc(1, sizeof *matrices);
	uint64_t rows = (setup->tasks + TILE_COLUMNS - 1) / TILE_COLUMNS;
	int status = -ENOMEM;

	if (matrices == NULL)
		goto done;
	matrices->depth = setup->params[0] * BLOCK;
	matrices->tile_rows = rows < TILE_ROWS ? rows : TILE_ROWS;
	status = par_bulk_open(&matrices->memory,
		(matrices->tile_rows + TILE_COLUMNS) * TILE * matrices->depth * sizeof(double),
		false);
	if (status < 0)
		goto done;
	fill(matrices);
	*state = matrices;
done:
	if (status < 0) {
		matmul_close(matrices);
		return par_fail(error, status, "matmul: no memory for the matrices");
	}
	return 0;
}

/* c += the product of a row of A's block and BLOCK rows of the panel, four of them at a time. */
static void add_row(double *restrict c, const double *restrict a, const double *restrict b)
{
	for (int k = 0; k < BLOCK; k += 4, b += 4 * TILE) {
		for (int j = 0; j < TILE; j++)
			c[j] += a[k] * b[j] + a[k + 1] * b[j + TILE] + a[k + 2] * b[j + 2 * TILE] +
				a[k + 3] * b[j + 3 * TILE];
	}
}

static void multiply(double c[TILE][TILE], const double *a, const double *b, uint64_t depth)
{
	for (uint64_t k = 0; k < depth; k += BLOCK) {
		for (uint64_t i = 0; i < TILE; i++)
			add_row(c[i], a + i * depth + k, b + k * TILE);
	}
}

static uint64_t matmul_task(void *state, uint64_t index, struct par_io *io)
{
	const struct matrices *matrices = state;
	uint64_t row = index / TILE_COLUMNS % matrices->tile_rows, column = index % TILE_COLUMNS;
	double c[TILE][TILE] = { { 0 } };
	uint64_t digest = 0;

	(void)io;
	multiply(c, matrices->a + row * TILE * matrices->depth,
		matrices->b + column * TILE * matrices->depth, matrices->depth);
	for (int i = 0; i < TILE; i++) {
		for (int j = 0; j < TILE; j++)
			digest = digest * 0x9e3779b97f4a7c15ULL + (uint64_t)(int64_t)c[i][j];
	}
	return digest;
}

static const struct par_param params[] = {
	{ "depth64", "length of each dot product, in units of 64", 16, 1, 64 },
	{ 0 },
};

const struct par_workload par_workload_matmul = {
	.name = "matmul",
	.label = "matmul",
	.summary = "one 32 x 32 tile of a product of matrices: floating point in the caches",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 384, 384, 3584 },
	.cpu_ns = 110000,
	.open = matmul_open,
	.task = matmul_task,
	.close = matmul_close,
};
