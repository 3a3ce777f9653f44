#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "chart_axis.h"
#include "chart_format.h"
#include "chart_layout.h"

static void test_spread_keeps_gaps_order_and_bounds(void **state)
{
	double places[] = { 10, 11, 11, 50, 52, 99, 100 };
	const size_t count = sizeof places / sizeof *places;

	(void)state;
	par_layout_spread(places, count, 10, 0, 100);
	for (size_t i = 0; i < count; i++) {
		assert_true(places[i] >= -1e-9 && places[i] <= 100 + 1e-9);
		if (i > 0)
			assert_true(places[i] - places[i - 1] >= 10 - 1e-9);
	}
}

static void test_spread_moves_as_little_as_it_can(void **state)
{
	double apart[] = { 10, 40, 70 }, pair[] = { 50, 50 };

	(void)state;
	par_layout_spread(apart, 3, 10, 0, 100);
	assert_true(apart[0] == 10 && apart[1] == 40 && apart[2] == 70);
	par_layout_spread(pair, 2, 10, 0, 100);
	assert_true(fabs(pair[0] - 45) < 1e-9 && fabs(pair[1] - 55) < 1e-9);
}

static void test_spread_pools_a_chain(void **state)
{
	double places[] = { 0, 1, 2, 3 };

	(void)state;
	par_layout_spread(places, 4, 4, -100, 100);
	/* the mean does not move: 1.5 */
	assert_true(fabs((places[0] + places[1] + places[2] + places[3]) / 4 - 1.5) < 1e-9);
	assert_true(fabs(places[0] + 4.5) < 1e-9);
}

static void test_enhanced_text_is_escaped(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	par_text_add_enhanced(&text, "a_b^c@d&e{f}~\\g\th\ni\"");
	assert_string_equal(
		par_text_get(&text), "a\\\\_b\\\\^c\\\\@d\\\\&e\\\\{f\\\\}\\\\~\\\\\\g h i”");
	par_text_fini(&text);
}

static void test_hover_text_cannot_end_the_script(void **state)
{
	struct par_text text = PAR_TEXT_INIT;

	(void)state;
	par_text_add_hover(&text, "it's \"a\\b\" <c> & d\n");
	assert_null(strpbrk(par_text_get(&text), "'\"\\<>&\n"));
	par_text_fini(&text);
}

static void test_panel_maps_linear_and_log(void **state)
{
	const struct par_panel linear = {
		.left = 100, .right = 300, .top = 10, .bottom = 110, .x = { 0, 4 }, .y = { 0, 2 }
	};
	const struct par_panel logs = { .left = 0,
		.right = 300,
		.top = 0,
		.bottom = 100,
		.x = { 1, 1000 },
		.y = { 1, 100 },
		.log_x = true,
		.log_y = true };

	(void)state;
	assert_true(fabs(par_panel_x(&linear, 1) - 150) < 1e-9);
	assert_true(fabs(par_panel_y(&linear, 2) - 10) < 1e-9);
	assert_true(fabs(par_panel_x(&logs, 10) - 100) < 1e-9);
	assert_true(fabs(par_panel_y(&logs, 10) - 50) < 1e-9);
}

static void test_paragraph_breaks_at_words(void **state)
{
	struct par_layout layout = PAR_LAYOUT_INIT;

	(void)state;
	layout.width = 200;
	double end = par_layout_paragraph(&layout, 0, 10, 100, 13, false, 0x111111,
		"one two three four five six seven eight nine");

	assert_true(layout.box_count >= 3);
	for (size_t i = 0; i < layout.box_count; i++)
		assert_true(layout.boxes[i].right <= 100 + 1e-9);
	assert_true(end > layout.boxes[layout.box_count - 1].bottom);
	par_layout_fini(&layout);
}

static double width_of_count(double value)
{
	return par_text_width(
		par_label_count((unsigned long long)value).text, PAR_TYPE_BODY, false);
}

