/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that a compiler may call by itself, for the runtime region, which has no library. Small, not fast. */
#include <string.h>

/* In a loop it keeps the compiler from making the loop into a call of what it is in. */
#define STAY() __asm__ volatile("")

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((char *)to)[i] = ((const char *)from)[i];
		STAY();
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((char *)to <= (const char *)from)
		return memcpy(to, from, size);
	while (size--) {
		((char *)to)[size] = ((const char *)from)[size];
		STAY();
	}
	return to;
}

void *memset(void *to, int value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((char *)to)[i] = (char)value;
		STAY();
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
