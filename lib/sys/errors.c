#include "errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int par_fail(struct par_error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return code;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
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
