#include "publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "page.h"

static int write_file(const char *folder, const char *name, const char *data, size_t size,
	struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status = path == NULL ? par_fail(error, -ENOMEM, "no memory to write %s", name)
				  : par_file_write(path, data, size, error);

	free(path);
	return status;
}

static int write_analysis(
	const char *folder, const struct par_analysis *analysis, struct par_error *error)
{
	json_t *json = par_analysis_json(analysis);
	char *text = json == NULL ? NULL : json_dumps(json, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	int status = text == NULL ? par_fail(error, -ENOMEM, "no memory for analysis.json")
				  : write_file(folder, "analysis.json", text, strlen(text), error);

	free(text);
	json_decref(json);
	return status;
}

static int write_page(const char *folder, const struct par_view *view, struct par_error *error)
{
	struct par_text text = PAR_TEXT_INIT;
	int status = par_page_html(&text, view, error);

	if (status == -ENOMEM)
		par_fail(error, status, "no memory for report.html");
	if (status == 0)
		status = write_file(folder, "report.html", text.data, text.size, error);
	par_text_fini(&text);
	return status;
}

static int write_markdown(const char *folder, const struct par_view *view, struct par_error *error)
{
	struct par_text text = PAR_TEXT_INIT;
	int status = par_page_markdown(&text, view);

	if (status < 0)
		par_fail(error, status, "no memory for report.md");
	else
		status = write_file(folder, "report.md", text.data, text.size, error);
	par_text_fini(&text);
	return status;
}

int par_publish(const char *folder, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, struct par_error *error)
{
	struct par_figures figures = PAR_FIGURES_INIT;
	struct par_palette palette;
	struct par_view view = { analysis, &figures, &palette };
	int status;

	par_palette_init(&palette, analysis->registry);
	status = write_analysis(folder, analysis, error);
	if (status == 0)
		status = par_figures_fill(&figures, analysis, experiments, &palette, error);
	if (status == 0)
		status = par_figures_draw(&figures, folder, error);
	if (status == 0)
		status = write_markdown(folder, &view, error);
	if (status == 0)
		status = write_page(folder, &view, error);
	if (status == 0 && figures.problem[0] != '\0')
		status = par_fail(error, 1, "%s", figures.problem);
	par_figures_fini(&figures);
	return status;
}
