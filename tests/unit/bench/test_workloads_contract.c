/* What workload.h promises of every workload. */
#include "workload_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* A small job, and the digest of it: one that changes says that the work has changed. */
struct golden {
	const char *name;
	uint64_t tasks;
	uint64_t params[PAR_PARAMS_MAX]; /* 0: the default */
	uint64_t digest;
};

static const struct golden goldens[] = {
	{ "primes", 20, { 500 }, 0x791c31e3e6fe215a },
	{ "mandelbrot", 20, { 32, 200 }, 0x6ff74418131acd2e },
	{ "matmul", 20, { 2 }, 0x29145384aff6b273 },
	{ "sha256", 20, { 3000 }, 0xe4eb4c53fb01160e },
	{ "nqueens", 20, { 8 }, 0x9221b6e7e0eefc09 },
	{ "triad", 20, { 16 }, 0xc38eb3ba14df1d68 },
	{ "chase", 20, { 500 }, 0xc1217f308bda23c7 },
	{ "timer", 20, { 100 }, 0xb9fbad92933ffe0d },
	{ "nap", 20, { 100 }, 0xb9fbad92933ffe0d },
	{ "file_read", 20, { 20001 }, 0x3f357836853e4c93 },
	{ "file_write", 20, { 20001 }, 0xcf4a092980e94039 },
	{ "pipe_echo", 20, { 100, 3 }, 0x2ad23d55016f72c0 },
	{ "tcp_echo", 20, { 1001, 200 }, 0xf46be0137fe0b1d3 },
	{ "crawl", 20, { 3003, 200, 40 }, 0xc184ecbb6c06a92b },
	{ "spin", 20, { 0 }, 0xa0b48ae272ea7073 },
	{ "paced", 20, { 0 }, 0xe2c0980835374c90 },
};
#define COUNT (sizeof goldens / sizeof *goldens)

static bool has_golden(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(goldens[i].name, name) == 0)
			return true;
	}
	return false;
}

/* A new workload joins the table above with the line that this test prints. */
static void test_every_workload_has_a_golden_digest(void **state)
{
	const struct par_workload *const *workload = par_catalogue_registry()->workloads;
	int missing = 0;

	(void)state;
	for (; *workload != NULL; workload++) {
		struct bench bench;

		if (!workload_is_plain(*workload))
			continue;
		bench = bench_make(*workload, 20);
		if (!has_golden((*workload)->name)) {
			bench_open(&bench);
			print_error("add to the table: { \"%s\", 20, { 0 }, 0x%016llx },\n",
				(*workload)->name, (unsigned long long)bench_run(&bench));
			missing++;
		}
		bench_end(&bench);
	}
	assert_int_equal(missing, 0);
}

static struct bench open_golden(const struct golden *golden)
{
	struct bench bench = bench_make(workload_named(golden->name), golden->tasks);

	for (size_t i = 0; i < PAR_PARAMS_MAX; i++) {
		if (golden->params[i] != 0)
			bench.setup.params[i] = golden->params[i];
	}
	bench_open(&bench);
	return bench;
}

static void test_golden_digests(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct bench bench = open_golden(&goldens[i]);
		uint64_t digest = bench_run(&bench);

		if (digest != goldens[i].digest) {
			print_error("%s: 0x%016llx\n", workload_named(goldens[i].name)->name,
				(unsigned long long)digest);
			wrong++;
		}
		assert_int_equal(bench_run(&bench), digest);
		bench_end(&bench);
	}
	assert_int_equal(wrong, 0);
}

/* Pure in its index: in any order, again and again, and in another process. */
static void test_tasks_are_pure(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct bench bench = open_golden(&goldens[i]);
		uint64_t first[64];
		int status = 0;
		pid_t child;

		if (bench.workload->reset != NULL)
			assert_int_equal(bench.workload->reset(bench.state), 0);
		for (uint64_t j = 0; j < goldens[i].tasks; j++)
			first[j] = bench_task(&bench, j);
		for (uint64_t j = goldens[i].tasks; j-- > 0;)
			assert_int_equal(bench_task(&bench, j), first[j]);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			for (uint64_t j = 0; j < goldens[i].tasks; j++)
				status |=
					bench.workload->task(bench.state, j, &bench.io) != first[j];
			_exit(status);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		bench_end(&bench);
	}
}

/* Without a difference between neighbours, a model that runs one task twice would not be found. */
static void test_digests_tell_tasks_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct bench bench = open_golden(&goldens[i]);

		/* Counts of boards repeat, and so do empty rows of a picture. */
		if (bench.workload != workload_named("nqueens") &&
			bench.workload != workload_named("mandelbrot")) {
			for (uint64_t j = 1; j < goldens[i].tasks; j++)
				assert_int_not_equal(
					bench_task(&bench, j), bench_task(&bench, j - 1));
		}
		bench_end(&bench);
	}
}

