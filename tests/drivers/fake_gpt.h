/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers of GUID partition tables (UEFI 2.10, 5.3.2) for disks that tests make. */
#ifndef TESTS_DRIVERS_FAKE_GPT_H
#define TESTS_DRIVERS_FAKE_GPT_H

#include <string.h>

#include "lib/bytes.h"
#include "lib/crc32.h"

#define FAKE_GPT_ENTRIES 128u
#define FAKE_GPT_ENTRY_SIZE 128u

/*
 * The header in sector `at` of a disk of so many sectors, whose other header is in sector `other`; its entries, which are there already, are
 * in sector `entries_at`. The bytes behind it are as they were.
 */
static inline void fake_gpt_header(uint8_t *header, uint64_t at, uint64_t other,
				   const uint8_t *entries, uint64_t entries_at, uint64_t sectors)
{
	memset(header, 0, 92);
	memcpy(header, "EFI PART", 8);
	le32_store(header + 8, 0x10000);
	le32_store(header + 12, 92);
	le64_store(header + 24, at);
	le64_store(header + 32, other);
	le64_store(header + 40, 34);
	le64_store(header + 48, sectors - 34);
	le64_store(header + 72, entries_at);
	le32_store(header + 80, FAKE_GPT_ENTRIES);
	le32_store(header + 84, FAKE_GPT_ENTRY_SIZE);
	le32_store(header + 88, crc32_more(0, entries, FAKE_GPT_ENTRIES * FAKE_GPT_ENTRY_SIZE));
	le32_store(header + 16, crc32_more(0, header, 92));
}

#endif
