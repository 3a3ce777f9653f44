#include "environment.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "cgroup.h"
#include "hypervisor.h"
#include "procfs.h"

#define CPUS_MAX 8192 /* CONFIG_NR_CPUS, at most */

static void read_uname(struct par_environment *environment)
{
	struct utsname name;

	if (uname(&name) < 0)
		return;
	(void)snprintf(environment->host, sizeof(environment->host), "%s", name.nodename);
	(void)snprintf(environment->kernel, sizeof(environment->kernel), "%s %s %s", name.sysname,
		name.release, name.version);
	(void)snprintf(environment->architecture, sizeof(environment->architecture), "%.31s",
		name.machine);
}

/* Takes the quotes off a value of os-release(5); escapes are left as they are. */
static void unquote(char *text)
{
	size_t length = strlen(text);

	if (length < 2 || (text[0] != '"' && text[0] != '\'') || text[length - 1] != text[0])
		return;
	memmove(text, text + 1, length - 2);
	text[length - 2] = '\0';
}

static void read_distribution(char *name, size_t size, const char *root)
{
	char *text = par_procfs_read(root, "/etc/os-release");

	if (!text)
		text = par_procfs_read(root, "/usr/lib/os-release");
	par_procfs_field(name, size, text, "PRETTY_NAME=");
	unquote(name);
	free(text);
}

/* One CPU's governor joins what was found before: "" nothing yet, "mixed" two sorts. */
static void join_governor(char *governor, size_t size, long cpu, const char *root)
{
	char path[128];
	char own[64];

	(void)snprintf(
		path, sizeof(path), "/sys/devices/system/cpu/cpu%ld/cpufreq/scaling_governor", cpu);
	par_procfs_line(own, sizeof(own), root, path);
	if (!own[0] || strcmp(own, governor) == 0)
		return;
	(void)snprintf(governor, size, "%s", governor[0] ? "mixed" : own);
}

/*
 * Walks a list of CPUs as the kernel writes it, "0-3,8,10-11"; see cpuset(7). It ascends, so each
 * CPU is asked once.
 */
static void read_governor(char *governor, size_t size, const char *cpus, const char *root)
{
	long next = 0;

	while (*cpus && strcmp(governor, "mixed") != 0) {
		char *end;
		long first = strtol(cpus, &end, 10);
		long last = first;

		if (end == cpus)
			return;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (first < next || last >= CPUS_MAX)
			return;
		for (long cpu = first; cpu <= last; cpu++)
			join_governor(governor, size, cpu, root);
		next = last < first ? first : last + 1;
		cpus = *end == ',' ? end + 1 : end + strlen(end);
	}
}

/* intel_pstate says whether turbo is forbidden, all other drivers whether boost is allowed. */
static const char *turbo_word(const char *root)
{
	int64_t forbidden =
		par_procfs_number(root, "/sys/devices/system/cpu/intel_pstate/no_turbo", -1);
	int64_t allowed = par_procfs_number(root, "/sys/devices/system/cpu/cpufreq/boost", -1);

	if (forbidden >= 0)
		return forbidden ? "off" : "on";
	if (allowed >= 0)
		return allowed ? "on" : "off";
	return "";
}

/* "always [madvise] never" gives "madvise". */
static void read_thp(char *word, size_t size, const char *root)
{
	char line[64];
	char *from, *to;

	par_procfs_line(line, sizeof(line), root, "/sys/kernel/mm/transparent_hugepage/enabled");
	from = strchr(line, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return;
	*to = '\0';
	(void)snprintf(word, size, "%.15s", from + 1);
}

/* A value of /proc/meminfo, which counts in kB of 1024 bytes; -1 where it is not. */
static int64_t memory_bytes(const char *text, const char *key)
{
	char value[32];
	char *end;
	long long kilobytes;

	par_procfs_field(value, sizeof(value), text, key);
	kilobytes = strtoll(value, &end, 10);
	if (end == value || kilobytes < 0 || kilobytes > INT64_MAX / 1024)
		return -1;
	return (int64_t)kilobytes * 1024;
}

static void read_memory(struct par_environment *environment, const char *root)
{
	char *text = par_procfs_read(root, "/proc/meminfo");
	int64_t swap = memory_bytes(text, "SwapTotal:");
	int64_t swap_free = memory_bytes(text, "SwapFree:");

	environment->memory_available_bytes = memory_bytes(text, "MemAvailable:");
	environment->swap_used_bytes = swap < 0 || swap_free < 0 ? -1 : swap - swap_free;
	free(text);
}

static double read_load(const char *root)
{
	char line[64];
	char *end;
	double load;

	par_procfs_line(line, sizeof(line), root, "/proc/loadavg");
	load = strtod(line, &end);
	return end == line || !isfinite(load) || load < 0 ? (double)NAN : load;
}

static int64_t soft_limit(__rlimit_resource_t resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur > (rlim_t)INT64_MAX)
		return -1; /* RLIM_INFINITY is the largest rlim_t */
	return (int64_t)limit.rlim_cur;
}

static void read_cpus(struct par_environment *environment, const char *root)
{
	char *status = par_procfs_read(root, "/proc/self/status");
	char cpus[4096];

	par_procfs_field(cpus, sizeof(cpus), status, "Cpus_allowed_list:");
	(void)snprintf(environment->cpuset, sizeof(environment->cpuset), "%.255s", cpus);
	read_governor(environment->cpu_governor, sizeof(environment->cpu_governor), cpus, root);
	free(status);
}

void par_environment_read_below(struct par_environment *environment, const char *root)
{
	struct par_cgroup cgroup;

	*environment = (struct par_environment){ 0 };
	read_uname(environment);
	read_distribution(environment->distribution, sizeof(environment->distribution), root);
	par_hypervisor_read(environment->hypervisor, sizeof(environment->hypervisor), root);
	read_cpus(environment, root);
	(void)snprintf(environment->turbo, sizeof(environment->turbo), "%s", turbo_word(root));
	par_procfs_line(environment->smt, sizeof(environment->smt), root,
		"/sys/devices/system/cpu/smt/control");
	read_thp(environment->thp, sizeof(environment->thp), root);
	par_procfs_line(environment->clocksource, sizeof(environment->clocksource), root,
		"/sys/devices/system/clocksource/clocksource0/current_clocksource");
	par_cgroup_read(&cgroup, root);
	memcpy(environment->cgroup, cgroup.path, sizeof(environment->cgroup));
	environment->load_1m = read_load(root);
	read_memory(environment, root);
	environment->limit_descriptors = soft_limit(RLIMIT_NOFILE);
	environment->limit_processes = soft_limit(RLIMIT_NPROC);
	environment->perf_event_paranoid =
		par_procfs_number(root, "/proc/sys/kernel/perf_event_paranoid", -1);
}

void par_environment_read(struct par_environment *environment)
{
	par_environment_read_below(environment, "");
}
