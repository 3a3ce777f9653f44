/* Programs whose caller or keeper is killed, and those that something stops for a while. */
#include <signal.h>
#include <time.h>

#include "child_parts.h"
#include "child_test.h"
#include "file.h"

static int tell_pid(const char *path)
{
	char text[32];
	int size = snprintf(text, sizeof text, "%ld", (long)getpid());

	return par_file_write(path, text, (size_t)size, NULL);
}

/* Tells its number in PATH.a, and that of a daemon, forked twice and in its own session, in PATH.b.
 */
static int tell_two_and_sleep(const char *path)
{
	char *own, *other;

	if (asprintf(&own, "%s.a", path) < 0 || asprintf(&other, "%s.b", path) < 0)
		return 1;
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			(void)tell_pid(other);
			test_sleep_for_ever();
		}
		_exit(0);
	}
	if (tell_pid(own))
		return 1;
	test_sleep_for_ever();
}

static int play_part(const char *name, const char *argument)
{
	const struct timespec moment = { .tv_nsec = 300 * 1000 * 1000 };

	if (strcmp(name, "pid") == 0)
		return tell_two_and_sleep(argument);
	if (strcmp(name, "nap") == 0)
		return nanosleep(&moment, NULL);
	if (strcmp(name, "halt") == 0)
		return raise(SIGSTOP);
	return 99;
}

/* In a process of its own, which is killed: runs a program that sleeps for ever. */
static pid_t start_caller(const char *path)
{
	const char *const argv[] = { TEST_SELF, "pid", path, NULL };
	const struct par_child_spec spec = { .argv = argv };
	struct par_child_result result;
	pid_t pid = fork();

	if (pid == 0)
		_exit(par_child_run(&result, &spec) ? 1 : 0);
	return pid;
}

/* Waits for a number to be told; CTest's timeout ends this when it never comes. */
static pid_t read_pid(const char *folder, const char *name)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	char *path = par_path_join(folder, name);
	char line[32];

	while (par_file_read_line(line, sizeof line, path) < 0)
		nanosleep(&pause, NULL);
	free(path);
	return (pid_t)atol(line);
}

/* No descendant of this process is left, and neither of the two exists. */
static void expect_all_gone(pid_t program, pid_t daemon)
{
	while (waitpid(-1, NULL, 0) > 0)
		continue;
	assert_int_equal(errno, ECHILD);
	assert_int_equal(kill(program, 0), -1);
	assert_int_equal(kill(daemon, 0), -1);
}

/* We adopt the keeper, which then has nobody else to tell. */
static void all_die_with_the_caller(void **state)
{
	struct test_folder folder = test_folder_open();
	char *path = par_path_join(folder.path, "pid");
	pid_t caller = start_caller(path), program, daemon;

	(void)state;
	assert_true(caller > 0);
	program = read_pid(folder.path, "pid.a");
	daemon = read_pid(folder.path, "pid.b");
	assert_int_equal(kill(caller, SIGKILL), 0);
	expect_all_gone(program, daemon);
	free(path);
	assert_int_equal(par_dir_remove(folder.path), 0);
}

struct bully {
	const char *folder;
	int signal; /* sent to the keeper once the program runs */
	pid_t program, daemon;
};

/* The keeper is the parent of the program, whose number is known. */
static bool bully_keeper(void *context)
{
	struct bully *bully = context;
	char path[64], *stat;
	long keeper = 0;

	if (bully->program == 0) {
		bully->program = read_pid(bully->folder, "pid.a");
		bully->daemon = read_pid(bully->folder, "pid.b");
		snprintf(path, sizeof path, "/proc/%ld/stat", (long)bully->program);
		assert_int_equal(par_file_read(&stat, NULL, path, 4096), 0);
		assert_int_equal(sscanf(strrchr(stat, ')'), ") %*c %ld", &keeper), 1);
		free(stat);
		assert_int_equal(kill((pid_t)keeper, bully->signal), 0);
	}
	return false;
}

/* Then the program dies with it, and what remains comes to the caller, who ends it. */
static void all_die_with_the_keeper(void **state)
{
	struct test_folder folder = test_folder_open();
	char *path = par_path_join(folder.path, "pid");
	const char *const argv[] = { TEST_SELF, "pid", path, NULL };
	struct bully bully = { .folder = folder.path, .signal = SIGKILL };
	const struct par_child_spec spec = {
		.argv = argv, .stop = bully_keeper, .stop_context = &bully
	};
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_int_equal(result.signal, SIGKILL);
	assert_int_equal(result.exit_code, -1);
	par_child_result_fini(&result);
	expect_all_gone(bully.program, bully.daemon);
	free(path);
	assert_int_equal(par_dir_remove(folder.path), 0);
}

