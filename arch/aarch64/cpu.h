/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's registers and single steps, for arch/aarch64/ and what belongs to it. */
#ifndef ARCH_AARCH64_CPU_H
#define ARCH_AARCH64_CPU_H

#include <stdint.h>

#include "arch/aarch64/sysregs.h"

/* System registers by name, and what makes sure that a change is seen. */
#define read_register(name)                                       \
	({                                                        \
		uint64_t value_;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(value_)); \
		value_;                                           \
	})
#define write_register(name, value) \
	__asm__ volatile("msr " name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define barrier() __asm__ volatile("isb" ::: "memory")

/* steps.S */
void aarch64_mmu_load(uint64_t root, uint64_t tcr);
void aarch64_mmu_swap(uint64_t *entry, uint64_t value);
void aarch64_tlb_flush(void);

static inline int aarch64_at_el2(void)
{
	uint64_t level;

	__asm__("mrs %0, CurrentEL" : "=r"(level));
	return level == CURRENTEL_EL2;
}

/* Functions of the secure firmware, or of the hypervisor (Arm DEN0022, Power State Coordination Interface). */
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009

static inline uint64_t aarch64_psci(int by_smc, uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	if (by_smc)
		__asm__ volatile("smc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
	return x0;
}

/* New entries of the page tables are visible to the table walk from here on. */
static inline void aarch64_tables_written(void)
{
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

/* TCR_ELx for addresses of so many bits. */
static inline uint64_t aarch64_tcr(unsigned int bits)
{
	uint64_t features;

	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
	features &= 15;
	if (features > TCR_PS_48)
		features = TCR_PS_48;
	if (aarch64_at_el2())
		return TCR_EL2_VALUE | TCR_T0SZ(bits) | features << TCR_EL2_PS_SHIFT;
	return TCR_EL1_VALUE | TCR_T0SZ(bits) | features << TCR_EL1_PS_SHIFT;
}

#endif
