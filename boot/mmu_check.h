/* SPDX-License-Identifier: BSD-2-Clause */
/* The page tables against the map, at log level debug: a test reads the line. */
#ifndef BOOT_MMU_CHECK_H
#define BOOT_MMU_CHECK_H

/*
 * Walks the processor's page tables over the whole address space and compares them with the machine's map. Logs how many
 * ranges agree, or an error for the first that does not.
 */
void mmu_check(void);

#endif
