/* The functions of file.h that make and remove folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Makes one folder; 0 also where it stands already. */
static int make_one(const char *path)
{
	struct stat status;
	int rc;

	if (mkdir(path, 0777) == 0)
		return 0;
	rc = -errno;
	/* Whatever mkdir says (EEXIST, EROFS, EACCES), a folder that is there is what was asked. */
	if (stat(path, &status) == 0)
		return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
	return rc;
}

int par_dir_make(const char *path, struct par_error *error)
{
	char *copy = strdup(path);
	char *end;
	int rc;

	if (!copy)
		return par_fail(error, -ENOMEM, "cannot make the folder %s: no memory", path);
	end = copy;
	do {
		char kept;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		kept = *end;
		*end = 0;
		rc = make_one(copy);
		if (rc)
			par_fail(error, rc, "cannot make the folder %s: %s: %s", path, copy,
				par_error_text(rc));
		*end = kept;
	} while (rc == 0 && *end);
	free(copy);
	return rc;
}

static int remove_tree(int parent, const char *name);

/* Removes all that stands in an open folder; goes on after a failure and returns the first. */
static int remove_content(DIR *folder)
{
	struct dirent *entry;
	int first = 0;

	for (errno = 0; (entry = readdir(folder)); errno = 0) {
		int rc;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = remove_tree(dirfd(folder), entry->d_name);
		first = first ? first : rc;
	}
	return first ? first : -errno;
}

static int remove_folder(int parent, const char *name)
{
	/* O_NOFOLLOW: a link that takes the folder's place meanwhile is not entered. */
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder;
	int rc;

	if (fd < 0)
		return -errno;
	folder = fdopendir(fd);
	if (!folder) {
		rc = -errno;
		close(fd);
		return rc;
	}
	rc = remove_content(folder);
	closedir(folder);
	if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

static int remove_tree(int parent, const char *name)
{
	int rc;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	/* Linux says EISDIR for a folder, POSIX (and some filesystems) EPERM. */
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	rc = remove_folder(parent, name);
	return rc == -ENOTDIR ? -EPERM : rc;
}

int par_dir_remove(const char *path)
{
	char *copy = strdup(path);
	size_t size = strlen(path);
	int rc;

	if (!copy)
		return -ENOMEM;
	/* "link/" would enter the folder behind the link. */
	while (size > 0 && copy[size - 1] == '/')
		copy[--size] = 0;
	rc = size == 0 ? -EINVAL : remove_folder(AT_FDCWD, copy);
	free(copy);
	return rc == -ENOENT ? 0 : rc;
}
