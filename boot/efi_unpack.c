/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a part of the image is unpacked (scripts/pack-image). Runs where it lies in cadastre.bin, as LZ4's decoder does: it is needed once, and
 * need not move. So it has no static data, and refers to nothing but what lies at the same distance to it there.
 */
#include "boot/efi_unpack.h"

#include <errno.h>
#define LZ4_DISABLE_DEPRECATE_WARNINGS /* what is new does this too, by way of three more decoders */
#include <lz4.h>
#include <string.h>

#include "lib/bytes.h"

/* Where the places that relocation changes are listed. */
static const uint16_t *places_of(const struct packed_part *packed)
{
	return (const uint16_t *)align_up((uint64_t)(uintptr_t)packed->block + packed->size, 2);
}

static const uint8_t *end_of(const struct packed_part *packed)
{
	const uint8_t *end = (const uint8_t *)(places_of(packed) + packed->relocations);

	return packed->block + align_up((uint64_t)(end - packed->block), PACKED_UNIT);
}

/* NULL: those before it, or it, reach beyond the file. */
static const struct packed_part *find(uint32_t index)
{
	const struct packed_part *packed = (const struct packed_part *)(const void *)efi_part_file;

	for (;; index--) {
		const uint8_t *end = end_of(packed);

		if (packed->size > (uint64_t)(image_flash_end - image_flash) ||
		    end > image_flash_end)
			return NULL;
		if (!index)
			return packed;
		packed = (const struct packed_part *)(const void *)end;
	}
}

static uint64_t sum_of(const struct packed_part *packed)
{
	const uint64_t *at = (const uint64_t *)(const void *)packed->block;
	const uint64_t *end = (const uint64_t *)(const void *)end_of(packed);
	uint64_t even = *(const uint64_t *)packed, odd = 0;

	for (; at < end; at += 4) {
		even += at[0] + at[2];
		odd += at[1] + at[3];
	}
	return even + odd;
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
	int size = (int)(part->end - part->data), got;
	uint64_t before;

	/* Nothing of what is damaged may reach the decoder, which does not ask how far back a match lies. */
	if (!packed || sum_of(packed) != packed->sum)
		return -EINVAL;
	memset(room + part->base, 0, part->data - part->base);
	before = arch_unaligned_allow();
	got = LZ4_decompress_safe_withPrefix64k((const char *)packed->block,
						(char *)room + part->data, (int)packed->size, size);
	arch_unaligned_restore(before);
	if (got != size)
		return -EINVAL;
	arch_unpack_calls((uint32_t *)(void *)(room + part->text),
			  (uint32_t *)(void *)(room + part->end), part->text);
	relocate_part(packed, (uint64_t *)room);
	return 0;
}
