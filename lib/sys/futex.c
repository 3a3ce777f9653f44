#include "futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* The kernel works on the bare 32-bit word. */
_Static_assert(sizeof(_Atomic uint32_t) == 4, "a futex is 32 bits");
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a futex word holds no lock");

int par_futex_wait(const _Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns)
{
	struct timespec timeout;
	struct timespec *limit = NULL;

	if (timeout_ns != PAR_FUTEX_FOREVER) {
		timeout.tv_sec = (time_t)(timeout_ns / PAR_NS_PER_S);
		timeout.tv_nsec = (long)(timeout_ns % PAR_NS_PER_S);
		limit = &timeout;
	}
	/* FUTEX_WAIT takes a relative time; EAGAIN says that the word had changed already. */
	if (syscall(SYS_futex, word, FUTEX_WAIT, expected, limit, NULL, 0) == 0 || errno == EAGAIN)
		return 0;
	return -errno;
}

int par_futex_wake(_Atomic uint32_t *word, int count)
{
	long woken = syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);

	return woken < 0 ? -errno : (int)woken;
}
