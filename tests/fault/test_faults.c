/*
 * Every way in which a visit can go wrong costs one record, with a status and a reason, and leaves
 * no process behind.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "clock.h"
#include "fault_desk.h"

static _Noreturn void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* Forked twice, in a session of its own, with the pipes of the visit still open. */
static void leave_daemon(void)
{
	int told[2];
	char byte;

	if (pipe(told) < 0)
		_exit(90);
	if (fork() == 0) {
		setsid();
		signal(SIGTERM, SIG_IGN);
		if (fork() == 0) {
			(void)!write(told[1], "x", 1);
			sleep_for_ever();
		}
		_exit(0);
	}
	(void)!read(told[0], &byte, 1);
}

/* Lives for ever by forking and ending, each in a session of its own. */
static void hop(void)
{
	const struct timespec moment = { .tv_nsec = 300000 };

	if (fork() > 0)
		return;
	for (;;) {
		setsid();
		nanosleep(&moment, NULL);
		if (fork() > 0)
			_exit(0);
	}
}

static void limit_to(int resource, rlim_t value)
{
	const struct rlimit limit = { value,
		value + 1 }; /* at the hard one of CPU time it is SIGKILL */

	if (setrlimit((__rlimit_resource_t)resource, &limit) < 0)
		_exit(91);
}

static int write_past_limit(void)
{
	char path[] = "/tmp/parbench-fault-file-XXXXXX";
	char bytes[8192] = { 0 };
	int fd = mkstemp(path);

	unlink(path);
	limit_to(RLIMIT_FSIZE, 4096);
	for (int i = 0; i < 2; i++)
		if (write(fd, bytes, sizeof bytes) < 0)
			return 92;
	return 0;
}

static _Noreturn void burn(void)
{
	limit_to(RLIMIT_CPU, 1);
	for (volatile unsigned i = 0;;)
		i++;
}

static int print_bytes(size_t count)
{
	for (size_t i = 0; i < count; i += 16)
		fputs("fifteen letters\n", stdout);
	return fflush(stdout) == 0 ? 0 : 93;
}

static void stop_and_go_on(void)
{
	pid_t own = getpid();

	if (fork() == 0) {
		const struct timespec moment = { .tv_nsec = 100000000 };

		nanosleep(&moment, NULL);
		kill(own, SIGCONT);
		_exit(0);
	}
	raise(SIGSTOP);
}

static int crash(int number)
{
	signal(number, SIG_DFL); /* a sanitizer would turn it into an exit status */
	raise(number);
	return 94;
}

/* Ends by saying its record and 0, unless the fault is otherwise. */
static int behave(const char *fault, const char *cell)
{
	if (strcmp(fault, "segv") == 0)
		return crash(SIGSEGV);
	if (strcmp(fault, "kill") == 0)
		return crash(SIGKILL);
	if (strcmp(fault, "status") == 0)
		return fputs("out of luck\n", stderr) < 0 ? 1 : 3;
	if (strcmp(fault, "silent") == 0)
		return 0;
	if (strcmp(fault, "garbage") == 0)
		return puts("\x01\xff not json") < 0;
	if (strcmp(fault, "truncated") == 0)
		return printf("{\"schema\":1,\"cell\":\"%s\",\"sta", cell) < 0;
	if (strcmp(fault, "types") == 0)
		return printf("{\"schema\":1,\"cell\":\"%s\",\"status\":\"ok\",\"samples_ns\":7}\n",
			       cell) < 0;
	if (strcmp(fault, "status_word") == 0)
		return printf("{\"schema\":1,\"cell\":\"%s\",\"status\":\"great\"}\n", cell) < 0;
	if (strcmp(fault, "list") == 0)
		return puts("[1,2,3]") < 0;
	if (strcmp(fault, "other") == 0)
		fault_print_record("a/b/c");
	else if (strcmp(fault, "twice") == 0)
		fault_print_record(cell);
	else if (strcmp(fault, "huge") == 0)
		return print_bytes(2 << 20);
	else if (strcmp(fault, "fsize") == 0)
		return write_past_limit();
	else if (strcmp(fault, "cpu") == 0)
		burn();
	else if (strcmp(fault, "hang") == 0)
		sleep_for_ever();
	else if (strcmp(fault, "halt") == 0)
		raise(SIGSTOP);
	else if (strcmp(fault, "halt_once") == 0)
		stop_and_go_on();
	else if (strcmp(fault, "daemon") == 0)
		leave_daemon();
	else if (strcmp(fault, "hopper") == 0)
		hop();
	if (strcmp(fault, "deaf") == 0) {
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		leave_daemon();
		sleep_for_ever();
	}
	if (strcmp(fault, "closed") == 0) {
		fault_print_record(cell);
		close(1);
		close(2);
		sleep_for_ever();
	}
	fault_print_record(cell);
	return 0;
}

/* The visit ends at once by itself, or only by its deadline. */
static void expect(const char *fault, enum par_status status, const char *reason)
{
	struct desk desk;
	struct par_records records = PAR_RECORDS_INIT;
	struct par_record record;

	desk_open(&desk);
	if (status == PAR_STATUS_TIMEOUT)
		desk.executor.patience_ns = 300 * PAR_NS_PER_MS;
	record = desk_visit(&desk, fault);
	if (record.status != status || strstr(record.reason, reason) == NULL)
		fail_msg("%s: %s: %s", fault, par_status_name(record.status), record.reason);
	if (status == PAR_STATUS_FAILED || status == PAR_STATUS_TIMEOUT)
		assert_int_equal(record.sample_count, 0);
	/* The next visit has nothing of it. */
	record = desk_visit(&desk, "none");
	assert_int_equal(record.status, PAR_STATUS_OK);
	assert_int_equal(par_journal_read(&records, desk.path, NULL), 0);
	assert_int_equal(records.count, 2);
	par_records_fini(&records);
	desk_close(&desk);
}

