/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "efi"

#include "boot/efi_stages.h"

#include "arch/arch.h"
#include "lib/log.h"

static uint64_t spent[EFI_STAGES]; /* ticks */
static uint64_t since;
static enum efi_stage current;

void efi_stage_begin(enum efi_stage what)
{
	uint64_t now = arch_ticks();

	spent[current] += now - since;
	since = now;
	current = what;
}

static uint64_t microseconds(enum efi_stage what)
{
	return arch_ticks_to_ns(spent[what]) / 1000;
}

void efi_stages_print(void)
{
	if (log_level() < LOG_INFO)
		return;
	efi_stage_begin(current);
	log_info("times: set-up %lu us, loading %lu us, applications %lu us",
		 microseconds(EFI_STAGE_SET_UP), microseconds(EFI_STAGE_LOADING),
		 microseconds(EFI_STAGE_APPLICATION));
}
