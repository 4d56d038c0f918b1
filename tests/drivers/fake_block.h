/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk in memory for host tests, which can be made to fail: at any request, or from one on, as when the power is cut. */
#ifndef TESTS_DRIVERS_FAKE_BLOCK_H
#define TESTS_DRIVERS_FAKE_BLOCK_H

#include "drivers/block.h"

struct fake_block {
	struct block block;
	uint8_t *data;
	uint64_t reads, writes, flushes; /* requests so far */
	uint64_t sectors_read;
	uint64_t fail_read; /* the n-th read fails; 0: none */
	uint64_t cut_write; /* the n-th write and all later ones do; 0: none */
};

/* A disk of zeroes. */
void fake_block_start(struct fake_block *fake, uint32_t sector_size, uint64_t sectors);
/* A disk with a file's contents, whole sectors of it; ends the program when there is no such file. */
void fake_block_load(struct fake_block *fake, uint32_t sector_size, const char *path);
/* Writes the contents to a file. */
void fake_block_save(const struct fake_block *fake, const char *path);
void fake_block_end(struct fake_block *fake);

#endif
