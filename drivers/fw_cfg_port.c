/* SPDX-License-Identifier: BSD-2-Clause */
/* fw_cfg's DMA register as two I/O ports (x86): high half at base + 4, low half, which starts, at base + 8. */
#include "drivers/fw_cfg.h"

#include "arch/x86_64/io.h"

#define DMA_HIGH 4
#define DMA_LOW 8

uint64_t fw_cfg_dma_id(const struct fw_cfg *fw)
{
	uint16_t port = (uint16_t)fw->base;
	uint64_t high = __builtin_bswap32(io_in32((uint16_t)(port + DMA_HIGH)));

	return high << 32 | __builtin_bswap32(io_in32((uint16_t)(port + DMA_LOW)));
}

void fw_cfg_dma_start(const struct fw_cfg *fw, uint64_t descriptor)
{
	uint16_t port = (uint16_t)fw->base;

	/* The device takes the high half as 0 after each transfer. */
	if (descriptor >> 32)
		io_out32((uint16_t)(port + DMA_HIGH),
			 __builtin_bswap32((uint32_t)(descriptor >> 32)));
	io_out32((uint16_t)(port + DMA_LOW), __builtin_bswap32((uint32_t)descriptor));
}
