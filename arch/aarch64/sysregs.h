/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of the system registers and of page table descriptors that assembly and C share. Names and bits: Arm Architecture
 * Reference Manual (DDI 0487), D8 (translation) and D19 (registers).
 */
#ifndef ARCH_AARCH64_SYSREGS_H
#define ARCH_AARCH64_SYSREGS_H

#ifdef __ASSEMBLER__
#define BIT(n) (1 << (n))
#else
#include <stdint.h>
#define BIT(n) (UINT64_C(1) << (n))
#endif

#define CURRENTEL_EL2 (2 << 2)

/* MAIR: the three kinds of memory, by the index that a descriptor carries. */
#define MAIR_NORMAL 0 /* write-back, read and write allocate */
#define MAIR_DEVICE 1 /* nGnRnE */
#define MAIR_WC 2 /* normal non-cacheable */
#define MAIR_VALUE ((0xff << 0) | (0x00 << 8) | (0x44 << 16))

/* Descriptors of a 4 KiB granule. */
#define PTE_VALID (1 << 0)
#define PTE_TABLE 3 /* a table at levels 0 to 2, ... */
#define PTE_PAGE 3 /* ... a page at level 3 */
#define PTE_BLOCK 1
#define PTE_KIND 3
#define PTE_INDEX(n) ((n) << 2)
#define PTE_AP1 BIT(6) /* EL1: EL0 may access; EL2: to be set */
#define PTE_RO (1 << 7)
#define PTE_INNER_SHARED (3 << 8)
#define PTE_AF BIT(10)
#define PTE_PXN BIT(53) /* EL1: not for EL1 to run */
#define PTE_UXN BIT(54) /* EL1: not for EL0 to run; EL2: not to run */

#define PTE_NORMAL (PTE_AF | PTE_INNER_SHARED | PTE_INDEX(MAIR_NORMAL))
#define PTE_DEVICE (PTE_AF | PTE_INDEX(MAIR_DEVICE))

/* TCR: write-back cacheable, inner shareable walks of 4 KiB tables through TTBR0 only. */
#define TCR_T0SZ(bits) (64 - (bits))
#define TCR_WALKS (BIT(8) | BIT(10) | BIT(12) | BIT(13))
#define TCR_EL1_EPD1 BIT(23)
#define TCR_EL1_VALUE (TCR_WALKS | TCR_EL1_EPD1)
#define TCR_EL2_VALUE (TCR_WALKS | BIT(23) | BIT(31)) /* RES1 bits */
#define TCR_EL1_PS_SHIFT 32
#define TCR_EL2_PS_SHIFT 16
#define TCR_PS_48 5

/* SCTLR: RES1 bits, and MMU, alignment check (the build is -mstrict-align), data cache, stack check, instruction cache. */
#define SCTLR_M BIT(0)
#define SCTLR_A BIT(1)
#define SCTLR_ON (BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(12))
#define SCTLR_EL1_RES1 0x30d00800
#define SCTLR_EL2_RES1 0x30c50830
#define SCTLR_EL1_VALUE (SCTLR_EL1_RES1 | SCTLR_ON)
#define SCTLR_EL2_VALUE (SCTLR_EL2_RES1 | SCTLR_ON)

#define HCR_EL2_RW BIT(31) /* EL1 is AArch64 */
#define CPTR_EL2_NO_TRAPS 0x33ff /* RES1 bits */
#define CPACR_EL1_FPEN (3 << 20) /* EL1 may use FP and SIMD registers */

#endif
