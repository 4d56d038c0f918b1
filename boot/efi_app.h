/* SPDX-License-Identifier: BSD-2-Clause */
/* What starting EFI applications needs to know of a machine: boot/efi_arm64.c, boot/efi_x86.c. */
#ifndef BOOT_EFI_APP_H
#define BOOT_EFI_APP_H

#include "arch/irq.h"
#include "boards/board.h"
#include "efi/api.h"

/* Where the interrupt controller is. 0 or -errno, having logged why. */
int efi_machine_irq(struct machine *machine, struct arch_irq_controller *controller);
/*
 * Makes ready what tells an operating system of the machine: ACPI tables (acpi_rsdp) or a devicetree (dtb), SMBIOS (smbios). What cannot be
 * offered has cost a line.
 */
void efi_machine_describe(struct machine *machine);
/* What runtime services drive. */
void efi_machine_runtime(const struct machine *machine, struct efi_runtime_machine *runtime);
/* Fills the buffer with random bytes of the processor's: 0; -ENODEV: it has none to give. */
int efi_machine_entropy(void *buffer, uint64_t size);
/* What an operating system touches before it has page tables of its own, beyond what it has allocated; and the end of it. */
int efi_machine_open(void);
void efi_machine_close(void);

#endif
