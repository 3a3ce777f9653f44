/* parbench topo: the machine as placement sees it. */
#include "topo.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "commands.h"
#include "usage.h"

static const char help_text[] =
	"Usage: parbench topo [--distance] [--json]\n"
	"\n"
	"Shows the machine as placement sees it: packages, NUMA nodes, caches, cores, SMT\n"
	"siblings and cpukinds; the cpuset and the quota that apply; the order in which\n"
	"workers are pinned; and the core counts that are measured.\n"
	"\n"
	"  --distance  measure, in at most two seconds, how long a cache line takes from each\n"
	"              PU to each other and back\n"
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

/* What there is to show. */
struct view {
	bool as_json, with_distance;
};

static int measure(struct par_distance *distance, const struct par_machine *machine)
{
	int code = par_distance_init(distance, machine);

	return code < 0 ? code
			: par_distance_measure(
				  distance, machine, &par_distance_here, PAR_DISTANCE_BUDGET_NS);
}

static int compose(
	struct par_text *text, const struct par_machine *machine, const struct view *view)
{
	struct par_distance distance = PAR_DISTANCE_INIT;
	int code = view->with_distance ? measure(&distance, machine) : 0;

	if (code == 0 && view->as_json)
		code = par_topo_json(text, machine, view->with_distance ? &distance : NULL);
	else if (code == 0)
		code = par_topo_text(text, machine);
	if (code == 0 && view->with_distance && !view->as_json)
		code = par_topo_distance(text, machine, &distance);
	par_distance_fini(&distance);
	return code;
}

static int show(const struct view *view)
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
	if (view->with_distance && !machine.real) {
		par_machine_fini(&machine);
		return par_usage_error("topo",
			"HWLOC_SYNTHETIC or HWLOC_XMLFILE describes another machine: nothing can "
			"be measured on it; leave out --distance");
	}
	code = compose(&text, &machine, view);
	status = print(&text, code);
	par_text_fini(&text);
	par_machine_fini(&machine);
	return status;
}

int par_command_topo(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' },
		{ "distance", no_argument, NULL, 'd' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct view view = { false, false };
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help_text, stdout) == EOF || fflush(stdout) == EOF
				       ? PAR_EXIT_FAILED
				       : PAR_EXIT_OK;
		if (option != 'j' && option != 'd')
			return par_usage_option("topo", option, argc, argv);
		view.as_json |= option == 'j';
		view.with_distance |= option == 'd';
	}
	if (optind != argc)
		return par_usage_error(
			"topo", "unexpected '%s'; see 'parbench topo --help'", argv[optind]);
	return show(&view);
}
