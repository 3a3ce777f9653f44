/* The charts of lessons: every text has its own place, whatever the data are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart_curves.h"
#include "lesson_fixture.h"

static struct par_synthetic run;
static struct par_analysis analysis;

static void begin(unsigned cores)
{
	assert_int_equal(par_synthetic_make(&run, cores, 0, 7, 0.02, false), 0);
	par_plan_fini(&run.plan);
}

static void analyse(void)
{
	struct par_error error = PAR_ERROR_INIT;

	assert_int_equal(par_analysis_init(&analysis, &run.registry, &run.machine, &run.plan,
				 &run.records, run.run, &error),
		0);
}

static void unmake(void)
{
	par_analysis_fini(&analysis);
	par_synthetic_fini(&run);
}

static bool boxes_meet(const struct par_box *a, const struct par_box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static void check_layout(const struct par_sheet *sheet, int size)
{
	const struct par_layout *layout = &sheet->layouts[size];
	const char *name = par_size_name((enum par_size_kind)size);

	assert_false(layout->failed);
	if (strstr(par_text_get(&layout->marks), "nan") != NULL)
		fail_msg("%s %s: a mark stands nowhere\n%s", sheet->stem, name,
			par_text_get(&layout->marks));
	for (size_t i = 0; i < layout->panel_count; i++) {
		const struct par_panel *panel = &layout->panels[i];

		assert_true(panel->right - panel->left > 40 && panel->bottom > panel->top);
		assert_true(panel->x[0] != panel->x[1] && panel->y[0] != panel->y[1]);
		assert_true(isfinite(panel->x[0]) && isfinite(panel->x[1]));
		assert_true(isfinite(panel->y[0]) && isfinite(panel->y[1]));
	}
	for (size_t i = 0; i < layout->box_count; i++) {
		const struct par_box *box = &layout->boxes[i];

		if (box->left < 0 || box->right > layout->width || box->top < 0 ||
			box->bottom > layout->height + layout->offset)
			fail_msg("%s %s: text %zu leaves the chart: %.0f..%.0f, %.0f..%.0f\n%s",
				sheet->stem, name, i, box->left, box->right, box->top, box->bottom,
				par_text_get(&layout->marks));
		for (size_t j = 0; j < i; j++)
			if (boxes_meet(box, &layout->boxes[j]))
				fail_msg("%s %s: texts %zu and %zu meet at %.0f, %.0f\n%s",
					sheet->stem, name, j, i, box->left, box->top,
					par_text_get(&layout->marks));
	}
}

/* Fills and checks one sheet; returns what par_lesson_fill() did. */
static int check_sheet(const char *experiment, const struct par_lesson_sheet *item)
{
	const struct par_lesson_view view = { &analysis, experiment, item };
	struct par_sheet sheet = PAR_SHEET_INIT;
	struct par_palette palette;
	int status;

	par_palette_init(&palette, &run.registry);
	status = par_lesson_fill(&sheet, &view, &palette);
	assert_true(status >= 0);
	if (status == 0) {
		assert_string_equal(sheet.stem, item->stem);
		assert_true(sheet.finding[0] != '\0' && sheet.alt[0] != '\0');
		assert_true(sheet.data.size > 0 && sheet.data.data[0] == '#');
		for (int size = 0; size < PAR_SIZES; size++)
			check_layout(&sheet, size);
	}
	par_sheet_fini(&sheet);
	return status;
}

static void check(unsigned rounds)
{
	begin(16);
	assert_int_equal(par_demo_add(&run, rounds), 0);
	analyse();
	for (size_t i = 0; par_demo_experiments[i] != NULL; i++) {
		const struct par_experiment *experiment = par_demo_experiments[i];

		for (size_t j = 0; experiment->lesson->sheets[j].stem != NULL; j++)
			assert_int_equal(
				check_sheet(experiment->name, &experiment->lesson->sheets[j]), 0);
	}
	unmake();
}

static void test_texts_keep_apart(void **state)
{
	(void)state;
	check(7);
}

static void test_texts_keep_apart_without_intervals(void **state)
{
	(void)state;
	check(3);
}

