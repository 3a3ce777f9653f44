/* Threads and children of this very process: who they are, what they ran, what they hold. */
#include "fake_tree.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "counters.h"
#include "footprint.h"
#include "schedstat.h"

#define MIB (1U << 20)

/* A child that touches some memory, says so, and waits to be killed. */
static pid_t make_child(size_t bytes)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char *memory = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, bytes);
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void *wait_for_unlock(void *mutex)
{
	pthread_mutex_lock(mutex);
	pthread_mutex_unlock(mutex);
	return NULL;
}

static void newcomers_are_threads_and_children_in_the_order_of_their_birth(void **state)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	struct par_family before, after, newcomers = PAR_FAMILY_INIT;
	pthread_t threads[2];
	pid_t child;

	(void)state;
	pthread_mutex_lock(&mutex);
	assert_int_equal(par_family_read(&before), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_for_unlock, &mutex), 0);
	child = make_child(0);
	assert_int_equal(par_family_read(&after), 0);
	assert_int_equal(par_family_newcomers(&newcomers, &after, &before), 0);
	assert_int_equal(newcomers.count, after.children_known ? 3 : 2);
	assert_int_equal(newcomers.members[0].pid, getpid());
	assert_true(newcomers.members[0].tid < newcomers.members[1].tid);
	if (after.children_known)
		assert_int_equal(newcomers.members[2].pid, child);
	end_child(child);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	par_family_fini(&before);
	par_family_fini(&after);
	par_family_fini(&newcomers);
}

static void children_are_listed_or_found_by_their_parents(void **state)
{
	struct fake_tree tree = fake_tree_open();
	struct par_family family = PAR_FAMILY_INIT;

	(void)state;
	fake_tree_put(&tree, "/proc/70/stat", "70 (me) S 1 70 70\n");
	fake_tree_put(&tree, "/proc/71/stat", "71 (a ) S 9 (b) R 70 71\n");
	fake_tree_put(&tree, "/proc/72/stat", "72 (other) S 71 72\n");
	fake_tree_put(&tree, "/proc/73/stat", "garbage\n");
	fake_tree_put(&tree, "/proc/uptime", "1 1\n");
	assert_int_equal(par_family_add_children(&family, tree.root, 70), 0);
	assert_true(family.children_known);
	assert_int_equal(family.count, 1);
	assert_int_equal(family.members[0].pid, 71);
	par_family_fini(&family);
	fake_tree_put(&tree, "/proc/70/task/70/children", "71 80 \n");
	assert_int_equal(par_family_add_children(&family, tree.root, 70), 0);
	assert_int_equal(family.count, 2);
	par_family_fini(&family);
	fake_tree_close(&tree);
	assert_int_equal(par_family_add_children(&family, tree.root, 70), 0);
	assert_false(family.children_known);
	par_family_fini(&family);
}

static void work_for(uint64_t ns)
{
	uint64_t start = par_now_ns();

	while (par_now_ns() - start < ns)
		;
}

/* What a child ran counts while it lives and, once, after it was reaped. */
static void cpu_time_is_that_of_all(void **state)
{
	struct par_family family = PAR_FAMILY_INIT;
	uint64_t before = par_family_cpu_ns(&family), own;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		uint64_t start = par_family_cpu_ns(&family);

		while (par_family_cpu_ns(&family) - start < 20 * PAR_NS_PER_MS)
			work_for(PAR_NS_PER_MS);
		_exit(0);
	}
	assert_int_equal(par_family_add(&family, pid, pid), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	own = par_family_cpu_ns(&family) - before;
	assert_true(own >= 20 * PAR_NS_PER_MS - PAR_NS_PER_MS);
	par_family_fini(&family);
}

static void schedstat_is_parsed(void **state)
{
	struct par_schedstat_times times;

	(void)state;
	assert_int_equal(par_schedstat_parse(&times, "39952937 17874903 109\n"), 0);
	assert_int_equal(times.running_ns, 39952937);
	assert_int_equal(times.runnable_ns, 17874903);
	assert_int_equal(par_schedstat_parse(&times, "39952937\n"), -EINVAL);
	assert_int_equal(par_schedstat_parse(&times, ""), -EINVAL);
}

static void schedstat_grows_with_what_a_thread_runs(void **state)
{
	struct par_family family = PAR_FAMILY_INIT;
	struct par_schedstat_times before, after;
	struct par_schedstat stat;
	int status;

	(void)state;
	assert_int_equal(par_family_add(&family, getpid(), getpid()), 0);
	status = par_schedstat_open(&stat, &family);
	if (status == -ENOENT) {
		par_family_fini(&family);
		skip();
	}
	assert_int_equal(status, 0);
	assert_int_equal(par_schedstat_read(&stat, &before), 0);
	work_for(20 * PAR_NS_PER_MS);
	usleep(1000);
	assert_int_equal(par_schedstat_read(&stat, &after), 0);
	assert_true(after.running_ns + after.runnable_ns >
		    before.running_ns + before.runnable_ns + 5 * PAR_NS_PER_MS);
	par_schedstat_close(&stat);
	family.members[0].tid = family.members[0].pid = 1 << 30;
	assert_int_equal(par_schedstat_open(&stat, &family), -ENOENT);
	par_family_fini(&family);
}

static void pss_grows_with_a_child(void **state)
{
	struct par_family family;
	uint64_t before, after;
	pid_t child;

	(void)state;
	assert_int_equal(par_family_read(&family), 0);
	if (par_footprint_pss(&before, &family) < 0 || !family.children_known) {
		par_family_fini(&family);
		skip();
	}
	par_family_fini(&family);
	child = make_child(8 * MIB);
	assert_int_equal(par_family_read(&family), 0);
	assert_int_equal(par_footprint_pss(&after, &family), 0);
	par_family_fini(&family);
	assert_true(after > before + 7 * MIB);
	end_child(child);
	assert_int_equal(par_footprint_peak(&after), 0);
	assert_true(after > 8 * MIB);
}

