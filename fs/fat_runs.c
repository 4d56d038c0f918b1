/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading files of FAT in few large requests. FatFs itself asks for no more than a cluster at a time. Here the chain of
 * clusters is followed as far as it goes on without a gap, and that is read at once, straight to where it belongs:
 *
 *   file      | 0 | 1 | 2 | 3 | 4 | 5 |
 *   device      7   8   9   40  41  12       three requests: 7-9, 40-41, 12
 */
#define LOG_PREFIX "fat"

#include <errno.h>

#include "fs/fat_volume.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* The entry of a cluster in the table: what follows it in its chain. 0 or -errno. */
static int next_cluster(struct fat_volume *volume, uint32_t cluster, uint32_t *next)
{
	const FATFS *fat = &volume->drive->fat;
	uint64_t offset = (uint64_t)fat->fatbase * volume->sector_size;
	uint8_t entry[4];
	int error;

	switch (fat->fs_type) {
	case FS_FAT12:
		error = fat_cached_read(volume, offset + cluster + cluster / 2, 2, entry);
		*next = le16_load(entry);
		*next = cluster & 1 ? *next >> 4 : *next & 0xfff;
		return error;
	case FS_FAT16:
		error = fat_cached_read(volume, offset + cluster * UINT64_C(2), 2, entry);
		*next = le16_load(entry);
		return error;
	default:
		error = fat_cached_read(volume, offset + cluster * UINT64_C(4), 4, entry);
		*next = le32_load(entry) & 0x0fffffff;
		return error;
	}
}

static bool is_cluster(const struct fat_volume *volume, uint32_t cluster)
{
	return cluster >= 2 && cluster < volume->drive->fat.n_fatent;
}

static int damaged(const struct fat_volume *volume, uint32_t index, uint32_t cluster)
{
	log_error(
		"%s: cluster %u of a file is number 0x%x of 0x%x: the volume is damaged (fsck.fat mends it)",
		volume->fs.block->name, index, cluster, volume->drive->fat.n_fatent);
	return -EILSEQ;
}

/*
 * Whether the chain ends with a file's last cluster. One that goes on is a loop, or has come into another file's clusters: what was
 * read of it is not the file.
 */
static int check_end(struct fat_volume *volume, const struct fat_node *node)
{
	uint32_t next;
	int error = next_cluster(volume, node->cluster, &next);

	if (error)
		return error;
	if (!next) /* free: the next file that is made may get the last one */
		return damaged(volume, node->index + 1, next);
	if (!is_cluster(volume, next))
		return 0;
	log_error(
		"%s: the clusters of a file go on behind its end, with 0x%x: the volume is damaged (fsck.fat mends it)",
		volume->fs.block->name, next);
	return -EILSEQ;
}

/* Brings the node to the index-th cluster of its file. */
static int seek(struct fat_volume *volume, struct fat_node *node, uint32_t index)
{
	uint32_t cluster = node->cluster, at = node->index;

	if (!cluster || at > index) {
		cluster = node->file.obj.sclust;
		at = 0;
	}
	if (!is_cluster(volume, cluster))
		return damaged(volume, at, cluster);
	for (; at < index; at++) {
		int error = next_cluster(volume, cluster, &cluster);

		if (!error && !is_cluster(volume, cluster))
			error = damaged(volume, at + 1, cluster);
		if (error)
			return error;
	}
	node->index = index;
	node->cluster = cluster;
	return 0;
}

/*
 * How many entries in a row, from the cluster's on, name the cluster behind their own: at most `most`, and of those in the cache only.
 * A file of 27 MB on a small volume has 50,000 of them. FAT12 has too few to matter.
 */
static uint32_t follow_cached(const struct fat_volume *volume, uint32_t cluster, uint32_t most)
{
	const uint32_t width = volume->drive->fat.fs_type == FS_FAT32 ? 4 : 2;
	uint64_t offset = (uint64_t)volume->drive->fat.fatbase * volume->sector_size +
			  (uint64_t)cluster * width - volume->drive->cached;
	const uint8_t *entry = volume->drive->cache + offset;
	uint32_t count = 0;

	if (volume->drive->fat.fs_type == FS_FAT12 || offset >= volume->drive->cached_size)
		return 0;
	if (most > (volume->drive->cached_size - offset) / width)
		most = (uint32_t)(volume->drive->cached_size - offset) / width;
	if (width == 4) {
		const uint32_t *entries = __builtin_assume_aligned(entry, 4);

		while (count < most && (entries[count] & 0x0fffffff) == cluster + count + 1)
			count++;
	} else {
		const uint16_t *entries = __builtin_assume_aligned(entry, 2);

		while (count < most && entries[count] == cluster + count + 1)
			count++;
	}
	return count;
}

/* How many clusters follow one another on the device from the node's on, `most` at most; the node is at the last then. */
static int measure_run(struct fat_volume *volume, struct fat_node *node, uint32_t most,
		       uint32_t *count)
{
	*count = 1;
	while (*count < most) {
		uint32_t next, run;
		int error = next_cluster(volume, node->cluster, &next);

		if (error)
			return error;
		if (next != node->cluster + 1)
			return 0;
		run = 1 + follow_cached(volume, next, most - *count - 1);
		node->cluster += run;
		node->index += run;
		*count += run;
	}
	return 0;
}

int fat_runs_read(struct fat_volume *volume, struct fat_node *node, uint64_t offset, uint64_t size,
		  void *to)
{
	const uint64_t cluster_size = (uint64_t)volume->drive->fat.csize * volume->sector_size;
	const uint64_t data = (uint64_t)volume->drive->fat.database * volume->sector_size;
	uint8_t *at = to;
	int error = 0;

	while (size && !error) {
		uint64_t from = offset % cluster_size;
		uint64_t wanted = (from + size + cluster_size - 1) / cluster_size;
		uint32_t count = 0, first;
		uint64_t piece;

		error = seek(volume, node, (uint32_t)(offset / cluster_size));
		if (error)
			return error;
		first = node->cluster;
		error = measure_run(volume, node, (uint32_t)wanted, &count);
		if (!error && !is_cluster(volume, first + count - 1))
			error = damaged(volume, node->index, first + count - 1);
		if (error)
			return error;
		piece = count * cluster_size - from;
		piece = piece < size ? piece : size;
		error = block_read_bytes(volume->fs.block, data + (first - 2) * cluster_size + from,
					 piece, at);
		offset += piece;
		size -= piece;
		at += piece;
	}
	if (!error && offset == f_size(&node->file))
		error = check_end(volume, node);
	return error;
}