static bool never(void *context)
{
	(void)context;
	return false;
}

static bool is_stopped(pid_t pid)
{
	char path[64], *stat, state = '?';

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	if (par_file_read(&stat, NULL, path, 4096) < 0)
		return false;
	(void)sscanf(strrchr(stat, ')'), ") %c", &state);
	free(stat);
	return state == 'T';
}

/* A process of its own that lets another go on once that is stopped. */
static pid_t start_waker(pid_t sleeper)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	pid_t pid = fork();

	if (pid == 0) {
		while (!is_stopped(sleeper))
			nanosleep(&pause, NULL);
		_exit(kill(sleeper, SIGCONT) < 0);
	}
	return pid;
}

struct halter {
	pid_t waker;
};

/* The program, found as the child of our child, is halted before we look: it goes on. */
static bool wake_grandchild(void *context)
{
	struct halter *halter = context;
	struct par_text keepers = PAR_TEXT_INIT;
	char path[64], *list;
	long keeper, program;

	if (halter->waker != 0)
		return false;
	assert_int_equal(par_children_list(&keepers), 0);
	keeper = atol(par_text_get(&keepers));
	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", keeper, keeper);
	assert_int_equal(par_file_read(&list, NULL, path, 4096), 0);
	program = atol(list);
	if (program > 0)
		halter->waker = start_waker((pid_t)program);
	free(list);
	par_text_fini(&keepers);
	return false;
}

/* Killed when the deadline comes: a program that never goes on has a bounded cost. */
static void a_halted_program_meets_its_deadline(void **state)
{
	const char *const argv[] = { TEST_SELF, "halt", NULL };
	const struct par_child_spec spec = { .argv = argv, .deadline_ns = 150 * PAR_NS_PER_MS };
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_true(result.timed_out);
	assert_true(result.halted);
	assert_true(result.halted_ns > 0);
	assert_true(result.wall_ns < 150 * PAR_NS_PER_MS);
	assert_int_equal(result.signal, SIGKILL);
	par_child_result_fini(&result);
	test_expect_no_children();
}

static void a_halt_is_noted(void **state)
{
	const char *const argv[] = { TEST_SELF, "halt", NULL };
	struct halter halter = { .waker = 0 };
	const struct par_child_spec spec = { .argv = argv,
		.deadline_ns = 60 * PAR_NS_PER_S,
		.stop = wake_grandchild,
		.stop_context = &halter };
	struct par_child_result result;

	(void)state;
	assert_int_equal(par_child_run(&result, &spec), 0);
	assert_false(result.timed_out);
	assert_int_equal(result.exit_code, 0);
	assert_true(result.halted);
	assert_true(result.halted_ns > 0);
	assert_int_equal(result.gap_ns, 0);
	par_child_result_fini(&result);
}

static int stand_still(const void *unused)
{
	const char *const argv[] = { TEST_SELF, "nap", NULL };
	const struct par_child_spec spec = {
		.argv = argv, .deadline_ns = 60 * PAR_NS_PER_S, .stop = never
	};
	struct par_child_result result;
	pid_t own = getpid();

	(void)unused;
	/* Born before the call, the stopper is no stray of the program. */
	if (fork() == 0) {
		const struct timespec before = { .tv_nsec = 100 * 1000 * 1000 };
		const struct timespec during = { .tv_sec = 2, .tv_nsec = 600 * 1000 * 1000 };

		nanosleep(&before, NULL);
		kill(own, SIGSTOP);
		nanosleep(&during, NULL);
		_exit(kill(own, SIGCONT));
	}
	if (par_child_run(&result, &spec) || result.exit_code != 0)
		return 1;
	if (result.gap_ns < 2 * PAR_NS_PER_S || result.halted)
		return 2;
	if (result.own_gap_ns != result.gap_ns)
		return 4;
	/* The program went on meanwhile, and its keeper knows. */
	return result.wall_ns < result.gap_ns ? 0 : 3;
}

static void a_caller_that_stood_still_notices(void **state)
{
	(void)state;
	assert_int_equal(test_in_process(stand_still, NULL), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_die_with_the_caller),
		cmocka_unit_test(all_die_with_the_keeper),
		cmocka_unit_test(a_halted_program_meets_its_deadline),
		cmocka_unit_test(a_halt_is_noted),
		cmocka_unit_test(a_caller_that_stood_still_notices),
	};

	if (argc > 1)
		return play_part(argv[1], argc > 2 ? argv[2] : "");
	return cmocka_run_group_tests(tests, test_adopt, NULL);
}
