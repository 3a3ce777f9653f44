/* The charts of lessons: every text has its own place, whatever the data are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart_lesson.h"
#include "lesson_fixture.h"
#include "publish.h"

static struct par_synthetic run;
static struct par_analysis analysis;

static void make(unsigned rounds)
{
	assert_int_equal(par_synthetic_make(&run, 16, 0, 7, 0.02, false), 0);
	par_plan_fini(&run.plan);
	assert_int_equal(par_demo_add(&run, rounds), 0);
}

static void analyse(void)
{
	struct par_error error = PAR_ERROR_INIT;

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

		if (box->left < 0 || box->right > layout->width || box->top < 0 ||
			box->bottom > layout->height + layout->offset)
			fail_msg("%s %s: text %zu leaves the chart: %.0f..%.0f, %.0f..%.0f\n%s",
				sheet->stem, par_size_name((enum par_size_kind)size), i, box->left,
				box->right, box->top, box->bottom, par_text_get(&layout->marks));
		for (size_t j = 0; j < i; j++)
			if (boxes_meet(box, &layout->boxes[j]))
				fail_msg("%s %s: texts %zu and %zu meet at %.0f, %.0f\n%s",
					sheet->stem, par_size_name((enum par_size_kind)size), j, i,
					box->left, box->top, par_text_get(&layout->marks));
	}
}

static void check_sheets(const struct par_experiment *experiment)
{
	struct par_palette palette;

	par_palette_init(&palette, &run.registry);
	for (const struct par_lesson_sheet *item = experiment->lesson->sheets; item->stem != NULL;
		item++) {
		const struct par_lesson_view view = { &analysis, experiment->name, item };
		struct par_sheet sheet = PAR_SHEET_INIT;

		assert_int_equal(par_lesson_fill(&sheet, &view, &palette), 0);
		assert_string_equal(sheet.stem, item->stem);
		assert_true(sheet.finding[0] != '\0' && sheet.alt[0] != '\0');
		assert_true(sheet.data.size > 0 && sheet.data.data[0] == '#');
		for (int size = 0; size < PAR_SIZES; size++)
			check_layout(&sheet, size);
		par_sheet_fini(&sheet);
	}
}

static void check(unsigned rounds)
{
	make(rounds);
	analyse();
	for (size_t i = 0; par_demo_experiments[i] != NULL; i++)
		check_sheets(par_demo_experiments[i]);
	unmake();
}

static void test_texts_keep_apart(void **state)
{
	(void)state;
	check(7);
}

static void test_texts_keep_apart_without_intervals(void **state)
{
	(void)state;
	check(3);
}

static void test_no_cells_is_no_sheet(void **state)
{
	const struct par_lesson_view view = { &analysis, "sharing", &par_demo_sharing_sheets[0] };
	struct par_sheet sheet = PAR_SHEET_INIT;
	struct par_palette palette;

	(void)state;
	assert_int_equal(par_synthetic_make(&run, 2, 0, 7, 0.02, false), 0);
	analyse();
	par_palette_init(&palette, &run.registry);
	assert_int_equal(par_lesson_fill(&sheet, &view, &palette), 1);
	par_sheet_fini(&sheet);
	unmake();
}

/* To look at: PAR_DEMO_FOLDER names a folder that exists. */
static void test_demo(void **state)
{
	const char *folder = getenv("PAR_DEMO_FOLDER");
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	if (folder == NULL)
		skip();
	make(7);
	analyse();
	for (size_t i = 0; par_demo_experiments[i] != NULL; i++)
		assert_int_equal(par_lesson_find_all(&analysis, par_demo_experiments[i]->name,
					 par_demo_experiments[i]->lesson),
			0);
	if (par_publish(folder, &analysis, par_demo_experiments, &error) != 0)
		fail_msg("%s", error.text);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts_keep_apart),
		cmocka_unit_test(test_texts_keep_apart_without_intervals),
		cmocka_unit_test(test_no_cells_is_no_sheet),
		cmocka_unit_test(test_demo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
