/* SPDX-License-Identifier: BSD-2-Clause */
/* ExitBootServices; see exit.h. */
#define LOG_PREFIX "efi"

#include "efi/event.h"
#include "efi/exit.h"
#include "efi/image.h"
#include "efi/memory.h"
#include "efi/platform.h"
#include "efi/runtime.h"
#include "efi/table.h"
#include "lib/log.h"

static const struct efi_guid before_group = EFI_EVENT_GROUP_BEFORE_EXIT_BOOT_SERVICES;
static const struct efi_guid exit_group = EFI_EVENT_GROUP_EXIT_BOOT_SERVICES;
static bool announced;
static bool done;

efi_status EFIAPI efi_exit_boot_services(efi_handle ImageHandle, uint64_t MapKey)
{
	if (!efi_image_is(ImageHandle) || done)
		return EFI_INVALID_PARAMETER;
	if (!announced) {
		announced = true;
		efi_event_signal_group(&before_group);
	}
	efi_event_stop_timers();
	if (!efi_memory_key_is_current(MapKey)) {
		efi_event_resume_timers();
		return EFI_INVALID_PARAMETER;
	}
	log_debug("boot services end");
	efi_event_signal_group(&exit_group);
	efi_platform_irq_disable();
	efi_platform_quiesce();
	efi_memory_freeze();
	efi_table_exit_boot_services();
	efi_runtime_exit_boot_services();
	done = true;
	return EFI_SUCCESS;
}

bool efi_exit_done(void)
{
	return done;
}

void efi_exit_reset(void)
{
	announced = false;
	done = false;
}
