/* SPDX-License-Identifier: BSD-2-Clause */
/* What efi/ asks of the machine (platform.h), by arch/: time and interrupts. The rest is in platform_<arch>.c and boot/. */
#include "arch/arch.h"
#include "arch/irq.h"
#include "efi/platform.h"

#define UNIT UINT64_C(100) /* nanoseconds */
#define SPAN (UINT64_C(1) << 20) /* ticks of which the nanoseconds are asked, to go the other way */
#define ALARM_MAX UINT64_C(36000000000) /* an hour: a later alarm is asked for again by then */

uint64_t efi_platform_now(void)
{
	return arch_ticks_to_ns(arch_ticks()) / UNIT;
}

/* The ticks of some time, at most ALARM_MAX: no step overflows below 4 GHz. */
static uint64_t ticks_of(uint64_t time)
{
	uint64_t ns = arch_ticks_to_ns(SPAN);

	return ns ? time * UNIT / ns * SPAN + time * UNIT % ns * SPAN / ns : 0;
}

void efi_platform_alarm(uint64_t when)
{
	uint64_t now = efi_platform_now();
	uint64_t wait = when > now ? when - now : 0;

	if (when == UINT64_MAX) {
		arch_irq_alarm(UINT64_MAX);
		return;
	}
	if (wait > ALARM_MAX)
		wait = ALARM_MAX;
	arch_irq_alarm(arch_ticks() + ticks_of(wait) + 1);
}

void efi_platform_irq_disable(void)
{
	arch_irq_disable();
}

void efi_platform_irq_enable(void)
{
	arch_irq_enable();
}

void efi_platform_idle(void)
{
	arch_irq_idle();
}

void efi_platform_stall(uint64_t microseconds)
{
	uint64_t end = efi_platform_now();

	end = microseconds < (UINT64_MAX - end) / 10 ? end + microseconds * 10 : UINT64_MAX;
	while (efi_platform_now() < end)
		;
}
