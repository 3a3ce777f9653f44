/*
 * The ways to make a worker. Each is as lean as it can be, for what is timed is the life of a
 * worker that has nothing to do: the program's own calls, not those of lib/parallel/life.h, which
 * add a few (a death signal, a gate) for safety.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "birth.h"
#include "clock.h"
#include "crew.h"
#include "launch.h"
#include "subprocess.h"

uint64_t birth_mark(uint64_t index)
{
	return index + 1; /* 0 is none; cheap, for some workers live for nanoseconds */
}

void birth_leave_mark(struct birth *birth, uint64_t index)
{
	/* Relaxed, here and where it is read: the worker's end and its joining order the two. */
	atomic_store_explicit(
		&birth->board->marks[index % BIRTH_MARKS], birth_mark(index), memory_order_relaxed);
}

uint64_t birth_read_mark(const struct birth *birth, uint64_t index)
{
	return atomic_load_explicit(
		&birth->board->marks[index % BIRTH_MARKS], memory_order_relaxed);
}

/* 0 when the child ended as it should, else what it says. */
int birth_reap(pid_t pid)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (!WIFEXITED(status))
		return PAR_WORKER_DIED;
	return WEXITSTATUS(status) == 0 ? 0 : -ECANCELED;
}

static int make_fork(struct birth *birth, uint64_t index)
{
	pid_t pid = fork();

	if (pid == 0) {
		birth->leave_mark(birth, index);
		_exit(0);
	}
	return pid < 0 ? -errno : birth_reap(pid);
}

/* The child runs on our stack while we sleep: it may only call what leaves that as it is. */
static int make_vfork(struct birth *birth, uint64_t index)
{
	pid_t pid = vfork();

	if (pid == 0) {
		birth->leave_mark(birth, index);
		_exit(0);
	}
	return pid < 0 ? -errno : birth_reap(pid);
}

static int launch(const struct birth *birth, pid_t *pid)
{
	const struct par_launch_spec spec = birth_program_spec(birth);

	return par_launch(pid, &spec);
}

/* A program shares no memory with us: its mark is that it ended with 0. */
static int make_spawn(struct birth *birth, uint64_t index)
{
	pid_t pid;
	int code = launch(birth, &pid);

	if (code == 0)
		code = birth_reap(pid);
	if (code == 0)
		birth->leave_mark(birth, index);
	return code;
}

/* The program gets the mark and must give it back. `first_ns` may be NULL. */
int birth_converse(struct birth *birth, uint64_t index, uint64_t *first_ns)
{
	struct par_subprocess_result result = PAR_SUBPROCESS_RESULT_INIT;
	char mark[20];
	struct par_subprocess_spec spec = { .argv = birth->echo,
		.input = mark,
		.output_limit = 4096,
		.deadline_ns = BIRTH_PATIENCE_NS,
		.first_output_ns = first_ns };
	int code;

	spec.input_size =
		(size_t)snprintf(mark, sizeof mark, "%016" PRIx64 "\n", birth_mark(index));
	code = par_subprocess_run(&result, &spec);
	if (code == 0 && result.timed_out)
		code = -ETIMEDOUT;
	else if (code == 0 && result.signal != 0)
		code = PAR_WORKER_DIED;
	else if (code == 0 && result.exit_code != 0)
		code = -ECANCELED;
	if (code == 0 && result.output_size == spec.input_size &&
		memcmp(result.output, mark, result.output_size) == 0)
		birth->leave_mark(birth, index);
	par_subprocess_result_fini(&result);
	return code;
}

static int make_subprocess(struct birth *birth, uint64_t index)
{
	return birth_converse(birth, index, NULL);
}

struct cradle {
	struct birth *birth;
	uint64_t index;
};

static void *live_as_thread(void *argument)
{
	const struct cradle *cradle = argument;

	cradle->birth->leave_mark(cradle->birth, cradle->index);
	return NULL;
}

