/*
 * phrase: pieces of sentences, so that every page and table says a thing the same way.
 */
#ifndef PAR_PHRASE_H
#define PAR_PHRASE_H

#include "cell.h"
#include "text.h"

/* Adds "a thread pool", "coroutines", "fork": the model in the middle of a sentence. */
void par_phrase_model(struct par_text *out, const struct par_model *model);

/* Adds "on 1 core", "on 16 cores", or "with 1000 workers" where these are more than the cores. */
void par_phrase_place(struct par_text *out, const struct par_cell *cell);

/* Adds "T1 = 0.102 s": the base of a speedup. */
void par_phrase_base(struct par_text *out, double t1_ns);

/* Adds "7.0 % slower", or "takes 2.5× as long" from twice the time on. */
void par_phrase_slower(struct par_text *out, double ratio);

/* "" for one, "s" for any other count. */
const char *par_phrase_s(size_t count);

/* Adds what stands between the items of a list: "", ", " or " and ". */
void par_phrase_join(struct par_text *out, size_t index, size_t count);

/* Copies the text, cut between characters to `size` bytes, and frees it. 0 or -ENOMEM. */
int par_phrase_take(char *out, size_t size, struct par_text *text);

#endif
