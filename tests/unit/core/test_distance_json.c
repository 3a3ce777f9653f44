/* Distances in run.json: what is written is read back, and what is damaged is refused. */
#include "core_fixture.h"

#include <errno.h>
#include <math.h>

#include "distance_json.h"

static struct par_distance three(double near, double far)
{
	static const int pus[] = { 0, 4, 7 };
	struct par_distance distance;

	assert_int_equal(par_distance_init_pus(&distance, pus, 3), 0);
	par_distance_set(&distance, 1, 0, near);
	par_distance_set(&distance, 2, 1, far); /* 2, 0 is not known */
	return distance;
}

static void what_is_written_is_read_back(void **state)
{
	struct par_distance earlier = three(100, 500), later = three(110, 480), read;
	json_t *json = par_distance_json(&earlier, &later);

	(void)state;
	assert_non_null(json);
	assert_int_equal(par_distance_read(&read, json, false), 0);
	assert_int_equal(read.count, 3);
	assert_int_equal(read.pus[2], 7);
	assert_true(par_distance_at(&read, 0, 1) == 100);
	assert_true(par_distance_at(&read, 1, 2) == 500);
	assert_true(isnan(par_distance_at(&read, 0, 2)));
	par_distance_fini(&read);
	assert_int_equal(par_distance_read(&read, json, true), 0);
	assert_true(par_distance_at(&read, 2, 1) == 480);
	par_distance_fini(&read);
	assert_true(json_is_false(json_object_get(json, "changed")));
	json_decref(json);
	par_distance_fini(&later);
	later = three(600, 600);
	json = par_distance_json(&earlier, &later);
	assert_true(json_is_true(json_object_get(json, "changed")));
	json_decref(json);
	json = par_distance_json(&earlier, NULL);
	assert_int_equal(par_distance_read(&read, json, true), -ENOENT);
	json_decref(json);
	par_distance_fini(&earlier);
	par_distance_fini(&later);
}

static void damage_is_refused(void **state)
{
	static const char *const bad[] = { "{\"ns\": []}", "{\"pus\": 3, \"ns\": []}",
		"{\"pus\": [0, 1], \"ns\": [[]]}", "{\"pus\": [0, 1], \"ns\": [[], [1, 2]]}",
		"{\"pus\": [0, 1], \"ns\": [[], [-4]]}", "{\"pus\": [0, -1], \"ns\": [[], [4]]}",
		"{\"pus\": [0, 1], \"ns\": [[], [\"far\"]]}", "{\"pus\": [0, 1], \"ns\": 4}" };
	struct par_distance read;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json_t *json = json_loads(bad[i], 0, NULL);

		assert_non_null(json);
		if (par_distance_read(&read, json, false) != -EBADMSG)
			fail_msg("%s was taken", bad[i]);
		assert_null(read.pus);
		json_decref(json);
	}
	assert_int_equal(par_distance_read(&read, NULL, false), -ENOENT);
}

/* A run from before distances were kept. */
static void a_run_without_them_stays_as_it_is(void **state)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	json_t *info = json_object();

	(void)state;
	assert_int_equal(par_distance_note_again(info, &machine), 0);
	assert_int_equal(json_object_size(info), 0);
	json_decref(info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(damage_is_refused),
		cmocka_unit_test(a_run_without_them_stays_as_it_is),
	};

	return cmocka_run_group_tests_name("distance json", tests, NULL, NULL);
}
