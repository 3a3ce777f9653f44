#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define JOURNAL_LIMIT (4ULL << 30) /* bytes; far beyond any run */

/* The end of the last whole line: what lies behind it was torn by a kill or a crash. */
static int whole_lines(int fd, off_t *size)
{
	struct stat info;
	char byte;

	if (fstat(fd, &info) < 0)
		return -errno;
	for (*size = info.st_size; *size > 0; (*size)--) {
		if (pread(fd, &byte, 1, *size - 1) != 1)
			return errno != 0 ? -errno : -EIO;
		if (byte == '\n')
			break;
	}
	return *size < info.st_size && ftruncate(fd, *size) < 0 ? -errno : 0;
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
	status = whole_lines(journal->fd, &journal->size);
	if (status == 0)
		return 0;
	par_journal_close(journal);
	return par_fail(error, status, "%s: %s", path, par_error_text(status));
}

static int append(struct par_journal *journal, const char *line, size_t size)
{
	int status = par_write_all(journal->fd, line, size);

	if (status == 0 && fdatasync(journal->fd) < 0 && errno != EINVAL)
		status = -errno;
	if (status == 0)
		journal->size += (off_t)size;
	else if (ftruncate(journal->fd, journal->size) < 0)
		return status; /* the torn line stays; reading drops it */
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

/* Reading under way: which (cell, round) pairs were seen, and where we are. */
struct journal_reader {
	struct par_records *records;
	json_t *seen;
	const char *path;
	size_t line;
	struct par_error *error;
};

static int add_once(struct journal_reader *reader, const struct par_record *record)
{
	char key[PAR_CELL_ID_MAX + 16];

	snprintf(key, sizeof key, "%s#%u", record->cell, record->round);
	if (json_object_get(reader->seen, key) != NULL)
		return par_fail(reader->error, -EEXIST,
			"%s: line %zu: a second record of %s in round %u", reader->path,
			reader->line, record->cell, record->round);
	if (json_object_set_new(reader->seen, key, json_true()) < 0)
		return -ENOMEM;
	return par_records_add(reader->records, record);
}

static int check_schema(const struct journal_reader *reader, const json_t *json)
{
	json_int_t schema = json_integer_value(json_object_get(json, "schema"));

	if (schema == PAR_SCHEMA_VERSION)
		return 0;
	return par_fail(reader->error, -EPROTO,
		"%s: line %zu: schema version %lld, this parbench reads %d", reader->path,
		reader->line, (long long)schema, PAR_SCHEMA_VERSION);
}

static int read_line(struct journal_reader *reader, const char *line, size_t size)
{
	struct par_record record;
	struct par_error detail = PAR_ERROR_INIT;
	json_error_t json_error;
	json_t *json = json_loadb(line, size, JSON_REJECT_DUPLICATES, &json_error);
	int status;

	if (json == NULL)
		return par_fail(reader->error, -EBADMSG, "%s: line %zu: %s", reader->path,
			reader->line, json_error.text);
	status = check_schema(reader, json);
	if (status < 0)
		goto done;
	status = par_record_read(&record, json, &detail);
	if (status < 0) {
		par_fail(reader->error, status, "%s: line %zu: %s", reader->path, reader->line,
			detail.text);
		goto done;
	}
	status = add_once(reader, &record);
done:
	json_decref(json);
	return status;
}

static int read_lines(struct journal_reader *reader, const char *text)
{
	const char *end;
	int status = 0;

	while (status == 0 && (end = strchr(text, '\n')) != NULL) {
		reader->line++;
		status = read_line(reader, text, (size_t)(end - text));
		text = end + 1;
	}
	return status;
}

int par_journal_read(struct par_records *records, const char *path, struct par_error *error)
{
	struct journal_reader reader = {
		.records = records, .path = path, .error = error, .seen = json_object()
	};
	char *text = NULL;
	size_t size;
	int status = par_file_read(&text, &size, path, JOURNAL_LIMIT);

	if (status == -ENOENT)
		status = 0;
	else if (status < 0)
		par_fail(error, status, "%s: %s", path, par_error_text(status));
	else if (reader.seen == NULL)
		status = -ENOMEM;
	else if (memchr(text, '\0', size) != NULL)
		status = par_fail(error, -EBADMSG, "%s: holds a zero byte", path);
	else
		status = read_lines(&reader, text);
	free(text);
	json_decref(reader.seen);
	return status;
}
