/* The looks of the program's models: an eye of any kind can tell them apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "chart_format.h"
#include "chart_palette.h"

/* Okabe and Ito's palette reaches 7.6 by this measure. */
#define DISTANCE_LEAST 8.0
#define SHORT_MOST     11

/*
 * Models that run in another program share one quiet colour: they stand beside others for
 * reference, and are told apart by their marks and names.
 */
static size_t collect(uint32_t *colours, bool dark)
{
	const struct par_registry *registry = par_catalogue_registry();
	size_t models = par_registry_model_count(registry), count = 0;
	bool outside = false;

	assert_true(models <= PAR_PALETTE_MODELS_MAX);
	for (size_t i = 0; i < models; i++) {
		const struct par_look *look = &registry->models[i]->look;

		if (registry->models[i]->outside != NULL && outside)
			continue;
		outside |= registry->models[i]->outside != NULL;
		colours[count++] = par_colour_parse(dark ? look->dark : look->light);
	}
	return count;
}

static void check_distance(bool dark)
{
	uint32_t colours[PAR_PALETTE_MODELS_MAX];
	size_t count = collect(colours, dark);
	double least = par_colour_least_distance(colours, count);

	if (least < DISTANCE_LEAST)
		fail_msg("two models are only %.1f apart for some eye (%s)", least,
			dark ? "dark" : "light");
}

static void test_light_colours_differ_for_every_eye(void **state)
{
	(void)state;
	check_distance(false);
}

static void test_dark_colours_differ_for_every_eye(void **state)
{
	(void)state;
	check_distance(true);
}

/* Relative luminance as WCAG 2.1 defines it. */
static double luminance(uint32_t colour)
{
	const double weights[3] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c = (colour >> (16 - 8 * i) & 0xFF) / 255.0;

		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

/* Of WCAG 2.1: 4.5 is enough for text. */
static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static void test_inks_can_be_read_on_both_papers(void **state)
{
	const struct par_registry *registry = par_catalogue_registry();
	struct par_palette palette;

	(void)state;
	par_palette_init(&palette, registry);
	for (size_t i = 0; registry->models[i] != NULL; i++) {
		const struct par_model *model = registry->models[i];
		const struct par_paint *paper = &palette.paints[PAR_COLOUR_PAPER];
		double light = contrast(par_colour_parse(model->look.ink), paper->light);
		double dark = contrast(par_colour_parse(model->look.ink_dark), paper->dark);

		if (light < 4.5 || dark < 4.5)
			fail_msg("%s: contrast %.1f on light, %.1f on dark", model->name, light,
				dark);
	}
}

static void test_points_and_labels_differ(void **state)
{
	const struct par_registry *registry = par_catalogue_registry();

	(void)state;
	for (size_t i = 0; registry->models[i] != NULL; i++) {
		const struct par_model *a = registry->models[i];

		assert_in_range(a->look.point, 1, 15);
		/* as wide as that many letters of middle width */
		assert_true(par_text_width(a->short_label, 1, false) < 0.65 * SHORT_MOST);
		for (size_t j = 0; j < i; j++) {
			const struct par_model *b = registry->models[j];

			assert_int_not_equal(a->look.point, b->look.point);
			assert_string_not_equal(a->label, b->label);
			assert_string_not_equal(a->short_label, b->short_label);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_light_colours_differ_for_every_eye),
		cmocka_unit_test(test_dark_colours_differ_for_every_eye),
		cmocka_unit_test(test_inks_can_be_read_on_both_papers),
		cmocka_unit_test(test_points_and_labels_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
