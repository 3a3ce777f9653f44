/* How a comparison is told: labels, the terminal, Markdown, JSON, the chart. */
#include "comparison_fixture.h"

#include <math.h>

#include "chart_comparison.h"
#include "markdown.h"
#include "terminal_text.h"

static void check(const struct par_text *text, const char *words)
{
	if (strstr(par_text_get(text), words) == NULL)
		fail_msg("'%s' is not in:\n%s", words, par_text_get(text));
}

static void check_not(const struct par_text *text, const char *words)
{
	if (strstr(par_text_get(text), words) != NULL)
		fail_msg("'%s' is in:\n%s", words, par_text_get(text));
}

/* One of everything. */
static void make_runs(struct runs *runs)
{
	size_t cell;

	for (unsigned run = 0; run < 2; run++) {
		double slow = run == 0 ? 1.0 : 1.3, fast = run == 0 ? 1.0 : 0.7;

		noisy_cell(runs, run, SHA256, THREAD_POOL, 2, 10.0 * slow, 0.01, 8);
		noisy_cell(runs, run, SHA256, FORK, 2, 10.0 * fast, 0.01, 8);
		noisy_cell(runs, run, SHA256, SERIAL, 1, 10.0, 0.01, 8);
		noisy_cell(runs, run, PRIMES, FORK, 2, 10.0, 0.3, 8);
		cell = noisy_cell(runs, run, PRIMES, THREAD, 4, 10.0, 0.01, 8);
		if (run == 1)
			add_record(runs->run[1], cell, 9, PAR_STATUS_WRONG, 0, "lost_updates");
	}
	noisy_cell(runs, 0, TRIAD, FORK, 2, 10.0, 0.01, 8);
}

static void test_labels_tell_what_is_not_usual(void **state)
{
	struct runs *runs = *state;
	struct par_text text = PAR_TEXT_INIT;
	struct par_cell cell;

	par_cell_init(&cell, "scaling", &par_synthetic_workloads[SHA256],
		&par_synthetic_models[THREAD_POOL], PAR_SCALE_FULL);
	cell.cores = 2;
	cell.workers = 64;
	cell.placement = PAR_PLACE_NONE;
	cell.params[0] = 1024;
	cell.tasks = 77;
	for (size_t run = 0; run < 2; run++) {
		struct par_synthetic *made = &runs->run[run]->run;

		assert_int_equal(par_plan_add(&made->plan, &cell, NULL, &made->machine), 0);
		add_record(runs->run[run], 0, 1, PAR_STATUS_OK, 1000, "");
	}
	compare_runs(runs, 2);
	par_comparison_label(&text, &runs->found, 0);
	assert_string_equal(par_text_get(&text),
		"SHA-256, thread pool, 64 workers on 2 cores, not pinned, bytes=1024, tasks=77");
	par_text_clear(&text);
	par_comparison_label_work(&text, &runs->found, 0);
	assert_string_equal(par_text_get(&text),
		"SHA-256, 64 workers on 2 cores, not pinned, bytes=1024, tasks=77");
	par_text_fini(&text);
}

static void check_width(const char *text)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		char line[256];

		assert_true(size < sizeof line);
		memcpy(line, text, size);
		line[size] = '\0';
		if (par_terminal_width(line) > 80)
			fail_msg("too wide: %s", line);
		text += size + (text[size] == '\n');
	}
}

static void test_terminal(void **state)
{
	struct runs *runs = *state;
	struct par_text text = PAR_TEXT_INIT;

	make_runs(runs);
	compare_runs(runs, 2);
	par_comparison_terminal(&text, &runs->found, false, false);
	assert_int_equal(par_text_status(&text), 0);
	check_width(par_text_get(&text));
	check(&text, "1 regression and 1 cell wrong or failing (4 compared)");
	check(&text, "base: results/base (2026-11-20T00:00:00Z, parbench 0.1.0 0123456789ab)");
	check(&text,
		"Wrong or failing in the new run (1)\n  primes, thread per task, 4 cores: wrong: "
		"lost_updates");
	check(&text, "Regressions: surely slower, and by more than 5 % (1)");
	check(&text, "Surely faster (1)");
	check(&text, "Not sure (1)");
	check(&text, "wants");
	check(&text, "- 4 cells compared: 1 regression, 1 faster, 1 tie, 1 not sure");
	check(&text, "- Not judged: 1 cell only in the base.");
	check_not(&text, "Ties");
	check_not(&text, "SHA-256, serial");
	for (const char *at = par_text_get(&text); *at != '\0'; at++)
		assert_true((*at & 0x80) == 0);
	par_text_clear(&text);
	par_comparison_terminal(&text, &runs->found, true, true);
	check(&text, "Ties: no change of more than 5 % (1)");
	check(&text, "SHA-256, serial, 1 core");
	check(&text, "Not judged (1)\n  triad, fork, 2 cores: only in the base: not planned");
	check(&text, "×");
	par_text_fini(&text);
}

static void test_several_runs_have_a_column_each(void **state)
{
	struct runs *runs = *state;
	struct par_text text = PAR_TEXT_INIT;
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_palette palette;

	for (unsigned run = 0; run < 3; run++)
		noisy_cell(runs, run, SHA256, FORK, 2, run == 2 ? 15.0 : 10.0, 0.01, 8);
	compare_runs(runs, 3);
	par_comparison_terminal(&text, &runs->found, false, true);
	check_width(par_text_get(&text));
	check(&text, "new 2: results/newer (");
	check(&text, "× tie  1.");
	check(&text, "- new 2: 1 cell compared: 1 regression.");
	par_text_clear(&text);
	par_comparison_markdown(&text, &runs->found, false, 2);
	check(&text, "| cell | base | new 1 | ratio, verdict, interval | new 2 |");
	check(&text, "](comparison_2.png)");
	par_palette_init(&palette, &runs->run[0]->run.registry);
	assert_int_equal(par_chart_comparison_fill(&figures, &runs->found, &palette), 0);
	assert_int_equal(figures.count, 2);
	assert_string_equal(figures.items[1].sheet.stem, "comparison_2");
	par_figures_fini(&figures);
	par_text_fini(&text);
}

