/*
 * The switch for arm64, AAPCS64: x19 to x29, x30 (where to go on), the low halves of v8 to v15 (d8 to
 * d15) and FPCR, the control word of floating point.
 *
 * Writing FPCR is slow, so it is written only where the two flows differ. The return is a plain
 * branch: a `ret` would always be mispredicted by the return stack.
 */
#if defined(__aarch64__) && defined(__LP64__)

	.text
	.globl	par_context_switch
	.hidden	par_context_switch
	.type	par_context_switch, %function
	.p2align 4
/* void *par_context_switch(void **from, void *to, void *carry): returns carry in `to` */
par_context_switch:
	.cfi_startproc
	sub	sp, sp, #176
	.cfi_def_cfa_offset 176
	stp	x19, x20, [sp, #0]
	.cfi_offset x19, -176
	.cfi_offset x20, -168
	stp	x21, x22, [sp, #16]
	.cfi_offset x21, -160
	.cfi_offset x22, -152
	stp	x23, x24, [sp, #32]
	.cfi_offset x23, -144
	.cfi_offset x24, -136
	stp	x25, x26, [sp, #48]
	.cfi_offset x25, -128
	.cfi_offset x26, -120
	stp	x27, x28, [sp, #64]
	.cfi_offset x27, -112
	.cfi_offset x28, -104
	stp	x29, x30, [sp, #80]
	.cfi_offset x29, -96
	.cfi_offset x30, -88
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mrs	x9, fpcr
	str	x9, [sp, #160]
	mov	x10, sp
	str	x10, [x0]

	mov	x0, x2
	mov	sp, x1			/* both stacks hold the same frame: the CFI stays right */
	ldr	x11, [sp, #160]
	cmp	x9, x11
	b.eq	1f
	msr	fpcr, x11
1:	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	ldp	x19, x20, [sp, #0]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #176
	.cfi_def_cfa_offset 0
	.cfi_restore x19
	.cfi_restore x20
	.cfi_restore x21
	.cfi_restore x22
	.cfi_restore x23
	.cfi_restore x24
	.cfi_restore x25
	.cfi_restore x26
	.cfi_restore x27
	.cfi_restore x28
	.cfi_restore x29
	.cfi_restore x30
	br	x30
	.cfi_endproc
	.size	par_context_switch, . - par_context_switch

	.globl	par_context_entry
	.hidden	par_context_entry
	.type	par_context_entry, %function
	.p2align 4
/* Where a new flow starts: x19(x20), on an aligned stack. */
par_context_entry:
	.cfi_startproc
	.cfi_undefined x30		/* the outermost frame */
	mov	x0, x20
	blr	x19
	brk	#1
	.cfi_endproc
	.size	par_context_entry, . - par_context_entry

#endif

	/* No GNU property note: the branch above is no landing that BTI would allow. */
	.section .note.GNU-stack, "", %progbits
