/*
 * What holds for every workload that has variants or whose tasks need each other, on every model
 * that does not refuse it: a small job comes out right, tells what it promises, and leaves nothing.
 */
#include "workload_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sys/wait.h>

#include "cell.h"
#include "plan.h"
#include "record.h"
#include "visit.h"

#define MOST_WORKERS 64

static int no_pin[MOST_WORKERS];

static bool is_name(const char *name)
{
	return name[0] != '\0' && strlen(name) < PAR_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static void check_variants(const struct par_variant *variants, const char *owner)
{
	for (size_t i = 0; i < par_variant_count(variants); i++) {
		const struct par_variant *variant = &variants[i];

		if (!is_name(variant->name) || variant->label == NULL || variant->summary == NULL)
			fail_msg("%s: variant %zu has no proper name, label or summary", owner, i);
		if (par_variant_find(variants, variant->name) != variant)
			fail_msg("%s: two variants %s", owner, variant->name);
		if (variant->as != NULL &&
			par_registry_model(par_catalogue_registry(), variant->as) == NULL)
			fail_msg("%s, %s: looks as '%s', which is no model", owner, variant->name,
				variant->as);
	}
}

static void check_measures(const struct par_measure_kind *kinds, bool told, const char *owner)
{
	for (size_t i = 0; i < par_measure_count(kinds); i++)
		if (!is_name(kinds[i].name) || kinds[i].summary == NULL)
			fail_msg("%s: measure %zu has no proper name or summary", owner, i);
	if ((par_measure_count(kinds) > 0) != told)
		fail_msg("%s: a table of measures and the function that fills it go together",
			owner);
}

static void tables_are_sane(void **state)
{
	const struct par_registry *registry = par_catalogue_registry();

	(void)state;
	for (size_t i = 0; registry->workloads[i] != NULL; i++) {
		const struct par_workload *workload = registry->workloads[i];

		check_variants(workload->variants, workload->name);
		check_measures(workload->measures, workload->measure != NULL, workload->name);
		assert_int_equal(workload->traced != NULL, workload->trace != NULL);
		if (workload->together && workload->verify == NULL)
			fail_msg("%s: nothing tells whether its parts did their work",
				workload->name);
		if (workload->variant_needed)
			assert_true(par_variant_count(workload->variants) > 0);
	}
	for (size_t i = 0; registry->models[i] != NULL; i++) {
		check_variants(registry->models[i]->variants, registry->models[i]->name);
		check_measures(registry->models[i]->measures, registry->models[i]->measure != NULL,
			registry->models[i]->name);
	}
}

static int count_open(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

/* A visit as `parbench cell` makes it, in this process. */
static json_t *visit(const struct par_cell *cell, const char *scratch)
{
	struct par_visit_spec spec = { .cell = cell,
		.pus = no_pin,
		.scratch = scratch,
		.llc_bytes = 1 << 20,
		.timed_ns = 1000000,
		.samples = 1 };
	json_t *record = NULL;

	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

/* The workers that a job of this workload needs under this model. */
static bool fit(struct par_cell *cell)
{
	bool one = (cell->model->traits & PAR_TRAIT_ONE_CORE) != 0;
	bool loop = (cell->model->traits & PAR_TRAIT_LOOP) != 0;

	cell->workers = one || loop ? 1 : 2;
	if (cell->workload->together && !loop)
		cell->workers = (unsigned)cell->tasks;
	return cell->workers <= (one ? 1 : MOST_WORKERS);
}

static void check_record(const json_t *record, const struct par_cell *cell)
{
	const char *status = json_string_value(json_object_get(record, "status"));
	const char *reason = json_string_value(json_object_get(record, "reason"));
	const json_t *measures = json_object_get(record, "measures");

	if (strcmp(status, "ok") != 0 && strcmp(status, "untrustworthy") != 0)
		fail_msg("%s: %s: %s", cell->id, status, reason);
	for (size_t i = 0; i < par_measure_count(cell->workload->measures); i++) {
		const struct par_measure_kind *kind = &cell->workload->measures[i];
		const json_t *value = json_object_get(measures, kind->name);
		double number = json_is_null(value) ? 0 : json_number_value(value);

		if (value == NULL || number < 0 || (kind->unit == PAR_UNIT_SHARE && number > 1))
			fail_msg("%s: measure %s is missing or out of range (%g)", cell->id,
				kind->name, number);
	}
}

/* In a child: workloads may change limits and signals of their process. */
static void run_cell(struct par_cell *cell)
{
	char scratch[] = "/tmp/parbench-test-XXXXXX";
	int status;
	pid_t child;

	assert_non_null(mkdtemp(scratch));
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int before = count_open();
		json_t *record = visit(cell, scratch);

		check_record(record, cell);
		json_decref(record);
		if (count_open() != before)
			fail_msg("%s: descriptors are left", cell->id);
		if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
			fail_msg("%s: a child is left", cell->id);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	par_dir_remove(scratch);
	if (status != 0)
		fail_msg("%s: the visit's process ended with %d", cell->id, status);
}

static void run_variant(const struct par_workload *workload, const struct par_model *model,
	const char *variant, unsigned *runs)
{
	struct par_cell cell;
	const struct par_variant *found;

	par_cell_init(&cell, "x", workload, model, PAR_SCALE_QUICK);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	if (!fit(&cell) || par_cell_refusal(&cell) != NULL ||
		(workload->unavailable != NULL && workload->unavailable() != NULL))
		return;
	found = par_cell_variant(&cell);
	if (found != NULL && found->unavailable != NULL && found->unavailable() != NULL)
		return;
	assert_int_equal(par_cell_seal(&cell), 0);
	run_cell(&cell);
	++*runs;
}

static void every_variant_comes_out_right_on_every_model(void **state)
{
	const struct par_registry *registry = par_catalogue_registry();

	(void)state;
	for (size_t i = 0; registry->workloads[i] != NULL; i++) {
		const struct par_workload *workload = registry->workloads[i];
		size_t variants = par_variant_count(workload->variants);

		if (!workload->together && variants == 0)
			continue;
		for (size_t k = 0; k <= variants; k++) {
			const char *variant = k == 0 ? "-" : workload->variants[k - 1].name;
			unsigned runs = 0;

			if (k == 0 && workload->variant_needed)
				continue;
			for (size_t j = 0; registry->models[j] != NULL; j++)
				if (registry->models[j]->unavailable == NULL)
					run_variant(workload, registry->models[j], variant, &runs);
			if (runs == 0)
				print_message("%s, %s: no model here could run it\n",
					workload->name, variant);
		}
	}
}

#ifdef __SANITIZE_THREAD__
/* A visit's process forks servers that have threads of their own. */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
	return "die_after_fork=0";
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sane),
		cmocka_unit_test(every_variant_comes_out_right_on_every_model),
	};

	for (int i = 0; i < MOST_WORKERS; i++)
		no_pin[i] = -1;
	return cmocka_run_group_tests_name("lessons contract", tests, NULL, NULL);
}
