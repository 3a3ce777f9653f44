/* The charts of made-up runs on small and large machines: every text has its own place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "chart.h"
#include "synthetic_more.h"

static struct par_synthetic run;
static struct par_analysis analysis;

static void make(unsigned cores, unsigned rounds)
{
	static const double distances[PAR_DISTANCE_LEVELS] = { 20, 60, 110, 160, 410 };
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_synthetic_make(&run, cores, rounds, 7, 0.01, true), 0);
	assert_int_equal(par_synthetic_add_grain(&run, rounds), 0);
	assert_int_equal(par_synthetic_add_waits(&run, rounds), 0);
	assert_int_equal(par_synthetic_add_distance(&run, distances, 1.1), 0);
	assert_int_equal(par_analysis_init(&analysis, &run.registry, &run.machine, &run.plan,
				 &run.records, run.run, &error),
		0);
}

static void unmake(void)
{
	par_analysis_fini(&analysis);
	par_synthetic_fini(&run);
}

static bool boxes_meet(const struct par_box *a, const struct par_box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static void check_layout(const struct par_sheet *sheet, int size)
{
	const struct par_layout *layout = &sheet->layouts[size];

	assert_false(layout->failed);
	for (size_t i = 0; i < layout->box_count; i++) {
		const struct par_box *box = &layout->boxes[i];

		if (box->slanted)
			continue;
		if (box->left < 0 || box->right > layout->width || box->top < 0 ||
			box->bottom > layout->height + layout->offset)
			fail_msg("%s %s: text %zu leaves the chart: %.0f..%.0f, %.0f..%.0f of %.0f "
				 "x "
				 "%.0f\n%s",
				sheet->stem, par_size_name((enum par_size_kind)size), i, box->left,
				box->right, box->top, box->bottom, layout->width,
				layout->height + layout->offset, par_text_get(&layout->marks));
		for (size_t j = 0; j < i; j++)
			if (!layout->boxes[j].slanted && boxes_meet(box, &layout->boxes[j]))
				fail_msg("%s %s: texts %zu and %zu meet at %.0f, %.0f\n%s",
					sheet->stem, par_size_name((enum par_size_kind)size), j, i,
					box->left, box->top, par_text_get(&layout->marks));
	}
}

static void check_sheet(
	const struct par_chart *chart, const struct par_palette *palette, size_t index)
{
	struct par_sheet sheet = PAR_SHEET_INIT;

	assert_int_equal(chart->fill(&sheet, &analysis, palette, index), 0);
	assert_int_equal(
		strspn(sheet.stem, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(sheet.stem));
	assert_true(strncmp(sheet.stem, chart->name, strlen(chart->name)) == 0);
	assert_true(sheet.finding[0] != '\0' && sheet.what[0] != '\0' && sheet.alt[0] != '\0');
	assert_true(sheet.data.size > 0 && sheet.data.data[0] == '#');
	for (int size = 0; size < PAR_SIZES; size++)
		check_layout(&sheet, size);
	par_sheet_fini(&sheet);
}

static void check_all(unsigned cores, unsigned rounds)
{
	struct par_palette palette;

	make(cores, rounds);
	par_palette_init(&palette, &run.registry);
	for (size_t i = 0; par_charts[i] != NULL; i++) {
		size_t count = par_charts[i]->count(&analysis);

		/* One core is far from nothing. */
		assert_true(count > 0 || run.machine.allowed_pus == 1);
		for (size_t j = 0; j < count; j++)
			check_sheet(par_charts[i], &palette, j);
	}
	unmake();
}

static void test_texts_keep_apart_on_one_core(void **state)
{
	(void)state;
	check_all(1, 7);
}

static void test_texts_keep_apart_on_two_cores(void **state)
{
	(void)state;
	check_all(2, 7);
}

static void test_texts_keep_apart_without_intervals(void **state)
{
	(void)state;
	check_all(2, 3);
}

static void test_texts_keep_apart_on_sixteen_cores(void **state)
{
	(void)state;
	check_all(16, 7);
}

static void test_texts_keep_apart_on_sixty_four_cores(void **state)
{
	(void)state;
	check_all(64, 6);
}

static void test_charts_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; par_charts[i] != NULL; i++)
		assert_ptr_equal(par_chart_find(par_charts[i]->name), par_charts[i]);
	assert_null(par_chart_find("nonsense"));
}

/* What a chart of few counts must say, and one of many must not. */
static void test_missing_fit_is_said(void **state)
{
	static const char words[] = "no USL fit: fewer than 4 core counts";
	const struct par_chart *chart = par_chart_find("speedup");
	struct par_palette palette;
	struct par_sheet sheet = PAR_SHEET_INIT;

	(void)state;
	make(2, 7);
	par_palette_init(&palette, &run.registry);
	assert_int_equal(chart->fill(&sheet, &analysis, &palette, 0), 0);
	assert_non_null(strstr(sheet.layouts[PAR_SIZE_WIDE].marks.data, words));
	par_sheet_fini(&sheet);
	unmake();
	make(16, 7);
	assert_int_equal(chart->fill(&sheet, &analysis, &palette, 0), 0);
	assert_null(strstr(sheet.layouts[PAR_SIZE_WIDE].marks.data, words));
	par_sheet_fini(&sheet);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts_keep_apart_on_one_core),
		cmocka_unit_test(test_texts_keep_apart_on_two_cores),
		cmocka_unit_test(test_texts_keep_apart_without_intervals),
		cmocka_unit_test(test_texts_keep_apart_on_sixteen_cores),
		cmocka_unit_test(test_texts_keep_apart_on_sixty_four_cores),
		cmocka_unit_test(test_charts_are_found_by_name),
		cmocka_unit_test(test_missing_fit_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
