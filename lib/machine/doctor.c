#include "doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor_parts.h"
#include "procfs.h"

static const struct {
	const char *id, *title;
	par_doctor_test *test;
	enum par_doctor_matter matter; /* where it disturbs, unless the check finds more or less */
} tests[] = {
	{ "build", "build of parbench", par_doctor_build, PAR_DOCTOR_MUCH },
	{ "other_run", "other runs of parbench", par_doctor_other_run, PAR_DOCTOR_MUCH },
	{ "others", "other busy processes", par_doctor_others, PAR_DOCTOR_MUCH },
	{ "load", "load average", par_doctor_load, PAR_DOCTOR_SOME },
	{ "governor", "frequency governor", par_doctor_governor, PAR_DOCTOR_MUCH },
	{ "energy_preference", "energy preference", par_doctor_energy, PAR_DOCTOR_SOME },
	{ "turbo", "turbo, boost", par_doctor_turbo, PAR_DOCTOR_SOME },
	{ "idle_states", "idle states", par_doctor_idle, PAR_DOCTOR_SOME },
	{ "power_supply", "power supply", par_doctor_supply, PAR_DOCTOR_MUCH },
	{ "temperature", "temperature", par_doctor_temperature, PAR_DOCTOR_MUCH },
	{ "throttling", "thermal throttling", par_doctor_throttling, PAR_DOCTOR_SOME },
	{ "clocksource", "clock source", par_doctor_clocksource, PAR_DOCTOR_MUCH },
	{ "virtual_machine", "virtual machine", par_doctor_guest, PAR_DOCTOR_SOME },
	{ "steal", "stolen time", par_doctor_steal, PAR_DOCTOR_MUCH },
	{ "quota", "CPU quota", par_doctor_quota, PAR_DOCTOR_MUCH },
	{ "isolated", "isolated CPUs", par_doctor_isolated, PAR_DOCTOR_MUCH },
	{ "smt", "SMT", par_doctor_smt, PAR_DOCTOR_SOME },
	{ "numa_balancing", "NUMA balancing", par_doctor_numa, PAR_DOCTOR_SOME },
	{ "memory", "free memory", par_doctor_memory, PAR_DOCTOR_MUCH },
	{ "swap", "swap", par_doctor_swap, PAR_DOCTOR_SOME },
	{ "huge_pages", "transparent huge pages", par_doctor_huge_pages, PAR_DOCTOR_SOME },
	{ "kernel_debug", "debugging kernel", par_doctor_kernel, PAR_DOCTOR_MUCH },
	{ "limit_processes", "limit of processes", par_doctor_processes, PAR_DOCTOR_SOME },
	{ "limit_descriptors", "limit of open files", par_doctor_descriptors, PAR_DOCTOR_SOME },
	{ "limit_maps", "limit of memory maps", par_doctor_maps, PAR_DOCTOR_SOME },
	{ "limit_threads", "limit of threads", par_doctor_threads, PAR_DOCTOR_SOME },
	{ "results_folder", "folder of results", par_doctor_folder, PAR_DOCTOR_LITTLE },
	{ "counters", "hardware counters", par_doctor_counters, PAR_DOCTOR_LITTLE },
	{ "watchdog", "NMI watchdog", par_doctor_watchdog, PAR_DOCTOR_LITTLE },
	{ "profiling", "profiling interrupts", par_doctor_profiling, PAR_DOCTOR_LITTLE },
	{ "irqbalance", "irqbalance", par_doctor_irqbalance, PAR_DOCTOR_LITTLE },
	{ "aslr", "address randomisation", par_doctor_aslr, PAR_DOCTOR_LITTLE },
};

#define TESTS (sizeof tests / sizeof tests[0])

const char *par_doctor_state_name(enum par_doctor_state state)
{
	static const char *const names[] = { "good", "disturbs", "unknown" };

	return names[state];
}

const char *par_doctor_matter_name(enum par_doctor_matter matter)
{
	static const char *const names[] = { "much", "some", "little" };

	return names[matter];
}

