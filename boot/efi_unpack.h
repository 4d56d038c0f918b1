/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the image that are packed, as they lie in flash (linker/efi_part.ld). */
#ifndef BOOT_EFI_UNPACK_H
#define BOOT_EFI_UNPACK_H

#include "boot/boot.h"

/* In this order in memory downwards, and in flash upwards. */
enum { EFI_PART, DISK_PART, IMAGE_PARTS };

/* Where a part belongs, as linked: bytes from image_link, in ascending order. All but `data` and `packed_end` are page-aligned. */
struct image_part {
	uint32_t base; /* data without contents */
	uint32_t data, rodata, text, packed_end;
	uint32_t end; /* base: there is no such part in this build */
};
extern const struct image_part image_parts[IMAGE_PARTS];

/* All of cadastre.bin, and in it the parts: a struct packed_part each, the next one aligned to 8 behind the one before. */
extern uint8_t image_flash[], image_flash_end[], efi_part_file[];

/* As scripts/pack-image writes it. */
struct packed_part {
	uint32_t size; /* bytes of the block */
	uint32_t
		relocations; /* behind the block, aligned to 2: so many uint16_t, in units of 8 bytes from image_link */
	uint64_t sum; /* of the 64-bit words that it is unpacked to */
	uint8_t block[]; /* LZ4's: data to packed_end */
};

/*
 * Unpacks image_parts[index], which is `part`, to where it belongs when image_link is at `room`, zeroes its data that has no contents, and
 * relocates it; its pages may be written. To be called where it lies in flash. 0; -EINVAL: what is packed is damaged.
 */
int efi_unpack(uint32_t index, const struct image_part *part, uint8_t *room);

#endif
