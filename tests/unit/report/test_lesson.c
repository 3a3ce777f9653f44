/* What a lesson finds in its cells, and where that is said: findings, page, Markdown, terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chart_draw.h"
#include "file.h"
#include "lesson_fixture.h"
#include "publish.h"
#include "svg.h"
#include "terminal.h"

#define PAGE_LIMIT (2u << 20)

static struct par_synthetic run;
static struct par_analysis analysis;

static int set_up(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	if (par_synthetic_make(&run, 16, 0, 7, 0.02, false) < 0)
		return -1;
	par_plan_fini(&run.plan);
	if (par_demo_add(&run, 7) < 0)
		return -1;
	return par_analysis_init(
		&analysis, &run.registry, &run.machine, &run.plan, &run.records, run.run, &error);
}

static int tear_down(void **state)
{
	(void)state;
	par_analysis_fini(&analysis);
	par_synthetic_fini(&run);
	return 0;
}

static const struct par_lesson_view locks = { &analysis, "sharing", &par_demo_sharing_sheets[1] };
static const struct par_lesson_view waits = { &analysis, "waiting", &par_demo_waiting_sheets[0] };

static void find_all(void)
{
	for (size_t i = 0; par_demo_experiments[i] != NULL; i++)
		assert_int_equal(par_lesson_find_all(&analysis, par_demo_experiments[i]->name,
					 par_demo_experiments[i]->lesson),
			0);
}

static void test_rank_is_best_first_and_lossy_last(void **state)
{
	const struct par_cell_stats *ranked[4], *all[20];
	size_t count = par_lesson_rank(all, 20, &locks);

	(void)state;
	assert_int_equal(count, PAR_DEMO_VARIANTS);
	assert_string_equal(all[0]->cell.variant, "private");
	assert_string_equal(all[count - 1]->cell.variant, "unlocked");
	assert_true(all[count - 1]->median_ns < all[1]->median_ns);
	for (size_t i = 2; i + 1 < count; i++)
		assert_true(all[i - 1]->median_ns <= all[i]->median_ns);
	assert_int_equal(par_lesson_rank(ranked, 4, &locks), 4);
	for (size_t i = 0; i < 4; i++)
		assert_ptr_equal(ranked[i], all[i]);
	assert_int_equal(par_lesson_rank(ranked, 0, &locks), 0);
}

static void test_picks(void **state)
{
	const struct par_cell_stats *found;

	(void)state;
	found = par_lesson_find(&locks, &(struct par_lesson_pick){ .variant = "spin" });
	assert_non_null(found);
	assert_int_equal(found->cell.workers, 16); /* others are not on this sheet */
	assert_null(par_lesson_find(
		&locks, &(struct par_lesson_pick){ .variant = "spin", .workers = 2 }));
	found = par_lesson_find(
		&locks, &(struct par_lesson_pick){ .param = "bytes", .value = 64 << 2 });
	assert_string_equal(found->cell.variant, "mutex");
	assert_null(par_lesson_find(
		&locks, &(struct par_lesson_pick){ .param = "nothing", .value = 64 }));
	found = par_lesson_find(
		&waits, &(struct par_lesson_pick){ .model = "fork", .tasks = 1000 });
	assert_non_null(found);
	/* it failed there: it has no time */
	assert_null(par_lesson_find(
		&waits, &(struct par_lesson_pick){ .model = "fork", .tasks = 10000 }));
}

static void check_name(const char *text, const struct par_lesson_view *view, bool brief)
{
	const struct par_cell_stats *found = par_lesson_find(view, &(struct par_lesson_pick){ 0 });
	struct par_text out = PAR_TEXT_INIT;

	par_lesson_name(&out, view, &found->cell, brief);
	assert_string_equal(par_text_get(&out), text);
	par_text_fini(&out);
}

static bool takes_all(const struct par_cell *cell)
{
	(void)cell;
	return true;
}

static void test_names_say_what_differs(void **state)
{
	static const struct par_lesson_sheet both = { .takes = takes_all };
	const struct par_lesson_view view = { &analysis, "waiting", &both };

	(void)state;
	check_name("per-thread, merged", &locks, false);
	check_name("fork", &waits, false);
	check_name("fork", &view, true);
}

static void test_axis_values(void **state)
{
	struct par_lesson_sheet sheet = { .axis = "workers" };
	const struct par_cell *cell =
		&par_lesson_find(&locks, &(struct par_lesson_pick){ .variant = "atomic" })->cell;

	(void)state;
	assert_true(par_lesson_at(&sheet, cell) == 16);
	sheet.axis = "cores";
	assert_true(par_lesson_at(&sheet, cell) == 16);
	sheet.axis = "tasks";
	assert_true(par_lesson_at(&sheet, cell) == 10000);
	sheet.axis = "bytes";
	assert_true(par_lesson_at(&sheet, cell) == 128);
	sheet.axis = "nothing";
	assert_true(isnan(par_lesson_at(&sheet, cell)));
	sheet.axis = NULL;
	assert_true(isnan(par_lesson_at(&sheet, cell)));
}

