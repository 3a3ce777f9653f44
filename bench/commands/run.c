/*
 * parbench run: plan, measure, decide, draw.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "present.h"
#include "session.h"
#include "usage.h"

#define BUDGET_MOST_NS   (720 * PAR_NS_PER_S) /* of a default run on any machine */
#define EXIT_INTERRUPTED 130                  /* as a shell reports a program that SIGINT ended */

static int make_plan(struct par_plan *plan, const struct par_run_options *options,
	const struct par_machine *machine, struct par_error *error)
{
	const struct par_registry *registry = par_catalogue_registry();
	struct par_choice choice = {
		.scale = options->scale,
		.cores = options->core_count > 0 ? options->cores : NULL,
		.core_count = options->core_count,
		.models = options->models != NULL ? options->models : registry->models,
		.workloads = options->workloads != NULL ? options->workloads : registry->workloads,
	};
	const struct par_experiment *const *experiments =
		options->experiments != NULL ? options->experiments : par_catalogue_experiments();
	int status = 0;

	for (size_t i = 0; status == 0 && experiments[i] != NULL; i++)
		status = experiments[i]->plan(plan, machine, &choice);
	if (status < 0)
		return par_fail(error, status, "the plan: %s", par_error_text(status));
	if (plan->count == 0)
		return par_fail(error, -EINVAL,
			"nothing to measure: no experiment of the choice has cells for these "
			"workloads, models and core counts ('parbench list')");
	return 0;
}

/* What a round costs by the workloads' declared costs; *runnable cells can run here. */
static uint64_t round_estimate_ns(const struct par_plan *plan, size_t *runnable)
{
	uint64_t round_ns = 0;

	*runnable = 0;
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->cells[i].skip != NULL)
			continue;
		round_ns += par_cell_visit_estimate_ns(&plan->cells[i].cell);
		++*runnable;
	}
	return round_ns;
}

/* A larger machine has more cells: the default budget grows with what an interval of each needs. */
static void stretch_budget(struct par_run_options *options, const struct par_plan *plan)
{
	size_t runnable;
	uint64_t needed = PAR_ROUNDS_MIN * round_estimate_ns(plan, &runnable);

	if (options->has_budget || options->scale != PAR_SCALE_DEFAULT)
		return;
	if (needed > options->budget_ns)
		options->budget_ns = needed < BUDGET_MOST_NS ? needed : BUDGET_MOST_NS;
}

static void print_estimate(const struct par_plan *plan, const struct par_run_options *options)
{
	size_t runnable;
	uint64_t round_ns = round_estimate_ns(plan, &runnable);
	double whole = (double)round_ns * PAR_ROUNDS_MIN / 1e9, estimate;

	estimate =
		whole < (double)options->budget_ns / 1e9 ? whole : (double)options->budget_ns / 1e9;
	if (estimate < (double)round_ns / 1e9)
		estimate = (double)round_ns / 1e9;
	printf("\n%zu cells, %zu can run here. Estimated time: about %.0f s (budget %.0f s;\n"
	       "%d rounds, which an interval needs, would take about %.0f s).\n",
		plan->count, runnable, estimate, (double)options->budget_ns / 1e9, PAR_ROUNDS_MIN,
		whole);
}

static int dry_run(const struct par_plan *plan, const struct par_run_options *options)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct par_planned *planned = &plan->cells[i];

		if (planned->skip != NULL)
			printf("%s  (skipped: %s)\n", planned->cell.id, planned->skip);
		else
			puts(planned->cell.id);
	}
	print_estimate(plan, options);
	return fflush(stdout) == 0 ? PAR_EXIT_OK : PAR_EXIT_FAILED;
}

/* Bad input and a folder in the way are the person's to mend; the rest is ours or the machine's. */
static int exit_status(int status)
{
	switch (status) {
	case 0: return PAR_EXIT_OK;
	case -EINVAL:
	case -EEXIST:
	case -EBUSY:
	case -EXDEV:
	case -EPROTO:
	case -ENOENT: return PAR_EXIT_USAGE;
	case -ECANCELED: return EXIT_INTERRUPTED;
	default: return PAR_EXIT_FAILED;
	}
}

static int measure(struct par_plan *plan, const struct par_run_options *options,
	const char *const *command, const struct par_machine *machine)
{
	struct par_session session = PAR_SESSION_INIT;
	struct par_error error = PAR_ERROR_INIT;
	char *folder = NULL;
	int status;

	if (options->resume)
		status = par_session_resume(&session, options, command, machine, &error);
	else
		status = par_session_begin(&session, options, command, machine, plan, &error);
	if (status == 0)
		status = par_session_measure(&session, &error);
	if (session.folder != NULL)
		folder = strdup(session.folder);
	par_session_close(&session);
	if (status == 0)
		status = folder == NULL ? -ENOMEM : par_present(folder, &error);
	if (status < 0)
		fprintf(stderr, "parbench run: %s\n",
			error.text[0] != '\0' ? error.text : par_error_text(status));
	free(folder);
	return exit_status(status);
}

static int on_machine(struct par_run_options *options, const char *const *command,
	const struct par_machine *machine)
{
	struct par_plan plan = PAR_PLAN_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int status = 0;

	if (!machine->real && !options->dry_run)
		return par_usage_error("run", "HWLOC_SYNTHETIC or HWLOC_XMLFILE describes another "
					      "machine: nothing can be "
					      "measured on it; add --dry-run");
	if (!options->resume)
		status = make_plan(&plan, options, machine, &error);
	stretch_budget(options, &plan);
	if (status < 0) {
		fprintf(stderr, "parbench run: %s\n", error.text);
		status = exit_status(status);
	} else if (options->dry_run) {
		status = dry_run(&plan, options);
	} else {
		status = measure(&plan, options, command, machine);
	}
	par_plan_fini(&plan);
	return status;
}

static void free_command(char **command, int argc)
{
	for (int i = 0; command != NULL && i <= argc; i++)
		free(command[i]);
	free(command);
}

/* A copy of the command line as it was typed: getopt reorders and list options cut argv. */
static char **copy_command(int argc, char **argv)
{
	char **copy = calloc((size_t)argc + 2, sizeof *copy);

	if (copy == NULL)
		return NULL;
	copy[0] = strdup("parbench");
	for (int i = 0; i < argc; i++)
		copy[i + 1] = strdup(argv[i]);
	for (int i = 0; i <= argc; i++) {
		if (copy[i] == NULL) {
			free_command(copy, argc);
			return NULL;
		}
	}
	return copy;
}

int par_command_run(int argc, char **argv)
{
	struct par_run_options options;
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	char **command = copy_command(argc, argv);
	int status = par_run_options_read(&options, argc, argv);

	if (status == 0 && options.help)
		fputs(par_run_options_help, stdout);
	else if (status == 0 && par_machine_init(&machine, &error) < 0)
		status = par_usage_failed("run", "%s", error.text);
	else if (status == 0 && command == NULL)
		status = par_usage_failed("run", "no memory");
	else if (status == 0)
		status = on_machine(&options, (const char *const *)command, &machine);
	par_machine_fini(&machine);
	par_run_options_fini(&options);
	free_command(command, argc);
	return status;
}
