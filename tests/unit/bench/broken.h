/*
 * broken: a visit of a workload that a test has bent, by a model of the catalogue.
 *
 * The test includes the workload's file, so that what it keeps for itself can be bent, and hands
 * over a copy of the workload with other functions.
 */
#ifndef PAR_BROKEN_H
#define PAR_BROKEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue.h"
#include "cell.h"
#include "visit.h"

#define BROKEN_WORKERS_MAX 64

/* One sample of `workload` with that variant; for a loop `workers` is 1. Its record. */
static inline json_t *broken_visit(const struct par_workload *workload, const char *model,
	const char *variant, unsigned workers)
{
	static int no_pin[BROKEN_WORKERS_MAX];
	struct par_cell cell;
	struct par_visit_spec spec = {
		.cell = &cell, .pus = no_pin, .scratch = "/tmp", .timed_ns = 100000, .samples = 1
	};
	json_t *record = NULL;

	for (unsigned i = 0; i < BROKEN_WORKERS_MAX; i++)
		no_pin[i] = -1;
	par_cell_init(&cell, "x", workload, par_registry_model(par_catalogue_registry(), model),
		PAR_SCALE_QUICK);
	snprintf(cell.variant, sizeof cell.variant, "%s", variant);
	cell.workers = workers;
	assert_non_null(cell.model);
	assert_true(workers <= BROKEN_WORKERS_MAX);
	assert_int_equal(par_cell_seal(&cell), 0);
	assert_int_equal(par_visit_run(&record, &spec), 0);
	return record;
}

/* Fails unless the record has that status and its reason says so. Frees it. */
static inline void broken_check(json_t *record, const char *status, const char *says)
{
	const char *is = json_string_value(json_object_get(record, "status"));
	const char *reason = json_string_value(json_object_get(record, "reason"));

	if (strcmp(is, status) != 0 || reason == NULL || strstr(reason, says) == NULL)
		fail_msg("%s: %s, expected %s: %s", is, reason != NULL ? reason : "", status, says);
	assert_int_equal(json_array_size(json_object_get(record, "samples_ns")), 0);
	json_decref(record);
}

#endif
