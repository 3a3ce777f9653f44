/* Which limit a failure is put down to. */
#include <signal.h>
#include <sys/resource.h>

#include "limit.h"
#include "limit_groups.h"
#include "sys_test.h"

static void expect_limit(int code, const char *expected)
{
	struct par_error cause = PAR_ERROR_INIT;

	if (strcmp(par_limit_explain(&cause, code), expected) != 0)
		fail_msg("%s instead of %s", cause.text, expected);
}

/* One limit to be set, and what is said then; run in a process of its own. */
struct bound {
	int resource;
	rlim_t value;
	int code;
	const char *expected;
};

static int explain_bound(const void *argument)
{
	const struct bound *bound = argument;
	struct par_error cause = PAR_ERROR_INIT;
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)bound->resource, &limit) < 0)
		return 1;
	limit.rlim_cur = bound->value;
	if (setrlimit((__rlimit_resource_t)bound->resource, &limit) < 0)
		return 2;
	par_limit_explain_start(&cause, bound->code);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit((__rlimit_resource_t)bound->resource, &limit);
	if (strcmp(cause.text, bound->expected) == 0)
		return 0;
	fprintf(stderr, "%s instead of %s\n", cause.text, bound->expected);
	return 3;
}

static void limits_are_named(void **state)
{
	static const struct bound bounds[] = {
		{ RLIMIT_NOFILE, 50, -EMFILE,
			"Too many open files (EMFILE; limit of open files, RLIMIT_NOFILE = 50)" },
		{ RLIMIT_FSIZE, 4096, -EFBIG,
			"File too large (EFBIG; limit of file size in bytes, RLIMIT_FSIZE = "
			"4096)" },
#ifndef __SANITIZE_ADDRESS__ /* which needs terabytes of it */
		{ RLIMIT_AS, 1 << 30, -ENOMEM,
			"Cannot allocate memory (ENOMEM; limit of address space in bytes, "
			"RLIMIT_AS = 1073741824)" },
#endif
	};

	(void)state;
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
		assert_int_equal(test_in_process(explain_bound, &bounds[i]), 0);
}

static int explain_processes(const void *unused)
{
	const struct bound bound = { RLIMIT_NPROC, 3, -EAGAIN,
		"Resource temporarily unavailable (EAGAIN; limit of processes, RLIMIT_NPROC = 3)" };

	(void)unused;
	/* The kernel does not hold root to it. */
	if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	return explain_bound(&bound);
}

static void processes_are_counted_for_the_user(void **state)
{
	int result = test_in_process(explain_processes, NULL);

	(void)state;
	if (result == 77)
		skip();
	assert_int_equal(result, 0);
}

static int explain_without_processes(const void *unused)
{
	struct par_error cause = PAR_ERROR_INIT;
	struct rlimit limit = { .rlim_cur = 3, .rlim_max = 3 };

	(void)unused;
	if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	if (setrlimit(RLIMIT_NPROC, &limit) < 0)
		return 1;
	return strstr(par_limit_explain(&cause, -EAGAIN), "limit") == NULL ? 0 : 2;
}

/* A socket or a file that would block has nothing to do with them. */
static void processes_are_not_to_blame_for_all(void **state)
{
	int result = test_in_process(explain_without_processes, NULL);

	(void)state;
	if (result == 77)
		skip();
	assert_int_equal(result, 0);
}

static void groups_are_found(void **state)
{
	static const char list[] = "12:cpu,cpuacct:/c:1,pids\n4:misc,pids,rdma:/x/y\n"
				   "3:name=pids:/n\n2:pids_x:/p\n1:memory:/\n0::/user.slice\n";
	char path[16];

	(void)state;
	assert_true(par_limit_group_find(path, sizeof path, list, "pids"));
	assert_string_equal(path, "/x/y");
	assert_true(par_limit_group_find(path, sizeof path, list, "misc"));
	assert_string_equal(path, "/x/y");
	assert_true(par_limit_group_find(path, sizeof path, list, "cpu"));
	assert_string_equal(path, "/c:1,pids");
	assert_true(par_limit_group_find(path, sizeof path, list, "memory"));
	assert_string_equal(path, "");
	assert_true(par_limit_group_find(path, sizeof path, list, ""));
	assert_string_equal(path, "/user.slice");
	assert_false(par_limit_group_find(path, 11, list, ""));
	assert_false(par_limit_group_find(path, sizeof path, list, "cpuset"));
	assert_false(par_limit_group_find(path, sizeof path, "", "pids"));
	assert_false(par_limit_group_find(path, sizeof path, "4:pids", "pids"));
	assert_false(par_limit_group_find(path, sizeof path, "4:pids:x", "pids"));
}

static void other_failures_have_their_name_alone(void **state)
{
	(void)state;
	expect_limit(-ENOENT, "No such file or directory (ENOENT)");
	expect_limit(-EPIPE, "Broken pipe (EPIPE)");
	expect_limit(-123456, "unknown error (E?)");
	expect_limit(-EAGAIN, "Resource temporarily unavailable (EAGAIN)");
}

static void signals_of_limits(void **state)
{
	struct par_error cause = PAR_ERROR_INIT;

	(void)state;
	assert_non_null(strstr(par_limit_of_signal(&cause, SIGXFSZ), "RLIMIT_FSIZE"));
	assert_non_null(strstr(par_limit_of_signal(&cause, SIGXCPU), "RLIMIT_CPU"));
	assert_string_equal(par_limit_of_signal(&cause, SIGSEGV), "");
}

static void kills_for_memory_do_not_go_back(void **state)
{
	uint64_t before = par_limit_oom_kills();

	(void)state;
	assert_true(par_limit_oom_kills() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_named),
		cmocka_unit_test(processes_are_counted_for_the_user),
		cmocka_unit_test(processes_are_not_to_blame_for_all),
		cmocka_unit_test(groups_are_found),
		cmocka_unit_test(other_failures_have_their_name_alone),
		cmocka_unit_test(signals_of_limits),
		cmocka_unit_test(kills_for_memory_do_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
