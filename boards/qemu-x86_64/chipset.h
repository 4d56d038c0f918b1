/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chips of QEMU's q35: north bridge MCH (00:00.0) and LPC bridge ICH9 (00:1f.0); Intel
 * datasheets 316966 and 316972, QEMU include/hw/pci-host/q35.h and include/hw/southbridge/ich9.h.
 */
#ifndef BOARDS_QEMU_X86_64_CHIPSET_H
#define BOARDS_QEMU_X86_64_CHIPSET_H

/*
 * PCI's configuration space by memory. In the same GiB as flash, so that both take one page
 * directory; QEMU puts no RAM from LOW_RAM_MAX on (hw/i386/pc_q35.c).
 */
#define ECAM_BASE 0xe0000000
#define ECAM_SIZE 0x10000000
#define LOW_RAM_MAX 0xb0000000
#define PM_BASE 0x600 /* I/O port */
#define PM_TIMER (PM_BASE + 8)

/*
 * Everything that must be set before devices are looked at and ACPI tables are read: QEMU builds
 * the tables from these registers. 30 port accesses.
 */
void chipset_init(void);

/*
 * Soft-off by the power management block, which it makes accessible first. Returns when the machine
 * does not obey.
 */
void chipset_poweroff(void);
/* Reset by port 0xcf9. Returns when the machine does not obey. */
void chipset_reset(void);

#endif
