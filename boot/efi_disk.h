/* SPDX-License-Identifier: BSD-2-Clause */
/* What struct disk_part_head (boot/disk_part.h) leads to. */
#ifndef BOOT_EFI_DISK_H
#define BOOT_EFI_DISK_H

#include "boards/board.h"

/* As disk_boot, disk_boot_offer and disk_boot_wished (boot/disk_boot.h). */
int efi_disk_boot(struct machine *machine);
void efi_disk_offer(struct machine *machine);
void efi_disk_wished(struct machine *machine);

#endif
