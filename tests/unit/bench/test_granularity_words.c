/*
 * What the granularity experiment says of pools and of waits, on made-up machines: the usual one,
 * and one where the truth is the contrary.
 */
#include "words_fixture.h"

/* ns that a model pays for a task, and for each wait. */
struct world {
	double fork, thread, pool, each;
};

static double cost_of(const struct par_cell *cell, const struct world *world)
{
	if (strcmp(cell->model->name, "fork") == 0)
		return world->fork;
	if (strcmp(cell->model->name, "thread") == 0)
		return world->thread;
	return (cell->model->traits & PAR_TRAIT_SERIAL) != 0 ? 0 : world->pool;
}

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct world *world = context;
	double tasks = (double)cell->tasks;

	if (strcmp(name, "time") != 0)
		return NAN;
	if (strcmp(cell->workload->name, "spin") == 0)
		return tasks * ((double)cell->params[0] + cost_of(cell, world)) / cell->cores;
	if ((cell->model->traits & PAR_TRAIT_PER_TASK) != 0)
		return (double)cell->params[0] * 1000 + tasks * world->each;
	return tasks / cell->workers * ((double)cell->params[0] * 1000 + 60e3);
}

static void the_usual_machine(void **state)
{
	static const struct world usual = { 30e3, 6e3, 50, 50e3 };
	struct words words;

	(void)state;
	words_make(&words, "granularity", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "granularity_crossings", "process pool beats fork per task up to");
	words_check(&words, "granularity_crossings", "thread per task beats fork per task");
	words_check(&words, "granularity_waits", "32 waits of 2.00 ms");
	words_check(&words, "granularity_waits", "thread per task takes 0.1");
	words_check(&words, "granularity_waits", "as long as thread pool of 2");
	words_check(&words, "granularity_waits", "fork per task takes 0.1");
	words_check(&words, "granularity_waits", "and wins from some");
	words_end(&words);
}

static void a_machine_where_workers_are_cheap_and_waits_are_not(void **state)
{
	static const struct world strange = { 10, 12e3, 15e3, 5e6 };
	struct words words;

	(void)state;
	words_make(
		&words, "granularity", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "granularity_crossings", "fork per task beats process pool up to");
	words_check(&words, "granularity_crossings", "fork per task beats thread per task");
	words_check(&words, "granularity_waits", "thread per task takes 4.9");
	words_check(&words, "granularity_waits", "and wins from some 10.");
	words_end(&words);
}

static void quick_says_nothing_of_waits(void **state)
{
	static const struct world usual = { 30e3, 6e3, 50, 50e3 };
	struct words words;
	char *sentence;

	(void)state;
	words_make(&words, "granularity", "pack:1 core:2 pu:1", PAR_SCALE_QUICK, figure, &usual);
	sentence = words_of(&words, "granularity_waits");
	assert_string_equal(sentence, "");
	free(sentence);
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_machine),
		cmocka_unit_test(a_machine_where_workers_are_cheap_and_waits_are_not),
		cmocka_unit_test(quick_says_nothing_of_waits),
	};

	return cmocka_run_group_tests_name("granularity words", tests, NULL, NULL);
}
