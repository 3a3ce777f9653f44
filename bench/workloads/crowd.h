/*
 * crowd: tasks that wait at the same time: whether each came once, and what they cost meanwhile.
 *
 * Memory is read at the moment when all wait, in the first run, which is not timed: who comes last
 * reads it, and nobody leaves before. It is what the visit's processes have beyond what they had
 * before the workers were made: their pages (PSS), page tables, and 16 KiB of kernel stack a
 * thread; not what sockets hold in the kernel. CPU time is that of the visit's processes over a
 * run, without servers.
 */
#ifndef PAR_CROWD_H
#define PAR_CROWD_H

#include "family.h"
#include "workload.h"

struct par_crowd_ledger;

/* Inert when zeroed. */
struct par_crowd {
	struct par_crowd_ledger *ledger; /* shared memory; owned */
	uint32_t tasks;                  /* of the job */
	pid_t root;                      /* the process of open */
	struct par_family servers;       /* children that are no workers */
	struct par_family team;          /* workers that are processes, as of the last reset */
	uint64_t base;                   /* bytes before there were workers */
	uint64_t cpu_ns;                 /* at the last reset */
};

/* "memory", "task_cpu", "at_once": see crowd.c. Ends with name NULL. */
extern const struct par_measure_kind par_crowd_measures[];

/* When all servers have been started. Returns 0, or -errno with `error` set and nothing left. */
int par_crowd_open(struct par_crowd *crowd, const struct par_setup *setup, struct par_error *error);
void par_crowd_close(struct par_crowd *crowd);

/* Before each run; 0 or -errno. */
int par_crowd_reset(struct par_crowd *crowd);

/* Of a task, before it begins to wait and when it has. */
void par_crowd_enter(struct par_crowd *crowd, struct par_io *io);
void par_crowd_leave(struct par_crowd *crowd, uint64_t index, struct par_io *io);

/* 0 when every task of the job came and went exactly once; else -EBADMSG with `error` set. */
int par_crowd_verify(const struct par_crowd *crowd, struct par_error *error);

/* Of the last run, in the order of par_crowd_measures; the memory is the first run's. */
void par_crowd_measure(struct par_crowd *crowd, double *values);

#endif
