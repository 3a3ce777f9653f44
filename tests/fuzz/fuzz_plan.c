/* The plan of a run.json: a JSON list of cells, each planned once and found by its id. */
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "run_info.h"

static void check_plan(const struct par_plan *plan, const json_t *list)
{
	FUZZ_CHECK(plan->count == json_array_size(list), "%zu cells of %zu", plan->count,
		json_array_size(list));
	for (size_t i = 0; i < plan->count; i++) {
		const char *skip = plan->cells[i].skip;

		FUZZ_CHECK(par_plan_find(plan, plan->cells[i].cell.id) == i, "%s is not found",
			plan->cells[i].cell.id);
		FUZZ_CHECK(skip == NULL || fuzz_is_utf8(skip, strlen(skip)), "a reason");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *list = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct par_error error = PAR_ERROR_INIT;
	struct par_plan plan = PAR_PLAN_INIT;
	json_t *info;
	int status;

	if (list == NULL)
		return 0;
	info = json_pack("{s:O}", "plan", list);
	status = par_run_info_plan(&plan, info, par_catalogue_registry(), &error);
	if (status < 0)
		fuzz_check_error(&error, status, true);
	else
		check_plan(&plan, list);
	par_plan_fini(&plan);
	json_decref(info);
	json_decref(list);
	return 0;
}
