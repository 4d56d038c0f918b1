/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets the watchdog (UEFI 2.10, 7.5.1) and never comes back: the firmware must. */
#include "tests/efi-apps/app.h"

void app_main(void)
{
	is(bs->SetWatchdogTimer(1, 0x12345, 0, NULL), EFI_SUCCESS, "watchdog: one second");
	for (;;)
		__asm__ volatile("");
}
