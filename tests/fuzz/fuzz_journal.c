/* cells.jsonl: read whole or refused by line; the next append cuts a torn line off and no more. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "journal.h"

/* Bytes up to the last newline. */
static size_t whole(const uint8_t *data, size_t size)
{
	while (size > 0 && data[size - 1] != '\n')
		size--;
	return size;
}

static void check_append(const char *path, const uint8_t *data, size_t size)
{
	struct par_error error = PAR_ERROR_INIT;
	struct par_journal journal;
	json_t *record = json_object();
	struct stat info;

	FUZZ_CHECK(par_journal_open(&journal, path, &error) == 0, "%s", error.text);
	FUZZ_CHECK(fstat(journal.fd, &info) == 0 && (size_t)info.st_size == size, "changed");
	FUZZ_CHECK(par_journal_append(&journal, record, &error) == 0, "%s", error.text);
	FUZZ_CHECK(fstat(journal.fd, &info) == 0 &&
			   (size_t)info.st_size == whole(data, size) + strlen("{}\n"),
		"%" PRIdMAX " bytes", (intmax_t)info.st_size);
	FUZZ_CHECK(ftruncate(journal.fd, info.st_size - (off_t)strlen("{}\n")) == 0, "ftruncate");
	par_journal_close(&journal);
	json_decref(record);
}

/* The same file without its torn end reads the same. */
static void check_again(const char *path, int before, size_t count)
{
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int status = par_journal_read(&records, path, &error);

	FUZZ_CHECK(status == before && records.count == count, "%d, then %d: %s", before, status,
		error.text);
	par_records_fini(&records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct par_records records = PAR_RECORDS_INIT;
	struct par_error error = PAR_ERROR_INIT;
	const char *path = fuzz_file(data, size);
	int status = par_journal_read(&records, path, &error);
	size_t count = records.count;

	if (status < 0)
		fuzz_check_error(&error, status, fuzz_is_utf8((const char *)data, size));
	for (size_t i = 0; i < count; i++)
		FUZZ_CHECK(records.items[i].round >= 1, "round 0");
	par_records_fini(&records);
	if (status == 0)
		check_append(path, data, size);
	check_again(path, status, count);
	return 0;
}
