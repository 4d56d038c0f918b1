/* SPDX-License-Identifier: BSD-2-Clause */
/* Free RAM, mapped while EFI applications run: they may look at any RAM of the memory map (UEFI 2.10, 2.3.4, 2.3.6). */
#ifndef BOOT_EFI_RAM_H
#define BOOT_EFI_RAM_H

/* Claims the page tables that it takes, the first time. 0 or -ENOMEM. */
int efi_ram_prepare(void);
/* From here on free RAM is mapped, readable and writable, on the tables that follow the machine's map. */
void efi_ram_show(void);
/* It is not any more. */
void efi_ram_hide(void);

#endif
