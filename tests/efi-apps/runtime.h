/* SPDX-License-Identifier: BSD-2-Clause */
/* What runtime.c needs of the processor and the board: a serial port, and page tables of its own. */
#ifndef TESTS_EFI_APPS_RUNTIME_H
#define TESTS_EFI_APPS_RUNTIME_H

#include <stdint.h>

/* All of the first 4 GiB is at its own addresses, and once more this much higher. */
#if defined(__x86_64__)
#define VIRTUAL_OFFSET (UINT64_C(1) << 39)
#else
#define VIRTUAL_OFFSET (UINT64_C(1) << 38)
#endif

/* Puts one character on the board's first serial port. */
void runtime_serial(char c);
/* Makes the tables and turns to them. Interrupts must be off. */
void runtime_tables_use(void);
/* Takes pages out of the identity mapping. */
void runtime_tables_remove(uint64_t base, uint64_t pages);

#endif
