/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How EFI's part of the image is unpacked (scripts/pack-image). Runs where it lies in cadastre.bin, as LZ4's decoder does: it is needed once, and
 * need not move. So it has no static data, and refers to nothing but what lies at the same distance to it there.
 */
#include "boot/efi_unpack.h"

#include <errno.h>
#include <lz4.h>
#include <string.h>

#include "lib/bytes.h"

static uint64_t sum(const uint64_t *at, const uint64_t *end)
{
	uint64_t even = 0, odd = 0;

	for (; at < end; at += 8) {
		even += at[0] + at[2] + at[4] + at[6];
		odd += at[1] + at[3] + at[5] + at[7];
	}
	return even + odd;
}

/* What stands there counts from image_link. */
static void relocate_part(const struct efi_part_packed *packed, uint64_t *room)
{
	uint64_t at = align_up((uint64_t)(uintptr_t)packed->block + packed->size, 2);
	const uint16_t *place = (const uint16_t *)(uintptr_t)at;

	for (uint32_t i = 0; i < packed->relocations; i++)
		room[place[i]] += (uintptr_t)room;
}

int efi_unpack(const struct efi_part_packed *packed, uint8_t *room)
{
	uint8_t *to = room + (efi_part_data - image_link);
	int size = (int)(efi_part_packed_end - efi_part_data), got;

	if (packed->size + 2 * (uint64_t)packed->relocations >
	    (uint64_t)(image_flash_end - image_flash))
		return -EINVAL;
	arch_unaligned_allow();
	got = LZ4_decompress_safe((const char *)packed->block, (char *)to, (int)packed->size, size);
	arch_unaligned_refuse();
	if (got != size || sum((const uint64_t *)to, (const uint64_t *)(to + size)) != packed->sum)
		return -EINVAL;
	memset(room + (efi_part - image_link), 0, (size_t)(efi_part_data - efi_part));
	relocate_part(packed, (uint64_t *)room);
	return 0;
}
