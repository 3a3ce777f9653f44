#include "procfs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define TEXT_LIMIT                                                                                 \
	(4u << 20) /* bytes; mountinfo of a busy container host has tens of thousands              \
		    */

char *par_procfs_read(const char *root, const char *path)
{
	char whole[PATH_MAX];
	char *text = NULL;
	size_t size;
	int length = snprintf(whole, sizeof(whole), "%s%s", root, path);

	if (length < 0 || (size_t)length >= sizeof(whole))
		return NULL;
	return par_file_read(&text, &size, whole, TEXT_LIMIT) < 0 ? NULL : text;
}

/* Copies up to the end of the line, cut to `size`. */
static void copy_line(char *line, size_t size, const char *text)
{
	size_t length = strcspn(text, "\n");

	if (length >= size)
		length = size - 1;
	memcpy(line, text, length);
	line[length] = '\0';
}

void par_procfs_line(char *line, size_t size, const char *root, const char *path)
{
	char *text = par_procfs_read(root, path);

	copy_line(line, size, text ? text : "");
	free(text);
}

int64_t par_procfs_number(const char *root, const char *path, int64_t otherwise)
{
	char line[32];
	char *end;
	long long number;

	par_procfs_line(line, sizeof(line), root, path);
	errno = 0;
	number = strtoll(line, &end, 10);
	return end == line || *end != '\0' || errno ? otherwise : (int64_t)number;
}

void par_procfs_field(char *value, size_t size, const char *text, const char *key)
{
	size_t length = strlen(key);

	value[0] = '\0';
	while (text && *text) {
		if (strncmp(text, key, length) == 0) {
			text += length;
			copy_line(value, size, text + strspn(text, " \t"));
			return;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
}
