/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI's part of the image as it lies in flash (linker/efi_part.ld). */
#ifndef BOOT_EFI_UNPACK_H
#define BOOT_EFI_UNPACK_H

#include "boot/boot.h"

/* linker/efi_part.ld, in ascending order; efi_part, _rodata, _text and _end page-aligned. */
extern uint8_t efi_part[], efi_part_data[], efi_part_rodata[], efi_part_text[];
extern uint8_t efi_part_packed_end[], efi_part_end[];
/* All of cadastre.bin, and in it the part: a struct efi_part_packed. */
extern uint8_t image_flash[], image_flash_end[], efi_part_file[];

/* As scripts/pack-image writes it. */
struct efi_part_packed {
	uint32_t size; /* bytes of the block */
	uint32_t
		relocations; /* behind the block, aligned to 2: so many uint16_t, in units of 8 bytes from image_link */
	uint64_t sum; /* of the 64-bit words that it is unpacked to */
	uint8_t block[]; /* LZ4's: efi_part_data to efi_part_packed_end */
};

/*
 * Unpacks the part to where it belongs when image_link is at `room`, zeroes its data that has no contents, and relocates it; its pages may be written.
 * To be called where it lies in flash. 0; -EINVAL: what is packed is damaged.
 */
int efi_unpack(const struct efi_part_packed *packed, uint8_t *room);

#endif
