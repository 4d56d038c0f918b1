/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions of a disk, as GPT (UEFI 2.10, 5.3), MBR with extended partitions (5.2) and El Torito tell of them. What a table
 * says is checked: a partition that does not lie on the disk is left out, and one line says so.
 */
#ifndef FS_PARTITION_H
#define FS_PARTITION_H

#include "drivers/block.h"

#define PARTITION_GPT_ENTRY 128 /* bytes of an entry that are kept */
#define PARTITION_MBR_RECORD 16
#define PARTITIONS_MAX 128 /* more are left out */

enum partition_scheme { PARTITION_NONE, PARTITION_MBR, PARTITION_GPT, PARTITION_EL_TORITO };

struct partition {
	struct block block;
	struct partition *next;
	uint32_t number; /* GPT, MBR: from 1; El Torito: of the boot entry, from 0 */
	bool is_system; /* an EFI system partition */
	bool is_extended_boot; /* an Extended Boot Loader Partition (UAPI.1: XBOOTLDR) */
	/* GPT: the entry. MBR: the record. */
	union {
		uint8_t gpt[PARTITION_GPT_ENTRY];
		uint8_t mbr[PARTITION_MBR_RECORD];
	} entry;
};

struct partition_table {
	enum partition_scheme scheme;
	uint32_t mbr_signature; /* of the disk, where the scheme is MBR */
	uint32_t count;
	struct partition *first, **end; /* in the order of the table */
};

/*
 * Reads the partition table of a disk. 0, with an empty table where there is none or none that makes sense (one line has said
 * so); -EIO; -ENOMEM. The caller gives it back by partition_free, also after an error.
 */
int partition_read(struct block *disk, struct partition_table *table);
void partition_free(struct partition_table *table);

/* ---- private to fs/ ---- */

/* Each: 0 and the table filled; -ENODEV: there is no table of this kind; -EIO; -ENOMEM. */
int gpt_read(struct block *disk, struct partition_table *table);
int mbr_read(struct block *disk, struct partition_table *table);
int el_torito_read(struct block *disk, struct partition_table *table);

/*
 * Adds a partition; *added (NULL: not wanted) is NULL when it was left out, because it does not lie on the disk, or there are too
 * many. 0 or -ENOMEM.
 */
int partition_add(struct partition_table *table, struct block *disk, uint32_t number,
		  uint64_t first, uint64_t sectors, struct partition **added);

/* Of an MBR: whether one of its four records is GPT's protective one; -1: it is no MBR at all. */
int mbr_is_protective(const uint8_t *sector);

#endif
