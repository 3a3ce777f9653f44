#include "workload.h"

const char *par_bound_name(enum par_bound bound)
{
	switch (bound) {
	case PAR_BOUND_CPU: return "CPU";
	case PAR_BOUND_MEMORY: return "memory";
	case PAR_BOUND_IO: return "IO";
	case PAR_BOUND_MIXED: return "mixed";
	}
	return "?";
}

const char *par_scale_name(enum par_scale scale)
{
	switch (scale) {
	case PAR_SCALE_QUICK: return "quick";
	case PAR_SCALE_DEFAULT: return "default";
	case PAR_SCALE_FULL: return "full";
	case PAR_SCALES: break;
	}
	return "?";
}

size_t par_workload_param_count(const struct par_workload *workload)
{
	size_t count = 0;

	while (workload->params != NULL && workload->params[count].name != NULL)
		count++;
	return count;
}
