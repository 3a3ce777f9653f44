/*
 * The plan of `serving` on machines that stand nowhere, and what it says of made-up visits.
 */
#include "words_fixture.h"

enum { CPU_US, THINK_US, CONNECTIONS, RATE };

static void check_cell(const struct par_cell *cell, const struct par_machine *machine)
{
	unsigned pus = machine->allowed_pus >= 4 ? 2 : 1;

	assert_string_equal(cell->workload->name, "serve");
	assert_int_equal(cell->cores, pus);
	assert_int_equal(cell->workers, pus);
	assert_true(cell->tasks >= 299); /* the 99th percentile can be told */
	/* The schedule is short. */
	assert_true(cell->tasks * 1000 <= cell->params[RATE] * 300);
	assert_int_equal(cell->params[CPU_US], 20);
	assert_int_equal(cell->params[THINK_US], 500);
}

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t counts[PAR_SCALES] = { 4, 12, 66 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("serving", &machine, (enum par_scale)scale, NULL);

			assert_int_equal(plan.count, counts[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				assert_null(plan.cells[j].skip);
				check_cell(&plan.cells[j].cell, &machine);
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* What the made-up machine does. */
struct truth {
	double loop_tail, thread_tail, loop_cpu, fork_cpu, loop_bytes, fork_bytes;
	double most; /* requests that any kind can answer in a second */
};

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;
	bool loop = strcmp(cell->variant, "loop") == 0;
	bool thread = strcmp(cell->variant, "thread") == 0;
	bool is_fork = strcmp(cell->variant, "fork") == 0;
	double rate = (double)cell->params[RATE];

	if (strcmp(name, "p99") == 0)
		return loop ? truth->loop_tail : thread ? truth->thread_tail : 5e6;
	if (strcmp(name, "requests_per_second") == 0)
		return rate < truth->most ? rate : truth->most;
	if (strcmp(name, "cpu_per_request") == 0)
		return loop ? truth->loop_cpu : is_fork ? truth->fork_cpu : 50000;
	if (strcmp(name, "connection_bytes") == 0)
		return loop ? truth->loop_bytes : is_fork ? truth->fork_bytes : 10240;
	if (strcmp(name, "errors") == 0)
		return 0;
	return 1e8;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 1e6, 2e6, 25000, 75000, 4096, 40960, 20000 };
	static const struct truth strange = { 2e6, 1e6, 80000, 20000, 81920, 2048, 20000 };
	static const struct truth alike = { 1e6, 1.001e6, 25000, 75000, 4096, 40960, 17000 };
	static const struct truth slow = { 1e6, 2e6, 25000, 75000, 4096, 40960, 1000 };
	static const struct truth fast = { 1e6, 2e6, 50000, 50000, 4096, 40960, 1e9 };
	struct words words;

	(void)state;
	words_make(&words, "serving", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "serving_tail", "use an event loop: 99 % are answered within 1 ms");
	words_check(&words, "serving_tail", "At 16");
	words_check(&words, "serving_tail", "next is a thread per connection with 2 ms");
	words_check(&words, "serving_cpu", "takes 25 µs");
	words_check(&words, "serving_cpu", "with fork per connection it takes 3.0 times as much");
	words_check(&words, "serving_memory", "with fork per connection");
	words_end(&words);

	words_make(&words, "serving", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "serving_tail", "use a thread per connection: ");
	words_check(&words, "serving_cpu", "takes 20 µs");
	words_check(&words, "serving_cpu", "with an event loop it takes 4.0 times as much");
	words_check(&words, "serving_memory", "2 KiB");
	words_end(&words);

	/* Only the lower rate is kept up with, and two kinds cannot be told apart there. */
	words_make(&words, "serving", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &alike);
	words_check(&words, "serving_tail", "At 16");
	words_check(&words, "serving_tail", "use an event loop");
	words_check(&words, "serving_tail", "which 1 other cannot be told from");
	words_check(&words, "serving_tail", "the client shared the server's CPUs");
	words_end(&words);

	words_make(&words, "serving", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &slow);
	words_check(&words, "serving_tail", "Even at 16");
	words_end(&words);

	/* It can do all that it is asked for, and all kinds take the same. */
	words_make(&words, "serving", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &fast);
	words_check(&words, "serving_cpu", "At 48");
	words_check(&words, "serving_cpu", "no other can be told from it");
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(sentences_follow_the_data),
	};

	return cmocka_run_group_tests_name("serving words", tests, NULL, NULL);
}
