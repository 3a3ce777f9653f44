#include "stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coroutine.h"

/* Linux 6.13: pages that fault, without splitting the mapping; not yet in every libc's headers. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Linux 5.14. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

/* A buffer in a frame could reach over one page: no task's buffer reaches over five. */
#define GUARD_PAGES 5

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t stack_size(size_t page)
{
	return (PAR_COROUTINE_STACK + page - 1) / page * page;
}

/*
 * From one stack to the next. With 4 KiB pages 21 pages, an odd number, on purpose: tops that lie a
 * power of two apart would all fall into the same few sets of the caches.
 */
static size_t stride(size_t page)
{
	return GUARD_PAGES * page + stack_size(page);
}

int par_stack_slab_add(struct par_stack_slab **slabs)
{
	struct par_stack_slab *slab = calloc(1, sizeof(*slab));

	if (!slab)
		return -ENOMEM;
	slab->size = stride(page_size()) * PAR_SLAB_STACKS;
	slab->memory = mmap(NULL, slab->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (slab->memory == MAP_FAILED) {
		free(slab);
		return -ENOMEM;
	}
	/* A huge page would make 24 stacks resident at once. EINVAL: the kernel has none anyway. */
	(void)madvise(slab->memory, slab->size, MADV_NOHUGEPAGE);
	slab->next = *slabs;
	*slabs = slab;
	return 0;
}

/*
 * Installs the light guard. The result alone is no proof: emulators of the kernel report success
 * for advice they do not know. So a slab's first guard is put to the test, by asking for its pages.
 */
static bool install_guard(char *guard, size_t size, bool test)
{
	if (madvise(guard, size, MADV_GUARD_INSTALL) != 0)
		return false;
	return !test || (madvise(guard, size, MADV_POPULATE_READ) != 0 && errno == EFAULT);
}

int par_stack_prepare(struct par_stack *out, const struct par_stack_slab *slab, unsigned index,
	struct par_guards *guards)
{
	size_t page = page_size(), size = GUARD_PAGES * page;
	char *guard = slab->memory + index * stride(page);

	*out = (struct par_stack){ .low = guard + size, .size = stack_size(page) };
	if (!guards->heavy) {
		if (install_guard(guard, size, index == PAR_SLAB_STACKS - 1))
			return 0;
		guards->heavy = true;
	}
	out->watched = guards->count >= PAR_HEAVY_GUARDS;
	/* The slab's lowest has one in any case: what lies below it is not ours. */
	if (out->watched && index > 0)
		return 0;
	guards->count++;
	return mprotect(guard, size, PROT_NONE) ? -errno : 0;
}

void par_stack_slabs_close(struct par_stack_slab **slabs)
{
	struct par_stack_slab *next;

	for (struct par_stack_slab *slab = *slabs; slab; slab = next) {
		next = slab->next;
		munmap(slab->memory, slab->size);
		free(slab);
	}
	*slabs = NULL;
}
