/* How the kernel and this program were built, and what the kernel lets be counted. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_parts.h"
#include "procfs.h"

#define PARANOID_MOST  1  /* user and kernel mode of one's own processes: kernel.rst */
#define PROFILING_MOST 25 /* the kernel's own default */

/* The first of the boot options that makes a kernel slow; NULL: none. */
static const char *debug_option(const char *options)
{
	static const char *const slow[] = { "slub_debug", "slab_debug", "debug_pagealloc=on",
		"page_owner=on", "kasan=on", "kmemleak=on", "init_on_free=1" };

	for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++)
		if (strstr(options, slow[i]) != NULL)
			return slow[i];
	return NULL;
}

static bool exists(const struct par_doctor_look *look, const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof whole, "%s%s", look->root, path);
	return access(whole, F_OK) == 0;
}

void par_doctor_kernel(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char release[128], options[2048];
	const char *option;

	par_doctor_why(check, "It checks every lock and page: system calls, forks and switches "
			      "take 2 to 10 times as long, and models that use more of them lose.");
	par_procfs_line(release, sizeof release, look->root, "/proc/sys/kernel/osrelease");
	par_procfs_line(options, sizeof options, look->root, "/proc/cmdline");
	option = debug_option(options);
	if (release[0] == '\0') {
		par_doctor_unknown(check, "not told");
		return;
	}
	if (strstr(release, "debug") != NULL)
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "kernel %.100s", release);
	else if (exists(look, "/proc/lockdep_stats"))
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "it checks locks (CONFIG_LOCKDEP)");
	else if (option != NULL)
		par_doctor_disturbs(check, PAR_DOCTOR_SOME, "booted with %s", option);
	else
		par_doctor_good(check, "none");
	if (check->state == PAR_DOCTOR_DISTURBS)
		par_doctor_instead(check, "Boot a kernel, or with options, for daily use.");
}

void par_doctor_build(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	const char *type = look->input->build_type, *flags = look->input->build_flags;

	par_doctor_why(check, "Code that is not optimised, or that a sanitizer watches, takes 2 to "
			      "20 times as long, and not evenly for all models.");
	if (strstr(flags, "-fsanitize") != NULL)
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%s, with a sanitizer", type);
	else if (strcmp(type, "Release") != 0)
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%s, not Release", type);
	else
		par_doctor_good(check, "%s", type);
	if (check->state == PAR_DOCTOR_DISTURBS)
		par_doctor_instead(check, "Use a program built as Release without PAR_SANITIZE: "
					  "./run_all.sh builds one.");
}

void par_doctor_counters(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char *const units[] = { "cpu", "cpu_core", "armv8_pmuv3_0", "armv8_pmuv3" };
	char value[32], path[96];
	bool has_unit = false;

	par_doctor_why(check, "Times are not touched. Without them a record has no instructions, "
			      "cycles and cache misses to explain a time by.");
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		snprintf(path, sizeof path, "/sys/bus/event_source/devices/%s", units[i]);
		has_unit |= exists(look, path);
	}
	par_procfs_line(value, sizeof value, look->root, "/proc/sys/kernel/perf_event_paranoid");
	if (value[0] == '\0') {
		par_doctor_unknown(check, "this kernel has no perf events");
	} else if (!has_unit) {
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "no counter unit is shown");
		par_doctor_instead(check, "On a virtual machine only its host can pass one "
					  "through; nothing in here mends it.");
	} else if (look->input->superuser || strtol(value, NULL, 10) <= PARANOID_MOST) {
		par_doctor_good(check, "allowed (perf_event_paranoid %s)", value);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "perf_event_paranoid is %s", value);
		par_doctor_sysctl_commands(check, "kernel.perf_event_paranoid", "1", value);
	}
}

void par_doctor_profiling(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char path[] = "/proc/sys/kernel/perf_cpu_time_max_percent";
	char value[32];
	long percent;

	par_doctor_why(check, "How much of a CPU a profiler's interrupts may take. Nothing, while "
			      "nobody runs one.");
	par_procfs_line(value, sizeof value, look->root, path);
	percent = strtol(value, NULL, 10);
	if (value[0] == '\0') {
		par_doctor_unknown(check, "this kernel has no perf events");
	} else if (percent > 0 && percent <= PROFILING_MOST) {
		par_doctor_good(check, "at most %s %% of a CPU", value);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE,
			"no bound of use (perf_cpu_time_max_percent %s)", value);
		par_doctor_sysctl_commands(check, "kernel.perf_cpu_time_max_percent", "25", value);
	}
}

void par_doctor_watchdog(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char value[32];

	par_doctor_why(check, "It takes one hardware counter of each CPU, and interrupts it about "
			      "every 10 s: far less than 0.1 %%.");
	par_procfs_line(value, sizeof value, look->root, "/proc/sys/kernel/nmi_watchdog");
	if (value[0] == '\0') {
		par_doctor_unknown(check, "this kernel has none");
	} else if (strcmp(value, "0") == 0) {
		par_doctor_good(check, "off");
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "on");
		par_doctor_sysctl_commands(check, "kernel.nmi_watchdog", "0", value);
	}
}
