/*
 * The instrument on models of which the truth is known: the whole scheduler, with a clock turned by
 * hand and visits that are drawn from a distribution, and the verdict it ends with.
 */
#include "core_fixture.h"

#include "rounds.h"
#include "series.h"

#define VISITS_MAX (2 * PAR_ROUNDS_MAX)
#define SAMPLES    8

enum family { NORMAL, HUMPS, HEAVY, FAMILIES };

static const char *const family_names[FAMILIES] = { "log-normal", "two humps", "heavy tail" };

/* What two models measure: noise of visits and of the samples of a visit, drift of the machine. */
struct nature {
	enum family family;
	double between, within, drift;
	double difference; /* the second model takes 1 + difference times as long */
};

struct stage {
	const struct nature *nature;
	struct par_rng rng;
	uint64_t now;
	double times[2][VISITS_MAX];
	uint32_t rounds[2][VISITS_MAX];
	size_t n[2];
	uint64_t samples[PAR_SAMPLES_MAX];
	unsigned most_samples, least_samples; /* ordered, once enough was known */
};

static double gauss(struct par_rng *rng)
{
	double radius = sqrt(-2.0 * log(1.0 - par_rng_unit(rng)));

	return radius * cos(2.0 * M_PI * par_rng_unit(rng));
}

static double draw(struct par_rng *rng, enum family family, double size)
{
	double a, b;

	switch (family) {
	case HUMPS: return exp((par_rng_unit(rng) < 0.8 ? 0 : 3 * size) + 0.2 * size * gauss(rng));
	case HEAVY:
		a = gauss(rng);
		b = gauss(rng);
		return exp(size * gauss(rng) / sqrt(0.5 * (a * a + b * b)));
	default: return exp(size * gauss(rng));
	}
}

static uint64_t stage_now(void *context)
{
	return ((struct stage *)context)->now;
}

static void note_samples(struct stage *stage, unsigned samples)
{
	if (samples == 0)
		return;
	if (samples > stage->most_samples)
		stage->most_samples = samples;
	if (stage->least_samples == 0 || samples < stage->least_samples)
		stage->least_samples = samples;
}

static int stage_visit(
	void *context, const struct par_visit_order *order, struct par_record *record)
{
	struct stage *stage = context;
	const struct nature *nature = stage->nature;
	unsigned count = order->samples != 0 ? order->samples : SAMPLES;
	double visit = 1e7 * exp(nature->drift * sin(order->round)) *
		       draw(&stage->rng, nature->family, nature->between) *
		       (order->cell == 1 ? 1 + nature->difference : 1);
	size_t i = stage->n[order->cell]++;

	visit = fmin(fmax(visit, 1e5), 1e9);
	note_samples(stage, order->samples);
	for (unsigned j = 0; j < count; j++)
		stage->samples[j] =
			(uint64_t)fmax(visit * exp(nature->within * gauss(&stage->rng)), 1.0);
	record->status = PAR_STATUS_OK;
	record->sample_count = count;
	record->samples_ns = stage->samples;
	record->run_ns = count * (uint64_t)visit;
	record->wall_ns = 10000000 + record->run_ns;
	stage->now += record->wall_ns;
	stage->times[order->cell][i] = par_record_time(record);
	stage->rounds[order->cell][i] = order->round;
	return 0;
}

static void plan_models(struct par_plan *plan)
{
	static const char *const specs[] = { "scaling/hash/serial", "scaling/hash/pool" };

	*plan = (struct par_plan)PAR_PLAN_INIT;
	for (size_t i = 0; i < 2; i++) {
		struct par_cell cell = fake_cell(specs[i]);

		assert_int_equal(par_plan_add_read(plan, &cell, NULL), 0);
	}
}

/* Measures until the scheduler has enough, or `minutes` are over. */
static enum par_comparison decide(struct stage *stage, const struct par_plan *plan, double minutes)
{
	struct par_rounds_spec spec = { .plan = plan,
		.seed = par_rng_next(&stage->rng),
		.budget_ns = (uint64_t)(minutes * 60e9),
		.target = 0.02,
		.clock = { stage_now, stage },
		.calls = { .context = stage, .visit = stage_visit } };
	struct par_compared compared;
	enum par_ending ending;

	stage->n[0] = stage->n[1] = 0;
	assert_int_equal(par_rounds_run(&ending, &spec), 0);
	assert_int_equal(
		par_series_compare(&compared,
			&(struct par_series){ stage->times[0], stage->rounds[0], stage->n[0] },
			&(struct par_series){ stage->times[1], stage->rounds[1], stage->n[1] }, 1),
		0);
	return compared.verdict;
}

/* How often the first model was called faster, or slower, of `runs` runs. */
static void count_verdicts(unsigned counts[4], const struct nature *nature, unsigned runs)
{
	struct stage stage = { .nature = nature };
	struct par_plan plan;

	plan_models(&plan);
	par_rng_init(&stage.rng, 11 + (uint64_t)nature->family);
	memset(counts, 0, 4 * sizeof *counts);
	for (unsigned i = 0; i < runs; i++)
		counts[decide(&stage, &plan, 2.0)]++;
	par_plan_fini(&plan);
	printf("%-10s %4.1f %% between, %4.1f %% apart: %u faster, %u slower, %u tie, %u not "
	       "sure\n",
		family_names[nature->family], 100 * nature->between, 100 * nature->difference,
		counts[PAR_COMPARISON_FASTER], counts[PAR_COMPARISON_SLOWER],
		counts[PAR_COMPARISON_TIE], counts[PAR_COMPARISON_NOT_SURE]);
}

/* The scheduler looks after each round, and more looks find more by chance: the gate is on its end.
 */
static void a_model_is_not_faster_than_itself(void **state)
{
	static const double sizes[] = { 0.02, 0.05, 0.1 };

	(void)state;
	for (unsigned family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			const struct nature nature = { (enum family)family, sizes[i], 0.01, 0.01,
				0 };
			unsigned counts[4];

			count_verdicts(counts, &nature, 200);
			assert_true(counts[PAR_COMPARISON_FASTER] + counts[PAR_COMPARISON_SLOWER] <=
				    10);
		}
	}
}

static void three_percent_are_found(void **state)
{
	(void)state;
	for (unsigned family = 0; family < FAMILIES; family++) {
		const struct nature nature = { (enum family)family, 0.01, 0.01, 0.01, 0.03 };
		unsigned counts[4];

		count_verdicts(counts, &nature, 200);
		assert_true(counts[PAR_COMPARISON_FASTER] >= 180);
		assert_int_equal(counts[PAR_COMPARISON_SLOWER], 0);
	}
}

/* Where samples scatter and visits do not, a visit takes many; where visits do, few. */
static void samples_follow_from_where_the_noise_is(void **state)
{
	struct nature nature = { NORMAL, 0.0, 0.05, 0, 0 };
	struct stage stage = { .nature = &nature };
	struct par_plan plan;

	(void)state;
	plan_models(&plan);
	par_rng_init(&stage.rng, 5);
	decide(&stage, &plan, 2.0);
	assert_true(stage.most_samples > SAMPLES);
	nature = (struct nature){ NORMAL, 0.05, 0.001, 0, 0 };
	stage.most_samples = stage.least_samples = 0;
	decide(&stage, &plan, 2.0);
	assert_int_equal(stage.most_samples, 1);
	par_plan_fini(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_is_not_faster_than_itself),
		cmocka_unit_test(three_percent_are_found),
		cmocka_unit_test(samples_follow_from_where_the_noise_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
