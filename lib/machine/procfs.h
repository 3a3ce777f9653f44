/*
 * procfs: small texts of /proc and /sys, under a root that tests replace by a folder of their own.
 * Private to this folder. `root` is "" for the real tree; `path` begins with a slash.
 */
#ifndef PAR_PROCFS_H
#define PAR_PROCFS_H

#include <stddef.h>
#include <stdint.h>

/* A whole file, NUL-terminated, that the caller frees; NULL when it cannot be read. */
char *par_procfs_read(const char *root, const char *path);

/* The first line, cut to `size`; "" when it cannot be read. */
void par_procfs_line(char *line, size_t size, const char *root, const char *path);

/* A file with one whole number; `otherwise` when it holds anything else. */
int64_t par_procfs_number(const char *root, const char *path, int64_t otherwise);

/*
 * The value of the line that begins with `key` ("MemAvailable:"), without white space before it and
 * cut to `size`; "" when `text` is NULL or has no such line.
 */
void par_procfs_field(char *value, size_t size, const char *text, const char *key);

#endif
