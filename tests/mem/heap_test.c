/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/heap.c lib/log.c lib/host.c */
/* What malloc stands on: one region, which ends with a refusal that is told once. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/log.h"
#include "mem/heap.h"
#include "tests/tap.h"

#define SIZE 4096
#define BASE ((uint64_t)(uintptr_t)heap_bytes)
#define FAILED UINTPTR_MAX

void *_sbrk(ptrdiff_t increment);

static uint8_t heap_bytes[SIZE] __attribute__((aligned(16)));
static int lines;
static char last[256];

static void sink(const char *text, uint64_t size)
{
	lines++;
	memcpy(last, text, size < sizeof(last) ? size : sizeof(last) - 1);
}

static uint64_t sbrk_at(ptrdiff_t increment)
{
	return (uint64_t)(uintptr_t)_sbrk(increment);
}

int main(void)
{
	log_set_sink(sink);
	heap_init(BASE, SIZE);
	equal(sbrk_at(0), BASE, "it begins at its base");
	equal(sbrk_at(SIZE - 16), BASE, "takes what is asked for");
	equal(heap_used(), SIZE - 16, "and counts it");

	errno = 0;
	equal(sbrk_at(17), FAILED, "one byte too many");
	equal(errno, ENOMEM, "is out of memory");
	equal(heap_used(), SIZE - 16, "and takes nothing");
	equal(lines, 1, "which is said");
	ok(strstr(last, "17 bytes wanted, 4080 of 4096 used") != NULL, "with the numbers");
	equal(sbrk_at(PTRDIFF_MAX), FAILED, "far too many");
	equal(lines, 1, "and said once");

	equal(sbrk_at(16), BASE + SIZE - 16, "the last bytes are still to be had");
	equal(sbrk_at(-SIZE), BASE + SIZE, "all of it goes back");
	equal(heap_used(), 0, "and nothing is left");
	equal(sbrk_at(-1), FAILED, "no more than all");
	equal(sbrk_at(PTRDIFF_MIN), FAILED, "nor the least number there is");
	equal(sbrk_at(SIZE), BASE, "and it can be had again");
	return tap_done();
}
