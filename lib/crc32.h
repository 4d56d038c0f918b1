/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC-32 of ISO 3309, as gzip, GPT and UEFI use it. */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include <stdint.h>

/* The sum of what `crc` is the sum of, followed by `size` bytes more; begin with 0. */
uint32_t crc32_more(uint32_t crc, const void *data, uint64_t size);

#endif
