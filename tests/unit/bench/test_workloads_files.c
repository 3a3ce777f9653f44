/* The files of file_read and file_write: made once, found again, never half. */
#include "workload_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "workloads/bytes.h"
#include "workloads/scratch.h"

#define TMPFS 0x01021994

static struct bench make(const struct par_workload *workload, uint64_t tasks, uint64_t bytes)
{
	struct bench bench = bench_make(workload, tasks);

	bench.setup.params[0] = bytes;
	return bench;
}

static void path_of(char path[256], const struct bench *bench, const char *file)
{
	snprintf(path, 256, "%s/%s-%llu/%s", bench->scratch, bench->workload->name,
		(unsigned long long)bench->setup.params[0], file);
}

static struct stat status_of(const struct bench *bench, const char *file)
{
	struct stat status;
	char path[256];

	path_of(path, bench, file);
	assert_int_equal(stat(path, &status), 0);
	return status;
}

/* Later visits of a run find the files of the first. */
static void test_files_are_reused(void **state)
{
	struct bench bench = make(workload_named("file_read"), 5, 10000);
	struct stat first, second;
	uint64_t digest;

	(void)state;
	bench_open(&bench);
	digest = bench_run(&bench);
	bench_close(&bench);
	first = status_of(&bench, "000004");
	assert_int_equal(first.st_size, 10000);
	bench_open(&bench);
	assert_int_equal(bench_run(&bench), digest);
	second = status_of(&bench, "000004");
	assert_int_equal(first.st_ino, second.st_ino);
	bench_end(&bench);
}

/* A visit was killed while it wrote, and another left a file of the wrong size. */
static void test_remains_are_replaced(void **state)
{
	struct bench bench = make(workload_named("file_read"), 3, 5000);
	char path[256];
	uint64_t digest;

	(void)state;
	bench_open(&bench);
	digest = bench_run(&bench);
	bench_close(&bench);
	path_of(path, &bench, "000001");
	assert_int_equal(truncate(path, 100), 0);
	path_of(path, &bench, "000002");
	assert_int_equal(unlink(path), 0);
	path_of(path, &bench, "unfinished");
	assert_int_equal(par_file_write(path, "long ago", 8, NULL), 0);
	bench_open(&bench);
	assert_int_equal(bench_run(&bench), digest);
	assert_int_equal(status_of(&bench, "000001").st_size, 5000);
	assert_int_not_equal(access(path, F_OK), 0);
	bench_end(&bench);
}

/* The digest is that of the bytes in the file, to the last. */
static void test_read_sees_every_byte(void **state)
{
	struct bench bench = make(workload_named("file_read"), 1, 40001);
	unsigned char byte;
	char path[256];
	uint64_t digest;
	int fd;

	(void)state;
	bench_open(&bench);
	digest = bench_task(&bench, 0);
	path_of(path, &bench, "000000");
	for (off_t at = 0; at <= 40000; at += 8000) {
		fd = open(path, O_RDWR);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_int_not_equal(bench_task(&bench, 0), digest);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
	}
	assert_int_equal(bench_task(&bench, 0), digest);
	bench_end(&bench);
}

static void test_short_and_missing_files_are_errors(void **state)
{
	struct bench bench = make(workload_named("file_read"), 1, 20000);
	char path[256];

	(void)state;
	bench_open(&bench);
	path_of(path, &bench, "000000");
	assert_int_equal(truncate(path, 19999), 0);
	bench.workload->task(bench.state, 0, &bench.io);
	assert_int_equal(bench.io.error, -EIO);
	assert_int_equal(unlink(path), 0);
	bench.io.error = 0;
	bench.workload->task(bench.state, 0, &bench.io);
	assert_int_equal(bench.io.error, -ENOENT);
	assert_int_equal(bench.workload->reset(bench.state), -ENOENT);
	bench_end(&bench);
}

