/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration space by memory: an access is one instruction, whatever its width. Host tests
 * bring their own.
 */
#ifndef DRIVERS_PCI_ECAM_H
#define DRIVERS_PCI_ECAM_H

#include <stdint.h>

#ifdef CADASTRE_HOST
uint64_t pci_read64(uint64_t address);
uint32_t pci_read32(uint64_t address);
void pci_write64(uint64_t address, uint64_t value);
void pci_write32(uint64_t address, uint32_t value);
void pci_write16(uint64_t address, uint16_t value);
void pci_write8(uint64_t address, uint8_t value);
#else
static inline uint64_t pci_read64(uint64_t address)
{
	return *(const volatile uint64_t *)(uintptr_t)address;
}

static inline uint32_t pci_read32(uint64_t address)
{
	return *(const volatile uint32_t *)(uintptr_t)address;
}

static inline void pci_write64(uint64_t address, uint64_t value)
{
	*(volatile uint64_t *)(uintptr_t)address = value;
}

static inline void pci_write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

static inline void pci_write16(uint64_t address, uint16_t value)
{
	*(volatile uint16_t *)(uintptr_t)address = value;
}

static inline void pci_write8(uint64_t address, uint8_t value)
{
	*(volatile uint8_t *)(uintptr_t)address = value;
}
#endif

#endif
