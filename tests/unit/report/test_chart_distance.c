/* The matrix of distances: what it says of made-up machines, and when there is nothing to draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../common/machines.h"

#include "chart.h"
#include "synthetic_more.h"

static struct par_synthetic run;
static struct par_machine made; /* the run's own, to be given back */
static struct par_analysis analysis;
static struct par_sheet sheet;

/* A run on a machine of hwloc's notation; fills the sheet when there is one. Returns how many. */
static size_t draw(const char *synthetic, const double ns[PAR_DISTANCE_LEVELS], double later)
{
	const struct par_chart *chart = par_chart_find("distance");
	struct par_error error = PAR_ERROR_INIT;
	struct par_palette palette;
	size_t count;

	assert_non_null(chart);
	assert_int_equal(par_synthetic_make(&run, 2, 0, 7, 0.01, false), 0);
	made = run.machine;
	run.machine = machine_synthetic(synthetic);
	if (ns != NULL)
		assert_int_equal(par_synthetic_add_distance(&run, ns, later), 0);
	assert_int_equal(par_analysis_init(&analysis, &run.registry, &run.machine, &run.plan,
				 &run.records, run.run, &error),
		0);
	par_palette_init(&palette, &run.registry);
	count = chart->count(&analysis);
	if (count > 0)
		assert_int_equal(chart->fill(&sheet, &analysis, &palette, 0), 0);
	return count;
}

static int undraw(void **state)
{
	(void)state;
	par_sheet_fini(&sheet);
	par_analysis_fini(&analysis);
	par_machine_fini(&run.machine);
	run.machine = made;
	par_synthetic_fini(&run);
	return 0;
}

static void check(const char *holds)
{
	if (strstr(sheet.finding, holds) == NULL)
		fail_msg("\"%s\" does not hold \"%s\"", sheet.finding, holds);
}

/* Boxes that are drawn: rows of the second block. */
static size_t boxes(void)
{
	const char *at = strstr(sheet.data.data, "\n\n\n#");
	size_t lines = 0;

	assert_non_null(at);
	for (at += 3; *at != '\0'; at++)
		lines += *at == '\n';
	return lines - 1;
}

static const double usual[PAR_DISTANCE_LEVELS] = { 20, 60, 110, 160, 410 };

static void near_and_far_are_named(void **state)
{
	(void)state;
	assert_int_equal(draw(MACHINE_2X2X8X2, usual, 0), 1);
	check("between PUs of one core");
	check("between packages");
	assert_null(strstr(sheet.finding, "end of the run"));
	assert_true(boxes() < 64 * 63 / 2); /* neighbours of one colour are one box */
}

static void two_cores_have_one_distance(void **state)
{
	(void)state;
	assert_int_equal(draw("pack:1 l3:1 core:2 pu:1", usual, 1.1), 1);
	check("between cores of one cache");
	check("about the same at the end");
	assert_int_equal(boxes(), 2);
}

static void a_move_is_told(void **state)
{
	(void)state;
	assert_int_equal(draw("pack:1 l3:1 core:2 pu:1", usual, 4.5), 1);
	check("at the end of the run it was 4.49");
	check("as when CPUs are moved");
	check("two machines");
}

static void it_follows_the_data_not_the_topology(void **state)
{
	static const double odd[PAR_DISTANCE_LEVELS] = { 400, 300, 200, 100, 50 };

	(void)state;
	assert_int_equal(draw("pack:2 l3:1 core:4 pu:1", odd, 0), 1);
	check("in 53 ns between packages");
	check("between packages");
}

static void nothing_is_drawn_without_distances(void **state)
{
	(void)state;
	assert_int_equal(draw("pack:1 l3:1 core:4 pu:1", NULL, 0), 0);
}

static void nor_on_one_pu(void **state)
{
	(void)state;
	assert_int_equal(draw(MACHINE_ONE_CORE, usual, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(near_and_far_are_named, undraw),
		cmocka_unit_test_teardown(two_cores_have_one_distance, undraw),
		cmocka_unit_test_teardown(a_move_is_told, undraw),
		cmocka_unit_test_teardown(it_follows_the_data_not_the_topology, undraw),
		cmocka_unit_test_teardown(nothing_is_drawn_without_distances, undraw),
		cmocka_unit_test_teardown(nor_on_one_pu, undraw),
	};

	return cmocka_run_group_tests_name("chart distance", tests, NULL, NULL);
}
