/*
 * birth: what birth.c (the workload), birth_ways.c (how a worker is made) and birth_probe.c (what
 * each of them costs, step by step) share.
 */
#ifndef PAR_BIRTH_H
#define PAR_BIRTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "coroutine.h"
#include "errors.h"
#include "launch.h"
#include "life.h"
#include "shared.h"
#include "wait.h"

#define BIRTH_MARKS     64
#define BIRTH_POOL      8           /* workers of a pool */
#define BIRTH_STACK     (64 * 1024) /* of a thread with a small stack */
#define BIRTH_HUGE_PAGE (2u << 20)
/* A worker that hangs is not waited for longer. */
#define BIRTH_PATIENCE_NS (20 * PAR_NS_PER_S)

/* What is told besides the time of a whole life; the order of birth_kinds. */
enum birth_measure {
	BIRTH_CREATE,
	BIRTH_FIRST,
	BIRTH_END,
	BIRTH_REAP,
	BIRTH_BYTES,
	BIRTH_TABLES,
	BIRTH_ALIVE,
	BIRTH_JOIN_TIMEOUT,
	BIRTH_TERMINATE,
	BIRTH_KILL,
	BIRTH_MEASURES,
};

/* In memory that workers of every sort share. */
struct birth_board {
	_Atomic uint64_t marks[BIRTH_MARKS]; /* by index: what a worker leaves */
	_Atomic uint64_t first_ns, last_ns;  /* its first and last instruction, where probed */
	struct par_gate standing;            /* how many stand and wait to be asked */
};

struct birth;

/* A worker that lives until it is asked to end. Inert when zeroed. */
struct birth_standing {
	struct par_life life;
	int line; /* of a program: our end of its input and output; 0: none */
};

/* One way to make a worker. */
struct birth_way {
	const char *variant;
	unsigned lot; /* workers that one making makes */
	bool huge;    /* what the parent holds lies on huge pages */
	/* Makes the workers index .. index + lot - 1, sees each leave its mark, ends and reaps
	 * them. 0 or -errno; then none is left. */
	int (*make)(struct birth *birth, uint64_t index);
	/* The same once, and tells its steps in ns (BIRTH_CREATE to BIRTH_REAP); NaN stays. */
	int (*steps)(struct birth *birth, double *values);
	/* Starts one that stands; NULL: none can. 0 or -errno. */
	int (*stand)(struct birth *birth, struct birth_standing *standing);
	/* What each of many adds to the memory of all, in bytes; NULL: nothing to say. */
	int (*weigh)(struct birth *birth, double *values);
};

struct birth {
	const struct birth_way *way;
	void (*leave_mark)(struct birth *birth, uint64_t index); /* what a worker does */
	const char *const *program; /* of `spawn`: ends at once with 0 */
	const char *const *echo;    /* of `subprocess`: prints what it reads */
	struct birth_board *board;
	void *resident; /* touched by this process; owned */
	size_t resident_bytes;
	struct par_coroutines coroutines;
	uint64_t missed; /* marks since the last reset */
	bool probed;
	double values[BIRTH_MEASURES]; /* NaN: not told */
};

/* By the variant's name; NULL: there is none. */
const struct birth_way *birth_way_find(const char *variant);

/* What a worker leaves when it was there: a pure function of its index. */
uint64_t birth_mark(uint64_t index);

/* The mark of `index` that is there now. */
uint64_t birth_read_mark(const struct birth *birth, uint64_t index);

/* The usual leave_mark. Only what may be done after vfork. */
void birth_leave_mark(struct birth *birth, uint64_t index);

/* A worker that lives until it is asked; of a process or a thread. */
int birth_stand(void *context, struct par_life *self);

/* Waits until `count` stand. 0 or -ETIMEDOUT. */
int birth_await_standing(struct birth *birth, unsigned count);

/* Ends what birth_way.stand() started, unasked where that is possible. */
void birth_standing_fini(struct birth_standing *standing);

/* Both fill birth->values. `weigh` before any other worker was made, since the C library keeps the
 * stacks of threads; the steps and calls after, when all is warm. 0 or -errno. */
int birth_probe_weight(struct birth *birth);
int birth_probe_calls(struct birth *birth);

/* For the table of ways: what birth_steps.c and birth_probe.c have to offer. */
int birth_step_fork(struct birth *birth, double *values);
int birth_step_vfork(struct birth *birth, double *values);
int birth_step_spawn(struct birth *birth, double *values);
int birth_step_subprocess(struct birth *birth, double *values);
int birth_step_thread(struct birth *birth, double *values);
int birth_step_thread_small(struct birth *birth, double *values);
int birth_step_pool_threads(struct birth *birth, double *values);
int birth_step_pool_processes(struct birth *birth, double *values);
int birth_stand_fork(struct birth *birth, struct birth_standing *standing);
int birth_stand_thread(struct birth *birth, struct birth_standing *standing);
int birth_stand_thread_small(struct birth *birth, struct birth_standing *standing);
int birth_stand_program(struct birth *birth, struct birth_standing *standing);
int birth_weigh_standing(struct birth *birth, double *values);
int birth_weigh_coroutines(struct birth *birth, double *values);
int birth_weigh_pool(struct birth *birth, double *values);

/* And for birth_steps.c: waits for a child, 0 when it ended as it should; a talk with the echoing
 * program, with the time of its first answer (may be NULL); a pool, with its steps (may be NULL);
 * how the program of `spawn` is started. */
int birth_reap(pid_t pid);
int birth_converse(struct birth *birth, uint64_t index, uint64_t *first_ns);
int birth_make_pool(struct birth *birth, uint64_t index, bool processes, double *values);
struct par_launch_spec birth_program_spec(const struct birth *birth);

#endif
