/*
 * wrap: words set one after another in lines of 80 columns.
 */
#ifndef PAR_WRAP_H
#define PAR_WRAP_H

#include <stdbool.h>

#include "text.h"

/* A paragraph beside a label. Its lines but the first are indented. */
struct par_wrap {
	struct par_text *text; /* borrowed */
	unsigned used;         /* columns of the present line */
	unsigned indent;
	bool fresh; /* nothing behind the label or the indent yet */
};

/* Adds the label, filled up with blanks to `indent` columns, which it must not exceed. */
struct par_wrap par_wrap_begin(struct par_text *text, const char *label, unsigned indent);

/* Adds words that stay in one line, after a blank or in a new line. */
void par_wrap_add(struct par_wrap *wrap, const char *words);

/* Adds numbers in their order; three or more that follow one another as a range, "0-63". */
void par_wrap_numbers(struct par_wrap *wrap, const int *numbers, unsigned count);

/* Ends the line. */
void par_wrap_end(struct par_wrap *wrap);

#endif
