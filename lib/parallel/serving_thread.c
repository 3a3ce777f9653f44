/* thread: a thread for each connection. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "serving_parts.h"

/* Deep enough for a connection and for what the C library wants, and no more: 8 MiB of address
 * space for each of thousands would be a limit of its own. */
#define STACK_BYTES (64 * 1024)

/* How often the master looks whether threads have ended, when it waits for that. */
#define LOOK_NS PAR_NS_PER_MS

struct seat {
	struct floor *floor;
	int fd; /* -1: free */
};

/* Everything behind the lock. */
struct floor {
	struct par_serving_state *state;
	pthread_mutex_t lock;
	unsigned taken, count;
	struct seat *seats; /* `count` of them */
};

/* Free before the descriptor is closed: whoever shuts down the seat's must not hit another's. */
static void *serve(void *argument)
{
	struct seat *seat = argument;
	struct floor *floor = seat->floor;
	int fd = seat->fd;

	par_serving_attend(floor->state, fd);
	pthread_mutex_lock(&floor->lock);
	seat->fd = -1;
	floor->taken--;
	pthread_mutex_unlock(&floor->lock);
	(void)close(fd);
	return NULL;
}

static struct seat *take_seat(struct floor *floor, int fd, unsigned *from)
{
	struct seat *seat = NULL;

	pthread_mutex_lock(&floor->lock);
	for (unsigned i = 0; seat == NULL && i < floor->count; i++)
		if (floor->seats[(*from + i) % floor->count].fd < 0) {
			*from = (*from + i) % floor->count;
			seat = &floor->seats[*from];
		}
	if (seat != NULL) {
		seat->fd = fd;
		floor->taken++;
	}
	pthread_mutex_unlock(&floor->lock);
	return seat;
}

static void give_back(struct floor *floor, struct seat *seat)
{
	pthread_mutex_lock(&floor->lock);
	seat->fd = -1;
	floor->taken--;
	pthread_mutex_unlock(&floor->lock);
}

static unsigned taken(struct floor *floor)
{
	unsigned count;

	pthread_mutex_lock(&floor->lock);
	count = floor->taken;
	pthread_mutex_unlock(&floor->lock);
	return count;
}

static int start_thread(struct floor *floor, int fd, unsigned *from, const pthread_attr_t *attr)
{
	struct seat *seat = take_seat(floor, fd, from);
	pthread_t thread;
	int code = seat == NULL ? EAGAIN : pthread_create(&thread, attr, serve, seat);

	if (code != 0 && seat != NULL)
		give_back(floor, seat);
	return -code;
}

static void accept_one(struct floor *floor, unsigned *from, const pthread_attr_t *attr)
{
	struct par_serving_state *state = floor->state;
	int fd = accept4(state->listeners[0], NULL, NULL, SOCK_CLOEXEC), code;
	struct par_io io;

	par_io_init_blocking(&io);
	if (fd < 0) {
		(void)par_serving_accept_again(-errno, &io);
		return;
	}
	par_serving_count(&state->board->accepted);
	code = start_thread(floor, fd, from, attr);
	if (code < 0) {
		(void)close(fd); /* without a thread the client sees its connection end */
		(void)par_serving_accept_again(code, &io);
	}
}

/* Who waits for a request sees the end of its stream; who has one answers it first. */
static void shut_all(struct floor *floor, int how)
{
	pthread_mutex_lock(&floor->lock);
	for (unsigned i = 0; i < floor->count; i++)
		if (floor->seats[i].fd >= 0)
			(void)shutdown(floor->seats[i].fd, how);
	pthread_mutex_unlock(&floor->lock);
}

static void drain(struct floor *floor)
{
	struct par_serving_state *state = floor->state;
	uint64_t until = par_now_ns() + state->spec.drain_ns;

	shut_all(floor, SHUT_RD);
	while (taken(floor) > 0 && par_now_ns() < until)
		(void)par_serving_await(state, -1, LOOK_NS);
	if (taken(floor) == 0)
		return;
	atomic_store_explicit(&state->board->cut, 1, memory_order_relaxed);
	shut_all(floor, SHUT_RDWR);
}

static int prepare(struct floor *floor, pthread_attr_t *attr)
{
	int code = -pthread_attr_init(attr);

	if (code == 0)
		code = -pthread_attr_setstacksize(attr, STACK_BYTES);
	if (code == 0)
		code = -pthread_attr_setdetachstate(attr, PTHREAD_CREATE_DETACHED);
	if (code == 0)
		code = -pthread_mutex_init(&floor->lock, NULL);
	floor->seats = calloc(floor->count, sizeof *floor->seats);
	if (code == 0 && floor->seats == NULL)
		code = -ENOMEM;
	for (unsigned i = 0; code == 0 && i < floor->count; i++)
		floor->seats[i] = (struct seat){ floor, -1 };
	return code;
}

/* What it has made goes with the process, which ends when it returns. */
int par_serving_run_thread(struct par_serving_state *state)
{
	struct floor floor = { .state = state, .count = state->spec.connections };
	pthread_attr_t attr;
	unsigned from = 0;
	int code = prepare(&floor, &attr);

	if (code < 0)
		return code;
	par_serving_arrive(state, 1);
	while (!par_serving_stopping(state)) {
		bool room = taken(&floor) < floor.count;

		if (par_serving_await(
			    state, room ? state->listeners[0] : -1, room ? PAR_NS_PER_S : LOOK_NS))
			accept_one(&floor, &from, &attr);
	}
	par_serving_stop(state);
	drain(&floor);
	par_serving_end(state); /* here: `floor` must last as long as any thread */
}
