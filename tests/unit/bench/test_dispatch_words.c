/*
 * The plan of `dispatch` on machines that stand nowhere, and what it says of made-up visits.
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
	static const size_t most[PAR_SCALES] = { 6, 18, 56 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("dispatch", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count >= 6 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_null(plan.cells[j].skip);
				assert_non_null(par_cell_variant(cell));
				assert_int_equal(cell->workers, machine.allowed_pus);
				assert_int_equal(cell->cores, machine.allowed_pus);
				assert_in_range(cell->tasks, 2048, 16 * 64 * 256);
				/* There is a chunk for each worker. */
				if (strncmp(cell->variant, "map_", 4) == 0)
					assert_true(strtoull(cell->variant + 4, NULL, 10) *
							    cell->workers <=
						    cell->tasks);
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

static void every_call_has_its_place_in_the_default_plan(void **state)
{
	static const char *const calls[] = { "apply", "async", "timeout", "callback", "imap",
		"imap_unordered", "map_1", "map_16384", "map_auto" };
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("dispatch", &machine, PAR_SCALE_DEFAULT, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		size_t found = 0;

		for (size_t j = 0; j < plan.count; j++)
			found += strcmp(plan.cells[j].cell.variant, calls[i]) == 0;
		if (found == 0)
			fail_msg("%s is not planned", calls[i]);
	}
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* Chunks stand on the axis by their size; the automatic choice has no place there. */
static void chunks_stand_by_their_size(void **state)
{
	const struct par_lesson_sheet *sheet = words_experiment("dispatch")->lesson->sheets;
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("dispatch", &machine, PAR_SCALE_FULL, NULL);
	size_t placed = 0;

	(void)state;
	while (strcmp(sheet->stem, "dispatch_chunk") != 0)
		sheet++;
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;
		double at = par_lesson_at(sheet, cell);

		if (!sheet->takes(cell))
			continue;
		if (strcmp(cell->variant, "map_auto") == 0)
			assert_true(isnan(at));
		else
			assert_true(at == strtod(cell->variant + 4, NULL));
		placed += !isnan(at);
	}
	assert_int_equal(placed, 2 * 8);
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* ns of a run by call, and until the first result. */
struct truth {
	double apply, async, one, sixteen, largest, automatic;
	double first_imap, first_map;
	bool unsteady; /* the automatic choice takes half as long or twice */
};

static double factor_of(const struct par_cell *cell, uint32_t round, const void *context)
{
	const struct truth *truth = context;

	if (truth != NULL && truth->unsteady && strcmp(cell->variant, "map_auto") == 0)
		return round <= 4 ? 0.5 : 2;
	return words_factor(round);
}

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;
	const char *call = cell->variant;

	if (strcmp(name, "first_ns") == 0)
		return strncmp(call, "imap", 4) == 0  ? truth->first_imap
		       : strncmp(call, "map", 3) == 0 ? truth->first_map
						      : 5e5;
	if (strcmp(name, "in_order") == 0)
		return 1;
	if (strcmp(name, "time") != 0)
		return 60000;
	return strcmp(call, "apply") == 0       ? truth->apply
	       : strcmp(call, "map_1") == 0     ? truth->one
	       : strcmp(call, "map_16") == 0    ? truth->sixteen
	       : strcmp(call, "map_16384") == 0 ? truth->largest
	       : strcmp(call, "map_auto") == 0  ? truth->automatic
						: truth->async;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 2e7, 2e6, 1.8e6, 1.3e6, 1.2e6, 1.2e6, 2e4, 1e6, false };
	static const struct truth strange = { 3e6, 2e6, 1e6, 2e6, 3e6, 2.5e6, 1e6, 2e4, false };
	static const struct truth even = { 4e6, 2e6, 2e6, 2e6, 2e6, 1e6, 1e6, 1e6, false };
	struct words words;

	(void)state;
	words_make(&words, "dispatch", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "dispatch_rate", "With threads apply does 10 %");
	words_check(&words, "dispatch_rate", "less than the 1/2 of one busy worker");
	words_check(&words, "dispatch_rate", "fastest is map, ");
	words_check(&words, "dispatch_first", "after 20 µs");
	words_check(&words, "dispatch_first", "50 times as late by map, automatic");
	words_check(&words, "dispatch_chunk", "chunks of 16384 make empty tasks 1.5");
	words_check(&words, "dispatch_chunk", "the automatic choice does as well");
	words_end(&words);

	words_make(&words, "dispatch", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "dispatch_rate", "does 67 %");
	words_check(&words, "dispatch_rate", "more than the 1/2");
	words_check(&words, "dispatch_rate", "others cannot be told from");
	words_check(&words, "dispatch_first", "50 times as early by map, automatic");
	words_check(&words, "dispatch_chunk", "no chunk is better than 1");
	words_check(&words, "dispatch_chunk", "takes 2.5");
	words_end(&words);

	words_make(&words, "dispatch", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &even);
	words_check(&words, "dispatch_rate", "does 50 %");
	words_check(&words, "dispatch_rate", "about the 1/2");
	words_check(&words, "dispatch_first", "as by map, automatic, 1 ms");
	words_check(&words, "dispatch_chunk", "faster still");
	words_end(&words);
}

/* Where intervals meet nothing is said of which is more. */
static void no_order_where_intervals_meet(void **state)
{
	static const struct truth unsteady = { .apply = 2e7,
		.async = 2e6,
		.one = 1e6,
		.sixteen = 1e6,
		.largest = 0.998e6,
		.automatic = 1e6,
		.first_imap = 1e6,
		.first_map = 1e6,
		.unsteady = true };
	struct words words;

	(void)state;
	words_make(&words, "dispatch", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &unsteady);
	words_check(&words, "dispatch_first", "as by map, automatic, ");
	words_check(&words, "dispatch_chunk", "chunks of 16384 cannot be told from an item");
	words_check(&words, "dispatch_chunk", "the automatic choice cannot be told from that");
	words_end(&words);
}

static void one_worker_is_no_fraction(void **state)
{
	static const struct truth usual = { 2e7, 2e6, 1.8e6, 1.3e6, 1.2e6, 1.2e6, 2e4, 1e6, false };
	struct words words;

	(void)state;
	words_make(&words, "dispatch", MACHINE_ONE_CORE, PAR_SCALE_QUICK, figure, &usual);
	words_check(&words, "dispatch_rate", "less than one worker that is never kept waiting");
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(every_call_has_its_place_in_the_default_plan),
		cmocka_unit_test(chunks_stand_by_their_size),
		cmocka_unit_test(sentences_follow_the_data),
		cmocka_unit_test(no_order_where_intervals_meet),
		cmocka_unit_test(one_worker_is_no_fraction),
	};

	return cmocka_run_group_tests_name("dispatch words", tests, NULL, NULL);
}
