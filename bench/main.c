/*
 * parbench: which parallelism model should this work use here, on how many cores, and how sure
 * are we?
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "commands/commands.h"
#include "parse.h"

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "run", "measure, decide and draw: the main job", par_command_run },
	{ "report", "analyse and draw a finished or interrupted run again", par_command_report },
	{ "compare", "tell what became slower between runs; its exit status is for CI",
		par_command_compare },
	{ "list", "show models, workloads and experiments, and what cannot run here",
		par_command_list },
	{ "topo", "show the machine as placement sees it, and where workers are pinned",
		par_command_topo },
	{ "doctor", "show what on this machine disturbs measurement, and how to mend it",
		par_command_doctor },
	{ "cell", "measure one point once, in this process, and print its record",
		par_command_cell },
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const char *command_name(const void *context, size_t index)
{
	(void)context;
	return commands[index].name;
}

static int help(void)
{
	puts("Usage: parbench COMMAND [OPTION]...\n"
	     "Which parallelism model should this work use here, on how many cores, and how sure "
	     "are we?\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].summary);
	puts("\n'parbench COMMAND --help' shows a command's options; 'parbench --version' the "
	     "version.\n"
	     "Exit status: 0 done, 1 something failed, 2 unusable input; compare has more.");
	return fflush(stdout) == 0 ? PAR_EXIT_OK : PAR_EXIT_FAILED;
}

static int version(void)
{
	printf("parbench %s (%s), %s, %s\n", par_build_info.version, par_build_info.revision,
		par_build_info.compiler, par_build_info.type);
	return fflush(stdout) == 0 ? PAR_EXIT_OK : PAR_EXIT_FAILED;
}

static int unknown(const char *word)
{
	const char *nearest = par_parse_nearest(word, COMMAND_COUNT, command_name, NULL);
	struct par_error line = PAR_ERROR_INIT;

	if (nearest != NULL)
		par_fail(&line, 0, "unknown command '%s': did you mean '%s'?", word, nearest);
	else
		par_fail(&line, 0, "unknown %s '%s'; see 'parbench --help'",
			word[0] == '-' ? "option" : "command", word);
	fprintf(stderr, "parbench: %s\n", line.text);
	return PAR_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	/* Ignored by whoever started us, the kernel would reap our children before we can. */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR) {
		perror("parbench: SIGCHLD");
		return PAR_EXIT_FAILED;
	}
	if (argc < 2) {
		fputs("parbench: no command given; see 'parbench --help'\n", stderr);
		return PAR_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0)
		return help();
	if (strcmp(argv[1], "--version") == 0)
		return version();
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return unknown(argv[1]);
}