/* A finding a sheet that has words, resting on cells of that sheet alone. */
static void test_findings_name_their_cells(void **state)
{
	(void)state;
	find_all();
	assert_int_equal(analysis.finding_count, 4);
	assert_string_equal(analysis.findings[0].experiment, "sharing");
	assert_non_null(
		strstr(analysis.findings[0].headline, "The best is per-thread, merged with"));
	assert_int_equal(analysis.findings[1].cell_count, PAR_DEMO_VARIANTS);
	for (size_t i = 0; i < PAR_DEMO_VARIANTS; i++)
		assert_true(
			par_lesson_takes(&locks, &analysis.cells[analysis.findings[1].cells[i]]));
	assert_string_equal(analysis.findings[2].experiment, "waiting");
}

static void test_terminal_has_a_line_a_lesson(void **state)
{
	struct par_text out = PAR_TEXT_INIT;
	const char *line;

	(void)state;
	par_terminal_lessons(&out, &analysis, par_demo_experiments, 80, true);
	assert_string_equal(par_text_get(&out), "");
	find_all();
	par_terminal_lessons(&out, &analysis, par_demo_experiments, 60, false);
	assert_true(strncmp(par_text_get(&out), "Lessons:\n- Sharing: The best is ", 30) == 0);
	line = strstr(par_text_get(&out), "\n- Many waits: ");
	assert_non_null(line);
	assert_null(strstr(line + 1, "\n- "));
	for (const char *at = par_text_get(&out); *at != '\0'; at += strcspn(at, "\n") + 1)
		assert_true(strcspn(at, "\n") <= 60);
	for (const char *at = par_text_get(&out); *at != '\0'; at++)
		assert_true((*at & 0x80) == 0);
	par_text_fini(&out);
}

static char *read_result(const char *folder, const char *name)
{
	char *path = par_path_join(folder, name), *data = NULL;
	size_t size;

	assert_int_equal(par_file_read(&data, &size, path, 64u << 20), 0);
	free(path);
	return data;
}

static size_t count(const char *text, const char *what)
{
	size_t found = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		found++;
	return found;
}

static void check_page(const char *page)
{
	const char *sharing = strstr(page, "<section class=\"lesson\" id=\"lesson-sharing\" ");
	const char *waiting = strstr(page, "<section class=\"lesson\" id=\"lesson-waiting\" ");
	const char *more = strstr(page, "<summary>1 more</summary>");

	assert_true(sharing != NULL && waiting != NULL && sharing < waiting);
	assert_non_null(strstr(page, "<a href=\"#lesson-sharing\">Sharing</a> "
				     "<a href=\"#lesson-waiting\">Many waits</a>"));
	/* four sheets: the fourth is folded; then how to read them */
	assert_true(more != NULL && sharing < more && more < waiting);
	assert_non_null(strstr(page, "<li>One thing to read.</li>"));
	assert_non_null(strstr(page, "No finding: the data do not allow one yet"));
	assert_int_equal(count(page, "<figure>"), 6);
	assert_int_equal(count(page, "role=\"img\""), 12);
	assert_int_equal(count(page, "<details"), count(page, "</details>"));
	assert_int_equal(count(page, "<section"), count(page, "</section>"));
	assert_int_equal(count(page, "<svg"), count(page, "</svg>"));
	assert_null(strstr(page, "nan"));
	assert_null(strstr(page, "could not be drawn"));
	assert_true(strlen(page) < PAGE_LIMIT / 6); /* thirty figures must leave room */
}

static void check_markdown(const char *text)
{
	const char *sharing = strstr(text, "\n## Sharing\n\n### The best is ");
	const char *waiting = strstr(text, "\n## Many waits\n\n### The best is ");

	assert_true(sharing != NULL && waiting != NULL && sharing < waiting);
	assert_int_equal(count(text, ".png)"), 6);
	assert_non_null(strstr(text, "\n- One thing to read.\n"));
}

