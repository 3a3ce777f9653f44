/*
 * The plan of `waiting` on machines that stand nowhere, and what it says of made-up visits.
 */
#include "words_fixture.h"

/* A worker a wait for who has no loop, and a loop a core for who has. */
static void check_cell(const struct par_cell *cell, const struct par_machine *machine)
{
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;

	assert_true(cell->cores <= machine->allowed_pus);
	assert_true(cell->cores <= cell->workers);
	assert_true(cell->workers <= PAR_WORKERS_MAX);
	if (cell->workload->together)
		assert_true(loop ? cell->workers <= machine->allowed_pus
				 : cell->workers == cell->tasks);
}

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 7, 22, 70 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("waiting", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count >= 6 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++)
				check_cell(&plan.cells[j].cell, &machine);
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* Workers of their own for each wait are asked for in numbers that any machine has. */
static void short_plans_are_modest(void **state)
{
	struct par_machine machine = machine_synthetic(MACHINE_256);

	(void)state;
	for (unsigned scale = 0; scale < PAR_SCALE_FULL; scale++) {
		struct par_plan plan =
			plan_experiment("waiting", &machine, (enum par_scale)scale, NULL);

		for (size_t j = 0; j < plan.count; j++) {
			const struct par_cell *cell = &plan.cells[j].cell;

			if ((cell->model->traits & PAR_TRAIT_LOOP) == 0 && cell->workload->together)
				assert_true(cell->tasks <= 1000);
			assert_true(cell->tasks <= 10000);
		}
		par_plan_fini(&plan);
	}
	par_machine_fini(&machine);
}

/* What the made-up machine does. */
struct truth {
	double wait_ns; /* that a task adds on a loop; a thread adds a hundred times as much */
	double thread_bytes, loop_bytes;
	double blocking_ns, coroutine_spin_ns;
	bool threads_fail;
};

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;
	bool coroutine = strcmp(cell->model->name, "coroutine") == 0;

	if (strcmp(name, "memory") == 0)
		return loop                                       ? truth->loop_bytes
		       : strcmp(cell->model->name, "thread") == 0 ? truth->thread_bytes
								  : 100000;
	if (strcmp(name, "time") != 0)
		return 1000;
	if (strcmp(cell->workload->name, "timer") == 0)
		return strcmp(cell->variant, "blocking") == 0 ? truth->blocking_ns : 1000000;
	if (strcmp(cell->workload->name, "spin") == 0)
		return coroutine ? truth->coroutine_spin_ns : 10000000;
	if (truth->threads_fail && !loop)
		return NAN;
	return 10000000 + (double)cell->tasks * truth->wait_ns * (loop ? 1 : 100) +
	       (strcmp(cell->variant, "uring") == 0 ? 300000 : 0) + 100000 * cell->workers;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 200, 25000, 4300, 20000000, 10000000, false };
	static const struct truth strange = { 200, 2000, 300000, 1000000, 5000000, false };
	static const struct truth broken = { 200, 2000, 300000, 1000000, 20000000, true };
	static const struct truth weightless = { 200, 25000, 0, 20000000, 10000000, false };
	struct words words;
	char *sentence;

	(void)state;
	words_make(&words, "waiting", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "waiting_time", "10 000 waits of 10 ms at once take 12.1 ms");
	words_check(&words, "waiting_time", "on coroutines;");
	words_check(&words, "waiting_time", "1000 on a thread per task");
	words_check(&words, "waiting_memory", "4.20 KiB");
	words_check(&words, "waiting_memory", "23.3× between the ends");
	words_check(&words, "waiting_connections", "1000 connections at once");
	words_check(&words, "waiting_connections", "on coroutines on io_uring");
	words_check(&words, "waiting_blocking", "each makes the others wait: 20.0×");
	words_check(&words, "waiting_blocking", "the serial time: nothing gained");
	words_end(&words);

	words_make(&words, "waiting", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "waiting_memory", "A waiting task takes 1.95 KiB");
	words_check(&words, "waiting_memory", "293 KiB (284 to 302) with coroutines");
	words_check(&words, "waiting_blocking", "not told apart");
	words_check(&words, "waiting_blocking", "the serial time: a gain");
	words_end(&words);

	/* No ratio to nothing. */
	words_make(&words, "waiting", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &weightless);
	sentence = words_of(&words, "waiting_memory");
	assert_null(strstr(sentence, "between the ends"));
	free(sentence);
	words_end(&words);

	words_make(&words, "waiting", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &broken);
	words_check(&words, "waiting_time", "10 000 waits");
	words_check(&words, "waiting_blocking", "the serial time: a loss");
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(short_plans_are_modest),
		cmocka_unit_test(sentences_follow_the_data),
	};

	return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