static void test_no_cells_is_no_sheet(void **state)
{
	(void)state;
	begin(2);
	analyse();
	for (size_t i = 0; par_demo_sharing_sheets[i].stem != NULL; i++)
		assert_int_equal(check_sheet("sharing", &par_demo_sharing_sheets[i]), 1);
	unmake();
}

/* ---- many shapes -------------------------------------------------------------------------- */

enum { SHAPES_MAX = 40 };

static char shape_labels[SHAPES_MAX][64];
static struct par_variant shape_variants[SHAPES_MAX + 1];
static char shape_names[SHAPES_MAX][24];
static struct par_measure_kind shape_measures[] = {
	{ "figure", "-", PAR_UNIT_NS },
	{ "other", "-", PAR_UNIT_BYTES },
	{ NULL, NULL, PAR_UNIT_NS },
};
static struct par_workload shape_workload;

static double choose(struct par_rng *rng, double most)
{
	return floor(par_rng_unit(rng) * most);
}

/* Names of many lengths, some with what gnuplot and HTML would take for theirs. */
static void make_variants(struct par_rng *rng, size_t count)
{
	static const char *const pieces[] = { "lock", "{/a_b^2}", "µs “x”", "<b>&", "channel",
		"it's \"so\"", "queue", "MCS", "@home\\" };

	memset(shape_variants, 0, sizeof shape_variants);
	for (size_t i = 0; i < count; i++) {
		struct par_text label = PAR_TEXT_INIT;
		double words = 1 + choose(rng, 5);

		snprintf(shape_names[i], sizeof shape_names[i], "v%02zu", i);
		for (double word = 0; word < words; word++)
			par_text_format(&label, "%s%s", word > 0 ? " " : "",
				pieces[(size_t)choose(rng, sizeof pieces / sizeof *pieces)]);
		par_text_format(&label, " %zu", i);
		par_text_copy_line(shape_labels[i], sizeof shape_labels[i], par_text_get(&label));
		par_text_fini(&label);
		shape_variants[i] = (struct par_variant){ shape_names[i], shape_labels[i], "-",
			choose(rng, 6) < 1 ? PAR_VARIANT_LOSSY : 0,
			choose(rng, 2) < 1 ? "fork" : NULL, NULL };
	}
	shape_workload = par_demo_counter;
	shape_workload.variants = shape_variants;
	shape_workload.measures = shape_measures;
	shape_measures[0].unit = (enum par_unit)choose(rng, 5);
	shape_measures[1].unit = (enum par_unit)choose(rng, 5);
}

/* Zeros, nothing, and values over up to twelve decades. */
static double make_value(struct par_rng *rng, enum par_unit unit, double decades)
{
	double value = pow(10, decades * par_rng_unit(rng));
	double kind = choose(rng, 12);

	if (kind < 1)
		return NAN;
	if (kind < 2)
		return 0;
	return unit == PAR_UNIT_SHARE ? par_rng_unit(rng) : value;
}

static void make_cell(struct par_rng *rng, size_t variant, uint64_t x, double decades)
{
	static const char *const reasons[] = { "pthread_create: ENOMEM",
		"the server did not answer any more", "E", "" };
	struct par_record record = PAR_RECORD_INIT;
	struct par_measured measures[2] = {
		{ "figure", make_value(rng, shape_measures[0].unit, decades) },
		{ "other", make_value(rng, shape_measures[1].unit, decades) },
	};
	unsigned rounds = choose(rng, 2) < 1 ? 2 : 7;
	double trace[PAR_TRACE_MAX];
	struct par_cell cell;

	par_cell_init(&cell, "shape", &shape_workload,
		&par_synthetic_models[(size_t)choose(rng, 3) + 3], PAR_SCALE_DEFAULT);
	snprintf(cell.variant, sizeof cell.variant, "%.8s", shape_names[variant]);
	cell.params[0] = x;
	record.trace_count = (uint32_t)choose(rng, PAR_TRACE_MAX + 1);
	for (uint32_t i = 0; i < record.trace_count; i++)
		trace[i] = make_value(rng, PAR_UNIT_COUNT, decades);
	record.trace = trace;
	record.measures = measures;
	record.measure_count = 2;
	if (choose(rng, 5) < 1) {
		record.status = choose(rng, 2) < 1 ? PAR_STATUS_TIMEOUT : PAR_STATUS_FAILED;
		record.reason = reasons[(size_t)choose(rng, 4)];
	}
	par_demo_visits(&run, &cell, &record, 1e5, rounds);
}

