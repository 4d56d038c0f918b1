/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of packed code; see arch_unpack_calls. */
#include "arch/arch.h"

#define BL 0x25u /* the uppermost 6 bits of it; the others are the distance, in words */
#define DISTANCE 0x3ffffffu

static uint32_t call(uint32_t function, uint32_t place)
{
	return BL << 26 | ((function - place) & DISTANCE);
}

/* Two at a time: that halves what it costs, and most are no calls. */
void arch_unpack_calls(uint32_t *code, const uint32_t *end, uint32_t offset)
{
	const uint32_t *first = code - offset / sizeof(*code);

	for (; code < end; code += 2) {
		uint32_t one = code[0], two = code[1];

		if (__builtin_expect(one >> 26 == BL, 0))
			code[0] = call(one, (uint32_t)(code - first));
		if (__builtin_expect(two >> 26 == BL, 0))
			code[1] = call(two, (uint32_t)(code + 1 - first));
	}
}
