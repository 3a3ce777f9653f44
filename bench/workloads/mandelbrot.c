/*
 * mandelbrot: uneven tasks, floating point. The job is a picture of as many rows as there are
 * tasks; a task counts the iterations of one row of `width` points. Rows through the set cost a
 * hundred times those above it.
 *
 * The digest is made of iteration counts, which a single rounding can change, so all machines must
 * round alike: IEEE 754 doubles, and no product fused with a sum.
 */
#include <errno.h>
#include <float.h>
#include <stdlib.h>

#include "rng.h"
#include "workload.h"

_Static_assert(FLT_EVAL_METHOD == 0, "doubles must be rounded to doubles (on x86-32: -msse2)");

/* gcc takes this from -std=c11 (it contracts in gnu11 only); clang, which obeys the pragma, does
 * not. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif !defined(__STRICT_ANSI__)
#error "compile with -std=c11: gcc fuses products and sums otherwise, and digests would differ"
#endif

struct picture {
	uint64_t rows, width;
	uint32_t limit;
};

static int mandelbrot_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	struct picture *picture = malloc(sizeof *picture);

	if (picture == NULL)
		return par_fail(error, -ENOMEM, "mandelbrot: out of memory");
	*picture = (struct picture){
		.rows = setup->tasks,
		.width = setup->params[0],
		.limit = (uint32_t)setup->params[1],
	};
	*state = picture;
	return 0;
}

/* z = z^2 + c from 0 until |z| > 2 or the limit. */
static uint32_t escape_time(double re, double im, uint32_t limit)
{
	double x = 0, y = 0, xx = 0, yy = 0;
	uint32_t count = 0;

	while (count < limit && xx + yy <= 4) {
		y = 2 * x * y + im;
		x = xx - yy + re;
		xx = x * x;
		yy = y * y;
		count++;
	}
	return count;
}

/* The middle of pixel i of n between `low` and `low + size`. */
static double middle(double low, double size, uint64_t i, uint64_t n)
{
	return low + size * ((double)i + 0.5) / (double)n;
}

static uint64_t mandelbrot_task(void *state, uint64_t index, struct par_io *io)
{
	const struct picture *picture = state;
	double im = middle(-1.25, 2.5, index % picture->rows, picture->rows);
	uint64_t digest = 0;

	(void)io;
	for (uint64_t i = 0; i < picture->width; i++) {
		double re = middle(-2, 2.5, i, picture->width);

		digest = par_mix64(digest + escape_time(re, im, picture->limit));
	}
	return digest;
}

static const struct par_param params[] = {
	{ "width", "points in a row, which is a task", 256, 1, 65536 },
	{ "limit", "most iterations for a point", 1000, 1, 1000000 },
	{ 0 },
};

const struct par_workload par_workload_mandelbrot = {
	.name = "mandelbrot",
	.label = "Mandelbrot",
	.summary = "one row of the Mandelbrot set: uneven tasks, floating point",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 256, 288, 2560 },
	.cpu_ns = 150000,
	.open = mandelbrot_open,
	.task = mandelbrot_task,
	.close = free,
};
