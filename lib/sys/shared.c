#include "shared.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* `size` rounded up to whole pages, or 0 when that overflows. */
static size_t whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return size > SIZE_MAX - (page - 1) ? 0 : (size + page - 1) / page * page;
}

int par_shared_open(void **out, size_t size)
{
	size_t whole = whole_pages(size);
	void *memory;

	*out = NULL;
	if (size == 0)
		return -EINVAL;
	if (whole == 0)
		return -ENOMEM;
	memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return errno == EINVAL ? -ENOMEM : -errno;
	*out = memory;
	return 0;
}

void par_shared_close(void *memory, size_t size)
{
	if (memory)
		(void)munmap(memory, whole_pages(size));
}
