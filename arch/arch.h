/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a processor architecture gives to the rest: arch/<name>/ implements it, tests/arch/fake.c
 * stands in for it on a host.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdint.h>

#include "mem/memmap.h"

/*
 * Page tables that follow a map. The state is an object that boot/relocate.c copies, like the map itself.
 * Every page that a region with rights touches is mapped at its own address with those rights; nothing
 * else is mapped. Table pages are claimed from the map (tag "page tables") below `limit`.
 */
struct arch_mmu {
	struct memmap *map;
	uint64_t root; /* physical address of the top table */
	uint64_t pool, pool_end; /* next unused table page, end of the claimed ones */
	uint64_t words[8]; /* for the architecture: levels, features found once */
};

/* Where the RAM ends that the tables in flash map: only what lies below may be touched before arch_mmu_start. */
uint64_t arch_early_limit(void);
/* The rights that the early stack needs on the map: some if we still stand on it when the tables of arch_mmu_start are in force. */
uint8_t arch_early_rights(void);

/*
 * Builds tables for all of `map`, to which it may switch at once; calls write(argument) at the moment when all that the map has
 * claimed may be written, whatever its rights. Called before relocation: uses no static data. The tables
 * themselves lie below arch_early_limit().
 * 0; -ENOMEM without pages for the tables (then nothing has changed but claims).
 */
int arch_mmu_start(struct arch_mmu *mmu, struct memmap *map, void (*write)(const void *),
		   const void *argument);
/* In the relocated image: the tables of arch_mmu_start are in force from here on. */
void arch_mmu_enter(const struct arch_mmu *mmu);
/* memmap_ops.prepare and .changed with the struct arch_mmu as context: keep the tables equal to the map. */
int arch_mmu_prepare(void *mmu, uint64_t base, uint64_t size);
void arch_mmu_changed(void *mmu, uint64_t base, uint64_t size);
/* Walks the tables as the processor would: attrs (MEM_R …, 0: not mapped) at addr, and in *size how many bytes from addr on
 * to the end of that table entry. For tests and fault reports. */
uint8_t arch_mmu_walk(const struct arch_mmu *mmu, uint64_t addr, uint64_t *size);

/*
 * Installs the exception vectors. From then on a fault logs registers, the entry of `map` in which the address lies, and
 * a backtrace, and calls `end`, which does not return (boot/main.c: power off, halt or reboot as opt/cadastre/on-fail says).
 */
void arch_exceptions_init(const struct memmap *map, void (*end)(void));
/* Ends in the same report, from C (assert_failed). */
_Noreturn void arch_fault(const char *reason);
/* Return addresses from the frame pointer chain, innermost first: how many were written. */
int arch_backtrace(uint64_t frame, uint64_t stack_base, uint64_t stack_end, uint64_t *addresses,
		   int max);

/* A counter that never stops, and its rate. Under `-icount shift=0` a nanosecond is an instruction. */
uint64_t arch_ticks(void);
uint64_t arch_ticks_to_ns(uint64_t ticks);

/* Writes data that this CPU has written back to the point that other observers with caches off see. */
void arch_cache_clean(uint64_t base, uint64_t size);
/* Makes code that was written at [base, base + size) fit to run. */
void arch_code_sync(uint64_t base, uint64_t size);
/* Copies a multiple of 256 bytes between addresses that are multiples of 16, by whatever registers are widest. Not where
 * interrupts are on: it saves nothing. */
void arch_fp_copy(void *to, const void *from, uint64_t size);
/* The sum of `size` bytes, modulo 256; under the same condition. */
uint8_t arch_fp_sum(const void *data, uint64_t size);
/*
 * Loads and stores of numbers at any address are done by the processor from now on; before, and where restored, they may fault.
 * Returns what arch_unaligned_restore() takes to have it as it was: who allows it for himself may have been allowed before.
 */
uint64_t arch_unaligned_allow(void);
void arch_unaligned_restore(uint64_t before);
/*
 * Makes calls in code again of what scripts/pack-image has made of them: there they name the function, here the distance to it. The code
 * of [code, end) is linked at `offset`, which is what the calls' targets count from too. Runs from flash: no static data.
 */
void arch_unpack_calls(uint32_t *code, const uint32_t *end, uint32_t offset);
/* Orders memory accesses before against device accesses after, and the other way round. */
void arch_dma_barrier(void);
/* One turn of a loop that waits for a device: a hypervisor may let others run. */
void arch_relax(void);

/* Continues at function(argument) on another stack; `stack` is its top, 16-byte aligned. */
_Noreturn void arch_continue(void (*function)(void *), void *argument, uint64_t stack);
_Noreturn void arch_halt(void);

#endif
