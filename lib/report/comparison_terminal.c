/*
 * A comparison as a table of 80 columns.
 */
#include <errno.h>
#include <stdlib.h>

#include "chart_format.h"
#include "comparison_parts.h"
#include "terminal.h"
#include "terminal_text.h"

#define COLUMNS       80
#define NAME          34 /* of one new run */
#define NAME_MANY     30 /* of several */
#define TIME          9
#define RATIO         8
#define INTERVAL      14
#define RUN           18 /* a new run's column */
#define NOT_SURE_MOST 10 /* rows without `all` */

static void add_blanks(struct par_text *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		par_text_add(out, " ");
}

static void add_left(struct par_text *out, const char *text, unsigned width)
{
	unsigned used = par_terminal_width(text);

	par_text_add(out, text);
	add_blanks(out, used < width ? width - used : 1);
}

static void add_right(struct par_text *out, const char *text, unsigned width)
{
	unsigned used = par_terminal_width(text);

	add_blanks(out, used < width ? width - used : 1);
	par_text_add(out, text);
}

/* A name that is too long has a line of its own. */
static void add_name(struct par_text *out, const struct par_compared_runs *comparison, size_t row,
	unsigned width)
{
	struct par_text name = PAR_TEXT_INIT;

	par_comparison_label(&name, comparison, row);
	if (par_terminal_width(par_text_get(&name)) + 2 < width) {
		par_text_add(out, "  ");
		add_left(out, par_text_get(&name), width - 2);
	} else {
		par_text_format(out, "  %s\n", par_text_get(&name));
		add_blanks(out, width);
	}
	par_text_fini(&name);
}

static void add_time(struct par_text *out, const struct par_cell_stats *stats)
{
	add_right(out, stats == NULL ? "-" : par_label_time(stats->median_ns).text, TIME);
}

static void add_reason(struct par_text *out, const struct par_compared_runs *comparison, size_t row,
	const char *reason)
{
	struct par_text name = PAR_TEXT_INIT;

	par_comparison_label(&name, comparison, row);
	par_text_format(&name, ": %s", reason);
	par_terminal_wrap(out, par_text_get(&name), COLUMNS, true, "  ", "    ");
	par_text_fini(&name);
}

static void add_row(struct par_text *out, const struct par_compared_runs *comparison, size_t row)
{
	const struct par_pair *pair = par_comparison_pair(comparison, row, 0);
	struct par_text text = PAR_TEXT_INIT;

	if (pair->state != PAR_PAIR_COMPARED) {
		add_reason(out, comparison, row, pair->reason);
		return;
	}
	add_name(out, comparison, row, NAME);
	add_time(out, pair->base);
	add_time(out, pair->other);
	add_right(out, par_label_times(pair->found.ratio).text, RATIO);
	par_comparison_interval(&text, pair);
	add_right(out, par_text_get(&text), INTERVAL);
	par_text_clear(&text);
	par_comparison_wanting(&text, pair);
	if (text.size > 0)
		add_right(out, par_text_get(&text), COLUMNS - NAME - 2 * TIME - RATIO - INTERVAL);
	par_text_add(out, "\n");
	par_text_fini(&text);
}

static void add_row_of_many(
	struct par_text *out, const struct par_compared_runs *comparison, size_t row)
{
	const struct par_cell_stats *base = par_comparison_pair(comparison, row, 0)->base;

	add_name(out, comparison, row, NAME_MANY);
	add_time(out, base);
	for (size_t i = 0; i < comparison->others; i++) {
		const struct par_pair *pair = par_comparison_pair(comparison, row, i);
		struct par_text text = PAR_TEXT_INIT;

		if (pair->state == PAR_PAIR_COMPARED)
			par_comparison_verdict(&text, pair);
		else
			par_text_add(&text, par_pair_state_name(pair->state));
		add_right(out, par_text_get(&text), RUN);
		par_text_fini(&text);
	}
	par_text_add(out, "\n");
}

