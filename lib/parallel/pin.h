/*
 * pin: which PUs a thread may run on.
 */
#ifndef PAR_PIN_H
#define PAR_PIN_H

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

/* A set of PUs as the kernel takes it. Inert when zeroed. */
struct par_affinity {
	cpu_set_t *set; /* owned; NULL: none */
	size_t size;    /* bytes */
};

#define PAR_AFFINITY_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* The set of some PUs, OS indices >= 0. Returns 0, -ENOMEM, or -EINVAL for an impossible one. */
int par_affinity_init(struct par_affinity *affinity, const int *pus, unsigned count);

/* The set of another process's first thread. Returns 0 or -errno. */
int par_affinity_init_of(struct par_affinity *affinity, pid_t pid);

/* The set of the calling thread. Returns 0 or -errno. */
int par_affinity_init_self(struct par_affinity *affinity);

/* Takes `pu` out of the set; -1 and one that is not in it change nothing. */
void par_affinity_remove(struct par_affinity *affinity, int pu);

/* How many PUs are in the set; 0 when inert. */
unsigned par_affinity_count(const struct par_affinity *affinity);

/* Makes the set that of the calling thread; an inert one changes nothing. Returns 0 or -errno. */
int par_affinity_apply(const struct par_affinity *affinity);

void par_affinity_fini(struct par_affinity *affinity);

/*
 * Keeps the calling thread on the PUs of its workers, for a caller who works as they do: else a
 * cell of one PU would use two. With a -1 among them nothing changes. `before` is what to apply
 * afterwards. Returns 0 or -errno, and then `before` is inert.
 */
int par_affinity_confine(struct par_affinity *before, const int *pus, unsigned count);

/* Pins the calling thread to `pu`; -1 does nothing. Returns 0 or -errno. */
int par_pin_self(int pu);

/* Threads made with `attr` start on `pu`; -1 does nothing. Returns 0 or -errno. */
int par_pin_attr(pthread_attr_t *attr, int pu);

#endif
