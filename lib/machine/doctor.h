/*
 * doctor: what on this machine disturbs measurement, how much it matters, and the commands that
 * mend it and restore it. It only reads.
 *
 * Commands are for a person to paste, so they are made of constant words, numbers, and values that
 * were read and that a shell takes for plain words; where a value is anything else there is no
 * command, and `instead` says why. A restoring command writes the value that was read now, for each
 * group of CPUs its own, never a default that somebody assumed.
 */
#ifndef PAR_DOCTOR_H
#define PAR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

enum par_doctor_state {
	PAR_DOCTOR_GOOD,
	PAR_DOCTOR_DISTURBS,
	PAR_DOCTOR_UNKNOWN, /* cannot be read, or does not apply here; `found` says which */
};

/* What it costs a measurement where it disturbs. */
enum par_doctor_matter {
	PAR_DOCTOR_MUCH,   /* changes which model wins, or times by more than some 10 % */
	PAR_DOCTOR_SOME,   /* some percent, or some kinds of work only */
	PAR_DOCTOR_LITTLE, /* about the width of an interval, or a comfort that is missing */
};

/* "good", "disturbs", "unknown"; "much", "some", "little". */
const char *par_doctor_state_name(enum par_doctor_state state);
const char *par_doctor_matter_name(enum par_doctor_matter matter);

/* One thing that was looked at. Texts are printable ASCII. */
struct par_doctor_check {
	const char *id;    /* "governor"; constant */
	const char *title; /* "frequency governor"; constant */
	enum par_doctor_state state;
	enum par_doctor_matter matter; /* where it disturbs, or would */
	char found[256];
	char why[320];     /* how it disturbs, and about how much */
	char instead[384]; /* what to do without a command, or to know beside it; may be "" */
	struct par_text mend, restore; /* shell commands, a line each; both or neither */
};

/* What the files of the machine do not tell. Borrowed. */
struct par_doctor_input {
	unsigned widest;         /* workers of the widest cell to be measured; 0: not known */
	const char *build_type;  /* of this program: "Release" */
	const char *build_flags; /* "-O2 -g" */
	const char *folder;      /* where results go, an absolute path; NULL: not known */
	bool superuser;          /* limits of processes do not hold for root */
	unsigned sample_ms;      /* for how long others are watched */
};

#define PAR_DOCTOR_SAMPLE_MS 300 /* thirty ticks of /proc/PID/stat */

/* Inert when zeroed. */
struct par_doctor {
	struct par_doctor_check *checks; /* what disturbs most comes first; owned */
	size_t count;
};

#define PAR_DOCTOR_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Looks at everything below `root` ("" for the real tree); takes input->sample_ms and some ms.
 * Returns 0 or -ENOMEM with `doctor` inert. par_doctor_fini() frees.
 */
int par_doctor_examine(
	struct par_doctor *doctor, const struct par_doctor_input *input, const char *root);

/* How many disturb that much. */
size_t par_doctor_count(const struct par_doctor *doctor, enum par_doctor_matter matter);

void par_doctor_fini(struct par_doctor *doctor);

#endif
