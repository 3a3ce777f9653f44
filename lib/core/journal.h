/*
 * journal: cells.jsonl, one record a line, appended and synced after each visit.
 *
 * A line is written whole or taken back, so a killed run leaves at most one torn line, at the end.
 * While a run writes, it holds a lock: two runs never share a folder.
 */
#ifndef PAR_JOURNAL_H
#define PAR_JOURNAL_H

#include <jansson.h>
#include <sys/types.h>

#include "record.h"

/* Closed when fd < 0. */
struct par_journal {
	int fd;
	off_t size; /* bytes of whole lines */
	off_t torn; /* bytes behind them, which the first append cuts off */
};

#define PAR_JOURNAL_INIT                                                                           \
	{                                                                                          \
		-1, 0, 0                                                                           \
	}

/*
 * Opens for appending, making the file if there is none. Changes nothing of it yet: a torn last
 * line goes with the first append. Returns 0, -EBUSY when another run holds it, or -errno; `error`
 * names the path.
 */
int par_journal_open(struct par_journal *journal, const char *path, struct par_error *error);

/* Appends one record and syncs it. On failure (a full disk) the journal is as before. */
int par_journal_append(struct par_journal *journal, const json_t *record, struct par_error *error);

void par_journal_close(struct par_journal *journal);

/*
 * Adds every record to `records`, in order, line by line. A torn last line is dropped; anything
 * else that is not a record (-EBADMSG, -EINVAL), a line of 4 MiB (-EFBIG), another schema
 * (-EPROTO), or a second record of the same cell and round (-EEXIST) is an error that names the
 * line. A missing file gives no records. Returns 0 or -errno.
 */
int par_journal_read(struct par_records *records, const char *path, struct par_error *error);

#endif
