/* The verdict on made-up probes, and that real probes are taken and leave no trace. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "noise.h"

static const struct par_noise quiet = {
	.loop_ns = 300000,
	.handoff_ns = 120,
	.steal_ticks = 1000,
	.busy_ticks = 50000,
};

static const char *verdict(const struct par_noise *before, const struct par_noise *after)
{
	static struct par_error reason;
	bool moved;

	reason.text[0] = '\0';
	moved = par_noise_verdict(&reason, before, after);
	assert_int_equal(moved, reason.text[0] != '\0');
	return moved ? reason.text : NULL;
}

static void still(void **state)
{
	struct par_noise after = quiet;

	(void)state;
	assert_null(verdict(&quiet, &after));
	after.loop_ns = 344000; /* 1.147 */
	after.handoff_ns = 239; /* 1.99 */
	after.busy_ticks += 100;
	after.steal_ticks += 5; /* 5 of 105 */
	assert_null(verdict(&quiet, &after));
	assert_null(verdict(&after, &quiet));
}

static void loop(void **state)
{
	struct par_noise after = quiet;

	(void)state;
	after.loop_ns = 351000;
	assert_string_equal(verdict(&quiet, &after),
		"the fixed loop ran 1.17 times slower after the visit (limit 1.15)");
	assert_string_equal(verdict(&after, &quiet),
		"the fixed loop ran 1.17 times faster after the visit (limit 1.15)");
}

static void handoff(void **state)
{
	struct par_noise after = quiet;

	(void)state;
	after.handoff_ns = 541;
	assert_string_equal(verdict(&quiet, &after),
		"the workers' CPUs moved apart 4.51 times as far during the visit (limit 2.00)");
	assert_string_equal(verdict(&after, &quiet), "the workers' CPUs moved together 4.51 times "
						     "as near during the visit (limit 2.00)");
	after.handoff_ns = 0; /* not taken: nothing can be said */
	assert_null(verdict(&quiet, &after));
	assert_null(verdict(&after, &quiet));
}

static void steal(void **state)
{
	struct par_noise after = quiet;

	(void)state;
	after.busy_ticks += 90;
	after.steal_ticks += 10;
	assert_string_equal(verdict(&quiet, &after),
		"the hypervisor gave 10 % of the CPU time to others (limit 5 %)");
	after.busy_ticks = quiet.busy_ticks + 3; /* 2 ticks of 5 are within the rounding */
	after.steal_ticks = quiet.steal_ticks + 2;
	assert_null(verdict(&quiet, &after));
	after.steal_ticks = quiet.steal_ticks - 10; /* a CPU went offline */
	assert_null(verdict(&quiet, &after));
}

static void without_handoff(void **state)
{
	struct par_noise noise;

	(void)state;
	assert_int_equal(par_noise_probe(&noise, -1, -1), 0);
	assert_int_equal(noise.handoff_ns, 0);
	assert_true(noise.loop_ns > 0);
	assert_true(noise.busy_ticks > 0);
	assert_true(noise.wall_ns > 0);
	assert_int_equal(par_noise_probe(&noise, 0, 0), 0);
	assert_int_equal(noise.handoff_ns, 0);
	assert_int_equal(par_noise_probe(&noise, 0, -1), 0);
	assert_int_equal(noise.handoff_ns, 0);
}

/* The n-th CPU that this thread may use, or -1. */
static int allowed_cpu(const cpu_set_t *set, int n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	return -1;
}

/* On a loaded machine the partner may not run in time; that is told, and never hangs. */
static void with_handoff(void **state)
{
	struct par_noise noise;
	cpu_set_t before, after;
	int code;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	if (CPU_COUNT(&before) < 2)
		skip();
	code = par_noise_probe(&noise, allowed_cpu(&before, 0), allowed_cpu(&before, 1));
	assert_true(code == 0 || code == -ETIMEDOUT);
	assert_int_equal(code == 0, noise.handoff_ns > 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
}

/* A CPU that does not exist, as first or as second: an error, and the rest of the probe stands. */
static void missing_cpu(void **state)
{
	struct par_noise noise;

	(void)state;
	assert_int_equal(par_noise_probe(&noise, 0, 100000), -EINVAL);
	assert_int_equal(noise.handoff_ns, 0);
	assert_true(noise.loop_ns > 0);
	assert_int_equal(par_noise_probe(&noise, 100000, 0), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(still),
		cmocka_unit_test(loop),
		cmocka_unit_test(handoff),
		cmocka_unit_test(steal),
		cmocka_unit_test(without_handoff),
		cmocka_unit_test(with_handoff),
		cmocka_unit_test(missing_cpu),
	};

	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
