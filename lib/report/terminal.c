#include "terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_format.h"
#include "phrase.h"
#include "terminal_text.h"

#define GAP 2 /* blanks between columns */

/* The table's columns; the last takes what is left. */
enum column {
	COLUMN_WORKLOAD,
	COLUMN_MODEL,
	COLUMN_SPEEDUP,
	COLUMN_T1,
	COLUMN_CORES,
	COLUMN_VERDICT,
	COLUMNS,
};

struct row {
	struct par_text fields[COLUMNS];
};

struct table {
	struct par_text *out;
	unsigned widths[COLUMNS];
	bool utf8;
};

/* Adds the text in exactly `width` columns: cut, or filled with blanks on either side. */
static void add_field(struct par_text *out, const char *text, unsigned width, bool right)
{
	unsigned used = par_terminal_width(text);

	if (used > width) {
		for (unsigned i = 0; i + 1 < width; i++) {
			size_t size = par_terminal_character(text);

			par_text_add_bytes(out, text, size);
			text += size;
		}
		par_text_add(out, width > 0 ? ">" : "");
		return;
	}
	if (right)
		par_text_format(out, "%*s", (int)(width - used), "");
	par_text_add(out, text);
	if (!right)
		par_text_format(out, "%*s", (int)(width - used), "");
}

static bool is_number(size_t column)
{
	return column >= COLUMN_SPEEDUP && column <= COLUMN_CORES;
}

static void add_row(struct table *table, const struct row *row)
{
	struct par_text line = PAR_TEXT_INIT;
	size_t size;

	for (size_t i = 0; i < COLUMNS; i++) {
		par_text_format(&line, "%*s", i > 0 ? GAP : 0, "");
		add_field(&line, par_text_get(&row->fields[i]), table->widths[i], is_number(i));
	}
	size = line.size;
	while (size > 0 && line.data[size - 1] == ' ')
		size--;
	par_text_add_bytes(table->out, par_text_get(&line), size);
	par_text_add(table->out, "\n");
	if (par_text_status(&line) < 0)
		table->out->failed = true;
	par_text_fini(&line);
}

static void set_field(struct row *row, size_t column, const char *text, bool utf8)
{
	par_terminal_fold(&row->fields[column], text, utf8);
}

/* "tie: fork, proc pool +1": shorter than the verdict's own text. */
static void short_verdict(struct par_text *out, const struct par_answer *answer)
{
	size_t others = 0;

	if (answer->verdict == PAR_VERDICT_FASTER) {
		const struct par_rank *next = &answer->ranks[1];

		par_text_format(out, "faster: %s %s%s", next->model->short_label,
			next->ratio < 1.995 ? "+" : "", par_label_slower(next->ratio).text);
		return;
	}
	par_text_format(out, "%s: ", par_verdict_name(answer->verdict));
	if (answer->verdict == PAR_VERDICT_NOT_SURE && par_answer_has_few_rounds(answer)) {
		par_text_add(out, "few rounds");
		return;
	}
	if (answer->verdict == PAR_VERDICT_NOT_SURE && !par_answer_is_open(answer)) {
		par_text_format(
			out, "%zu missing", par_answer_count_absent(answer, PAR_ABSENT_UNTRUSTED));
		return;
	}
	for (size_t i = 0; i < answer->rank_count; i++) {
		const struct par_model *model = answer->ranks[i].model;

		if (model == answer->recommended || (i > 0 && !answer->ranks[i].tie))
			continue;
		if (others++ == 0)
			par_text_add(out, model->short_label);
	}
	if (others > 1)
		par_text_format(out, " +%zu", others - 1);
	if (others == 0)
		par_text_add(out, "too noisy");
}

static void fill_verdict(
	struct row *row, const struct par_answer *answer, unsigned width, bool utf8)
{
	struct par_text text = PAR_TEXT_INIT;

	if (par_terminal_width(answer->verdict_text) <= width)
		par_text_add(&text, answer->verdict_text);
	else
		short_verdict(&text, answer);
	set_field(row, COLUMN_VERDICT, par_text_get(&text), utf8);
	par_text_fini(&text);
}

