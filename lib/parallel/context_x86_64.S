/*
 * The switch for x86-64, System V ABI: rbx, rbp, r12 to r15, the x87 control word and the control bits
 * of MXCSR belong to the caller.
 *
 * Of the two control words of floating point only x87's is read at each switch: reading MXCSR takes
 * 4 ns on a Zen 5, more than all else here together. All of <fenv.h> keeps rounding and exception
 * masks alike in both, so where the x87 words of the two flows differ, both are set; where they do
 * not, neither is. Flush-to-zero, which is MXCSR's alone, is left a property of the thread.
 *
 * The return is a jump: a `ret` would always be mispredicted by the return stack.
 */
#if defined(__x86_64__) && defined(__LP64__)

	.text
	.globl	par_context_switch
	.hidden	par_context_switch
	.type	par_context_switch, @function
	.p2align 4
/* void *par_context_switch(void **from, void *to, void *carry): returns carry in `to` */
par_context_switch:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	fnstcw	4(%rsp)
	movzwl	4(%rsp), %ecx
	movq	%rsp, (%rdi)

	movq	%rsi, %rsp		/* both stacks hold the same frame: the CFI stays right */
	movq	%rdx, %rax
	movzwl	4(%rsp), %r8d
	cmpl	%ecx, %r8d
	jne	2f
1:	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	jmp	*%rcx

	/* Here the frame is whole: as before label 1. */
2:	.cfi_def_cfa rsp, 64
	.cfi_offset rip, -8
	.cfi_offset rbp, -16
	.cfi_offset rbx, -24
	.cfi_offset r12, -32
	.cfi_offset r13, -40
	.cfi_offset r14, -48
	.cfi_offset r15, -56
	fldcw	4(%rsp)
	stmxcsr	(%rsp)			/* x87 masks 0-5 are MXCSR's 7-12, rounding 10-11 its 13-14 */
	movl	(%rsp), %ecx
	andl	$0xffff807f, %ecx
	movl	%r8d, %edx
	andl	$0x3f, %edx
	shll	$7, %edx
	orl	%edx, %ecx
	andl	$0xc00, %r8d
	shll	$3, %r8d
	orl	%r8d, %ecx
	movl	%ecx, (%rsp)
	ldmxcsr	(%rsp)
	jmp	1b
	.cfi_endproc
	.size	par_context_switch, . - par_context_switch

	.globl	par_context_entry
	.hidden	par_context_entry
	.type	par_context_entry, @function
	.p2align 4
/* Where a new flow starts: r12(r13), on an aligned stack. */
par_context_entry:
	.cfi_startproc
	.cfi_undefined rip		/* the outermost frame */
	movq	%r13, %rdi
	call	*%r12
	ud2
	.cfi_endproc
	.size	par_context_entry, . - par_context_entry

#endif

	/*
	 * No GNU property note: this switch keeps no shadow stack, so the program must not be
	 * marked as able to have one.
	 */
	.section .note.GNU-stack, "", %progbits