static void test_all_cells_that_move_are_suspicious(void **state)
{
	struct runs *runs = *state;
	struct par_text text = PAR_TEXT_INIT;

	for (unsigned run = 0; run < 2; run++)
		for (unsigned cores = 1; cores <= 12; cores++)
			noisy_cell(
				runs, run, SHA256, FORK, cores, run == 0 ? 10.0 : 10.3, 0.001, 8);
	compare_runs(runs, 2);
	assert_int_equal(runs->found.outcome, PAR_OUTCOME_NONE);
	par_comparison_terminal(&text, &runs->found, false, true);
	check(&text, "12 of 12 cells moved the same way, the middle one to 1.03");
	check(&text, "Surely slower, perhaps within 5 % (12)");
	par_text_fini(&text);
}

static void test_markdown(void **state)
{
	struct runs *runs = *state;
	struct par_text text = PAR_TEXT_INIT, html = PAR_TEXT_INIT;

	make_runs(runs);
	compare_runs(runs, 2);
	par_comparison_markdown(&text, &runs->found, false, 1);
	assert_int_equal(par_text_status(&text), 0);
	check(&text, "# 1 regression and 1 cell wrong or failing (4 compared)\n");
	check(&text, "](comparison.png)");
	check(&text, "| SHA-256, thread pool, 2 cores | 10.");
	check(&text, "wrong: lost\\_updates |");
	check_not(&text, "| SHA-256, serial");
	assert_int_equal(par_markdown_html(&html, par_text_get(&text)), 0);
	check(&html, "<h2>Regressions: surely slower, and by more than 5 % (1)</h2>");
	check(&html, "<td>primes, thread per task, 4 cores</td>");
	par_text_fini(&html);
	par_text_fini(&text);
}

static const json_t *cell_of(const json_t *json, const char *label)
{
	const json_t *cells = json_object_get(json, "cells"), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		if (strcmp(json_string_value(json_object_get(cell, "label")), label) == 0)
			return json_array_get(json_object_get(cell, "new"), 0);
	}
	return NULL;
}

static void test_json(void **state)
{
	struct runs *runs = *state;
	const json_t *pair;
	json_t *json;

	make_runs(runs);
	compare_runs(runs, 2);
	json = par_comparison_json(&runs->found);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "outcome")), "regression");
	assert_int_equal(json_integer_value(json_object_get(json, "comparisons")), 4);
	pair = cell_of(json, "SHA-256, thread pool, 2 cores");
	assert_string_equal(json_string_value(json_object_get(pair, "verdict")), "regression");
	assert_true(fabs(json_real_value(json_object_get(pair, "ratio")) - 1.3) < 0.03);
	assert_int_equal(json_array_size(json_object_get(pair, "sure_ci")), 2);
	pair = cell_of(json, "primes, thread per task, 4 cores");
	assert_string_equal(json_string_value(json_object_get(pair, "state")), "broken");
	assert_true(json_is_null(json_object_get(pair, "ratio")));
	json_decref(json);
}

/* More cells than a picture holds: the changed ones are on it, slowest first. */
static void test_chart_shows_the_changed_ones(void **state)
{
	struct runs *runs = *state;
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_chart_rows rows;
	struct par_palette palette;

	for (unsigned run = 0; run < 2; run++)
		for (unsigned cores = 1; cores <= 60; cores++)
			noisy_cell(runs, run, SHA256, FORK, cores,
				run == 1 && cores == 50   ? 20.0
				: run == 1 && cores == 55 ? 3.0
							  : 10.0,
				0.01, 8);
	compare_runs(runs, 2);
	assert_int_equal(par_chart_comparison_choose(&rows, &runs->found, 0), 0);
	assert_int_equal(rows.compared, 60);
	assert_int_equal(rows.count, PAR_CHART_COMPARISON_ROWS);
	assert_int_equal(par_comparison_cell(&runs->found, rows.rows[0])->cores, 50);
	assert_int_equal(par_comparison_cell(&runs->found, rows.rows[rows.count - 1])->cores, 55);
	assert_true(rows.limit == 2.0);
	par_palette_init(&palette, &runs->run[0]->run.registry);
	assert_int_equal(par_chart_comparison_fill(&figures, &runs->found, &palette), 0);
	assert_int_equal(figures.count, 1);
	assert_string_equal(figures.items[0].sheet.stem, "comparison");
	assert_string_equal(
		figures.items[0].sheet.finding, "1 regression (up to 2.00×), 1 faster, 58 ties");
	check(&figures.items[0].sheet.data, "/cores=50/");
	check(&figures.items[0].sheet.layouts[PAR_SIZE_NARROW].marks, "20 further cells");
	par_figures_fini(&figures);
}

#define test(function) cmocka_unit_test_setup_teardown(function, runs_open, runs_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_labels_tell_what_is_not_usual),
		test(test_terminal),
		test(test_several_runs_have_a_column_each),
		test(test_all_cells_that_move_are_suspicious),
		test(test_markdown),
		test(test_json),
		test(test_chart_shows_the_changed_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
