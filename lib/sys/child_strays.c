/* Descendants that outlived the program which started them, and came to this process instead. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child_parts.h"
#include "clock.h"
#include "file.h"

#define STRAYS_LIMIT_NS (2 * PAR_NS_PER_S)
#define FILE_LIMIT      (1 << 20)

/* Calls visit(name, text) for every entry of a folder of /proc whose name is a number. */
static int each_number(const char *folder, int (*visit)(const char *name, struct par_text *text),
	struct par_text *text)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!entries)
		return -errno;
	while (rc == 0 && (entry = readdir(entries)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			rc = visit(entry->d_name, text);
	closedir(entries);
	return rc ? rc : par_text_status(text);
}

static int add_children_of_thread(const char *name, struct par_text *text)
{
	char path[64];
	char *list;
	int rc;

	snprintf(path, sizeof path, "/proc/self/task/%s/children", name);
	rc = par_file_read(&list, NULL, path, FILE_LIMIT);
	if (rc == 0)
		par_text_add(text, list);
	free(list);
	return rc;
}

int par_children_list(struct par_text *text)
{
	/* An orphan is given to any thread of its new parent, so all are asked. */
	return each_number("/proc/self/task", add_children_of_thread, text);
}

static int add_if_ours(const char *name, struct par_text *text)
{
	char path[64];
	char *stat;
	char *end;
	long parent;

	snprintf(path, sizeof path, "/proc/%s/stat", name);
	if (par_file_read(&stat, NULL, path, FILE_LIMIT) < 0)
		return 0; /* it has gone meanwhile */
	/* "pid (name) state ppid ...", and the name may hold anything, also ")". */
	end = strrchr(stat, ')');
	if (end && sscanf(end, ") %*c %ld", &parent) == 1 && parent == (long)getpid())
		par_text_format(text, "%s ", name);
	free(stat);
	return 0;
}

int par_children_scan(struct par_text *text)
{
	return each_number("/proc", add_if_ours, text);
}

/* Takes the next number of a list at *at; 0 at its end. */
static pid_t next_pid(const char **at)
{
	char *end;
	long pid = strtol(*at, &end, 10);

	*at = end;
	return (pid_t)pid;
}

static bool list_has(const char *list, pid_t pid)
{
	pid_t one;

	while ((one = next_pid(&list)))
		if (one == pid)
			return true;
	return false;
}

static bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int par_strays_note(struct par_text *keep)
{
	if (!has_children())
		return 0;
	if (par_children_list(keep) == 0)
		return 0;
	par_text_clear(keep);
	return par_children_scan(keep);
}

/* One pass; returns how many were there. Their own children are ours when this has reaped them. */
static size_t strays_kill(const struct par_text *keep)
{
	struct par_text found = PAR_TEXT_INIT;
	const char *at;
	size_t count = 0;
	pid_t pid;

	/* Without memory for the list there is nothing better than to try again. */
	if (par_strays_note(&found) < 0)
		count = 1;
	at = par_text_get(&found);
	while ((pid = next_pid(&at))) {
		if (list_has(par_text_get(keep), pid))
			continue;
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, WNOHANG);
		count++;
	}
	par_text_fini(&found);
	return count;
}

int par_strays_end(const struct par_text *keep)
{
	uint64_t start = par_now_ns();
	struct timespec pause = { .tv_nsec = 50 * 1000 };

	while (strays_kill(keep) > 0) {
		if (par_now_ns() - start > STRAYS_LIMIT_NS)
			return -ETIMEDOUT;
		/*
		 * SIGKILL works within microseconds, but the kernel may have much memory to free.
		 * Never long: a process that goes on by forking and ending must be met between.
		 */
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < 1000 * 1000)
			pause.tv_nsec *= 2;
	}
	return 0;
}
