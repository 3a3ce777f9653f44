/*
 * latency: how long the requests of one run waited, in the few numbers that a record keeps.
 */
#ifndef PAR_LATENCY_H
#define PAR_LATENCY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of par_latency.ns. */
enum par_latency_rank {
	PAR_LATENCY_P50,
	PAR_LATENCY_P90,
	PAR_LATENCY_P99,
	PAR_LATENCY_P999,
	PAR_LATENCY_MAX,
	PAR_LATENCIES,
};

/* "p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns": the members of a record's "latency". */
const char *par_latency_name(enum par_latency_rank rank);

/* Inert when zeroed. */
struct par_latency {
	uint64_t n;                 /* requests; 0: none were timed */
	uint64_t ns[PAR_LATENCIES]; /* 0: so few requests do not tell it, see percentile.h */
};

/* Describes `n` latencies in any order, n may be 0. Returns 0 or -ENOMEM. */
int par_latency_describe(struct par_latency *out, const uint64_t *ns, size_t n);

/* The object {"n": 300, "p50_ns": 1080000, ..., "p999_ns": null, ...}; NULL without memory. */
json_t *par_latency_json(const struct par_latency *latency);

#endif
