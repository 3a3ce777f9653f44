/*
 * parbench doctor: what on this machine disturbs measurement, and what to do about it.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../catalogue.h"
#include "commands.h"
#include "doctor_json.h"
#include "doctor_text.h"
#include "usage.h"

#define COLUMNS 80 /* where standard output is no terminal */
#define SCHEMA  1  /* of --json */

static const char help_text[] =
	"Usage: parbench doctor [--all] [--json]\n"
	"\n"
	"Shows what on this machine disturbs measurement, how much it matters, the\n"
	"commands that mend it, and those that restore what is set now. It changes\n"
	"nothing itself. What matters most comes first:\n"
	"  much      changes which model wins, or times by more than some 10 %\n"
	"  some      some percent, or some kinds of work only\n"
	"  little    about the width of an interval, or a comfort that is missing\n"
	"Note the restoring commands before you mend: they hold the values of now. In a\n"
	"container, both are for its host.\n"
	"\n"
	"  --all       also what is good, and what cannot be known here\n"
	"  --json      the same as one JSON object\n"
	"  -h, --help  this text\n"
	"\n"
	"Exit status: 0 nothing disturbs much, 1 something disturbs much, 2 unusable\n"
	"input, 3 it could not be looked at.\n";

struct doctor_options {
	bool all, json, help;
};

static int read_options(struct doctor_options *options, int argc, char **argv)
{
	static const struct option names[] = { { "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	int option;

	*options = (struct doctor_options){ 0 };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
		switch (option) {
		case 'a': options->all = true; break;
		case 'j': options->json = true; break;
		case 'h': options->help = true; return PAR_EXIT_OK;
		default: return par_usage_option("doctor", option, argc, argv);
		}
	}
	if (optind != argc)
		return par_usage_error(
			"doctor", "unexpected '%s'; see 'parbench doctor --help'", argv[optind]);
	return PAR_EXIT_OK;
}

/* Workers of the widest cell that a plain `parbench run` measures here; 0 where it has no plan. */
static unsigned widest_cell(const struct par_machine *machine)
{
	const struct par_registry *registry = par_catalogue_registry();
	const struct par_experiment *const *experiments = par_catalogue_experiments();
	struct par_choice choice = { .scale = PAR_SCALE_DEFAULT,
		.models = registry->models,
		.workloads = registry->workloads };
	struct par_plan plan = PAR_PLAN_INIT;
	unsigned widest = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && experiments[i] != NULL; i++)
		status = experiments[i]->plan(&plan, machine, &choice);
	for (size_t i = 0; i < plan.count; i++)
		if (plan.cells[i].skip == NULL && plan.cells[i].cell.workers > widest)
			widest = plan.cells[i].cell.workers;
	par_plan_fini(&plan);
	return widest;
}

static unsigned terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
									       : COLUMNS;
}

static json_t *whole_json(const struct par_doctor *doctor)
{
	return json_pack("{s:i, s:{s:I, s:I, s:I}, s:o}", "schema", SCHEMA, "disturbs", "much",
		(json_int_t)par_doctor_count(doctor, PAR_DOCTOR_MUCH), "some",
		(json_int_t)par_doctor_count(doctor, PAR_DOCTOR_SOME), "little",
		(json_int_t)par_doctor_count(doctor, PAR_DOCTOR_LITTLE), "checks",
		par_doctor_json(doctor));
}

static bool print_json(const struct par_doctor *doctor)
{
	json_t *json = whole_json(doctor);
	bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0 &&
		       putchar('\n') != EOF;

	json_decref(json);
	return printed;
}

static bool print_text(const struct par_doctor *doctor, bool all)
{
	struct par_text text = PAR_TEXT_INIT;
	bool printed;

	par_doctor_text(&text, doctor, terminal_columns(), all);
	printed = par_text_status(&text) == 0 && fputs(par_text_get(&text), stdout) != EOF;
	par_text_fini(&text);
	return printed;
}

static int failed(const char *what, int status)
{
	par_usage_failed("doctor", "%s: %s", what, par_error_text(status));
	return PAR_EXIT_NOT_EXAMINED;
}

static int examine(const struct par_machine *machine, const struct doctor_options *options)
{
	struct par_doctor doctor = PAR_DOCTOR_INIT;
	char *folder = getcwd(NULL, 0); /* runs make their folders below it */
	int status = par_doctor_examine_here(&doctor, widest_cell(machine), folder);
	bool printed;

	free(folder);
	if (status < 0)
		return failed("this machine", status);
	printed = options->json ? print_json(&doctor) : print_text(&doctor, options->all);
	if (!printed || fflush(stdout) == EOF)
		status = failed("standard output", errno != 0 ? -errno : -EIO);
	else
		status = par_doctor_count(&doctor, PAR_DOCTOR_MUCH) > 0 ? PAR_EXIT_DISTURBED
									: PAR_EXIT_OK;
	par_doctor_fini(&doctor);
	return status;
}

int par_command_doctor(int argc, char **argv)
{
	struct doctor_options options;
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int status = read_options(&options, argc, argv);

	if (status != PAR_EXIT_OK)
		return status;
	if (options.help)
		return fputs(help_text, stdout) == EOF || fflush(stdout) == EOF
			       ? PAR_EXIT_NOT_EXAMINED
			       : PAR_EXIT_OK;
	if (getenv("HWLOC_SYNTHETIC") != NULL || getenv("HWLOC_XMLFILE") != NULL)
		return par_usage_error("doctor",
			"HWLOC_SYNTHETIC or HWLOC_XMLFILE describes another machine, and only this "
			"one can be looked at; unset it");
	if (par_machine_init(&machine, &error) < 0) {
		par_usage_failed("doctor", "%s", error.text);
		return PAR_EXIT_NOT_EXAMINED;
	}
	status = examine(&machine, &options);
	par_machine_fini(&machine);
	return status;
}
