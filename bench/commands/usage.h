/*
 * usage: one clear line for what a person typed wrong.
 */
#ifndef PAR_USAGE_H
#define PAR_USAGE_H

/* Prints "parbench COMMAND: ..." on standard error and returns PAR_EXIT_USAGE. */
int par_usage_error(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints "parbench COMMAND: ..." on standard error and returns PAR_EXIT_FAILED. */
int par_usage_failed(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * For getopt_long's '?' and ':' (opterr = 0, optstring beginning with ':'): names the option that
 * is unknown or lacks its value. Returns PAR_EXIT_USAGE.
 */
int par_usage_option(const char *command, int result, int argc, char *const *argv);

#endif
