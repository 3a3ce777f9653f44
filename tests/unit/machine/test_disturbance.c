/* What is made of readings before and after a visit, and where each limit lies. */
#include "fake_tree.h"

#include <unistd.h>

#include "disturbance.h"

#define MS INT64_C(1000000)

static struct par_surroundings quiet(void)
{
	return (struct par_surroundings){
		.at_ns = 1000 * MS,
		.own_ns = 5 * MS,
		.own_known = true,
		.frequency_khz = -1,
		.pus = { .idle_ns = 5000 * MS, .known = true },
		.throttle = { .counters = { { 3, 40 }, { 7, 90 } }, .count = 2 },
		.pressure = { 100, 200, 300, 7 },
		.cgroup = { .throttled_known = true, .quota_cpus = 2 },
	};
}

/* 200 ms later on two PUs: 150 ms of CPU time each, the rest idle. */
static struct par_surroundings later(void)
{
	struct par_surroundings it = quiet();

	it.at_ns += 200 * MS;
	it.own_ns += 300 * MS;
	it.pus.idle_ns += 100 * MS;
	return it;
}

static const struct par_disturbed_visit two = {
	.pus = 2, .workers = 2, .run_ns = 100 * MS, .delayed_ns = -1
};

static const char *judge(
	const struct par_surroundings *after, const struct par_disturbed_visit *visit)
{
	static struct par_error reason;
	struct par_surroundings before = quiet();
	struct par_disturbance disturbance;
	bool disturbed;

	reason.text[0] = '\0';
	par_disturbance_between(&disturbance, &before, after, visit->pus);
	disturbed = par_disturbance_verdict(&reason, &disturbance, visit);
	assert_int_equal(disturbed, reason.text[0] != '\0');
	return reason.text;
}

static void a_quiet_visit_is_not_disturbed(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	assert_string_equal(judge(&after, &two), "");
}

static void other_work_is_what_is_neither_idle_nor_own(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.own_ns -= 124 * MS; /* of 400 ms */
	assert_string_equal(judge(&after, &two), "other work took 31 % of its CPUs (limit 5 %)");
	after.pus.interrupt_ns += 60 * MS;
	after.pus.stolen_ns += 60 * MS;
	assert_string_equal(judge(&after, &two), "");
}

/* 39 ms of 400 are a tenth, but within two ticks a PU. */
static void what_may_be_rounding_is_nothing(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.own_ns -= 39 * MS;
	assert_string_equal(judge(&after, &two), "");
	after.own_ns -= 2 * MS;
	assert_string_equal(judge(&after, &two), "other work took 10 % of its CPUs (limit 5 %)");
	after.pus.rare_ns += 10 * MS; /* a third number that is cut off by itself */
	assert_string_equal(judge(&after, &two), "");
	after.own_ns -= 20 * MS;
	assert_string_equal(judge(&after, &two), "other work took 15 % of its CPUs (limit 5 %)");
	after.pus.known = false;
	assert_string_equal(judge(&after, &two), "");
}

/* A lone worker that may move leaves the other PU to others: 200 ms of it. */
static void a_free_pu_may_be_used_by_others(void **state)
{
	struct par_disturbed_visit one = two;
	struct par_surroundings after = later();

	(void)state;
	one.workers = 1;
	after.own_ns -= 190 * MS;
	assert_string_equal(judge(&after, &one), "");
	after.own_ns -= 60 * MS;
	assert_string_equal(judge(&after, &one), "other work took 25 % of its CPUs (limit 5 %)");
}

static void what_waits_for_io_may_have_kernel_threads_at_work(void **state)
{
	struct par_disturbed_visit io = two;
	struct par_surroundings after = later();

	(void)state;
	io.waits = true;
	after.own_ns -= 90 * MS;
	assert_string_equal(judge(&after, &io), "");
	after.own_ns -= 30 * MS;
	assert_string_equal(judge(&after, &io), "other work took 30 % of its CPUs (limit 25 %)");
}

static void a_worker_kept_off_its_pu(void **state)
{
	struct par_disturbed_visit visit = two;
	struct par_surroundings after = later();

	(void)state;
	visit.delayed_ns = 9 * MS;
	assert_string_equal(judge(&after, &visit), "");
	visit.delayed_ns = 41 * MS;
	assert_string_equal(judge(&after, &visit),
		"other work kept a worker off its CPU for 41 % of the samples (limit 10 %)");
	visit.waits = true;
	visit.delayed_ns = 20 * MS;
	assert_string_equal(judge(&after, &visit), "");
}

