/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap; see heap.h.
 */
#include <errno.h>

#include "lib/assert.h"
#include "lib/log.h"
#include "mem/heap.h"

#define LOG_PREFIX "heap"

static struct {
	uint64_t base;
	uint64_t size;
	uint64_t used;
	int exhausted; /* it has been said */
} heap;

void heap_init(uint64_t base, uint64_t size)
{
	assert(heap.size == 0);
	assert(base % 16 == 0);
	heap.base = base;
	heap.size = size;
}

uint64_t heap_used(void)
{
	return heap.used;
}

uint64_t heap_size(void)
{
	return heap.size;
}

/* Only newlib's malloc calls it: link-time optimisation must not take it for unused. */
__attribute__((used)) void *_sbrk(ptrdiff_t increment)
{
	uint64_t old = heap.base + heap.used;

	if (increment > 0 ? (uint64_t)increment > heap.size - heap.used
			  : (uint64_t)0 - (uint64_t)increment > heap.used) {
		if (!heap.exhausted) {
			heap.exhausted = 1;
			log_warn(
				"exhausted: %ld bytes wanted, %lu of %lu used; malloc returns NULL",
				(long)increment, heap.used, heap.size);
		}
		errno = ENOMEM;
		return (void *)-1;
	}
	heap.used += (uint64_t)increment;
	return (void *)(uintptr_t)old;
}
