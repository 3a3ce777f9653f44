/* parbench topo: the machine as placement sees it. */
#include "topo.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "commands.h"
#include "usage.h"

static const char help_text[] =
	"Usage: parbench topo [--json]\n"
	"\n"
	"Shows the machine as placement sees it: packages, NUMA nodes, caches, cores, SMT\n"
	"siblings and cpukinds; the cpuset and the quota that apply; the order in which\n"
	"workers are pinned; and the core counts that are measured.\n"
	"\n"
	"  --json      the same as one JSON object\n"
	"  -h, --help  this text\n"
	"\n"
	"HWLOC_SYNTHETIC=\"pack:2 core:8 pu:2\" or HWLOC_XMLFILE=FILE show another machine.\n";

/* Prints a finished page. Returns the exit status. */
static int print(const struct par_text *text, int code)
{
	if (code == 0)
		code = par_text_status(text);
	if (code < 0)
		return par_usage_failed("topo", "%s", par_error_text(code));
	if (fputs(par_text_get(text), stdout) == EOF || fflush(stdout) == EOF)
		return par_usage_failed("topo", "cannot write: %s", par_error_text(-errno));
	return PAR_EXIT_OK;
}

static int show(bool as_json)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_text text = PAR_TEXT_INIT;
	int code = par_machine_init(&machine, &error);
	int status;

	if (code == -EINVAL || code == -ENOENT) /* a bad HWLOC_SYNTHETIC or HWLOC_XMLFILE */
		return par_usage_error("topo", "%s", error.text);
	if (code < 0)
		return par_usage_failed("topo", "%s", error.text);
	code = as_json ? par_topo_json(&text, &machine) : par_topo_text(&text, &machine);
	status = print(&text, code);
	par_text_fini(&text);
	par_machine_fini(&machine);
	return status;
}

int par_command_topo(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	bool as_json = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help_text, stdout) == EOF || fflush(stdout) == EOF
				       ? PAR_EXIT_FAILED
				       : PAR_EXIT_OK;
		if (option != 'j')
			return par_usage_option("topo", option, argc, argv);
		as_json = true;
	}
	if (optind != argc)
		return par_usage_error(
			"topo", "unexpected '%s'; see 'parbench topo --help'", argv[optind]);
	return show(as_json);
}
