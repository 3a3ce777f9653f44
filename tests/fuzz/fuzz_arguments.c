/*
 * The command line, an argument a line: the first names the command. What is wrong is told in one
 * line and ends with status 2; nothing is measured, and no run is reported.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare_options.h"
#include "fuzz.h"
#include "machine.h"
#include "present.h"
#include "run_options.h"
#include "visit.h"

#define ARGUMENTS_MAX 24

/* Linked in place of what would look at this machine, measure, and read a folder. */
int __wrap_par_machine_init(struct par_machine *machine, struct par_error *error);
int __wrap_par_visit_run(json_t **record, const struct par_visit_spec *spec);
int __wrap_par_present(const char *folder, struct par_error *error);

int __wrap_par_machine_init(struct par_machine *machine, struct par_error *error)
{
	unsigned pus = 4;

	(void)error;
	*machine = (struct par_machine)PAR_MACHINE_INIT;
	machine->pus = calloc(pus, sizeof *machine->pus);
	for (unsigned i = 0; i < pus; i++)
		machine->pus[i] = (struct par_pu){
			.os_index = (int)i, .core = i / 2, .smt_rank = i % 2, .allowed = true
		};
	machine->pu_count = machine->allowed_pus = pus;
	machine->cores = machine->allowed_cores = pus / 2;
	machine->packages = machine->numa_nodes = machine->kinds = 1;
	machine->memory_bytes = 1ULL << 33;
	machine->real = true;
	return 0;
}

int __wrap_par_visit_run(json_t **record, const struct par_visit_spec *spec)
{
	FUZZ_CHECK(spec->timed_ns <= INT64_MAX, "a timed region without end");
	for (unsigned i = 0; i < spec->cell->workers; i++)
		FUZZ_CHECK(spec->pus[i] >= -1 && spec->pus[i] <= 1 << 20, "PU %d", spec->pus[i]);
	*record = json_object();
	return 0;
}

int __wrap_par_present(const char *folder, struct par_error *error)
{
	(void)error;
	FUZZ_CHECK(folder != NULL, "no folder");
	return 0;
}

static int run_options(int argc, char **argv)
{
	struct par_run_options options;
	int status = par_run_options_read(&options, argc, argv);

	FUZZ_CHECK(status != 0 || options.help || options.budget_ns <= INT64_MAX, "budget");
	for (size_t i = 0; status == 0 && i < options.core_count; i++)
		FUZZ_CHECK(options.cores[i] >= 1 && options.cores[i] <= PAR_WORKERS_MAX, "cores");
	par_run_options_fini(&options);
	return status;
}

static int compare_options(int argc, char **argv)
{
	struct par_compare_options options;
	struct par_cell cell;
	int status = par_compare_options_read(&options, argc, argv);

	FUZZ_CHECK(status != 0 || (options.tolerance > 0 && options.tolerance <= 10),
		"tolerance %g", options.tolerance);
	FUZZ_CHECK(
		par_cell_parse(&cell, "scaling/primes/serial", par_catalogue_registry(), NULL) == 0,
		"no cell");
	if (status == 0)
		(void)par_compare_options_want(&options, &cell);
	return status;
}

static int call(int argc, char **argv)
{
	static char scratch[] = "--scratch=/nowhere";

	optind = 0; /* getopt begins anew */
	switch (argv[0][0]) {
	case 'c':
		if (argv[0][1] == 'o')
			return compare_options(argc, argv);
		argv[argc] = scratch; /* none is made */
		return par_command_cell(argc + 1, argv);
	case 't': return par_command_topo(argc, argv);
	case 'l': return par_command_list(argc, argv);
	case 'p': return par_command_report(argc, argv);
	default: return run_options(argc, argv);
	}
}

static void check_told(int status, const char *said)
{
	const char *end = strchr(said, '\n');

	FUZZ_CHECK(status == PAR_EXIT_OK || status == PAR_EXIT_USAGE, "exit %d: %s", status, said);
	if (status == PAR_EXIT_OK)
		FUZZ_CHECK(said[0] == '\0', "all is well, but: %s", said);
	else
		FUZZ_CHECK(strncmp(said, "parbench ", 9) == 0 && end != NULL && end[1] == '\0' &&
				   end - said > 20,
			"no clear line: %s", said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *said;
	char *argv[ARGUMENTS_MAX + 2];
	int argc = 0, status;

	for (char *rest = text; rest != NULL && argc < ARGUMENTS_MAX; argc++)
		argv[argc] = strsep(&rest, "\n");
	argv[argc] = argv[argc + 1] = NULL;
	fuzz_listen();
	status = call(argc, argv);
	said = fuzz_heard();
	check_told(status, said);
	free(said);
	free(text);
	return 0;
}