static int make_thread(struct birth *birth, uint64_t index)
{
	struct cradle cradle = { birth, index };
	pthread_t thread;
	int code = -pthread_create(&thread, NULL, live_as_thread, &cradle);

	return code < 0 ? code : -pthread_join(thread, NULL);
}

static int make_thread_small(struct birth *birth, uint64_t index)
{
	struct cradle cradle = { birth, index };
	pthread_attr_t attributes;
	pthread_t thread;
	int code = -pthread_attr_init(&attributes);

	if (code < 0)
		return code;
	code = -pthread_attr_setstacksize(&attributes, BIRTH_STACK);
	if (code == 0)
		code = -pthread_create(&thread, &attributes, live_as_thread, &cradle);
	(void)pthread_attr_destroy(&attributes);
	return code < 0 ? code : -pthread_join(thread, NULL);
}

static void live_as_coroutine(void *context, uint64_t index)
{
	struct birth *birth = context;

	birth->leave_mark(birth, index);
}

static int make_coroutine(struct birth *birth, uint64_t index)
{
	int code = par_coroutine_start(&birth->coroutines, live_as_coroutine, birth, index);

	return code > 0 ? -EBUSY : code; /* it has nothing to wait for */
}

static int enter_pool(void *context, unsigned worker)
{
	const struct cradle *cradle = context;

	cradle->birth->leave_mark(cradle->birth, cradle->index + worker);
	return 0;
}

static void idle_in_pool(void *context, unsigned worker, struct par_claims *claims)
{
	(void)context, (void)worker, (void)claims;
}

int birth_make_pool(struct birth *birth, uint64_t index, bool processes, double *values)
{
	struct cradle cradle = { birth, index };
	struct par_crew_spec spec = { .workers = BIRTH_POOL,
		.processes = processes,
		.enter = enter_pool,
		.body = idle_in_pool,
		.context = &cradle };
	struct par_crew *crew;
	uint64_t start = par_now_ns(), opened;
	int code = par_crew_open(&crew, &spec);

	if (code < 0)
		return code;
	opened = par_now_ns();
	par_crew_close(crew);
	if (values != NULL) {
		values[BIRTH_CREATE] = (double)(opened - start) / BIRTH_POOL;
		values[BIRTH_END] = (double)(par_now_ns() - opened) / BIRTH_POOL;
	}
	return 0;
}

static int make_pool_threads(struct birth *birth, uint64_t index)
{
	return birth_make_pool(birth, index, false, NULL);
}

static int make_pool_processes(struct birth *birth, uint64_t index)
{
	return birth_make_pool(birth, index, true, NULL);
}

static const struct birth_way ways[] = {
	{ "fork", 1, false, make_fork, birth_step_fork, birth_stand_fork, birth_weigh_standing },
	{ "fork_huge", 1, true, make_fork, birth_step_fork, birth_stand_fork,
		birth_weigh_standing },
	{ "vfork", 1, false, make_vfork, birth_step_vfork, NULL, NULL },
	{ "spawn", 1, false, make_spawn, birth_step_spawn, birth_stand_program,
		birth_weigh_standing },
	{ "subprocess", 1, false, make_subprocess, birth_step_subprocess, birth_stand_program,
		birth_weigh_standing },
	{ "thread", 1, false, make_thread, birth_step_thread, birth_stand_thread,
		birth_weigh_standing },
	{ "thread_small", 1, false, make_thread_small, birth_step_thread_small,
		birth_stand_thread_small, birth_weigh_standing },
	{ "coroutine", 1, false, make_coroutine, NULL, NULL, birth_weigh_coroutines },
	{ "pool_threads", BIRTH_POOL, false, make_pool_threads, birth_step_pool_threads, NULL,
		birth_weigh_pool },
	{ "pool_processes", BIRTH_POOL, false, make_pool_processes, birth_step_pool_processes, NULL,
		birth_weigh_pool },
};

const struct birth_way *birth_way_find(const char *variant)
{
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].variant, variant) == 0)
			return &ways[i];
	return NULL;
}
