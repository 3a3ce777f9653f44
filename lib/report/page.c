#include "page.h"

#include <string.h>

#include "assets.h"
#include "howto.h"
#include "markdown.h"
#include "page_doctor.h"

static void add_style(struct par_text *out, const struct par_palette *palette)
{
	par_text_add(out, "<style>\n:root{color-scheme:light dark;");
	par_palette_declare(out, palette, false);
	par_text_add(out, "}\n@media screen and (prefers-color-scheme:dark){:root{");
	par_palette_declare(out, palette, true);
	par_text_add(out, "}}\n");
	for (size_t i = 0; i < par_asset_count; i++)
		if (strcmp(par_assets[i].name, "report.css") == 0)
			par_text_add(out, par_assets[i].data);
	par_text_add(out, "</style>\n");
}

static void add_head(struct par_text *out, const struct par_view *view)
{
	par_text_add(out,
		"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		"<meta name=\"generator\" content=\"parbench\">\n<title>");
	par_text_add_html(out, view->analysis->headline);
	par_text_add(out, "</title>\n");
	add_style(out, view->palette);
	par_text_add(out, "</head><body>\n");
}

static void add_numbers(struct par_text *out, const struct par_analysis *analysis)
{
	par_text_add(out, "<dl class=\"numbers\">");
	for (size_t i = 0; i < PAR_KEY_NUMBERS; i++) {
		if (analysis->numbers[i].value[0] == '\0')
			continue;
		par_text_add(out, "<div><dd>");
		par_text_add_html(out, analysis->numbers[i].value);
		par_text_add(out, "</dd><dt>");
		par_text_add_html(out, analysis->numbers[i].caption);
		par_text_add(out, "</dt></div>");
	}
	par_text_add(out, "</dl>\n");
}

static void add_navigation(struct par_text *out, const struct par_view *view)
{
	const struct par_experiment *teacher = NULL;

	par_text_add(out, "<nav aria-label=\"On this page\"><a href=\"#answers\">Answer</a>");
	for (size_t i = 0; par_charts[i] != NULL; i++)
		if (par_page_has(view, par_charts[i]))
			par_text_format(out, " <a href=\"#%s\">%s</a>", par_charts[i]->name,
				par_charts[i]->title);
	while ((teacher = par_page_lesson(view, teacher)) != NULL) {
		par_text_format(out, " <a href=\"#lesson-%s\">", teacher->name);
		par_text_add_html(out, teacher->lesson->title);
		par_text_add(out, "</a>");
	}
	par_text_add(out, " <a href=\"#method\">Method</a></nav>\n");
}

static void add_caution(struct par_text *out, const char *line, size_t size)
{
	struct par_text copy = PAR_TEXT_INIT;

	par_text_add_bytes(&copy, line, size);
	par_text_add(out, "<li>");
	par_text_add_html(out, par_text_get(&copy));
	par_text_add(out, "</li>\n");
	out->failed |= copy.failed;
	par_text_fini(&copy);
}

static void add_cautions(struct par_text *out, const struct par_view *view)
{
	const char *at = par_text_get(&view->analysis->cautions), *problem = view->figures->problem;

	if (*at == '\0' && *problem == '\0')
		return;
	par_text_add(out,
		"<section class=\"cautions\" id=\"cautions\"><h2>Read before quoting</h2><ul>\n");
	while (*at != '\0') {
		size_t size = strcspn(at, "\n");

		if (size > 0)
			add_caution(out, at, size);
		at += size + (at[size] == '\n');
	}
	if (*problem != '\0')
		add_caution(out, problem, strlen(problem));
	par_text_add(out, "</ul></section>\n");
}

static int add_answers(struct par_text *out, const struct par_view *view)
{
	int status;

	par_text_add(out,
		"<section id=\"answers\"><h2>Which model wins, on how many cores, and how "
		"sure</h2>\n");
	if (view->analysis->answer_count == 0)
		par_text_add(out,
			"<p>Nothing can be compared yet: no workload has both a serial time "
			"and another model’s.</p>");
	else
		par_page_answers(out, view);
	par_text_add(out, "<details><summary>How to read this</summary>");
	status = par_markdown_html(out, par_howto("answers"));
	par_text_add(out, "</details></section>\n");
	return status;
}

static int add_use(struct par_text *out, const struct par_view *view)
{
	struct par_text markdown = PAR_TEXT_INIT;
	int status;

	par_page_use(&markdown, view);
	status = par_text_status(&markdown);
	if (status == 0 && par_text_get(&markdown)[0] != '\0') {
		par_text_add(out,
			"<section id=\"use\" class=\"method\"><h2>Where the workers’ time "
			"went, and their memory</h2>\n");
		status = par_markdown_html(out, par_howto("use"));
		par_text_add(out, "<details class=\"others\"><summary>A table for each "
				  "workload</summary>\n");
		if (status == 0)
			status = par_markdown_html(out, par_text_get(&markdown));
		par_text_add(out, "</details></section>\n");
	}
	par_text_fini(&markdown);
	return status;
}

static int add_doctor(struct par_text *out, const struct par_view *view)
{
	struct par_text markdown = PAR_TEXT_INIT;
	int status;

	par_page_doctor(&markdown, view->analysis->run);
	status = par_text_status(&markdown);
	if (status == 0 && markdown.size > 0) {
		par_text_add(out,
			"<section id=\"doctor\" class=\"method\"><h2>" PAR_PAGE_DOCTOR_TITLE
			"</h2>\n");
		status = par_markdown_html(out, par_text_get(&markdown));
		par_text_add(out, "</section>\n");
	}
	par_text_fini(&markdown);
	return status;
}

static int add_method(struct par_text *out, const struct par_view *view)
{
	struct par_text markdown = PAR_TEXT_INIT;
	int status;

	par_page_method(&markdown, view);
	status = par_text_status(&markdown);
	par_text_add(out, "<section id=\"method\" class=\"method\"><h2>How it was measured</h2>\n");
	if (status == 0)
		status = par_markdown_html(out, par_text_get(&markdown));
	par_text_add(out, "</section>\n");
	par_text_fini(&markdown);
	return status;
}

int par_page_html(struct par_text *out, const struct par_view *view, struct par_error *error)
{
	int status;

	add_head(out, view);
	par_text_add(out, "<header><h1>");
	par_text_add_html(out, view->analysis->headline);
	par_text_add(out, "</h1>\n<p class=\"machine\">");
	par_text_add_html(out, view->analysis->machine_line);
	par_text_add(out, "</p>\n");
	add_numbers(out, view->analysis);
	add_navigation(out, view);
	par_text_add(out, "</header>\n<main>\n");
	status = add_answers(out, view);
	add_cautions(out, view);
	if (status == 0)
		status = par_page_figures(out, view, error);
	if (status == 0)
		status = add_use(out, view);
	if (status == 0)
		status = add_doctor(out, view);
	if (status == 0)
		status = add_method(out, view);
	par_text_add(out, "</main></body></html>\n");
	return status < 0 ? status : par_text_status(out);
}
