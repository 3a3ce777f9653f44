#include "bulk.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"

#define HUGE_PAGE   (2UL << 20)
#define NODE_WORDS  16
#define LLC_UNKNOWN (32ULL << 20)

/* Advice: without NUMA, or without the right to place pages, they go where they are touched. */
static void interleave(void *data, size_t size)
{
	unsigned long nodes[NODE_WORDS] = { 0 };
	unsigned long bits = sizeof nodes * 8;
	int count = 0;

	if (syscall(SYS_get_mempolicy, NULL, nodes, bits, NULL, MPOL_F_MEMS_ALLOWED) != 0)
		return;
	for (int i = 0; i < NODE_WORDS; i++)
		count += __builtin_popcountl(nodes[i]);
	if (count > 1)
		(void)syscall(SYS_mbind, data, size, MPOL_INTERLEAVE, nodes, bits, 0U);
}

/* Maps at a huge page's boundary: reserves more than enough, maps within, gives the ends back. */
static int map_aligned(void **out, size_t size, int flags)
{
	char *space = mmap(NULL, size + HUGE_PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t head;
	void *data;

	if (space == MAP_FAILED)
		return -ENOMEM;
	head = -(uintptr_t)space & (HUGE_PAGE - 1);
	data = mmap(space + head, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	if (data == MAP_FAILED) {
		(void)munmap(space, size + HUGE_PAGE);
		return -ENOMEM;
	}
	if (head > 0)
		(void)munmap(space, head);
	(void)munmap(space + head + size, HUGE_PAGE - head);
	*out = data;
	return 0;
}

int par_bulk_open(struct par_bulk *bulk, size_t size, bool shared)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *data;
	int status;

	if (size == 0)
		return -EINVAL;
	if (size > SIZE_MAX / 2)
		return -ENOMEM;
	size = (size + page - 1) / page * page;
	status = map_aligned(&data, size, shared ? MAP_SHARED : MAP_PRIVATE);
	if (status < 0)
		return status;
	(void)madvise(data, size, MADV_HUGEPAGE); /* advice: small pages are only slower */
	interleave(data, size);
	*bulk = (struct par_bulk){ data, size };
	return 0;
}

void par_bulk_close(struct par_bulk *bulk)
{
	if (bulk->data != NULL)
		(void)munmap(bulk->data, bulk->size);
	*bulk = (struct par_bulk){ 0 };
}

static uint64_t usable_memory(void)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	struct par_cgroup cgroup;

	par_cgroup_read(&cgroup, "");
	if (cgroup.memory_limit_bytes != 0 && cgroup.memory_limit_bytes < bytes)
		return cgroup.memory_limit_bytes;
	return bytes;
}

uint64_t par_bulk_budget(uint64_t llc_bytes, uint64_t wanted)
{
	uint64_t bytes = 4 * (llc_bytes != 0 ? llc_bytes : LLC_UNKNOWN);
	uint64_t most = usable_memory() / 8;

	if (bytes > PAR_BULK_MOST)
		bytes = llc_bytes < PAR_BULK_MOST / 2 ? PAR_BULK_MOST : PAR_BULK_MOST / 2;
	if (bytes < wanted)
		bytes = wanted;
	return bytes < most ? bytes : most;
}

const char *par_bulk_condition(uint64_t llc_bytes, uint64_t size)
{
	if (llc_bytes == 0)
		return "";
	return llc_bytes < size / 2 ? "beyond the cache" : "within the cache";
}
