/*
 * leftovers: what a test leaves behind in its process: descriptors, threads, children.
 */
#ifndef TEST_LEFTOVERS_H
#define TEST_LEFTOVERS_H

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

struct leftovers {
	unsigned descriptors, threads;
};

static inline unsigned count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static inline void *leftovers_idle(void *argument)
{
	return argument;
}

static inline struct leftovers leftovers_now(void)
{
	pthread_t thread;

	/* With the first thread ThreadSanitizer starts one of its own, which stays. */
	assert_int_equal(pthread_create(&thread, NULL, leftovers_idle, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return (struct leftovers){
		.descriptors = count_entries("/proc/self/fd"),
		.threads = count_entries("/proc/self/task"),
	};
}

/* Fails unless descriptors and threads are as they were, and there is no child, not even a zombie.
 */
static inline void leftovers_none_since(const struct leftovers *before)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	struct leftovers now = leftovers_now();

	/* A joined thread is seen in /proc until the kernel has done with it. */
	for (int i = 0; i < 2000 && now.threads > before->threads; i++) {
		nanosleep(&nap, NULL);
		now.threads = count_entries("/proc/self/task");
	}
	assert_int_equal(now.descriptors, before->descriptors);
	assert_true(now.threads <= before->threads);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

#endif
