/* A published run: what must stand in its folder, and on its page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chart_draw.h"
#include "file.h"
#include "howto.h"
#include "markdown.h"
#include "page.h"
#include "publish.h"
#include "svg.h"
#include "synthetic.h"

#define PAGE_LIMIT (2u << 20)

static const char *const charts[] = { "heatmap", "speedup", "dots", "samples", NULL };
static const struct par_experiment scaling = {
	.name = "scaling", .summary = "-", .question = "-", .charts = charts
};
static const struct par_experiment *const experiments[] = { &scaling, NULL };

static struct par_synthetic run;
static struct par_analysis analysis;
static char folder[64]; /* with a blank in its name, on purpose */
static bool has_gnuplot;

static int set_up(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	strcpy(folder, "/tmp/parbench page XXXXXX");
	has_gnuplot = system("command -v gnuplot >/dev/null 2>&1") == 0;
	if (mkdtemp(folder) == NULL || par_synthetic_make(&run, 4, 7, 7, 0.01, true) < 0)
		return -1;
	return par_analysis_init(
		&analysis, &run.registry, &run.machine, &run.plan, &run.records, run.run, &error);
}

static int tear_down(void **state)
{
	(void)state;
	par_analysis_fini(&analysis);
	par_synthetic_fini(&run);
	return par_dir_remove(folder);
}

/* The caller frees. */
static char *read_result(const char *name)
{
	char *path = par_path_join(folder, name), *data = NULL;
	size_t size;

	assert_non_null(path);
	if (par_file_read(&data, &size, path, 64u << 20) < 0)
		fail_msg("%s is missing", name);
	free(path);
	return data;
}

static bool exists(const char *name)
{
	char *path = par_path_join(folder, name);
	bool found = access(path, F_OK) == 0;

	free(path);
	return found;
}

/* Publishes on the first call: the tests share one folder. Skips the test without gnuplot. */
static void publish_once(void)
{
	static bool published;
	struct par_error error = PAR_ERROR_INIT;
	int status;

	if (!has_gnuplot)
		skip();
	if (published)
		return;
	status = par_publish(folder, &analysis, experiments, &error);
	if (status != 0)
		fail_msg("publish: %d, %s", status, error.text);
	published = true;
}

static void test_all_files_appear(void **state)
{
	static const char *const names[] = { "analysis.json", "report.md", "report.html",
		"heatmap.tsv", "heatmap.svg", "heatmap_narrow.svg", "heatmap.png", "dots.svg",
		"speedup_sha256.tsv", "speedup_sha256.svg", "speedup_sha256_narrow.svg",
		"speedup_sha256.png", "speedup_timer.svg", "samples_sha256.svg", "plots/style.gp",
		"plots/all.gp", "plots/speedup_sha256.wide.tsv" };

	(void)state;
	publish_once();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!exists(names[i]))
			fail_msg("%s is missing", names[i]);
	assert_false(exists("plots/aside"));
}

/* One file: nothing is loaded, nothing runs, nothing is left of gnuplot's ways. */
static void test_page_stands_alone(void **state)
{
	static const char *const banned[] = { "<script", "http://", "https://", "@import",
		"onmouse", "gnuplot_plot", "currentColor\" stroke", "<img", "<link", "nan",
		"(null)" };
	char *page;

	(void)state;
	publish_once();
	page = read_result("report.html");
	assert_true(strlen(page) < PAGE_LIMIT);
	for (size_t i = 0; i < sizeof banned / sizeof *banned; i++)
		if (strstr(page, banned[i]) != NULL)
			fail_msg("'%s' stands on the page: %.80s", banned[i],
				strstr(page, banned[i]) - 20);
	assert_non_null(strstr(page, "prefers-color-scheme:dark"));
	assert_non_null(strstr(page, "name=\"viewport\""));
	free(page);
}

/* Every var(--name) that is used must be declared, or it is black in both modes. */
static void test_every_variable_is_declared(void **state)
{
	char *page, declared[64];
	const char *at;
	size_t uses = 0;

	(void)state;
	publish_once();
	page = read_result("report.html");
	for (at = page; (at = strstr(at, "var(--")) != NULL; at++, uses++) {
		size_t size = strcspn(at + 6, "),");

		snprintf(declared, sizeof declared, "--%.*s:#", (int)size, at + 6);
		if (strstr(page, declared) == NULL)
			fail_msg("%s is not declared", declared);
	}
	assert_true(uses > 100);
	free(page);
}

