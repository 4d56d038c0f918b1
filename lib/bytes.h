/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers in byte streams of either order and any alignment, and rounding of addresses. Both machines are
 * little-endian; loads go through __builtin_memcpy, which the compiler turns into one instruction where it
 * may (a plain memcpy is a call under -ffreestanding).
 */
#ifndef LIB_BYTES_H
#define LIB_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t le16_load(const void *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t le32_load(const void *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t le64_load(const void *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint16_t be16_load(const void *p)
{
	return __builtin_bswap16(le16_load(p));
}

static inline uint32_t be32_load(const void *p)
{
	return __builtin_bswap32(le32_load(p));
}

static inline uint64_t be64_load(const void *p)
{
	return __builtin_bswap64(le64_load(p));
}

static inline void le16_store(void *p, uint16_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline void le32_store(void *p, uint32_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline void le64_store(void *p, uint64_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline void be32_store(void *p, uint32_t v)
{
	le32_store(p, __builtin_bswap32(v));
}

static inline void be64_store(void *p, uint64_t v)
{
	le64_store(p, __builtin_bswap64(v));
}

/* align is a power of two. align_up wraps to 0 past the last multiple: callers check the range first. */
static inline uint64_t align_down(uint64_t v, uint64_t align)
{
	return v & ~(align - 1);
}

static inline uint64_t align_up(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define PAGE_SIZE 4096u

#endif
