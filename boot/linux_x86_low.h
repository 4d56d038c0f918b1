/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BOOT_LINUX_X86_LOW_H
#define BOOT_LINUX_X86_LOW_H

/*
 * Maps the low memory that Linux touches on our page tables without saying so in its boot protocol
 * (arch/x86/boot/compressed/pgtable_64.c, find_trampoline_placement, up to 6.5 in every boot): the
 * BIOS data area on page 0, where it reads how far RAM goes below 640 KiB, and the top of that RAM,
 * where it runs a trampoline. Called last before hand-over: it also writes the BIOS data area. 0 or
 * -errno.
 */
int linux_x86_open_low(void);

#endif
