/*
 * doctor_parts: what the checks of doctor.h share. Private to this folder and its tests.
 */
#ifndef PAR_DOCTOR_PARTS_H
#define PAR_DOCTOR_PARTS_H

#include "cpu_list.h"
#include "doctor.h"
#include "doctor_sample.h"

#define PAR_DOCTOR_CPU "/sys/devices/system/cpu/"

/* What is looked at. */
struct par_doctor_look {
	const char *root;
	const struct par_doctor_input *input;
	const struct par_doctor_sample *before, *after;
	int *cpus; /* online, OS indices; owned */
	unsigned cpu_count;
	unsigned allowed; /* of them, that this process may use; at least 1 */
};

/* One check: sets state, found and, where it can, the commands. */
typedef void par_doctor_test(struct par_doctor_check *check, const struct par_doctor_look *look);

par_doctor_test par_doctor_governor, par_doctor_energy, par_doctor_turbo, par_doctor_idle,
	par_doctor_clocksource;
par_doctor_test par_doctor_supply, par_doctor_throttling, par_doctor_temperature;
par_doctor_test par_doctor_smt, par_doctor_numa, par_doctor_isolated, par_doctor_irqbalance;
par_doctor_test par_doctor_guest, par_doctor_steal, par_doctor_quota;
par_doctor_test par_doctor_others, par_doctor_load, par_doctor_other_run;
par_doctor_test par_doctor_memory, par_doctor_swap, par_doctor_huge_pages, par_doctor_aslr;
par_doctor_test par_doctor_kernel, par_doctor_counters, par_doctor_profiling, par_doctor_watchdog,
	par_doctor_build;
par_doctor_test par_doctor_processes, par_doctor_descriptors, par_doctor_maps, par_doctor_threads,
	par_doctor_folder;

/* As par_doctor_examine(), with the two readings made by the caller. */
int par_doctor_examine_between(struct par_doctor *doctor, const struct par_doctor_input *input,
	const char *root, const struct par_doctor_sample *before,
	const struct par_doctor_sample *after);

/* ---- what a check says -------------------------------------------------------------------- */

void par_doctor_good(struct par_doctor_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void par_doctor_unknown(struct par_doctor_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void par_doctor_disturbs(struct par_doctor_check *check, enum par_doctor_matter matter,
	const char *format, ...) __attribute__((format(printf, 3, 4)));
void par_doctor_why(struct par_doctor_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void par_doctor_instead(struct par_doctor_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- commands ------------------------------------------------------------------------------ */

/*
 * True for a word that no shell and no echo takes for anything else: letters, digits, '_', '.',
 * '-', not at the beginning, at most 63.
 */
bool par_doctor_word_is_safe(const char *word);

/* True for an absolute path of such words, with '@', ':', '+' and ',' as well. */
bool par_doctor_path_is_safe(const char *path);

/* Commands that write `wanted` to a file of /sys and back `present`, which was read there. */
void par_doctor_file_commands(
	struct par_doctor_check *check, const char *path, const char *wanted, const char *present);

/* The same for a sysctl, "kernel.numa_balancing"; `present` may be a negative number. */
void par_doctor_sysctl_commands(
	struct par_doctor_check *check, const char *name, const char *wanted, const char *present);

/* What one file of each CPU holds, "cpufreq/scaling_governor". Inert when zeroed. */
struct par_doctor_setting {
	int cpu;
	char value[64]; /* any bytes */
};
struct par_doctor_settings {
	const char *file;                 /* below cpuN/; borrowed */
	struct par_doctor_setting *items; /* of the CPUs that have it; owned */
	unsigned count;
};

/* Returns 0 or -ENOMEM. */
int par_doctor_settings_read(
	struct par_doctor_settings *settings, const struct par_doctor_look *look, const char *file);

void par_doctor_settings_fini(struct par_doctor_settings *settings);

/* How many CPUs hold `value`. */
unsigned par_doctor_settings_count(const struct par_doctor_settings *settings, const char *value);

/* Adds "powersave", or "performance on 2 CPUs, powersave on 6". */
void par_doctor_settings_describe(
	struct par_text *text, const struct par_doctor_settings *settings);

/* Adds commands that write `wanted` for all CPUs, and back what each holds now. */
void par_doctor_settings_commands(struct par_doctor_check *check,
	const struct par_doctor_settings *settings, const char *wanted);

#endif
