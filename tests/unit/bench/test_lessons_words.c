/*
 * What holds for every lesson, whatever was measured: it says nothing of nothing, and of anything
 * else whole sentences that fit, without holes.
 */
#include "words_fixture.h"

#include "rng.h"

static const char *const machines[] = { MACHINE_ONE_CORE, "pack:1 core:2 pu:1", MACHINE_2X2X8X2 };
#define MACHINES (sizeof machines / sizeof *machines)

static double nothing(const struct par_cell *cell, const char *name, const void *context)
{
	(void)cell, (void)name, (void)context;
	return NAN;
}

static enum par_unit unit_of(const struct par_cell *cell, const char *name)
{
	const struct par_measure_kind *tables[] = { cell->workload->measures,
		cell->model->measures };

	for (size_t table = 0; table < 2; table++)
		for (size_t i = 0; i < par_measure_count(tables[table]); i++)
			if (strcmp(tables[table][i].name, name) == 0)
				return tables[table][i].unit;
	return PAR_UNIT_NS;
}

static double alike(const struct par_cell *cell, const char *name, const void *context)
{
	(void)context;
	return unit_of(cell, name) == PAR_UNIT_SHARE ? 0.5 : 1000;
}

/* Anything from 100 ns to a thousand seconds, and now and then nothing; the same each time. */
static double anything(const struct par_cell *cell, const char *name, const void *context)
{
	bool is_time = strcmp(name, "time") == 0 || strcmp(name, "p99") == 0;
	uint64_t key = *(const uint64_t *)context;
	double unit;

	for (const char *at = cell->id; *at != '\0'; at++)
		key = par_mix64(key ^ (unsigned char)*at);
	for (const char *at = name; *at != '\0'; at++)
		key = par_mix64(key ^ (unsigned char)*at);
	if (key % 8 == 0)
		return NAN;
	if (key % 8 == 1 && !is_time)
		return 0;
	unit = (double)(par_mix64(key) >> 11) / 9007199254740992.0;
	return unit_of(cell, name) == PAR_UNIT_SHARE ? unit : 100 * pow(10, 10 * unit);
}

static void check_sentence(const char *stem, const char *sentence, bool silent)
{
	static const char *const holes[] = { "nan", "NaN", "inf ", "–", "  ", " ,", " ;", "()" };
	size_t size = strlen(sentence);

	if (silent && size > 0)
		fail_msg("%s says of nothing: %s", stem, sentence);
	if (size > 0 && strchr(".;, ", sentence[size - 1]) != NULL)
		fail_msg("%s ends in the middle: %s", stem, sentence);
	for (size_t i = 0; i < sizeof holes / sizeof *holes; i++)
		if (strstr(sentence, holes[i]) != NULL)
			fail_msg("%s has a hole: %s", stem, sentence);
}

static void check_lesson(const struct par_experiment *experiment, const char *machine,
	enum par_scale scale, words_figure *figure, const void *context)
{
	struct words words;

	words_make(&words, experiment->name, machine, scale, figure, context);
	for (const struct par_lesson_sheet *sheet = experiment->lesson->sheets; sheet->stem != NULL;
		sheet++) {
		char *sentence = words_of(&words, sheet->stem);

		check_sentence(sheet->stem, sentence, figure == nothing);
		free(sentence);
	}
	words_end(&words);
}

static void check_all(words_figure *figure, const void *context)
{
	const struct par_experiment *const *experiment = par_catalogue_experiments();

	for (; *experiment != NULL; experiment++)
		for (size_t i = 0; (*experiment)->lesson != NULL && i < MACHINES; i++)
			for (unsigned scale = 0; scale < PAR_SCALES; scale++)
				check_lesson(*experiment, machines[i], (enum par_scale)scale,
					figure, context);
}

static void nothing_is_said_of_nothing(void **state)
{
	(void)state;
	check_all(nothing, NULL);
}

static void what_is_alike_is_said_whole(void **state)
{
	(void)state;
	check_all(alike, NULL);
}

static void whatever_was_measured_is_said_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		check_all(anything, &seed);
}

static size_t count_lines(const char *text, const char *begin)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, begin)) != NULL; at += strlen(begin))
		count += at == text || at[-1] == '\n';
	return count;
}

static void every_lesson_is_complete(void **state)
{
	const struct par_experiment *const *experiment = par_catalogue_experiments();

	(void)state;
	for (; *experiment != NULL; experiment++) {
		const struct par_lesson *lesson = (*experiment)->lesson;
		size_t size = strlen((*experiment)->name);

		if (lesson == NULL)
			continue;
		if (lesson->title == NULL || lesson->teaches == NULL || lesson->howto == NULL)
			fail_msg("%s: a lesson without a title, what it teaches, or how to read it",
				(*experiment)->name);
		if (count_lines(lesson->howto, "- ") < 3)
			fail_msg("%s: how to read it takes three points", (*experiment)->name);
		for (const struct par_lesson_sheet *sheet = lesson->sheets; sheet->stem != NULL;
			sheet++)
			if (strncmp(sheet->stem, (*experiment)->name, size) != 0 ||
				sheet->what == NULL || sheet->metric == NULL || sheet->word == NULL)
				fail_msg("%s: an incomplete sheet", sheet->stem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lesson_is_complete),
		cmocka_unit_test(nothing_is_said_of_nothing),
		cmocka_unit_test(what_is_alike_is_said_whole),
		cmocka_unit_test(whatever_was_measured_is_said_whole),
	};

	return cmocka_run_group_tests_name("lessons words", tests, NULL, NULL);
}
