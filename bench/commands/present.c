#include "present.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "file.h"
#include "loaded_run.h"
#include "publish.h"
#include "terminal.h"

#define COLUMNS 80 /* of the terminal, whatever its width: the table is made to be quoted */

static int find_all(struct par_analysis *analysis)
{
	const struct par_experiment *const *experiments = par_catalogue_experiments();
	int status = 0;

	for (size_t i = 0; status == 0 && experiments[i] != NULL; i++)
		status = par_experiment_find(analysis, experiments[i]);
	return status;
}

static void say(const struct par_analysis *analysis, const char *folder)
{
	struct par_text answers = PAR_TEXT_INIT;
	char *page = par_path_join(folder, "report.html");
	char *whole = page == NULL ? NULL : realpath(page, NULL);
	size_t before;
	bool utf8;

	setlocale(LC_CTYPE, "");
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	par_terminal_answers(&answers, analysis, COLUMNS, utf8);
	par_text_add(&answers, "\n");
	before = answers.size;
	par_terminal_lessons(&answers, analysis, par_catalogue_experiments(), COLUMNS, utf8);
	par_text_add(&answers, answers.size > before ? "\n" : "");
	par_terminal_cautions(&answers, analysis, COLUMNS, utf8);
	fputs(par_text_get(&answers), stdout);
	printf("\nReport: %s\n", whole != NULL ? whole : folder);
	free(whole);
	free(page);
	par_text_fini(&answers);
}

int par_present(const char *folder, struct par_error *error)
{
	struct par_loaded_run run;
	int status = par_loaded_run_open(&run, folder, error);

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
	par_loaded_run_close(&run);
	return status;
}
