/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of devices in memory: an access is one instruction of its width. Host tests bring their own. */
#ifndef DRIVERS_MMIO_H
#define DRIVERS_MMIO_H

#include <stdint.h>

#ifdef CADASTRE_HOST
uint8_t mmio_read8(uint64_t address);
uint16_t mmio_read16(uint64_t address);
uint32_t mmio_read32(uint64_t address);
void mmio_write8(uint64_t address, uint8_t value);
void mmio_write16(uint64_t address, uint16_t value);
void mmio_write32(uint64_t address, uint32_t value);
#else
static inline uint8_t mmio_read8(uint64_t address)
{
	return *(const volatile uint8_t *)(uintptr_t)address;
}

static inline uint16_t mmio_read16(uint64_t address)
{
	return *(const volatile uint16_t *)(uintptr_t)address;
}

static inline uint32_t mmio_read32(uint64_t address)
{
	return *(const volatile uint32_t *)(uintptr_t)address;
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
	*(volatile uint8_t *)(uintptr_t)address = value;
}

static inline void mmio_write16(uint64_t address, uint16_t value)
{
	*(volatile uint16_t *)(uintptr_t)address = value;
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}
#endif

#endif
