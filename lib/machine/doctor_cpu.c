/* How CPUs are shared out: siblings, memory nodes, isolation, interrupts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_parts.h"
#include "procfs.h"

void par_doctor_smt(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char path[] = PAR_DOCTOR_CPU "smt/control";
	char active[16], control[32];

	par_doctor_why(check, "Siblings share a core: whatever runs on one slows a worker on the "
			      "other by 20 to 50 %%. Workers get a core each before any sibling, "
			      "so up to as many workers as cores it is only others that disturb.");
	par_procfs_line(active, sizeof active, look->root, PAR_DOCTOR_CPU "smt/active");
	par_procfs_line(control, sizeof control, look->root, path);
	if (active[0] == '\0') {
		par_doctor_unknown(check, "not told");
		return;
	}
	if (strcmp(active, "0") == 0) {
		par_doctor_good(check, "no siblings (%s)", control[0] != '\0' ? control : "off");
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_SOME, "on");
	par_doctor_instead(check, "Leave it on if your program will run with it: the points past "
				  "the cores are marked in the charts.");
	if (strcmp(control, "on") == 0)
		par_doctor_file_commands(check, path, "off", control);
	else
		par_doctor_instead(check, "This kernel has no switch for it: the firmware has.");
}

/* Memory nodes that are there; 0: not told. */
static unsigned count_nodes(const struct par_doctor_look *look)
{
	char list[256];
	int *nodes, count;

	par_procfs_line(list, sizeof list, look->root, "/sys/devices/system/node/online");
	count = par_cpu_list_read(&nodes, list);
	free(nodes);
	return count < 0 ? 0 : (unsigned)count;
}

void par_doctor_numa(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char value[32];

	par_doctor_why(check, "The kernel unmaps pages to see who uses them and moves them "
			      "between nodes while a cell runs: memory-bound work loses some "
			      "percent, at times of its own choosing.");
	par_procfs_line(value, sizeof value, look->root, "/proc/sys/kernel/numa_balancing");
	if (value[0] == '\0') {
		par_doctor_unknown(check, "this kernel has none");
	} else if (strcmp(value, "0") == 0) {
		par_doctor_good(check, "off");
	} else if (count_nodes(look) < 2) {
		par_doctor_good(check, "on, without effect: one memory node");
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_SOME, "on (%s)", value);
		par_doctor_sysctl_commands(check, "kernel.numa_balancing", "0", value);
	}
}

static bool is_among(int cpu, const int *cpus, int count)
{
	for (int i = 0; i < count; i++)
		if (cpus[i] == cpu)
			return true;
	return false;
}

/* How many of the CPUs that this process may use are isolated. */
static int count_shared(const struct par_doctor_look *look, const int *isolated, int count)
{
	char *status = par_procfs_read(look->root, "/proc/self/status");
	char list[4096];
	int *allowed, shared = 0;
	int allowed_count;

	par_procfs_field(list, sizeof list, status, "Cpus_allowed_list:");
	free(status);
	allowed_count = par_cpu_list_read(&allowed, list);
	for (int i = 0; i < allowed_count; i++)
		shared += is_among(allowed[i], isolated, count);
	free(allowed);
	return shared;
}

void par_doctor_isolated(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char list[1024], ticks[64];
	int *isolated, count, shared;

	par_doctor_why(check, "The kernel does not move threads between isolated CPUs: unpinned "
			      "workers all stay on the one they began on.");
	par_procfs_line(list, sizeof list, look->root, PAR_DOCTOR_CPU "isolated");
	par_procfs_line(ticks, sizeof ticks, look->root, PAR_DOCTOR_CPU "nohz_full");
	if (ticks[0] == '\0' || strcmp(ticks, "(null)") == 0)
		snprintf(ticks, sizeof ticks, "none");
	count = par_cpu_list_read(&isolated, list);
	shared = count_shared(look, isolated, count);
	free(isolated);
	if (count <= 0) {
		par_doctor_good(check, "none; nohz_full: %s", ticks);
	} else if (shared <= 0) {
		par_doctor_good(check, "%.100s, none of which is used; nohz_full: %s", list, ticks);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH,
			"%d of the %u CPUs that may be used (isolated: %.100s)", shared,
			look->allowed, list);
		par_doctor_instead(check,
			"Pinned cells are not touched. Start parbench with "
			"'taskset -c' and the CPUs that are not isolated, or boot "
			"without isolcpus=.");
	}
}

void par_doctor_irqbalance(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	bool runs = false;

	par_doctor_why(check, "It moves interrupts between CPUs every 10 s: which worker they "
			      "disturb changes, by less than a percent on a quiet machine.");
	for (size_t i = 0; i < look->after->count; i++)
		runs |= strcmp(look->after->processes[i].name, "irqbalance") == 0;
	if (!runs) {
		par_doctor_good(check, "not running");
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "running");
	par_text_add(&check->mend, "sudo systemctl stop irqbalance\n");
	par_text_add(&check->restore, "sudo systemctl start irqbalance\n");
}
