#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `more` bytes and a NUL; false, and remembered, without memory. */
static bool text_reserve(struct par_text *text, size_t more)
{
	size_t capacity = text->capacity ? text->capacity : 64;
	char *data;

	if (text->failed)
		return false;
	if (more < text->capacity - text->size)
		return true;
	text->failed = true;
	if (more >= SIZE_MAX / 2 - text->size)
		return false;
	while (capacity <= text->size + more)
		capacity *= 2;
	data = realloc(text->data, capacity);
	if (!data)
		return false;
	text->data = data;
	text->capacity = capacity;
	text->failed = false;
	return true;
}

void par_text_add_bytes(struct par_text *text, const void *bytes, size_t size)
{
	if (!text_reserve(text, size))
		return;
	if (size > 0)
		memcpy(text->data + text->size, bytes, size);
	text->size += size;
	text->data[text->size] = 0;
}

void par_text_add(struct par_text *text, const char *string)
{
	par_text_add_bytes(text, string, strlen(string));
}

void par_text_format(struct par_text *text, const char *format, ...)
{
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (size < 0) {
		text->failed = true;
		return;
	}
	if (!text_reserve(text, (size_t)size))
		return;
	va_start(arguments, format);
	vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
	va_end(arguments);
	text->size += (size_t)size;
}

static const char *html_escape(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void par_text_add_html(struct par_text *text, const char *string)
{
	for (;;) {
		size_t plain = strcspn(string, "&<>\"'");

		par_text_add_bytes(text, string, plain);
		if (string[plain] == 0)
			return;
		par_text_add(text, html_escape(string[plain]));
		string += plain + 1;
	}
}

void par_text_copy_line(char *out, size_t size, const char *string)
{
	size_t length = strnlen(string, size);

	if (length == size) {
		length--;
		for (unsigned i = 0; i < 3 && length > 0 && (string[length] & 0xC0) == 0x80; i++)
			length--;
	}
	for (size_t i = 0; i < length; i++)
		out[i] = (unsigned char)string[i] < ' ' || string[i] == 0x7F ? ' ' : string[i];
	out[length] = '\0';
}

void par_text_clear(struct par_text *text)
{
	text->size = 0;
	text->failed = false;
	if (text->data)
		text->data[0] = 0;
}

const char *par_text_get(const struct par_text *text)
{
	return text->data ? text->data : "";
}

int par_text_status(const struct par_text *text)
{
	return text->failed ? -ENOMEM : 0;
}

void par_text_fini(struct par_text *text)
{
	free(text->data);
	*text = (struct par_text)PAR_TEXT_INIT;
}
