#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_BYTES (64U << 10)

int par_lines_open(struct par_lines *lines, const char *path, size_t limit)
{
	*lines = (struct par_lines){ .fd = open(path, O_RDONLY | O_CLOEXEC), .limit = limit };
	return lines->fd < 0 ? -errno : 0;
}

/* Makes room behind what is not given out yet: by moving it to the front, or by a larger buffer. */
static int make_room(struct par_lines *lines)
{
	size_t capacity = lines->capacity == 0 ? FIRST_BYTES : 2 * lines->capacity;
	char *buffer;

	if (lines->start > 0) {
		memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->end >= lines->limit)
		return -EFBIG;
	if (lines->end < lines->capacity)
		return 0;
	buffer = realloc(lines->buffer, capacity);
	if (buffer == NULL)
		return -ENOMEM;
	lines->buffer = buffer;
	lines->capacity = capacity;
	return 0;
}

/* Returns the bytes that came, 0 at the end, or a negative errno. */
static ssize_t read_more(struct par_lines *lines)
{
	ssize_t got = make_room(lines);

	if (got < 0)
		return got;
	do
		got = read(lines->fd, lines->buffer + lines->end, lines->capacity - lines->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	lines->end += (size_t)got;
	return got;
}

int par_lines_next(struct par_lines *lines, const char **line, size_t *size)
{
	const char *newline = NULL;
	size_t scanned = 0;
	ssize_t got = 1;

	while (got > 0) {
		size_t left = lines->end - lines->start - scanned;

		if (left > 0)
			newline = memchr(lines->buffer + lines->start + scanned, '\n', left);
		if (newline != NULL)
			break;
		scanned += left;
		got = read_more(lines);
	}
	if (got < 0) {
		lines->number += got == -EFBIG;
		return (int)got;
	}
	*line = lines->buffer + lines->start;
	*size = newline != NULL ? (size_t)(newline - *line) : lines->end - lines->start;
	if (newline == NULL)
		return 0;
	lines->start += *size + 1;
	lines->number++;
	return *size < lines->limit ? 1 : -EFBIG;
}

void par_lines_close(struct par_lines *lines)
{
	if (lines->fd >= 0)
		close(lines->fd);
	free(lines->buffer);
	*lines = (struct par_lines)PAR_LINES_INIT;
}
