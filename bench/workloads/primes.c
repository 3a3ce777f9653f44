/*
 * primes: uneven tasks, integer division. Task i adds up the primes among the `span` numbers from
 * i * span on, by trial division, which costs more the larger the numbers are: the last tasks of a
 * job are the longest, which punishes a split into equal halves.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "workload.h"

static int primes_open(void **state, const struct par_setup *setup, struct par_error *error)
{
	uint64_t *span = malloc(sizeof *span);

	if (span == NULL)
		return par_fail(error, -ENOMEM, "primes: out of memory");
	*span = setup->params[0];
	*state = span;
	return 0;
}

/* Odd n >= 3. In 32 bits, where many CPUs divide several times faster. */
static bool is_prime32(uint32_t n)
{
	for (uint32_t d = 3; (uint64_t)d * d <= n; d += 2) {
		if (n % d == 0)
			return false;
	}
	return true;
}

static bool is_prime64(uint64_t n)
{
	for (uint64_t d = 3; d * d <= n; d += 2) {
		if (n % d == 0)
			return false;
	}
	return true;
}

static uint64_t primes_task(void *state, uint64_t index, struct par_io *io)
{
	uint64_t span = *(const uint64_t *)state;
	uint64_t first = index * span, last = first + span;
	uint64_t sum = first <= 2 && 2 < last ? 2 : 0;

	(void)io;
	for (uint64_t n = first < 3 ? 3 : first | 1; n < last; n += 2) {
		if (n <= UINT32_MAX ? is_prime32((uint32_t)n) : is_prime64(n))
			sum += n;
	}
	return sum;
}

static const struct par_param params[] = {
	{ "span", "numbers that a task examines", 2000, 1, 1000000 },
	{ 0 },
};

const struct par_workload par_workload_primes = {
	.name = "primes",
	.label = "primes",
	.summary = "add up the primes of a span by trial division: later tasks cost more",
	.bound = PAR_BOUND_CPU,
	.params = params,
	.tasks = { 384, 384, 1536 },
	.cpu_ns = 130000,
	.open = primes_open,
	.task = primes_task,
	.close = free,
};
