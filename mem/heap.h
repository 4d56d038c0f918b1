/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap: newlib-nano's malloc on one region of the map, which boot/ claims under the tag "heap". For the target
 * alone; a host program has its own malloc. When it is exhausted, malloc returns NULL, and the log says so once.
 * Blocks are aligned to 8 bytes.
 */
#ifndef MEM_HEAP_H
#define MEM_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Gives malloc [base, base + size), once, before its first use. base is a multiple of 16. */
void heap_init(uint64_t base, uint64_t size);

/* Bytes that malloc has taken so far (it keeps what is freed), and bytes in all. */
uint64_t heap_used(void);
uint64_t heap_size(void);

/* newlib's hook: moves the end of what malloc has taken; (void *)-1 with errno ENOMEM when it does not fit. */
void *_sbrk(ptrdiff_t increment);

#endif
