/*
 * context: the state of a suspended flow of control, and the switch between two.
 *
 * Hand-written for x86-64 and arm64 (context_*.S): what the ABI calls callee-saved is kept, with
 * the control words of floating point, and nothing else; no system call. Elsewhere, or with
 * -DPAR_COROUTINE_UCONTEXT, ucontext: slower by a hundred times, for it sets the signal mask.
 */
#ifndef PAR_CONTEXT_H
#define PAR_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#if (defined(__x86_64__) && defined(__LP64__)) || (defined(__aarch64__) && defined(__LP64__))
#ifndef PAR_COROUTINE_UCONTEXT
#define PAR_CONTEXT_ASM 1
#endif
#endif

#ifdef PAR_CONTEXT_ASM

/* The stack pointer; the registers lie on the stack itself. */
struct par_context {
	void *stack;
};

void *par_context_switch(void **from, void *to, void *carry);

static inline void *par_context_jump(struct par_context *from, struct par_context *to, void *carry)
{
	return par_context_switch(&from->stack, to->stack, carry);
}

#else

#include <ucontext.h>

struct par_context {
	ucontext_t user;
	void *carry; /* what it is resumed with */
};

static inline void *par_context_jump(struct par_context *from, struct par_context *to, void *carry)
{
	to->carry = carry;
	(void)swapcontext(&from->user, &to->user); /* fails only for a context never made */
	return from->carry;
}

#endif

/*
 * par_context_jump(from, to, carry) saves the running flow in `from` and goes on with `to`, whose
 * own jump returns `carry`: a register survives where a variable would be read back from the stack,
 * which is what the time of a switch consists of.
 */

/*
 * Makes a context that calls main(argument) on the stack [low, low + size), with the floating-point
 * control words of the caller; main never returns.
 */
void par_context_init(
	struct par_context *context, void *low, size_t size, void (*main)(void *), void *argument);

#endif
