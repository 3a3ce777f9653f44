#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart_palette.h"
#include "synthetic.h"

/* What Okabe and Ito's palette reaches; a table of models must do better. */
#define OKABE_ITO_DISTANCE 7.6

static const struct par_registry registry = { par_synthetic_model_table,
	par_synthetic_workload_table };

static void test_distance_of_known_colours(void **state)
{
	(void)state;
	assert_true(fabs(par_colour_distance(0x194997, 0x194997)) < 1e-9);
	/* black and white are one apart in OKLab's lightness */
	assert_true(fabs(par_colour_distance(0x000000, 0xFFFFFF) - 100) < 0.01);
	assert_true(par_colour_distance(0xFF0000, 0x00FF00) > 50);
}

static void test_colour_blindness_confuses_what_it_should(void **state)
{
	const uint32_t red = 0xB0422E, green = 0x6A7A1E, blue = 0x2040D0;
	double seen = par_colour_distance(
		par_colour_seen(red, PAR_VISION_PROTAN), par_colour_seen(green, PAR_VISION_PROTAN));

	(void)state;
	assert_true(par_colour_seen(red, PAR_VISION_NORMAL) == red);
	assert_true(seen < 0.7 * par_colour_distance(red, green));
	assert_true(par_colour_distance(par_colour_seen(red, PAR_VISION_PROTAN),
			    par_colour_seen(blue, PAR_VISION_PROTAN)) > 20);
}

static void test_least_distance_is_of_the_nearest_pair(void **state)
{
	const uint32_t colours[] = { 0x000000, 0xFFFFFF, 0x0A0A0A };

	(void)state;
	assert_true(isinf(par_colour_least_distance(colours, 1)));
	assert_true(par_colour_least_distance(colours, 3) <=
		    par_colour_distance(0x000000, 0x0A0A0A) + 1e-9);
}

static void test_models_can_be_told_apart(void **state)
{
	uint32_t light[PAR_SYNTHETIC_MODELS], dark[PAR_SYNTHETIC_MODELS];

	(void)state;
	for (size_t i = 0; i < PAR_SYNTHETIC_MODELS; i++) {
		light[i] = par_colour_parse(par_synthetic_models[i].look.light);
		dark[i] = par_colour_parse(par_synthetic_models[i].look.dark);
	}
	assert_true(par_colour_least_distance(light, PAR_SYNTHETIC_MODELS) > OKABE_ITO_DISTANCE);
	assert_true(par_colour_least_distance(dark, PAR_SYNTHETIC_MODELS) > OKABE_ITO_DISTANCE);
}

/* The page replaces light colours by variables, so a light colour must name one variable. */
static void test_light_colours_are_unique(void **state)
{
	struct par_palette palette;

	(void)state;
	par_palette_init(&palette, &registry);
	assert_int_equal(palette.count, PAR_COLOURS_FIXED + PAR_PAINTS * PAR_SYNTHETIC_MODELS);
	for (size_t i = 0; i < palette.count; i++)
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(palette.paints[i].light, palette.paints[j].light);
			assert_string_not_equal(palette.paints[i].css, palette.paints[j].css);
		}
}

static void test_moved_colours_stay_near(void **state)
{
	struct par_palette palette;

	(void)state;
	par_palette_init(&palette, &registry);
	for (size_t i = 0; i < PAR_SYNTHETIC_MODELS; i++) {
		const struct par_model *model = &par_synthetic_models[i];

		assert_true(par_colour_distance(par_palette_line(&palette, model),
				    par_colour_parse(model->look.light)) < 2);
		assert_true(par_colour_distance(par_palette_ink(&palette, model),
				    par_colour_parse(model->look.ink)) < 2);
	}
}

static void test_every_colour_has_both_forms_in_css(void **state)
{
	struct par_palette palette;
	struct par_text light = PAR_TEXT_INIT, dark = PAR_TEXT_INIT;

	(void)state;
	par_palette_init(&palette, &registry);
	par_palette_declare(&light, &palette, false);
	par_palette_declare(&dark, &palette, true);
	assert_non_null(strstr(par_text_get(&light), "--par-ink:#1b1f24;"));
	assert_non_null(strstr(par_text_get(&dark), "--par-ink:#eef3f8;"));
	assert_non_null(strstr(par_text_get(&dark), "--thread_pool:#999dfe;"));
	assert_string_equal(par_palette_css(&palette, 0xBE4C07), "fork");
	assert_null(par_palette_css(&palette, 0x123456));
	par_text_fini(&light);
	par_text_fini(&dark);
}

static void test_unknown_model_is_grey(void **state)
{
	static const struct par_model stranger = { .name = "stranger" };
	struct par_palette palette;

	(void)state;
	par_palette_init(&palette, &registry);
	assert_int_equal(par_palette_line(&palette, &stranger),
		par_palette_fixed(&palette, PAR_COLOUR_GREY));
	assert_int_equal(par_palette_ink(&palette, &stranger),
		par_palette_fixed(&palette, PAR_COLOUR_MUTED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance_of_known_colours),
		cmocka_unit_test(test_colour_blindness_confuses_what_it_should),
		cmocka_unit_test(test_least_distance_is_of_the_nearest_pair),
		cmocka_unit_test(test_models_can_be_told_apart),
		cmocka_unit_test(test_light_colours_are_unique),
		cmocka_unit_test(test_moved_colours_stay_near),
		cmocka_unit_test(test_every_colour_has_both_forms_in_css),
		cmocka_unit_test(test_unknown_model_is_grey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
