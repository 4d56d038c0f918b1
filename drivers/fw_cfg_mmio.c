/* SPDX-License-Identifier: BSD-2-Clause */
/* fw_cfg's DMA register as memory (arm64): one big-endian 64-bit register at offset 16. */
#include "drivers/fw_cfg.h"

#define DMA_REGISTER 16

uint64_t fw_cfg_dma_id(const struct fw_cfg *fw)
{
	return __builtin_bswap64(*(const volatile uint64_t *)(uintptr_t)(fw->base + DMA_REGISTER));
}

void fw_cfg_dma_start(const struct fw_cfg *fw, uint64_t descriptor)
{
	*(volatile uint64_t *)(uintptr_t)(fw->base + DMA_REGISTER) = __builtin_bswap64(descriptor);
}