/* What was read may hold any bytes, and ends up on terminals and pages. */
static void clean(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

__attribute__((format(printf, 4, 0))) static void say(struct par_doctor_check *check,
	enum par_doctor_state state, enum par_doctor_matter matter, const char *format,
	va_list values)
{
	check->state = state;
	check->matter = matter;
	vsnprintf(check->found, sizeof check->found, format, values);
	clean(check->found);
}

void par_doctor_good(struct par_doctor_check *check, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(check, PAR_DOCTOR_GOOD, check->matter, format, values);
	va_end(values);
}

void par_doctor_unknown(struct par_doctor_check *check, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(check, PAR_DOCTOR_UNKNOWN, check->matter, format, values);
	va_end(values);
}

void par_doctor_disturbs(
	struct par_doctor_check *check, enum par_doctor_matter matter, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(check, PAR_DOCTOR_DISTURBS, matter, format, values);
	va_end(values);
}

void par_doctor_why(struct par_doctor_check *check, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(check->why, sizeof check->why, format, values);
	va_end(values);
	clean(check->why);
}

void par_doctor_instead(struct par_doctor_check *check, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(check->instead, sizeof check->instead, format, values);
	va_end(values);
	clean(check->instead);
}

static int count_allowed(const char *root)
{
	char *status = par_procfs_read(root, "/proc/self/status");
	char list[4096];
	int *cpus, count;

	par_procfs_field(list, sizeof list, status, "Cpus_allowed_list:");
	free(status);
	count = par_cpu_list_read(&cpus, list);
	free(cpus);
	return count;
}

static int look_begin(
	struct par_doctor_look *look, const struct par_doctor_input *input, const char *root)
{
	char list[4096];
	int count, allowed;

	*look = (struct par_doctor_look){ .root = root, .input = input };
	par_procfs_line(list, sizeof list, root, PAR_DOCTOR_CPU "online");
	count = par_cpu_list_read(&look->cpus, list);
	allowed = count_allowed(root);
	if (count < 0 || allowed < 0) {
		free(look->cpus);
		return -ENOMEM;
	}
	look->cpu_count = (unsigned)count;
	look->allowed = allowed > 0 ? (unsigned)allowed : count > 0 ? (unsigned)count : 1;
	return 0;
}

/* What disturbs most comes first, then what disturbs less, what is unknown, what is good. */
static int compare_checks(const struct par_doctor_check *left, const struct par_doctor_check *right)
{
	static const int ranks[] = {
		[PAR_DOCTOR_DISTURBS] = 0, [PAR_DOCTOR_UNKNOWN] = 1, [PAR_DOCTOR_GOOD] = 2
	};

	if (left->state != right->state)
		return ranks[left->state] - ranks[right->state];
	if (left->state == PAR_DOCTOR_DISTURBS && left->matter != right->matter)
		return (int)left->matter - (int)right->matter;
	return 0;
}

/* A stable order: qsort() promises none for equals. */
static void sort(struct par_doctor_check *checks, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct par_doctor_check check = checks[i];
		size_t place = i;

		while (place > 0 && compare_checks(&checks[place - 1], &check) > 0) {
			checks[place] = checks[place - 1];
			place--;
		}
		checks[place] = check;
	}
}

static int run_tests(struct par_doctor *doctor, const struct par_doctor_look *look)
{
	int status = 0;

	for (size_t i = 0; i < TESTS; i++) {
		struct par_doctor_check *check = &doctor->checks[doctor->count++];

		*check = (struct par_doctor_check){ .id = tests[i].id,
			.title = tests[i].title,
			.state = PAR_DOCTOR_UNKNOWN,
			.matter = tests[i].matter };
		tests[i].test(check, look);
		status |= par_text_status(&check->mend) | par_text_status(&check->restore);
	}
	sort(doctor->checks, doctor->count);
	return status == 0 ? 0 : -ENOMEM;
}

int par_doctor_examine_between(struct par_doctor *doctor, const struct par_doctor_input *input,
	const char *root, const struct par_doctor_sample *before,
	const struct par_doctor_sample *after)
{
	struct par_doctor_look look;
	int status = look_begin(&look, input, root);

	*doctor = (struct par_doctor)PAR_DOCTOR_INIT;
	if (status < 0)
		return status;
	look.before = before;
	look.after = after;
	doctor->checks = calloc(TESTS, sizeof *doctor->checks);
	status = doctor->checks == NULL ? -ENOMEM : run_tests(doctor, &look);
	if (status < 0)
		par_doctor_fini(doctor);
	free(look.cpus);
	return status;
}

int par_doctor_examine(
	struct par_doctor *doctor, const struct par_doctor_input *input, const char *root)
{
	struct par_doctor_sample before = { 0 }, after = { 0 };
	struct timespec pause = { input->sample_ms / 1000,
		(long)(input->sample_ms % 1000) * 1000000 };
	int self = root[0] == '\0' ? (int)getpid() : -1;
	int status = par_doctor_sample_read(&before, root, self);

	*doctor = (struct par_doctor)PAR_DOCTOR_INIT;
	while (status == 0 && nanosleep(&pause, &pause) < 0 && errno == EINTR)
		;
	if (status == 0)
		status = par_doctor_sample_read(&after, root, self);
	if (status == 0)
		status = par_doctor_examine_between(doctor, input, root, &before, &after);
	par_doctor_sample_fini(&after);
	par_doctor_sample_fini(&before);
	return status;
}

size_t par_doctor_count(const struct par_doctor *doctor, enum par_doctor_matter matter)
{
	size_t count = 0;

	for (size_t i = 0; i < doctor->count; i++)
		count += doctor->checks[i].state == PAR_DOCTOR_DISTURBS &&
			 doctor->checks[i].matter == matter;
	return count;
}

void par_doctor_fini(struct par_doctor *doctor)
{
	for (size_t i = 0; i < doctor->count; i++) {
		par_text_fini(&doctor->checks[i].mend);
		par_text_fini(&doctor->checks[i].restore);
	}
	free(doctor->checks);
	*doctor = (struct par_doctor)PAR_DOCTOR_INIT;
}
