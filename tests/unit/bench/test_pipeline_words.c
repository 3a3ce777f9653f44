/*
 * The plan of `pipeline` on machines that stand nowhere, and what it says of made-up visits.
 */
#include "words_fixture.h"

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 5, 16, 44 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("pipeline", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count >= 4 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_null(plan.cells[j].skip);
				assert_true(cell->cores <= machine.allowed_pus);
				assert_true(cell->cores <= cell->workers);
				assert_true(cell->params[0] < cell->tasks);
				assert_true(cell->params[1] >= 100 && cell->params[1] <= 1000000);
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* What the made-up machine does. */
struct truth {
	double coroutines, threads, processes, ring, marks; /* items a second */
	double length[2];                                   /* with 5:2, and else */
	double full, empty;
};

static double rate_of(const struct par_cell *cell, const struct truth *truth)
{
	if (strcmp(cell->variant, "ring") == 0)
		return truth->ring;
	if (strcmp(cell->variant, "watermarks") == 0)
		return truth->marks;
	return strcmp(cell->model->name, "coroutine") == 0      ? truth->coroutines
	       : strcmp(cell->model->name, "process_pool") == 0 ? truth->processes
								: truth->threads;
}

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;

	if (strcmp(name, "items_per_second") == 0)
		return rate_of(cell, truth);
	if (strcmp(name, "length") == 0)
		return truth->length[cell->params[0] == 5 ? 0 : 1];
	if (strcmp(name, "blocked_full") == 0)
		return truth->full;
	if (strcmp(name, "blocked_empty") == 0)
		return truth->empty;
	return strcmp(name, "time") == 0 ? 1e6 : 0.9;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 4e6, 1e6, 5e5, 2e6, 3e6, { 60, 3 }, 0.8, 0.02 };
	static const struct truth strange = { 5e5, 4e6, 6e6, 4.1e6, 4e6, { 5, 30 }, 0.1, 0.7 };
	struct words words;

	(void)state;
	words_make(&words, "pipeline", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "pipeline_rates", "One to one, coroutines pass 4");
	words_check(&words, "pipeline_rates", "passes 2.0× what a mutex does");
	words_check(
		&words, "pipeline_lengths", "5 producers and 2 consumers the queue is nearly full");
	words_check(&words, "pipeline_lengths",
		"2 producers and 5 consumers the queue is nearly empty");
	words_check(&words, "pipeline_waits", "5 producers wait for room 80");
	words_check(&words, "pipeline_waits", "with watermarks 3.0× as many");
	words_end(&words);

	words_make(&words, "pipeline", "pack:1 core:2 pu:1", PAR_SCALE_FULL, figure, &strange);
	words_check(&words, "pipeline_rates", "One to one, processes pass 6");
	words_check(&words, "pipeline_rates", "about as many as a mutex");
	words_check(&words, "pipeline_lengths",
		"5 producers and 2 consumers the queue is nearly empty");
	words_check(&words, "pipeline_lengths", "neither full nor empty");
	words_check(&words, "pipeline_waits", "watermarks change the rate little");
	words_check(&words, "pipeline_counts", "1000 items pass at 4");
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(sentences_follow_the_data),
	};

	return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
