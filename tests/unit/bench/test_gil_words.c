/*
 * The plan of `gil` on machines that stand nowhere, and what it says of made-up visits.
 */
#include "words_fixture.h"

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 5, 16, 18 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("gil", &machine, (enum par_scale)scale, NULL);

			assert_int_equal(plan.count, most[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_true(cell->cores <= machine.allowed_pus);
				assert_true(cell->workers <= 8);
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* No cell of one language has the serial cell of the other for a base. */
static void languages_do_different_work(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("gil", &machine, PAR_SCALE_DEFAULT, NULL);
	char a[PAR_CELL_ID_MAX], b[PAR_CELL_ID_MAX];

	(void)state;
	for (size_t i = 0; i < plan.count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct par_cell *x = &plan.cells[i].cell, *y = &plan.cells[j].cell;
			bool same_language =
				(x->model->outside != NULL) == (y->model->outside != NULL);

			assert_int_equal(par_cell_work_id(a, x), 0);
			assert_int_equal(par_cell_work_id(b, y), 0);
			assert_int_equal(
				strcmp(a, b) == 0, same_language && x->workload == y->workload);
		}
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* How much faster than serial each model is. */
struct truth {
	double gil, pool, threading, multiprocessing;
};

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;
	const char *model = cell->model->name;
	double serial = cell->model->outside != NULL ? 7e6 : 2e7;

	if (strcmp(name, "time") != 0)
		return 1000;
	if (strcmp(model, "gil") == 0)
		return serial / truth->gil;
	if (strcmp(model, "thread_pool") == 0)
		return serial / truth->pool;
	if (strcmp(model, "python_threading") == 0)
		return serial / truth->threading;
	if (strcmp(model, "python_multiprocessing") == 0)
		return serial / truth->multiprocessing;
	return serial;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 1, 2, 0.9, 1.6 }, strange = { 1.9, 0.5, 1.8, 0.7 };
	struct words words;

	(void)state;
	words_make(&words, "gil", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "gil_compute", "Computing, 2 threads with a GIL reach 1.00×");
	words_check(&words, "gil_compute", "no gain; a thread pool 2.00×, a process pool 1.00×");
	words_check(&words, "gil_wait", "Waiting, 8 threads with a GIL");
	words_end(&words);

	words_make(&words, "gil", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "gil_compute", "reach 1.90×");
	words_check(&words, "gil_compute", ": a gain; a thread pool 0.50×");
	words_end(&words);
}

/* Only where there is a python3: else its cells are skipped, and not spoken of. */
static void python_is_told_beside(void **state)
{
	static const struct truth usual = { 1, 2, 0.9, 1.6 };
	const struct par_model *model =
		par_registry_model(par_catalogue_registry(), "python_threading");
	struct words words;
	char *sentence;

	(void)state;
	words_make(&words, "gil", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	sentence = words_of(&words, "gil_compute");
	if (model->unavailable(&words.machine) == NULL)
		assert_non_null(
			strstr(sentence, "in CPython threading 0.90×, multiprocessing 1.60×"));
	else
		assert_null(strstr(sentence, "CPython"));
	free(sentence);
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(languages_do_different_work),
		cmocka_unit_test(sentences_follow_the_data),
		cmocka_unit_test(python_is_told_beside),
	};

	return cmocka_run_group_tests_name("gil", tests, NULL, NULL);
}
