/*
 * model: who runs the tasks. It knows no workload.
 *
 * A model opens a team of workers, feeds it jobs and closes it. It calls par_job_work() for ranges
 * of tasks and adds nothing to the timed path that the model itself does not need.
 */
#ifndef PAR_MODEL_H
#define PAR_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "job.h"
#include "machine.h"
#include "measure.h"
#include "variant.h"

/* What the planner must know of a model: a bit set. */
enum par_trait {
	PAR_TRAIT_SERIAL = 1 << 0, /* the base of speedups: one worker, one task after the other */
	PAR_TRAIT_ONE_CORE = 1 << 1, /* never more than one worker */
	PAR_TRAIT_LOOP = 1 << 2,     /* a worker holds many waiting tasks: no workers axis for IO */
	PAR_TRAIT_PROCESS = 1 << 3,  /* workers are processes */
	PAR_TRAIT_PER_TASK = 1 << 4, /* a new worker for each task */
	PAR_TRAIT_TURNS = 1 << 5,    /* one of its workers computes at a time */
};

/* How a model looks in every chart. Colours are "#RRGGBB"; `point` is a gnuplot 5.4 point type. */
struct par_look {
	const char *light, *dark;   /* lines and marks on white and on near-black */
	const char *ink, *ink_dark; /* text on white, on near-black */
	int point;
};

/* What a team is made for. Borrowed; outlives the team. */
struct par_team_spec {
	struct par_work work;
	const char *variant; /* of the model's table; "-": none */
	unsigned workers;    /* >= 1 */
	const int *pus;      /* OS index per worker, or -1: not pinned */
	bool spin;           /* a PU for each worker: waiting may spin briefly */
	unsigned in_flight;  /* most tasks under way at once over the whole team; loops divide it */
	struct par_tally *tallies; /* one per worker, shared memory; the team only adds */
};

/* A run of the tasks [first, first + count). */
struct par_job {
	uint64_t first, count;
};

struct par_team; /* each model defines its own */

/*
 * How a program that is not parbench runs a cell, perhaps in another language. A visit runs
 *
 *   COMMAND... SPEC --timed NANOSECONDS --samples COUNT
 *
 * without a shell, on the cell's PUs, standard input at its end. SPEC is the cell's id. The program
 * does what the workload does, checks nothing, and prints one line, a JSON object:
 *
 *   samples_ns   times of a run of the job, by its own clock, after a run that warms up; as many as
 *                fill `--timed`, at most 64; or exactly `--samples` of them where that is not 0
 *   digest       "0x...": the sum over all tasks of par_task_digest(), the same in each run
 *   tasks        of a run
 *   open_ns, warmup_ns, close_ns   of making its workers, of the first run, of ending them
 *
 * It ends with status 0; else the last line of its standard error is why the visit failed.
 */
struct par_outside {
	const char *const *command;   /* a path, or a name in PATH, and arguments; ends with NULL */
	const char *const *workloads; /* names of those it has; ends with NULL */
};

struct par_model {
	const char *name;        /* [a-z0-9_]+, unique */
	const char *label;       /* "thread pool" */
	const char *short_label; /* at most 11 characters, for narrow charts */
	const char *summary;     /* one line */
	unsigned traits;         /* par_trait bits */
	const char *only;        /* the experiment it is made for: plans of others leave its cells
				    out; NULL: it has a part in all */
	unsigned simplicity;     /* rank for ties: the lowest is recommended (serial 0) */
	struct par_look look;
	const struct par_variant *variants; /* those it takes besides "-"; ends with name NULL; may
					       be NULL */

	/* NULL, or why it cannot run on this machine: a constant string. May be NULL: always can.
	 */
	const char *(*unavailable)(const struct par_machine *machine);

	/* NULL: in this program, by the functions below; else they are NULL. */
	const struct par_outside *outside;

	/*
	 * Creates the workers, pins them, and returns when all stand at the gate. *team is owned by
	 * the caller until close. 0 or -errno; on failure nothing is left behind.
	 */
	int (*open)(struct par_team **team, const struct par_team_spec *spec);

	/*
	 * Runs a job to its end: every task once. 0, or -errno when a worker could not be made or
	 * died (then the team can only be closed). Called again and again on one team.
	 */
	int (*run)(struct par_team *team, const struct par_job *job);

	/* Ends and reaps every worker. NULL is allowed. */
	void (*close)(struct par_team *team);

	/* What it tells besides the time, and the values of the last run in the order of that
	 * table; NaN: not told. Both may be NULL. */
	const struct par_measure_kind *measures;
	void (*measure)(struct par_team *team, double *values);
};

#endif
