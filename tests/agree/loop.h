/*
 * loop: a loop without a harness: what parbench's figures are compared with.
 *
 * A program defines the operation and calls loop_run(): LOOP_SAMPLES samples of COUNT operations,
 * of which it prints the median in ns per operation, as a visit does with its samples.
 */
#ifndef PAR_LOOP_H
#define PAR_LOOP_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOP_SAMPLES 21

static double loop_now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int loop_compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* An operation returns 0; anything else ends the program. COUNT is the program's only argument. */
static int loop_run(int argc, char **argv, int (*operation)(void))
{
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	double samples[LOOP_SAMPLES];

	if (count < 1) {
		fprintf(stderr, "usage: %s COUNT\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < LOOP_SAMPLES; i++) {
		double start = loop_now();

		for (long j = 0; j < count; j++)
			if (operation() != 0)
				return 1;
		samples[i] = (loop_now() - start) / (double)count;
	}
	qsort(samples, LOOP_SAMPLES, sizeof *samples, loop_compare);
	printf("%.3f\n", samples[LOOP_SAMPLES / 2]);
	return 0;
}

#endif
