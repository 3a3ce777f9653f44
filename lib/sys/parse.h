/*
 * parse: numbers, durations and lists that a person typed. Strict: the whole string must match.
 */
#ifndef PAR_PARSE_H
#define PAR_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/*
 * A decimal number, or hexadecimal with 0x. `what` names the input in the error line.
 * Returns 0, -EINVAL (not a number) or -ERANGE (outside [low, high]).
 */
int par_parse_u64(uint64_t *out, const char *string, uint64_t low, uint64_t high, const char *what,
	struct par_error *error);

/*
 * A duration with a unit (ns, us, ms, s, m, h): "90s", "1.5m". Returns 0, -EINVAL, or -ERANGE past
 * INT64_MAX ns, since JSON's integers are signed.
 */
int par_parse_duration(
	uint64_t *out_ns, const char *string, const char *what, struct par_error *error);

/*
 * Splits "a,b,c" in place: commas become NULs, and pointers into `list` go to `items`. Empty items
 * and more than `capacity` are errors. Returns the count (>= 1), -EINVAL or -E2BIG.
 */
int par_parse_list(
	char *list, const char **items, size_t capacity, const char *what, struct par_error *error);

/*
 * Of `count` names, the one nearest to `word` by edit distance, for "did you mean"; NULL when none
 * is within a third of its length. name_of(context, i) gives the i-th name.
 */
const char *par_parse_nearest(const char *word, size_t count,
	const char *(*name_of)(const void *context, size_t index), const void *context);

#endif
