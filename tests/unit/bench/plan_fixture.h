/*
 * plan_fixture: the plan of an experiment of the catalogue.
 */
#ifndef PAR_PLAN_FIXTURE_H
#define PAR_PLAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue.h"
#include "cell.h"

/* With every model, and one workload by name or, for NULL, all. */
static inline struct par_plan plan_experiment(const char *name, const struct par_machine *machine,
	enum par_scale scale, const char *workload)
{
	const struct par_registry *registry = par_catalogue_registry();
	const struct par_experiment *const *experiment = par_catalogue_experiments();
	const struct par_workload *workloads[] = { NULL, NULL };
	struct par_choice choice = {
		.scale = scale, .models = registry->models, .workloads = registry->workloads
	};
	struct par_plan plan = PAR_PLAN_INIT;

	if (workload != NULL) {
		workloads[0] = par_registry_workload(registry, workload);
		assert_non_null(workloads[0]);
		choice.workloads = workloads;
	}
	while (*experiment != NULL && strcmp((*experiment)->name, name) != 0)
		experiment++;
	if (*experiment == NULL)
		fail_msg("there is no experiment '%s'", name);
	assert_int_equal((*experiment)->plan(&plan, machine, &choice), 0);
	return plan;
}

/* Every cell can be pasted: its id reads back as itself. */
static inline void plan_check_ids(const struct par_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const char *id = plan->cells[i].cell.id;
		struct par_error error = PAR_ERROR_INIT;
		struct par_cell again;

		if (par_cell_parse(&again, id, par_catalogue_registry(), &error) < 0)
			fail_msg("%s", error.text);
		assert_string_equal(again.id, id);
	}
}

#endif
