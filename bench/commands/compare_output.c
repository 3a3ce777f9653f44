#include "compare_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../catalogue.h"
#include "chart_comparison.h"
#include "chart_draw.h"
#include "file.h"

static int write_file(const char *folder, const char *name, const char *text, size_t size,
	struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status = path == NULL ? par_fail(error, -ENOMEM, "no memory to write %s", name)
				  : par_file_write(path, text, size, error);

	free(path);
	return status;
}

/* The text of comparison.json; NULL without memory. */
static char *json_text(const struct par_compared_runs *comparison)
{
	json_t *json = par_comparison_json(comparison);
	char *text = json == NULL ? NULL
				  : json_dumps(json, JSON_INDENT(1) | JSON_ENSURE_ASCII |
							     JSON_REAL_PRECISION(12));

	json_decref(json);
	return text;
}

int par_compare_print_json(const struct par_compared_runs *comparison)
{
	char *text = json_text(comparison);
	int status = text == NULL ? -ENOMEM : puts(text) < 0 ? -EIO : 0;

	free(text);
	return status;
}

static int write_json(
	const char *folder, const struct par_compared_runs *comparison, struct par_error *error)
{
	char *text = json_text(comparison);
	int status = text == NULL
			     ? par_fail(error, -ENOMEM, "no memory for comparison.json")
			     : write_file(folder, "comparison.json", text, strlen(text), error);

	free(text);
	return status;
}

static int write_markdown(const char *folder, const struct par_compared_runs *comparison, bool all,
	size_t pictures, struct par_error *error)
{
	struct par_text text = PAR_TEXT_INIT;
	int status;

	par_comparison_markdown(&text, comparison, all, pictures);
	status = par_text_status(&text);
	if (status < 0)
		par_fail(error, status, "no memory for comparison.md");
	else
		status = write_file(folder, "comparison.md", text.data, text.size, error);
	par_text_fini(&text);
	return status;
}

/* What is drawn there would replace the run's own scripts. */
static int refuse_run(const char *folder, struct par_error *error)
{
	char *path = par_path_join(folder, "run.json");
	int status = path == NULL ? -ENOMEM : 0;

	if (path != NULL && access(path, F_OK) == 0)
		status = par_fail(error, -EEXIST,
			"%s is the folder of a run; name another one with --output", folder);
	free(path);
	return status;
}

int par_compare_output(const char *folder, const struct par_compared_runs *comparison, bool all,
	struct par_error *error)
{
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_palette palette;
	size_t pictures = 0;
	int status = refuse_run(folder, error);

	par_palette_init(&palette, par_catalogue_registry());
	if (status == 0)
		status = par_dir_make(folder, error);
	if (status == 0)
		status = write_json(folder, comparison, error);
	if (status == 0)
		status = par_chart_comparison_fill(&figures, comparison, &palette);
	if (status == 0)
		status = par_figures_draw(&figures, folder, error);
	for (size_t i = 0; i < figures.count; i++)
		pictures += figures.items[i].drawn[PAR_SIZE_SLIDE];
	if (status == 0)
		status = write_markdown(folder, comparison, all, pictures, error);
	if (status == 0 && figures.problem[0] != '\0')
		status = par_fail(error, 1, "%.100s: charts are missing, the rest is whole: %.*s",
			folder, (int)strcspn(figures.problem, ";"), figures.problem);
	if (status < 0 && error->text[0] == '\0')
		par_fail(error, status, "%s: %s", folder, par_error_text(status));
	par_figures_fini(&figures);
	return status;
}
