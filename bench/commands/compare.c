/*
 * parbench compare: what became slower between two runs or more.
 */
#include "commands.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare_options.h"
#include "compare_output.h"
#include "loaded_run.h"
#include "usage.h"

static int failed(const struct par_error *error)
{
	par_usage_failed("compare", "%s", error->text[0] != '\0' ? error->text : "no memory");
	return PAR_EXIT_NOT_COMPARED;
}

/* The same folder twice, under one name or two, is a slip of the hand. */
static int check_folders(const struct par_compare_options *options)
{
	struct stat seen[PAR_COMPARISON_RUNS_MAX];

	for (size_t i = 0; i < options->folder_count; i++) {
		if (stat(options->folders[i], &seen[i]) < 0) {
			par_usage_failed("compare", "%s: %s; name the folder of a run",
				options->folders[i], par_error_text(-errno));
			return PAR_EXIT_NOT_COMPARED;
		}
		for (size_t j = 0; j < i; j++)
			if (seen[i].st_dev == seen[j].st_dev && seen[i].st_ino == seen[j].st_ino)
				return par_usage_error("compare",
					"'%s' and '%s' are the same run; name two",
					options->folders[j], options->folders[i]);
	}
	return PAR_EXIT_OK;
}

/* Machines whose times say nothing about the program. */
static int check_machines(
	const struct par_compared_runs *comparison, bool force, struct par_error *error)
{
	for (size_t i = 0; i < comparison->others && !force; i++) {
		const struct par_compared_with *with = &comparison->with[i];

		for (size_t j = 0; j < with->difference_count; j++)
			if (with->differences[j].grave)
				return par_fail(error, -EXDEV,
					"%.100s was measured on another machine: %s '%.60s', in "
					"the base '%.60s'; --force compares them all the same",
					comparison->spec.runs[i + 1].name,
					with->differences[j].what, with->differences[j].other,
					with->differences[j].base);
	}
	return 0;
}

/* Nothing measured is no regression, and no clean bill either. */
static int check_common(const struct par_compared_runs *comparison, struct par_error *error)
{
	for (size_t i = 0; i < comparison->others; i++) {
		const size_t *states = comparison->with[i].tally.states;
		const char *name = comparison->spec.runs[i + 1].name;

		if (states[PAR_PAIR_COMPARED] + states[PAR_PAIR_BROKEN] > 0)
			continue;
		if (comparison->rows == 0)
			return par_fail(error, -ENODATA,
				"no run has visited any of the cells asked for; 'parbench report "
				"DIR' shows what a run holds");
		return par_fail(error, -ENODATA,
			"%.200s has no cell to compare with the base: %zu without a trusted visit, "
			"%zu without a time in the base, %zu whose work differs, %zu in one of "
			"them "
			"only",
			name, states[PAR_PAIR_UNTRUSTED], states[PAR_PAIR_BASELESS],
			states[PAR_PAIR_OTHER_WORK],
			states[PAR_PAIR_ONLY_BASE] + states[PAR_PAIR_ONLY_NEW]);
	}
	return 0;
}

static int say(
	const struct par_compared_runs *comparison, const struct par_compare_options *options)
{
	struct par_text text = PAR_TEXT_INIT;
	int status;

	if (options->json)
		return par_compare_print_json(comparison);
	setlocale(LC_CTYPE, "");
	if (options->markdown)
		par_comparison_markdown(&text, comparison, options->all, 0);
	else
		par_comparison_terminal(&text, comparison, options->all,
			strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
	status = par_text_status(&text);
	if (status == 0 && fputs(par_text_get(&text), stdout) < 0)
		status = -EIO;
	par_text_fini(&text);
	return status;
}

static int exit_status(enum par_outcome outcome)
{
	switch (outcome) {
	case PAR_OUTCOME_NONE: return PAR_EXIT_OK;
	case PAR_OUTCOME_REGRESSION: return PAR_EXIT_REGRESSION;
	case PAR_OUTCOME_NOT_SURE: return PAR_EXIT_NOT_SURE;
	case PAR_OUTCOME_NOTHING: break;
	}
	return PAR_EXIT_NOT_COMPARED;
}

/* Missing pictures do not change what was found: they are told, and the status stays. */
static int present(const struct par_compared_runs *comparison,
	const struct par_compare_options *options, struct par_error *error)
{
	int status = check_machines(comparison, options->force, error);

	if (status == 0)
		status = check_common(comparison, error);
	if (status == 0)
		status = say(comparison, options);
	if (status == 0 && fflush(stdout) != 0)
		status = -errno;
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "standard output: %s", par_error_text(status));
	if (status == 0 && options->output != NULL)
		status = par_compare_output(options->output, comparison, options->all, error);
	if (status > 0)
		par_usage_failed("compare", "%s", error->text);
	return status < 0 ? status : 0;
}

static int compare(struct par_loaded_run *runs, const struct par_compare_options *options,
	struct par_error *error)
{
	struct par_comparison_spec spec = { .run_count = options->folder_count,
		.tolerance = options->tolerance,
		.wanted = par_compare_options_want,
		.context = options };
	struct par_compared_runs comparison = PAR_COMPARED_RUNS_INIT;
	int status = 0, result;

	for (size_t i = 0; i < spec.run_count && status == 0; i++) {
		status = par_loaded_run_open(&runs[i], options->folders[i], error);
		spec.runs[i] =
			(struct par_comparison_run){ options->folders[i], &runs[i].analysis };
	}
	if (status == 0)
		status = par_comparison_init(&comparison, &spec, error);
	if (status == 0)
		status = present(&comparison, options, error);
	result = status < 0 ? failed(error) : exit_status(comparison.outcome);
	par_comparison_fini(&comparison);
	return result;
}

int par_command_compare(int argc, char **argv)
{
	struct par_compare_options options;
	struct par_error error = PAR_ERROR_INIT;
	struct par_loaded_run *runs;
	int status = par_compare_options_read(&options, argc, argv);

	if (status == 0 && options.help) {
		fputs(par_compare_options_help, stdout);
		return PAR_EXIT_OK;
	}
	if (status == 0)
		status = check_folders(&options);
	if (status != 0)
		return status;
	runs = calloc(options.folder_count, sizeof *runs);
	if (runs == NULL)
		return failed(&error);
	status = compare(runs, &options, &error);
	for (size_t i = 0; i < options.folder_count; i++)
		par_loaded_run_close(&runs[i]);
	free(runs);
	return status;
}
