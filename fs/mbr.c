/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Master boot records (UEFI 2.10, 5.2.1): four records, and chains of logical partitions in extended ones.
 *
 *   MBR  | 1 | 2 | extended ------------------------------| 4 |
 *                | EBR  5  | EBR  6  |     | EBR  7       |
 *                    +------^  +------------^                   each EBR tells where the next is
 */
#define LOG_PREFIX "mbr"

#include <errno.h>
#include <string.h>

#include "fs/partition.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define SECTOR 512
#define RECORDS_AT 446
#define RECORDS 4
#define DISK_SIGNATURE_AT 440
#define SIGNATURE_AT 510
#define SIGNATURE 0xaa55

#define RECORD_FLAG 0 /* 0x80: active; 0: not */
#define RECORD_TYPE 4
#define RECORD_FIRST 8
#define RECORD_SECTORS 12

#define TYPE_UNUSED 0x00
#define TYPE_SYSTEM 0xef
#define TYPE_EXTENDED_BOOT 0xea /* UAPI.1 */
#define TYPE_PROTECTIVE 0xee

#define LOGICAL_FROM 5
#define CHAIN_MAX PARTITIONS_MAX

static const uint8_t *record_of(const uint8_t *sector, int i)
{
	return sector + RECORDS_AT + i * PARTITION_MBR_RECORD;
}

static bool is_extended(const uint8_t *record)
{
	uint8_t type = record[RECORD_TYPE];

	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The boot sector of a file system has the signature too, but something else where records are. */
static bool is_mbr(const uint8_t *sector)
{
	if (le16_load(sector + SIGNATURE_AT) != SIGNATURE)
		return false;
	for (int i = 0; i < RECORDS; i++)
		if (record_of(sector, i)[RECORD_FLAG] & 0x7f)
			return false;
	return true;
}

int mbr_is_protective(const uint8_t *sector)
{
	if (!is_mbr(sector))
		return -1;
	for (int i = 0; i < RECORDS; i++)
		if (record_of(sector, i)[RECORD_TYPE] == TYPE_PROTECTIVE)
			return 1;
	return 0;
}

/* Adds what a record tells of; its numbers count from `base`. 0 or -ENOMEM. */
static int add(struct partition_table *table, struct block *disk, uint32_t number, uint64_t base,
	       const uint8_t *record)
{
	struct partition *partition;
	int error = partition_add(table, disk, number, base + le32_load(record + RECORD_FIRST),
				  le32_load(record + RECORD_SECTORS), &partition);

	if (error || !partition)
		return error;
	memcpy(partition->entry.mbr, record, PARTITION_MBR_RECORD);
	partition->is_system = record[RECORD_TYPE] == TYPE_SYSTEM;
	partition->is_extended_boot = record[RECORD_TYPE] == TYPE_EXTENDED_BOOT;
	return 0;
}

/* Follows the chain in the extended partition at `base`. Damage ends it, and one line says so. 0, -EIO, -ENOMEM. */
static int add_logical(struct partition_table *table, struct block *disk, uint64_t base,
		       uint32_t *number)
{
	uint64_t seen[CHAIN_MAX] = {0}, at = base;
	uint8_t sector[SECTOR];

	for (uint32_t links = 0; links < CHAIN_MAX; links++) {
		const uint8_t *next = record_of(sector, 1);
		int error;

		for (uint32_t i = 0; i < links; i++)
			if (seen[i] == at) {
				log_warn(
					"%s: the chain of logical partitions comes back to sector %lu: the rest is left out",
					disk->name, at);
				return 0;
			}
		seen[links] = at;
		if (at >= disk->sectors) {
			log_warn(
				"%s: the chain of logical partitions leaves the disk at sector %lu: the rest is left out",
				disk->name, at);
			return 0;
		}
		error = block_read_bytes(disk, at * disk->sector_size, sizeof(sector), sector);
		if (error)
			return error;
		if (!is_mbr(sector)) {
			log_warn(
				"%s: sector %lu is no link of a chain of logical partitions: the rest is left out",
				disk->name, at);
			return 0;
		}
		if (record_of(sector, 0)[RECORD_TYPE] != TYPE_UNUSED)
			error = add(table, disk, (*number)++, at, record_of(sector, 0));
		if (error || !is_extended(next))
			return error;
		at = base + le32_load(next + RECORD_FIRST);
	}
	return 0;
}

int mbr_read(struct block *disk, struct partition_table *table)
{
	uint32_t number = LOGICAL_FROM;
	uint8_t sector[SECTOR];
	int error = block_read_bytes(disk, 0, sizeof(sector), sector);

	if (error == -EINVAL)
		return -ENODEV; /* it has not even that much */
	if (error || !is_mbr(sector))
		return error ? error : -ENODEV;
	table->scheme = PARTITION_MBR;
	table->mbr_signature = le32_load(sector + DISK_SIGNATURE_AT);
	for (int i = 0; i < RECORDS && !error; i++) {
		const uint8_t *record = record_of(sector, i);

		if (record[RECORD_TYPE] != TYPE_UNUSED && record[RECORD_TYPE] != TYPE_PROTECTIVE &&
		    !is_extended(record))
			error = add(table, disk, (uint32_t)i + 1, 0, record);
	}
	for (int i = 0; i < RECORDS && !error; i++)
		if (is_extended(record_of(sector, i)))
			error = add_logical(table, disk,
					    le32_load(record_of(sector, i) + RECORD_FIRST),
					    &number);
	return !error && !table->count ? -ENODEV : error;
}
