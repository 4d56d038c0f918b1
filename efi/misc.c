/* SPDX-License-Identifier: BSD-2-Clause */
/* Miscellaneous boot services (UEFI 2.10, 7.5): waiting, the watchdog, the monotonic counter, CRC-32; see table.h. */
#include "efi/event.h"
#include "efi/misc.h"
#include "efi/platform.h"
#include "efi/table.h"
#include "lib/crc32.h"

#define SECOND UINT64_C(10000000) /* in units of 100 ns */

static efi_event watchdog;
static uint64_t watchdog_code;
static uint64_t monotonic;
static bool monotonic_started;

static void EFIAPI watchdog_expired(efi_event event, void *context)
{
	(void)event;
	(void)context;
	efi_platform_watchdog(watchdog_code);
}

efi_status EFIAPI efi_set_watchdog_timer(uint64_t Timeout, uint64_t WatchdogCode, uint64_t DataSize,
					 CHAR16 *WatchdogData)
{
	efi_status status;

	if (DataSize && !WatchdogData)
		return EFI_INVALID_PARAMETER;
	if (!Timeout)
		return watchdog ? efi_set_timer(watchdog, TimerCancel, 0) : EFI_SUCCESS;
	if (!watchdog) {
		status = efi_create_event(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_NOTIFY,
					  watchdog_expired, NULL, &watchdog);
		if (EFI_ERROR(status))
			return status;
	}
	watchdog_code = WatchdogCode;
	if (Timeout > UINT64_MAX / SECOND)
		Timeout = UINT64_MAX / SECOND;
	return efi_set_timer(watchdog, TimerRelative, Timeout * SECOND);
}

efi_status EFIAPI efi_stall(uint64_t Microseconds)
{
	efi_platform_stall(Microseconds);
	return EFI_SUCCESS;
}

/* 7.5.3: the high half is the runtime services', which keep it from boot to boot. */
static efi_status next_epoch(void)
{
	struct efi_runtime_services *runtime = efi_system_table()->RuntimeServices;
	uint32_t high;

	if (EFI_ERROR(runtime->GetNextHighMonotonicCount(&high)))
		return EFI_DEVICE_ERROR;
	monotonic = (uint64_t)high << 32;
	monotonic_started = true;
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_get_next_monotonic_count(uint64_t *Count)
{
	efi_tpl tpl;
	efi_status status = EFI_SUCCESS;

	if (!Count)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	if (!monotonic_started || (uint32_t)monotonic == UINT32_MAX)
		status = next_epoch();
	if (!EFI_ERROR(status))
		*Count = monotonic++;
	efi_unlock(tpl);
	return status;
}

efi_status EFIAPI efi_calculate_crc32(void *Data, uint64_t DataSize, uint32_t *Crc32)
{
	if (!Data || !DataSize || !Crc32)
		return EFI_INVALID_PARAMETER;
	*Crc32 = crc32_more(0, Data, DataSize);
	return EFI_SUCCESS;
}

void efi_misc_reset(void)
{
	watchdog = NULL;
	monotonic_started = false;
}
