/*
 * file: whole files, folders, and files that appear whole or not at all.
 */
#ifndef PAR_FILE_H
#define PAR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/*
 * Reads a whole file, at most `limit` bytes, into a NUL-terminated buffer that the caller frees.
 * Works on /proc and /sys, whose sizes are unknown. Returns 0, -EFBIG past the limit, -errno.
 */
int par_file_read(char **out, size_t *out_size, const char *path, size_t limit);

/*
 * Reads a small one-line file (sysfs, procfs) into `line`, without its newline, cut to `size`
 * (> 0). Returns 0 or -errno, and then line[0] = 0.
 */
int par_file_read_line(char *line, size_t size, const char *path);

/*
 * Writes `path` so that readers see the old content or the new, never a part: writes
 * `path`.tmp.PID beside it, fsyncs, renames, fsyncs the folder; the temporary file is removed on
 * any failure (a full disk leaves the old file). `error` names the path. Returns 0 or -errno.
 */
int par_file_write(const char *path, const void *data, size_t size, struct par_error *error);

/* Makes a folder and its missing parents (mode 0777 & ~umask). An existing folder is fine. */
int par_dir_make(const char *path, struct par_error *error);

/*
 * Removes a folder and all in it, never following a symbolic link; goes on past what it cannot
 * remove. A missing folder is fine. Returns 0 or the first failure: -ENOTDIR for a file or a link,
 * -EINVAL for "" and "/", -errno.
 */
int par_dir_remove(const char *path);

/* Makes `link` a symbolic link to `target`, replacing one atomically; refuses to replace a real
 * file. */
int par_link_replace(const char *target, const char *link, struct par_error *error);

/* Joins with one slash into a new string that the caller frees; NULL without memory. */
char *par_path_join(const char *folder, const char *name);

/* write(2) until all is written; retries EINTR and short writes. Returns 0 or -errno. */
int par_write_all(int fd, const void *data, size_t size);

#endif
