#include "chart_draw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets.h"
#include "child.h"
#include "file.h"
#include "svg.h"

#define SCRIPTS     "plots"
#define ASIDE       "plots/aside"
#define DEADLINE_NS 120000000000ULL
#define SVG_LIMIT   (16u << 20)
#define PNG_LEAST   256 /* bytes: gnuplot writes a blank one when a script fails early */

/* "FOLDER/ASIDE/STEM_narrow.svg", or without ASIDE; NULL without memory. */
static char *picture_path(const char *folder, const char *aside, const struct par_sheet *sheet,
	enum par_size_kind size)
{
	static const char *const endings[PAR_SIZES] = { ".svg", "_narrow.svg", ".png" };
	struct par_text name = PAR_TEXT_INIT;
	char *path;

	par_text_format(&name, "%s%s%s", aside, sheet->stem, endings[size]);
	path = name.failed ? NULL : par_path_join(folder, par_text_get(&name));
	par_text_fini(&name);
	return path;
}

/* Scripts and tables of places are made again at will: no need to wait for the disk. */
static int write_plain(const char *folder, const char *name, const void *data, size_t size,
	struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status = path == NULL ? -ENOMEM : 0, fd = -1;

	if (status == 0) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		status = fd < 0 ? -errno : par_write_all(fd, data, size);
	}
	if (fd >= 0 && close(fd) < 0 && status == 0)
		status = -errno;
	if (status < 0)
		par_fail(error, status, "%s/%s: %s", folder, name, par_error_text(status));
	free(path);
	return status;
}

static int write_scripts(const char *folder, struct par_error *error)
{
	char name[128];

	for (size_t i = 0; i < par_asset_count; i++) {
		const struct par_asset *asset = &par_assets[i];
		const char *ending = strrchr(asset->name, '.');
		int status;

		if (ending == NULL || strcmp(ending, ".gp") != 0)
			continue;
		snprintf(name, sizeof name, SCRIPTS "/%s", asset->name);
		status = write_plain(folder, name, asset->data, asset->size, error);
		if (status < 0)
			return status;
	}
	return 0;
}

static int write_sheet(const char *folder, const struct par_sheet *sheet, struct par_error *error)
{
	struct par_text text = PAR_TEXT_INIT;
	char name[160];
	int status;

	snprintf(name, sizeof name, "%s.tsv", sheet->stem);
	status = write_plain(folder, name, par_text_get(&sheet->data), sheet->data.size, error);
	for (int size = 0; size < PAR_SIZES && status == 0; size++) {
		par_text_clear(&text);
		status = par_layout_write(&text, &sheet->layouts[size]);
		if (status < 0)
			break;
		snprintf(name, sizeof name, SCRIPTS "/%s.%s.tsv", sheet->stem,
			par_size_name((enum par_size_kind)size));
		status = write_plain(folder, name, text.data, text.size, error);
	}
	par_text_fini(&text);
	return status;
}

/* The script that draws everything: only names from the program's own tables stand in it. */
static int write_all(const char *folder, const struct par_figures *figures, struct par_error *error)
{
	struct par_text text = PAR_TEXT_INIT;
	int status;

	par_text_add(&text, "# all.gp: draws every chart; run it from the folder of the run:\n"
			    "#   gnuplot -d plots/all.gp\n");
	for (int size = 0; size < PAR_SIZES; size++)
		for (size_t i = 0; i < figures->count; i++)
			par_text_format(&text, "STEM = '%s'; SIZE = '%s'; load 'plots/%s.gp'\n",
				figures->items[i].sheet.stem,
				par_size_name((enum par_size_kind)size), figures->items[i].script);
	status = par_text_status(&text);
	if (status == 0)
		status = write_plain(folder, SCRIPTS "/all.gp", text.data, text.size, error);
	par_text_fini(&text);
	return status;
}

static int make_folder(const char *folder, const char *name, struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status =
		path == NULL ? par_fail(error, -ENOMEM, "no memory") : par_dir_make(path, error);

	free(path);
	return status;
}

/* What gnuplot died of: the end of its complaint, after the warnings about empty parts of charts.
 */
static const char *last_words(const char *complaint)
{
	static const char warning[] = "no valid points";
	const char *at;

	while ((at = strstr(complaint, warning)) != NULL)
		complaint = at + strlen(warning);
	return complaint + strspn(complaint, " ");
}

