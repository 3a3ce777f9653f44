/*
 * sharing: what the experiment's plan and its lesson agree on. Private to the two.
 */
#ifndef PAR_SHARING_H
#define PAR_SHARING_H

#include "lesson.h"

#define PAR_SHARING_NAME "sharing"

/* Parameters of `counter`, `histogram` and `table` by their places. */
enum { PAR_COUNTER_SECTION = 1, PAR_COUNTER_LIMIT = 2 };
enum { PAR_HISTOGRAM_LOCKS = 2 };
enum { PAR_TABLE_WRITES = 1 };

extern const struct par_lesson par_sharing_lesson;

/* The sentences of its sheets: see lesson.h. */
void par_sharing_word_cost(struct par_text *out, const struct par_lesson_view *view);
void par_sharing_word_workers(struct par_text *out, const struct par_lesson_view *view);
void par_sharing_word_models(struct par_text *out, const struct par_lesson_view *view);
void par_sharing_word_histogram(struct par_text *out, const struct par_lesson_view *view);
void par_sharing_word_table(struct par_text *out, const struct par_lesson_view *view);

#endif
