/*
 * text: a string that grows.
 *
 * A failed allocation is remembered (`failed`) and makes later calls do nothing, so that a page may
 * be built with many calls and checked once, at the end.
 */
#ifndef PAR_TEXT_H
#define PAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Inert when zeroed. `data` is NUL-terminated once anything was added, else NULL. */
struct par_text {
	char *data;
	size_t size;     /* bytes used, without the NUL */
	size_t capacity; /* bytes allocated */
	bool failed;     /* an allocation failed: the content is not whole */
};

#define PAR_TEXT_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

void par_text_add(struct par_text *text, const char *string);
void par_text_add_bytes(struct par_text *text, const void *bytes, size_t size);
void par_text_format(struct par_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds `string` with &, <, >, " and ' escaped for HTML text and attributes. */
void par_text_add_html(struct par_text *text, const char *string);

/*
 * Copies `string` as one line: cut to `size` (> 0) bytes with the NUL, but not within a UTF-8
 * character, and with a blank for each control character.
 */
void par_text_copy_line(char *out, size_t size, const char *string);

/* Empties the text and keeps its memory. Clears `failed`. */
void par_text_clear(struct par_text *text);

/* The content, never NULL ("" when empty). Owned by the text. */
const char *par_text_get(const struct par_text *text);

/* 0, or -ENOMEM if any call before failed. */
int par_text_status(const struct par_text *text);

/* Frees; the text is inert again. */
void par_text_fini(struct par_text *text);

#endif
