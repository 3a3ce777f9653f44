#include "doctor_sample.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"

/* user nice system idle iowait irq softirq steal; see proc(5). */
static void read_ticks(struct par_doctor_sample *sample, const char *root)
{
	char line[256];
	uint64_t user, nice, kernel, irq, softirq, steal;

	par_procfs_line(line, sizeof line, root, "/proc/stat");
	if (sscanf(line,
		    "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %" SCNu64 " %" SCNu64
		    " %" SCNu64,
		    &user, &nice, &kernel, &irq, &softirq, &steal) != 6)
		return;
	sample->busy_ticks = user + nice + kernel + irq + softirq;
	sample->stolen_ticks = steal;
}

/* "42 (name) S ppid ..."; the name may hold anything, so it ends at the last parenthesis. */
static bool parse_process(struct par_doctor_process *process, const char *line)
{
	const char *from = strchr(line, '('), *to = strrchr(line, ')');
	uint64_t user, kernel;
	char state;

	if (from == NULL || to == NULL || to < from ||
		sscanf(to + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
			&state, &user, &kernel) != 3 ||
		state == 'Z')
		return false;
	snprintf(process->name, sizeof process->name, "%.*s", (int)(to - from - 1), from + 1);
	process->ticks = user + kernel;
	return true;
}

static int add_process(struct par_doctor_sample *sample, const char *root, int pid)
{
	struct par_doctor_process process = { .pid = pid };
	char path[64], line[1024];

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	par_procfs_line(line, sizeof line, root, path);
	if (!parse_process(&process, line)) /* it has ended meanwhile */
		return 0;
	if ((sample->count & (sample->count - 1)) == 0) { /* 0, 1, 2, 4, ...: full */
		size_t capacity = sample->count == 0 ? 1 : 2 * sample->count;
		struct par_doctor_process *processes =
			reallocarray(sample->processes, capacity, sizeof *processes);

		if (processes == NULL)
			return -ENOMEM;
		sample->processes = processes;
	}
	sample->processes[sample->count++] = process;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	const struct par_doctor_process *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

int par_doctor_sample_read(struct par_doctor_sample *sample, const char *root, int except)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *folder;
	int status = 0;

	*sample = (struct par_doctor_sample){ .at_ns = par_now_ns() };
	read_ticks(sample, root);
	snprintf(path, sizeof path, "%s/proc", root);
	folder = opendir(path);
	while (folder != NULL && status == 0 && (entry = readdir(folder)) != NULL) {
		int pid = (int)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != except)
			status = add_process(sample, root, pid);
	}
	if (folder != NULL)
		closedir(folder);
	if (sample->count > 0)
		qsort(sample->processes, sample->count, sizeof *sample->processes, compare_pids);
	if (status < 0)
		par_doctor_sample_fini(sample);
	return status;
}

void par_doctor_sample_fini(struct par_doctor_sample *sample)
{
	free(sample->processes);
	*sample = (struct par_doctor_sample){ 0 };
}

/* Keeps the busiest in order. */
static void add_busy(struct par_doctor_busy *busy, const char *name, double cpus)
{
	size_t place = PAR_DOCTOR_BUSIEST;

	while (place > 0 && cpus > busy->busiest[place - 1].cpus)
		place--;
	if (place == PAR_DOCTOR_BUSIEST)
		return;
	memmove(&busy->busiest[place + 1], &busy->busiest[place],
		(PAR_DOCTOR_BUSIEST - 1 - place) * sizeof busy->busiest[0]);
	snprintf(busy->busiest[place].name, sizeof busy->busiest[place].name, "%s", name);
	busy->busiest[place].cpus = cpus;
}

static double rate(uint64_t before, uint64_t after, double ticks)
{
	return after > before && ticks > 0 ? (double)(after - before) / ticks : 0;
}

void par_doctor_busy_between(struct par_doctor_busy *busy, const struct par_doctor_sample *before,
	const struct par_doctor_sample *after)
{
	double seconds = (double)(after->at_ns - before->at_ns) / 1e9;
	double ticks = seconds * (double)sysconf(_SC_CLK_TCK);

	*busy = (struct par_doctor_busy){
		.cpus = rate(before->busy_ticks, after->busy_ticks, ticks),
		.stolen_cpus = rate(before->stolen_ticks, after->stolen_ticks, ticks),
	};
	for (size_t i = 0; i < after->count; i++) {
		const struct par_doctor_process *now = &after->processes[i];
		const struct par_doctor_process *then =
			before->count == 0 ? NULL
					   : bsearch(now, before->processes, before->count,
						     sizeof *now, compare_pids);
		double cpus = rate(then == NULL ? 0 : then->ticks, now->ticks, ticks);

		if (cpus > 0)
			add_busy(busy, now->name, cpus);
	}
}
