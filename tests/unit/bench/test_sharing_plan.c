/*
 * The plan of `sharing` on machines that stand nowhere, and its sentences on made-up figures: they
 * must come out differently where the truth is different.
 */
#include "words_fixture.h"

/* --- the plan --- */

static void check_cell(const struct par_cell *cell, unsigned pus)
{
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;

	assert_null(par_cell_refusal(cell));
	assert_true(loop ? cell->workers == 1 : cell->workers == cell->tasks);
	assert_true(cell->workers <= 2 * pus);
	assert_int_equal(cell->cores, cell->workers < pus ? cell->workers : pus);
}

static void cells_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 7, 32, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof synthetic[0]; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("sharing", &machine, (enum par_scale)scale, NULL);
			unsigned pus = machine.allowed_pus < 64 ? machine.allowed_pus : 64;

			assert_true(plan.count > 0 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++)
				check_cell(&plan.cells[j].cell, pus);
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

static bool plans(const struct par_plan *plan, const char *model, const char *variant,
	unsigned workers, uint64_t section)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct par_cell *cell = &plan->cells[i].cell;

		if (strcmp(cell->model->name, model) == 0 && strcmp(cell->variant, variant) == 0 &&
			cell->workers == workers && cell->params[1] == section)
			return true;
	}
	return false;
}

/* What the lesson cannot do without. */
static void default_plan_holds_the_lesson(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:8 pu:1");
	struct par_plan plan = plan_experiment("sharing", &machine, PAR_SCALE_DEFAULT, NULL);

	(void)state;
	assert_true(plans(&plan, "thread_pool", "unlocked", 8, 1));
	assert_true(plans(&plan, "thread_pool", "private_shared_line", 8, 1));
	assert_true(plans(&plan, "thread_pool", "mutex", 1, 1));
	assert_true(plans(&plan, "thread_pool", "mutex", 8, 0));
	assert_true(plans(&plan, "thread_pool", "mcs", 16, 1));
	assert_true(plans(&plan, "process_pool", "plain", 8, 1));
	assert_true(plans(&plan, "coroutine", "one_loop", 1, 1));
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* --- the words --- */

/* What a machine tells of a cell: ns an increment, and shares lost and seen. */
struct told {
	double increment, lost, seen;
};

/* A machine. */
struct teller {
	struct told (*tell)(const struct par_cell *cell);
};

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct teller *teller = context;
	struct told told = teller->tell(cell);

	if (strcmp(name, "time") == 0)
		return 5000000;
	if (strcmp(name, "lost") == 0)
		return told.lost;
	return strcmp(name, "seen") == 0 ? told.seen : told.increment;
}

static void make(struct words *words, enum par_scale scale, const struct teller *teller)
{
	words_make(words, "sharing", "pack:1 core:2 pu:1", scale, figure, teller);
}

static void check_not(struct words *words, const char *stem, const char *holds)
{
	char *sentence = words_of(words, stem);

	if (strstr(sentence, holds) != NULL)
		fail_msg("%s says \"%s\", which holds \"%s\"", stem, sentence, holds);
	free(sentence);
}

static bool is(const struct par_cell *cell, const char *variant)
{
	return strcmp(cell->variant, variant) == 0;
}

/* A machine as in the books. */
static struct told tell_books(const struct par_cell *cell)
{
	bool crowded = cell->workers > cell->cores;
	bool fair = is(cell, "ticket") || is(cell, "mcs");
	struct told told = { .increment = 30, .lost = 0, .seen = 1 };

