/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "mmu"

#include "boot/mmu_check.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "mem/pages.h"

#define ADDRESS_END (UINT64_C(1) << 48) /* neither processor maps more with four levels */

/* The first address in the run whose rights in the tables are not those of the map; run->end if all agree. */
static uint64_t first_difference(const struct arch_mmu *mmu, const struct pages_run *run)
{
	uint64_t size;

	for (uint64_t at = run->base; at < run->end; at += size)
		if (arch_mmu_walk(mmu, at, &size) != run->props.attrs)
			return at;
	return run->end;
}

void mmu_check(void)
{
	struct memmap *map = memmap_system();
	const struct arch_mmu *mmu = map->context;
	struct pages_run run;
	struct pages pages;
	uint64_t size;
	int ranges = 0;

	pages_begin(&pages, map, 0, ADDRESS_END, pages_look_attrs);
	while (pages_next(&pages, &run)) {
		uint64_t at;

		if (run.end == 0 || run.end > ADDRESS_END)
			run.end = ADDRESS_END;
		at = first_difference(mmu, &run);
		if (at < run.end) {
			log_error("at 0x%lx the tables allow 0x%x, the map 0x%x", at,
				  arch_mmu_walk(mmu, at, &size), run.props.attrs);
			return;
		}
		ranges++;
	}
	log_debug("%d ranges of the tables agree with the map", ranges);
}
