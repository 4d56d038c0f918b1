/* SPDX-License-Identifier: BSD-2-Clause */
/* gzip files (RFC 1952), unpacked in one pass. */
#ifndef BOOT_GZIP_H
#define BOOT_GZIP_H

#include <stdint.h>

/* 1 when `size` bytes begin like a gzip file. */
int gzip_recognise(const uint8_t *data, uint64_t size);

/*
 * Unpacks the file of `size` bytes to `to`, which has `room` bytes; *got is how many it was. What follows the first member is
 * ignored. 0; -ENOSPC: there is more than room (what fits has been written); -EINVAL: damaged or cut off.
 */
int gzip_unpack(const uint8_t *data, uint64_t size, uint8_t *to, uint64_t room, uint64_t *got);

#endif
