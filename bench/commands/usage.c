#include "usage.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "errors.h"

__attribute__((format(printf, 2, 0))) static void complain(
	const char *command, const char *format, va_list values)
{
	struct par_error line = PAR_ERROR_INIT;
	char *text;

	/* What was typed is in it, and may be long or hold a newline. */
	if (vasprintf(&text, format, values) < 0)
		text = NULL;
	par_fail(&line, 0, "parbench %s: %s", command, text != NULL ? text : "no memory");
	fprintf(stderr, "%s\n", line.text);
	free(text);
}

int par_usage_error(const char *command, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	complain(command, format, values);
	va_end(values);
	return PAR_EXIT_USAGE;
}

int par_usage_failed(const char *command, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	complain(command, format, values);
	va_end(values);
	return PAR_EXIT_FAILED;
}

int par_usage_option(const char *command, int result, int argc, char *const *argv)
{
	/* A long option stands whole before optind; a short one may be in the middle of a word. */
	const char *word = optind >= 1 && optind <= argc ? argv[optind - 1] : "";

	if (result == ':')
		return par_usage_error(command,
			"option '%s' needs a value; see 'parbench %s --help'", word, command);
	if (optopt != 0 && word[0] == '-' && word[1] == '-')
		return par_usage_error(command,
			"option '%s' takes no value; see 'parbench %s --help'", word, command);
	if (optopt != 0)
		return par_usage_error(
			command, "unknown option '-%c'; see 'parbench %s --help'", optopt, command);
	return par_usage_error(
		command, "unknown option '%s'; see 'parbench %s --help'", word, command);
}
