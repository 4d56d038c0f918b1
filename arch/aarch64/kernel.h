/* SPDX-License-Identifier: BSD-2-Clause */
/* What starting a kernel needs of the processor. */
#ifndef ARCH_AARCH64_KERNEL_H
#define ARCH_AARCH64_KERNEL_H

#include <stdint.h>

/*
 * Jumps to `entry` as Linux Documentation/arch/arm64/booting.rst asks for: exceptions masked, MMU and data cache off,
 * x0 as given, x1 to x3 zero, at the exception level that we run at.
 */
_Noreturn void aarch64_enter(uint64_t entry, uint64_t x0);

/* A random number of the processor's own (FEAT_RNG): 1 and *number, or 0 where there is none to be had. */
int aarch64_random(uint64_t *number);

/* Can the processor translate addresses in pages of 4, 16 or 64 KiB? 1 or 0. */
int aarch64_has_pages(uint32_t kib);

#endif
