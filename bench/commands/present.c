#include "present.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "file.h"
#include "journal.h"
#include "publish.h"
#include "run_info.h"
#include "terminal.h"

#define COLUMNS 80 /* of the terminal, whatever its width: the table is made to be quoted */

/* A run read back. Inert when zeroed. */
struct finished_run {
	json_t *info;
	struct par_machine machine;
	struct par_plan plan;
	struct par_records records;
	struct par_analysis analysis;
};

static int read_part(
	int (*read)(struct finished_run *run, const char *path, struct par_error *error),
	struct finished_run *run, const char *folder, const char *name, struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status = path == NULL ? -ENOMEM : read(run, path, error);

	free(path);
	return status;
}

static int read_info(struct finished_run *run, const char *path, struct par_error *error)
{
	return par_run_info_load(&run->info, path, error);
}

static int read_machine(struct finished_run *run, const char *path, struct par_error *error)
{
	int status = par_machine_init_xml(&run->machine, path, error);

	if (status == 0)
		par_run_info_machine(&run->machine, run->info);
	return status;
}

static int read_records(struct finished_run *run, const char *path, struct par_error *error)
{
	return par_journal_read(&run->records, path, error);
}

static int run_read(struct finished_run *run, const char *folder, struct par_error *error)
{
	const struct par_registry *registry = par_catalogue_registry();
	int status = read_part(read_info, run, folder, "run.json", error);

	if (status == 0)
		status = read_part(read_machine, run, folder, "topology.xml", error);
	if (status == 0)
		status = par_run_info_plan(&run->plan, run->info, registry, error);
	if (status == 0)
		status = read_part(read_records, run, folder, "cells.jsonl", error);
	if (status == 0)
		status = par_analysis_init(&run->analysis, registry, &run->machine, &run->plan,
			&run->records, run->info, error);
	return status;
}

static void run_fini(struct finished_run *run)
{
	par_analysis_fini(&run->analysis);
	par_records_fini(&run->records);
	par_plan_fini(&run->plan);
	par_machine_fini(&run->machine);
	json_decref(run->info);
}

static int find_all(struct par_analysis *analysis)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();
	int status = 0;

	for (size_t i = 0; status == 0 && experiments[i] != NULL; i++)
		status = experiments[i]->find(analysis);
	return status;
}

static void say(const struct par_analysis *analysis, const char *folder)
{
	struct par_text answers = PAR_TEXT_INIT;
	char *page = par_path_join(folder, "report.html");
	char *whole = page == NULL ? NULL : realpath(page, NULL);
	bool utf8;

	setlocale(LC_CTYPE, "");
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	par_terminal_answers(&answers, analysis, COLUMNS, utf8);
	par_text_add(&answers, "\n");
	par_terminal_cautions(&answers, analysis, COLUMNS, utf8);
	fputs(par_text_get(&answers), stdout);
	printf("\nReport: %s\n", whole != NULL ? whole : folder);
	free(whole);
	free(page);
	par_text_fini(&answers);
}

int par_present(const char *folder, struct par_error *error)
{
	struct finished_run run = { .analysis = PAR_ANALYSIS_INIT };
	int status = run_read(&run, folder, error);

	if (status == 0)
		status = find_all(&run.analysis);
	if (status == 0)
		status = par_publish(folder, &run.analysis, par_catalogue_experiments(), error);
	if (status >= 0)
		say(&run.analysis, folder);
	if (status > 0) /* the answers stand, but not every picture does: `error` says why */
		status = -EIO;
	if (status == 0 && fflush(stdout) != 0)
		status = par_fail(error, -EIO, "standard output: %s", par_error_text(-errno));
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "%s: %s", folder, par_error_text(status));
	run_fini(&run);
	return status;
}
