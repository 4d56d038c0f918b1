/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of packed code; see arch_unpack_calls. */
#include "arch/arch.h"

#define BL 0x25u /* the uppermost 6 bits of it; the others are the distance, in words */
#define DISTANCE 0x3ffffffu

void arch_unpack_calls(uint32_t *code, const uint32_t *end, uint32_t offset)
{
	const uint32_t *first = code - offset / sizeof(*code);

	for (; code < end; code++)
		if (*code >> 26 == BL)
			*code = BL << 26 | ((*code - (uint32_t)(code - first)) & DISTANCE);
}
