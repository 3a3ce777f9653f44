/*
 * errors: how a failure travels in parbench.
 *
 * A function that can fail returns 0 (or a count) on success and a negative errno on failure. Where
 * the errno alone would leave a person guessing, the function also takes a `struct par_error *` and
 * writes one line there that names the input and the way out.
 */
#ifndef PAR_ERRORS_H
#define PAR_ERRORS_H

#include <stddef.h>

/* One line for a person, without a final newline. Inert when zeroed. */
struct par_error {
	char text[512];
};

#define PAR_ERROR_INIT                                                                             \
	{                                                                                          \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

/*
 * Writes a formatted line into `error` (may be NULL) and returns `code`, so that a failing function
 * can say `return par_fail(error, -EINVAL, "...")`. A line that is too long loses its middle, since
 * the way out stands at its end; control characters become '?'.
 */
int par_fail(struct par_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The text of a negative errno ("No space left on device"). The result is a constant string, safe
 * from any thread; an unknown code gives "unknown error".
 */
const char *par_error_text(int code);

/* The name of a negative errno ("ENOSPC"), for records; "E?" where it has none. */
const char *par_error_name(int code);

#endif
