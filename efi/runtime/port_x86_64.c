/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers on x86_64: ports. Part of the runtime region. */
#include "efi/runtime/internal.h"

uint8_t port_in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void port_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

void port_out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

/* Flash may be of either width. */
uint32_t cfi_flash_in(uint64_t address, uint32_t width)
{
	uint32_t value;

	if (width == 1)
		__asm__ volatile("movzbl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	else
		__asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	return value;
}

void cfi_flash_out(uint64_t address, uint32_t width, uint32_t value)
{
	if (width == 1)
		__asm__ volatile("movb %b0, (%1)" : : "q"(value), "r"(address) : "memory");
	else
		__asm__ volatile("movl %0, (%1)" : : "r"(value), "r"(address) : "memory");
}

uint32_t uefi_vars_in(uint64_t address, uint32_t width)
{
	uint32_t value;

	if (width == 2)
		__asm__ volatile("movzwl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	else
		value = cfi_flash_in(address, width);
	return value;
}

void uefi_vars_out(uint64_t address, uint32_t width, uint32_t value)
{
	if (width == 2)
		__asm__ volatile("movw %w0, (%1)" : : "r"(value), "r"(address) : "memory");
	else
		cfi_flash_out(address, width, value);
}

void processor_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}
