/*
 * A comparison as Markdown: for a comment on a change, or a file beside the charts.
 */
#include <stdio.h>
#include <stdlib.h>

#include "chart_format.h"
#include "comparison_parts.h"
#include "howto.h"
#include "markdown.h"

static void add_escaped(struct par_text *out, const char *text)
{
	par_markdown_escape(out, text);
}

static void add_pair(struct par_text *out, const struct par_pair *pair)
{
	struct par_text text = PAR_TEXT_INIT;
	const char *time = pair->other == NULL ? "-" : par_label_time(pair->other->median_ns).text;
	bool compared = pair->state == PAR_PAIR_COMPARED;

	par_comparison_verdict(&text, pair);
	par_text_format(&text, "%s", compared ? " " : "");
	if (compared)
		par_comparison_interval(&text, pair);
	if (compared && pair->change == PAR_CHANGE_NOT_SURE) {
		par_text_add(&text, ", wants ");
		par_comparison_wanting(&text, pair);
		par_text_add(&text, " visits");
	}
	par_text_format(out, " %s | ", time);
	add_escaped(out, par_text_get(&text));
	par_text_add(out, " |");
	par_text_fini(&text);
}

static void add_row(struct par_text *out, const struct par_compared_runs *comparison, size_t row)
{
	const struct par_cell_stats *base = par_comparison_pair(comparison, row, 0)->base;
	struct par_text name = PAR_TEXT_INIT;

	par_comparison_label(&name, comparison, row);
	par_text_add(out, "| ");
	add_escaped(out, par_text_get(&name));
	par_text_format(out, " | %s |", base == NULL ? "-" : par_label_time(base->median_ns).text);
	for (size_t i = 0; i < comparison->others; i++)
		add_pair(out, par_comparison_pair(comparison, row, i));
	par_text_add(out, "\n");
	par_text_fini(&name);
}

/* "new", or "new 2" where there are several. */
static void add_run_name(
	struct par_text *out, const struct par_compared_runs *comparison, size_t other)
{
	par_text_add(out, "new");
	if (comparison->others > 1)
		par_text_format(out, " %zu", other + 1);
}

static void add_head(struct par_text *out, const struct par_compared_runs *comparison)
{
	par_text_add(out, "| cell | base |");
	for (size_t i = 0; i < comparison->others; i++) {
		par_text_add(out, " ");
		add_run_name(out, comparison, i);
		par_text_add(out, " | ratio, verdict, interval |");
	}
	par_text_add(out, "\n|---|--:|");
	for (size_t i = 0; i < comparison->others; i++)
		par_text_add(out, "--:|---|");
	par_text_add(out, "\n");
}

static void add_section(struct par_text *out, const struct par_compared_runs *comparison,
	enum par_section section, bool all)
{
	size_t *rows = NULL;
	long count = par_comparison_sort(&rows, comparison, section);

	if (count < 0)
		out->failed = true;
	if (count > 0 && (all || (section != PAR_SECTION_TIE && section != PAR_SECTION_LISTED))) {
		par_text_add(out, "## ");
		par_comparison_title(out, comparison, section);
		par_text_format(out, " (%ld)\n\n", count);
		add_head(out, comparison);
		for (long i = 0; i < count; i++)
			add_row(out, comparison, rows[i]);
		par_text_add(out, "\n");
	}
	free(rows);
}

static void add_notes(struct par_text *out, const struct par_compared_runs *comparison)
{
	struct par_text notes = PAR_TEXT_INIT;
	const char *at;

	par_comparison_notes(&notes, comparison);
	for (at = par_text_get(&notes); *at != '\0'; at++) {
		struct par_text line = PAR_TEXT_INIT;

		while (*at != '\n' && *at != '\0')
			par_text_add_bytes(&line, at++, 1);
		par_text_add(out, "- ");
		add_escaped(out, par_text_get(&line));
		par_text_add(out, "\n");
		par_text_fini(&line);
		if (*at == '\0')
			break;
	}
	par_text_add(out, "\n");
	par_text_fini(&notes);
}

static void add_pictures(
	struct par_text *out, const struct par_compared_runs *comparison, size_t pictures)
{
	for (size_t i = 0; i < pictures; i++) {
		char number[24] = "";

		if (i > 0)
			snprintf(number, sizeof number, "_%zu", i + 1);
		par_text_add(out, "![");
		add_escaped(out, comparison->headline);
		par_text_format(out, "](comparison%s.png)\n\n", number);
	}
	if (pictures > 0)
		par_text_format(out, "%s\n", par_howto("comparison"));
}

void par_comparison_markdown(
	struct par_text *out, const struct par_compared_runs *comparison, bool all, size_t pictures)
{
	par_text_add(out, "# ");
	add_escaped(out, comparison->headline);
	par_text_add(out, "\n\n");
	for (size_t i = 0; i < comparison->spec.run_count; i++) {
		struct par_text line = PAR_TEXT_INIT;

		par_comparison_run_line(&line, &comparison->spec.runs[i]);
		par_text_add(out, "- ");
		if (i == 0)
			par_text_add(out, "base");
		else
			add_run_name(out, comparison, i - 1);
		par_text_add(out, ": ");
		add_escaped(out, par_text_get(&line));
		par_text_add(out, "\n");
		par_text_fini(&line);
	}
	add_notes(out, comparison);
	add_pictures(out, comparison, pictures);
	for (int section = 0; section < PAR_SECTIONS; section++)
		add_section(out, comparison, (enum par_section)section, all);
}
