/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's fw_cfg device, by its DMA interface (QEMU docs/specs/fw_cfg.rst): numbered items and named
 * files of bytes, read straight to where they belong. No static data: works before relocation.
 */
#ifndef DRIVERS_FW_CFG_H
#define DRIVERS_FW_CFG_H

#include <stddef.h>
#include <stdint.h>

/* Selector keys (QEMU include/standard-headers/linux/qemu_fw_cfg.h). */
enum {
	FW_CFG_NB_CPUS = 0x05,
	FW_CFG_KERNEL_ADDR = 0x07,
	FW_CFG_KERNEL_SIZE = 0x08,
	FW_CFG_INITRD_ADDR = 0x0a,
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_MAX_CPUS = 0x0f,
	FW_CFG_KERNEL_ENTRY = 0x10,
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_CMDLINE_ADDR = 0x13,
	FW_CFG_CMDLINE_SIZE = 0x14,
	FW_CFG_CMDLINE_DATA = 0x15,
	FW_CFG_SETUP_ADDR = 0x16,
	FW_CFG_SETUP_SIZE = 0x17,
	FW_CFG_SETUP_DATA = 0x18,
	FW_CFG_FILE_DIR = 0x19,
};

#define FW_CFG_NAME_MAX 55 /* bytes of a file's name */
#define FW_CFG_FILES_MAX 1024 /* more files than that are no directory */
#define FW_CFG_NO_ITEM 0xffffu

struct fw_cfg {
	uint64_t base; /* register block's physical address, or first I/O port; 0: no device */
	const uint8_t *directory; /* `files` entries of 64 bytes as the device gave them, or NULL */
	uint32_t files;
	uint32_t current; /* item selected now, FW_CFG_NO_ITEM if none, and ... */
	uint64_t offset; /* ... how far it has been read */
};

/* One item: what to select and how long it is. */
struct fw_cfg_item {
	uint32_t key;
	uint64_t size;
};

/* Looks for the device at fw->base. 0; -ENODEV when there is none or it knows no DMA (base becomes 0). */
int fw_cfg_probe(struct fw_cfg *fw);

/* Number of files the device has; for sizing the directory buffer. -EIO, -EINVAL (more than FW_CFG_FILES_MAX). */
int fw_cfg_count_files(struct fw_cfg *fw, uint32_t *files);
/* Reads the directory of `files` entries to `buffer` of files * 64 bytes, which must live as long as fw. */
int fw_cfg_read_directory(struct fw_cfg *fw, void *buffer, uint32_t files);

/* Finds a file by name. 0 and *item; -ENOENT when there is none (or no directory). */
int fw_cfg_find(const struct fw_cfg *fw, const char *name, struct fw_cfg_item *item);
/* 1 when the name of any file begins with that of a folder, "opt/x/", else 0. */
int fw_cfg_has_folder(const struct fw_cfg *fw, const char *folder);

/* Reads `size` bytes from `offset` of the item to `to`. 0; -EINVAL: beyond the item's end (nothing is read); -EIO: the
 * device reports an error or does not finish. */
int fw_cfg_read(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset, void *to,
		uint64_t size);
/* The same towards the device (files that QEMU lets us write). */
int fw_cfg_write(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset,
		 const void *from, uint64_t size);

/* A little-endian number of `size` (2, 4 or 8) bytes under a key: 0 when it cannot be read. */
uint64_t fw_cfg_number(struct fw_cfg *fw, uint32_t key, uint32_t size);

/* Transport (drivers/fw_cfg_mmio.c or fw_cfg_port.c): the DMA register's identification, and the start
 * of a transfer whose descriptor lies at physical address `descriptor`. */
uint64_t fw_cfg_dma_id(const struct fw_cfg *fw);
void fw_cfg_dma_start(const struct fw_cfg *fw, uint64_t descriptor);

#endif
