/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices: the one interface of disks, and of parts of disks. A driver makes one (drivers/disk.h tells how it is found
 * and started); file systems, partitions and EFI read and write it. Calls wait until the device is done, for a
 * bounded time: a device that does not answer is dead from then on, and every later call fails at once.
 */
#ifndef DRIVERS_BLOCK_H
#define DRIVERS_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define BLOCK_SECTOR_MIN 512u
#define BLOCK_SECTOR_MAX 4096u
#define BLOCK_NAME_SIZE 24 /* with the NUL: "virtio-blk0", of a part "virtio-blk0.1" */

struct block;

/* What a driver does. It is asked for what block_read and block_write have checked. */
struct block_ops {
	/* `count` sectors, at most block->transfer_max bytes. 0; -EIO: the device refuses, or is dead; it has said why. */
	int (*read)(struct block *block, uint64_t sector, uint32_t count, void *to);
	int (*write)(struct block *block, uint64_t sector, uint32_t count, const void *from);
	/* What was written is on the medium. NULL: the device keeps nothing back. */
	int (*flush)(struct block *block);
};

struct block {
	char name[BLOCK_NAME_SIZE]; /* for messages */
	const struct block_ops *ops;
	void *driver; /* the driver's own */
	struct block *whole; /* of a part: the disk; else NULL */
	uint64_t first; /* of a part: its first sector on the disk */
	uint64_t sectors;
	uint32_t sector_size; /* a power of two, BLOCK_SECTOR_MIN to BLOCK_SECTOR_MAX */
	uint32_t
		physical_size; /* bytes that the medium writes at once, a multiple of sector_size */
	uint32_t transfer_max; /* bytes a request, a multiple of sector_size */
	uint32_t align; /* of buffers in memory: a power of two */
	bool read_only;
	bool removable;
	bool dead; /* it did not answer, or answered nonsense */
};

/*
 * Reads sectors straight to `to`, aligned as block->align says. 0; -EINVAL: beyond the end, or not aligned (nothing
 * is read); -EIO: `to` holds anything.
 */
int block_read(struct block *block, uint64_t sector, uint64_t count, void *to);
/* Writes. 0; -EINVAL, -EROFS: nothing is written; -EIO: any of the sectors may be. */
int block_write(struct block *block, uint64_t sector, uint64_t count, const void *from);
/* What was written is on the medium. 0 or -EIO. */
int block_flush(struct block *block);

/*
 * As block_read and block_write, of any bytes [offset, offset + size) to or from any address: what is no whole sector goes through a
 * buffer. -ENOMEM besides.
 */
int block_read_bytes(struct block *block, uint64_t offset, uint64_t size, void *to);
int block_write_bytes(struct block *block, uint64_t offset, uint64_t size, const void *from);

/*
 * Makes *part the sectors [first, first + sectors) of a disk or of a part of one. 0; -EINVAL: they do not all lie on
 * it, or there are none (*part is unchanged).
 */
int block_part(struct block *part, struct block *of, uint64_t first, uint64_t sectors);

#endif