	if (is(cell, "private"))
		told.increment = 0.15;
	if (is(cell, "mutex") && cell->workers == 1)
		told.increment = 11;
	if (crowded && fair)
		told.increment = is(cell, "mcs") ? 9000 : 5400000;
	if (is(cell, "unlocked") && cell->workers > 1)
		told.lost = 0.4;
	if (is(cell, "unlocked_wait"))
		told.lost = 0.5;
	if (is(cell, "plain") && strcmp(cell->model->name, "process_pool") == 0)
		told = (struct told){ .increment = 2, .lost = NAN, .seen = 0 };
	if (is(cell, "rwlock"))
		told.increment = 90;
	if (strcmp(cell->workload->name, "histogram") == 0 && cell->params[2] == 256)
		told.increment = 7;
	return told;
}

/* One where nothing is lost, no lock collapses, and processes share all. */
static struct told tell_wonders(const struct par_cell *cell)
{
	struct told told = { .increment = 20, .lost = 0, .seen = 1 };

	if (cell->workers > cell->cores)
		told.increment = 22;
	if (is(cell, "rwlock"))
		told.increment = 5;
	return told;
}

static const struct teller books = { tell_books }, wonders = { tell_wonders };

static void words_tell_what_the_books_tell(void **state)
{
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_DEFAULT, &books);
	words_check(&words, "sharing_cost", "2 threads: a mutex costs 30");
	words_check(&words, "sharing_cost", "11 ns alone");
	words_check(&words, "sharing_cost", "a counter each 0.15 ns");
	words_check(&words, "sharing_cost", "no lock loses 40");
	words_check(&words, "sharing_workers", "4 threads on 2 PUs");
	words_check(&words, "sharing_workers", "ticket lock");
	words_check(&words, "sharing_workers", "300× (300 to 300), under the");
	words_check(&words, "sharing_workers", "000× (180");
	words_check(&words, "sharing_workers", "under the spin lock 1.00×");
	check_not(&words, "sharing_workers", "no lock collapses");
	words_check(&words, "sharing_models", "their parent sees 0");
	words_check(&words, "sharing_models", "threads: 100");
	words_check(&words, "sharing_models", "or 50");
	words_end(&words);
}

static void words_tell_another_truth_where_it_is_another(void **state)
{
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_DEFAULT, &wonders);
	words_check(&words, "sharing_cost", "lost nothing here");
	check_not(&words, "sharing_cost", "loses");
	words_check(&words, "sharing_workers", "no lock collapses");
	words_check(&words, "sharing_workers", "1.1×");
	words_check(&words, "sharing_models", "their parent sees 100");
	words_check(&words, "sharing_models", "or 0");
	words_end(&words);
}

/* One where every lock collapses. */
static struct told tell_disaster(const struct par_cell *cell)
{
	struct told told = { .increment = 30, .lost = 0, .seen = 1 };

	if (cell->workers > cell->cores)
		told.increment = 5400000;
	return told;
}

static void words_fit_whatever_they_tell(void **state)
{
	static const struct teller disaster = { tell_disaster };
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_FULL, &disaster);
	words_check(&words, "sharing_workers", "5 of 5 locks collapse; under the");
	words_end(&words);
}

static struct told tell_one_collapse(const struct par_cell *cell)
{
	struct told told = { .increment = 30, .lost = 0, .seen = 1 };

	if (cell->workers > cell->cores && is(cell, "ticket"))
		told.increment = 150;
	return told;
}

/* With more threads than PUs the mutex is now the best, now by far the worst. */
static double uneven_mutex(const struct par_cell *cell, uint32_t round)
{
	static const double factors[] = { 0.5, 0.5, 1, 10, 100, 100, 100 };

	return cell->workers > cell->cores && is(cell, "mutex")
		       ? factors[round % (sizeof factors / sizeof *factors)]
		       : 1;
}

/* What is sure goes before what may be, and nobody is acquitted for want of proof. */
static void a_collapse_is_told_beside_an_uneven_lock(void **state)
{
	static const struct teller one = { tell_one_collapse };
	struct words words;

	(void)state;
	words_make_noisy(&words, "sharing", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &one,
		uneven_mutex);
	words_check(&words, "sharing_workers", "PUs: under the ticket lock an increment takes 5");
	words_end(&words);
	words_make_noisy(&words, "sharing", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure,
		&wonders, uneven_mutex);
	words_check(&words, "sharing_workers", "PUs: under the mutex an increment takes 11");
	check_not(&words, "sharing_workers", "no lock collapses");
	words_end(&words);
}