static void make_shape(struct par_rng *rng)
{
	size_t curves = 1 + (size_t)choose(rng, choose(rng, 3) < 1 ? SHAPES_MAX : 9);
	size_t points = 1 + (size_t)choose(rng, 9);
	double decades = choose(rng, 12);
	uint64_t scale = 1 + (uint64_t)choose(rng, 30);

	begin(4);
	make_variants(rng, curves);
	for (size_t i = 0; i < curves; i++)
		for (size_t j = 0; j < points; j++)
			if (choose(rng, 8) >= 1)
				make_cell(rng, i, j * j * scale, decades);
	analyse();
}

static struct par_curves *curves_of(
	const struct par_lesson_view *view, const struct par_palette *palette)
{
	struct par_curves *curves = calloc(1, sizeof *curves);

	assert_non_null(curves);
	par_curves_gather(curves, view);
	par_curves_look(curves, palette);
	return curves;
}

/* At most eight are strong, and these can be told apart by colour, form or dash. */
static void check_looks(const struct par_lesson_sheet *sheet)
{
	const struct par_lesson_view view = { &analysis, "shape", sheet };
	struct par_palette palette;
	struct par_curves *curves;
	size_t strong = 0;

	par_palette_init(&palette, &run.registry);
	curves = curves_of(&view, &palette);
	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];

		assert_non_null(par_palette_css(&palette, curve->line));
		assert_non_null(par_palette_css(&palette, curve->ink));
		if (curve->lossy || curve->grey)
			continue;
		strong++;
		for (size_t j = 0; j < i; j++)
			assert_false(curves->items[j].line == curve->line &&
				     curves->items[j].point == curve->point &&
				     curves->items[j].dash == curve->dash);
	}
	assert_true(strong <= PAR_CURVES_STRONG_MAX);
	free(curves);
}

static void test_texts_keep_apart_in_all_shapes(void **state)
{
	static const enum par_lesson_kind kinds[] = { PAR_LESSON_LADDER, PAR_LESSON_CURVES,
		PAR_LESSON_TRACE };
	static const char *const axes[] = { "bytes", "workers", "tasks", "nothing" };
	struct par_rng rng;
	size_t drawn = 0;

	(void)state;
	par_rng_init(&rng, 11);
	for (unsigned i = 0; i < 150; i++) {
		struct par_lesson_sheet sheet = { .stem = "shape_any",
			.kind = kinds[i % 3],
			.what = "What is drawn",
			.metric = "figure",
			.metric_label = choose(&rng, 3) < 1
						? "a long name of what is measured here, "
						  "which no phone has room for"
						: "figure",
			.linear = choose(&rng, 2) < 1,
			.more_is_better = choose(&rng, 2) < 1,
			.axis = axes[(size_t)choose(&rng, choose(&rng, 3) < 1 ? 4 : 1)],
			.axis_label = "bytes of a message",
			.linear_axis = choose(&rng, 2) < 1,
			.aside = choose(&rng, 2) < 1 ? "other" : NULL,
			.aside_label = choose(&rng, 2) < 1 ? "a long name of the aside" : NULL };

		make_shape(&rng);
		drawn += check_sheet("shape", &sheet) == 0;
		if (sheet.kind != PAR_LESSON_LADDER)
			check_looks(&sheet);
		unmake();
	}
	assert_true(drawn > 100);
}

/* ---- looks and ends ----------------------------------------------------------------------- */

