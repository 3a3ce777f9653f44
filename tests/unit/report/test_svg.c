#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include "svg.h"
#include "synthetic.h"

static const struct par_registry registry = { par_synthetic_model_table,
	par_synthetic_workload_table };

/* As gnuplot 5.4 writes it, cut down. */
#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n"                          \
	"<svg \n viewBox=\"0 0 780 200\"\n xmlns=\"http://www.w3.org/2000/svg\"\n>\n"              \
	"<title>chart</title>\n<desc>Produced by GNUPLOT 5.4 </desc>\n<g id=\"gnuplot_canvas\">\n" \
	"<rect x=\"0\" y=\"0\" width=\"780\" height=\"200\" fill=\"none\"/>\n<defs>\n"             \
	"\t<circle id='gpDot' r='0.5'/>\n\t<filter id='textbox'></filter>\n</defs>\n"
#define GROUP "<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\">\n"
#define TAIL  "</g>\n</svg>\n\n"

static struct par_palette palette;
static struct par_text out, unmapped;

static int set_up(void **state)
{
	(void)state;
	par_palette_init(&palette, &registry);
	memset(&out, 0, sizeof out);
	memset(&unmapped, 0, sizeof unmapped);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	par_text_fini(&out);
	par_text_fini(&unmapped);
	return 0;
}

static int inline_it(const char *svg, bool hover)
{
	struct par_error error = PAR_ERROR_INIT;
	struct par_svg_frame frame = { "wide", "what it <shows>", &palette, hover };
	int status = par_svg_inline(&out, svg, &frame, &unmapped, &error);

	assert_true((status == 0) == (error.text[0] == '\0'));
	return status;
}

static void test_frame_has_size_and_label(void **state)
{
	(void)state;
	assert_int_equal(inline_it(HEAD TAIL, false), 0);
	assert_non_null(strstr(out.data, "viewBox=\"0 0 780 200\""));
	assert_non_null(strstr(out.data, "role=\"img\""));
	assert_non_null(strstr(out.data, "aria-label=\"what it &lt;shows&gt;\""));
	assert_null(strstr(out.data, "GNUPLOT"));
	assert_null(strstr(out.data, "id="));
}

static void test_known_colours_become_variables(void **state)
{
	(void)state;
	assert_int_equal(inline_it(HEAD GROUP "<path stroke='rgb(190,  76,   7)' opacity='0.50'  "
					      "d='M10.00,10.01 L11.04,10.06 '/></g>\n" TAIL,
				 false),
		0);
	assert_non_null(strstr(out.data, "stroke=\"var(--fork)\""));
	assert_non_null(strstr(out.data, "d=\"M10 10L11 10.1\""));
	assert_non_null(strstr(out.data, "opacity=\"0.50\""));
	assert_string_equal(par_text_get(&unmapped), "");
}

static void test_unknown_colours_are_listed(void **state)
{
	(void)state;
	assert_int_equal(
		inline_it(HEAD GROUP "<polygon fill = 'rgb( 1,  2,   3)' fill-opacity='0.20' "
				     "points = '1.00,2.00 3.00,4.00\n5.00,6.00 '/></g>\n" TAIL,
			false),
		0);
	assert_string_equal(par_text_get(&unmapped), "#010203\n");
	assert_non_null(strstr(out.data, "points=\"1 2 3 4 5 6\""));
}

static void test_empty_groups_go_with_their_colours(void **state)
{
	(void)state;
	assert_int_equal(
		inline_it(
			HEAD "<g fill=\"none\" stroke=\"rgb( 86, 180, 233)\">\n</g>\n" TAIL, false),
		0);
	assert_string_equal(par_text_get(&unmapped), "");
	assert_null(strstr(out.data, "<g"));
}

static void test_plot_titles_go(void **state)
{
	(void)state;
	assert_int_equal(
		inline_it(HEAD "<g id=\"chart_plot_1\" ><title>'x.tsv' u 1:2</title>\n" GROUP
			       "</g>\n</g>\n" TAIL,
			false),
		0);
	assert_null(strstr(out.data, "title"));
}

static void test_text_keeps_its_runs(void **state)
{
	(void)state;
	assert_int_equal(inline_it(HEAD GROUP
				 "<g transform=\"translate(10.00,14.24)\" stroke=\"none\" "
				 "fill=\"rgb(27,31,36)\" font-family=\"sans\" font-size=\"13.00\"  "
				 "text-anchor=\"end\">\n<text><tspan font-family=\"sans\"  "
				 "font-weight=\"bold\" >a &amp; b</tspan><tspan "
				 "font-family=\"sans\" > </tspan><tspan font-family=\"sans\" "
				 ">c</tspan></text>\n</g></g>\n" TAIL,
				 false),
		0);
	assert_non_null(strstr(out.data,
		"<g transform=\"translate(10 14.2)\" fill=\"var(--par-ink)\" text-anchor=\"end\">"
		"<text><tspan font-weight=\"bold\">a &amp; b</tspan> c</text></g>"));
}

