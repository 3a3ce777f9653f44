#include "run_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "commands.h"
#include "parse.h"
#include "usage.h"

#define LIST_MAX 256

const char par_run_options_help[] =
	"Usage: parbench run [OPTION]...\n"
	"Measures which parallelism model wins for which workload, on how many cores, and\n"
	"writes a report.\n\n"
	"Ctrl-C, or a closed terminal, ends it after the visit under way, with a report of what\n"
	"there is; Ctrl-C twice ends it at once, without one. SIGTERM drops the visit and writes\n"
	"the report. Ctrl-Z pauses it: the time away costs no budget. After a crash, a kill or a\n"
	"full disk, --resume goes on where it was.\n\n"
	"  --quick             small jobs, few core counts, under two minutes\n"
	"  --full              large jobs, about half an hour\n"
	"  --budget DUR        time for measuring (90s, 5m, 1h); default 6m (to 12m where\n"
	"                      many cores need it), quick 100s, full 30m; the first round is\n"
	"                      always whole\n"
	"  --cores LIST        core counts, as 1,2,4; more than there are oversubscribes\n"
	"  --models LIST       only these models, and serial, the base of speedups\n"
	"  --workloads LIST    only these workloads\n"
	"  --experiments LIST  only these experiments\n"
	"  --output DIR        the folder of this run; default: a new one in --results\n"
	"  --results DIR       the folder that holds runs and the link 'latest' (results)\n"
	"  --resume            go on with the run in --output, or the latest\n"
	"  --seed N            decides the order of visits; default: from the clock\n"
	"  --dry-run           print the cells and the estimated time, measure nothing\n"
	"  --help              this text\n";

/* One list option: how to find an item by its name. */
typedef const void *find_fn(const char *name, struct par_error *error);

static const void *find_model(const char *name, struct par_error *error)
{
	const struct par_model *model;

	par_cell_find_model(&model, par_catalogue_registry(), name, error);
	return model;
}

static const void *find_workload(const char *name, struct par_error *error)
{
	const struct par_workload *workload;

	par_cell_find_workload(&workload, par_catalogue_registry(), name, error);
	return workload;
}

static const void *find_experiment(const char *name, struct par_error *error)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();

	for (size_t i = 0; experiments[i] != NULL; i++) {
		if (strcmp(experiments[i]->name, name) == 0)
			return experiments[i];
	}
	par_fail(error, -EINVAL, "unknown experiment '%s': 'parbench list' shows them", name);
	return NULL;
}

static bool holds(const void *const *items, size_t count, const void *item)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i] == item)
			return true;
	}
	return false;
}

/* Reads "a,b" into a new list that ends with NULL. An item named twice is there once. */
static int read_names(
	const void ***out, char *text, const char *what, find_fn *find, struct par_error *error)
{
	const char *names[LIST_MAX];
	const void **items = calloc(LIST_MAX + 1, sizeof *items);
	int count = items == NULL ? -ENOMEM : par_parse_list(text, names, LIST_MAX, what, error);
	size_t kept = 0;

	for (int i = 0; i < count; i++) {
		const void *item = find(names[i], error);

		if (item == NULL) {
			count = -EINVAL;
			break;
		}
		if (!holds(items, kept, item))
			items[kept++] = item;
	}
	if (count < 0) {
		free(items);
		return count;
	}
	free(*out);
	*out = items;
	return 0;
}

static int by_size(const void *left, const void *right)
{
	unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;

	return (a > b) - (a < b);
}

static int read_cores(struct par_run_options *options, char *text, struct par_error *error)
{
	const char *items[PAR_CORES_ASKED_MAX];
	int count = par_parse_list(text, items, PAR_CORES_ASKED_MAX, "--cores", error);

	for (int i = 0; i < count; i++) {
		uint64_t cores;
		int status = par_parse_u64(&cores, items[i], 1, PAR_WORKERS_MAX, "--cores", error);

		if (status < 0)
			return status;
		options->cores[i] = (unsigned)cores;
	}
	if (count < 0)
		return count;
	qsort(options->cores, (size_t)count, sizeof options->cores[0], by_size);
	options->core_count = (size_t)count;
	return 0;
}

