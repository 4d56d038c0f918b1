/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fw_cfg device for host tests: the functions of drivers/fw_cfg.h, answered from memory. Link it
 * instead of drivers/fw_cfg.c. There is one device; the bytes given to it must live as long as it
 * is used.
 *
 *         fake_fw_cfg_start(&fw);         fake_fw_cfg_file("etc/e820", table, sizeof(table));
 * fake_fw_cfg_number(FW_CFG_NB_CPUS, 4, 2);
 */
#ifndef TESTS_DRIVERS_FAKE_FW_CFG_H
#define TESTS_DRIVERS_FAKE_FW_CFG_H

#include "drivers/fw_cfg.h"

#define FAKE_FW_CFG_FILES_MAX 64

/* An empty device, and *fw as drivers that are about to use it want it, with a directory. */
void fake_fw_cfg_start(struct fw_cfg *fw);

/*
 * Adds a file. With _writable, what the firmware writes goes to `bytes`; writing to any other is
 * an error.
 */
void fake_fw_cfg_file(const char *name, const void *bytes, size_t size);
void fake_fw_cfg_writable(const char *name, void *bytes, size_t size);
/* Adds an item without a name: its bytes, or a little-endian number of `size` bytes. */
void fake_fw_cfg_item(uint32_t key, const void *bytes, size_t size);
void fake_fw_cfg_number(uint32_t key, uint64_t number, size_t size);

/*
 * The directory says `size` from now on, the item is as long as it was: it may have grown since
 * the directory was read.
 */
void fake_fw_cfg_pretend(const char *name, uint32_t size);

/* The transfer after `transfers` more fails, and all that follow; -1: none does. */
void fake_fw_cfg_fail_after(int transfers);

/* Transfers so far: of what was read and written, so that a test can see what a function costs. */
int fake_fw_cfg_reads(void);
int fake_fw_cfg_writes(void);

#endif
