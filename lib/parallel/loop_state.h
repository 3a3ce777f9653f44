/*
 * loop_state: what an event loop is made of. Private to the loop.
 */
#ifndef PAR_LOOP_STATE_H
#define PAR_LOOP_STATE_H

#include <errno.h>

#include "coroutine.h"
#include "deadlines.h"
#include "io.h"
#include "loop.h"
#include "offload.h"
#include "poller.h"
#include "ready.h"
#include "timers.h"
#include "uring.h"

struct par_loop {
	struct par_io io; /* first: the tasks' handle is the loop */
	struct par_coroutines coroutines;
	struct par_ready ready;
	struct par_timers timers;
	struct par_parked *parked;            /* all that are, the last first */
	struct par_deadlines deadlines;       /* of those that are parked with one */
	const struct par_loop_source *source; /* of the run under way */
	uint64_t next, last;                  /* claimed and not yet started */
	uint64_t under_way;
	bool dry;                /* the source has no more */
	bool write_may_be_tried; /* pwritev2(RWF_NOWAIT) is not known to be refused here */
	struct par_uring *ring;  /* NULL: the two below are used instead */
	struct par_offload offload;
	struct par_poller poller;
};

static inline struct par_loop *par_loop_of(struct par_io *io)
{
	return (struct par_loop *)io;
}

extern const struct par_io_ops par_loop_ops;       /* epoll */
extern const struct par_io_ops par_loop_uring_ops; /* io_uring */

void par_loop_yield(struct par_io *io);

/* The operations of regular files; see io.h. */
int par_loop_file_open(struct par_io *io, const char *path, int flags, mode_t mode);
ssize_t par_loop_file_pread(struct par_io *io, int fd, void *data, size_t size, off_t offset);
ssize_t par_loop_file_pwrite(
	struct par_io *io, int fd, const void *data, size_t size, off_t offset);
int par_loop_file_fsync(struct par_io *io, int fd);

/* To park; see park.h. */
int par_loop_park(struct par_io *io, struct par_spot *spot, uint32_t seen, uint64_t deadline);
unsigned par_loop_unpark(struct par_io *io, struct par_spot *spot, unsigned count, unsigned use);

/* Those whose deadline has come become ready. */
void par_loop_park_expire(struct par_loop *loop, uint64_t now);

/* Nobody can wake those that are parked: all become ready, to see EDEADLK. */
void par_loop_park_give_up(struct par_loop *loop);

#endif