static void test_thinned_ticks_do_not_touch_and_keep_the_ends(void **state)
{
	const struct par_panel panel = { .left = 0, .right = 300, .x = { 1, 256 } };
	const double keep[] = { 64, 128 };
	struct par_ticks ticks = { .count = 0 };
	bool has_64 = false;

	(void)state;
	for (unsigned n = 1; n <= 256; n = n < 16 ? n + 1 : n + 16)
		par_ticks_add(&ticks, n);
	par_ticks_thin(&ticks, &panel, width_of_count, keep, 2);
	assert_true(ticks.at[0] == 1);
	for (size_t i = 0; i < ticks.count; i++) {
		has_64 |= ticks.at[i] == 64;
		if (i > 0)
			assert_true(
				par_panel_x(&panel, ticks.at[i]) -
					par_panel_x(&panel, ticks.at[i - 1]) >
				(width_of_count(ticks.at[i]) + width_of_count(ticks.at[i - 1])) /
					2);
	}
	assert_true(has_64);
}

static void test_linear_ticks_are_round_and_few(void **state)
{
	struct par_ticks ticks;

	(void)state;
	par_ticks_linear(&ticks, 0, 2.12, 5);
	assert_int_equal(ticks.count, 5);
	assert_true(ticks.at[0] == 0 && fabs(ticks.at[4] - 2) < 1e-9);
	assert_false(signbit(ticks.at[0]));
	par_ticks_binary(&ticks, 0, 16.6, 5);
	assert_int_equal(ticks.count, 5);
	assert_true(ticks.at[4] == 16);
	par_ticks_log(&ticks, 0.8, 1500);
	assert_int_equal(ticks.count, 4);
	assert_true(fabs(ticks.at[3] - 1000) < 1e-6);
}

static void test_widths_grow_with_text_size_and_weight(void **state)
{
	(void)state;
	/* DejaVu Sans: a digit is 0.636 of the size, 0.696 when bold */
	assert_true(fabs(par_text_width("10", 100, false) - 127.2) < 0.01);
	assert_true(fabs(par_text_width("10", 100, true) - 139.2) < 0.01);
	assert_true(fabs(par_text_width("×", 100, false) - 83.8) < 0.01);
	/* an unknown character and broken UTF-8 still take room */
	assert_true(par_text_width("\xE6\xBC\xA2", 100, false) > 50);
	assert_true(par_text_width("\xFF", 100, false) > 0);
}

static void test_numbers_as_charts_write_them(void **state)
{
	const double interval[2] = { 98, 102 }, none[2] = { NAN, NAN };

	(void)state;
	assert_string_equal(par_label_time(850).text, "850 ns");
	assert_string_equal(par_label_time(12345678).text, "12.3 ms");
	assert_string_equal(par_label_time(999.6e6).text, "1.00 s");
	assert_string_equal(par_label_time(NAN).text, "-");
	assert_string_equal(par_label_times(1.9349).text, "1.93×");
	assert_string_equal(par_label_times(99.96).text, "100×");
	assert_string_equal(par_label_ratio(1.07).text, "1.07");
	assert_string_equal(par_label_ratio(1.34).text, "1.3");
	assert_string_equal(par_label_ratio(391.6).text, "392");
	assert_string_equal(par_label_count(9999).text, "9999");
	assert_string_equal(par_label_count(1234567).text, "1 234 567");
	assert_string_equal(par_label_spread(interval, 100).text, "±2.0 %");
	assert_string_equal(par_label_spread(none, 100).text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread_keeps_gaps_order_and_bounds),
		cmocka_unit_test(test_spread_moves_as_little_as_it_can),
		cmocka_unit_test(test_spread_pools_a_chain),
		cmocka_unit_test(test_enhanced_text_is_escaped),
		cmocka_unit_test(test_hover_text_cannot_end_the_script),
		cmocka_unit_test(test_panel_maps_linear_and_log),
		cmocka_unit_test(test_paragraph_breaks_at_words),
		cmocka_unit_test(test_thinned_ticks_do_not_touch_and_keep_the_ends),
		cmocka_unit_test(test_linear_ticks_are_round_and_few),
		cmocka_unit_test(test_widths_grow_with_text_size_and_weight),
		cmocka_unit_test(test_numbers_as_charts_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
