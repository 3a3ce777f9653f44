#include <stdlib.h>
#include <string.h>

#include "howto.h"
#include "markdown.h"
#include "page.h"
#include "phrase.h"
#include "svg.h"

#define LESSON_SHOWN 3 /* sheets of a lesson that are not folded */

bool par_page_has(const struct par_view *view, const struct par_chart *chart)
{
	for (size_t i = 0; i < view->figures->count; i++)
		if (view->figures->items[i].chart == chart)
			return true;
	return false;
}

const struct par_experiment *par_page_lesson(
	const struct par_view *view, const struct par_experiment *after)
{
	bool passed = after == NULL;

	for (size_t i = 0; i < view->figures->count; i++) {
		const struct par_experiment *teacher = view->figures->items[i].teacher;

		if (teacher != NULL && teacher != after && passed)
			return teacher;
		passed |= teacher == after && teacher != NULL;
	}
	return NULL;
}

static int add_picture(struct par_text *out, const struct par_figure *figure,
	enum par_size_kind size, bool hover, const struct par_palette *palette,
	struct par_error *error)
{
	struct par_svg_frame frame = {
		.css_class = par_size_name(size),
		.label = figure->sheet.alt,
		.palette = palette,
		.hover = hover,
	};

	if (figure->svg[size] == NULL) {
		par_text_format(out, "<p class=\"%s missing\">This chart could not be drawn.</p>",
			par_size_name(size));
		return 0;
	}
	return par_svg_inline(out, figure->svg[size], &frame, NULL, error);
}

/* One figure: what it is, what it found, the picture at both sizes, and where its numbers are. */
static int add_figure(struct par_text *out, const struct par_view *view,
	const struct par_figure *figure, bool lead, struct par_error *error)
{
	int status;

	par_text_add(out, "<figure><figcaption><p class=\"what\">");
	par_text_add_html(out, figure->sheet.what);
	par_text_add(out, lead ? "</p><h2>" : "</p><h3>");
	par_text_add_html(out, figure->sheet.finding);
	par_text_add(out, lead ? "</h2></figcaption>\n" : "</h3></figcaption>\n");
	status = add_picture(out, figure, PAR_SIZE_WIDE, lead, view->palette, error);
	if (status == 0)
		status = add_picture(out, figure, PAR_SIZE_NARROW, false, view->palette, error);
	par_text_format(out,
		"<p class=\"files\"><a href=\"%s.tsv\">numbers</a> · <a href=\"%s.png\">picture</a>"
		"</p></figure>\n",
		figure->sheet.stem, figure->sheet.stem);
	return status;
}

static int add_howto(struct par_text *out, const char *text)
{
	int status;

	if (text == NULL)
		return 0;
	par_text_add(out, "<details><summary>How to read this</summary>");
	status = par_markdown_html(out, text);
	par_text_add(out, "</details>\n");
	return status;
}

/* The sheets of a chart: the heaviest open, the others folded. */
static int add_chart(struct par_text *out, const struct par_view *view,
	const struct par_chart *chart, struct par_error *error)
{
	const struct par_figures *figures = view->figures;
	size_t shown = 0, count = 0;
	int status = 0;

	for (size_t i = 0; i < figures->count; i++)
		count += figures->items[i].chart == chart;
	for (size_t i = 0; i < figures->count && status == 0; i++) {
		if (figures->items[i].chart != chart)
			continue;
		if (shown == 1)
			par_text_format(out,
				"<details class=\"others\"><summary>%zu more: one for each of the "
				"other "
				"workload%s</summary>\n",
				count - 1, par_phrase_s(count - 1));
		status = add_figure(out, view, &figures->items[i], shown == 0, error);
		if (shown == 0 && status == 0)
			status = add_howto(out, par_howto(chart->name));
		shown++;
	}
	if (count > 1)
		par_text_add(out, "</details>\n");
	return status;
}

/* The sheets of a lesson: the first leads; many more than three are folded. */
static int add_lesson(struct par_text *out, const struct par_view *view,
	const struct par_experiment *teacher, struct par_error *error)
{
	const struct par_figures *figures = view->figures;
	size_t shown = 0, count = 0;
	int status = 0;

	for (size_t i = 0; i < figures->count; i++)
		count += figures->items[i].teacher == teacher;
	for (size_t i = 0; i < figures->count && status == 0; i++) {
		if (figures->items[i].teacher != teacher)
			continue;
		if (shown == LESSON_SHOWN && count > LESSON_SHOWN)
			par_text_format(out,
				"<details class=\"others\"><summary>%zu more</summary>\n",
				count - LESSON_SHOWN);
		status = add_figure(out, view, &figures->items[i], shown == 0, error);
		shown++;
	}
	if (count > LESSON_SHOWN)
		par_text_add(out, "</details>\n");
	return status < 0 ? status : add_howto(out, teacher->lesson->howto);
}

static int add_lessons(struct par_text *out, const struct par_view *view, struct par_error *error)
{
	const struct par_experiment *teacher = NULL;
	int status = 0;

	while (status == 0 && (teacher = par_page_lesson(view, teacher)) != NULL) {
		par_text_format(out, "<section class=\"lesson\" id=\"lesson-%s\" aria-label=\"",
			teacher->name);
		par_text_add_html(out, teacher->lesson->title);
		par_text_add(out, "\"><p class=\"topic\">");
		par_text_add_html(out, teacher->lesson->title);
		par_text_add(out, "</p>\n");
		status = add_lesson(out, view, teacher, error);
		par_text_add(out, "</section>\n");
	}
	return status;
}

static int add_symbols(struct par_text *out, const struct par_view *view, struct par_error *error)
{
	for (size_t i = 0; i < view->figures->count; i++)
		if (view->figures->items[i].svg[PAR_SIZE_WIDE] != NULL)
			return par_svg_symbols(
				out, view->figures->items[i].svg[PAR_SIZE_WIDE], error);
	return 0;
}

int par_page_figures(struct par_text *out, const struct par_view *view, struct par_error *error)
{
	int status = add_symbols(out, view, error);

	for (size_t i = 0; par_charts[i] != NULL && status == 0; i++) {
		if (!par_page_has(view, par_charts[i]))
			continue;
		par_text_format(out, "<section id=\"%s\">\n", par_charts[i]->name);
		status = add_chart(out, view, par_charts[i], error);
		par_text_add(out, "</section>\n");
	}
	return status < 0 ? status : add_lessons(out, view, error);
}
