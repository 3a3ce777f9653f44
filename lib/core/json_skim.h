/*
 * json_skim: a line of JSON without the members that nobody here reads. Most of a record is about
 * single workers: to build values of all that takes ten times as long as to step over it.
 */
#ifndef PAR_JSON_SKIM_H
#define PAR_JSON_SKIM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies the object in `line` to `out`, which has room for `size` bytes, without its members named
 * in `unread` (at most 32, ends with NULL). What is left out has been checked: plain strings,
 * numbers and nesting, as the program writes them; only a name given twice inside it goes
 * unnoticed. Returns false where there is anything else: then the whole line is to be parsed, which
 * tells what it is.
 */
bool par_json_skim(
	char *out, size_t *out_size, const char *line, size_t size, const char *const *unread);

#endif
