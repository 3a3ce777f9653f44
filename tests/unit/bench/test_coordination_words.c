/*
 * The plan of `coordination` on machines that stand nowhere, and what it says of made-up visits.
 */
#include <stdint.h>

struct par_cell;
static double factor_of(const struct par_cell *cell, uint32_t round, const void *context);
#define WORDS_FACTOR(cell, round, context) factor_of(cell, round, context)
#include "words_fixture.h"

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 6, 18, 40 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan = plan_experiment(
				"coordination", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count >= 4 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_null(plan.cells[j].skip);
				assert_true(cell->cores <= machine.allowed_pus);
				assert_true(cell->workers <= 100);
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* What the made-up machine does. */
struct truth {
	double switch_ns, sleep_ns; /* of a turn */
	double deadlocked, inside;
	double order_ns, one_ns;
	bool unsteady; /* the POSIX barrier takes three times as long, or as long */
};

static double factor_of(const struct par_cell *cell, uint32_t round, const void *context)
{
	const struct truth *truth = context;

	if (truth != NULL && truth->unsteady && strcmp(cell->variant, "posix") == 0)
		return round <= 4 ? 3 : 0.9;
	return words_factor(round);
}

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;
	bool loop = strcmp(cell->model->name, "coroutine") == 0;
	bool opposite = strcmp(cell->variant, "opposite") == 0;

	if (strcmp(name, "handoff_ns") == 0)
		return loop ? truth->switch_ns : truth->sleep_ns;
	if (strcmp(name, "deadlocked") == 0)
		return opposite ? truth->deadlocked : 0;
	if (strcmp(name, "before_deadlock") == 0)
		return opposite && truth->deadlocked > 0 ? 321 : (double)NAN;
	if (strcmp(name, "transfer_ns") == 0 && opposite && truth->deadlocked > 0)
		return NAN;
	if (strcmp(name, "transfer_ns") == 0)
		return strcmp(cell->variant, "order") == 0 ? truth->order_ns
		       : strcmp(cell->variant, "one") == 0 ? truth->one_ns
							   : 500;
	if (strcmp(name, "most_inside") == 0)
		return truth->inside;
	return 1000;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 20, 20000, 1, 5, 100, 50, false };
	static const struct truth strange = { 30000, 40, 0, 4, 50, 100, false };
	struct words words;

	(void)state;
	words_make(&words, "coordination", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "coordination_turns", "takes 20 ns");
	words_check(&words, "coordination_turns", "with park, coroutines");
	words_check(&words, "coordination_transfer", "deadlock after 321 transfers");
	words_check(&words, "coordination_transfer", "one big lock");
	words_check(&words, "coordination_admit", "never more than 5");
	words_check(&words, "coordination_phases", "takes 1 µs");
	words_check(&words, "coordination_phases", "whichever way");
	words_end(&words);

	words_make(
		&words, "coordination", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "coordination_turns", "threads, and 750 times as long");
	words_check(&words, "coordination_transfer", "did not deadlock here, but may");
	words_check(&words, "coordination_transfer", "one order for all");
	words_check(&words, "coordination_admit", "never more than 4");
	words_end(&words);
}

/* Where intervals meet nothing is said of which is more. */
static void no_order_where_intervals_meet(void **state)
{
	static const struct truth even = { 20, 20000, 1, 5, 500, 500, true };
	struct words words;

	(void)state;
	words_make(&words, "coordination", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &even);
	words_check(&words, "coordination_transfer", "which 3 others cannot be told from");
	words_check(&words, "coordination_phases", "whichever way");
	words_end(&words);
}

/* Whoever takes locks in opposite orders is no cure, also if all went well. */
static void luck_is_no_cure(void **state)
{
	static const struct truth lucky = { 20, 20000, 0, 5, NAN, NAN, false };
	struct words words;
	char *sentence;

	(void)state;
	words_make(&words, "coordination", "pack:1 core:2 pu:1", PAR_SCALE_QUICK, figure, &lucky);
	sentence = words_of(&words, "coordination_transfer");
	assert_string_equal(sentence, "Locks in opposite orders did not deadlock here, but may");
	free(sentence);
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(sentences_follow_the_data),
		cmocka_unit_test(no_order_where_intervals_meet),
		cmocka_unit_test(luck_is_no_cure),
	};

	return cmocka_run_group_tests_name("coordination", tests, NULL, NULL);
}
