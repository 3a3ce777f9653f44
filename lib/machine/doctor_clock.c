/* How fast the CPUs' clocks run, how soon they wake, and what the time is read from. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_parts.h"
#include "hypervisor.h"
#include "procfs.h"

/* Leaving one takes longer than a wake across CPUs does anyway: that disturbs. */
#define IDLE_SHORT_US 10
#define IDLE_LONG_US  100
#define IDLE_STATES   10 /* CPUIDLE_STATE_MAX */

static void cpufreq_line(
	char *line, size_t size, const struct par_doctor_look *look, const char *name)
{
	char path[128];

	line[0] = '\0';
	if (look->cpu_count == 0)
		return;
	snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/cpufreq/%s", look->cpus[0], name);
	par_procfs_line(line, size, look->root, path);
}

static bool has_word(const char *list, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at += size)
		if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
			return true;
	return false;
}

/* intel_pstate and amd-pstate choose the clock themselves also under "powersave". */
static bool steps_by_itself(const struct par_doctor_look *look)
{
	char driver[64];

	cpufreq_line(driver, sizeof driver, look, "scaling_driver");
	return strcmp(driver, "intel_pstate") == 0 || strncmp(driver, "amd-pstate", 10) == 0 ||
	       strncmp(driver, "amd_pstate", 10) == 0;
}

static void governor_why(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char low[32], high[32];
	double least, most;

	cpufreq_line(low, sizeof low, look, "cpuinfo_min_freq");
	cpufreq_line(high, sizeof high, look, "cpuinfo_max_freq");
	least = strtod(low, NULL) / 1e6;
	most = strtod(high, NULL) / 1e6;
	par_doctor_why(check,
		"The clock follows the load: short tasks, and models whose workers sleep "
		"between tasks, run at a lower clock than those that spin.");
	if (least > 0 && most > least)
		par_doctor_why(check,
			"The clock follows the load, from %.1f to %.1f GHz here: short tasks, and "
			"models whose workers sleep between tasks, may run up to %.1f times slower "
			"than those that spin.",
			least, most, most / least);
}

static void governor_found(struct par_doctor_check *check, const struct par_doctor_look *look,
	const struct par_doctor_settings *settings)
{
	struct par_text text = PAR_TEXT_INIT;
	unsigned good = par_doctor_settings_count(settings, "performance") +
			par_doctor_settings_count(settings, "userspace");
	bool slow = par_doctor_settings_count(settings, "powersave") == settings->count;
	char offered[256];

	par_doctor_settings_describe(&text, settings);
	cpufreq_line(offered, sizeof offered, look, "scaling_available_governors");
	if (good == settings->count) {
		par_doctor_good(check, "%s", par_text_get(&text));
	} else {
		par_doctor_disturbs(check,
			slow && !steps_by_itself(look) ? PAR_DOCTOR_SOME : PAR_DOCTOR_MUCH, "%s",
			par_text_get(&text));
		if (offered[0] == '\0' || has_word(offered, "performance"))
			par_doctor_settings_commands(check, settings, "performance");
		else
			par_doctor_instead(check, "The driver offers no governor 'performance'.");
	}
	par_text_fini(&text);
}

void par_doctor_governor(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct par_doctor_settings settings;
	char guest[64];

	governor_why(check, look);
	if (par_doctor_settings_read(&settings, look, "cpufreq/scaling_governor") < 0)
		return;
	par_hypervisor_read(guest, sizeof guest, look->root);
	if (settings.count > 0)
		governor_found(check, look, &settings);
	else if (guest[0] != '\0')
		par_doctor_unknown(check, "no cpufreq driver: the hypervisor decides the clock");
	else
		par_doctor_unknown(check, "no cpufreq driver: the firmware decides the clock");
	par_doctor_settings_fini(&settings);
}

static bool is_thrifty(const struct par_doctor_settings *settings)
{
	return par_doctor_settings_count(settings, "power") +
		       par_doctor_settings_count(settings, "balance_power") >
	       0;
}

void par_doctor_energy(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char file[] = "cpufreq/energy_performance_preference";
	struct par_doctor_settings settings;
	struct par_text text = PAR_TEXT_INIT;

	par_doctor_why(check,
		"The processor weighs speed against power: the clock rises later and less far "
		"under short bursts of work, by some percent.");
	if (par_doctor_settings_read(&settings, look, file) < 0)
		return;
	par_doctor_settings_describe(&text, &settings);
	if (settings.count == 0) {
		par_doctor_unknown(check, "this driver has none");
	} else if (par_doctor_settings_count(&settings, "performance") +
			   par_doctor_settings_count(&settings, "0") ==
		   settings.count) {
		par_doctor_good(check, "%s", par_text_get(&text));
	} else {
		par_doctor_disturbs(check,
			is_thrifty(&settings) ? PAR_DOCTOR_SOME : PAR_DOCTOR_LITTLE, "%s",
			par_text_get(&text));
		par_doctor_instead(check, "Set the governor first, and restore the governor first: "
					  "under 'performance' drivers refuse other preferences.");
		par_doctor_settings_commands(check, &settings, "performance");
	}
	par_text_fini(&text);
	par_doctor_settings_fini(&settings);
}

