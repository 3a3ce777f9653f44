#include "loaded_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "file.h"
#include "journal.h"
#include "run_info.h"

static int read_part(
	int (*read)(struct par_loaded_run *run, const char *path, struct par_error *error),
	struct par_loaded_run *run, const char *folder, const char *name, struct par_error *error)
{
	char *path = par_path_join(folder, name);
	int status = path == NULL ? -ENOMEM : read(run, path, error);

	free(path);
	return status;
}

static int read_info(struct par_loaded_run *run, const char *path, struct par_error *error)
{
	return par_run_info_load(&run->info, path, error);
}

static int read_machine(struct par_loaded_run *run, const char *path, struct par_error *error)
{
	int status = par_machine_init_xml(&run->machine, path, error);

	if (status == 0)
		par_run_info_machine(&run->machine, run->info);
	return status;
}

static int read_records(struct par_loaded_run *run, const char *path, struct par_error *error)
{
	return par_journal_read(&run->records, path, error);
}

int par_loaded_run_open(struct par_loaded_run *run, const char *folder, struct par_error *error)
{
	const struct par_registry *registry = par_catalogue_registry();
	int status;

	memset(run, 0, sizeof *run);
	status = read_part(read_info, run, folder, "run.json", error);
	if (status == 0)
		status = read_part(read_machine, run, folder, "topology.xml", error);
	if (status == 0)
		status = par_run_info_plan(&run->plan, run->info, registry, error);
	if (status == 0)
		status = read_part(read_records, run, folder, "cells.jsonl", error);
	if (status == 0)
		status = par_analysis_init(&run->analysis, registry, &run->machine, &run->plan,
			&run->records, run->info, error);
	return status;
}

void par_loaded_run_close(struct par_loaded_run *run)
{
	par_analysis_fini(&run->analysis);
	par_records_fini(&run->records);
	par_plan_fini(&run->plan);
	par_machine_fini(&run->machine);
	json_decref(run->info);
	memset(run, 0, sizeof *run);
}
