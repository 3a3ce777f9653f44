#include "limit.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "file.h"
#include "limit_groups.h"
#include "limit_processes.h"

#define FILE_LIMIT (1 << 24)

static uint64_t soft_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}

static uint64_t read_number(const char *path)
{
	char line[64];

	return par_file_read_line(line, sizeof line, path) < 0 ? UINT64_MAX
							       : strtoull(line, NULL, 10);
}

static void name(struct par_error *out, const char *what, const char *limit, uint64_t value)
{
	if (value != UINT64_MAX)
		par_fail(out, 0, "limit of %s, %s = %" PRIu64, what, limit, value);
}

/* The bytes of address space and of data that this process has: fields of /proc/self/statm. */
static void memory_used(uint64_t *space, uint64_t *data)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), all = 0, own = 0;
	char line[128];

	if (par_file_read_line(line, sizeof line, "/proc/self/statm") == 0)
		(void)sscanf(line, "%" SCNu64 " %*u %*u %*u %*u %" SCNu64, &all, &own);
	*space = all * page;
	*data = own * page;
}

static uint64_t room(uint64_t limit, uint64_t used)
{
	if (limit == UINT64_MAX)
		return UINT64_MAX;
	return limit > used ? limit - used : 0;
}

static uint64_t count_maps(void)
{
	uint64_t lines = 0;
	char *maps;

	if (par_file_read(&maps, NULL, "/proc/self/maps", FILE_LIMIT) < 0)
		return 0;
	for (const char *at = maps; (at = strchr(at, '\n')); at++)
		lines++;
	free(maps);
	return lines;
}

static void explain_bytes(struct par_error *out)
{
	uint64_t space = soft_limit(RLIMIT_AS), data = soft_limit(RLIMIT_DATA);
	uint64_t space_used, data_used;

	memory_used(&space_used, &data_used);
	if (space != UINT64_MAX && room(space, space_used) <= room(data, data_used))
		name(out, "address space in bytes", "RLIMIT_AS", space);
	else
		name(out, "data in bytes", "RLIMIT_DATA", data);
}

static void explain_memory(struct par_error *out)
{
	uint64_t most_maps = read_number("/proc/sys/vm/max_map_count");

	explain_bytes(out);
	if (out->text[0] != '\0')
		return;
	if (count_maps() > most_maps / 2)
		name(out, "mappings", "vm.max_map_count", most_maps);
	else if (read_number("/proc/sys/vm/overcommit_memory") == 2)
		par_fail(out, 0,
			"the kernel promises no more memory than there is, "
			"vm.overcommit_memory = 2");
}

static void explain_limit(struct par_error *out, int code)
{
	switch (code) {
	case -ENOMEM: explain_memory(out); break;
	case -EMFILE: name(out, "open files", "RLIMIT_NOFILE", soft_limit(RLIMIT_NOFILE)); break;
	case -ENFILE:
		name(out, "open files of all", "fs.file-max", read_number("/proc/sys/fs/file-max"));
		break;
	case -EFBIG:
		name(out, "file size in bytes", "RLIMIT_FSIZE", soft_limit(RLIMIT_FSIZE));
		break;
	default: break;
	}
}

static const char *tell(struct par_error *cause, int code, const struct par_error *limit)
{
	par_fail(cause, code, "%s (%s%s%.300s)", par_error_text(code), par_error_name(code),
		limit->text[0] != '\0' ? "; " : "", limit->text);
	return cause->text;
}

const char *par_limit_explain(struct par_error *cause, int code)
{
	struct par_error limit = PAR_ERROR_INIT;

	explain_limit(&limit, code);
	return tell(cause, code, &limit);
}

const char *par_limit_explain_start(struct par_error *cause, int code)
{
	struct par_error limit = PAR_ERROR_INIT;

	if (code != -EAGAIN)
		return par_limit_explain(cause, code);
	par_limit_explain_processes(&limit);
	if (limit.text[0] == '\0') /* pthread_create says so of a stack, too */
		explain_bytes(&limit);
	return tell(cause, code, &limit);
}

/* A limit of the program's own is not ours to read: then its name must do. */
static void name_for_sure(struct par_error *out, const char *what, const char *limit, int resource)
{
	par_fail(out, 0, "limit of %s, %s", what, limit);
	name(out, what, limit, soft_limit(resource));
}

const char *par_limit_of_signal(struct par_error *cause, int signal)
{
	*cause = (struct par_error)PAR_ERROR_INIT;
	if (signal == SIGXFSZ)
		name_for_sure(cause, "file size in bytes", "RLIMIT_FSIZE", RLIMIT_FSIZE);
	else if (signal == SIGXCPU)
		name_for_sure(cause, "CPU time in seconds", "RLIMIT_CPU", RLIMIT_CPU);
	return cause->text;
}

static uint64_t machine_oom_kills(void)
{
	uint64_t count = 0;
	const char *line;
	char *text;

	if (par_file_read(&text, NULL, "/proc/vmstat", FILE_LIMIT) < 0)
		return 0;
	line = strstr(text, "\noom_kill ");
	if (line != NULL)
		count = strtoull(line + strlen("\noom_kill "), NULL, 10);
	free(text);
	return count;
}

uint64_t par_limit_oom_kills(void)
{
	uint64_t count;

	return par_limit_group_oom_kills(&count) ? count : machine_oom_kills();
}

bool par_limit_oom_kills_are_ours(void)
{
	uint64_t count;

	return par_limit_group_oom_kills(&count);
}
