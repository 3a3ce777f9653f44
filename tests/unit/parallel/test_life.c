/* Lives: processes, programs and threads, and every way in which they end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "leftovers.h"

#include "clock.h"
#include "life.h"
#include "shared.h"

#define LONG_NS (100 * PAR_NS_PER_S) /* never over in a test that passes */

/* In shared memory: what worker and test tell each other. */
struct board {
	struct par_gate ready, asked, go;
	bool catches; /* SIGTERM, and goes on */
};

struct scene {
	struct board *board;
	struct leftovers before;
};

static struct scene scene_begin(void)
{
	struct scene scene = { .before = leftovers_now() };
	void *memory;

	assert_int_equal(par_shared_open(&memory, sizeof *scene.board), 0);
	scene.board = memory;
	return scene;
}

static void scene_end(struct scene *scene)
{
	par_shared_close(scene->board, sizeof *scene->board);
	leftovers_none_since(&scene->before);
}

static struct board *caught_on; /* of the handler, in the child */

static void catch (int signal)
{
	(void)signal;
	par_gate_set(&caught_on->asked, 1);
}

/* Lives until it is asked, or for ever where it does not listen. */
static int live(void *context, struct par_life *self)
{
	struct board *board = context;

	caught_on = board;
	if (board->catches)
		signal(SIGTERM, catch);
	par_gate_set(&board->ready, 1);
	while (!par_life_wait_asked(self, LONG_NS))
		;
	return 7;
}

static int return_at_once(void *context, struct par_life *self)
{
	(void)self;
	return *(int *)context;
}

static int die(void *context, struct par_life *self)
{
	(void)self;
	kill(getpid(), *(int *)context);
	return 0;
}

static void await_ready(struct board *board)
{
	assert_int_equal(par_gate_wait(&board->ready, 0, 0, LONG_NS), 1);
}

static int start(struct par_life *life, bool process, par_life_function function, void *context)
{
	return process ? par_life_fork(life, function, context)
		       : par_life_thread(life, function, context, 0);
}

static void a_worker_returns_its_code(void **state)
{
	(void)state;
	for (int process = 0; process < 2; process++) {
		struct scene scene = scene_begin();
		struct par_ending ending;
		struct par_life life;
		int code = 42;

		assert_int_equal(start(&life, process, return_at_once, &code), 0);
		assert_int_equal(par_life_join(&life, PAR_LIFE_FOREVER, &ending), 0);
		assert_int_equal(ending.code, 42);
		assert_int_equal(ending.signal, 0);
		assert_false(ending.core);
		assert_int_equal(life.kind, PAR_LIFE_NONE);
		scene_end(&scene);
	}
}

static void it_is_alive_until_it_has_ended_and_then_waits_to_be_joined(void **state)
{
	(void)state;
	for (int process = 0; process < 2; process++) {
		struct scene scene = scene_begin();
		struct par_ending ending;
		struct par_life life;

		assert_int_equal(start(&life, process, live, scene.board), 0);
		await_ready(scene.board);
		assert_true(par_life_alive(&life));
		assert_int_equal(par_life_join(&life, 0, NULL), -ETIMEDOUT);
		assert_int_equal(par_life_join(&life, PAR_NS_PER_MS, NULL), -ETIMEDOUT);
		assert_int_equal(par_life_await(&life, PAR_NS_PER_MS), -ETIMEDOUT);
		assert_true(par_life_alive(&life));

		assert_int_equal(par_life_terminate(&life), 0);
		assert_int_equal(par_life_await(&life, LONG_NS), 0);
		assert_false(par_life_alive(&life)); /* though it is not joined yet */
		assert_int_equal(par_life_await(&life, 0), 0);
		assert_int_equal(par_life_join(&life, 0, &ending), 0);
		assert_int_equal(ending.signal, process ? SIGTERM : 0);
		assert_int_equal(ending.code, process ? -1 : 7);
		scene_end(&scene);
	}
}

static void one_that_does_not_listen_is_killed(void **state)
{
	struct scene scene = scene_begin();
	struct par_ending ending;
	struct par_life life;

	(void)state;
	scene.board->catches = true;
	assert_int_equal(par_life_fork(&life, live, scene.board), 0);
	await_ready(scene.board);
	assert_int_equal(par_life_terminate(&life), 0);
	/* It has got the signal, and goes on. */
	assert_int_equal(par_gate_wait(&scene.board->asked, 0, 0, LONG_NS), 1);
	assert_int_equal(par_life_join(&life, PAR_NS_PER_MS, &ending), -ETIMEDOUT);
	assert_int_equal(par_life_kill(&life), 0);
	assert_int_equal(par_life_join(&life, LONG_NS, &ending), 0);
	assert_int_equal(ending.signal, SIGKILL);
	assert_int_equal(ending.code, -1);
	scene_end(&scene);
}

static void a_thread_cannot_be_killed(void **state)
{
	struct scene scene = scene_begin();
	struct par_life life;

	(void)state;
	assert_int_equal(par_life_thread(&life, live, scene.board, 0), 0);
	await_ready(scene.board);
	assert_int_equal(par_life_kill(&life), -ENOTSUP);
	assert_true(par_life_alive(&life));
	par_life_fini(&life); /* asks */
	assert_int_equal(life.kind, PAR_LIFE_NONE);
	scene_end(&scene);
}

