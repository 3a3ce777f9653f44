/*
 * The plan of `channels` on machines that stand nowhere, and what it says of made-up visits.
 */
#include "words_fixture.h"

static void plans_hold_on_many_machines(void **state)
{
	static const char *const synthetic[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1",
		MACHINE_2X2X8X2, MACHINE_256 };
	static const size_t most[PAR_SCALES] = { 6, 20, 80 };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		struct par_machine machine = machine_synthetic(synthetic[i]);

		for (unsigned scale = 0; scale < PAR_SCALES; scale++) {
			struct par_plan plan =
				plan_experiment("channels", &machine, (enum par_scale)scale, NULL);

			assert_true(plan.count >= 6 && plan.count <= most[scale]);
			for (size_t j = 0; j < plan.count; j++) {
				const struct par_cell *cell = &plan.cells[j].cell;

				assert_int_equal(cell->tasks, 2);
				assert_true(cell->cores <= machine.allowed_pus);
				assert_true(cell->cores <= 2 && cell->workers <= 2);
				assert_string_not_equal(cell->variant, "-");
			}
			plan_check_ids(&plan);
			par_plan_fini(&plan);
		}
		par_machine_fini(&machine);
	}
}

/* The eventfd carries 8 bytes, a message queue of the default bounds 8 KiB. */
static void sizes_are_what_channels_carry(void **state)
{
	struct par_machine machine = machine_synthetic("pack:1 core:2 pu:1");
	struct par_plan plan = plan_experiment("channels", &machine, PAR_SCALE_FULL, NULL);
	unsigned streams = 0;

	(void)state;
	for (size_t i = 0; i < plan.count; i++) {
		const struct par_cell *cell = &plan.cells[i].cell;

		if (strcmp(cell->variant, "eventfd") == 0)
			assert_int_equal(cell->params[0], 8);
		if (strcmp(cell->variant, "mq") == 0)
			assert_true(cell->params[0] <= 8192);
		if (strcmp(cell->workload->name, "stream") == 0) {
			assert_in_range(cell->params[1], 1000, 80000);
			streams++;
		}
	}
	assert_true(streams >= 40);
	par_plan_fini(&plan);
	par_machine_fini(&machine);
}

/* What the made-up machine does. */
struct truth {
	double switch_ns, spin_ns, sleep_ns;  /* of a round trip */
	double pipe_ns, ring_ns, gathered_ns; /* of a small message */
	double large_pipe_ns, large_ring_ns;
	double lost, unlocked_ns, locked_ns;
};

static double trip_of(const struct par_cell *cell, const struct truth *truth)
{
	if (strcmp(cell->model->name, "coroutine") == 0)
		return truth->switch_ns;
	return strcmp(cell->variant, "ring") == 0 ? truth->spin_ns : truth->sleep_ns;
}

static double message_of(const struct par_cell *cell, const struct truth *truth)
{
	bool large = cell->params[0] == 65536;

	if (strcmp(cell->variant, "pipe_batched") == 0)
		return truth->gathered_ns;
	if (strcmp(cell->variant, "pipe") == 0)
		return large ? truth->large_pipe_ns : truth->pipe_ns;
	return large ? truth->large_ring_ns : truth->ring_ns;
}

static double figure(const struct par_cell *cell, const char *name, const void *context)
{
	const struct truth *truth = context;

	if (strcmp(name, "trip_ns") == 0)
		return trip_of(cell, truth);
	if (strcmp(name, "message_ns") == 0)
		return message_of(cell, truth);
	if (strcmp(name, "lost") == 0)
		return strcmp(cell->variant, "unlocked") == 0 ? truth->lost : 0;
	if (strcmp(name, "update_ns") == 0)
		return strcmp(cell->variant, "locked") == 0 ? truth->locked_ns : truth->unlocked_ns;
	return 1000;
}

static void sentences_follow_the_data(void **state)
{
	static const struct truth usual = { 50, 100, 40000, 600, 12, 20, 30000, 6000, 0.4, 1000,
		2500 };
	static const struct truth strange = { 900, 1000, 950, 12, 600, 20, 6000, 6100, 0, 1000,
		1000 };
	static const struct truth same = { 900, 900, 900, 12, 600, 20, 6000, 6100, 0, 1000, 1000 };
	struct words words;

	(void)state;
	words_make(&words, "channels", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &usual);
	words_check(&words, "channels_trips", "takes 50");
	words_check(&words, "channels_trips", "by rendezvous, coroutines");
	words_check(&words, "channels_trips", "800 times as long by");
	words_check(&words, "channels_trips", "ring takes 400 times as long when it waits asleep");
	words_check(&words, "channels_stream", "through a pipe, 50 times as long as");
	words_check(&words, "channels_stream", "64 KiB 5.0 times as long as there");
	words_check(&words, "channels_stream", "small one takes 20");
	words_check(&words, "channels_manager", "loses 40 %");
	words_check(&words, "channels_manager", "none is lost, in 2.5 times");
	words_end(&words);

	words_make(&words, "channels", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &strange);
	words_check(&words, "channels_trips", "asleep costs nothing here");
	words_check(&words, "channels_stream", "through a pipe, 1/50 as long as");
	words_check(&words, "channels_stream", "64 KiB about as long as there");
	words_check(&words, "channels_manager", "lost no update here, but may");
	words_end(&words);

	words_make(&words, "channels", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &same);
	words_check(&words, "channels_trips", "whatever carries it");
	words_end(&words);
}

/* Asleep, or through a small pipe, it is now faster and now slower. */
static double uneven(const struct par_cell *cell, uint32_t round)
{
	static const double factors[] = { 0.25, 0.25, 0.5, 1.5, 3, 4, 4 };
	bool noisy = strcmp(cell->variant, "ring_sleep") == 0 ||
		     (strcmp(cell->variant, "pipe") == 0 && cell->params[0] == 64);

	return noisy ? factors[round % (sizeof factors / sizeof *factors)] : 1;
}

/* Where it may be the other way round the interval is told; on one CPU the ring never spins. */
static void what_is_not_sure_is_not_claimed(void **state)
{
	static const struct truth same = { 50, 1000, 1000, 20, 20, 20, 6000, 6000, 0, 1000, 1000 };
	struct words words;
	char *sentence;

	(void)state;
	words_make_noisy(
		&words, "channels", "pack:1 core:2 pu:1", PAR_SCALE_DEFAULT, figure, &same, uneven);
	words_check(&words, "channels_trips", "the ring takes 1.5 (0.2");
	words_check(&words, "channels_stream", "through a pipe, 1.5 (0.2");
	words_end(&words);
	words_make(&words, "channels", MACHINE_ONE_CORE, PAR_SCALE_DEFAULT, figure, &same);
	sentence = words_of(&words, "channels_trips");
	assert_null(strstr(sentence, "asleep"));
	free(sentence);
	words_end(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_hold_on_many_machines),
		cmocka_unit_test(sizes_are_what_channels_carry),
		cmocka_unit_test(sentences_follow_the_data),
		cmocka_unit_test(what_is_not_sure_is_not_claimed),
	};

	return cmocka_run_group_tests_name("channels", tests, NULL, NULL);
}
