#include "counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfs.h"

#define UNKNOWN (-100)

static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
	bool kernel_only; /* happens inside the kernel: counts nothing where that is left out */
} events[PAR_COUNTERS] = {
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, false },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, false },
	{ "cache_references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, false },
	{ "cache_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, false },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, false },
	{ "branch_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, false },
	{ "task_clock_ns", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, false },
	{ "context_switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, true },
	{ "migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS, true },
	{ "minor_faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN, false },
	{ "major_faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, false },
};

const char *par_counter_name(enum par_counter counter)
{
	return events[counter].name;
}

static int open_event(pid_t tid, enum par_counter counter, bool user_only)
{
	struct perf_event_attr attr = {
		.type = events[counter].type,
		.size = sizeof attr,
		.config = events[counter].config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = 1,
		.inherit = 1, /* by workers that live only for a task */
		.exclude_kernel = user_only,
		.exclude_hv = user_only,
	};
	long file = syscall(SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return file < 0 ? -errno : (int)file;
}

/* Opens it for a member, or notes why not; whoever may not look into the kernel counts without. */
static void attach(struct par_counters *counters, size_t member, pid_t tid, enum par_counter c)
{
	int *file = &counters->files[member * PAR_COUNTERS + c];

	*file = -1;
	if (counters->errors[c] != 0)
		return;
	*file = open_event(tid, c, counters->user_only[c]);
	if ((*file == -EACCES || *file == -EPERM) && member == 0 && !events[c].kernel_only) {
		counters->user_only[c] = true;
		*file = open_event(tid, c, true);
	}
	if (*file < 0) {
		counters->errors[c] = *file;
		*file = -1;
	}
}

int par_counters_open(struct par_counters *counters, const struct par_family *family)
{
	*counters = (struct par_counters){ .files = calloc(family->count * PAR_COUNTERS + 1,
						   sizeof *counters->files) };
	if (counters->files == NULL)
		return -ENOMEM;
	counters->members = family->count;
	for (size_t i = 0; i < family->count; i++)
		for (unsigned c = 0; c < PAR_COUNTERS; c++)
			attach(counters, i, family->members[i].tid, c);
	return 0;
}

static void command_all(const struct par_counters *counters, unsigned long command)
{
	for (size_t i = 0; i < counters->members * PAR_COUNTERS; i++)
		if (counters->files[i] >= 0)
			(void)ioctl(counters->files[i], command, 0);
}

void par_counters_enable(const struct par_counters *counters)
{
	command_all(counters, PERF_EVENT_IOC_ENABLE);
}

void par_counters_disable(const struct par_counters *counters)
{
	command_all(counters, PERF_EVENT_IOC_DISABLE);
}

void par_counter_add(struct par_counter_value *sum, uint64_t *enabled, uint64_t *running,
	const uint64_t reading[3])
{
	*enabled += reading[1];
	*running += reading[2];
	if (reading[2] > 0)
		sum->value +=
			(uint64_t)((double)reading[0] * ((double)reading[1] / (double)reading[2]));
	sum->scale = *running > 0 ? (double)*enabled / (double)*running : 1;
	sum->error = *running == 0 && *enabled > 0 ? -EAGAIN : 0;
}

static void read_counter(
	const struct par_counters *counters, enum par_counter c, struct par_counter_value *out)
{
	uint64_t enabled = 0, running = 0;

	*out = (struct par_counter_value){ .scale = 1,
		.user_only = counters->user_only[c],
		.error = counters->members == 0 ? -ESRCH : counters->errors[c] };
	if (out->error != 0)
		return;
	for (size_t i = 0; i < counters->members && out->error != -EIO; i++) {
		uint64_t reading[3];
		int file = counters->files[i * PAR_COUNTERS + c];

		/* -EAGAIN may pass: the caller runs so briefly that it may never get a place. */
		if (read(file, reading, sizeof reading) == (ssize_t)sizeof reading)
			par_counter_add(out, &enabled, &running, reading);
		else
			out->error = -EIO;
	}
}

void par_counters_read(
	const struct par_counters *counters, struct par_counter_value values[PAR_COUNTERS])
{
	for (unsigned c = 0; c < PAR_COUNTERS; c++)
		read_counter(counters, c, &values[c]);
}

void par_counters_close(struct par_counters *counters)
{
	for (size_t i = 0; i < counters->members * PAR_COUNTERS; i++)
		if (counters->files[i] >= 0)
			close(counters->files[i]);
	free(counters->files);
	*counters = (struct par_counters)PAR_COUNTERS_INIT;
}

int par_counter_paranoid(const char *root)
{
	return (int)par_procfs_number(root, "/proc/sys/kernel/perf_event_paranoid", UNKNOWN);
}

static void explain_refusal(struct par_error *reason, const char *name, int paranoid)
{
	/* 2 and less lets everyone count what one's own processes do in user mode, 1 and less
	 * everywhere; see Documentation/admin-guide/sysctl/kernel.rst. */
	if (paranoid == UNKNOWN || paranoid < 2)
		par_fail(reason, 0, "refused (%s), perhaps by a container", name);
	else
		par_fail(reason, 0, "refused (%s): kernel.perf_event_paranoid is %d, 1 allows it",
			name, paranoid);
}

void par_counter_reason(struct par_error *reason, int code, int paranoid)
{
	const char *name = par_error_name(code);

	switch (code) {
	case -EACCES:
	case -EPERM: explain_refusal(reason, name, paranoid); break;
	case -ENOENT:
	case -ENODEV:
	case -EOPNOTSUPP: par_fail(reason, 0, "not supported by this machine (%s)", name); break;
	case -ENOSYS:
		par_fail(reason, 0, "this kernel or container has no perf events (%s)", name);
		break;
	case -EAGAIN:
		par_fail(reason, 0, "the hardware had no counter free while the samples ran");
		break;
	default: par_fail(reason, 0, "cannot be counted (%s): %s", name, par_error_text(code));
	}
}
