/*
 * doctor_text: what disturbs measurement, for a person at a terminal.
 */
#ifndef PAR_DOCTOR_TEXT_H
#define PAR_DOCTOR_TEXT_H

#include <stdbool.h>

#include "doctor.h"
#include "text.h"

/*
 * Adds what disturbs, what disturbs most first, folded to `columns`; commands stand whole on lines
 * of their own, so that they can be copied. The rest takes a line or two, or, with `all`, a
 * paragraph each. Check the text's status.
 */
void par_doctor_text(
	struct par_text *text, const struct par_doctor *doctor, unsigned columns, bool all);

#endif
