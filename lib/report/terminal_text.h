/*
 * terminal_text: text on a terminal: how wide it is, and how it is folded.
 */
#ifndef PAR_TERMINAL_TEXT_H
#define PAR_TERMINAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define PAR_TERMINAL_COLUMNS_LEAST 60

/* The bytes of the UTF-8 character at `text`: the first and those that continue it. */
size_t par_terminal_character(const char *text);

/* Columns that the text takes: its characters, none of which is wide. */
unsigned par_terminal_width(const char *text);

/*
 * Adds `text`, in ASCII without `utf8`, folded at blanks to `columns`, with a newline. Lines begin
 * with `first`, then with `next`.
 */
void par_terminal_wrap(struct par_text *out, const char *text, unsigned columns, bool utf8,
	const char *first, const char *next);

#endif
