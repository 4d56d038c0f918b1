/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "linux"

#include "boot/linux_x86_low.h"

#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/memmap.h"

#define BDA_EBDA 0x40e /* segment of the extended BIOS data area: none */
#define BDA_KIB 0x413 /* KiB of RAM below it */
#define LOW_KIB 640
#define LOW_BASE 0x98000
#define LOW_END 0x9f000 /* the trampoline takes two pages below this */

int linux_x86_open_low(void)
{
	struct memmap *map = memmap_system();
	const struct mem_props props =
		mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, memmap_claim_life(map),
			       MEM_RW | MEM_X, 0, "trampoline");
	int error = memmap_claim_at(map, LOW_BASE, LOW_END - LOW_BASE, &props);
	uint8_t *volatile page0 = NULL;

	if (!error)
		error = memmap_protect(map, 0, PAGE_SIZE, MEM_OWNER_HARDWARE, MEM_RW);
	if (error) {
		log_error("memory from 0x%x to 0x%x cannot be mapped (error %d): this is a bug",
			  LOW_BASE, LOW_END, -error);
		return error;
	}
	le16_store(page0 + BDA_EBDA, 0);
	le16_store(page0 + BDA_KIB, LOW_KIB);
	return 0;
}
