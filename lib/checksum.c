/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums bytes eight at a time: ACPI's tables are kilobytes, and grow with every processor.
 *
 *   word           h7 l7 h5 l5 h3 l3 h1 l1
 *   `even` adds       l7    l5    l3    l1     the word with every second byte masked out
 *   `all` adds     h7 l7 h5 l5 h3 l3 h1 l1
 *
 * In 16 bits each, the lanes of `even` hold the sums of 256 bytes. all - even holds those of the
 * other bytes in lanes that begin 8 bits higher; what the topmost loses at bit 64 counts 256 and
 * more.
 */
#include "lib/checksum.h"

#define EVEN UINT64_C(0x00ff00ff00ff00ff)
#define BLOCK_WORDS 256 /* as many as a lane of 16 bits can add */

/* One word: load, add, mask, add. */
#define ADD(n)                                                                                 \
	do {                                                                                   \
		uint64_t word;                                                                 \
		__builtin_memcpy(&word, __builtin_assume_aligned(at + (size_t)8 * (n), 8), 8); \
		all += word;                                                                   \
		even += word & EVEN;                                                           \
	} while (0)

/* The sum of the four lanes, modulo 256. */
static uint8_t fold(uint64_t lanes)
{
	return (uint8_t)(lanes + (lanes >> 16) + (lanes >> 32) + (lanes >> 48));
}

/* `words` words from an address that is a multiple of 8. */
static uint8_t sum_words(const uint8_t *at, size_t words)
{
	uint8_t sum = 0;

	while (words) {
		size_t block = words < BLOCK_WORDS ? words : BLOCK_WORDS;
		uint64_t all = 0, even = 0;

		words -= block;
		for (; block >= 8; block -= 8, at += 64) {
			ADD(0);
			ADD(1);
			ADD(2);
			ADD(3);
			ADD(4);
			ADD(5);
			ADD(6);
			ADD(7);
		}
		for (; block; block--, at += 8)
			ADD(0);
		sum = (uint8_t)(sum + fold(even) + fold((all - even) >> 8));
	}
	return sum;
}

uint8_t checksum8(const void *data, size_t size)
{
	const uint8_t *at = data;
	uint8_t sum = 0;

	for (; size && (uintptr_t)at % 8; size--)
		sum = (uint8_t)(sum + *at++);
	sum = (uint8_t)(sum + sum_words(at, size / 8));
	at += size & ~(size_t)7;
	for (size &= 7; size; size--)
		sum = (uint8_t)(sum + *at++);
	return sum;
}
