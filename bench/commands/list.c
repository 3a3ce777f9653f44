/*
 * parbench list: what can be measured, and what cannot run here and why.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "commands.h"
#include "usage.h"

static const char help_text[] =
	"Usage: parbench list [--json]\n"
	"Shows models, workloads and experiments; one that cannot run here says why.\n\n"
	"  --json    the same as data: arrays models, workloads, experiments\n"
	"  --help    this text\n";

/* One line of the list. `kind` is what it is bound by, or NULL. */
struct entry {
	const char *name, *summary, *kind, *reason;
	const struct par_param *params;
};

static struct entry model_entry(const struct par_model *model, const struct par_machine *machine)
{
	return (struct entry){ .name = model->name,
		.summary = model->summary,
		.reason = model->unavailable != NULL ? model->unavailable(machine) : NULL };
}

static struct entry workload_entry(const struct par_workload *workload)
{
	return (struct entry){ .name = workload->name,
		.summary = workload->summary,
		.kind = par_bound_name(workload->bound),
		.params = workload->params,
		.reason = workload->unavailable != NULL ? workload->unavailable() : NULL };
}

static void print_entry(const struct entry *entry)
{
	printf("  %-18s %s%s%s%s\n", entry->name, entry->kind != NULL ? "[" : "",
		entry->kind != NULL ? entry->kind : "", entry->kind != NULL ? "] " : "",
		entry->summary);
	for (const struct par_param *param = entry->params; param != NULL && param->name != NULL;
		param++)
		printf("    %18s %s (%llu)\n", param->name, param->summary,
			(unsigned long long)param->value);
	if (entry->reason != NULL)
		printf("    not here: %s\n", entry->reason);
}

static void print_all(const struct par_machine *machine)
{
	const struct par_registry *registry = par_catalogue_registry();

	puts("Models: who runs the tasks");
	for (size_t i = 0; registry->models[i] != NULL; i++) {
		struct entry entry = model_entry(registry->models[i], machine);

		print_entry(&entry);
	}
	puts("\nWorkloads: what a task does (parameters with their defaults below)");
	for (size_t i = 0; registry->workloads[i] != NULL; i++) {
		struct entry entry = workload_entry(registry->workloads[i]);

		print_entry(&entry);
	}
	puts("\nExperiments: what is asked");
	for (size_t i = 0; par_catalogue_experiments()[i] != NULL; i++) {
		const struct par_experiment *experiment = par_catalogue_experiments()[i];
		struct entry entry = { .name = experiment->name, .summary = experiment->summary };

		print_entry(&entry);
	}
}

static json_t *params_json(const struct par_param *params)
{
	json_t *list = json_array();

	for (; list != NULL && params != NULL && params->name != NULL; params++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:I, s:I, s:I}", "name", params->name, "summary",
				params->summary, "default", (json_int_t)params->value, "low",
				(json_int_t)params->low, "high", (json_int_t)params->high));
	return list;
}

static json_t *entry_json(const struct entry *entry)
{
	json_t *json = json_pack("{s:s, s:s, s:b}", "name", entry->name, "summary", entry->summary,
		"available", entry->reason == NULL);

	if (entry->reason != NULL)
		json_object_set_new(json, "reason", json_string(entry->reason));
	if (entry->kind != NULL) {
		json_object_set_new(json, "bound", json_string(entry->kind));
		json_object_set_new(json, "params", params_json(entry->params));
	}
	return json;
}

static json_t *list_json(const struct par_machine *machine)
{
	const struct par_registry *registry = par_catalogue_registry();
	json_t *models = json_array(), *workloads = json_array(), *experiments = json_array();

	for (size_t i = 0; registry->models[i] != NULL; i++) {
		struct entry entry = model_entry(registry->models[i], machine);

		json_array_append_new(models, entry_json(&entry));
	}
	for (size_t i = 0; registry->workloads[i] != NULL; i++) {
		struct entry entry = workload_entry(registry->workloads[i]);

		json_array_append_new(workloads, entry_json(&entry));
	}
	for (size_t i = 0; par_catalogue_experiments()[i] != NULL; i++) {
		const struct par_experiment *experiment = par_catalogue_experiments()[i];
		struct entry entry = { .name = experiment->name, .summary = experiment->summary };

		json_array_append_new(experiments, entry_json(&entry));
	}
	return json_pack("{s:o, s:o, s:o}", "models", models, "workloads", workloads, "experiments",
		experiments);
}

static int print_json(const struct par_machine *machine)
{
	json_t *json = list_json(machine);
	bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0 &&
		       putchar('\n') != EOF;

	json_decref(json);
	return printed ? PAR_EXIT_OK : PAR_EXIT_FAILED;
}

int par_command_list(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct par_machine machine = PAR_MACHINE_INIT;
	struct par_error error = PAR_ERROR_INIT;
	bool as_json = false;
	int option, status = PAR_EXIT_OK;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help_text, stdout);
			return PAR_EXIT_OK;
		}
		if (option != 'j')
			return par_usage_option("list", option, argc, argv);
		as_json = true;
	}
	if (optind != argc)
		return par_usage_error(
			"list", "unexpected '%s'; see 'parbench list --help'", argv[optind]);
	if (par_machine_init(&machine, &error) < 0)
		return par_usage_failed("list", "%s", error.text);
	if (as_json)
		status = print_json(&machine);
	else
		print_all(&machine);
	par_machine_fini(&machine);
	return fflush(stdout) == 0 ? status : PAR_EXIT_FAILED;
}
