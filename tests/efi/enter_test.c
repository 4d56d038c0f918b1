/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way onto an image's stack and back (efi/enter_x86_64.S), run for real where the host is the machine it is for.
 */
#include <stdlib.h>
#include <string.h>

#include "efi/platform.h"
#include "tests/tap.h"

#if defined(__x86_64__)

__asm__(".include \"efi/enter_x86_64.S\"");

#define STACK 65536

static uint8_t *stack;
static struct efi_context context;
static struct efi_context inner_context;

static int is_on_stack(const void *pointer)
{
	return (uintptr_t)pointer - (uintptr_t)stack < STACK;
}

/* Garbage in all that a callee would have kept, then out. */
static void trash(void)
{
	__asm__ volatile("pcmpeqb %%xmm6, %%xmm6\n\tmovaps %%xmm6, %%xmm15" ::: "xmm6", "xmm15");
}

static efi_status EFIAPI returns(efi_handle handle, struct efi_system_table *table)
{
	volatile uint8_t local = 1;
	uint32_t mxcsr;
	uint16_t control;

	__asm__("stmxcsr %0" : "=m"(mxcsr));
	__asm__("fnstcw %0" : "=m"(control));
	ok(is_on_stack((const void *)&local), "it runs on the stack that was given");
	ok(handle == (void *)1 && table == (void *)2, "with its arguments");
	ok((mxcsr & 0xffc0) == 0x1f80 && control == 0x37f, "and the control words of 2.3.4");
	equal((uintptr_t)__builtin_frame_address(0) % 16, 0, "the stack is aligned");
	return 42;
}

static efi_status EFIAPI exits_inside(efi_handle handle, struct efi_system_table *table)
{
	(void)handle;
	(void)table;
	trash();
	efi_platform_leave(&inner_context, 7);
}

static efi_status EFIAPI nests(efi_handle handle, struct efi_system_table *table)
{
	efi_status status;

	(void)handle;
	(void)table;
	status = efi_platform_enter(&inner_context, exits_inside, NULL, NULL,
				    (uint64_t)(uintptr_t)stack + STACK / 2);
	equal(status, 7, "an inner image exits to the outer");
	efi_platform_leave(&context, 9);
}

int main(void)
{
	uint64_t top;
	uint64_t before = UINT64_C(0x123456789abcdef0);
	uint64_t after;

	stack = aligned_alloc(4096, STACK);
	memset(stack, 0, STACK);
	top = (uint64_t)(uintptr_t)stack + STACK;
	equal(efi_platform_enter(&context, returns, (void *)1, (void *)2, top), 42,
	      "an image returns");
	__asm__ volatile("movq %0, %%xmm6" ::"r"(before) : "xmm6");
	equal(efi_platform_enter(&context, nests, NULL, NULL, top), 9, "one leaves from inside");
	__asm__ volatile("movq %%xmm6, %0" : "=r"(after));
	ok(after != UINT64_MAX, "what it had in XMM6 does not show");
	free(stack);
	return tap_done();
}

#else

int main(void)
{
	ok(1, "another machine");
	return tap_done();
}

#endif
