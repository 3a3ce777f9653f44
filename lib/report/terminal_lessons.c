#include <string.h>

#include "terminal.h"
#include "terminal_text.h"

static const struct par_finding *first_finding(
	const struct par_analysis *analysis, const char *experiment)
{
	for (size_t i = 0; i < analysis->finding_count; i++)
		if (strcmp(analysis->findings[i].experiment, experiment) == 0)
			return &analysis->findings[i];
	return NULL;
}

void par_terminal_lessons(struct par_text *out, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, unsigned columns, bool utf8)
{
	size_t lessons = 0;

	if (columns < PAR_TERMINAL_COLUMNS_LEAST)
		columns = PAR_TERMINAL_COLUMNS_LEAST;
	for (; *experiments != NULL; experiments++) {
		const struct par_lesson *lesson = (*experiments)->lesson;
		const struct par_finding *finding =
			lesson == NULL ? NULL : first_finding(analysis, (*experiments)->name);
		struct par_text line = PAR_TEXT_INIT;

		if (finding == NULL)
			continue;
		if (lessons++ == 0)
			par_text_add(out, "Lessons:\n");
		par_text_format(&line, "%s: %s", lesson->title, finding->headline);
		par_terminal_wrap(out, par_text_get(&line), columns, utf8, "- ", "  ");
		out->failed |= line.failed;
		par_text_fini(&line);
	}
}
