/*
 * thread: a new thread for each task, at most N alive.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "model.h"
#include "pin.h"
#include "wait.h"

/*
 * Enough for a task (workload.h: 32 KiB) and what the C library keeps there; a small stack is kept
 * and used again by the C library, where 8 MiB would be mapped anew once a few of them are cached.
 */
#define STACK_BYTES (128 * 1024)

/* A place for one thread: with its PU and its tally. */
struct seat {
	struct par_team *team;
	unsigned number;
	uint64_t index; /* of the task */
	pthread_t thread;
	pthread_attr_t attr;
	uint32_t next; /* seat + 1 in a list of seats, 0: the end */
};

struct par_team {
	const struct par_team_spec *spec;
	struct par_affinity before; /* of the caller, to be given back */
	struct seat *seats;
	unsigned made;  /* seats with an attr */
	uint32_t empty; /* seats without a thread: a list */
	unsigned alive;
	struct par_gate ended; /* seats whose thread has done its task: a list */
};

static void thread_close(struct par_team *team)
{
	if (!team)
		return;
	for (unsigned i = 0; i < team->made; i++)
		pthread_attr_destroy(&team->seats[i].attr);
	(void)par_affinity_apply(&team->before);
	par_affinity_fini(&team->before);
	free(team->seats);
	free(team);
}

static int make_seat(struct par_team *team, unsigned number)
{
	struct seat *seat = &team->seats[number];
	int code = -pthread_attr_init(&seat->attr);

	if (code)
		return code;
	team->made++;
	seat->team = team;
	seat->number = number;
	seat->next = number + 1 < team->spec->workers ? number + 2 : 0;
	code = -pthread_attr_setstacksize(&seat->attr, STACK_BYTES);
	return code ? code : par_pin_attr(&seat->attr, team->spec->pus[number]);
}

static int thread_open(struct par_team **out, const struct par_team_spec *spec)
{
	struct par_team *team = calloc(1, sizeof(*team));
	int code = -ENOMEM;

	*out = NULL;
	if (!team)
		return -ENOMEM;
	team->spec = spec;
	team->empty = 1;
	team->seats = calloc(spec->workers, sizeof(*team->seats));
	if (team->seats)
		code = par_affinity_confine(&team->before, spec->pus, spec->workers);
	for (unsigned i = 0; i < spec->workers && !code; i++)
		code = make_seat(team, i);
	if (code)
		thread_close(team);
	else
		*out = team;
	return code;
}

/* Puts the seat on the list of the ended; who finds it empty wakes the caller. */
static void announce(struct seat *seat)
{
	struct par_gate *ended = &seat->team->ended;
	uint32_t head = atomic_load_explicit(&ended->value, memory_order_relaxed);

	/* Sequentially consistent, for par_gate_wake(). */
	do
		seat->next = head;
	while (!atomic_compare_exchange_weak_explicit(&ended->value, &head, seat->number + 1,
		memory_order_seq_cst, memory_order_relaxed));
	if (head == 0)
		par_gate_wake(ended);
}

static void *thread_main(void *argument)
{
	struct seat *seat = argument;
	const struct par_team_spec *spec = seat->team->spec;
	struct par_io io;

	par_io_init_blocking(&io);
	par_job_work(&spec->work, seat->index, seat->index + 1, &io, &spec->tallies[seat->number]);
	if (spec->workers > 1)
		announce(seat);
	return NULL;
}

static int start(struct par_team *team, uint64_t index)
{
	struct seat *seat = &team->seats[team->empty - 1];
	uint32_t next = seat->next;
	int code;

	seat->index = index;
	code = -pthread_create(&seat->thread, &seat->attr, thread_main, seat);
	if (code)
		return code;
	team->empty = next;
	team->alive++;
	return 0;
}

/* Waits for the end of a thread that has done its task, and takes back its seat. */
static void vacate(struct par_team *team, struct seat *seat)
{
	pthread_join(seat->thread, NULL);
	team->alive--;
	seat->next = team->empty;
	team->empty = seat->number + 1;
}

/* Waits until threads have done their tasks. */
static void collect(struct par_team *team)
{
	uint32_t list;
	struct seat *seat;

	if (team->spec->workers == 1) { /* one to wait for: one wake, not two */
		vacate(team, team->seats);
		return;
	}
	(void)par_gate_wait(&team->ended, 0, 0, PAR_FUTEX_FOREVER);
	/* Acquire: pairs with announce(). The whole list is taken: no seat can come back meanwhile.
	 */
	list = atomic_exchange_explicit(&team->ended.value, 0, memory_order_acquire);
	while (list != 0) {
		seat = &team->seats[list - 1];
		list = seat->next;
		vacate(team, seat);
	}
}

/* True when the kernel only refuses more threads: then it goes on with those there are. */
static bool is_scarce(int code)
{
	return code == -EAGAIN || code == -ENOMEM;
}

static int thread_run(struct par_team *team, const struct par_job *job)
{
	uint64_t next = job->first, last = job->first + job->count;
	int code = 0;

	while (next < last || team->alive > 0) {
		code = next < last && team->empty != 0 ? start(team, next) : -EAGAIN;
		if (code == 0) {
			next++;
			continue;
		}
		if (!is_scarce(code) || team->alive == 0)
			break;
		collect(team);
		code = 0;
	}
	while (team->alive > 0)
		collect(team);
	return code;
}

const struct par_model par_model_thread = {
	.name = "thread",
	.label = "thread per task",
	.short_label = "thread",
	.summary = "a new thread for each task",
	.traits = PAR_TRAIT_PER_TASK,
	/* Fewer lines than a pool, but each task must be worth a thread. */
	.simplicity = 2,
	.look = { "#8E14F0", "#965AF6", "#8A00F0", "#A273F8", 6 },
	.open = thread_open,
	.run = thread_run,
	.close = thread_close,
};
