/*
 * parbench report: analyse and draw a run again, finished or interrupted, without measuring.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "commands.h"
#include "present.h"
#include "usage.h"

static const char help_text[] =
	"Usage: parbench report [DIR]\n"
	"Reads run.json, topology.xml and cells.jsonl of the run in DIR (default\n"
	"results/latest) and writes its analysis, charts and pages again.\n\n"
	"  --help    this text\n";

int par_command_report(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct par_error error = PAR_ERROR_INIT;
	const char *folder = "results/latest";
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (option != 'h')
			return par_usage_option("report", option, argc, argv);
		fputs(help_text, stdout);
		return PAR_EXIT_OK;
	}
	if (argc - optind > 1)
		return par_usage_error("report", "unexpected '%s'; see 'parbench report --help'",
			argv[optind + 1]);
	if (optind < argc)
		folder = argv[optind];
	status = par_present(folder, &error);
	if (status == 0)
		return PAR_EXIT_OK;
	if (status == -ENOENT || status == -ENOTDIR)
		return par_usage_error("report", "%s; name the folder of a run", error.text);
	return par_usage_failed("report", "%s", error.text);
}