static void suspend(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.suspended_ns += 900000;
	assert_string_equal(judge(&after, &two), "");
	after.suspended_ns += 3000 * MS;
	assert_string_equal(
		judge(&after, &two), "the machine slept for 3 s during the visit (limit 0.001 s)");
}

static void heat(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.throttle.counters[0] = (struct par_throttle_counter){ 5, 49 };
	after.throttle.counters[1] = (struct par_throttle_counter){ 9, 99 }; /* the same heat */
	assert_string_equal(judge(&after, &two), "");
	after.throttle.counters[1].ms += 21;
	assert_string_equal(judge(&after, &two),
		"heat lowered the clock for at least 15 % of the visit (limit 5 %)");
	after.throttle.counters[0].ms = after.throttle.counters[1].ms = -1;
	assert_string_equal(judge(&after, &two), "heat lowered the clock at least 2 times during "
						 "the visit, nobody knows for how long (limit 0)");
	after.throttle.counters[0].events = after.throttle.counters[1].events = -1;
	assert_string_equal(judge(&after, &two), "");
}

/* The count grows at its beginning, the time at its end. */
static void heat_beyond_the_ends_of_a_visit(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.throttle.counters[0].events++;
	assert_string_equal(judge(&after, &two), "heat lowered the clock at least 1 time during "
						 "the visit, nobody knows for how long (limit 0)");
	after = later();
	after.throttle.counters[0].ms += 9000;
	assert_string_equal(judge(&after, &two),
		"heat lowered the clock for up to 100 % of the visit (limit 5 %)");
	after.throttle.counters[0].ms -= 8991;
	assert_string_equal(judge(&after, &two), "");
}

/* With more PUs than the quota a cell is held back by design. */
static void quota(void **state)
{
	struct par_disturbed_visit wide = two;
	struct par_surroundings after = later();

	(void)state;
	after.cgroup.throttled_ns += 30 * MS;
	assert_string_equal(judge(&after, &two),
		"others used up the container's CPU quota for 15 % of the visit (limit 5 %)");
	after.cgroup.quota_cpus = 1.5;
	assert_string_equal(judge(&after, &two), "");
	wide.workers = 1; /* cannot use more than one */
	after.own_ns -= 100 * MS;
	after.pus.idle_ns += 100 * MS;
	assert_string_not_equal(judge(&after, &wide), "");
	after.cgroup.throttled_known = false;
	assert_string_equal(judge(&after, &wide), "");
}

/* Of 400 ms that the quota allows it used 340 itself; its servers run on other PUs too. */
static void a_visit_may_use_its_quota_up_itself(void **state)
{
	struct par_surroundings after = later();

	(void)state;
	after.cgroup.throttled_ns += 900 * MS; /* of more PUs than one */
	assert_string_equal(judge(&after, &two),
		"others used up the container's CPU quota for 100 % of the visit (limit 5 %)");
	after.own_ns += 40 * MS;
	assert_string_equal(judge(&after, &two), "");
	after = later();
	after.cgroup.throttled_ns += 30 * MS;
	after.own_known = false;
	assert_string_equal(judge(&after, &two), "");
}

/* A thread that its quota holds back stands in the run queue. */
static void a_quota_is_no_other_work(void **state)
{
	struct par_disturbed_visit visit = two;
	struct par_surroundings after = later();

	(void)state;
	visit.delayed_ns = 41 * MS;
	assert_string_not_equal(judge(&after, &visit), "");
	after.cgroup.quota_cpus = 1;
	after.cgroup.throttled_ns += 30 * MS;
	assert_string_equal(judge(&after, &visit), "");
	after.cgroup.throttled_known = false;
	assert_string_equal(judge(&after, &visit), "");
}

/* Without knowing its servers nobody can tell their time from others'. */
static void unknown_servers_make_others_unknown(void **state)
{
	struct par_surroundings before = quiet(), after = later();
	struct par_disturbance it;

	(void)state;
	after.own_ns -= 124 * MS;
	assert_string_not_equal(judge(&after, &two), "");
	after.own_known = false;
	assert_string_equal(judge(&after, &two), "");
	par_disturbance_between(&it, &before, &after, 2);
	assert_int_equal(it.others_ns, -1);
}

