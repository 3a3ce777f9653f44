/*
 * loop_spawn: what a server on an event loop needs besides tasks: to accept, and to start a
 * coroutine for what it has accepted. Called by tasks of a loop that runs.
 */
#ifndef PAR_LOOP_SPAWN_H
#define PAR_LOOP_SPAWN_H

#include "loop.h"

/*
 * Starts function(context, index) on a coroutine of this loop, and runs it until it first waits.
 * The loop then runs until it has ended too. 0 or -ENOMEM.
 */
int par_loop_spawn(struct par_loop *loop, void (*function)(void *context, uint64_t index),
	void *context, uint64_t index);

/*
 * Waits for the next connection of a listening, non-blocking socket. Returns its descriptor,
 * non-blocking and close-on-exec, or -errno: -EINVAL when the socket was shut down.
 */
int par_loop_accept(struct par_loop *loop, int listener);

#endif