static void fill_speedup(struct row *row, const struct par_cell_stats *stats, bool utf8)
{
	char text[2 * PAR_LABEL_MAX];

	snprintf(text, sizeof text, "%s %s", par_label_times(stats->speedup).text,
		par_label_spread(stats->speedup_ci, stats->speedup).text);
	set_field(row, COLUMN_SPEEDUP, text, utf8);
}

static void fill_row(struct row *row, const struct par_analysis *analysis,
	const struct par_answer *answer, const struct table *table)
{
	char text[32];

	set_field(row, COLUMN_WORKLOAD, answer->workload->label, table->utf8);
	set_field(row, COLUMN_MODEL, answer->recommended->short_label, table->utf8);
	fill_speedup(row, &analysis->cells[answer->recommended_cell], table->utf8);
	snprintf(
		text, sizeof text, answer->t1_ns < 1e7 ? "%.4f s" : "%#.3g s", answer->t1_ns / 1e9);
	set_field(row, COLUMN_T1, text, table->utf8);
	snprintf(text, sizeof text, "%u", answer->cores_90);
	set_field(row, COLUMN_CORES, text, table->utf8);
	fill_verdict(row, answer, table->widths[COLUMN_VERDICT], table->utf8);
}

static void row_fini(struct row *row)
{
	for (size_t i = 0; i < COLUMNS; i++)
		par_text_fini(&row->fields[i]);
}

static void set_widths(struct table *table, const struct par_analysis *analysis, unsigned columns)
{
	static const unsigned fixed[COLUMNS] = { 8, 11, 13, 8, 5, 0 };
	unsigned used = 0;

	memcpy(table->widths, fixed, sizeof fixed);
	for (size_t i = 0; i < analysis->answer_count; i++) {
		unsigned width = par_terminal_width(analysis->answers[i].workload->label);

		if (width > table->widths[COLUMN_WORKLOAD] && width <= 12)
			table->widths[COLUMN_WORKLOAD] = width;
	}
	for (size_t i = 0; i < COLUMN_VERDICT; i++)
		used += table->widths[i] + GAP;
	table->widths[COLUMN_VERDICT] = columns > used ? columns - used : 1;
}

static void add_header(struct table *table)
{
	static const char *const names[COLUMNS] = { "workload", "use", "speedup", "T1", "cores",
		"how sure" };
	struct row row = { 0 };
	unsigned total = (COLUMNS - 1) * GAP;

	for (size_t i = 0; i < COLUMNS; i++) {
		set_field(&row, i, names[i], table->utf8);
		total += table->widths[i];
	}
	add_row(table, &row);
	row_fini(&row);
	for (unsigned i = 0; i < total; i++)
		par_text_add(table->out, table->utf8 ? "─" : "-");
	par_text_add(table->out, "\n");
}

static void add_legend(struct table *table, const struct par_analysis *analysis, unsigned columns)
{
	struct par_text legend = PAR_TEXT_INIT;
	size_t missing = 0;

	for (size_t i = 0; i < analysis->answer_count; i++)
		missing += par_answer_count_absent(&analysis->answers[i], PAR_ABSENT_UNTRUSTED) > 0;
	par_text_add(&legend,
		"speedup: over the best serial time T1, with its 95 % interval. cores: the fewest "
		"with 90 % of it. faster: the next model, and how much slower it is.");
	if (missing > 0)
		par_text_add(&legend, " missing: models without a trusted visit.");
	par_terminal_wrap(table->out, par_text_get(&legend), columns, table->utf8, "", "");
	table->out->failed |= legend.failed;
	par_text_fini(&legend);
}

void par_terminal_answers(
	struct par_text *out, const struct par_analysis *analysis, unsigned columns, bool utf8)
{
	struct table table = { .out = out, .utf8 = utf8 };

	if (columns < PAR_TERMINAL_COLUMNS_LEAST)
		columns = PAR_TERMINAL_COLUMNS_LEAST;
	par_terminal_wrap(out, analysis->headline, columns, utf8, "", "");
	if (analysis->answer_count == 0)
		return;
	par_text_add(out, "\n");
	set_widths(&table, analysis, columns);
	add_header(&table);
	for (size_t i = 0; i < analysis->answer_count; i++) {
		struct row row = { 0 };

		fill_row(&row, analysis, &analysis->answers[i], &table);
		add_row(&table, &row);
		row_fini(&row);
	}
	par_text_add(out, "\n");
	add_legend(&table, analysis, columns);
}
