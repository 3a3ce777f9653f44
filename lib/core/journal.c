#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Where the last whole line ends: what lies behind it was torn by a kill or a crash. */
static int find_whole(struct par_journal *journal)
{
	char bytes[4096];
	struct stat info;
	off_t at, size;

	if (fstat(journal->fd, &info) < 0)
		return -errno;
	for (at = info.st_size; at > 0; at -= size) {
		const char *newline;

		size = at < (off_t)sizeof bytes ? at : (off_t)sizeof bytes;
		if (pread(journal->fd, bytes, (size_t)size, at - size) != (ssize_t)size)
			return -EIO;
		newline = memrchr(bytes, '\n', (size_t)size);
		if (newline != NULL) {
			at += newline + 1 - bytes - size;
			break;
		}
	}
	journal->size = at;
	journal->torn = info.st_size - at;
	return 0;
}

int par_journal_open(struct par_journal *journal, const char *path, struct par_error *error)
{
	int status;

	*journal = (struct par_journal)PAR_JOURNAL_INIT;
	journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (journal->fd < 0)
		return par_fail(error, -errno, "%s: %s", path, par_error_text(-errno));
	if (flock(journal->fd, LOCK_EX | LOCK_NB) < 0) {
		par_journal_close(journal);
		return par_fail(error, -EBUSY,
			"%s: another run is writing it; choose another "
			"--output",
			path);
	}
	status = find_whole(journal);
	if (status == 0)
		return 0;
	par_journal_close(journal);
	return par_fail(error, status, "%s: %s", path, par_error_text(status));
}

static int cut_torn(struct par_journal *journal)
{
	if (journal->torn > 0 && ftruncate(journal->fd, journal->size) < 0)
		return -errno;
	journal->torn = 0;
	return 0;
}

static int append(struct par_journal *journal, const char *line, size_t size)
{
	int status = cut_torn(journal);

	if (status < 0)
		return status;
	status = par_write_all(journal->fd, line, size);
	if (status == 0 && fdatasync(journal->fd) < 0 && errno != EINVAL)
		status = -errno;
	if (status == 0) {
		journal->size += (off_t)size;
		return 0;
	}
	journal->torn = 1;
	(void)cut_torn(journal); /* if it stays, reading drops it and the next append tries again */
	return status;
}

int par_journal_append(struct par_journal *journal, const json_t *record, struct par_error *error)
{
	char *line = json_dumps(record, JSON_COMPACT);
	size_t size;
	int status;

	if (line == NULL)
		return par_fail(error, -ENOMEM, "no memory for a record");
	size = strlen(line);
	line[size] = '\n'; /* over the NUL: write(2) needs none */
	status = append(journal, line, size + 1);
	free(line);
	if (status < 0)
		par_fail(error, status, "cells.jsonl: %s", par_error_text(status));
	return status;
}

void par_journal_close(struct par_journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	*journal = (struct par_journal)PAR_JOURNAL_INIT;
}