static void pss_is_in_bytes(void **state)
{
	static const char text[] = "55cd-7fff ---p [rollup]\nRss:   1756 kB\nPss:    345 kB\n";
	uint64_t bytes;

	(void)state;
	assert_int_equal(par_footprint_parse(&bytes, text, "Pss:"), 0);
	assert_int_equal(bytes, 345 * 1024);
	assert_int_equal(par_footprint_parse(&bytes, text, "Swap:"), -EINVAL);
}

static void counters_scale_what_was_multiplexed(void **state)
{
	struct par_counter_value sum = { .scale = 1 };
	uint64_t enabled = 0, running = 0;

	(void)state;
	par_counter_add(&sum, &enabled, &running, (const uint64_t[]){ 0, 0, 0 });
	assert_int_equal(sum.error, 0); /* a thread that never ran */
	par_counter_add(&sum, &enabled, &running, (const uint64_t[]){ 1000, 600, 300 });
	par_counter_add(&sum, &enabled, &running, (const uint64_t[]){ 50, 300, 300 });
	assert_int_equal(sum.value, 2050);
	assert_int_equal(sum.error, 0);
	assert_true(sum.scale > 1.49 && sum.scale < 1.51);
	sum = (struct par_counter_value){ .scale = 1 };
	enabled = running = 0;
	par_counter_add(&sum, &enabled, &running, (const uint64_t[]){ 0, 500, 0 });
	assert_int_equal(sum.error, -EAGAIN);
}

/* A caller whose file was never on the hardware does not stop the workers' being read. */
static void one_member_without_a_place_hides_no_other(void **state)
{
	static const uint64_t readings[2][3] = { { 0, 500, 0 }, { 1000, 500, 500 } };
	struct par_counter_value values[PAR_COUNTERS];
	struct par_counters counters = { .members = 2 };

	(void)state;
	counters.files = calloc(2 * PAR_COUNTERS, sizeof *counters.files);
	assert_non_null(counters.files);
	for (unsigned i = 0; i < 2 * PAR_COUNTERS; i++) {
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], readings[i / PAR_COUNTERS], 24), 24);
		close(ends[1]);
		counters.files[i] = ends[0];
	}
	par_counters_read(&counters, values);
	assert_int_equal(values[0].error, 0);
	assert_int_equal(values[0].value, 1000);
	assert_true(values[0].scale > 1.99);
	par_counters_read(&counters, values); /* the pipes are empty */
	assert_int_equal(values[0].error, -EIO);
	par_counters_close(&counters);
}

/* Each counter counts or tells why not; the work between enable and disable alone is counted. */
static void counters_count_between_enable_and_disable(void **state)
{
	struct par_counter_value values[PAR_COUNTERS];
	struct par_family family = PAR_FAMILY_INIT;
	struct par_counters counters;
	const struct par_counter_value *clock = &values[PAR_COUNTER_TASK_CLOCK_NS];

	(void)state;
	assert_int_equal(par_family_add(&family, getpid(), getpid()), 0);
	assert_int_equal(par_counters_open(&counters, &family), 0);
	work_for(20 * PAR_NS_PER_MS);
	par_counters_enable(&counters);
	par_counters_disable(&counters);
	par_counters_read(&counters, values);
	if (clock->error == 0)
		assert_true(clock->value < 10 * PAR_NS_PER_MS);
	par_counters_enable(&counters);
	work_for(20 * PAR_NS_PER_MS);
	usleep(1000);
	par_counters_disable(&counters);
	par_counters_read(&counters, values);
	for (unsigned c = 0; c < PAR_COUNTERS; c++)
		assert_true(values[c].error <= 0);
	if (clock->error == 0)
		assert_true(clock->value > 0);
	if (values[PAR_COUNTER_CONTEXT_SWITCHES].error == 0)
		assert_true(values[PAR_COUNTER_CONTEXT_SWITCHES].value >= 1);
	par_counters_close(&counters);
	par_family_fini(&family);
}

static void a_refusal_has_a_reason(void **state)
{
	struct par_error reason;

	(void)state;
	par_counter_reason(&reason, -ENOENT, 2);
	assert_string_equal(reason.text, "not supported by this machine (ENOENT)");
	par_counter_reason(&reason, -EACCES, 3);
	assert_string_equal(
		reason.text, "refused (EACCES): kernel.perf_event_paranoid is 3, 1 allows it");
	par_counter_reason(&reason, -EPERM, 1);
	assert_string_equal(reason.text, "refused (EPERM), perhaps by a container");
	par_counter_reason(&reason, -ENOSYS, -100);
	assert_non_null(strstr(reason.text, "ENOSYS"));
	par_counter_reason(&reason, -EMFILE, 2);
	assert_non_null(strstr(reason.text, "Too many open files"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newcomers_are_threads_and_children_in_the_order_of_their_birth),
		cmocka_unit_test(children_are_listed_or_found_by_their_parents),
		cmocka_unit_test(cpu_time_is_that_of_all),
		cmocka_unit_test(schedstat_is_parsed),
		cmocka_unit_test(schedstat_grows_with_what_a_thread_runs),
		cmocka_unit_test(pss_grows_with_a_child),
		cmocka_unit_test(pss_is_in_bytes),
		cmocka_unit_test(counters_scale_what_was_multiplexed),
		cmocka_unit_test(one_member_without_a_place_hides_no_other),
		cmocka_unit_test(counters_count_between_enable_and_disable),
		cmocka_unit_test(a_refusal_has_a_reason),
	};

	return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
