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
#include "metric.h"
#include "usage.h"

static const char help_text[] =
	"Usage: parbench list [--json]\n"
	"Shows models, workloads and experiments; one that cannot run here says why. Below each\n"
	"stand its parameters with their defaults, the variants that a cell may name, and what it\n"
	"measures besides the time.\n\n"
	"  --json    the same as data: arrays models, workloads, experiments\n"
	"  --help    this text\n";

/* One line of the list, and what stands below it. Members that do not apply are NULL. */
struct entry {
	const char *name, *summary, *reason;
	const char *kind; /* what it is bound by */
	const struct par_param *params;
	const struct par_variant *variants;
	const struct par_measure_kind *measures, *traced;
	const char *question, *teaches;
};

static struct entry model_entry(const struct par_model *model, const struct par_machine *machine)
{
	return (struct entry){ .name = model->name,
		.summary = model->summary,
		.variants = model->variants,
		.measures = model->measures,
		.reason = model->unavailable != NULL ? model->unavailable(machine) : NULL };
}

static struct entry workload_entry(const struct par_workload *workload)
{
	return (struct entry){ .name = workload->name,
		.summary = workload->summary,
		.kind = par_bound_name(workload->bound),
		.params = workload->params,
		.variants = workload->variants,
		.measures = workload->measures,
		.traced = workload->traced,
		.reason = workload->unavailable != NULL ? workload->unavailable() : NULL };
}

static struct entry experiment_entry(const struct par_experiment *experiment)
{
	return (struct entry){ .name = experiment->name,
		.summary = experiment->summary,
		.question = experiment->question,
		.teaches = experiment->lesson != NULL ? experiment->lesson->teaches : NULL };
}

static const char *variant_reason(const struct par_variant *variant)
{
	return variant->unavailable != NULL ? variant->unavailable() : NULL;
}

static bool is_lossy(const struct par_variant *variant)
{
	return (variant->traits & PAR_VARIANT_LOSSY) != 0;
}

static void print_variants(const struct par_variant *variant)
{
	for (; variant != NULL && variant->name != NULL; variant++) {
		const char *reason = variant_reason(variant);

		printf("    variant %s: %s%s\n", variant->name, variant->summary,
			is_lossy(variant) ? " (wrong on purpose)" : "");
		if (reason != NULL)
			printf("      not here: %s\n", reason);
	}
}

static void print_measures(const char *verb, const struct par_measure_kind *measures, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("    %s %s: %s (%s)\n", verb, measures[i].name, measures[i].summary,
			par_metric_unit(measures[i].unit));
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
	print_variants(entry->variants);
	print_measures("measures", entry->measures, par_measure_count(entry->measures));
	print_measures("traces", entry->traced, entry->traced != NULL);
	if (entry->question != NULL)
		printf("    asks: %s\n", entry->question);
	if (entry->teaches != NULL)
		printf("    teaches: %s\n", entry->teaches);
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
		struct entry entry = experiment_entry(par_catalogue_experiments()[i]);

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

static json_t *variants_json(const struct par_variant *variant)
{
	json_t *list = json_array();

	for (; list != NULL && variant != NULL && variant->name != NULL; variant++) {
		const char *reason = variant_reason(variant);
		json_t *json = json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", variant->name,
			"label", variant->label, "summary", variant->summary, "lossy",
			(int)is_lossy(variant), "available", reason == NULL);

		if (reason != NULL)
			json_object_set_new(json, "reason", json_string(reason));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *measures_json(const struct par_measure_kind *measures, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < count; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "name", measures[i].name, "summary",
				measures[i].summary, "unit", par_metric_unit(measures[i].unit)));
	return list;
}

/* What models and workloads have, and experiments have not. */
static json_t *subject_json(json_t *json, const struct entry *entry)
{
	json_object_set_new(json, "variants", variants_json(entry->variants));
	json_object_set_new(json, "measures",
		measures_json(entry->measures, par_measure_count(entry->measures)));
	if (entry->kind != NULL) {
		json_object_set_new(json, "bound", json_string(entry->kind));
		json_object_set_new(json, "params", params_json(entry->params));
		json_object_set_new(
			json, "traces", measures_json(entry->traced, entry->traced != NULL));
	}
	return json;
}

static json_t *entry_json(const struct entry *entry)
{
	json_t *json = json_pack("{s:s, s:s, s:b}", "name", entry->name, "summary", entry->summary,
		"available", entry->reason == NULL);

	if (entry->reason != NULL)
		json_object_set_new(json, "reason", json_string(entry->reason));
	if (entry->question == NULL)
		return subject_json(json, entry);
	json_object_set_new(json, "question", json_string(entry->question));
	json_object_set_new(json, "teaches",
		entry->teaches != NULL ? json_string(entry->teaches) : json_null());
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
		struct entry entry = experiment_entry(par_catalogue_experiments()[i]);

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
