/*
 * terminal: the end of a run on a terminal: the headline and a table of answers.
 */
#ifndef PAR_TERMINAL_H
#define PAR_TERMINAL_H

#include "analysis.h"
#include "experiment.h"
#include "text.h"

#define PAR_TERMINAL_COLUMNS 80 /* where the width is not known */

/*
 * Adds the headline and a line a workload: what to use, its speedup with the 95 % interval, T1, the
 * fewest cores with 90 % of the speedup, and how sure it is. No line is wider than `columns`
 * (taken as 60 where less). Without `utf8` the text is plain ASCII. Check out's status.
 */
void par_terminal_answers(
	struct par_text *out, const struct par_analysis *analysis, unsigned columns, bool utf8);

/*
 * Adds the cautions that change what may be quoted, a line each, folded, and where the others
 * stand; nothing when there are none. Widths and `utf8` as above.
 */
void par_terminal_cautions(
	struct par_text *out, const struct par_analysis *analysis, unsigned columns, bool utf8);

/*
 * Adds the first finding of each experiment that has a lesson, a line each, folded; nothing when
 * there are none. `experiments` ends with NULL. Widths and `utf8` as above.
 */
void par_terminal_lessons(struct par_text *out, const struct par_analysis *analysis,
	const struct par_experiment *const *experiments, unsigned columns, bool utf8);

/* Adds `text`, in ASCII where asked for: "×" as "x", "±" as "+-", and "?" for what has no likeness.
 */
void par_terminal_fold(struct par_text *out, const char *text, bool utf8);

#endif
