/*
 * lines: a file line by line, however large it is, with one buffer that holds the longest.
 */
#ifndef PAR_LINES_H
#define PAR_LINES_H

#include <stddef.h>

/* Closed when fd < 0. */
struct par_lines {
	int fd;
	char *buffer; /* owned */
	size_t start, end, capacity;
	size_t limit;  /* bytes of a line, at most */
	size_t number; /* of the last line given out: 1, 2, ... */
};

#define PAR_LINES_INIT                                                                             \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Opens `path`; a line of `limit` bytes or more is an error. 0 or -errno. */
int par_lines_open(struct par_lines *lines, const char *path, size_t limit);

/*
 * The next line, without its newline and not NUL-terminated, in a buffer that lasts until the next
 * call. Returns 1; 0 at the end, where *size counts the bytes after the last newline; -EFBIG for a
 * line that is too long, -ENOMEM or -errno.
 */
int par_lines_next(struct par_lines *lines, const char **line, size_t *size);

void par_lines_close(struct par_lines *lines);

#endif