/* A parameter that shapes the work shapes the digest; how long a server thinks does not. */
static void test_digests_tell_params_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct bench bench = open_golden(&goldens[i]);
		uint64_t digest = bench_run(&bench);

		bench_close(&bench);
		bench.setup.params[0] += 1;
		bench_open(&bench);
		if (bench.workload == workload_named("triad")) /* see the comment in triad.c */
			assert_int_equal(bench_run(&bench), digest);
		else
			assert_int_not_equal(bench_run(&bench), digest);
		bench_end(&bench);
	}
}

/* The size of the cache decides sizes, never answers. */
static void test_digests_do_not_tell_caches_apart(void **state)
{
	static const uint64_t sizes[] = { 1, 1 << 16, 5000000, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		if (workload_named(goldens[i].name)->bound != PAR_BOUND_MEMORY)
			continue;
		for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
			struct bench bench = open_golden(&goldens[i]);

			bench_close(&bench);
			bench.setup.llc_bytes = sizes[j];
			bench_open(&bench);
			assert_int_equal(bench_run(&bench), goldens[i].digest);
			bench_end(&bench);
		}
	}
}

static void test_tables_are_sane(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		const struct par_workload *workload = workload_named(goldens[i].name);

		assert_non_null(workload->label);
		assert_non_null(workload->summary);
		assert_non_null(workload->open);
		assert_non_null(workload->close);
		assert_true(par_workload_param_count(workload) <= PAR_PARAMS_MAX);
		assert_true(workload->cpu_ns > 0);
		assert_true(workload->tasks[0] >= 64);
		assert_true(workload->tasks[0] <= workload->tasks[1]);
		assert_true(workload->tasks[1] <= workload->tasks[2]);
		for (size_t j = 0; j < par_workload_param_count(workload); j++) {
			assert_true(workload->params[j].low <= workload->params[j].value);
			assert_true(workload->params[j].value <= workload->params[j].high);
		}
		if (workload->unavailable != NULL)
			assert_null(workload->unavailable());
	}
}

static int count_entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static int count_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL)
		count += strstr(line, "/dev/zero") != NULL;
	fclose(maps);
	return count;
}

/* No descriptor, no process, no shared memory is left, and no file outside scratch. */
static void test_close_leaves_nothing(void **state)
{
	int descriptors = count_entries("/proc/self/fd");

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		struct bench bench = open_golden(&goldens[i]);

		bench_run(&bench);
		bench_end(&bench);
		assert_int_equal(count_entries("/proc/self/fd"), descriptors);
		assert_int_equal(count_maps(), 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
}

static void assert_no_scratch(const struct par_workload *workload)
{
	struct bench bench = bench_make(workload, 4);
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_dir_remove(bench.scratch), 0);
	assert_int_equal(bench_try_open(&bench, &error), -ENOENT);
	assert_non_null(strstr(error.text, bench.scratch));
	assert_null(bench.state);
}

static void test_missing_scratch_is_named(void **state)
{
	(void)state;
	assert_no_scratch(workload_named("file_read"));
	assert_no_scratch(workload_named("file_write"));
}

/* In a child, since a hard limit cannot be raised again. */
static int open_under_limit(const struct par_workload *workload)
{
	struct rlimit limit = { 400, 400 };
	struct par_error error = PAR_ERROR_INIT;
	struct bench bench = { .workload = workload };

	bench.setup.tasks = 1000;
	bench.setup.in_flight = 1000;
	bench.setup.scratch = "/tmp";
	for (size_t i = 0; i < par_workload_param_count(workload); i++)
		bench.setup.params[i] = workload->params[i].value;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1;
	if (workload->open(&bench.state, &bench.setup, &error) != -EMFILE)
		return 2;
	return strstr(error.text, "ulimit") != NULL ? 0 : 3;
}

static void test_too_few_descriptors_are_named(void **state)
{
	const struct par_workload *const workloads[] = { workload_named("file_read"),
		workload_named("file_write"), workload_named("pipe_echo"),
		workload_named("tcp_echo"), workload_named("crawl") };

	(void)state;
	for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(open_under_limit(workloads[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_workload_has_a_golden_digest),
		cmocka_unit_test(test_golden_digests),
		cmocka_unit_test(test_tasks_are_pure),
		cmocka_unit_test(test_digests_tell_tasks_apart),
		cmocka_unit_test(test_digests_tell_params_apart),
		cmocka_unit_test(test_digests_do_not_tell_caches_apart),
		cmocka_unit_test(test_tables_are_sane),
		cmocka_unit_test(test_close_leaves_nothing),
		cmocka_unit_test(test_missing_scratch_is_named),
		cmocka_unit_test(test_too_few_descriptors_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
