/* The table at the end of a run: it fits, lines up, and needs no UTF-8. */
#include "analysis_fixture.h"

#include "terminal.h"

/* The widest line in characters; fails on a line that ends with a blank. */
static unsigned widest(const char *text)
{
	unsigned width = 0, most = 0;
	char last = '\0';

	for (; *text != '\0'; last = *text++) {
		if (*text == '\n') {
			assert_int_not_equal(last, ' ');
			most = width > most ? width : most;
			width = 0;
		} else {
			width += (*text & 0xC0) != 0x80;
		}
	}
	return most;
}

static void make(struct fixture *fixture)
{
	par_synthetic_fini(&fixture->run);
	assert_int_equal(par_synthetic_make(&fixture->run, 16, 10, 7, 0.01, true), 0);
	analyse(fixture);
}

static void test_widths(void **state)
{
	static const unsigned columns[] = { 60, 80, 100, 132 };
	struct fixture *fixture = *state;

	make(fixture);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		struct par_text out = PAR_TEXT_INIT;

		par_terminal_answers(&out, &fixture->analysis, columns[i], true);
		par_terminal_cautions(&out, &fixture->analysis, columns[i], true);
		assert_int_equal(par_text_status(&out), 0);
		assert_true(widest(par_text_get(&out)) <= columns[i]);
		par_text_fini(&out);
	}
}

static void test_ascii(void **state)
{
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;

	make(fixture);
	par_terminal_answers(&out, &fixture->analysis, 80, false);
	par_terminal_cautions(&out, &fixture->analysis, 80, false);
	for (const char *c = par_text_get(&out); *c != '\0'; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
	assert_non_null(strstr(par_text_get(&out), "x +-"));
	assert_null(strchr(par_text_get(&out), '?'));
	par_text_fini(&out);
}

static void test_content(void **state)
{
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;
	const char *text;

	make(fixture);
	par_terminal_answers(&out, &fixture->analysis, 80, true);
	text = par_text_get(&out);
	assert_ptr_equal(strstr(text, "Use a thread pool"), text);
	for (size_t i = 0; i < PAR_SYNTHETIC_WORKLOADS; i++)
		assert_non_null(strstr(text, par_synthetic_workloads[i].label));
	assert_non_null(strstr(text, "tie: proc pool\n"));
	assert_non_null(strstr(text, "faster: proc pool +44 %\n"));
	assert_non_null(strstr(text, "0.102 s"));
	par_text_fini(&out);
}

static void test_without_answers(void **state)
{
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;

	analyse(fixture);
	par_terminal_answers(&out, &fixture->analysis, 80, true);
	par_terminal_cautions(&out, &fixture->analysis, 80, true);
	assert_string_equal(
		par_text_get(&out), "No answer: no model has a time beside a serial one\n");
	par_text_fini(&out);
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

/* All that changes what may be quoted, on one run: a head and at most a line each. */
static void test_brief_cautions(void **state)
{
	static const char expected[] =
		"Read before quoting (report.html has every caution):\n"
		"- 1 cell with wrong results, not used: SHA-256 with fork.\n"
		"- 1 cell failed or ran out of time: primes with fork.\n"
		"- 2 cells without a trusted visit: SHA-256 with thread per "
		"task and 1 more.\n"
		"- 1 of 8 cells with fewer than 6 visits that count: no "
		"interval.\n"
		"- Not ended (killed, or still going): more visits are due.\n";
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;

	json_object_set_new(fixture->run.run, "ended", json_null());
	json_object_set_new(fixture->run.run, "build_type", json_string("Debug"));
	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	steady_cell(fixture, SHA256, PROCESS_POOL, 4, 1000000, 3);
	add_record(fixture, plan_cell(fixture, SHA256, FORK, 4, NULL), 1, PAR_STATUS_WRONG, 0, "w");
	plan_cell(fixture, SHA256, THREAD, 4, NULL);
	add_record(
		fixture, plan_cell(fixture, PRIMES, FORK, 4, NULL), 1, PAR_STATUS_FAILED, 0, "f");
	add_record(fixture, plan_cell(fixture, PRIMES, THREAD, 4, NULL), 1,
		PAR_STATUS_UNTRUSTWORTHY, 5, "stolen time");
	plan_cell(fixture, TRIAD, FORK, 4, "too little memory");
	analyse(fixture);
	par_terminal_cautions(&out, &fixture->analysis, 80, true);
	assert_true(widest(par_text_get(&out)) <= 80);
	assert_int_equal(count_lines(par_text_get(&out)), 6);
	assert_string_equal(par_text_get(&out), expected);
	par_text_fini(&out);
}

/* Cautions that change no number are counted, and stand on the page. */
static void test_other_cautions(void **state)
{
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	json_object_set_new(fixture->run.run, "build_type", json_string("Debug"));
	analyse(fixture);
	par_terminal_cautions(&out, &fixture->analysis, 80, true);
	assert_string_equal(par_text_get(&out), "Read before quoting: 1 caution in report.html.\n");
	par_text_fini(&out);
}

/* A verdict that a model without a trusted visit leaves open is told in the narrow column. */
static void test_missing(void **state)
{
	struct fixture *fixture = *state;
	struct par_text out = PAR_TEXT_INIT;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 8);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 8);
	plan_cell(fixture, SHA256, FORK, 4, NULL);
	analyse(fixture);
	par_terminal_answers(&out, &fixture->analysis, 80, true);
	assert_non_null(strstr(par_text_get(&out), "  not sure: 1 missing\n"));
	assert_non_null(strstr(par_text_get(&out), "missing:"));
	assert_true(widest(par_text_get(&out)) <= 80);
	par_text_fini(&out);
}

static void test_fold(void **state)
{
	struct par_text out = PAR_TEXT_INIT;

	(void)state;
	par_terminal_fold(&out, "1.9× ±2 % · 3 µs … naïve", false);
	assert_string_equal(par_text_get(&out), "1.9x +-2 % - 3 us ... na?ve");
	par_text_clear(&out);
	par_terminal_fold(&out, "1.9×", true);
	assert_string_equal(par_text_get(&out), "1.9×");
	par_text_fini(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_widths),
		TEST(test_ascii),
		TEST(test_content),
		TEST(test_without_answers),
		TEST(test_brief_cautions),
		TEST(test_other_cautions),
		TEST(test_missing),
		TEST(test_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
