/* run.json: refused with a reason, or fit to be reported and to be gone on with. */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "run_info.h"

/* The machine of the seeds of the corpus. */
static struct par_machine seed_machine(void)
{
	return (struct par_machine){ .pu_count = 4,
		.allowed_pus = 4,
		.memory_bytes = 1ULL << 34,
		.quota_cpus = 0,
		.cpu_model = "Example CPU" };
}

static void check_machine(const json_t *info)
{
	struct par_machine machine = seed_machine();

	par_run_info_machine(&machine, info);
	FUZZ_CHECK(machine.quota_cpus >= 0 && machine.quota_cpus < 1e9, "quota %g",
		machine.quota_cpus);
	FUZZ_CHECK(machine.memory_limit_bytes <= INT64_MAX, "a negative limit of memory");
	FUZZ_CHECK(fuzz_is_utf8(machine.cpu_model, strlen(machine.cpu_model)), "CPU model");
}

/* What a resumed run does with it. */
static void check_resume(json_t *info)
{
	static const char *const command[] = { "parbench", "run", "--resume", NULL };
	static const uint32_t order[] = { 1, 0 };
	struct par_run_cost cost = { 3, 2, 1 };
	struct par_error error = PAR_ERROR_INIT;
	struct par_machine machine = seed_machine();
	int status = par_run_info_check_same(info, &machine, &error);
	char *text;

	if (status < 0)
		fuzz_check_error(&error, status, true);
	FUZZ_CHECK(json_integer_value(json_object_get(info, "seed")) >= 0, "seed");
	FUZZ_CHECK(json_integer_value(json_object_get(info, "budget_ns")) >= 0, "budget");
	FUZZ_CHECK(par_run_info_add_round(info, 7, order, 2) == 0, "no place for a round");
	FUZZ_CHECK(par_run_info_progress(info, &cost, NULL) == 0, "no place for progress");
	FUZZ_CHECK(par_run_info_resume(info, command, 5) == 0, "no place for the command");
	for (size_t i = 0; i < json_array_size(json_object_get(info, "plan")); i++)
		FUZZ_CHECK(par_run_info_finish(info, i, "precise") == 0, "no place for the end");
	text = json_dumps(info, JSON_COMPACT);
	FUZZ_CHECK(text != NULL, "cannot be written again");
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct par_error error = PAR_ERROR_INIT;
	struct par_plan plan = PAR_PLAN_INIT;
	json_t *info = NULL;
	int status = par_run_info_load(&info, fuzz_file(data, size), &error);

	FUZZ_CHECK((status == 0) == (info != NULL), "status %d", status);
	if (status == 0) {
		check_machine(info);
		status = par_run_info_plan(&plan, info, par_catalogue_registry(), &error);
	}
	if (status < 0)
		fuzz_check_error(&error, status, fuzz_is_utf8((const char *)data, size));
	else
		check_resume(info);
	par_plan_fini(&plan);
	json_decref(info);
	return 0;
}