static void turbo_found(
	struct par_doctor_check *check, const char *path, const char *value, bool forbids)
{
	bool on;

	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
		par_doctor_unknown(check, "%s holds '%s'", path, value);
		return;
	}
	on = (value[0] == '0') == forbids;
	if (!on) {
		par_doctor_good(check, "off");
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_SOME, "on");
	par_doctor_instead(check, "Leave it on to learn what this machine does in use; then read "
				  "speedups beside the serial time T1.");
	par_doctor_file_commands(check, path, forbids ? "1" : "0", value);
}

void par_doctor_turbo(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char no_turbo[] = PAR_DOCTOR_CPU "intel_pstate/no_turbo";
	static const char boost[] = PAR_DOCTOR_CPU "cpufreq/boost";
	char value[32];

	par_doctor_why(check,
		"One busy core is clocked higher than all together, often by 10 to 40 %%, and it "
		"depends on heat: speedup curves bend for that alone.");
	par_procfs_line(value, sizeof value, look->root, no_turbo);
	if (value[0] != '\0') {
		turbo_found(check, no_turbo, value, true);
		return;
	}
	par_procfs_line(value, sizeof value, look->root, boost);
	if (value[0] != '\0')
		turbo_found(check, boost, value, false);
	else
		par_doctor_unknown(check, "no switch: firmware or hypervisor decides");
}

/* The latency of an idle state of the first CPU that is not switched off, in us; 0: none. */
static int64_t idle_latency(const struct par_doctor_look *look, unsigned state)
{
	char path[128];
	char value[32];
	int64_t latency;

	if (look->cpu_count == 0)
		return 0;
	snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/cpuidle/state%u/latency", look->cpus[0],
		state);
	latency = par_procfs_number(look->root, path, 0);
	snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/cpuidle/state%u/disable", look->cpus[0],
		state);
	par_procfs_line(value, sizeof value, look->root, path);
	return strcmp(value, "0") == 0 ? latency : 0;
}

static void idle_commands(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	for (unsigned state = 0; state < IDLE_STATES; state++) {
		struct par_doctor_settings settings;
		char file[64];

		if (idle_latency(look, state) <= IDLE_SHORT_US)
			continue;
		snprintf(file, sizeof file, "cpuidle/state%u/disable", state);
		if (par_doctor_settings_read(&settings, look, file) < 0)
			return;
		par_doctor_settings_commands(check, &settings, "1");
		par_doctor_settings_fini(&settings);
		if (par_text_get(&check->mend)[0] == '\0') /* refused */
			return;
	}
}

void par_doctor_idle(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	int64_t longest = 0;
	char path[128], name[32];

	par_doctor_why(check,
		"A worker that has slept begins later by the time its CPU takes to wake: it "
		"counts against models that sleep between tasks (a wake across CPUs takes 4 to "
		"40 us without it), and not against those that spin.");
	for (unsigned state = 0; state < IDLE_STATES; state++) {
		int64_t latency = idle_latency(look, state);

		longest = latency > longest ? latency : longest;
	}
	snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/cpuidle/state0/name",
		look->cpu_count > 0 ? look->cpus[0] : 0);
	par_procfs_line(name, sizeof name, look->root, path);
	if (name[0] == '\0') {
		par_doctor_unknown(check, "this kernel shows none: firmware or hypervisor decides");
	} else if (longest <= IDLE_SHORT_US) {
		par_doctor_good(check, "the deepest wakes within %" PRId64 " us", longest);
	} else {
		par_doctor_disturbs(check,
			longest >= IDLE_LONG_US ? PAR_DOCTOR_SOME : PAR_DOCTOR_LITTLE,
			"the deepest takes %" PRId64 " us to wake", longest);
		par_doctor_instead(check, "Or hold /dev/cpu_dma_latency open with a 0 written to "
					  "it, for as long as the run takes.");
		idle_commands(check, look);
	}
}

void par_doctor_clocksource(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char folder[] = "/sys/devices/system/clocksource/clocksource0/";
	static const char *const fast[] = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page",
		"arch_sys_counter", "xen", "timebase", "tod", "riscv_clocksource" };
	char path[96], value[64], offered[256];

	par_doctor_why(check,
		"Reading the time becomes a system call or a read over the bus, 0.1 to 2 us "
		"instead of 20 ns, inside every timed task.");
	snprintf(path, sizeof path, "%savailable_clocksource", folder);
	par_procfs_line(offered, sizeof offered, look->root, path);
	snprintf(path, sizeof path, "%scurrent_clocksource", folder);
	par_procfs_line(value, sizeof value, look->root, path);
	if (value[0] == '\0') {
		par_doctor_unknown(check, "not told");
		return;
	}
	for (size_t i = 0; i < sizeof fast / sizeof fast[0]; i++) {
		if (strcmp(value, fast[i]) == 0) {
			par_doctor_good(check, "%s", value);
			return;
		}
	}
	par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%s", value);
	if (has_word(offered, "tsc"))
		par_doctor_file_commands(check, path, "tsc", value);
	else
		par_doctor_instead(check,
			"The kernel does not offer 'tsc' here: 'dmesg | grep -i tsc' says why.");
}
