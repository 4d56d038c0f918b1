/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/stages.h"

#include "arch/arch.h"
#include "lib/log.h"

static struct {
	const char *name;
	uint64_t ticks;
} stages[STAGES_MAX];
static int count;

void stage_began(const char *name, uint64_t ticks)
{
	if (count == STAGES_MAX)
		return;
	stages[count].name = name;
	stages[count].ticks = ticks;
	count++;
}

void stage_begin(const char *name)
{
	stage_began(name, arch_ticks());
}

void stages_print(void)
{
	uint64_t now = arch_ticks();

	if (log_level() < LOG_INFO || !count)
		return;
	log_raw("times:");
	for (int i = 0; i < count; i++) {
		uint64_t end = i + 1 < count ? stages[i + 1].ticks : now;

		log_raw(" %s %lu us,", stages[i].name,
			arch_ticks_to_ns(end - stages[i].ticks) / 1000);
	}
	log_raw(" in all %lu us\n", arch_ticks_to_ns(now - stages[0].ticks) / 1000);
}
