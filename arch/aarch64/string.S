/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy, memmove, memset, memcmp of general registers and aligned accesses only: alignment checks are on, the FPU is off.
 * For normal memory; device registers are accessed one by one by their drivers.
 */

	.macro	function, name
	.section .text.\name, "ax"
	.balign	16
	.global	\name
	.type	\name, %function
\name:
	.endm

/*
 * void *memmove(void *to, const void *from, size_t size). Ascending unless `to` lies inside [from, from + size).
 * Both at the same distance from a multiple of 8: 128 bytes a turn, then 16, 8, and 1. Else words are put together from two
 * aligned ones where that pays, or bytes moved.
 */
function memcpy
	.global	memmove
memmove:
	sub	x3, x0, x1
	cmp	x3, x2
	b.lo	descending
	mov	x3, x0
	eor	x4, x0, x1
	cmp	x2, #8
	b.lo	bytes
	tst	x4, #7
	b.ne	unlike
1:	tst	x3, #7			/* to a multiple of 8 */
	b.eq	2f
	ldrb	w4, [x1], #1
	sub	x2, x2, #1
	strb	w4, [x3], #1
	b	1b
2:	subs	x2, x2, #128
	b.lo	4f
3:	ldp	x4, x5, [x1]
	ldp	x6, x7, [x1, #16]
	ldp	x8, x9, [x1, #32]
	ldp	x10, x11, [x1, #48]
	stp	x4, x5, [x3]
	stp	x6, x7, [x3, #16]
	stp	x8, x9, [x3, #32]
	stp	x10, x11, [x3, #48]
	ldp	x4, x5, [x1, #64]
	ldp	x6, x7, [x1, #80]
	ldp	x8, x9, [x1, #96]
	ldp	x10, x11, [x1, #112]
	add	x1, x1, #128
	stp	x4, x5, [x3, #64]
	stp	x6, x7, [x3, #80]
	stp	x8, x9, [x3, #96]
	stp	x10, x11, [x3, #112]
	add	x3, x3, #128
	subs	x2, x2, #128
	b.hs	3b
4:	adds	x2, x2, #128 - 16
	b.mi	6f
5:	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x3], #16
	subs	x2, x2, #16
	b.pl	5b
6:	add	x2, x2, #16
	tbz	x2, #3, 7f
	ldr	x4, [x1], #8
	str	x4, [x3], #8
	sub	x2, x2, #8
7:
bytes:
	cbz	x2, 8f
7:	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	subs	x2, x2, #1
	b.ne	7b
8:	ret

/* x4: shift in bits of the source word that the target's begins with */
unlike:
	cmp	x2, #32
	b.lo	bytes
1:	tst	x3, #7
	b.eq	2f
	ldrb	w4, [x1], #1
	sub	x2, x2, #1
	strb	w4, [x3], #1
	b	1b
2:	and	x5, x1, #7
	bic	x6, x1, #7
	lsl	x4, x5, #3
	neg	x7, x4			/* shifts count modulo 64 */
	ldr	x8, [x6], #8
	sub	x2, x2, #8		/* a word beyond the last needed one is not read */
3:	ldr	x9, [x6], #8
	lsr	x8, x8, x4
	lsl	x10, x9, x7
	orr	x10, x10, x8
	str	x10, [x3], #8
	mov	x8, x9
	subs	x2, x2, #8
	b.hs	3b
	add	x2, x2, #8
	sub	x1, x6, #8
	add	x1, x1, x5
	b	bytes

descending:
	add	x3, x0, x2
	add	x1, x1, x2
	eor	x4, x3, x1
	tst	x4, #7
	b.ne	4f
1:	tst	x3, #7
	b.eq	2f
	cbz	x2, 5f
	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	sub	x2, x2, #1
	b	1b
2:	subs	x2, x2, #64
	b.lo	7f
3:	ldp	x4, x5, [x1, #-16]
	ldp	x6, x7, [x1, #-32]
	ldp	x8, x9, [x1, #-48]
	ldp	x10, x11, [x1, #-64]!
	stp	x4, x5, [x3, #-16]
	stp	x6, x7, [x3, #-32]
	stp	x8, x9, [x3, #-48]
	stp	x10, x11, [x3, #-64]!
	subs	x2, x2, #64
	b.hs	3b
7:	adds	x2, x2, #64 - 8
	b.mi	6f
8:	ldr	x4, [x1, #-8]!
	str	x4, [x3, #-8]!
	subs	x2, x2, #8
	b.pl	8b
6:	add	x2, x2, #8
4:	cbz	x2, 5f
	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	sub	x2, x2, #1
	b	4b
5:	ret

/* void *memset(void *to, int value, size_t size); large zeros by whole cache lines. */
function memset
	mov	x3, x0
	and	x1, x1, #0xff
	cmp	x2, #16
	b.lo	7f
	mov	x4, #0x0101010101010101
	mul	x1, x1, x4
1:	tst	x3, #7
	b.eq	2f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	cmp	x2, #256
	b.lo	3f
	cbz	x1, zeros
3:	subs	x2, x2, #32
	b.lo	5f
4:	stp	x1, x1, [x3]
	stp	x1, x1, [x3, #16]
	add	x3, x3, #32
	subs	x2, x2, #32
	b.hs	4b
5:	adds	x2, x2, #32 - 8
	b.mi	6f
8:	str	x1, [x3], #8
	subs	x2, x2, #8
	b.pl	8b
6:	add	x2, x2, #8
7:	cbz	x2, 9f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	7b
9:	ret

zeros:
	mrs	x4, dczid_el0
	tbnz	x4, #4, 3b		/* prohibited */
	and	x4, x4, #15
	mov	x5, #4
	lsl	x5, x5, x4		/* bytes of a block */
	sub	x6, x5, #1
	cmp	x2, x5, lsl #1
	b.lo	3b
1:	tst	x3, x6
	b.eq	2f
	str	xzr, [x3], #8
	sub	x2, x2, #8
	b	1b
2:	lsl	x7, x5, #2
	add	x8, x3, x5
	add	x9, x8, x5
	add	x10, x9, x5
	subs	x2, x2, x7
	b.lo	4f
3:	dc	zva, x3			/* four blocks a turn */
	dc	zva, x8
	dc	zva, x9
	dc	zva, x10
	add	x3, x3, x7
	add	x8, x8, x7
	add	x9, x9, x7
	add	x10, x10, x7
	subs	x2, x2, x7
	b.hs	3b
4:	add	x2, x2, x7
	subs	x2, x2, #32
	b.lo	2f
1:	stp	xzr, xzr, [x3]
	stp	xzr, xzr, [x3, #16]
	add	x3, x3, #32
	subs	x2, x2, #32
	b.hs	1b
2:	adds	x2, x2, #32 - 8
	b.mi	4f
3:	str	xzr, [x3], #8
	subs	x2, x2, #8
	b.pl	3b
4:	add	x2, x2, #8
5:	cbz	x2, 6f
	strb	wzr, [x3], #1
	sub	x2, x2, #1
	b	5b
6:	ret

/* int memcmp(const void *a, const void *b, size_t size) */
function memcmp
	orr	x3, x0, x1
	tst	x3, #7
	b.ne	2f
1:	subs	x2, x2, #8
	b.lo	4f
	ldr	x3, [x0], #8
	ldr	x4, [x1], #8
	cmp	x3, x4
	b.eq	1b
	rev	x3, x3
	rev	x4, x4
	cmp	x3, x4
	cset	w0, hi
	csetm	w1, lo
	orr	w0, w0, w1
	ret
4:	add	x2, x2, #8
2:	cbz	x2, 3f
	ldrb	w3, [x0], #1
	ldrb	w4, [x1], #1
	sub	x2, x2, #1
	cmp	w3, w4
	b.eq	2b
	sub	w0, w3, w4
	ret
3:	mov	w0, wzr
	ret
