#include "tree.h"

#include <errno.h>
#include <string.h>

#include "file.h"
#include "fuzz.h"

#define FILES_MOST 100000 /* read for one input */

/* Linked in place of those of file.h. */
int __wrap_par_file_read(char **out, size_t *out_size, const char *path, size_t limit);
int __wrap_par_file_read_line(char *line, size_t size, const char *path);

static const char *files; /* the input */
static unsigned files_read;

void fuzz_tree_begin(const char *text)
{
	files = text;
	files_read = 0;
}

/* The content of `path` in the input; NULL: it has no such file. */
static const char *find(const char *path, size_t *size)
{
	const char *at = files, *end;
	size_t length;

	FUZZ_CHECK(++files_read < FILES_MOST, "%s, and no end of files", path);
	if (strncmp(path, FUZZ_ROOT, strlen(FUZZ_ROOT)) == 0)
		path += strlen(FUZZ_ROOT);
	length = strlen(path);
	while ((at = strstr(at, "== ")) != NULL) {
		at += 3;
		if (strncmp(at, path, length) != 0 || at[length] != '\n')
			continue;
		at += length + 1;
		end = strstr(at, "\n== ");
		*size = end != NULL ? (size_t)(end - at) + 1 : strlen(at);
		return at;
	}
	return NULL;
}

int __wrap_par_file_read(char **out, size_t *out_size, const char *path, size_t limit)
{
	size_t size = 0;
	const char *text = find(path, &size);

	*out = NULL;
	if (text == NULL || size > limit)
		return text == NULL ? -ENOENT : -EFBIG;
	*out = fuzz_text((const uint8_t *)text, size);
	if (out_size != NULL)
		*out_size = size;
	return 0;
}

int __wrap_par_file_read_line(char *line, size_t size, const char *path)
{
	size_t length = 0;
	const char *text = find(path, &length);

	line[0] = '\0';
	if (text == NULL)
		return -ENOENT;
	length = strnlen(text, length < size ? length : size - 1);
	memcpy(line, text, length);
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return 0;
}
