/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, caches, barriers. */
#include "arch/aarch64/cpu.h"

#include "arch/aarch64/kernel.h"
#include "arch/arch.h"
#include "lib/checksum.h"

#define NS_A_SECOND UINT64_C(1000000000)

uint64_t arch_ticks_to_ns(uint64_t ticks)
{
	uint64_t rate;

	__asm__("mrs %0, cntfrq_el0" : "=r"(rate));
	if (!rate)
		return 0;
	return ticks / rate * NS_A_SECOND + ticks % rate * NS_A_SECOND / rate;
}

/* Bytes of the smallest cache line: of data at bit 16 of CTR_EL0, of instructions at bit 0, both as log2 of words. */
static uint64_t line_size(int bit)
{
	uint64_t type;

	__asm__("mrs %0, ctr_el0" : "=r"(type));
	return UINT64_C(4) << (type >> bit & 15);
}

/*
 * `operation` on each line of [base, base + size); eight a turn, since the firmware's own text is hundreds of lines. Eights are
 * aligned, so that none reaches into a page that is not touched otherwise: it might not be mapped.
 */
#define EACH_LINE(operation, base, size)                                                           \
	do {                                                                                       \
		uint64_t line = line_size(16), end = (base) + (size), next;                        \
		for (uint64_t at = (base) & ~(8 * line - 1); at < end; at = next)                  \
			__asm__ volatile(".rept 8\n\t" operation ", %0\n\tadd %0, %0, %2\n\t.endr" \
					 : "=r"(next)                                              \
					 : "0"(at), "r"(line)                                      \
					 : "memory");                                              \
	} while (0)

void arch_cache_clean(uint64_t base, uint64_t size)
{
	EACH_LINE("dc cvac", base, size);
	__asm__ volatile("dsb sy" ::: "memory");
}

uint8_t arch_fp_sum(const void *data, uint64_t size)
{
	return checksum8(data, size);
}

void arch_code_sync(uint64_t base, uint64_t size)
{
	EACH_LINE("dc cvau", base, size);
	/* All of the instruction cache: one instruction, and nothing of ours is warm in it. */
	__asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
}

/* SCTLR_ELx */
void arch_unaligned_restore(uint64_t before)
{
	if (aarch64_at_el2())
		write_register("sctlr_el2", before);
	else
		write_register("sctlr_el1", before);
	barrier();
}

uint64_t arch_unaligned_allow(void)
{
	uint64_t before =
		aarch64_at_el2() ? read_register("sctlr_el2") : read_register("sctlr_el1");

	arch_unaligned_restore(before & ~(uint64_t)SCTLR_A);
	return before;
}

void arch_dma_barrier(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}

void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

int aarch64_random(uint64_t *number)
{
	uint64_t features, got;

	__asm__("mrs %0, id_aa64isar0_el1" : "=r"(features));
	if (!(features >> 60))
		return 0;
	/* RNDR, by its encoding; it clears Z when it has a number. */
	__asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, ne" : "=r"(*number), "=r"(got)::"cc");
	return got != 0;
}

int aarch64_has_pages(uint32_t kib)
{
	uint64_t features;

	/* ID_AA64MMFR0_EL1: TGran16 is 0 without, TGran64 and TGran4 are 15 without. */
	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
	if (kib == 16)
		return (features >> 20 & 15) != 0;
	return (features >> (kib == 64 ? 24 : 28) & 15) != 15;
}
