#include "registry.h"

#include <string.h>

const struct par_model *par_registry_model(const struct par_registry *registry, const char *name)
{
	for (const struct par_model *const *model = registry->models; *model != NULL; model++) {
		if (strcmp((*model)->name, name) == 0)
			return *model;
	}
	return NULL;
}

const struct par_workload *par_registry_workload(
	const struct par_registry *registry, const char *name)
{
	for (const struct par_workload *const *workload = registry->workloads; *workload != NULL;
		workload++) {
		if (strcmp((*workload)->name, name) == 0)
			return *workload;
	}
	return NULL;
}

size_t par_registry_model_count(const struct par_registry *registry)
{
	size_t count = 0;

	while (registry->models[count] != NULL)
		count++;
	return count;
}

size_t par_registry_workload_count(const struct par_registry *registry)
{
	size_t count = 0;

	while (registry->workloads[count] != NULL)
		count++;
	return count;
}
