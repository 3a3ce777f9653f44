#include "context.h"

#include <stdlib.h>
#include <string.h>

#if defined(PAR_CONTEXT_ASM) && defined(__x86_64__)

/* What context_x86_64.S pushes, lowest address first. */
struct frame {
	uint32_t scratch;
	uint16_t x87_control;
	uint16_t unused;
	void *r15, *r14;
	void *r13; /* the entry's argument */
	void *r12; /* the entry's function */
	void *rbx, *rbp;
	void *pc;
};
_Static_assert(sizeof(struct frame) == 64, "as in context_x86_64.S");

static void frame_init(struct frame *frame, void *pc, void *function, void *argument)
{
	frame->pc = pc;
	frame->r12 = function;
	frame->r13 = argument;
	__asm__("fnstcw %0" : "=m"(frame->x87_control));
}

#elif defined(PAR_CONTEXT_ASM)

/* What context_aarch64.S stores, lowest address first. */
struct frame {
	void *x19; /* the entry's function */
	void *x20; /* the entry's argument */
	void *x21_x28[8];
	void *fp;
	void *pc; /* x30 */
	uint64_t d8_d15[8];
	uint64_t fpcr;
	uint64_t unused;
};
_Static_assert(sizeof(struct frame) == 176, "as in context_aarch64.S");

static void frame_init(struct frame *frame, void *pc, void *function, void *argument)
{
	frame->pc = pc;
	frame->x19 = function;
	frame->x20 = argument;
	__asm__("mrs %0, fpcr" : "=r"(frame->fpcr));
}

#endif

#ifdef PAR_CONTEXT_ASM

void par_context_entry(void); /* in the .S: calls the function with the argument */

/* A code address as data, which ISO C has no cast for. */
static void *code_address(void (*code)(void))
{
	void *address;

	_Static_assert(sizeof(address) == sizeof(code), "one kind of pointer");
	memcpy(&address, &code, sizeof(address));
	return address;
}

void par_context_init(
	struct par_context *context, void *low, size_t size, void (*main)(void *), void *argument)
{
	uintptr_t top = ((uintptr_t)low + size) & ~(uintptr_t)15; /* both ABIs align to 16 */
	struct frame *frame = (struct frame *)(top - sizeof(*frame));

	memset(frame, 0, sizeof(*frame));
	frame_init(frame, code_address(par_context_entry), code_address((void (*)(void))main),
		argument);
	context->stack = frame;
}

#else

/* makecontext passes ints only: a pointer travels as two halves. */
struct start {
	void (*main)(void *);
	void *argument;
};

static void entry(unsigned high, unsigned low)
{
	const struct start *start = (const struct start *)(uintptr_t)(((uint64_t)high << 32) | low);

	start->main(start->argument);
	abort(); /* main never returns */
}

void par_context_init(
	struct par_context *context, void *low, size_t size, void (*main)(void *), void *argument)
{
	/* `start` sits at the top of the stack, above what the coroutine uses. */
	struct start *start =
		(struct start *)(((uintptr_t)low + size - sizeof(*start)) & ~(uintptr_t)15);
	uint64_t address = (uintptr_t)start;

	*start = (struct start){ .main = main, .argument = argument };
	(void)getcontext(&context->user); /* cannot fail */
	context->user.uc_stack.ss_sp = low;
	context->user.uc_stack.ss_size = (size_t)((char *)start - (char *)low);
	context->user.uc_link = NULL;
	makecontext(&context->user, (void (*)(void))entry, 2, (unsigned)(address >> 32),
		(unsigned)address);
}

#endif
