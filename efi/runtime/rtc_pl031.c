/* SPDX-License-Identifier: BSD-2-Clause */
/* Arm's PL031 clock (DDI 0224): seconds since 1970 in 32 bits. Part of the runtime region. */
#include "efi/runtime/internal.h"

#define RTCDR 0x000 /* reads the time */
#define RTCLR 0x008 /* sets it */

efi_status rtc_read(struct efi_time *time)
{
	uint64_t base = runtime.given.machine.rtc;

	if (!base)
		return EFI_UNSUPPORTED;
	time_from_seconds(time, register_read32(base + RTCDR));
	return EFI_SUCCESS;
}

efi_status rtc_write(const struct efi_time *time)
{
	uint64_t base = runtime.given.machine.rtc;
	int64_t seconds = time_to_seconds(time);

	if (!base)
		return EFI_UNSUPPORTED;
	if (seconds < 0 || seconds > UINT32_MAX)
		return EFI_INVALID_PARAMETER;
	register_write32(base + RTCLR, (uint32_t)seconds);
	return EFI_SUCCESS;
}
