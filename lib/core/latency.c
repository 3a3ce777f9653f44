#include "latency.h"

#include <errno.h>
#include <stdlib.h>

#include "describe.h"
#include "percentile.h"

static const struct {
	const char *name;
	double share; /* 1: the largest, which needs no bound */
} ranks[PAR_LATENCIES] = {
	[PAR_LATENCY_P50] = { "p50_ns", 0.5 },
	[PAR_LATENCY_P90] = { "p90_ns", 0.9 },
	[PAR_LATENCY_P99] = { "p99_ns", 0.99 },
	[PAR_LATENCY_P999] = { "p999_ns", 0.999 },
	[PAR_LATENCY_MAX] = { "max_ns", 1 },
};

const char *par_latency_name(enum par_latency_rank rank)
{
	return ranks[rank].name;
}

static uint64_t find(const double *sorted, size_t n, double share)
{
	struct par_percentile found;

	if (share == 1)
		return (uint64_t)sorted[n - 1];
	return par_percentile_find(&found, sorted, n, share) < 0 ? 0 : (uint64_t)found.value;
}

int par_latency_describe(struct par_latency *out, const uint64_t *ns, size_t n)
{
	double *sorted;

	*out = (struct par_latency){ .n = n };
	if (n == 0)
		return 0;
	sorted = calloc(n, sizeof *sorted);
	if (sorted == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (double)ns[i];
	par_sort(sorted, n);
	for (size_t i = 0; i < PAR_LATENCIES; i++)
		out->ns[i] = find(sorted, n, ranks[i].share);
	free(sorted);
	return 0;
}

json_t *par_latency_json(const struct par_latency *latency)
{
	json_t *object = json_pack("{s:I}", "n", (json_int_t)latency->n);

	for (size_t i = 0; object != NULL && i < PAR_LATENCIES; i++) {
		json_t *value = latency->ns[i] == 0 ? json_null()
						    : json_integer((json_int_t)latency->ns[i]);

		if (json_object_set_new(object, ranks[i].name, value) < 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}
