/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the image that not every boot needs (linker/efi_part.ld): EFI's is efi/, what boot/ has for it, and whatever nothing else
 * calls; the disks' is what only they need beyond that. Each is put where it was linked for, below the stack's guard, when it is about to be
 * used for the first time; till then no instruction of it can run, and a boot that needs none of it pays nothing for it. In
 * boot/efi_part.c, or boot/efi_none.c in a build without EFI.
 */
#ifndef BOOT_EFI_PART_H
#define BOOT_EFI_PART_H

#include "boot/loader.h"

/* The only way in: what the part begins with (boot/efi_part_head.S). */
struct efi_part_head {
	/* As struct loader's boot, in boot/efi_app.c. */
	int (*boot)(const struct boot_request *request, const uint8_t *head, size_t head_size);
	/* Of boot/disk_boot.h. */
	int (*boot_disks)(struct machine *machine);
};

/* The loader of EFI applications; NULL: there is none. */
const struct loader *efi_part_loader(void);
/* 1 when opt/cadastre/boot=efi asks for EFI even where a kernel could be booted by its own protocol, else 0. */
int efi_part_preferred(struct fw_cfg *fw);
/*
 * Puts a part (boot/efi_unpack.h's EFI_PART or DISK_PART) into its place, the first time; the disks' one after EFI's.
 * 0; -ENOMEM: there are no page tables for it; -EINVAL: what lies in the file is damaged. Then it stays away for good.
 */
int image_part_fetch(uint32_t index);
/* What a part in its place begins with: struct efi_part_head, struct disk_part_head. */
const void *image_part_head(uint32_t index);
/* Fetches all parts there are: the file that they come from is about to go. */
void image_parts_keep(void);

#endif
