#include "compare_options.h"

#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "commands.h"
#include "parse.h"
#include "usage.h"

#define TOLERANCE       0.05
#define TOLERANCE_LEAST 0.001
#define TOLERANCE_MOST  10.0

const char par_compare_options_help[] =
	"Usage: parbench compare [OPTION]... BASE NEW [NEW]...\n"
	"Tells what became slower between runs. BASE and NEW are folders of runs\n"
	"(results/ID, results/latest); each NEW is compared with BASE, cell by cell.\n\n"
	"  --fail-above SHARE  the slowdown that may pass, as 5% (default) or 0.05\n"
	"  --models LIST       only these models\n"
	"  --workloads LIST    only these workloads\n"
	"  --experiments LIST  only these experiments\n"
	"  --cells LIST        only cells whose id matches, as 'scaling/sha256/*/cores=2/*'\n"
	"  --all               show ties and what is not judged, too\n"
	"  --force             compare although the machines differ\n"
	"  --json              print comparison.json instead of the table\n"
	"  --markdown          print Markdown instead of the table\n"
	"  --output DIR        write comparison.json, .md, .svg and .png to DIR as well\n"
	"  --help              this text\n\n"
	"Exit status: 0 no cell is slower than SHARE; 1 a regression, or a cell that is\n"
	"wrong or fails only in NEW; 2 unusable input; 3 nothing could be compared;\n"
	"4 not sure: no regression was found, but some cells may hide one.\n";

/* One list option: whether a name exists. Returns 0 or -EINVAL with `error`. */
typedef int check_fn(const char *name, struct par_error *error);

static int check_model(const char *name, struct par_error *error)
{
	const struct par_model *model;

	return par_cell_find_model(&model, par_catalogue_registry(), name, error);
}

static int check_workload(const char *name, struct par_error *error)
{
	const struct par_workload *workload;

	return par_cell_find_workload(&workload, par_catalogue_registry(), name, error);
}

static int check_experiment(const char *name, struct par_error *error)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();

	for (size_t i = 0; experiments[i] != NULL; i++)
		if (strcmp(experiments[i]->name, name) == 0)
			return 0;
	return par_fail(
		error, -EINVAL, "unknown experiment '%s': 'parbench list' shows them", name);
}

static int read_names(struct par_names_asked *names, char *text, const char *what, check_fn *check,
	struct par_error *error)
{
	int count = par_parse_list(text, names->items, PAR_NAMES_ASKED_MAX, what, error);
	int status = count < 0 ? count : 0;

	for (int i = 0; i < count && status == 0; i++)
		status = check == NULL ? 0 : check(names->items[i], error);
	names->count = status == 0 ? (size_t)count : 0;
	return status;
}

/* "5%", "5 %" or "0.05". */
static int read_share(double *out, const char *text, struct par_error *error)
{
	char *end;
	double value = strtod(text, &end);
	const char *rest = end + strspn(end, " ");
	bool percent = *rest == '%';

	if (end == text || rest[percent] != '\0' || !isfinite(value))
		return par_fail(
			error, -EINVAL, "--fail-above '%s' is no share; write 5%% or 0.05", text);
	if (!percent && value >= 1.0) /* who writes 5 hardly means 500 % */
		return par_fail(error, -ERANGE,
			"--fail-above '%s' would be %g %%; write %% behind it if that is meant",
			text, 100.0 * value);
	*out = percent ? value / 100.0 : value;
	if (!(*out >= TOLERANCE_LEAST && *out <= TOLERANCE_MOST))
		return par_fail(error, -ERANGE,
			"--fail-above '%s' is not between 0.1%% and 1000%%; 5%% is 0.05", text);
	return 0;
}

static int read_value(
	struct par_compare_options *options, int option, char *value, struct par_error *error)
{
	switch (option) {
	case 'f': return read_share(&options->tolerance, value, error);
	case 'm': return read_names(&options->models, value, "--models", check_model, error);
	case 'w':
		return read_names(&options->workloads, value, "--workloads", check_workload, error);
	case 'e':
		return read_names(
			&options->experiments, value, "--experiments", check_experiment, error);
	case 'c': return read_names(&options->patterns, value, "--cells", NULL, error);
	case 'o': options->output = value; break;
	default: break;
	}
	if (value[0] == '\0')
		return par_fail(error, -EINVAL, "--output needs the name of a folder");
	return 0;
}

static bool flag(struct par_compare_options *options, int option)
{
	switch (option) {
	case 'A': options->all = true; return true;
	case 'F': options->force = true; return true;
	case 'j': options->json = true; return true;
	case 'M': options->markdown = true; return true;
	case 'h': options->help = true; return true;
	default: return false;
	}
}

static int read_folders(struct par_compare_options *options, int argc, char **argv)
{
	int count = argc - optind;

	if (options->json && options->markdown)
		return par_usage_error("compare",
			"--json and --markdown exclude each other; --output writes both");
	if (count < 2)
		return par_usage_error("compare",
			"name two runs, as 'parbench compare results/BASE results/latest'; %s",
			count == 0 ? "none was named" : "only one was named");
	if (count > PAR_COMPARISON_RUNS_MAX)
		return par_usage_error("compare", "at most %d runs at once, %d were named",
			PAR_COMPARISON_RUNS_MAX, count);
	for (int i = 0; i < count; i++)
		options->folders[i] = argv[optind + i];
	options->folder_count = (size_t)count;
	return 0;
}

int par_compare_options_read(struct par_compare_options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "fail-above", required_argument, NULL, 'f' },
		{ "models", required_argument, NULL, 'm' },
		{ "workloads", required_argument, NULL, 'w' },
		{ "experiments", required_argument, NULL, 'e' },
		{ "cells", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "all", no_argument, NULL, 'A' },
		{ "force", no_argument, NULL, 'F' },
		{ "json", no_argument, NULL, 'j' },
		{ "markdown", no_argument, NULL, 'M' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct par_error error = PAR_ERROR_INIT;
	int option;

	*options = (struct par_compare_options){ .tolerance = TOLERANCE };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
		if (option == '?' || option == ':')
			return par_usage_option("compare", option, argc, argv);
		if (!flag(options, option) && read_value(options, option, optarg, &error) < 0)
			return par_usage_error("compare", "%s", error.text);
	}
	return options->help ? 0 : read_folders(options, argc, argv);
}

static bool holds(const struct par_names_asked *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return names->count == 0;
}

static bool matches(const struct par_names_asked *patterns, const char *id)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->items[i], id, 0) == 0)
			return true;
	return patterns->count == 0;
}

bool par_compare_options_want(const void *options, const struct par_cell *cell)
{
	const struct par_compare_options *asked = options;

	return holds(&asked->models, cell->model->name) &&
	       holds(&asked->workloads, cell->workload->name) &&
	       holds(&asked->experiments, cell->experiment) && matches(&asked->patterns, cell->id);
}
