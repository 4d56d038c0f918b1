/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What efi/ asks of the machine: time, interrupts, a way onto another stack and back. An architecture and
 * boot/ implement it; tests/efi/fake_platform.c stands in on a host. Nothing here may call back into efi/
 * except where it says so.
 */
#ifndef EFI_PLATFORM_H
#define EFI_PLATFORM_H

#include <stdint.h>

#include "efi/efi.h"

/* Time since some moment before EFI began, in units of 100 ns; never goes back. */
uint64_t efi_platform_now(void);
/*
 * Asks for one call of efi_event_tick(), from an interrupt handler, at or soon after `when` (of efi_platform_now; the past
 * means at once). It replaces the request made before; UINT64_MAX takes that back. Called with interrupts off.
 */
void efi_platform_alarm(uint64_t when);

/* Interrupts of the processor. They are on while an application runs below TPL_HIGH_LEVEL. */
void efi_platform_irq_disable(void);
void efi_platform_irq_enable(void);
/* Called with interrupts off: waits for one (none is lost in between), and returns with them on; may return at once. */
void efi_platform_idle(void);
/* Waits so many microseconds; interrupts stay as they are. */
void efi_platform_stall(uint64_t microseconds);

/* The bytes that runtime types are allocated in (UEFI 2.10, 2.3.6.1): 65536 on AArch64, 4096 on x86_64. */
uint64_t efi_platform_runtime_granule(void);
/* The PE machine type that runs here: 0xaa64, 0x8664. */
uint16_t efi_platform_machine(void);
/* Makes code written at [base, base + size) fit to run. */
void efi_platform_code_sync(uint64_t base, uint64_t size);

/* What a call of efi_platform_leave needs to find its way back. */
struct efi_context {
	uint64_t words[40];
};

/*
 * Calls entry(handle, table) on the stack whose top is `stack` (16-byte aligned), with the processor as an application
 * expects it (2.3.4, 2.3.6). Returns what entry returns, or what efi_platform_leave is given. Both come back with the stack and
 * the saved registers of the call.
 */
efi_status efi_platform_enter(struct efi_context *context, efi_image_entry_point entry,
			      efi_handle handle, struct efi_system_table *table, uint64_t stack);
_Noreturn void efi_platform_leave(struct efi_context *context, efi_status status);

/* Stops devices (DMA, interrupt sources): an operating system takes over. Interrupts are off afterwards. */
void efi_platform_quiesce(void);
/* The watchdog has run out: says so and resets. */
_Noreturn void efi_platform_watchdog(uint64_t code);

/* False once where a test wants this allocation to fail; the machine always says true (efi/alloc_always.c). */
int efi_platform_may_allocate(void);

#endif
