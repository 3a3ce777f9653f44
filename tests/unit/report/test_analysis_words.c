/* The sentences: headline, key numbers, verdicts and cautions. */
#include "analysis_fixture.h"

#include <math.h>

static void assert_says(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void assert_silent(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

static const char *cautions(struct fixture *fixture)
{
	return par_text_get(&analyse(fixture)->cautions);
}

/* Serial and one model that beats it by `speedup`. */
static void add_winner(struct fixture *fixture, unsigned workload, unsigned model, unsigned speedup)
{
	steady_cell(fixture, workload, SERIAL, 1, 8000000, 8);
	steady_cell(fixture, workload, model, model == COROUTINE ? 1 : 4, 8000000 / speedup, 8);
}

static void test_headline(void **state)
{
	struct fixture *fixture = *state;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	add_winner(fixture, PRIMES, THREAD_POOL, 4);
	add_winner(fixture, TIMER, COROUTINE, 100);
	assert_string_equal(analyse(fixture)->headline,
		"Use a thread pool for computing; coroutines for waiting");
	add_winner(fixture, CRAWL, THREAD_POOL, 4);
	assert_string_equal(analyse(fixture)->headline,
		"Use a thread pool for computing and mixed work; coroutines for waiting");
}

static void test_headline_of_serial(void **state)
{
	struct fixture *fixture = *state;

	steady_cell(fixture, TRIAD, SERIAL, 1, 1000000, 8);
	steady_cell(fixture, TRIAD, THREAD_POOL, 4, 1500000, 8);
	assert_string_equal(analyse(fixture)->headline, "Stay serial for memory-bound work");
	add_winner(fixture, TIMER, COROUTINE, 100);
	assert_string_equal(analyse(fixture)->headline,
		"Stay serial for memory-bound work; use coroutines for waiting");
}

static void test_headline_when_workloads_differ(void **state)
{
	struct fixture *fixture = *state;

	add_winner(fixture, SHA256, FORK, 4);
	add_winner(fixture, PRIMES, THREAD_POOL, 4);
	assert_string_equal(analyse(fixture)->headline, "Use a thread pool for most computing");
}

static void test_headline_when_not_sure(void **state)
{
	struct fixture *fixture = *state;

	steady_cell(fixture, SHA256, SERIAL, 1, 4000000, 3);
	steady_cell(fixture, SHA256, THREAD_POOL, 4, 1000000, 3);
	assert_string_equal(analyse(fixture)->headline,
		"Not yet sure; so far: use a thread pool for computing");
	add_winner(fixture, TIMER, COROUTINE, 100);
	assert_string_equal(analyse(fixture)->headline,
		"Use coroutines for waiting; not yet sure for computing");
}

static void test_verdicts(void **state)
{
	struct fixture *fixture = *state;
	const struct par_answer *answers;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	steady_cell(fixture, SHA256, FORK, 4, 2142000, 8);
	add_winner(fixture, PRIMES, THREAD_POOL, 4);
	steady_cell(fixture, PRIMES, PROCESS_POOL, 4, 2002000, 8);
	steady_cell(fixture, TRIAD, SERIAL, 1, 4000000, 3);
	steady_cell(fixture, TRIAD, THREAD_POOL, 4, 1000000, 3);
	add_winner(fixture, TIMER, COROUTINE, 100);
	answers = analyse(fixture)->answers;
	assert_string_equal(answers[0].verdict_text, "faster: next is fork, 7.0 % slower");
	assert_string_equal(answers[1].verdict_text, "tie: thread pool, process pool");
	assert_string_equal(answers[2].verdict_text, "not sure: fewer than 6 rounds");
	assert_says(answers[3].verdict_text, "faster: next is serial, takes 100");
}

static void test_numbers(void **state)
{
	struct fixture *fixture = *state;
	const struct par_key_number *numbers;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	add_winner(fixture, TIMER, COROUTINE, 100);
	numbers = analyse(fixture)->numbers;
	assert_string_equal(numbers[0].value, "4.00×");
	assert_says(numbers[0].caption, "SHA-256 with a thread pool on 4 cores (T1 = 0.00802 s)");
	assert_string_equal(numbers[1].value, "100×");
	assert_says(numbers[1].caption, "timer with coroutines on 1 core (T1 = ");
	assert_string_equal(numbers[2].value, "2 of 2");
	assert_string_equal(numbers[2].caption, "workloads with a clear winner");
}

/* Without work that waits, the price of a poor choice takes its place. */
static void test_numbers_without_waiting(void **state)
{
	struct fixture *fixture = *state;
	const struct par_key_number *numbers;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	steady_cell(fixture, SHA256, FORK, 4, 5000000, 8);
	numbers = analyse(fixture)->numbers;
	assert_string_equal(numbers[1].value, "2.50×");
	assert_string_equal(
		numbers[1].caption, "as long for SHA-256 with fork as with a thread pool");
	assert_string_equal(numbers[2].value, "1 of 1");
	assert_string_equal(numbers[2].caption, "workload with a clear winner");
}

static void test_machine_line(void **state)
{
	struct fixture *fixture = *state;
	const char *line = analyse(fixture)->machine_line;

	assert_string_equal(line,
		"Synthetic 4-Core · 4 cores, 8 PUs · 64 GiB · Debian GNU/Linux 12 · Linux 6.1.0");
}

static void test_quiet_run_has_no_cautions(void **state)
{
	struct fixture *fixture = *state;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	assert_string_equal(cautions(fixture), "");
}

static void test_cautions_of_cells(void **state)
{
	struct fixture *fixture = *state;
	size_t wrong, failed, restless;
	const char *text;

	add_winner(fixture, SHA256, THREAD_POOL, 4);
	wrong = plan_cell(fixture, SHA256, FORK, 4, NULL);
	add_record(fixture, wrong, 1, PAR_STATUS_WRONG, 0, "digest is not that of serial");
	failed = plan_cell(fixture, PRIMES, THREAD, 4, NULL);
	add_record(fixture, failed, 1, PAR_STATUS_FAILED, 0, "signal 11");
	restless = plan_cell(fixture, PRIMES, FORK, 4, NULL);
	add_record(fixture, restless, 1, PAR_STATUS_UNTRUSTWORTHY, 5, "stolen time");
	plan_cell(fixture, TRIAD, FORK, 2, "too little memory");
	plan_cell(fixture, TRIAD, FORK, 4, "too little memory");
	plan_cell(fixture, TIMER, FORK, 4, "too few descriptors");
	plan_cell(fixture, CRAWL, FORK, 4, NULL);
	steady_cell(fixture, CRAWL, SERIAL, 1, 1000, 2);
	text = cautions(fixture);
	assert_says(text, "Wrong results in 1 cell: SHA-256 with fork.");
	assert_says(
		text, "Visits of 1 cell failed or ran out of time: primes with thread per task.");
	assert_says(text, "In 1 of 21 visits the machine did not hold still");
	assert_says(text, "1 cell has no visit that counts for that reason: primes with fork.");
	assert_says(text, "Not run: 2 cells (too little memory): triad with fork.");
	assert_says(text, "Not run: 1 cell (too few descriptors): timer with fork.");
	assert_says(text, "1 of 10 cells have fewer than 6 visits");
	assert_says(text, "1 planned cell was not visited.");
	assert_silent(text, "two behaviours");
}

static void test_caution_of_two_humps(void **state)
{
	struct fixture *fixture = *state;
	size_t cell = plan_cell(fixture, SHA256, FORK, 4, NULL);

	for (unsigned i = 1; i <= 20; i++)
		add_record(fixture, cell, i, PAR_STATUS_OK,
			(i % 2 == 0 ? 118000 : 541000) + i * 100, "");
	assert_says(cautions(fixture),
		"1 cell shows two behaviours, so a median hides one: SHA-256 with fork.");
	assert_true(fixture->analysis.cells[cell].two_humped);
}

static void test_cautions_of_run(void **state)
{
	struct fixture *fixture = *state;
	json_t *environment = json_object_get(fixture->run.run, "environment");
	const char *text;

	fixture->run.machine.quota_cpus = 1.5;
	json_object_set_new(environment, "load_1m", json_real(6.04));
	json_object_set_new(environment, "hypervisor", json_string("kvm"));
	json_object_set_new(environment, "governor", json_string("powersave"));
	json_object_set_new(fixture->run.run, "ended", json_string("interrupted"));
	json_object_set_new(fixture->run.run, "build_type", json_string("Debug"));
	text = cautions(fixture);
	assert_says(text, "A cgroup quota of 1.5 CPUs applies");
	assert_says(text, "The load average at the start was 6.0 on 8 PUs");
	assert_says(text, "This is a virtual machine (kvm)");
	assert_says(text, "The CPU governor is \"powersave\"");
	assert_says(text, "The run was interrupted");
	assert_says(text, "built as \"Debug\"");
}

/* A killed run, and one that is still going, leave "ended" null; an old one may lack it. */
static void test_caution_of_run_without_end(void **state)
{
	struct fixture *fixture = *state;

	json_object_set_new(fixture->run.run, "ended", json_null());
	assert_says(cautions(fixture), "The run has not ended: it was killed, or is still going");
	json_object_del(fixture->run.run, "ended");
	assert_says(cautions(fixture), "The run has not ended");
	json_object_set_new(fixture->run.run, "ended", json_string("complete"));
	assert_string_equal(cautions(fixture), "");
}

/* Plans a cell of four visits in each of two conditions. */
static size_t add_conditions(struct fixture *fixture, unsigned model, uint64_t time_ns,
	const char *odd, const char *even)
{
	size_t cell = steady_cell(fixture, TIMER, model, model == SERIAL ? 1 : 4, time_ns, 8);
	struct par_records *records = &fixture->run.records;

	for (size_t i = records->count - 8; i < records->count; i++)
		records->items[i].condition = i % 2 == 0 ? even : odd;
	return cell;
}

static void test_cautions_of_conditions(void **state)
{
	struct fixture *fixture = *state;
	size_t serial = add_conditions(fixture, SERIAL, 4000000, "warm", "warm");
	size_t pool = add_conditions(fixture, THREAD_POOL, 1000000, "warm", "warm");
	size_t fork;

	/* A visit without a time says nothing about the condition of those with one. */
	add_record(fixture, pool, 9, PAR_STATUS_FAILED, 0, "signal 11");
	assert_silent(cautions(fixture), "conditions");
	assert_string_equal(fixture->analysis.cells[serial].condition, "warm");
	assert_string_equal(fixture->analysis.cells[pool].condition, "warm");
	fork = add_conditions(fixture, FORK, 1500000, "cold", "cold");
	assert_says(cautions(fixture),
		"timer compares models under different conditions (thread pool: warm, fork: cold)");
	assert_silent(cautions(fixture), "are pooled");
	fixture->run.records.items[fixture->run.records.count - 1].condition = "partly cold";
	assert_says(cautions(fixture), "In 1 cell visits met different conditions");
	assert_says(cautions(fixture), "are pooled: timer with fork.");
	assert_string_equal(fixture->analysis.cells[fork].condition, "mixed");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(test_headline),
		TEST(test_headline_of_serial),
		TEST(test_headline_when_workloads_differ),
		TEST(test_headline_when_not_sure),
		TEST(test_verdicts),
		TEST(test_numbers),
		TEST(test_numbers_without_waiting),
		TEST(test_machine_line),
		TEST(test_quiet_run_has_no_cautions),
		TEST(test_cautions_of_cells),
		TEST(test_caution_of_two_humps),
		TEST(test_cautions_of_run),
		TEST(test_caution_of_run_without_end),
		TEST(test_cautions_of_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
