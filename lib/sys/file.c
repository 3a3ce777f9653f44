/*
 * Whole files. A file that must never be seen half written follows the order of LWN, "Ensuring data
 * reaches disk" (2011): write a temporary file, fsync it, rename it, fsync the folder.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* read(2) that goes on after a signal. Returns the bytes, 0 at the end, or a negative errno. */
static ssize_t read_some(int fd, void *buffer, size_t size)
{
	ssize_t got;

	do
		got = read(fd, buffer, size);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Fills a growing buffer until the end of the file; *out is owned by the caller, also on failure.
 */
static int read_all(char **out, size_t *out_size, int fd, size_t limit)
{
	size_t capacity = 0;
	ssize_t got;

	*out_size = 0;
	do {
		if (*out_size + 1 >= capacity) {
			size_t larger = capacity ? capacity * 2 : 4096;
			char *grown = realloc(*out, larger);

			if (!grown)
				return -ENOMEM;
			*out = grown;
			capacity = larger;
		}
		got = read_some(fd, *out + *out_size, capacity - 1 - *out_size);
		if (got < 0)
			return (int)got;
		*out_size += (size_t)got;
		if (*out_size > limit)
			return -EFBIG;
	} while (got > 0);
	(*out)[*out_size] = 0;
	return 0;
}

int par_file_read(char **out, size_t *out_size, const char *path, size_t limit)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	int rc;

	*out = NULL;
	if (out_size)
		*out_size = 0;
	if (fd < 0)
		return -errno;
	rc = read_all(out, &size, fd, limit);
	close(fd);
	if (rc) {
		free(*out);
		*out = NULL;
		return rc;
	}
	if (out_size)
		*out_size = size;
	return 0;
}

int par_file_read_line(char *line, size_t size, const char *path)
{
	size_t used = 0;
	ssize_t got = 1;
	int fd;

	line[0] = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (got > 0 && used + 1 < size && !memchr(line, '\n', used)) {
		got = read_some(fd, line + used, size - 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	line[got < 0 ? 0 : used] = 0;
	line[strcspn(line, "\n")] = 0;
	return got < 0 ? (int)got : 0;
}

int par_write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t put = write(fd, at, size);

		if (put < 0 && errno != EINTR)
			return -errno;
		if (put > 0) {
			at += put;
			size -= (size_t)put;
		}
	}
	return 0;
}

/* What a person can do about it, as the tail of an error line. */
static const char *way_out(int code)
{
	switch (code) {
	case -ENOSPC:
	case -EDQUOT: return "; free some space there, or choose another folder";
	case -EACCES:
	case -EPERM:
	case -EROFS: return "; choose a folder that you may write to";
	default: return "";
	}
}

static int fail_path(struct par_error *error, int code, const char *verb, const char *path)
{
	return par_fail(
		error, code, "cannot %s %s: %s%s", verb, path, par_error_text(code), way_out(code));
}

/* `path`.tmp.PID, in the same folder and so on the same filesystem; the caller frees it. */
static char *temporary_name(const char *path)
{
	char *name;

	return asprintf(&name, "%s.tmp.%ld", path, (long)getpid()) < 0 ? NULL : name;
}

/* Creates and fills `path` and waits until it is on the disk. */
static int write_new(const char *path, const void *data, size_t size)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags, 0666);
	int rc;

	/* Left by a process that had our PID and was killed. */
	if (fd < 0 && errno == EEXIST && unlink(path) == 0)
		fd = open(path, flags, 0666);
	if (fd < 0)
		return -errno;
	rc = par_write_all(fd, data, size);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

/* Makes a rename in the folder of `path` last. */
static int sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		!slash ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int rc = 0;
	int fd;

	if (!folder)
		return -ENOMEM;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	/* A folder may be writable and not readable: then it cannot be synced, only trusted. */
	if (fd < 0)
		return errno == EACCES ? 0 : -errno;
	/* EINVAL: a filesystem that has no fsync for folders. */
	if (fsync(fd) < 0 && errno != EINVAL)
		rc = -errno;
	close(fd);
	return rc;
}

int par_file_write(const char *path, const void *data, size_t size, struct par_error *error)
{
	char *temporary = temporary_name(path);
	int rc;

	if (!temporary)
		return fail_path(error, -ENOMEM, "write", path);
	rc = write_new(temporary, data, size);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = -errno;
	if (rc)
		(void)unlink(temporary);
	else
		rc = sync_folder_of(path);
	free(temporary);
	return rc ? fail_path(error, rc, "write", path) : 0;
}

int par_link_replace(const char *target, const char *link, struct par_error *error)
{
	struct stat status;
	char *temporary;
	int rc = 0;

	if (lstat(link, &status) == 0 && !S_ISLNK(status.st_mode))
		return par_fail(error, -EEXIST,
			"cannot make the link %s: something that is no link stands there; move it "
			"away",
			link);
	temporary = temporary_name(link);
	if (!temporary)
		return fail_path(error, -ENOMEM, "make the link", link);
	if (unlink(temporary) < 0 && errno != ENOENT)
		rc = -errno;
	else if (symlink(target, temporary) < 0)
		rc = -errno;
	else if (rename(temporary, link) < 0) {
		rc = -errno;
		(void)unlink(temporary);
	}
	free(temporary);
	return rc ? fail_path(error, rc, "make the link", link) : 0;
}

char *par_path_join(const char *folder, const char *name)
{
	size_t size = strlen(folder);
	char *path;

	if (size == 0)
		return strdup(name);
	while (size > 0 && folder[size - 1] == '/')
		size--;
	name += strspn(name, "/");
	return asprintf(&path, "%.*s/%s", (int)size, folder, name) < 0 ? NULL : path;
}