static int read_value(
	struct par_run_options *options, int option, char *value, struct par_error *error)
{
	switch (option) {
	case 'c': return read_cores(options, value, error);
	case 'm':
		return read_names((const void ***)(void *)&options->models, value, "--models",
			find_model, error);
	case 'w':
		return read_names((const void ***)(void *)&options->workloads, value, "--workloads",
			find_workload, error);
	case 'e':
		return read_names((const void ***)(void *)&options->experiments, value,
			"--experiments", find_experiment, error);
	case 'b':
		options->has_budget = true;
		return par_parse_duration(&options->budget_ns, value, "--budget", error);
	case 's':
		options->has_seed = true;
		return par_parse_u64(&options->seed, value, 0, INT64_MAX, "--seed", error);
	case 'o': options->output = value; break;
	case 'r': options->results = value; break;
	default: break;
	}
	if (value[0] == '\0')
		return par_fail(error, -EINVAL, "%s needs the name of a folder",
			option == 'o' ? "--output" : "--results");
	return 0;
}

/* Speedups need their base: the serial models join whatever was asked for. */
static void add_base(struct par_run_options *options)
{
	const struct par_model *const *all = par_catalogue_registry()->models;
	size_t count = 0;

	while (options->models[count] != NULL)
		count++;
	for (size_t i = 0; all[i] != NULL && count < LIST_MAX; i++) {
		if ((all[i]->traits & PAR_TRAIT_SERIAL) != 0 &&
			!holds((const void *const *)options->models, count, all[i]))
			options->models[count++] = all[i];
	}
}

/* What was not asked for: everything, with the budget of the scale. */
static int fill_in(struct par_run_options *options)
{
	static const uint64_t budgets[PAR_SCALES] = {
		[PAR_SCALE_QUICK] = 100 * PAR_NS_PER_S,
		[PAR_SCALE_DEFAULT] = 360 * PAR_NS_PER_S,
		[PAR_SCALE_FULL] = 1800 * PAR_NS_PER_S,
	};

	if (options->models != NULL)
		add_base(options);
	if (!options->has_budget)
		options->budget_ns = budgets[options->scale];
	if (options->results == NULL)
		options->results = "results";
	if (!options->has_seed)
		options->seed = par_wall_ns() & INT64_MAX;
	return 0;
}

static int flag(struct par_run_options *options, int option)
{
	switch (option) {
	case 'Q': options->scale = PAR_SCALE_QUICK; return 1;
	case 'F': options->scale = PAR_SCALE_FULL; return 1;
	case 'R': options->resume = true; return 1;
	case 'D': options->dry_run = true; return 1;
	case 'h': options->help = true; return 1;
	default: return 0;
	}
}

static int check(
	const struct par_run_options *options, int argc, char **argv, bool quick, bool full)
{
	if (optind != argc)
		return par_usage_error(
			"run", "unexpected '%s'; see 'parbench run --help'", argv[optind]);
	if (quick && full)
		return par_usage_error("run", "--quick and --full exclude each other");
	if (options->resume && options->dry_run)
		return par_usage_error("run", "--resume and --dry-run exclude each other");
	if (options->resume && (quick || full || options->core_count > 0 ||
				       options->models != NULL || options->workloads != NULL ||
				       options->experiments != NULL || options->has_seed))
		return par_usage_error("run",
			"--resume goes on with the plan and the seed of the run; leave --quick, "
			"--full, --cores, --models, --workloads, --experiments and --seed out");
	return 0;
}

int par_run_options_read(struct par_run_options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "quick", no_argument, NULL, 'Q' },
		{ "full", no_argument, NULL, 'F' },
		{ "budget", required_argument, NULL, 'b' },
		{ "cores", required_argument, NULL, 'c' },
		{ "models", required_argument, NULL, 'm' },
		{ "workloads", required_argument, NULL, 'w' },
		{ "experiments", required_argument, NULL, 'e' },
		{ "output", required_argument, NULL, 'o' },
		{ "results", required_argument, NULL, 'r' },
		{ "resume", no_argument, NULL, 'R' },
		{ "seed", required_argument, NULL, 's' },
		{ "dry-run", no_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct par_error error = PAR_ERROR_INIT;
	bool quick = false, full = false;
	int option;

	*options = (struct par_run_options){ .scale = PAR_SCALE_DEFAULT };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
		if (option == '?' || option == ':')
			return par_usage_option("run", option, argc, argv);
		quick |= option == 'Q';
		full |= option == 'F';
		if (!flag(options, option) && read_value(options, option, optarg, &error) < 0)
			return par_usage_error(
				"run", "%s", error.text[0] != '\0' ? error.text : "no memory");
	}
	if (options->help)
		return 0;
	option = check(options, argc, argv, quick, full);
	return option != 0 ? option : fill_in(options);
}

void par_run_options_fini(struct par_run_options *options)
{
	free(options->models);
	free(options->workloads);
	free(options->experiments);
	*options = (struct par_run_options){ .models = NULL };
}
