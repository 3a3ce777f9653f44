/* A cell's spec: what is read is written as an id that reads as the same cell. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"

static void check_params(const struct par_cell *cell)
{
	for (size_t i = 0; i < par_workload_param_count(cell->workload); i++) {
		const struct par_param *param = &cell->workload->params[i];

		FUZZ_CHECK(cell->params[i] >= param->low && cell->params[i] <= param->high,
			"%s=%" PRIu64, param->name, cell->params[i]);
	}
}

static void check_cell(const struct par_cell *cell)
{
	char work[PAR_CELL_ID_MAX];

	FUZZ_CHECK(cell->cores >= 1 && cell->cores <= cell->workers, "cores=%u", cell->cores);
	FUZZ_CHECK(cell->workers <= PAR_WORKERS_MAX, "workers=%u", cell->workers);
	FUZZ_CHECK(cell->tasks >= 1 && cell->tasks <= PAR_TASKS_MAX, "tasks=%" PRIu64, cell->tasks);
	FUZZ_CHECK(par_cell_in_flight(cell) >= cell->workers, "in flight");
	FUZZ_CHECK(par_cell_visit_estimate_ns(cell) >= par_cell_estimate_ns(cell), "estimate");
	FUZZ_CHECK(par_cell_work_id(work, cell) == 0, "no name of the work of %s", cell->id);
	check_params(cell);
}

static void check_round_trip(const struct par_cell *cell)
{
	struct par_error error = PAR_ERROR_INIT;
	struct par_cell again;

	FUZZ_CHECK(par_cell_parse(&again, cell->id, par_catalogue_registry(), &error) == 0,
		"the id %s: %s", cell->id, error.text);
	FUZZ_CHECK(strcmp(again.id, cell->id) == 0, "%s became %s", cell->id, again.id);
	FUZZ_CHECK(strcmp(again.experiment, cell->experiment) == 0 &&
			   strcmp(again.variant, cell->variant) == 0 &&
			   again.workload == cell->workload && again.model == cell->model &&
			   again.cores == cell->cores && again.workers == cell->workers &&
			   again.placement == cell->placement && again.tasks == cell->tasks &&
			   memcmp(again.params, cell->params, sizeof cell->params) == 0,
		"another cell: %s", cell->id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *spec = fuzz_text(data, size);
	struct par_error error = PAR_ERROR_INIT;
	struct par_cell cell;
	int status = par_cell_parse(&cell, spec, par_catalogue_registry(), &error);

	if (status < 0) {
		fuzz_check_error(&error, status, fuzz_is_utf8(spec, strlen(spec)));
	} else {
		check_cell(&cell);
		check_round_trip(&cell);
	}
	free(spec);
	return 0;
}
