/* Timers: the order they ring in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rng.h"
#include "timers.h"

#define MANY 3000

static void test_empty(void **state)
{
	struct par_timers timers = PAR_TIMERS_INIT;

	(void)state;
	assert_int_equal(par_timers_first(&timers), PAR_TIMERS_NONE);
	assert_null(par_timers_take(&timers, UINT64_MAX));
	par_timers_fini(&timers);
}

static void test_not_before_due(void **state)
{
	struct par_timers timers = PAR_TIMERS_INIT;
	int owner;

	(void)state;
	assert_int_equal(par_timers_add(&timers, 100, &owner), 0);
	assert_int_equal(par_timers_first(&timers), 100);
	assert_null(par_timers_take(&timers, 99));
	assert_ptr_equal(par_timers_take(&timers, 100), &owner);
	assert_null(par_timers_take(&timers, 100));
	par_timers_fini(&timers);
}

struct sleeper {
	uint64_t deadline, order;
};

/* Deadlines from [0, range): 1 makes all equal, a small range many so. Takes some while adding. */
static void check_order(uint64_t range)
{
	static struct sleeper owners[MANY];
	const struct sleeper *last = NULL, *owner;
	struct par_timers timers = PAR_TIMERS_INIT;
	struct par_rng rng;
	unsigned taken = 0;

	par_rng_init(&rng, range);
	for (unsigned i = 0; i < MANY; i++) {
		owners[i].deadline = par_rng_below(&rng, range);
		owners[i].order = i;
		assert_int_equal(par_timers_add(&timers, owners[i].deadline, &owners[i]), 0);
		if (i % 5 == 4) { /* the earliest there is; a later one may still be added */
			owner = par_timers_take(&timers, UINT64_MAX - 1);
			assert_non_null(owner);
			taken++;
		}
	}
	while ((owner = par_timers_take(&timers, UINT64_MAX - 1))) {
		assert_true(!last || last->deadline < owner->deadline ||
			    (last->deadline == owner->deadline && last->order < owner->order));
		last = owner;
		taken++;
	}
	assert_int_equal(taken, MANY);
	par_timers_fini(&timers);
}

static void test_order(void **state)
{
	(void)state;
	check_order(1);
	check_order(10);
	check_order(1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_not_before_due),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