static void test_no_colour_is_left_unmapped(void **state)
{
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_palette palette;
	struct par_error error = PAR_ERROR_INIT;
	struct par_text page = PAR_TEXT_INIT, unmapped = PAR_TEXT_INIT;

	(void)state;
	if (!has_gnuplot)
		skip();
	par_palette_init(&palette, &run.registry);
	assert_int_equal(par_figures_fill(&figures, &analysis, experiments, &palette, &error), 0);
	assert_int_equal(par_figures_draw(&figures, folder, &error), 0);
	assert_string_equal(figures.problem, "");
	for (size_t i = 0; i < figures.count; i++)
		for (int size = PAR_SIZE_WIDE; size <= PAR_SIZE_NARROW; size++) {
			struct par_svg_frame frame = { "wide", "", &palette, true };

			assert_non_null(figures.items[i].svg[size]);
			assert_int_equal(par_svg_inline(&page, figures.items[i].svg[size], &frame,
						 &unmapped, &error),
				0);
		}
	assert_string_equal(par_text_get(&unmapped), "");
	par_text_fini(&page);
	par_text_fini(&unmapped);
	par_figures_fini(&figures);
}

static size_t count(const char *text, const char *what)
{
	size_t found = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		found++;
	return found;
}

static void test_page_says_what_the_analysis_says(void **state)
{
	struct par_text headline = PAR_TEXT_INIT;
	char *page;

	(void)state;
	publish_once();
	page = read_result("report.html");
	par_text_add(&headline, "<h1>");
	par_text_add_html(&headline, analysis.headline);
	assert_non_null(strstr(page, headline.data));
	assert_int_equal(count(page, "class=\"work\""), analysis.answer_count);
	/* a wide and a narrow drawing of each figure, each with a text for those who cannot see it
	 */
	assert_int_equal(count(page, "role=\"img\""), 2 * count(page, "<figure>"));
	assert_int_equal(count(page, "role=\"img\""), count(page, "aria-label=\"") - 1);
	assert_int_equal(count(page, "<details"), count(page, "</details>"));
	assert_int_equal(count(page, "<svg"), count(page, "</svg>"));
	assert_int_equal(count(page, "<section"), count(page, "</section>"));
	par_text_fini(&headline);
	free(page);
}

static void test_markdown_links_pictures_that_exist(void **state)
{
	char *text, name[128];
	const char *at;
	size_t links = 0;

	(void)state;
	publish_once();
	text = read_result("report.md");
	assert_true(strncmp(text, "# ", 2) == 0);
	for (at = text; (at = strstr(at, ".png)")) != NULL; at++, links++) {
		const char *start = at;

		while (start[-1] != '(')
			start--;
		snprintf(name, sizeof name, "%.*s.png", (int)(at - start), start);
		if (!exists(name))
			fail_msg("%s is linked and missing", name);
	}
	assert_int_equal(links, 2 + 2 * analysis.answer_count);
	free(text);
}

