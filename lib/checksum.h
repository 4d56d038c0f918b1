/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of the PC's tables (ACPI 6.5, 5.2.5.3 and 5.2.6; SMBIOS 3.7, 5.2): all bytes of a
 * table, its checksum byte included, add up to 0 modulo 256.
 */
#ifndef LIB_CHECKSUM_H
#define LIB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The sum of `size` bytes modulo 256. A table's checksum byte is minus the sum of the others. */
uint8_t checksum8(const void *data, size_t size);

#endif
