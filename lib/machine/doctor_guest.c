/* Who else decides about these CPUs: a hypervisor, a container. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "doctor_parts.h"
#include "hypervisor.h"
#include "procfs.h"

#define STEAL_MUCH 0.05 /* of the CPU time that was wanted; as noise.h judges visits */
#define STEAL_SOME 0.01
#define STEAL_CPUS 0.10 /* in the sample: fewer stolen CPUs may be a tick's rounding */

void par_doctor_guest(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char name[64];

	par_doctor_why(check, "The host may slow or move its CPUs unseen: a cache line took 118 ns "
			      "or 541 ns between the same two, flipping by itself. Ratios within "
			      "a run travel, times may not.");
	par_hypervisor_read(name, sizeof name, look->root);
	if (name[0] == '\0') {
		par_doctor_good(check, "none is seen");
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_SOME, "%s", name);
	par_doctor_instead(check, "Nothing in here mends it: measure on hardware, on a host that "
				  "pins and reserves the CPUs, or when the host is quiet.");
}

void par_doctor_steal(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	const struct par_doctor_sample *after = look->after;
	uint64_t wanted = after->busy_ticks + after->stolen_ticks;
	double share = wanted > 0 ? (double)after->stolen_ticks / (double)wanted : 0;
	struct par_doctor_busy busy;
	bool now;

	par_doctor_why(check, "The host gave these CPUs to others while they had work: times grow "
			      "by that share. Visits that lose over 5 %% are measured again.");
	par_doctor_busy_between(&busy, look->before, after);
	now = busy.stolen_cpus >= STEAL_CPUS;
	if (wanted == 0) {
		par_doctor_unknown(check, "not told");
	} else if (!now && share < STEAL_SOME) {
		par_doctor_good(check, "%.1f %% of the CPU time since the start", 100 * share);
	} else {
		par_doctor_disturbs(check,
			now || share >= STEAL_MUCH ? PAR_DOCTOR_MUCH : PAR_DOCTOR_SOME,
			"%.1f %% of the CPU time since the start; %.2f CPUs just now", 100 * share,
			busy.stolen_cpus);
		par_doctor_instead(check, "Nothing in here mends it: measure when the host is "
					  "quiet, or on hardware.");
	}
}

/* "50000 100000": the quota and its period, in us. */
static bool is_quota(const char *line)
{
	size_t quota = strspn(line, "0123456789");
	size_t period = line[quota] == ' ' ? strspn(line + quota + 1, "0123456789") : 0;

	return quota > 0 && period > 0 && line[quota + 1 + period] == '\0';
}

/* Commands for each group of the v2 hierarchy from `group` up that has a quota. */
static void quota_commands(
	struct par_doctor_check *check, const struct par_doctor_look *look, const char *group)
{
	char path[PATH_MAX], line[64];
	size_t top = (size_t)snprintf(path, sizeof path, "/sys/fs/cgroup");
	char *end;

	if (strstr(group, "/..") != NULL || !par_doctor_path_is_safe(group))
		return;
	snprintf(path + top, sizeof path - top, "%s", strcmp(group, "/") == 0 ? "" : group);
	for (;;) {
		size_t size = strlen(path);

		snprintf(path + size, sizeof path - size, "/cpu.max");
		par_procfs_line(line, sizeof line, look->root, path);
		if (is_quota(line)) {
			par_text_format(&check->mend, "echo max | sudo tee %s >/dev/null\n", path);
			par_text_format(
				&check->restore, "echo %s | sudo tee %s >/dev/null\n", line, path);
		}
		path[size] = '\0';
		end = strrchr(path, '/');
		if (size <= top || end == NULL)
			return;
		*end = '\0';
	}
}

void par_doctor_quota(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	struct par_cgroup cgroup;

	par_doctor_why(check, "More workers than the quota are stopped for the rest of every "
			      "period, usually 100 ms: they look as if they did not scale.");
	par_cgroup_read(&cgroup, look->root);
	if (cgroup.quota_cpus <= 0) {
		par_doctor_good(check, "none");
		return;
	}
	if (cgroup.throttled_periods > 0)
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH,
			"%.3g CPUs of %u; throttled in %" PRIu64 " periods so far, %.1f s in all",
			cgroup.quota_cpus, look->allowed, cgroup.throttled_periods,
			(double)cgroup.throttled_ns / 1e9);
	else if (cgroup.quota_cpus < look->allowed)
		par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%.3g CPUs of %u", cgroup.quota_cpus,
			look->allowed);
	else
		par_doctor_good(check, "%.3g CPUs, for %u", cgroup.quota_cpus, look->allowed);
	if (check->state != PAR_DOCTOR_DISTURBS)
		return;
	quota_commands(check, look, cgroup.path);
	par_doctor_instead(check, "Start the container or service without a CPU limit (docker run "
				  "--cpus, CPUQuota= of systemd, limits.cpu of Kubernetes), or "
				  "measure with '--cores' up to the quota.");
}