static void add_run_head(struct par_text *out, size_t other)
{
	struct par_text text = PAR_TEXT_INIT;

	par_text_format(&text, "new %zu", other + 1);
	add_right(out, par_text_get(&text), RUN);
	par_text_fini(&text);
}

static void add_head(struct par_text *out, const struct par_compared_runs *comparison,
	enum par_section section, long count)
{
	struct par_text title = PAR_TEXT_INIT;
	bool many = comparison->others > 1;

	par_comparison_title(&title, comparison, section);
	par_text_format(&title, " (%ld)", count);
	par_text_format(out, "\n%s\n", par_text_get(&title));
	par_text_fini(&title);
	if (!many && (section == PAR_SECTION_BROKEN || section == PAR_SECTION_LISTED))
		return;
	add_blanks(out, many ? NAME_MANY : NAME);
	add_right(out, "base", TIME);
	for (size_t i = 0; many && i < comparison->others; i++)
		add_run_head(out, i);
	if (!many) {
		add_right(out, "new", TIME);
		add_right(out, "ratio", RATIO);
		add_right(out, "interval", INTERVAL);
		if (section == PAR_SECTION_NOT_SURE)
			par_text_add(out, " wants");
	}
	par_text_add(out, "\n");
}

/* How many rows of a section are shown. */
static long shown(enum par_section section, long count, bool all)
{
	if (all)
		return count;
	if (section == PAR_SECTION_TIE || section == PAR_SECTION_LISTED)
		return 0;
	return section == PAR_SECTION_NOT_SURE && count > NOT_SURE_MOST ? NOT_SURE_MOST : count;
}

static void add_section(struct par_text *out, const struct par_compared_runs *comparison,
	enum par_section section, bool all)
{
	size_t *rows = NULL;
	long count = par_comparison_sort(&rows, comparison, section);
	long most = shown(section, count, all);

	if (count < 0)
		out->failed = true;
	if (most > 0)
		add_head(out, comparison, section, count);
	for (long i = 0; i < most; i++) {
		if (comparison->others > 1)
			add_row_of_many(out, comparison, rows[i]);
		else
			add_row(out, comparison, rows[i]);
	}
	if (most > 0 && most < count)
		par_text_format(out, "  and %ld more; --all shows them\n", count - most);
	free(rows);
}

static void add_notes(struct par_text *out, const struct par_compared_runs *comparison)
{
	struct par_text notes = PAR_TEXT_INIT;
	const char *at;

	par_comparison_notes(&notes, comparison);
	at = par_text_get(&notes);
	while (*at != '\0') {
		const char *end = at;
		struct par_text line = PAR_TEXT_INIT;

		while (*end != '\n' && *end != '\0')
			end++;
		par_text_add_bytes(&line, at, (size_t)(end - at));
		par_terminal_wrap(out, par_text_get(&line), COLUMNS, true, "- ", "  ");
		par_text_fini(&line);
		at = *end == '\n' ? end + 1 : end;
	}
	par_text_fini(&notes);
}

void par_comparison_terminal(
	struct par_text *out, const struct par_compared_runs *comparison, bool all, bool utf8)
{
	struct par_text text = PAR_TEXT_INIT;

	par_text_format(&text, "%s\n", comparison->headline);
	for (size_t i = 0; i < comparison->spec.run_count; i++) {
		if (i > 0 && comparison->others > 1)
			par_text_format(&text, "new %zu: ", i);
		else
			par_text_add(&text, i == 0 ? "base: " : "new: ");
		par_comparison_run_line(&text, &comparison->spec.runs[i]);
		par_text_add(&text, "\n");
	}
	for (int section = 0; section < PAR_SECTIONS; section++)
		add_section(&text, comparison, (enum par_section)section, all);
	par_text_add(&text, "\n");
	add_notes(&text, comparison);
	par_terminal_fold(out, par_text_get(&text), utf8);
	out->failed |= text.failed;
	par_text_fini(&text);
}
