/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the image that only EFI needs (linker/efi_part.ld): efi/, what boot/ has for it, and whatever nothing else
 * calls. It is put where it was linked for, below the stack's guard, when the first EFI image is about to start; till then no
 * instruction of it can run, and a boot that needs no EFI pays nothing for it. In boot/efi_part.c, or boot/efi_none.c in a
 * build without EFI.
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
 * Puts the part, if there is one, into its place, the first time; boot/main.c when the file that it comes from is about to go, else the loader.
 * 0; -ENOMEM: there are no page tables for it; -EINVAL: what lies in the file is damaged. Then it stays away for good.
 */
int efi_part_fetch(void);

#endif