static void test_publishing_again_replaces(void **state)
{
	char *first, *second;

	(void)state;
	struct par_error error = PAR_ERROR_INIT;

	publish_once();
	first = read_result("report.html");
	assert_int_equal(par_publish(folder, &analysis, experiments, &error), 0);
	second = read_result("report.html");
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* Without gnuplot the pages are there, and say it; tables are there too. */
static void test_without_gnuplot(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	char *path = strdup(getenv("PATH")), *page;

	(void)state;
	strcat(folder, "/bare");
	assert_int_equal(mkdir(folder, 0777), 0);
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(par_publish(folder, &analysis, experiments, &error), 1);
	setenv("PATH", path, 1);
	free(path);
	assert_non_null(strstr(error.text, "gnuplot is not installed"));
	page = read_result("report.html");
	assert_non_null(strstr(page, "gnuplot is not installed"));
	assert_non_null(strstr(page, "could not be drawn"));
	free(page);
	assert_true(exists("heatmap.tsv"));
	assert_false(exists("heatmap.svg"));
	page = read_result("report.md");
	assert_null(strstr(page, ".png)"));
	free(page);
	*strrchr(folder, '/') = '\0';
}

/* A gnuplot that dies half way must not replace a good picture by half a one. */
static void test_failing_gnuplot_keeps_old_pictures(void **state)
{
	static const char script[] = "#!/bin/sh\nprintf '<svg viewBox=\"0 0 7 7\"><g>' "
				     "> plots/aside/heatmap.svg\necho 'warning: Skipping data file "
				     "with no valid points' >&2\n"
				     "echo 'line 7: broken' >&2\nexit 1\n";
	struct par_error error = PAR_ERROR_INIT;
	char *old, *now, *fake, *path;
	struct par_text search = PAR_TEXT_INIT;

	(void)state;
	publish_once();
	path = strdup(getenv("PATH"));
	old = read_result("heatmap.svg");
	fake = par_path_join(folder, "gnuplot");
	assert_int_equal(par_file_write(fake, script, strlen(script), &error), 0);
	assert_int_equal(chmod(fake, 0755), 0);
	par_text_format(&search, "%s:%s", folder, path);
	setenv("PATH", search.data, 1);
	assert_int_equal(par_publish(folder, &analysis, experiments, &error), 1);
	setenv("PATH", path, 1);
	assert_non_null(strstr(error.text, "missing: line 7: broken"));
	now = read_result("heatmap.svg");
	assert_string_equal(old, now);
	free(old);
	free(now);
	free(fake);
	free(path);
	par_text_fini(&search);
}

static void test_missing_folder_is_an_error(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_true(par_publish("/nonexistent/run", &analysis, experiments, &error) < 0);
	assert_non_null(strstr(error.text, "/nonexistent/run"));
}

static void test_unknown_chart_is_an_error(void **state)
{
	static const char *const wrong[] = { "nonsense", NULL };
	static const struct par_experiment odd = { .name = "odd", .charts = wrong };
	static const struct par_experiment *const list[] = { &odd, NULL };
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_true(par_publish(folder, &analysis, list, &error) < 0);
	assert_non_null(strstr(error.text, "nonsense"));
}

static void test_every_chart_has_a_howto_and_a_script(void **state)
{
	char name[64];

	(void)state;
	for (size_t i = 0; par_charts[i] != NULL; i++) {
		struct par_text html = PAR_TEXT_INIT;

		assert_non_null(par_howto(par_charts[i]->name));
		assert_int_equal(par_markdown_html(&html, par_howto(par_charts[i]->name)), 0);
		assert_non_null(strstr(html.data, "<li>"));
		par_text_fini(&html);
	}
	publish_once();
	for (size_t i = 0; par_charts[i] != NULL; i++) {
		snprintf(name, sizeof name, "plots/%s.gp", par_charts[i]->name);
		assert_true(exists(name));
	}
}

/* However long a caution is, report.md has all of it, in one item of the list. */
static void test_markdown_has_whole_cautions(void **state)
{
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_palette palette;
	struct par_analysis wordy = analysis;
	struct par_view view = { &wordy, &figures, &palette };
	struct par_text page = PAR_TEXT_INIT, caution = PAR_TEXT_INIT;

	(void)state;
	for (unsigned i = 0; i < 400; i++)
		par_text_add(&caution, "µs ");
	par_text_add(&caution, "end");
	wordy.cautions = caution;
	par_palette_init(&palette, wordy.registry);
	assert_int_equal(par_page_markdown(&page, &view), 0);
	assert_non_null(strstr(par_text_get(&page), par_text_get(&caution)));
	par_text_fini(&caution);
	par_text_fini(&page);
}

static void test_markdown_escapes_and_scopes(void **state)
{
	struct par_text text = PAR_TEXT_INIT, html = PAR_TEXT_INIT;

	(void)state;
	par_text_add(&text, "| a | b |\n|---|---:|\n| ");
	par_markdown_escape(&text, "x|y <b>*_`#\\");
	par_text_add(&text, " | 1 |\n");
	assert_int_equal(par_markdown_html(&html, text.data), 0);
	assert_non_null(strstr(html.data, "<th scope=\"col\">a</th>"));
	assert_non_null(strstr(html.data, "<td>x|y &lt;b&gt;*_`#\\</td>"));
	assert_null(strstr(html.data, "<b>"));
	par_text_fini(&text);
	par_text_fini(&html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_files_appear),
		cmocka_unit_test(test_page_stands_alone),
		cmocka_unit_test(test_every_variable_is_declared),
		cmocka_unit_test(test_no_colour_is_left_unmapped),
		cmocka_unit_test(test_page_says_what_the_analysis_says),
		cmocka_unit_test(test_markdown_links_pictures_that_exist),
		cmocka_unit_test(test_publishing_again_replaces),
		cmocka_unit_test(test_without_gnuplot),
		cmocka_unit_test(test_failing_gnuplot_keeps_old_pictures),
		cmocka_unit_test(test_missing_folder_is_an_error),
		cmocka_unit_test(test_unknown_chart_is_an_error),
		cmocka_unit_test(test_every_chart_has_a_howto_and_a_script),
		cmocka_unit_test(test_markdown_has_whole_cautions),
		cmocka_unit_test(test_markdown_escapes_and_scopes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
