/* With liburing; uring_absent.c is what stands here without. */
#include "uring.h"

#include "poller.h"

#ifdef PAR_URING

#include <errno.h>
#include <liburing.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file.h"

/* Requests of a batch, and completions the kernel can note without allocating for each. */
#define BATCH       1024
#define COMPLETIONS 16384

struct par_uring {
	struct io_uring uring;
	size_t under_way;
	uint32_t *users; /* by descriptor; owned */
	size_t size;
};

/* --- open and close --- */

/*
 * The kernel need not interrupt this thread for each completion: it looks by itself. Flags of Linux
 * 6.1, and of 5.19: an older kernel refuses both, and could not cancel by descriptor either.
 */
static int queue_init(struct io_uring *uring)
{
	static const unsigned ways[] = {
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN,
	};
	int code = -EINVAL;

	for (size_t i = 0; code == -EINVAL && i < sizeof ways / sizeof ways[0]; i++) {
		struct io_uring_params params = {
			.flags = ways[i] | IORING_SETUP_CQSIZE,
			.cq_entries = COMPLETIONS,
		};

		code = io_uring_queue_init_params(BATCH, uring, &params);
	}
	return code;
}

/* The kernel's own threads, which do what would block, stay on this thread's PUs. */
static void confine_helpers(struct io_uring *uring)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		(void)io_uring_register_iowq_aff(uring, sizeof set, &set);
}

int par_uring_open(struct par_uring **out)
{
	struct par_uring *ring = calloc(1, sizeof *ring);
	int code = ring == NULL ? -ENOMEM : queue_init(&ring->uring);

	*out = NULL;
	if (code < 0) {
		free(ring);
		return code;
	}
	confine_helpers(&ring->uring);
	*out = ring;
	return 0;
}

void par_uring_close(struct par_uring *ring)
{
	if (ring == NULL)
		return;
	io_uring_queue_exit(&ring->uring);
	free(ring->users);
	free(ring);
}

static const char *why_not_permitted(void)
{
	char line[8];

	if (par_file_read_line(line, sizeof line, "/proc/sys/kernel/io_uring_disabled") == 0 &&
		strcmp(line, "0") != 0)
		return "io_uring is switched off here (sysctl kernel.io_uring_disabled)";
	return "io_uring is forbidden here (seccomp, as in many containers)";
}

const char *par_uring_unavailable(void)
{
	struct par_uring *ring;
	int code = par_uring_open(&ring);

	par_uring_close(ring);
	switch (code) {
	case 0: return NULL;
	case -EPERM:
	case -EACCES: return why_not_permitted();
	case -ENOSYS: return "this kernel has no io_uring (CONFIG_IO_URING), or seccomp hides it";
	case -EINVAL: return "loops on io_uring need Linux 5.19 or later";
	case -ENOMEM: return "no memory for an io_uring";
	default: return "the kernel refuses an io_uring";
	}
}

/* --- requests --- */

size_t par_uring_under_way(const struct par_uring *ring)
{
	return ring->under_way;
}

/* What is done goes on; returns how many. */
static unsigned reap(struct par_uring *ring, struct par_ready *ready)
{
	struct io_uring_cqe *completion;
	struct par_uring_request *request;
	unsigned head, count = 0;

	io_uring_for_each_cqe(&ring->uring, head, completion)
	{
		request = io_uring_cqe_get_data(completion);
		count++;
		if (request == NULL)
			continue;
		request->result = completion->res;
		par_ready_push(ready, request->coroutine);
		ring->under_way--;
	}
	io_uring_cq_advance(&ring->uring, count);
	return count;
}

/* Whether a call that failed so may be made again later. */
static bool for_a_while(int code)
{
	return code == -EINTR || code == -ETIME || code == -EAGAIN || code == -EBUSY;
}

int par_uring_take(struct io_uring_sqe **out, struct par_uring *ring, struct par_ready *ready)
{
	int code;

	while ((*out = io_uring_get_sqe(&ring->uring)) == NULL) {
		code = io_uring_submit(&ring->uring);
		if (code < 0 && !(for_a_while(code) && (reap(ring, ready) > 0 || code == -EINTR)))
			return code;
	}
	return 0;
}

int par_uring_await(
	struct par_uring *ring, struct io_uring_sqe *entry, struct par_coroutines *coroutines)
{
	struct par_uring_request request = { .coroutine = coroutines->running };

	io_uring_sqe_set_data(entry, &request);
	ring->under_way++;
	par_coroutine_suspend(coroutines);
	return request.result;
}

int par_uring_poll(struct par_uring *ring, uint64_t deadline, struct par_ready *ready)
{
	struct io_uring *uring = &ring->uring;
	uint64_t now = deadline == 0 || deadline == PAR_POLL_FOREVER ? 0 : par_poller_now();
	struct io_uring_cqe *first;
	int code;

	if (deadline <= now) {
		code = io_uring_submit_and_get_events(uring);
	} else if (deadline == PAR_POLL_FOREVER) {
		code = io_uring_submit_and_wait(uring, 1);
	} else {
		struct __kernel_timespec timeout = {
			.tv_sec = (long long)((deadline - now) / PAR_NS_PER_S),
			.tv_nsec = (long long)((deadline - now) % PAR_NS_PER_S),
		};

		code = io_uring_submit_and_wait_timeout(uring, &first, 1, &timeout, NULL);
	}
	reap(ring, ready);
	return code < 0 && !for_a_while(code) ? code : 0;
}

uint32_t *par_uring_users(struct par_uring *ring, int fd)
{
	size_t index = (size_t)fd, size = ring->size != 0 ? ring->size : 64;
	uint32_t *users;

	if (index >= ring->size) {
		while (size <= index)
			size *= 2;
		users = realloc(ring->users, size * sizeof *users);
		if (users == NULL)
			return NULL;
		memset(users + ring->size, 0, (size - ring->size) * sizeof *users);
		ring->users = users;
		ring->size = size;
	}
	return &ring->users[index];
}

#endif
