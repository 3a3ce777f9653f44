#include "limit_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define FILE_LIMIT (1 << 20)

/* Whether one of the names between commas in text[0..size) is this. */
static bool lists(const char *text, size_t size, const char *name)
{
	size_t length = strlen(name);

	for (;;) {
		const char *comma = memchr(text, ',', size);
		size_t one = comma != NULL ? (size_t)(comma - text) : size;

		if (one == length && memcmp(text, name, length) == 0)
			return true;
		if (comma == NULL)
			return false;
		text += one + 1;
		size -= one + 1;
	}
}

/* The group of a line "ID:CONTROLLERS:/GROUP" of that controller, else NULL. */
static const char *group_of_line(const char *line, size_t size, const char *controller)
{
	const char *first = memchr(line, ':', size);
	const char *second =
		first == NULL ? NULL : memchr(first + 1, ':', size - (size_t)(first + 1 - line));

	if (second == NULL || !lists(first + 1, (size_t)(second - first - 1), controller))
		return NULL;
	return second + 1;
}

bool par_limit_group_find(char *path, size_t size, const char *list, const char *controller)
{
	while (*list != '\0') {
		size_t length = strcspn(list, "\n");
		const char *group = group_of_line(list, length, controller);

		if (group != NULL) {
			size_t used = length - (size_t)(group - list);

			if (used == 0 || used >= size || group[0] != '/')
				return false;
			if (used == 1)
				used = 0;
			memcpy(path, group, used);
			path[used] = '\0';
			return true;
		}
		list += length + (list[length] == '\n');
	}
	return false;
}

static bool read_oom_kills(uint64_t *count, const char *root, const char *group, const char *file)
{
	char path[PAR_LIMIT_GROUP_MAX + 100];
	const char *line;
	char *text;

	snprintf(path, sizeof path, "%s%s/%s", root, group, file);
	if (par_file_read(&text, NULL, path, FILE_LIMIT) < 0)
		return false;
	line = strstr(text, "\noom_kill ");
	if (line != NULL)
		*count = strtoull(line + strlen("\noom_kill "), NULL, 10);
	free(text);
	return line != NULL;
}

bool par_limit_group_oom_kills(uint64_t *count)
{
	static const struct {
		const char *controller, *root, *file;
	} versions[] = {
		{ "memory", "/sys/fs/cgroup/memory", "memory.oom_control" },
		{ "", "/sys/fs/cgroup", "memory.events" },
	};
	char group[PAR_LIMIT_GROUP_MAX];
	bool found = false;
	char *list;

	if (par_file_read(&list, NULL, "/proc/self/cgroup", FILE_LIMIT) < 0)
		return false;
	for (size_t i = 0; !found && i < sizeof versions / sizeof versions[0]; i++) {
		const char *root = versions[i].root, *file = versions[i].file;

		found = par_limit_group_find(group, sizeof group, list, versions[i].controller) &&
			(read_oom_kills(count, root, group, file) ||
				read_oom_kills(count, root, "", file));
	}
	free(list);
	return found;
}
