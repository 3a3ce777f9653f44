/*
 * The creation experiment: its plan on machines that stand nowhere, and what it says of made-up
 * visits, also of machines where the truth is another.
 */
#include "words_fixture.h"

static size_t count_run(const struct par_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->cells[i].skip == NULL;
	return count;
}

static struct par_plan plan_on(const char *synthetic, enum par_scale scale, uint64_t memory)
{
	struct par_machine machine = machine_synthetic(synthetic);
	struct par_plan plan;

	machine.memory_bytes = memory;
	machine.memory_limit_bytes = 0;
	plan = plan_experiment("creation", &machine, scale, NULL);
	par_machine_fini(&machine);
	return plan;
}

/* Whatever the machine: one process makes its workers. */
static void the_plan_is_small_and_the_same_everywhere(void **state)
{
	static const char *const machines[] = { MACHINE_ONE_CORE, MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 6, 18, 40 };

	(void)state;
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		for (int scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_on(machines[i], (enum par_scale)scale, 64ULL << 30);

			assert_in_range(count_run(&plan), 4, most[scale]);
			plan_check_ids(&plan);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_null(plan.cells[j].skip);
				assert_string_equal(cell->model->name, "serial");
				assert_int_equal(cell->workers, 1);
				assert_in_range(cell->tasks, 1, 4000); /* estimates count tasks */
				assert_int_equal(cell->placement, PAR_PLACE_NONE);
				if (strncmp(cell->variant, "pool_", 5) == 0)
					assert_int_equal(cell->tasks % 8, 0);
			}
			par_plan_fini(&plan);
		}
}

static void a_parent_too_big_for_the_machine_is_skipped(void **state)
{
	struct par_plan plan = plan_on(MACHINE_ONE_CORE, PAR_SCALE_FULL, 2ULL << 30);

	(void)state;
	for (size_t i = 0; i < plan.count; i++) {
		bool big = plan.cells[i].cell.params[0] > 1536;

		assert_int_equal(plan.cells[i].skip != NULL, big);
		if (big)
			assert_non_null(strstr(plan.cells[i].skip, "three quarters"));
	}
	par_plan_fini(&plan);
}

/* What a made-up machine takes, in ns. */
struct world {
	double fork_mib, huge_mib, thread, coroutine;
	bool mute; /* how a thread ends is not told, nor what it takes to kill a process */
};

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct world *world = context;
	double mib = (double)cell->params[0], life = 1e6;

	if (strcmp(cell->variant, "fork") == 0)
		life = 80e3 + world->fork_mib * mib;
	else if (strcmp(cell->variant, "fork_huge") == 0)
		life = 80e3 + world->huge_mib * mib;
	else if (strncmp(cell->variant, "thread", 6) == 0)
		life = world->thread;
	else if (strcmp(cell->variant, "coroutine") == 0)
		life = world->coroutine;
	if (strcmp(name, "time") == 0)
		return life * (double)cell->tasks;
	if (world->mute &&
		(strcmp(name, "kill") == 0 || (strcmp(name, "terminate") == 0 &&
						      strncmp(cell->variant, "thread", 6) == 0)))
		return NAN;
	if (strcmp(name, "kill") == 0 && strcmp(cell->variant, "thread") == 0)
		return NAN;
	return life / 2;
}

static void it_says_what_the_usual_machine_shows(void **state)
{
	static const struct world usual = { 33e3, 500, 20e3, 10, false };
	struct words words;

	(void)state;
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "creation_ladder", "cheapest worker is coroutine at 10 ns");
	words_check(&words, "creation_ladder", "as long as thread");
	words_check(&words, "creation_growth", "makes fork 33 \xc2\xb5s");
	words_check(&words, "creation_growth", "at 64 MiB");
	words_check(&words, "creation_growth", "and fork on huge pages 500 ns");
	words_check(&words, "creation_growth", "vfork and thread are not seen to grow");
	words_check(&words, "creation_first", "soonest with coroutine at 5 ns");
	words_check(&words, "creation_end", "never unasked");
	words_end(&words);
}

static void it_says_the_contrary_where_that_is_true(void **state)
{
	static const struct world strange = { 0, 0, 5e6, 7e6, false };
	struct words words;

	(void)state;
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "creation_ladder", "dearest coroutine at 7 ms");
	words_check(&words, "creation_ladder", "fork takes 0.02");
	words_check(&words, "creation_growth",
		"grows by nothing that can be told up to a parent of 64 MiB");
	words_check(&words, "creation_growth", "are not seen to grow");
	words_check(&words, "creation_first", "latest with coroutine");
	words_end(&words);
}

static void check_without(struct words *words, const char *stem, const char *lacks)
{
	char *sentence = words_of(words, stem);

	if (strstr(sentence, lacks) != NULL)
		fail_msg("%s says \"%s\", which holds \"%s\"", stem, sentence, lacks);
	free(sentence);
}

/* Six ways take the same time here, and so does none of the dearest stand out. */
static void it_names_no_first_where_several_are_alike(void **state)
{
	static const struct world usual = { 33e3, 500, 20e3, 10, false };
	static const struct world even = { 0, 0, 80e3, 80e3, false };
	struct words words;

	(void)state;
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "creation_ladder", ", the dearest perhaps ");
	words_check(&words, "creation_first", " and latest with perhaps ");
	words_end(&words);
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &even);
	words_check(&words, "creation_ladder", "cheapest worker is perhaps ");
	words_check(&words, "creation_first", "soonest with perhaps ");
	words_end(&words);
}

static void it_compares_only_what_ran_in_the_same_rounds(void **state)
{
	static const struct world usual = { 33e3, 500, 20e3, 10, false };
	struct words words;

	(void)state;
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &usual);
	for (size_t i = 0; i < words.records.count; i++)
		if (strstr(words.records.items[i].cell, "variant=fork/") != NULL)
			words.records.items[i].round += 100;
	check_without(&words, "creation_ladder", "fork takes");
	words_end(&words);
}

/* What could not be measured is no property of processes. */
static void it_keeps_silent_of_ends_that_were_not_seen(void **state)
{
	static const struct world mute = { 33e3, 500, 20e3, 10, true };
	struct words words;

	(void)state;
	words_make(&words, "creation", MACHINE_2X2X8X2, PAR_SCALE_DEFAULT, figure, &mute);
	words_check(&words, "creation_end", "nothing is left: fork at ");
	check_without(&words, "creation_end", "never unasked");
	check_without(&words, "creation_end", "thread");
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_is_small_and_the_same_everywhere),
		cmocka_unit_test(a_parent_too_big_for_the_machine_is_skipped),
		cmocka_unit_test(it_says_what_the_usual_machine_shows),
		cmocka_unit_test(it_says_the_contrary_where_that_is_true),
		cmocka_unit_test(it_names_no_first_where_several_are_alike),
		cmocka_unit_test(it_compares_only_what_ran_in_the_same_rounds),
		cmocka_unit_test(it_keeps_silent_of_ends_that_were_not_seen),
	};

	return cmocka_run_group_tests_name("creation", tests, NULL, NULL);
}
