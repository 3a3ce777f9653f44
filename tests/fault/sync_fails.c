/*
 * Loaded before the C library (LD_PRELOAD): a disk on which fdatasync() fails from the fifth call
 * of a process on.
 */
#include <errno.h>
#include <unistd.h>

int fdatasync(int fd)
{
	static int calls;

	if (++calls < 5)
		return fsync(fd);
	errno = EIO;
	return -1;
}
