/*
 * The life of a worker step by step, and workers that stand until they are asked to end. With the
 * calls of lib/parallel/life.h, as a program that cares for its workers would make them.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "birth.h"
#include "clock.h"
#include "crew.h"

/* Relaxed: as the marks. */
static void stamp(_Atomic uint64_t *at)
{
	atomic_store_explicit(at, par_now_ns(), memory_order_relaxed);
}

static double since(uint64_t start, const _Atomic uint64_t *at)
{
	return (double)atomic_load_explicit(at, memory_order_relaxed) - (double)start;
}

static int live_and_stamp(void *context, struct par_life *self)
{
	struct birth *birth = context;

	(void)self;
	stamp(&birth->board->first_ns);
	birth->leave_mark(birth, 0);
	stamp(&birth->board->last_ns);
	return 0;
}

/* The rest of a life that began to be made at `start` and is made now: what each step took. */
static int live_on(struct par_life *life, uint64_t start, double *values, uint64_t *ended_ns)
{
	uint64_t created = par_now_ns();
	struct par_ending ending = { .code = 0 };
	int code = par_life_await(life, BIRTH_PATIENCE_NS);

	*ended_ns = par_now_ns();
	if (code == 0)
		code = par_life_join(life, 0, &ending);
	values[BIRTH_CREATE] = (double)(created - start);
	values[BIRTH_REAP] = (double)(par_now_ns() - *ended_ns);
	par_life_fini(life);
	return code == 0 && ending.code != 0 ? PAR_WORKER_DIED : code;
}

static int step_own(struct birth *birth, struct par_life *life, uint64_t start, double *values)
{
	uint64_t ended = 0;
	int code = live_on(life, start, values, &ended);

	values[BIRTH_FIRST] = since(start, &birth->board->first_ns);
	values[BIRTH_END] = fmax((double)ended - since(0, &birth->board->last_ns), 0);
	return code;
}

int birth_step_fork(struct birth *birth, double *values)
{
	uint64_t start = par_now_ns();
	struct par_life life;
	int code = par_life_fork(&life, live_and_stamp, birth);

	return code < 0 ? code : step_own(birth, &life, start, values);
}

int birth_step_pool_threads(struct birth *birth, double *values)
{
	return birth_make_pool(birth, 0, false, values);
}

int birth_step_pool_processes(struct birth *birth, double *values)
{
	return birth_make_pool(birth, 0, true, values);
}

int birth_step_thread(struct birth *birth, double *values)
{
	uint64_t start = par_now_ns();
	struct par_life life;
	int code = par_life_thread(&life, live_and_stamp, birth, 0);

	return code < 0 ? code : step_own(birth, &life, start, values);
}

int birth_step_thread_small(struct birth *birth, double *values)
{
	uint64_t start = par_now_ns();
	struct par_life life;
	int code = par_life_thread(&life, live_and_stamp, birth, BIRTH_STACK);

	return code < 0 ? code : step_own(birth, &life, start, values);
}

int birth_step_vfork(struct birth *birth, double *values)
{
	uint64_t start = par_now_ns(), created;
	pid_t pid = vfork();
	int code;

	if (pid == 0) {
		stamp(&birth->board->first_ns);
		birth->leave_mark(birth, 0);
		stamp(&birth->board->last_ns);
		_exit(0);
	}
	if (pid < 0)
		return -errno;
	created = par_now_ns(); /* it has ended: until then we slept */
	code = birth_reap(pid);
	values[BIRTH_CREATE] = (double)(created - start);
	values[BIRTH_FIRST] = since(start, &birth->board->first_ns);
	/* Tools that watch memory make a fork of it: then it may still be at work. */
	values[BIRTH_END] = fmax((double)created - since(0, &birth->board->last_ns), 0);
	values[BIRTH_REAP] = (double)(par_now_ns() - created);
	return code;
}

struct par_launch_spec birth_program_spec(const struct birth *birth)
{
	return (struct par_launch_spec){ .argv = birth->program,
		.in = PAR_LAUNCH_NULL,
		.out = PAR_LAUNCH_NULL,
		.err = PAR_LAUNCH_NULL };
}

/* Nobody sees the first instruction of another program, nor its last. */
int birth_step_spawn(struct birth *birth, double *values)
{
	struct par_launch_spec spec = birth_program_spec(birth);
	uint64_t start = par_now_ns(), ended;
	struct par_life life;
	int code = par_life_program(&life, &spec);

	return code < 0 ? code : live_on(&life, start, values, &ended);
}

/* Its first output stands for its first instruction. */
int birth_step_subprocess(struct birth *birth, double *values)
{
	uint64_t start = par_now_ns(), first = 0;
	int code = birth_converse(birth, 0, &first);

	if (first != 0)
		values[BIRTH_FIRST] = (double)(first - start);
	return code;
}

int birth_stand(void *context, struct par_life *self)
{
	struct birth *birth = context;

	/* Sequentially consistent, as par_gate_wake() asks. */
	atomic_fetch_add_explicit(&birth->board->standing.value, 1, memory_order_seq_cst);
	par_gate_wake(&birth->board->standing);
	while (!par_life_wait_asked(self, PAR_LIFE_FOREVER))
		;
	return 0;
}

int birth_await_standing(struct birth *birth, unsigned count)
{
	struct par_gate *gate = &birth->board->standing;
	/* Acquire: pairs with the increment above. */
	uint32_t seen = atomic_load_explicit(&gate->value, memory_order_acquire);

	while (seen < count) {
		uint32_t now = par_gate_wait(gate, seen, 0, BIRTH_PATIENCE_NS);

		if (now == seen)
			return -ETIMEDOUT;
		seen = now;
	}
	return 0;
}

int birth_stand_fork(struct birth *birth, struct birth_standing *standing)
{
	return par_life_fork(&standing->life, birth_stand, birth);
}

int birth_stand_thread(struct birth *birth, struct birth_standing *standing)
{
	return par_life_thread(&standing->life, birth_stand, birth, 0);
}

int birth_stand_thread_small(struct birth *birth, struct birth_standing *standing)
{
	return par_life_thread(&standing->life, birth_stand, birth, BIRTH_STACK);
}

static void shut(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

/* It stands when it has given back a byte: only then its libraries are loaded. */
static int greet(struct birth *birth, int line)
{
	struct pollfd answer = { .fd = line, .events = POLLIN };
	char byte = '.';
	ssize_t count = send(line, &byte, 1, MSG_NOSIGNAL);

	if (count == 1) {
		if (poll(&answer, 1, (int)(BIRTH_PATIENCE_NS / PAR_NS_PER_MS)) == 0)
			return -ETIMEDOUT;
		count = recv(line, &byte, 1, 0);
	}
	if (count != 1)
		return count < 0 ? -errno : PAR_WORKER_DIED;
	atomic_fetch_add_explicit(&birth->board->standing.value, 1, memory_order_relaxed);
	return 0;
}

int birth_stand_program(struct birth *birth, struct birth_standing *standing)
{
	struct par_launch_spec spec = { .argv = birth->echo, .err = PAR_LAUNCH_NULL };
	int line[2], code;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) < 0)
		return -errno;
	spec.in = spec.out = line[1];
	code = par_life_program(&standing->life, &spec);
	shut(&line[1]);
	standing->line = line[0];
	if (code == 0)
		code = greet(birth, standing->line);
	if (code < 0)
		birth_standing_fini(standing);
	return code;
}

void birth_standing_fini(struct birth_standing *standing)
{
	par_life_fini(&standing->life);
	shut(&standing->line);
}