/* Two hardware threads next to the visit's. */
static struct par_surroundings with_siblings(struct par_surroundings it, int64_t idle_ms)
{
	it.siblings = (struct par_pu_time){
		.idle_ns = (uint64_t)(idle_ms * MS), .count = 2, .known = true
	};
	return it;
}

static const char *judge_both(const struct par_surroundings *before,
	const struct par_surroundings *after, const struct par_disturbed_visit *visit)
{
	static struct par_error reason;
	struct par_disturbance disturbance;

	reason.text[0] = '\0';
	par_disturbance_between(&disturbance, before, after, visit->pus);
	(void)par_disturbance_verdict(&reason, &disturbance, visit);
	return reason.text;
}

static void a_hog_next_to_the_visit_is_seen(void **state)
{
	struct par_surroundings before = with_siblings(quiet(), 1000);
	struct par_surroundings after = with_siblings(later(), 1340);

	(void)state;
	assert_string_equal(judge_both(&before, &after, &two),
		"other work took 15 % of its cores' other hardware threads (limit 5 %)");
	after.servers_ns += 40 * MS; /* may be there */
	assert_string_equal(judge_both(&before, &after, &two), "");
	after = with_siblings(later(), 1370);
	assert_string_equal(judge_both(&before, &after, &two), "");
}

/*
 * One worker on one PU, and a server that spent its 150 ms on the other: a hog beside the worker
 * takes 100 ms of its PU, and the server's time would hide it.
 */
static void servers_elsewhere_hide_no_hog(void **state)
{
	struct par_disturbed_visit one = { .pus = 1, .workers = 1, .delayed_ns = -1 };
	struct par_surroundings before = quiet(), after = quiet();

	(void)state;
	after.at_ns += 200 * MS;
	after.own_ns += (100 + 150) * MS;
	after.servers_ns += 150 * MS;
	after.servers = 1;
	before.everywhere = (struct par_pu_time){ .count = 2, .known = true };
	after.everywhere = (struct par_pu_time){ .idle_ns = 150 * MS, .count = 2, .known = true };
	assert_string_equal(judge_both(&before, &after, &one), "");
	after.everywhere.idle_ns = 50 * MS;
	assert_string_equal(judge_both(&before, &after, &one),
		"other work took 25 % of the CPUs of it and its servers (limit 5 %)");
}

static void swap(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	struct par_surroundings after = later();

	(void)state;
	after.pressure.swapped_pages += (1 << 20) / page;
	assert_string_equal(judge(&after, &two), "");
	after.pressure.swapped_pages += (1 << 20) / page;
	assert_string_equal(judge(&after, &two), "the machine swapped 2 MiB (limit 1 MiB)");
}

static void what_has_no_limit_is_only_told(void **state)
{
	struct par_surroundings before = quiet(), after = later();
	struct par_disturbance it;

	(void)state;
	after.preemptions += 100000;
	after.pressure.cpu_us += 200000;
	after.pressure.io_us = -1;
	assert_string_equal(judge(&after, &two), "");
	par_disturbance_between(&it, &before, &after, 2);
	assert_int_equal(it.elapsed_ns, 200 * MS);
	assert_int_equal(it.preemptions, 100000);
	assert_int_equal(it.pressure_cpu_us, 200000);
	assert_int_equal(it.pressure_memory_us, 0);
	assert_int_equal(it.pressure_io_us, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quiet_visit_is_not_disturbed),
		cmocka_unit_test(other_work_is_what_is_neither_idle_nor_own),
		cmocka_unit_test(what_may_be_rounding_is_nothing),
		cmocka_unit_test(a_free_pu_may_be_used_by_others),
		cmocka_unit_test(what_waits_for_io_may_have_kernel_threads_at_work),
		cmocka_unit_test(a_worker_kept_off_its_pu),
		cmocka_unit_test(suspend),
		cmocka_unit_test(heat),
		cmocka_unit_test(heat_beyond_the_ends_of_a_visit),
		cmocka_unit_test(quota),
		cmocka_unit_test(a_visit_may_use_its_quota_up_itself),
		cmocka_unit_test(a_quota_is_no_other_work),
		cmocka_unit_test(unknown_servers_make_others_unknown),
		cmocka_unit_test(a_hog_next_to_the_visit_is_seen),
		cmocka_unit_test(servers_elsewhere_hide_no_hog),
		cmocka_unit_test(swap),
		cmocka_unit_test(what_has_no_limit_is_only_told),
	};

	return cmocka_run_group_tests_name("disturbance", tests, NULL, NULL);
}
