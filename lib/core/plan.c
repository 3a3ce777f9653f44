#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t par_plan_find(const struct par_plan *plan, const char *id)
{
	return par_id_index_find(&plan->index, id);
}

static bool planned(const struct par_plan *plan, const char *id)
{
	return par_plan_find(plan, id) != SIZE_MAX;
}

/* The index borrows the ids, which move with the cells. */
static int index_again(struct par_plan *plan, size_t capacity)
{
	struct par_id_index index;
	int status = par_id_index_init(&index, capacity);

	if (status < 0)
		return status;
	for (size_t i = 0; i < plan->count; i++)
		par_id_index_add(&index, plan->cells[i].cell.id, i);
	plan->index = index;
	return 0;
}

static int grow(struct par_plan *plan)
{
	size_t capacity = plan->capacity == 0 ? 64 : 2 * plan->capacity;
	struct par_planned *cells;
	int status;

	/* Emptied first: where there is no memory, it must not point to where the cells were. */
	par_id_index_fini(&plan->index);
	cells = reallocarray(plan->cells, capacity, sizeof *cells);
	if (cells == NULL)
		return -ENOMEM;
	plan->cells = cells;
	status = index_again(plan, capacity);
	if (status == 0)
		plan->capacity = capacity;
	return status;
}

static const char *why_not(const struct par_cell *cell, const struct par_machine *machine)
{
	const struct par_variant *variant = par_cell_variant(cell);
	const char *reason = par_cell_refusal(cell);

	if (reason == NULL && cell->model->unavailable != NULL)
		reason = cell->model->unavailable(machine);
	if (reason == NULL && cell->workload->unavailable != NULL)
		reason = cell->workload->unavailable();
	if (reason == NULL && variant != NULL && variant->unavailable != NULL)
		reason = variant->unavailable();
	return reason;
}

static int append(struct par_plan *plan, const struct par_planned *entry)
{
	int status = plan->count == plan->capacity ? grow(plan) : 0;

	if (status < 0)
		return status;
	plan->cells[plan->count] = *entry;
	par_id_index_add(&plan->index, plan->cells[plan->count].cell.id, plan->count);
	plan->count++;
	return 0;
}

int par_plan_add(struct par_plan *plan, const struct par_cell *cell, const char *skip,
	const struct par_machine *machine)
{
	struct par_planned entry = { .cell = *cell, .skip = skip };
	int status = par_cell_seal(&entry.cell);

	if (cell->model->only != NULL && strcmp(cell->model->only, cell->experiment) != 0)
		return 0;
	if (status < 0 || planned(plan, entry.cell.id))
		return status;
	if (entry.skip == NULL)
		entry.skip = why_not(cell, machine);
	return append(plan, &entry);
}

/* Few reasons serve many cells: each text is kept once. */
static int keep_reason(struct par_plan *plan, const char **kept, const char *reason)
{
	char **reasons;

	for (size_t i = 0; i < plan->reason_count; i++) {
		if (strcmp(plan->reasons[i], reason) == 0) {
			*kept = plan->reasons[i];
			return 0;
		}
	}
	reasons = reallocarray(plan->reasons, plan->reason_count + 1, sizeof *reasons);
	if (reasons == NULL)
		return -ENOMEM;
	plan->reasons = reasons;
	reasons[plan->reason_count] = strdup(reason);
	if (reasons[plan->reason_count] == NULL)
		return -ENOMEM;
	*kept = reasons[plan->reason_count++];
	return 0;
}

int par_plan_add_read(struct par_plan *plan, const struct par_cell *cell, const char *skip)
{
	struct par_planned entry = { .cell = *cell };
	int status = 0;

	if (planned(plan, cell->id))
		return -EEXIST;
	if (skip != NULL)
		status = keep_reason(plan, &entry.skip, skip);
	return status < 0 ? status : append(plan, &entry);
}

const struct par_workload *par_choice_workload(const struct par_choice *choice, const char *name)
{
	for (size_t i = 0; choice->workloads[i] != NULL; i++)
		if (strcmp(choice->workloads[i]->name, name) == 0)
			return choice->workloads[i];
	return NULL;
}

const struct par_model *par_choice_model(const struct par_choice *choice, const char *name)
{
	for (size_t i = 0; choice->models[i] != NULL; i++)
		if (strcmp(choice->models[i]->name, name) == 0)
			return choice->models[i];
	return NULL;
}

unsigned par_choice_pus(const struct par_choice *choice, const struct par_machine *machine)
{
	unsigned pus = machine->allowed_pus;

	if (choice->cores != NULL && choice->cores[choice->core_count - 1] < pus)
		pus = choice->cores[choice->core_count - 1];
	return pus;
}

void par_plan_fini(struct par_plan *plan)
{
	for (size_t i = 0; i < plan->reason_count; i++)
		free(plan->reasons[i]);
	free(plan->reasons);
	par_id_index_fini(&plan->index);
	free(plan->cells);
	*plan = (struct par_plan)PAR_PLAN_INIT;
}
