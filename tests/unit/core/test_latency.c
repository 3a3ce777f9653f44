#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "latency.h"
#include "percentile.h"

enum { MOST = 5000 };

static uint64_t ns[MOST];

/* 1000, 2000, ... in an order that is not theirs. */
static struct par_latency describe(size_t n)
{
	struct par_latency latency;

	for (size_t i = 0; i < n; i++)
		ns[i] = 1000 * (1 + (i * 7919 + 13) % n); /* 7919 is prime and divides no n below */
	assert_int_equal(par_latency_describe(&latency, ns, n), 0);
	return latency;
}

static void test_nothing(void **state)
{
	struct par_latency latency = describe(0);

	(void)state;
	assert_int_equal(latency.n, 0);
	for (size_t i = 0; i < PAR_LATENCIES; i++)
		assert_int_equal(latency.ns[i], 0);
}

static void test_percentiles_of_a_large_sample(void **state)
{
	struct par_latency latency = describe(MOST);

	(void)state;
	assert_int_equal(latency.n, MOST);
	assert_int_equal(latency.ns[PAR_LATENCY_P50], 2500000);
	assert_int_equal(latency.ns[PAR_LATENCY_P90], 4500000);
	assert_int_equal(latency.ns[PAR_LATENCY_P99], 4950000);
	assert_int_equal(latency.ns[PAR_LATENCY_P999], 4995000);
	assert_int_equal(latency.ns[PAR_LATENCY_MAX], 5000000);
}

/* Each percentile comes with the size that can tell it, and not one request before. */
static void test_what_a_sample_cannot_tell_is_null(void **state)
{
	static const struct {
		double share;
		enum par_latency_rank rank;
	} known[] = { { 0.5, PAR_LATENCY_P50 }, { 0.9, PAR_LATENCY_P90 }, { 0.99, PAR_LATENCY_P99 },
		{ 0.999, PAR_LATENCY_P999 } };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t least = par_percentile_least(known[i].share);
		struct par_latency enough = describe(least), few = describe(least - 1);
		json_t *json = par_latency_json(&few);
		const char *name = par_latency_name(known[i].rank);

		assert_true(enough.ns[known[i].rank] > 0);
		assert_int_equal(few.ns[known[i].rank], 0);
		assert_true(json_is_null(json_object_get(json, name)));
		assert_int_equal(
			json_integer_value(json_object_get(json, "max_ns")), 1000 * (least - 1));
		assert_int_equal(json_integer_value(json_object_get(json, "n")), least - 1);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_percentiles_of_a_large_sample),
		cmocka_unit_test(test_what_a_sample_cannot_tell_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
