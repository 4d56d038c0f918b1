/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/attempt.h"

#include "boot/mmu_check.h"
#include "boot/stages.h"
#include "lib/log.h"
#include "mem/memmap.h"
#include "mem/memmap_print.h"

static const char *entry_name;
static const struct options *chosen;

void attempt_begin(const char *entry, const struct options *options)
{
	entry_name = entry;
	chosen = options;
	memmap_attempt_begin(memmap_system());
}

void attempt_failed(void)
{
	uint64_t bytes = memmap_attempt_fail(memmap_system());

	if (bytes)
		log_debug("%s: %lu KiB given back", entry_name, bytes >> 10);
}

void attempt_hand_over(const char *what, uint64_t entry)
{
	if (chosen->json)
		memmap_print_json(memmap_system());
	if (log_level() < LOG_INFO)
		return;
	if (log_level() >= LOG_DEBUG)
		mmu_check();
	memmap_print(memmap_system());
	if (entry)
		log_info("%s: %s starts at 0x%lx", entry_name, what, entry);
	else
		log_info("%s: %s starts", entry_name, what);
	stages_print();
}
