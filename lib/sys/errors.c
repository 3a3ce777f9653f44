#include "errors.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a long line's end that are kept: the way out stands there. */
#define END_BYTES 200

static bool continues_character(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* What was typed or read may hold anything: no byte of it may break the line or drive a terminal.
 */
static void make_line(char *text)
{
	for (char *at = text; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			*at = '?';
	}
}

/* Keeps the beginning and the end of `whole`, and no part of a UTF-8 character. */
static void shorten(struct par_error *error, const char *whole, size_t size)
{
	static const char gap[] = "...";
	size_t head = sizeof error->text - sizeof gap - END_BYTES;
	const char *end = whole + size - END_BYTES;

	for (unsigned i = 0; i < 3 && continues_character(whole[head]); i++)
		head--;
	for (unsigned i = 0; i < 3 && continues_character(*end); i++)
		end++;
	snprintf(error->text, sizeof error->text, "%.*s%s%s", (int)head, whole, gap, end);
}

int par_fail(struct par_error *error, int code, const char *format, ...)
{
	va_list arguments;
	char *whole = NULL;
	int size;

	if (!error)
		return code;
	va_start(arguments, format);
	size = vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	if (size >= (int)sizeof error->text) {
		va_start(arguments, format);
		size = vasprintf(&whole, format, arguments);
		va_end(arguments);
		if (size >= 0)
			shorten(error, whole, (size_t)size);
		free(size >= 0 ? whole : NULL);
	}
	make_line(error->text);
	return code;
}

/*
 * strerrordesc_np and strerrorname_np (glibc >= 2.32) give constant, untranslated strings. strerror
 * would follow the locale and is not safe from every thread.
 */
const char *par_error_text(int code)
{
	const char *text = code <= 0 ? strerrordesc_np(-(unsigned)code) : NULL;

	return text ? text : "unknown error";
}

const char *par_error_name(int code)
{
	const char *name = code < 0 ? strerrorname_np(-(unsigned)code) : NULL;

	return name ? name : "E?";
}
