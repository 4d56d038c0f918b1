/* SPDX-License-Identifier: BSD-2-Clause */
/* Booting from disks, as EFI does: boot/efi_disk.c; boot/disk_none.c in a build without disks. */
#ifndef BOOT_DISK_BOOT_H
#define BOOT_DISK_BOOT_H

#include "boards/board.h"

struct efi_devices; /* efi/protocols/devices.h */

/* The boot entry of the boot manager: 0 when none has booted; -ENOENT: there is no disk; -ENOMEM; or there is no EFI, which was said. */
int disk_boot(struct machine *machine);
/* Starts the disks and makes EFI handles of them; an EFI session is open. What cannot be used has cost a line. */
void disk_boot_offer(struct machine *machine);
/* Looks for a device that gives random bytes, on the buses that disks are on: struct efi_devices's entropy_look. */
void disk_boot_entropy(struct machine *machine, struct efi_devices *devices);
/* Lists at log level info which entries of the map belong to EFI's handles of devices. */
void disk_boot_list(void);
/* Says by EFI's variables what the boot manager can do; an EFI session is open. */
void disk_boot_announce(void);
/*
 * Does before an application that QEMU gives what an operating system has asked for by OsIndications: shows the menu, or tries recovery. An EFI
 * session is open.
 */
void disk_boot_wished(struct machine *machine);
/* Keeps disks from memory: an operating system takes over. */
void disk_boot_quiesce(void);

#endif