/* PAR_TEST_FOLDER names an existing folder to keep it in, to be looked at. */
static void test_page(void **state)
{
	char folder[] = "/tmp/parbench lesson XXXXXX";
	const char *kept = getenv("PAR_TEST_FOLDER"), *place = kept != NULL ? kept : folder;
	struct par_error error = PAR_ERROR_INIT;
	char *text;

	(void)state;
	if (system("command -v gnuplot >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	find_all();
	if (par_publish(place, &analysis, par_demo_experiments, &error) != 0)
		fail_msg("%s", error.text);
	text = read_result(place, "report.html");
	check_page(text);
	free(text);
	text = read_result(place, "report.md");
	check_markdown(text);
	free(text);
	text = read_result(place, "analysis.json");
	assert_non_null(strstr(text, "\"measures\""));
	free(text);
	assert_int_equal(par_dir_remove(folder), 0);
}

/* What gnuplot, SVG, HTML and Markdown would take for theirs comes through as it is. */
static const struct par_variant odd_variants[] = {
	{ "odd", "{/a_b^2} <b>& \"q\" it's \\n @x", "-", 0, NULL, NULL },
	{ "more", "|pipe| *star* `tick`", "-", PAR_VARIANT_LOSSY, NULL, NULL },
	{ NULL, NULL, NULL, 0, NULL, NULL },
};
static const struct par_lesson_sheet odd_sheets[] = {
	{ .stem = "odd_ladder",
		.kind = PAR_LESSON_LADDER,
		.what = "<i>what</i> & {why}_x",
		.metric = "time",
		.metric_label = "time {of} a_b",
		.word = par_demo_word },
	{ .stem = "odd_curves",
		.kind = PAR_LESSON_CURVES,
		.what = "-",
		.metric = "time",
		.metric_label = "time <b>",
		.axis = "workers",
		.axis_label = "it's {workers}",
		.word = par_demo_word },
	{ .stem = NULL },
};
static const struct par_lesson odd_lesson = {
	.title = "<Odd>", .teaches = "-", .howto = "- One.\n", .sheets = odd_sheets
};
static const struct par_experiment odd = {
	.name = "odd", .question = "Odd?", .lesson = &odd_lesson
};

static void make_odd(struct par_workload *workload)
{
	struct par_error error = PAR_ERROR_INIT;

	*workload = par_demo_counter;
	workload->variants = odd_variants;
	for (unsigned i = 0; i < 4; i++) {
		struct par_record record = PAR_RECORD_INIT;
		struct par_cell cell;

		par_cell_init(&cell, "odd", workload, &par_synthetic_models[4], PAR_SCALE_DEFAULT);
		snprintf(cell.variant, sizeof cell.variant, "%s", odd_variants[i % 2].name);
		cell.workers = 1 + i / 2;
		assert_int_equal(par_demo_visits(&run, &cell, &record, 1e6, 7), 0);
	}
	par_analysis_fini(&analysis);
	assert_int_equal(par_analysis_init(&analysis, &run.registry, &run.machine, &run.plan,
				 &run.records, run.run, &error),
		0);
}

static void test_odd_texts_come_through(void **state)
{
	static const struct par_experiment *const list[] = { &odd, NULL };
	char folder[] = "/tmp/parbench lesson XXXXXX";
	static struct par_workload workload;
	struct par_error error = PAR_ERROR_INIT;
	char *page;

	(void)state;
	if (system("command -v gnuplot >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	make_odd(&workload);
	assert_int_equal(par_lesson_find_all(&analysis, "odd", &odd_lesson), 0);
	if (par_publish(folder, &analysis, list, &error) != 0)
		fail_msg("%s", error.text);
	page = read_result(folder, "report.html");
	assert_null(strstr(page, "<b>&"));
	assert_null(strstr(page, "<i>what"));
	assert_null(strstr(page, "<Odd>"));
	assert_non_null(strstr(page, "&lt;Odd&gt;"));
	assert_true(count(page, "{/a_b^2} &lt;b&gt;&amp; ") >= 4);
	assert_non_null(strstr(page, "|pipe| *star* `tick`"));
	free(page);
	page = read_result(folder, "report.md");
	assert_null(strstr(page, "<Odd>"));
	assert_null(strstr(page, "<i>what"));
	free(page);
	assert_int_equal(par_dir_remove(folder), 0);
}

static void test_no_colour_is_left_unmapped(void **state)
{
	char folder[] = "/tmp/parbench lesson XXXXXX";
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_text page = PAR_TEXT_INIT, unmapped = PAR_TEXT_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_palette palette;

	(void)state;
	if (system("command -v gnuplot >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	par_palette_init(&palette, &run.registry);
	assert_int_equal(
		par_figures_fill(&figures, &analysis, par_demo_experiments, &palette, &error), 0);
	assert_int_equal(par_figures_draw(&figures, folder, &error), 0);
	assert_string_equal(figures.problem, "");
	for (size_t i = 0; i < figures.count; i++)
		for (int size = PAR_SIZE_WIDE; size <= PAR_SIZE_NARROW; size++) {
			struct par_svg_frame frame = { "wide", "", &palette, true };

			assert_int_equal(par_svg_inline(&page, figures.items[i].svg[size], &frame,
						 &unmapped, &error),
				0);
		}
	assert_string_equal(par_text_get(&unmapped), "");
	par_text_fini(&page);
	par_text_fini(&unmapped);
	par_figures_fini(&figures);
	assert_int_equal(par_dir_remove(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_rank_is_best_first_and_lossy_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_picks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names_say_what_differs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_axis_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_findings_name_their_cells, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_terminal_has_a_line_a_lesson, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_page, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_odd_texts_come_through, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_colour_is_left_unmapped, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