/* Curves of one model differ in form and dash; the best has the model's own look. */
static void test_curves_of_one_model_differ(void **state)
{
	const struct par_lesson_view view = { &analysis, "sharing", &par_demo_sharing_sheets[0] };
	const struct par_model *pool = &par_synthetic_models[4];
	struct par_palette palette;
	struct par_curves *curves;
	size_t own = 0;

	(void)state;
	begin(16);
	assert_int_equal(par_demo_add(&run, 7), 0);
	analyse();
	par_palette_init(&palette, &run.registry);
	curves = curves_of(&view, &palette);
	assert_int_equal(curves->count, PAR_DEMO_VARIANTS);
	assert_string_equal(curves->items[0].cell->variant, "private");
	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];

		for (size_t j = 0; j < i; j++)
			assert_true(curve->point != curves->items[j].point);
		if (curve->line == par_palette_line(&palette, pool)) {
			assert_int_equal(own++, 0);
			assert_string_equal(curve->cell->variant, "mcs");
			assert_int_equal(curve->dash, 1);
		}
	}
	assert_int_equal(own, 1);
	assert_int_equal(par_curves_zeros(curves), PAR_DEMO_VARIANTS - 1); /* nothing lost */
	assert_true(curves->items[curves->count - 1].lossy);
	assert_int_equal(curves->items[curves->count - 1].line,
		par_palette_fixed(&palette, PAR_COLOUR_WARN));
	free(curves);
	unmake();
}

static void test_failed_cells_end_their_curves(void **state)
{
	const struct par_lesson_view view = { &analysis, "waiting", &par_demo_waiting_sheets[0] };
	struct par_palette palette;
	struct par_curves *curves;
	size_t ends = 0;

	(void)state;
	begin(16);
	assert_int_equal(par_demo_add(&run, 7), 0);
	analyse();
	par_palette_init(&palette, &run.registry);
	curves = curves_of(&view, &palette);
	for (size_t i = 0; i < curves->count; i++) {
		const struct par_curve *curve = &curves->items[i];
		const char *model = curve->cell->model->name;

		ends += isfinite(curve->end.x);
		if (strcmp(model, "thread") == 0) {
			assert_true(curve->end.x == 10000);
			assert_string_equal(curve->end.reason, "ENOMEM");
			assert_true(par_curves_last_good(curve)->x == 1000);
		} else if (strcmp(model, "process_pool") == 0) {
			assert_true(curve->end.x == 1000);
			assert_string_equal(curve->end.reason, "the queue is full");
		}
	}
	assert_int_equal(ends, 3);
	free(curves);
	unmake();
}

static void test_axes_are_written_in_their_unit(void **state)
{
	(void)state;
	assert_string_equal(par_lesson_tick(20000, PAR_UNIT_NS).text, "20 µs");
	assert_string_equal(par_lesson_tick(65536, PAR_UNIT_BYTES).text, "64 KiB");
	assert_string_equal(par_lesson_tick(0.25, PAR_UNIT_SHARE).text, "25 %");
	assert_string_equal(par_lesson_tick(10000, PAR_UNIT_COUNT).text, "10 000");
	assert_string_equal(par_lesson_tick(2e6, PAR_UNIT_PER_SECOND).text, "2 M/s");
	for (int unit = 0; unit <= PAR_UNIT_PER_SECOND; unit++)
		if (unit != PAR_UNIT_SHARE)
			assert_string_equal(par_lesson_tick(0, (enum par_unit)unit).text, "0");
}

static void test_axis_keeps_small_differences_small(void **state)
{
	struct par_lesson_axis axis;

	(void)state;
	par_lesson_axis_init(&axis, PAR_UNIT_NS, true);
	par_lesson_axis_take(&axis, 100);
	par_lesson_axis_take(&axis, 101);
	par_lesson_axis_take(&axis, NAN);
	par_lesson_axis_end(&axis);
	assert_true(axis.log && axis.to / axis.from > 2.9);
	par_lesson_axis_init(&axis, PAR_UNIT_SHARE, true);
	par_lesson_axis_take(&axis, 0);
	par_lesson_axis_take(&axis, 0.8);
	par_lesson_axis_end(&axis);
	assert_true(!axis.log && axis.from == 0 && axis.to == 1);
	par_lesson_axis_init(&axis, PAR_UNIT_NS, true);
	par_lesson_axis_end(&axis);
	assert_true(axis.to > axis.from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts_keep_apart),
		cmocka_unit_test(test_texts_keep_apart_without_intervals),
		cmocka_unit_test(test_no_cells_is_no_sheet),
		cmocka_unit_test(test_texts_keep_apart_in_all_shapes),
		cmocka_unit_test(test_curves_of_one_model_differ),
		cmocka_unit_test(test_failed_cells_end_their_curves),
		cmocka_unit_test(test_axes_are_written_in_their_unit),
		cmocka_unit_test(test_axis_keeps_small_differences_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
