/*
 * waiting_words: what the experiment `waiting` says, each from the cells of its sheet.
 */
#ifndef PAR_WAITING_WORDS_H
#define PAR_WAITING_WORDS_H

#include "experiment.h"

/* Who holds most, and what the most that a thread and a process each hold take. */
void par_waiting_word_time(struct par_text *out, const struct par_lesson_view *view);

/* Coroutine, thread and process, the cheapest first. */
void par_waiting_word_memory(struct par_text *out, const struct par_lesson_view *view);

/* The fastest at the most connections that more than one way holds, and how far off the others are.
 */
void par_waiting_word_connections(struct par_text *out, const struct par_lesson_view *view);

/* A blocking call on a loop, and computing on it. */
void par_waiting_word_blocking(struct par_text *out, const struct par_lesson_view *view);

#endif