/* Says in figures->problem how gnuplot failed, if it did. */
static int run_gnuplot(struct par_figures *figures, const char *folder, struct par_error *error)
{
	static const char *const argv[] = { "gnuplot", "-d", "-e", "PREFIX = '" ASIDE "/'",
		SCRIPTS "/all.gp", NULL };
	struct par_child_spec spec = {
		.argv = argv, .deadline_ns = DEADLINE_NS, .output_limit = 1 << 16, .folder = folder
	};
	struct par_child_result result = PAR_CHILD_RESULT_INIT;
	int status = par_child_run(&result, &spec);

	if (status < 0)
		par_fail(error, status, "gnuplot: %s", par_error_text(status));
	else if (result.spawn_error == -ENOENT)
		snprintf(figures->problem, sizeof figures->problem,
			"gnuplot is not installed, so there are no charts; install gnuplot and run "
			"'parbench report' on this folder");
	else if (result.spawn_error < 0)
		snprintf(figures->problem, sizeof figures->problem,
			"gnuplot could not be started: %s", par_error_text(result.spawn_error));
	else if (result.timed_out)
		snprintf(figures->problem, sizeof figures->problem,
			"gnuplot did not finish in time, so charts are missing");
	else if (result.exit_code != 0)
		snprintf(figures->problem, sizeof figures->problem,
			"gnuplot failed, so charts are missing: %.400s",
			last_words(result.complaint));
	par_child_result_fini(&result);
	return status;
}

/* A PNG file is whole when it ends with the chunk IEND. */
static bool png_is_whole(const char *data, size_t size)
{
	return size >= PNG_LEAST && memcmp(data, "\x89PNG", 4) == 0 &&
	       memcmp(data + size - 8, "IEND", 4) == 0;
}

/* Checks a picture that was drawn aside, keeps an SVG's text, and gives it its name. */
static int adopt(struct par_figure *figure, enum par_size_kind size, const char *folder)
{
	char *from = picture_path(folder, ASIDE "/", &figure->sheet, size);
	char *to = picture_path(folder, "", &figure->sheet, size);
	char *data = NULL;
	size_t bytes = 0;
	int status = from == NULL || to == NULL ? -ENOMEM : 0;
	bool whole;

	if (status < 0)
		goto done;
	if (par_file_read(&data, &bytes, from, SVG_LIMIT) < 0)
		goto done; /* not drawn: `drawn` stays false */
	whole = size == PAR_SIZE_SLIDE ? png_is_whole(data, bytes) : par_svg_is_whole(data);
	if (!whole)
		goto done;
	if (rename(from, to) < 0) {
		status = -errno;
		goto done;
	}
	figure->drawn[size] = true;
	if (size != PAR_SIZE_SLIDE) {
		figure->svg[size] = data;
		data = NULL;
	}
done:
	free(data);
	free(from);
	free(to);
	return status;
}

static int adopt_all(struct par_figures *figures, const char *folder, struct par_error *error)
{
	size_t missing = 0;

	for (size_t i = 0; i < figures->count; i++)
		for (int size = 0; size < PAR_SIZES; size++) {
			struct par_figure *figure = &figures->items[i];
			int status = adopt(figure, (enum par_size_kind)size, folder);

			if (status < 0)
				return par_fail(error, status, "%s/%s: %s", folder,
					figure->sheet.stem, par_error_text(status));
			missing += !figure->drawn[size];
		}
	if (missing > 0 && figures->problem[0] == '\0')
		snprintf(figures->problem, sizeof figures->problem,
			"gnuplot left %zu charts unfinished", missing);
	return 0;
}

int par_figures_draw(struct par_figures *figures, const char *folder, struct par_error *error)
{
	char *aside = par_path_join(folder, ASIDE);
	int status = aside == NULL ? par_fail(error, -ENOMEM, "no memory") : 0;

	if (status == 0)
		status = make_folder(folder, ASIDE, error);
	if (status == 0)
		status = write_scripts(folder, error);
	for (size_t i = 0; i < figures->count && status == 0; i++)
		status = write_sheet(folder, &figures->items[i].sheet, error);
	if (status == 0)
		status = write_all(folder, figures, error);
	if (status == 0 && figures->count > 0)
		status = run_gnuplot(figures, folder, error);
	if (status == 0)
		status = adopt_all(figures, folder, error);
	if (aside != NULL)
		(void)par_dir_remove(aside); /* what is left there is unfinished */
	free(aside);
	return status;
}
