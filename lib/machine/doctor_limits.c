/* Limits that the widest cells may reach, and where the results are written. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_parts.h"
#include "procfs.h"

/* Of the program itself, its libraries and its measuring. */
#define OWN 256
/*
 * The most a worker takes: two pipes, or both ends of a connection; a stack with its guard and its
 * arenas.
 */
#define DESCRIPTORS_A_WORKER 4
#define MAPS_A_WORKER        4

static void explain(struct par_doctor_check *check, const char *what)
{
	par_doctor_why(check,
		"Cells with more %s than that fail: the widest points are then "
		"missing from the charts. Times are not touched.",
		what);
}

/* All threads of the machine, from "0.00 0.01 0.05 1/96 6834". */
static uint64_t count_threads(const struct par_doctor_look *look)
{
	char line[64];
	unsigned long long threads = 0;

	par_procfs_line(line, sizeof line, look->root, "/proc/loadavg");
	return sscanf(line, "%*s %*s %*s %*d/%llu", &threads) == 1 ? threads : 0;
}

/* A soft and a hard limit of this process; UINT64_MAX: unlimited. False: not told. */
static bool read_limit(uint64_t limits[2], const struct par_doctor_look *look, const char *key)
{
	char *text = par_procfs_read(look->root, "/proc/self/limits");
	char line[128], words[2][32];

	par_procfs_field(line, sizeof line, text, key);
	free(text);
	if (sscanf(line, "%31s %31s", words[0], words[1]) != 2)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		char *end;

		limits[i] = strtoull(words[i], &end, 10);
		if (strcmp(words[i], "unlimited") == 0)
			limits[i] = UINT64_MAX;
		else if (end == words[i] || *end != '\0')
			return false;
	}
	return true;
}

/* "--nofile=1024:" sets the soft limit alone; the hard one takes the superuser to raise. */
static void limit_commands(struct par_doctor_check *check, const char *option,
	const uint64_t limits[2], uint64_t needed)
{
	if (needed <= limits[1]) {
		par_text_format(
			&check->mend, "prlimit --pid $$ --%s=%" PRIu64 ":\n", option, needed);
		par_text_format(
			&check->restore, "prlimit --pid $$ --%s=%" PRIu64 ":\n", option, limits[0]);
		return;
	}
	par_text_format(&check->mend, "sudo prlimit --pid $$ --%s=%" PRIu64 ":%" PRIu64 "\n",
		option, needed, needed);
	par_text_format(&check->restore, "sudo prlimit --pid $$ --%s=%" PRIu64 ":%" PRIu64 "\n",
		option, limits[0], limits[1]);
}

/* `raised`: the program raises the soft limit by itself, and only the hard one holds. */
static void judge_limit(struct par_doctor_check *check, const struct par_doctor_look *look,
	const char *key, const char *option, uint64_t needed, bool raised)
{
	uint64_t limits[2], limit;

	if (!read_limit(limits, look, key)) {
		par_doctor_unknown(check, "not told");
		return;
	}
	limit = limits[raised ? 1 : 0];
	if (limit == UINT64_MAX) {
		par_doctor_good(check, "unlimited");
	} else if (limit >= needed) {
		par_doctor_good(
			check, "%" PRIu64 ", up to %" PRIu64 " may be needed", limit, needed);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_SOME,
			"%" PRIu64 ", up to %" PRIu64 " may be needed", limit, needed);
		par_doctor_instead(
			check, "The commands are for the shell in which they are typed.");
		limit_commands(check, option, limits, needed);
	}
}

void par_doctor_processes(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	explain(check, "workers");
	if (look->input->superuser)
		par_doctor_good(check, "does not hold for root");
	else
		judge_limit(check, look, "Max processes", "nproc",
			look->input->widest + count_threads(look) + OWN, false);
}

void par_doctor_descriptors(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	explain(check, "connections");
	judge_limit(check, look, "Max open files", "nofile",
		(uint64_t)DESCRIPTORS_A_WORKER * look->input->widest + OWN, true);
}

static void judge_sysctl(struct par_doctor_check *check, const struct par_doctor_look *look,
	const char *path, const char *name, uint64_t needed)
{
	int64_t value = par_procfs_number(look->root, path, -1);
	char present[32], wanted[32];

	if (value < 0) {
		par_doctor_unknown(check, "not told");
		return;
	}
	if ((uint64_t)value >= needed) {
		par_doctor_good(
			check, "%" PRId64 ", up to %" PRIu64 " may be needed", value, needed);
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_SOME, "%" PRId64 ", up to %" PRIu64 " may be needed",
		value, needed);
	snprintf(present, sizeof present, "%" PRId64, value);
	snprintf(wanted, sizeof wanted, "%" PRIu64, needed);
	par_doctor_sysctl_commands(check, name, wanted, present);
}

void par_doctor_maps(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	explain(check, "stacks");
	judge_sysctl(check, look, "/proc/sys/vm/max_map_count", "vm.max_map_count",
		(uint64_t)MAPS_A_WORKER * look->input->widest + 4 * OWN);
}

void par_doctor_threads(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	explain(check, "threads");
	judge_sysctl(check, look, "/proc/sys/kernel/threads-max", "kernel.threads-max",
		look->input->widest + count_threads(look) + OWN);
}

/* The type of the file system that holds `folder`: of its longest mount point. */
static void find_type(char *type, size_t size, const struct par_doctor_look *look)
{
	char *text = par_procfs_read(look->root, "/proc/self/mountinfo"), *save = NULL;
	const char *folder = look->input->folder;
	size_t longest = 0;

	type[0] = '\0';
	for (char *line = text == NULL ? NULL : strtok_r(text, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		const char *dash = strstr(line, " - ");
		char point[1024], found[64];
		size_t length;

		if (dash == NULL || sscanf(line, "%*s %*s %*s %*s %1023s", point) != 1 ||
			sscanf(dash, " - %63s", found) != 1)
			continue;
		length = strcmp(point, "/") == 0 ? 0 : strlen(point);
		if (strncmp(folder, point, length) != 0 ||
			(folder[length] != '/' && folder[length] != '\0') || length < longest)
			continue;
		longest = length;
		snprintf(type, size, "%s", found);
	}
	free(text);
}

void par_doctor_folder(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char *const remote[] = { "nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph",
		"fuse.sshfs", "virtiofs", "vboxsf" };
	char type[64];
	bool is_remote = false;

	par_doctor_why(check, "Each record is synced to it between visits: over a network that "
			      "wakes other work, and the results may be lost with the line.");
	if (look->input->folder == NULL) {
		par_doctor_unknown(check, "not told");
		return;
	}
	find_type(type, sizeof type, look);
	for (size_t i = 0; i < sizeof remote / sizeof remote[0]; i++)
		is_remote |= strcmp(type, remote[i]) == 0;
	if (type[0] == '\0')
		par_doctor_unknown(check, "not told");
	else if (is_remote)
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "on %s", type);
	else
		par_doctor_good(check, "on %s", type);
	if (is_remote)
		par_doctor_instead(check, "Use --output with a folder on a disk of this machine.");
}
