#include <string.h>

#include "terminal.h"
#include "terminal_text.h"

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

/* What to read, with where the rest stands; nothing when there are no cautions. */
static void add_head(struct par_text *out, const struct par_analysis *analysis, unsigned columns)
{
	size_t brief = count_lines(par_text_get(&analysis->brief));
	size_t all = count_lines(par_text_get(&analysis->cautions));
	struct par_text head = PAR_TEXT_INIT;

	if (brief > 0)
		par_text_add(&head, "Read before quoting (report.html has every caution):");
	else if (all > 0)
		par_text_format(&head, "Read before quoting: %zu caution%s in report.html.", all,
			all == 1 ? "" : "s");
	else
		return;
	par_terminal_wrap(out, par_text_get(&head), columns, true, "", "");
	out->failed |= head.failed;
	par_text_fini(&head);
}

void par_terminal_cautions(
	struct par_text *out, const struct par_analysis *analysis, unsigned columns, bool utf8)
{
	const char *text = par_text_get(&analysis->brief);

	if (columns < PAR_TERMINAL_COLUMNS_LEAST)
		columns = PAR_TERMINAL_COLUMNS_LEAST;
	add_head(out, analysis, columns);
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		struct par_text line = PAR_TEXT_INIT;

		par_text_add_bytes(&line, text, size);
		par_terminal_wrap(out, par_text_get(&line), columns, utf8, "- ", "  ");
		out->failed |= line.failed;
		par_text_fini(&line);
		text += size + (text[size] == '\n');
	}
}
