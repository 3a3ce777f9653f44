/*
 * Reads a journal line by line, so that its size does not matter. What it refuses it leaves as it
 * is, and says which line and what can be done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "json_skim.h"
#include "lines.h"
#include "rng.h"

#define LINE_LIMIT (4U << 20) /* a child may print 1 MiB, and its argv comes on top */

/* Reading under way. */
struct journal_reader {
	struct par_records *records;
	struct par_lines lines;
	const char *path;
	struct par_error *error;
	char *gist; /* of the line; owned */
	size_t gist_capacity;
	uint32_t *seen; /* open addressing by (cell, round): 1 + the index of a record; 0: free */
	size_t seen_capacity;
};

/* A damaged line may hold anything, and its text goes to a terminal. */
static void clean(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

static int refuse(const struct journal_reader *reader, int code, const struct par_error *detail,
	const char *way_out)
{
	struct par_error cleaned = *detail;

	clean(cleaned.text);
	return par_fail(reader->error, code, "%s: line %zu: %.320s; %s", reader->path,
		reader->lines.number, cleaned.text, way_out);
}

static int refuse_line(
	const struct journal_reader *reader, int code, const struct par_error *detail)
{
	return refuse(reader, code, detail,
		"nothing was changed: restore the file, or delete the line to go without its "
		"visit");
}

/* The place of the record, or the free one where it belongs. Equal cells are one pointer. */
static uint32_t *locate(const struct journal_reader *reader, const struct par_record *record)
{
	const struct par_record *items = reader->records->items;
	size_t mask = reader->seen_capacity - 1;
	size_t at = par_mix64((uint64_t)(uintptr_t)record->cell ^ par_mix64(record->round)) & mask;

	for (; reader->seen[at] != 0; at = (at + 1) & mask) {
		const struct par_record *other = &items[reader->seen[at] - 1];

		if (other->cell == record->cell && other->round == record->round)
			break;
	}
	return &reader->seen[at];
}

/* Room for another record, with half of the places free. */
static int grow_seen(struct journal_reader *reader)
{
	size_t capacity = reader->seen_capacity == 0 ? 1024 : 2 * reader->seen_capacity;
	uint32_t *seen;

	if (2 * reader->records->count < reader->seen_capacity)
		return 0;
	if (reader->records->count >= UINT32_MAX / 4)
		return -EFBIG;
	seen = calloc(capacity, sizeof *seen);
	if (seen == NULL)
		return -ENOMEM;
	free(reader->seen);
	reader->seen = seen;
	reader->seen_capacity = capacity;
	for (size_t i = 0; i + 1 < reader->records->count; i++)
		*locate(reader, &reader->records->items[i]) = (uint32_t)(i + 1);
	return 0;
}

/* Checks that the newest record is the only one of its cell and round. */
static int note_newest(struct journal_reader *reader)
{
	size_t count = reader->records->count;
	const struct par_record *record = &reader->records->items[count - 1];
	struct par_error detail = PAR_ERROR_INIT;
	int status = grow_seen(reader);
	uint32_t *place;

	if (status < 0)
		return status;
	place = locate(reader, record);
	if (*place == 0) {
		*place = (uint32_t)count;
		return 0;
	}
	par_fail(&detail, 0, "a second record of %s in round %u", record->cell, record->round);
	return refuse_line(reader, -EEXIST, &detail);
}

static int check_schema(const struct journal_reader *reader, const json_t *json)
{
	const json_t *schema = json_object_get(json, "schema");
	struct par_error detail = PAR_ERROR_INIT;

	if (!json_is_integer(schema)) {
		par_fail(&detail, 0,
			json_is_object(json) ? "member 'schema' is no whole number"
					     : "a record is a JSON object");
		return refuse_line(reader, -EINVAL, &detail);
	}
	if (json_integer_value(schema) == PAR_SCHEMA_VERSION)
		return 0;
	par_fail(&detail, 0, "schema version %lld, this parbench reads %d",
		(long long)json_integer_value(schema), PAR_SCHEMA_VERSION);
	return refuse(reader, -EPROTO, &detail,
		"use the parbench that wrote it, whose version run.json tells");
}

static int read_json(struct journal_reader *reader, const json_t *json)
{
	struct par_error detail = PAR_ERROR_INIT;
	int status = check_schema(reader, json);

	if (status < 0)
		return status;
	status = par_records_read(reader->records, json, &detail);
	if (status == -EINVAL)
		return refuse_line(reader, status, &detail);
	return status < 0 ? status : note_newest(reader);
}

/* Keeps of the line what is read, if it has the form in which the program writes. */
static int skim(struct journal_reader *reader, const char **line, size_t *size)
{
	if (*size > reader->gist_capacity) {
		char *gist = realloc(reader->gist, 2 * *size);

		if (gist == NULL)
			return -ENOMEM;
		reader->gist = gist;
		reader->gist_capacity = 2 * *size;
	}
	if (par_json_skim(reader->gist, size, *line, *size, par_record_unread))
		*line = reader->gist;
	return 0;
}

static int read_line(struct journal_reader *reader, const char *line, size_t size)
{
	struct par_error detail = PAR_ERROR_INIT;
	json_error_t fault;
	json_t *json;
	int status = skim(reader, &line, &size);

	if (status < 0)
		return status;
	json = json_loadb(line, size, JSON_REJECT_DUPLICATES, &fault);
	if (json == NULL) {
		par_fail(&detail, 0, "%s",
			memchr(line, '\0', size) != NULL ? "holds a zero byte" : fault.text);
		return refuse_line(reader, -EBADMSG, &detail);
	}
	status = read_json(reader, json);
	json_decref(json);
	return status;
}

static int read_lines(struct journal_reader *reader)
{
	struct par_error detail = PAR_ERROR_INIT;
	const char *line;
	size_t size;
	int status;

	do {
		status = par_lines_next(&reader->lines, &line, &size);
		if (status > 0) {
			status = read_line(reader, line, size);
			if (status < 0)
				return status;
			status = 1;
		}
	} while (status > 0);
	if (status != -EFBIG)
		return status;
	par_fail(&detail, 0, "is longer than %u bytes", LINE_LIMIT);
	return refuse_line(reader, status, &detail);
}

int par_journal_read(struct par_records *records, const char *path, struct par_error *error)
{
	struct journal_reader reader = { .records = records, .path = path, .error = error };
	struct par_error unsaid = PAR_ERROR_INIT;
	int status = par_lines_open(&reader.lines, path, LINE_LIMIT);

	if (reader.error == NULL)
		reader.error = &unsaid;
	if (status == 0)
		status = read_lines(&reader);
	else if (status == -ENOENT)
		status = 0;
	if (status < 0 && reader.error->text[0] == '\0')
		par_fail(error, status, "%s: %s", path, par_error_text(status));
	free(reader.gist);
	free(reader.seen);
	par_lines_close(&reader.lines);
	return status;
}
