/*
 * channel: two sides send each other messages, through whatever lies between them.
 *
 * A channel is a duplex: side 0 and side 1 each send to the other. A message is 1 byte to 64 KiB
 * and arrives whole, once, in order. The kinds differ in what carries the bytes and in how a side
 * sleeps:
 *
 *   kind         carried by                                 a side waits in
 *   pipe         two pipes, each message after its length   read(2), write(2)
 *   socketpair   AF_UNIX SOCK_SEQPACKET, made in pairs      recv(2), send(2)
 *   eventfd      the counter of an eventfd: 8 bytes, one
 *                message at a time                          read(2), write(2)
 *   ring         shared memory, single producer and single
 *                consumer                                   spins, then futex(2)
 *   mq           two POSIX message queues                   mq_timedreceive(3)
 *   queue        a bounded queue in shared memory: a mutex      park.h: futex(2), or its loop
 *   rendezvous   nothing: the sender hands its message to
 *                the receiver's stack                       the loop of both coroutines
 *
 * One thread, process or coroutine plays a side at a time; both sides may be played at once, each
 * by another. All kinds but `rendezvous` work between threads and between processes that were
 * forked after par_channel_open(). A message is published with release and taken with acquire
 * semantics, by the kernel or as channel_ring.c argues, so what was written before a send is seen
 * after the receive.
 *
 * Every call has three forms, told by its timeout: PAR_CHANNEL_TRY returns -EAGAIN where it would
 * have to wait, a duration in ns -ETIMEDOUT, PAR_CHANNEL_FOREVER waits. A coroutine of an event
 * loop hands its `io`, and is parked where a thread would sleep (kinds with `loops`); a worker that
 * blocks hands its own, or NULL.
 *
 * The end. par_channel_leave() says that a side has no more to send: the other receives what is on
 * its way and then 0, the end of file; what it sends fails with -EPIPE. Where each side is a
 * process of its own and has said so (par_channel_alone()), a peer that dies without leaving gives
 * -ECONNRESET instead, at once or within PAR_CHANNEL_LOOK_NS, never a hang: the kernel closes its
 * end of a pipe, which the other watches. A send may succeed though the peer has just died. Without
 * that, a process that sleeps at a `pipe` or `socketpair` is not woken when another leaves: it
 * holds the other's ends open itself.
 */
#ifndef PAR_CHANNEL_H
#define PAR_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "io.h"

#define PAR_CHANNEL_TRY     0
#define PAR_CHANNEL_FOREVER UINT64_MAX

#define PAR_CHANNEL_BYTES_MAX 65536

/* The largest number that an eventfd carries as a message; see channel_eventfd.c. */
#define PAR_CHANNEL_EVENTFD_MAX ((1ULL << 62) - 2)

/* How long the death of a peer may go unnoticed where no descriptor wakes the sleeper. */
#define PAR_CHANNEL_LOOK_NS 20000000

struct par_channel;

/* What carries the messages: a row of the table below. */
struct par_channel_kind {
	const char *name;
	size_t bytes_max; /* of a message */
	bool loops;       /* coroutines can wait on it through their io */
	bool loop_only;   /* and nobody else */
	bool batches;     /* can gather messages and publish them together */

	/* All for channel.c alone. `until` is PAR_CHANNEL_TRY, PAR_CHANNEL_FOREVER or a time of
	 * par_now_ns(); `io` is NULL unless it interleaves; `until` is then one of the two, unless
	 * the kind is `loop_only`. */
	int (*open)(struct par_channel *channel);
	int (*send)(struct par_channel *channel, unsigned side, const void *data, size_t size,
		uint64_t until, struct par_io *io);
	ssize_t (*receive)(struct par_channel *channel, unsigned side, void *data, size_t size,
		uint64_t until, struct par_io *io);
	int (*flush)(struct par_channel *channel, unsigned side, uint64_t until,
		struct par_io *io);                                 /* may be NULL */
	void (*forget)(struct par_channel *channel, unsigned side); /* closes its descriptors; may
								       be NULL */
	void (*leave)(struct par_channel *channel, unsigned side);  /* wakes the other side */
	void (*close)(struct par_channel *channel);
};

extern const struct par_channel_kind par_channel_pipe;
extern const struct par_channel_kind par_channel_socketpair;
extern const struct par_channel_kind par_channel_eventfd;
extern const struct par_channel_kind par_channel_ring;
extern const struct par_channel_kind par_channel_mq;
extern const struct par_channel_kind par_channel_queue;
extern const struct par_channel_kind par_channel_rendezvous;

/* All kinds; ends with NULL. */
extern const struct par_channel_kind *const par_channel_kinds[];

/* Copied by open. */
struct par_channel_spec {
	const struct par_channel_kind *kind;
	size_t bytes;      /* of the largest message: 1 .. kind->bytes_max */
	unsigned capacity; /* messages on their way in each direction, about; 0: the kind's own */
	/*
	 * Messages that are gathered before they are published together; 0 and 1: each at once. A
	 * side that has to wait in receive, or leaves, publishes first; else par_channel_flush().
	 * What is not published is lost if the process dies.
	 */
	unsigned batch;
	uint64_t spin_ns; /* how long a waiter may spin before it sleeps: 0, or PAR_SPIN_NS where
			     each side has a PU to itself. Only `ring` and kinds like it */
};

/*
 * Opens a channel of both sides, before its processes are forked. Ignores SIGPIPE in this process
 * unless there is a handler: a peer that is gone is an error of a call here. Owned by the caller.
 * Returns 0, -EINVAL for a spec that the kind cannot serve, -ENOMEM, -EMFILE, or -errno.
 */
int par_channel_open(struct par_channel **out, const struct par_channel_spec *spec);

/*
 * This process plays `side` alone, and another the other: lets go of what belongs to the other, so
 * that each sees the other's end. A process that it forks afterwards holds its side open, too.
 */
void par_channel_alone(struct par_channel *channel, unsigned side);

/*
 * Sends a message of 1 .. spec.bytes bytes. 0, -EAGAIN, -ETIMEDOUT, -EMSGSIZE (too large; nothing
 * was sent), -EINVAL (size 0; or the kind cannot carry it), -EPIPE (the peer has left),
 * -ECONNRESET (it has died), -ENOTSUP (this kind of io cannot wait on this kind of channel), or
 * -errno.
 */
int par_channel_send(struct par_channel *channel, unsigned side, const void *data, size_t size,
	uint64_t timeout_ns, struct par_io *io);

/*
 * Receives a message into `size` bytes: its size, 0 at the end of file, -EAGAIN, -ETIMEDOUT,
 * -EMSGSIZE when it is larger than `size` (it stays, and can be received into more), -ECONNRESET
 * when the peer has died and all that it had published was received, or -errno.
 */
ssize_t par_channel_receive(struct par_channel *channel, unsigned side, void *data, size_t size,
	uint64_t timeout_ns, struct par_io *io);

/* Publishes what send() has gathered or could not yet hand over. As send(). */
int par_channel_flush(
	struct par_channel *channel, unsigned side, uint64_t timeout_ns, struct par_io *io);

/*
 * This side sends no more and receives no more. Waits a second at most for what was not yet handed
 * over. The side must not be used again.
 */
void par_channel_leave(struct par_channel *channel, unsigned side);

/* Ends this process's part in it, without a word to the other. NULL is allowed. */
void par_channel_close(struct par_channel *channel);

#endif
