/*
 * page_doctor: what disturbed measurement as the run began, from run.json.
 */
#ifndef PAR_PAGE_DOCTOR_H
#define PAR_PAGE_DOCTOR_H

#include <jansson.h>

#include "text.h"

#define PAR_PAGE_DOCTOR_TITLE "What disturbed measurement on this machine"

/*
 * Adds what disturbed, what disturbed most first, each with the commands that mend and restore it,
 * and the names of the rest, as Markdown without a heading. Adds nothing where `run` has no list
 * (runs of older programs).
 */
void par_page_doctor(struct par_text *out, const json_t *run);

/* Adds one line of plain text that names what disturbed much; nothing when nothing did. */
void par_page_doctor_caution(struct par_text *out, const json_t *run);

#endif