static struct told tell_no_mutex(const struct par_cell *cell)
{
	struct told told = tell_books(cell);

	if (is(cell, "mutex"))
		told.increment = NAN;
	return told;
}

static void costs_are_told_beside_the_mutex_or_not_at_all(void **state)
{
	static const struct teller lacking = { tell_no_mutex };
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_DEFAULT, &lacking);
	check_not(&words, "sharing_cost", ":");
	words_end(&words);
}

static void words_of_the_full_plan(void **state)
{
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_FULL, &books);
	words_check(&words, "sharing_cost", "2 threads");
	words_check(&words, "sharing_workers", "4 threads on 2 PUs");
	words_check(&words, "sharing_histogram", ", 7 ns");
	words_check(&words, "sharing_table", "does not pay");
	words_end(&words);
	make(&words, PAR_SCALE_FULL, &wonders);
	check_not(&words, "sharing_table", "does not pay");
	words_check(&words, "sharing_table", "pays here");
	words_end(&words);
}

/* Half a sentence at most where cells are missing. */
static void quick_words_hold_what_there_is(void **state)
{
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_QUICK, &books);
	check_not(&words, "sharing_cost", "whole loop");
	check_not(&words, "sharing_cost", "NaN");
	words_check(&words, "sharing_workers", "ticket lock");
	words_check(&words, "sharing_models", "parent sees 0");
	words_end(&words);
}

static void nothing_is_said_without_data(void **state)
{
	struct par_analysis empty = PAR_ANALYSIS_INIT;
	const struct par_lesson_sheet *sheet = words_experiment("sharing")->lesson->sheets;

	(void)state;
	for (; sheet->stem != NULL; sheet++) {
		struct par_text text = PAR_TEXT_INIT;

		par_lesson_word(&text, &(struct par_lesson_view){ &empty, "sharing", sheet });
		assert_int_equal(text.size, 0);
		par_text_fini(&text);
	}
}

/* A narrow chart has room for 14 characters of a row's or curve's name. */
static void brief_names_are_brief(void **state)
{
	struct words words;

	(void)state;
	make(&words, PAR_SCALE_FULL, &books);
	for (const struct par_lesson_sheet *sheet = words_experiment("sharing")->lesson->sheets;
		sheet->stem != NULL; sheet++) {
		const struct par_lesson_view view = { &words.analysis, "sharing", sheet };

		for (size_t i = 0; sheet->name != NULL && i < words.analysis.cell_count; i++) {
			struct par_text text = PAR_TEXT_INIT;

			if (!par_lesson_takes(&view, &words.analysis.cells[i]))
				continue;
			par_lesson_name(&text, &view, &words.analysis.cells[i].cell, true);
			if (text.size > 15) /* with a × of two bytes */
				fail_msg("%s: '%s'", sheet->stem, par_text_get(&text));
			par_text_fini(&text);
		}
	}
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_on_many_machines),
		cmocka_unit_test(default_plan_holds_the_lesson),
		cmocka_unit_test(words_tell_what_the_books_tell),
		cmocka_unit_test(words_tell_another_truth_where_it_is_another),
		cmocka_unit_test(words_of_the_full_plan),
		cmocka_unit_test(words_fit_whatever_they_tell),
		cmocka_unit_test(a_collapse_is_told_beside_an_uneven_lock),
		cmocka_unit_test(costs_are_told_beside_the_mutex_or_not_at_all),
		cmocka_unit_test(quick_words_hold_what_there_is),
		cmocka_unit_test(nothing_is_said_without_data),
		cmocka_unit_test(brief_names_are_brief),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
