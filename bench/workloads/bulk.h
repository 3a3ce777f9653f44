/*
 * bulk: large arrays for the memory workloads.
 *
 * Huge pages where the kernel grants them, and spread over all NUMA nodes: the pages are touched
 * once, by the process that opens the workload, so first touch would put every array on one node
 * and measure that node's memory, whoever the workers are.
 */
#ifndef PAR_BULK_H
#define PAR_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inert when zeroed. */
struct par_bulk {
	void *data; /* zeroed, on a 2 MiB boundary */
	size_t size;
};

/*
 * `shared`: what workers write. Written private memory is copied page by page in each process,
 * which would charge process models for copies that no task asked for. What workers only read is
 * private: a fork then inherits its page tables and takes no faults. Returns 0, -EINVAL (size 0) or
 * -ENOMEM.
 */
int par_bulk_open(struct par_bulk *bulk, size_t size, bool shared);

void par_bulk_close(struct par_bulk *bulk);

/*
 * How many bytes a memory workload should use: four times the last-level cache (the rule of STREAM,
 * McCalpin 1995) but at most PAR_BULK_MOST, since touching more would take longer than measuring,
 * and half of that where the cache would hold it in any case; or `wanted` if that is more; but
 * never more than an eighth of the memory that this process may use. llc_bytes 0, unknown: taken as
 * 32 MiB.
 */
uint64_t par_bulk_budget(uint64_t llc_bytes, uint64_t wanted);
#define PAR_BULK_MOST (128ULL << 20)

/* What a record says of arrays of that size: "beyond the cache", "within the cache" where it holds
 * half of them, "" where it is not known. */
const char *par_bulk_condition(uint64_t llc_bytes, uint64_t size);

#endif
