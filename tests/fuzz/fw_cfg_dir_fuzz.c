/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/fw_cfg.c tests/host.c */
/* Any bytes as fw_cfg's directory: what is found in it is in it, whatever it says. */
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "drivers/fw_cfg.h"
#include "lib/bytes.h"

static const uint8_t *bytes;
static size_t count;
static uint64_t offset;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void arch_dma_barrier(void)
{
}

uint64_t fw_cfg_dma_id(const struct fw_cfg *fw)
{
	(void)fw;
	return UINT64_C(0x51454d5520434647);
}

/* The device: every item is the input. The first byte behind it says how a transfer ends. */
void fw_cfg_dma_start(const struct fw_cfg *fw, uint64_t descriptor)
{
	uint8_t *at = (uint8_t *)(uintptr_t)descriptor;
	uint32_t control = be32_load(at), length = be32_load(at + 4);
	uint8_t *memory = (uint8_t *)(uintptr_t)be64_load(at + 8);

	(void)fw;
	if (control & 8)
		offset = 0;
	if (control & 2)
		for (uint32_t i = 0; i < length; i++)
			memory[i] = offset + i < count ? bytes[offset + i] : 0;
	offset += length;
	be32_store(at, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"etc/e820", "etc/table-loader", "opt/cadastre/log", "x",
					    ""};
	struct fw_cfg fw = {.base = 0x510};
	struct fw_cfg_item item;
	uint32_t files;
	uint8_t *directory, byte;

	bytes = data;
	count = size;
	if (fw_cfg_probe(&fw) || fw_cfg_count_files(&fw, &files))
		return 0;
	if (files > FW_CFG_FILES_MAX)
		abort();
	directory = malloc((size_t)files * 64);
	if (!fw_cfg_read_directory(&fw, directory, files))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!fw_cfg_find(&fw, names[i], &item) && item.size) {
				fw_cfg_read(&fw, &item, item.size - 1, &byte, 1);
				if (!fw_cfg_read(&fw, &item, item.size, &byte, 1))
					abort();
			}
	free(directory);
	return 0;
}