/* A filesystem in memory cannot forget: the record must say warm. */
static void test_condition_is_told(void **state)
{
	struct bench bench = make(workload_named("file_read"), 10, 16384);
	struct statfs where;
	const char *condition;

	(void)state;
	assert_int_equal(statfs(bench.scratch, &where), 0);
	bench_open(&bench);
	assert_null(bench.workload->condition(bench.state));
	bench_run(&bench);
	assert_int_equal(bench.workload->reset(bench.state), 0);
	condition = bench.workload->condition(bench.state);
	assert_non_null(condition);
	if (where.f_type == TMPFS)
		assert_string_equal(condition, "warm");
	else
		assert_true(strcmp(condition, "cold") == 0 || strcmp(condition, "warm") == 0 ||
			    strcmp(condition, "partly cold") == 0);
	bench_end(&bench);
}

/* Pages are counted to the last, half-filled one. */
static void test_cached_pages_are_counted(void **state)
{
	struct bench bench = make(workload_named("file_read"), 1, 10 * 4096 + 1);
	struct par_scratch scratch;
	uint64_t pages = 0, cached = 0;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t all = (10 * 4096 + page) / page;

	(void)state;
	bench_open(&bench);
	assert_int_equal(
		par_scratch_open(&scratch, bench.scratch, "file_read", 10 * 4096 + 1, NULL), 0);
	assert_int_equal(par_scratch_evict(&scratch, 0, &pages, &cached), 0);
	assert_int_equal(pages, all);
	assert_true(cached <= pages);
	assert_int_equal(par_scratch_evict(&scratch, 1, &pages, &cached), -ENOENT);
	bench_end(&bench);
}

static void assert_content(const struct bench *bench, uint64_t index, uint64_t bytes)
{
	char path[256], name[32], *content;
	unsigned char expected[1000];
	size_t size;

	assert_true(bytes <= sizeof expected);
	snprintf(name, sizeof name, "%06llu", (unsigned long long)index);
	path_of(path, bench, name);
	assert_int_equal(par_file_read(&content, &size, path, 1 << 20), 0);
	assert_int_equal(size, bytes);
	par_bytes_fill(expected, bytes, par_mix64(index));
	assert_memory_equal(content, expected, bytes);
	free(content);
}

/* Each task replaces its own file, whatever stood there. */
static void test_write_replaces(void **state)
{
	struct bench bench = make(workload_named("file_write"), 3, 999);
	char path[256];

	(void)state;
	bench_open(&bench);
	path_of(path, &bench, "000001");
	assert_int_equal(par_file_write(path, "short", 5, NULL), 0);
	bench_run(&bench);
	for (uint64_t i = 0; i < 3; i++)
		assert_content(&bench, i, 999);
	bench_end(&bench);
}

static void test_write_fails_without_its_folder(void **state)
{
	struct bench bench = make(workload_named("file_write"), 1, 100);

	(void)state;
	bench_open(&bench);
	assert_int_equal(par_dir_remove(bench.scratch), 0);
	bench.workload->task(bench.state, 0, &bench.io);
	assert_int_equal(bench.io.error, -ENOENT);
	bench_end(&bench);
}

static void test_long_paths_are_refused(void **state)
{
	struct par_error error = PAR_ERROR_INIT;
	struct par_scratch scratch;
	char parent[2000];

	(void)state;
	memset(parent, 'a', sizeof parent - 1);
	parent[sizeof parent - 1] = '\0';
	assert_int_equal(par_scratch_open(&scratch, parent, "x", 1, &error), -ENAMETOOLONG);
	assert_non_null(strstr(error.text, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_reused),
		cmocka_unit_test(test_remains_are_replaced),
		cmocka_unit_test(test_read_sees_every_byte),
		cmocka_unit_test(test_short_and_missing_files_are_errors),
		cmocka_unit_test(test_condition_is_told),
		cmocka_unit_test(test_cached_pages_are_counted),
		cmocka_unit_test(test_write_replaces),
		cmocka_unit_test(test_write_fails_without_its_folder),
		cmocka_unit_test(test_long_paths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
