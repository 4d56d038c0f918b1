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

void processor_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}
