/*
 * annotate: tells AddressSanitizer, ThreadSanitizer and valgrind about stacks that are switched by
 * hand, and about what else they do not see. Nothing at all in an ordinary build, but for
 * valgrind's, which is a few moves a stack. Private to this folder.
 */
#ifndef PAR_ANNOTATE_H
#define PAR_ANNOTATE_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define PAR_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAR_ASAN 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define PAR_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PAR_TSAN 1
#endif
#endif

#ifdef PAR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef PAR_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

/* A robust mutex that pthread_mutex_timedlock() took from a dead owner: ThreadSanitizer thinks that
 * the call has failed. */
static inline void par_annotate_inherited(void *mutex)
{
	(void)mutex;
#ifdef PAR_TSAN
	__tsan_mutex_pre_lock(mutex, __tsan_mutex_try_lock);
	__tsan_mutex_post_lock(mutex, __tsan_mutex_try_lock, 0);
#endif
}

/* What the tools know of a flow of control: one in each coroutine, and one of who resumed it. */
struct par_flow {
#ifdef PAR_ASAN
	void *fake;      /* ASan's fake stack while suspended */
	const void *low; /* of the stack */
	size_t size;
#endif
#ifdef PAR_TSAN
	void *fiber;
#endif
#ifdef VALGRIND_STACK_REGISTER
	unsigned stack_id;
#endif
	char unused; /* ISO C has no empty struct */
};

/* A new coroutine's flow, on the stack [low, low + size). */
static inline void par_flow_init(struct par_flow *flow, void *low, size_t size)
{
	(void)flow, (void)low, (void)size;
#ifdef PAR_ASAN
	__asan_unpoison_memory_region(low, size); /* the memory may have been a stack before */
	flow->low = low;
	flow->size = size;
#endif
#ifdef PAR_TSAN
	flow->fiber = __tsan_create_fiber(0);
#endif
#ifdef VALGRIND_STACK_REGISTER
	flow->stack_id = (unsigned)VALGRIND_STACK_REGISTER(low, (char *)low + size);
#endif
}

/* A coroutine that has ended and will not run again. */
static inline void par_flow_fini(struct par_flow *flow)
{
	(void)flow;
#ifdef PAR_TSAN
	__tsan_destroy_fiber(flow->fiber);
#endif
#ifdef VALGRIND_STACK_REGISTER
	VALGRIND_STACK_DEREGISTER(flow->stack_id);
#endif
}

/* Just before the switch. `ends`: the flow that is left has no frame that will be used again. */
static inline void par_flow_leave(struct par_flow *from, struct par_flow *to, bool ends)
{
	(void)from, (void)to, (void)ends;
#ifdef PAR_ASAN
	__sanitizer_start_switch_fiber(ends ? NULL : &from->fake, to->low, to->size);
#endif
#ifdef PAR_TSAN
	__tsan_switch_to_fiber(to->fiber, 0);
#endif
}

/* Just after the switch, in the flow switched to: `fresh` if it has no frame from before. */
static inline void par_flow_arrive(struct par_flow *from, struct par_flow *to, bool fresh)
{
	(void)from, (void)to, (void)fresh;
#ifdef PAR_ASAN
	__sanitizer_finish_switch_fiber(fresh ? NULL : to->fake, &from->low, &from->size);
#endif
}

/* Notes the flow that resumes a coroutine. */
static inline void par_flow_note_current(struct par_flow *flow)
{
	(void)flow;
#ifdef PAR_TSAN
	flow->fiber = __tsan_get_current_fiber();
#endif
}

#endif
