#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_format.h"
#include "page.h"
#include "phrase.h"

static void add_workload(struct par_text *out, const struct par_answer *answer)
{
	par_text_add(out, "<th scope=\"row\" role=\"rowheader\" class=\"work\"><b>");
	par_text_add_html(out, answer->workload->label);
	par_text_format(
		out, "</b> <small>%s</small></th>", par_bound_name(answer->workload->bound));
}

static void add_model(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_cell *cell = &analysis->cells[answer->recommended_cell].cell;
	struct par_text place = PAR_TEXT_INIT;

	par_text_format(out,
		"<td role=\"cell\" class=\"model\"><i class=\"dot\" "
		"style=\"background:var(--%s)\"></i>"
		"<b>",
		answer->recommended->name);
	par_text_add_html(out, answer->recommended->label);
	par_phrase_place(&place, cell);
	par_text_format(out, "</b> <small>%s</small></td>", par_text_get(&place));
	par_text_fini(&place);
}

static void add_speedup(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	const struct par_cell_stats *stats = &analysis->cells[answer->recommended_cell];
	struct par_label spread = par_label_spread(stats->speedup_ci, stats->speedup);

	par_text_format(out, "<td role=\"cell\" class=\"speed\"><b>%s</b> <small>%s</small></td>",
		par_label_times(stats->speedup).text,
		spread.text[0] != '\0' ? spread.text : "no interval");
}

static void add_cores(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	unsigned pus = analysis->machine->allowed_pus;

	par_text_format(out,
		"<td role=\"cell\" class=\"cores\"><b>%u</b> <small>of %u CPU%s</small></td>",
		answer->cores_90, pus, par_phrase_s(pus));
}

/* A number stays with its unit: "28 %" is not broken over two lines. */
static void add_unbroken(struct par_text *out, const char *text)
{
	const char *unit;

	while ((unit = strstr(text, " %")) != NULL) {
		struct par_text part = PAR_TEXT_INIT;

		par_text_add_bytes(&part, text, (size_t)(unit - text));
		par_text_add_html(out, par_text_get(&part));
		par_text_add(out, "&nbsp;");
		par_text_fini(&part);
		text = unit + 1;
	}
	par_text_add_html(out, text);
}

/* "faster: next is fork, 7 % slower": the first word with its sign, the rest below. */
static void add_verdict(struct par_text *out, const struct par_answer *answer)
{
	static const char *const signs[] = {
		[PAR_VERDICT_FASTER] = "✓",
		[PAR_VERDICT_TIE] = "≈",
		[PAR_VERDICT_NOT_SURE] = "?",
	};
	static const char *const classes[] = {
		[PAR_VERDICT_FASTER] = "faster",
		[PAR_VERDICT_TIE] = "tie",
		[PAR_VERDICT_NOT_SURE] = "unsure",
	};
	const char *rest = strstr(answer->verdict_text, ": ");

	par_text_format(out, "<td role=\"cell\" class=\"sure\"><b class=\"%s\">%s %s</b> <small>",
		classes[answer->verdict], signs[answer->verdict],
		par_verdict_name(answer->verdict));
	add_unbroken(out, rest != NULL ? rest + 2 : "");
	par_text_add(out, "</small></td>");
}

static void add_row(
	struct par_text *out, const struct par_analysis *analysis, const struct par_answer *answer)
{
	par_text_add(out, "<tr role=\"row\">");
	add_workload(out, answer);
	add_model(out, analysis, answer);
	add_speedup(out, analysis, answer);
	add_cores(out, analysis, answer);
	par_text_add(out, "<td role=\"cell\" class=\"trend\">");
	par_page_spark(out, analysis, answer);
	par_text_add(out, "</td>");
	add_verdict(out, answer);
	par_text_add(out, "</tr>\n");
}

void par_page_answers(struct par_text *out, const struct par_view *view)
{
	const struct par_analysis *analysis = view->analysis;
	struct par_text rows = PAR_TEXT_INIT;
	bool trends;

	for (size_t i = 0; i < analysis->answer_count; i++)
		add_row(&rows, analysis, &analysis->answers[i]);
	trends = strstr(par_text_get(&rows), "class=\"spark\"") != NULL;
	par_text_format(out,
		"<table class=\"answers%s\" role=\"table\"><thead role=\"rowgroup\"><tr "
		"role=\"row\">"
		"<th scope=\"col\" role=\"columnheader\">Workload</th>"
		"<th scope=\"col\" role=\"columnheader\">Recommended model</th>"
		"<th scope=\"col\" role=\"columnheader\" class=\"num\">Speedup over serial</th>"
		"<th scope=\"col\" role=\"columnheader\" class=\"num\">Cores for 90&nbsp;%% of "
		"it</th>"
		"<th scope=\"col\" role=\"columnheader\" class=\"trend\">By workers</th>"
		"<th scope=\"col\" role=\"columnheader\">How sure</th></tr></thead>\n"
		"<tbody role=\"rowgroup\">\n",
		trends ? "" : " flat");
	par_text_add(out, par_text_get(&rows));
	par_text_add(out, "</tbody></table>\n");
	out->failed |= rows.failed;
	par_text_fini(&rows);
}
