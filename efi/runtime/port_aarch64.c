/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers on AArch64: memory, and calls of the firmware above (SMCCC). Part of the runtime region. */
#include "efi/runtime/internal.h"

uint32_t register_read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

void register_write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

/* Flash is a bus of 32 bits here; other machines' are not known. */
uint32_t cfi_flash_in(uint64_t address, uint32_t width)
{
	(void)width;
	return register_read32(address);
}

void cfi_flash_out(uint64_t address, uint32_t width, uint32_t value)
{
	(void)width;
	register_write32(address, value);
}

/* The barriers: the device reads and writes memory that we do. */
uint32_t uefi_vars_in(uint64_t address, uint32_t width)
{
	uint32_t value;

	if (width == 2)
		__asm__ volatile("ldrh %w0, [%1]\n\tdmb sy"
				 : "=r"(value)
				 : "r"(address)
				 : "memory");
	else
		value = register_read32(address);
	return value;
}

void uefi_vars_out(uint64_t address, uint32_t width, uint32_t value)
{
	if (width == 2)
		__asm__ volatile("dmb sy\n\tstrh %w0, [%1]"
				 :
				 : "r"(value), "r"(address)
				 : "memory");
	else
		register_write32(address, value);
}

void firmware_call(uint32_t conduit, uint32_t function)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = 0;
	register uint64_t x2 __asm__("x2") = 0;
	register uint64_t x3 __asm__("x3") = 0;

	/* SMCCC 1.0: x4 to x17 may be lost as well. */
	if (conduit == 1)
		__asm__ volatile("hvc #0"
				 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 :
				 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
				   "x14", "x15", "x16", "x17", "memory");
	else
		__asm__ volatile("smc #0"
				 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 :
				 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
				   "x14", "x15", "x16", "x17", "memory");
}

void processor_halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}
