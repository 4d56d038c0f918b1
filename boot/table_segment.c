/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands out the low segment from its beginning to its end. */
#include "boot/table_segment.h"

#include "lib/bytes.h"

uint64_t table_segment_take(struct table_segment *segment, uint64_t size, uint64_t align)
{
	uint64_t base = align_up(segment->next, align);

	if (base < segment->next || base >= segment->end || size > segment->end - base)
		return 0;
	segment->next = base + size;
	return base;
}
