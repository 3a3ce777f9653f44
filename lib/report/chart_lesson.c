#include "chart_lesson.h"

#include <stdio.h>
#include <string.h>

#include "phrase.h"

const char *par_lesson_script(enum par_lesson_kind kind)
{
	return kind == PAR_LESSON_LADDER ? "ladder" : "curves";
}

const char *par_lesson_interval_note(bool any)
{
	return any ? "95 % interval" : "no intervals: fewer than 6 rounds";
}

const struct par_model *par_lesson_model(
	const struct par_analysis *analysis, const struct par_cell *cell)
{
	const struct par_variant *variant = par_cell_variant(cell);
	const struct par_model *as = NULL;

	if (variant != NULL && variant->as != NULL)
		as = par_registry_model(analysis->registry, variant->as);
	return as != NULL ? as : cell->model;
}

static struct par_lesson_title title_of(const struct par_lesson_view *view,
	const struct par_cell *cell, bool brief, const char *after)
{
	struct par_lesson_title title;
	struct par_text text = PAR_TEXT_INIT;

	par_lesson_name(&text, view, cell, brief);
	par_text_add(&text, after);
	par_text_copy_line(title.text, sizeof title.text, par_text_get(&text));
	par_text_fini(&text);
	return title;
}

struct par_lesson_title par_lesson_plain_title(
	const struct par_lesson_view *view, const struct par_cell *cell, bool brief)
{
	return title_of(view, cell, brief, "");
}

struct par_lesson_title par_lesson_title(
	const struct par_lesson_view *view, const struct par_cell *cell, bool brief)
{
	const char *wrong = brief ? PAR_LESSON_WRONG_BRIEF : PAR_LESSON_WRONG;

	return title_of(view, cell, brief, par_lesson_is_lossy(cell) ? wrong : "");
}

void par_lesson_cut(struct par_lesson_title *title, double width, double size, bool bold)
{
	static const char dots[] = "…";
	size_t length = strlen(title->text);

	if (length + sizeof dots > sizeof title->text)
		length = sizeof title->text - sizeof dots;
	while (par_text_width(title->text, size, bold) > width && length > 0) {
		do
			length--;
		while (length > 0 && (title->text[length] & 0xC0) == 0x80);
		strcpy(title->text + length, dots);
	}
}

void par_lesson_miss(struct par_lesson_missing *missing, const struct par_cell_stats *stats)
{
	bool unvisited = stats->visits == 0;

	if (stats->status == PAR_STATUS_SKIPPED)
		missing->skipped++;
	else if (stats->status == PAR_STATUS_UNTRUSTWORTHY || unvisited)
		missing->untrusted++;
	else
		missing->failed++;
}

static void add_missing(struct par_text *out, size_t count, const char *what, bool *first)
{
	if (count == 0)
		return;
	par_text_format(out, "%s%zu %s%s%s", *first ? " · not shown: " : ", ", count,
		*first ? "cell" : "", *first ? par_phrase_s(count) : "", *first ? " " : "");
	par_text_add(out, what);
	*first = false;
}

void par_lesson_word_missing(struct par_text *out, const struct par_lesson_missing *missing)
{
	bool first = true;

	add_missing(out, missing->untrusted, "without a trusted visit", &first);
	add_missing(out, missing->failed, "that failed", &first);
	add_missing(out, missing->skipped, "that cannot run here", &first);
}

/* The finding, or that there is none: a heading must not claim what the data do not hold. */
static int word(struct par_sheet *sheet, const struct par_lesson_view *view)
{
	struct par_text text = PAR_TEXT_INIT;

	par_lesson_word(&text, view);
	if (par_text_get(&text)[0] == '\0')
		par_text_add(&text, "No finding: the data do not allow one yet");
	return par_phrase_take(sheet->finding, sizeof sheet->finding, &text);
}

int par_lesson_fill(struct par_sheet *sheet, const struct par_lesson_view *view,
	const struct par_palette *palette)
{
	int status;

	if (!par_lesson_shows(view))
		return 1;
	par_text_copy_line(sheet->stem, sizeof sheet->stem, view->sheet->stem);
	par_text_copy_line(sheet->what, sizeof sheet->what, view->sheet->what);
	status = word(sheet, view);
	if (status < 0)
		return status;
	return view->sheet->kind == PAR_LESSON_LADDER ? par_ladder_fill(sheet, view, palette)
						      : par_curves_fill(sheet, view, palette);
}