static void a_signal_is_told(void **state)
{
	static int signals[] = { SIGKILL, SIGUSR1, SIGTERM };

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct scene scene = scene_begin();
		struct par_ending ending;
		struct par_life life;

		assert_int_equal(par_life_fork(&life, die, &signals[i]), 0);
		assert_int_equal(par_life_join(&life, LONG_NS, &ending), 0);
		assert_int_equal(ending.signal, signals[i]);
		scene_end(&scene);
	}
}

static void an_end_leaves_no_process(void **state)
{
	struct scene scene = scene_begin();
	struct par_life life;

	(void)state;
	scene.board->catches = true;
	assert_int_equal(par_life_fork(&life, live, scene.board), 0);
	await_ready(scene.board);
	par_life_fini(&life);
	par_life_fini(&life);
	scene_end(&scene);
}

static void an_inert_one_has_nothing_to_say(void **state)
{
	struct par_life life = { .kind = PAR_LIFE_NONE };

	(void)state;
	assert_false(par_life_alive(&life));
	assert_int_equal(par_life_join(&life, 0, NULL), -ESRCH);
	assert_int_equal(par_life_await(&life, 0), -ESRCH);
	assert_int_equal(par_life_terminate(&life), -ESRCH);
	assert_int_equal(par_life_kill(&life), -ESRCH);
	par_life_fini(&life);
}

static void a_child_that_another_reaped_is_no_hang(void **state)
{
	struct scene scene = scene_begin();
	struct par_ending ending = { .code = 3 };
	struct par_life life;
	int code = 0;

	(void)state;
	assert_int_equal(par_life_fork(&life, return_at_once, &code), 0);
	assert_int_equal(waitpid(life.pid, NULL, 0), life.pid);
	assert_false(par_life_alive(&life));
	assert_int_equal(par_life_join(&life, LONG_NS, &ending), -ECHILD);
	assert_int_equal(ending.code, -1);
	assert_int_equal(life.kind, PAR_LIFE_NONE);
	scene_end(&scene);
}

static void a_program_lives_until_its_input_ends(void **state)
{
	static const char *const argv[] = { "cat", NULL };
	struct scene scene = scene_begin();
	struct par_launch_spec spec = {
		.argv = argv, .out = PAR_LAUNCH_NULL, .err = PAR_LAUNCH_NULL
	};
	struct par_ending ending;
	struct par_life life;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	spec.in = ends[0];
	assert_int_equal(par_life_program(&life, &spec), 0);
	close(ends[0]);
	assert_true(par_life_alive(&life));
	close(ends[1]);
	assert_int_equal(par_life_join(&life, LONG_NS, &ending), 0);
	assert_int_equal(ending.code, 0);
	scene_end(&scene);
}

static void what_cannot_start_says_why(void **state)
{
	static const char *const argv[] = { "/nonexistent/program", NULL };
	struct scene scene = scene_begin();
	struct par_launch_spec spec = {
		.argv = argv, .in = PAR_LAUNCH_NULL, .out = PAR_LAUNCH_NULL, .err = PAR_LAUNCH_NULL
	};
	struct par_life life;
	int code = 0;

	(void)state;
	assert_int_equal(par_life_program(&life, &spec), -ENOENT);
	assert_int_equal(life.kind, PAR_LIFE_NONE);
	spec.in = 1; /* would be overwritten */
	assert_int_equal(par_life_program(&life, &spec), -EBADF);
	assert_int_equal(par_life_thread(&life, return_at_once, &code, 1), -EINVAL);
	assert_int_equal(life.kind, PAR_LIFE_NONE);
	scene_end(&scene);
}

static void threads_live_on_small_stacks(void **state)
{
	struct scene scene = scene_begin();
	struct par_ending ending;
	struct par_life lives[16];
	int code = 5;

	(void)state;
	for (int i = 0; i < 16; i++)
		assert_int_equal(par_life_thread(&lives[i], return_at_once, &code, 128 * 1024), 0);
	for (int i = 0; i < 16; i++) {
		assert_int_equal(par_life_join(&lives[i], LONG_NS, &ending), 0);
		assert_int_equal(ending.code, 5);
	}
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_returns_its_code),
		cmocka_unit_test(it_is_alive_until_it_has_ended_and_then_waits_to_be_joined),
		cmocka_unit_test(one_that_does_not_listen_is_killed),
		cmocka_unit_test(a_thread_cannot_be_killed),
		cmocka_unit_test(a_signal_is_told),
		cmocka_unit_test(an_end_leaves_no_process),
		cmocka_unit_test(an_inert_one_has_nothing_to_say),
		cmocka_unit_test(a_child_that_another_reaped_is_no_hang),
		cmocka_unit_test(a_program_lives_until_its_input_ends),
		cmocka_unit_test(what_cannot_start_says_why),
		cmocka_unit_test(threads_live_on_small_stacks),
	};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
