/*
 * registry: the tables of what can be measured, handed down by the program.
 *
 * Tables, not constructors: a constructor in a static library registers nothing, silently.
 */
#ifndef PAR_REGISTRY_H
#define PAR_REGISTRY_H

#include <stddef.h>

#include "model.h"
#include "workload.h"

/* Both tables end with NULL. Constant for the life of the program. */
struct par_registry {
	const struct par_model *const *models;
	const struct par_workload *const *workloads;
};

/* By name; NULL when there is none. */
const struct par_model *par_registry_model(const struct par_registry *registry, const char *name);
const struct par_workload *par_registry_workload(
	const struct par_registry *registry, const char *name);

size_t par_registry_model_count(const struct par_registry *registry);
size_t par_registry_workload_count(const struct par_registry *registry);

#endif
