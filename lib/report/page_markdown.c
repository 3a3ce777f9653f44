#include <string.h>

#include "chart_format.h"
#include "howto.h"
#include "markdown.h"
#include "page.h"
#include "page_doctor.h"
#include "phrase.h"

static void add_numbers(struct par_text *out, const struct par_analysis *analysis)
{
	for (size_t i = 0; i < PAR_KEY_NUMBERS; i++) {
		if (analysis->numbers[i].value[0] == '\0')
			continue;
		par_text_add(out, "- **");
		par_markdown_escape(out, analysis->numbers[i].value);
		par_text_add(out, "** ");
		par_markdown_escape(out, analysis->numbers[i].caption);
		par_text_add(out, "\n");
	}
	par_text_add(out, "\n");
}

static void add_answer(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_cell_stats *stats = &analysis->cells[answer->recommended_cell];

	par_text_add(out, "| ");
	par_markdown_escape(out, answer->workload->label);
	par_text_format(out, " (%s) | **", par_bound_name(answer->workload->bound));
	par_markdown_escape(out, answer->recommended->label);
	par_text_add(out, "** ");
	par_phrase_place(out, &stats->cell);
	par_text_format(out, " | %s %s | %u | ", par_label_times(stats->speedup).text,
		par_label_spread(stats->speedup_ci, stats->speedup).text, answer->cores_90);
	par_markdown_escape(out, answer->verdict_text);
	par_text_add(out, " |\n");
}

static void add_answers(struct par_text *out, const struct par_analysis *analysis)
{
	par_text_add(out, "## Which model, on how many cores, and how sure\n\n"
			  "| workload | recommended model | speedup over serial | cores for 90 % | "
			  "how sure |\n|---|---|---:|---:|---|\n");
	for (size_t i = 0; i < analysis->answer_count; i++)
		add_answer(out, analysis, &analysis->answers[i]);
	par_text_add(out, "\n");
	par_text_add(out, par_howto("answers"));
	par_text_add(out, "\n");
}

static void add_cautions(struct par_text *out, const struct par_view *view)
{
	const char *at = par_text_get(&view->analysis->cautions);
	struct par_text line = PAR_TEXT_INIT;

	if (*at == '\0' && view->figures->problem[0] == '\0')
		return;
	par_text_add(out, "## Read before quoting\n\n");
	while (*at != '\0') {
		size_t size = strcspn(at, "\n");

		par_text_clear(&line);
		par_text_add_bytes(&line, at, size);
		par_text_add(out, "- ");
		par_markdown_escape(out, par_text_get(&line));
		par_text_add(out, "\n");
		at += size + (at[size] == '\n');
	}
	out->failed |= line.failed;
	par_text_fini(&line);
	if (view->figures->problem[0] != '\0') {
		par_text_add(out, "- ");
		par_markdown_escape(out, view->figures->problem);
		par_text_add(out, "\n");
	}
	par_text_add(out, "\n");
}

static void add_figure(struct par_text *out, const struct par_figure *figure)
{
	par_markdown_escape(out, figure->sheet.what);
	par_text_add(out, "\n\n");
	if (!figure->drawn[PAR_SIZE_SLIDE]) {
		par_text_format(out,
			"(This chart could not be drawn; its numbers are in %s.tsv.)\n\n",
			figure->sheet.stem);
		return;
	}
	par_text_add(out, "![");
	par_markdown_escape(out, figure->sheet.alt);
	par_text_format(out, "](%s.png)\n\n", figure->sheet.stem);
}

static void add_chart(
	struct par_text *out, const struct par_view *view, const struct par_chart *chart)
{
	const char *howto = par_howto(chart->name);
	bool first = true;

	for (size_t i = 0; i < view->figures->count; i++) {
		const struct par_figure *figure = &view->figures->items[i];

		if (figure->chart != chart)
			continue;
		par_text_add(out, first ? "## " : "### ");
		par_markdown_escape(out, figure->sheet.finding);
		par_text_add(out, "\n\n");
		add_figure(out, figure);
		if (first && howto != NULL) {
			par_text_add(out, howto);
			par_text_add(out, "\n");
		}
		first = false;
	}
}

static void add_lesson(
	struct par_text *out, const struct par_view *view, const struct par_experiment *teacher)
{
	par_text_add(out, "## ");
	par_markdown_escape(out, teacher->lesson->title);
	par_text_add(out, "\n\n");
	for (size_t i = 0; i < view->figures->count; i++) {
		const struct par_figure *figure = &view->figures->items[i];

		if (figure->teacher != teacher)
			continue;
		par_text_add(out, "### ");
		par_markdown_escape(out, figure->sheet.finding);
		par_text_add(out, "\n\n");
		add_figure(out, figure);
	}
	par_text_add(out, teacher->lesson->howto);
	par_text_add(out, "\n");
}

static void add_use(struct par_text *out, const struct par_view *view)
{
	struct par_text tables = PAR_TEXT_INIT;

	par_page_use(&tables, view);
	if (par_text_get(&tables)[0] != '\0') {
		par_text_add(out, "## Where the workers' time went, and their memory\n\n");
		par_text_add(out, par_howto("use"));
		par_text_add(out, "\n");
		par_text_add(out, par_text_get(&tables));
	}
	out->failed |= tables.failed;
	par_text_fini(&tables);
}

static void add_doctor(struct par_text *out, const json_t *run)
{
	struct par_text text = PAR_TEXT_INIT;

	par_page_doctor(&text, run);
	if (text.size > 0)
		par_text_format(out, "## " PAR_PAGE_DOCTOR_TITLE "\n\n%s", par_text_get(&text));
	out->failed |= text.failed;
	par_text_fini(&text);
}

int par_page_markdown(struct par_text *out, const struct par_view *view)
{
	const struct par_analysis *analysis = view->analysis;
	const struct par_experiment *teacher = NULL;

	par_text_add(out, "# ");
	par_markdown_escape(out, analysis->headline);
	par_text_add(out, "\n\n");
	par_markdown_escape(out, analysis->machine_line);
	par_text_add(out, "\n\n");
	add_numbers(out, analysis);
	add_answers(out, analysis);
	add_cautions(out, view);
	for (size_t i = 0; par_charts[i] != NULL; i++)
		add_chart(out, view, par_charts[i]);
	while ((teacher = par_page_lesson(view, teacher)) != NULL)
		add_lesson(out, view, teacher);
	add_use(out, view);
	add_doctor(out, analysis->run);
	par_text_add(out, "## How it was measured\n\n");
	par_page_method(out, view);
	return par_text_status(out);
}
