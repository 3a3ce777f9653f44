#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"

#define PIECE 4096

/* Pages looked at in one call; a large file takes several. */
#define PAGES 1024

int par_scratch_open(struct par_scratch *scratch, const char *parent, const char *name,
	uint64_t bytes, struct par_error *error)
{
	int size = snprintf(scratch->folder, sizeof scratch->folder, "%s/%s-%llu", parent, name,
		(unsigned long long)bytes);

	if (size < 0 || (size_t)size >= sizeof scratch->folder)
		return par_fail(
			error, -ENAMETOOLONG, "%s: the scratch folder's path is too long", name);
	if (mkdir(scratch->folder, 0777) < 0 && errno != EEXIST) {
		int status = -errno;

		return par_fail(error, status, "%s: cannot make the folder %s: %s", name,
			scratch->folder, par_error_text(status));
	}
	return 0;
}

void par_scratch_path(
	char path[PAR_SCRATCH_PATH_MAX], const struct par_scratch *scratch, uint64_t index)
{
	(void)snprintf(path, PAR_SCRATCH_PATH_MAX, "%s/%06llu", scratch->folder,
		(unsigned long long)index);
}

static int fill(int fd, uint64_t bytes, uint64_t seed)
{
	unsigned char piece[PIECE];
	int status = 0;

	for (; status == 0 && bytes > 0; seed += PIECE / 8) {
		size_t size = bytes < PIECE ? (size_t)bytes : PIECE;

		par_bytes_fill(piece, size, seed);
		status = par_write_all(fd, piece, size);
		bytes -= size;
	}
	return status;
}

/* One name for all unfinished files: visits are one after the other, and a killed one's is cut. */
static int make(const struct par_scratch *scratch, const char *path, uint64_t bytes, uint64_t seed)
{
	char unfinished[PAR_SCRATCH_PATH_MAX];
	int fd, status;

	(void)snprintf(unfinished, sizeof unfinished, "%s/unfinished", scratch->folder);
	fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	status = fill(fd, bytes, seed);
	if (close(fd) < 0 && status == 0)
		status = -errno;
	if (status == 0 && rename(unfinished, path) < 0)
		status = -errno;
	if (status < 0)
		(void)unlink(unfinished);
	return status;
}

/* 1 when it was made, 0 when it was there. */
static int make_missing(
	const struct par_scratch *scratch, uint64_t index, uint64_t bytes, struct par_error *error)
{
	char path[PAR_SCRATCH_PATH_MAX];
	struct stat found;
	int status;

	par_scratch_path(path, scratch, index);
	if (stat(path, &found) == 0 && S_ISREG(found.st_mode) && (uint64_t)found.st_size == bytes)
		return 0;
	status = make(scratch, path, bytes, par_mix64(index));
	if (status < 0)
		return par_fail(
			error, status, "cannot make the file %s: %s", path, par_error_text(status));
	return 1;
}

/* All that is dirty on the folder's filesystem: one wait instead of one for each file. */
static int sync_all(const struct par_scratch *scratch)
{
	int fd = open(scratch->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return -errno;
	status = syncfs(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return status;
}

int par_scratch_make_all(
	const struct par_scratch *scratch, uint64_t count, uint64_t bytes, struct par_error *error)
{
	bool made = false;
	int status = 0;

	for (uint64_t i = 0; status >= 0 && i < count; i++) {
		status = make_missing(scratch, i, bytes, error);
		made = made || status > 0;
	}
	if (status < 0 || !made)
		return status;
	status = sync_all(scratch);
	if (status == 0)
		return 0;
	return par_fail(
		error, status, "cannot sync %s: %s", scratch->folder, par_error_text(status));
}

/* mincore() does not touch the pages it is asked about. */
static int count_cached(int fd, off_t offset, size_t size, uint64_t *pages, uint64_t *cached)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), count = (size + page - 1) / page;
	void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, offset);
	unsigned char in_core[PAGES];
	int status = 0;

	if (memory == MAP_FAILED)
		return -errno;
	if (mincore(memory, size, in_core) < 0)
		status = -errno;
	for (size_t i = 0; status == 0 && i < count; i++)
		*cached += in_core[i] & 1;
	*pages += count;
	(void)munmap(memory, size);
	return status;
}

static int evict(int fd, uint64_t *pages, uint64_t *cached)
{
	off_t step = (off_t)PAGES * sysconf(_SC_PAGESIZE);
	struct stat file;
	int status = 0;

	if (fstat(fd, &file) < 0)
		return -errno;
	/* Some filesystems refuse; the count below then says that nothing was forgotten. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (off_t offset = 0; status == 0 && offset < file.st_size; offset += step) {
		off_t left = file.st_size - offset;

		status = count_cached(
			fd, offset, (size_t)(left < step ? left : step), pages, cached);
	}
	return status;
}

int par_scratch_evict(
	const struct par_scratch *scratch, uint64_t index, uint64_t *pages, uint64_t *cached)
{
	char path[PAR_SCRATCH_PATH_MAX];
	int fd, status;

	par_scratch_path(path, scratch, index);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	status = evict(fd, pages, cached);
	(void)close(fd);
	return status;
}