#define HOVER                                                                                      \
	GROUP "<g onmousemove=\"gnuplot_svg.showHypertext(evt,'serial, 1 worker: 1.00×')\" "      \
	      "onmouseout=\"gnuplot_svg.hideHypertext()\"><title> </title>\n\t<use "               \
	      "xlink:href='#gpPt6' transform='translate(10.00,20.00) scale(5.85)' color='rgb(  "   \
	      "0,   0,   0)' opacity='0.00'/></g>\n</g>\n"

static void test_hover_texts_become_titles(void **state)
{
	(void)state;
	assert_int_equal(inline_it(HEAD HOVER TAIL, true), 0);
	assert_non_null(strstr(out.data, "<title>serial, 1 worker: 1.00×</title>"));
	assert_null(strstr(out.data, "onmousemove"));
	assert_string_equal(par_text_get(&unmapped), "");
}

static void test_hover_texts_can_be_left_out(void **state)
{
	(void)state;
	assert_int_equal(inline_it(HEAD HOVER TAIL, false), 0);
	assert_null(strstr(out.data, "serial"));
}

static void test_dots_share_a_path(void **state)
{
	(void)state;
	assert_int_equal(
		inline_it(HEAD GROUP "\t<use xlink:href='#gpPt6' transform='translate(1.00,2.00) "
				     "scale(2.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#gpPt6' transform='translate(3.00,4.00) "
				     "scale(2.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#gpPt8' transform='translate(5.00,6.00) "
				     "scale(2.00)' color='rgb(190,  76,   7)'/>\n</g>\n" TAIL,
			false),
		0);
	assert_non_null(strstr(out.data, "d=\"M1.0 2.0h0M3.0 4.0h0\""));
	assert_non_null(strstr(out.data, "<use href=\"#gpPt8\""));
}

/* Those of one form, colour and size; their places count in its size. */
static void test_symbols_share_a_group(void **state)
{
	(void)state;
	assert_int_equal(
		inline_it(HEAD GROUP "\t<use xlink:href='#gpPt8' transform='translate(1.00,2.00) "
				     "scale(2.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#gpPt8' transform='translate(3.00,4.00) "
				     "scale(2.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#gpPt8' transform='translate(5.00,6.00) "
				     "scale(4.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#gpPt8' transform='translate(5.00,6.00) "
				     "scale(0.00)' color='rgb(190,  76,   7)'/>\n\t<use "
				     "xlink:href='#other' transform='translate(5.00,6.00) "
				     "scale(4.00)' color='rgb(190,  76,   7)'/>\n</g>\n" TAIL,
			false),
		0);
	assert_non_null(strstr(out.data, " transform=\"scale(2)\"><use href=\"#gpPt8\" x=\"0.50\" "
					 "y=\"1.00\"/><use href=\"#gpPt8\" x=\"1.50\" "
					 "y=\"2.00\"/></g><g color="));
	assert_non_null(strstr(out.data,
		" transform=\"scale(4)\"><use href=\"#gpPt8\" x=\"1.25\" y=\"1.50\"/></g>"));
	assert_non_null(strstr(out.data, "<use href=\"#other\""));
}

static void test_cut_files_are_refused_and_leave_nothing(void **state)
{
	static const char *const broken[] = {
		"",
		"<svg",
		HEAD,
		HEAD GROUP "<path d='M0,0",
		HEAD GROUP "</g></g></g></svg>",
		HEAD GROUP "<path stroke=red/>" TAIL,
		HEAD GROUP "<path d='M0,-inf '/></g>" TAIL,
		HEAD GROUP "<path d='M0,-'/></g>" TAIL,
		HEAD GROUP "<path d='M0=1'/></g>" TAIL,
		HEAD GROUP "<path d='M0,1e300 '/></g>" TAIL,
		"<svg viewBox=\"0 0 nan 10\"><defs></defs></g></svg>",
		"<html>not a drawing</html>",
	};

	(void)state;
	par_text_add(&out, "before");
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		assert_int_equal(inline_it(broken[i], true), -EBADMSG);
		assert_string_equal(par_text_get(&out), "before");
	}
}

static void test_whole_files_are_known(void **state)
{
	(void)state;
	assert_true(par_svg_is_whole(HEAD TAIL));
	assert_false(par_svg_is_whole(HEAD));
	assert_false(par_svg_is_whole(""));
	assert_false(par_svg_is_whole("</svg>"));
}

static void test_symbols_are_taken_once(void **state)
{
	struct par_error error = PAR_ERROR_INIT;

	(void)state;
	assert_int_equal(par_svg_symbols(&out, HEAD TAIL, &error), 0);
	assert_non_null(strstr(out.data, "gpDot"));
	assert_null(strstr(out.data, "filter"));
	assert_int_equal(par_svg_symbols(&out, "<svg></svg>", &error), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frame_has_size_and_label, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_known_colours_become_variables, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_colours_are_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_empty_groups_go_with_their_colours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plot_titles_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_text_keeps_its_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hover_texts_become_titles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_hover_texts_can_be_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_symbols_share_a_group, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dots_share_a_path, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_cut_files_are_refused_and_leave_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole_files_are_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_symbols_are_taken_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
