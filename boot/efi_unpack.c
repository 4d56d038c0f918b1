/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a part of the image is unpacked (scripts/pack-image). Runs where it lies in cadastre.bin, as LZ4's decoder does: it is needed once, and
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

/* Where the places that relocation changes are listed. */
static const uint16_t *places_of(const struct packed_part *packed)
{
	return (const uint16_t *)align_up((uint64_t)(uintptr_t)packed->block + packed->size, 2);
}

/* NULL: those before it, or it, reach beyond the file. */
static const struct packed_part *find(uint32_t index)
{
	const struct packed_part *packed = (const struct packed_part *)(const void *)efi_part_file;

	for (;; index--) {
		const uint8_t *end = (const uint8_t *)(places_of(packed) + packed->relocations);

		if (packed->size > (uint64_t)(image_flash_end - image_flash) ||
		    end > image_flash_end)
			return NULL;
		if (!index)
			return packed;
		packed = (const struct packed_part *)align_up((uint64_t)(uintptr_t)end, 8);
	}
}

/* What stands there counts from image_link. */
static void relocate_part(const struct packed_part *packed, uint64_t *room)
{
	const uint16_t *place = places_of(packed);

	for (uint32_t i = 0; i < packed->relocations; i++)
		room[place[i]] += (uintptr_t)room;
}

int efi_unpack(uint32_t index, const struct image_part *part, uint8_t *room)
{
	const struct packed_part *packed = find(index);
	uint8_t *to = room + part->data;
	int size = (int)(part->packed_end - part->data), got;

	if (!packed)
		return -EINVAL;
	arch_unaligned_allow();
	got = LZ4_decompress_safe((const char *)packed->block, (char *)to, (int)packed->size, size);
	arch_unaligned_refuse();
	if (got != size || sum((const uint64_t *)to, (const uint64_t *)(to + size)) != packed->sum)
		return -EINVAL;
	memset(room + part->base, 0, part->data - part->base);
	relocate_part(packed, (uint64_t *)room);
	return 0;
}
