/* SPDX-License-Identifier: BSD-2-Clause */
/* When each stage of the boot began: printed at hand-over at log level info. */
#ifndef BOOT_STAGES_H
#define BOOT_STAGES_H

#include <stdint.h>

#define STAGES_MAX 16

/* Notes that the stage `name` (a literal) begins now. More than STAGES_MAX are not kept. */
void stage_begin(const char *name);
/* Notes a stage that began at `ticks` (arch_ticks). */
void stage_began(const char *name, uint64_t ticks);
/* One line: each stage with its microseconds, and the sum. */
void stages_print(void);

#endif
