/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the image that are packed, as they lie in flash (linker/efi_part.ld). */
#ifndef BOOT_EFI_UNPACK_H
#define BOOT_EFI_UNPACK_H

#include "boot/boot.h"

/* In this order in memory and in flash. */
enum { EFI_PART, DISK_PART, IMAGE_PARTS };

/* Where a part belongs, as linked: bytes from image_link, in ascending order; all but `data` are page-aligned. */
struct image_part {
	uint32_t base; /* data without contents */
	uint32_t data, rodata, text;
	uint32_t end; /* base: there is no such part in this build */
};
extern const struct image_part image_parts[IMAGE_PARTS];

/* All of cadastre.bin, and in it the parts: a struct packed_part each, one behind the other. */
extern uint8_t image_flash[], image_flash_end[], efi_part_file[];

/* As scripts/pack-image writes it. */
struct packed_part {
	uint32_t size; /* bytes of the block */
	uint32_t
		relocations; /* behind the block, aligned to 2: so many uint16_t, in units of 8 bytes from image_link */
	uint64_t
		sum; /* of all other 64-bit words of this, with zeros behind up to a multiple of PACKED_UNIT */
	/* LZ4's: data to end, which may refer to what lies in memory before; calls are as arch_unpack_calls finds them. */
	uint8_t block[];
};
#define PACKED_UNIT 32 /* bytes from `block` */

/*
 * Unpacks image_parts[index], which is `part`, to where it belongs when image_link is at `room`, zeroes its data that has no contents, and
 * relocates it; its pages may be written, and the parts before it are in their places. To be called where it lies in flash. 0; -EINVAL:
 * what is packed is damaged.
 */
int efi_unpack(uint32_t index, const struct image_part *part, uint8_t *room);

#endif