static void crashes(void **state)
{
	(void)state;
	expect("segv", PAR_STATUS_FAILED, "ended by signal 11 (Segmentation fault)");
	expect("kill", PAR_STATUS_FAILED, "ended by signal 9 (Killed)");
	expect("status", PAR_STATUS_FAILED, "exit status 3: out of luck");
}

static void bad_output(void **state)
{
	(void)state;
	expect("silent", PAR_STATUS_FAILED, "no valid record: nothing at all");
	expect("garbage", PAR_STATUS_FAILED, "no valid record: ");
	expect("truncated", PAR_STATUS_FAILED, "no valid record: ");
	expect("types", PAR_STATUS_FAILED, "'samples_ns' is not a list");
	expect("status_word", PAR_STATUS_FAILED, "'status' is 'great'");
	expect("list", PAR_STATUS_FAILED, "it is not of this cell");
	expect("other", PAR_STATUS_FAILED, "no valid record: ");
	expect("twice", PAR_STATUS_FAILED, "no valid record: ");
	expect("huge", PAR_STATUS_FAILED, "printed more than 1048576 bytes");
}

static void hangs(void **state)
{
	(void)state;
	expect("hang", PAR_STATUS_TIMEOUT, "past its deadline of 0.3");
	expect("halt", PAR_STATUS_TIMEOUT, "stopped by a signal");
	expect("deaf", PAR_STATUS_TIMEOUT, "past its deadline");
	expect("closed", PAR_STATUS_TIMEOUT, "past its deadline");
}

static void things_left_behind(void **state)
{
	(void)state;
	expect("daemon", PAR_STATUS_OK, "");
	expect("hopper", PAR_STATUS_OK, "");
}

static void limits_are_named(void **state)
{
	(void)state;
	expect("fsize", PAR_STATUS_FAILED, "RLIMIT_FSIZE");
	expect("cpu", PAR_STATUS_FAILED, "RLIMIT_CPU");
}

/* What it measured is kept, and told apart. */
static void a_halted_visit_is_untrustworthy(void **state)
{
	(void)state;
	expect("halt_once", PAR_STATUS_UNTRUSTWORTHY, "a signal stopped it for 0.");
}

static void a_program_that_cannot_be_executed(void **state)
{
	static const char *const programs[] = { "/nowhere/parbench", "/dev/null", "/" };
	static const char *const names[] = { "ENOENT", "EACCES", "EACCES" };
	struct desk desk;

	(void)state;
	desk_open(&desk);
	for (size_t i = 0; i < 3; i++) {
		struct par_record record;

		desk.executor.program = programs[i];
		record = desk_visit(&desk, "none");
		assert_int_equal(record.status, PAR_STATUS_FAILED);
		assert_non_null(strstr(record.reason, "could not be started"));
		assert_non_null(strstr(record.reason, names[i]));
	}
	desk_close(&desk);
}

/* In a process of its own, as a user that limits hold for: no further process. */
static int visit_without_processes(void)
{
	struct desk desk;
	struct par_record record;
	bool says_why;

	desk_open(&desk);
	if (getuid() == 0 &&
		(chown(desk.folder, 65534, 65534) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	if (par_child_adopt() < 0)
		return 1;
	limit_to(RLIMIT_NPROC, 1);
	record = desk_visit(&desk, "none");
	says_why = strstr(record.reason, "EAGAIN; limit of processes, RLIMIT_NPROC = 1)") != NULL;
	desk_close(&desk);
	if (record.status != PAR_STATUS_FAILED)
		return 2;
	return says_why ? 0 : 3;
}

static void no_process_is_a_record(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(visit_without_processes());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool stop_if_signalled(void *context)
{
	unsigned *asked = context;

	return ++*asked > 0;
}

/* A signal that a service manager sends to all: the visit died of it, and proves nothing. */
static void a_signal_for_all_leaves_no_record(void **state)
{
	struct par_cell cell = fake_cell(FAULT_CELL);
	struct par_error error = PAR_ERROR_INIT;
	struct par_record record;
	unsigned asked = 0;
	struct desk desk;

	(void)state;
	desk_open(&desk);
	desk.executor.stop = stop_if_signalled;
	desk.executor.stop_context = &asked;
	assert_int_equal(setenv("FAULT", "kill", 1), 0);
	assert_int_equal(par_executor_visit(&desk.executor, &cell, 1, &record, &error), -ECANCELED);
	assert_true(asked > 0);
	assert_int_equal(desk.executor.visits, 0);
	desk_close(&desk);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crashes),
		cmocka_unit_test(bad_output),
		cmocka_unit_test(hangs),
		cmocka_unit_test(things_left_behind),
		cmocka_unit_test(limits_are_named),
		cmocka_unit_test(a_halted_visit_is_untrustworthy),
		cmocka_unit_test(a_program_that_cannot_be_executed),
		cmocka_unit_test(no_process_is_a_record),
		cmocka_unit_test(a_signal_for_all_leaves_no_record),
	};

	if (argc > 2 && strcmp(argv[1], "cell") == 0)
		return behave(getenv("FAULT"), argv[2]);
	if (par_child_adopt() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
