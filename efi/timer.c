/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers (UEFI 2.10, 7.1.7), by the one alarm that the platform has; see event.h. */
#include "efi/event_internal.h"
#include "efi/platform.h"

#define TICK_PERIOD 100000 /* 10 ms: what a periodic timer of period 0 gets */
#define PERIOD_MIN 1000 /* 100 µs: a shorter one would leave time for nothing else */

static struct list timers = LIST_EMPTY(timers); /* soonest first */
static bool timers_stopped;

uint64_t timer_next_due(void)
{
	if (timers_stopped || list_is_empty(&timers))
		return TIMER_NEVER;
	return list_of(timers.next, struct event, timer)->due;
}

/* Puts a timer where it belongs, and asks for an alarm when it has become the first. */
static void arm(struct event *event)
{
	struct list *at = timers.next;

	while (at != &timers && list_of(at, struct event, timer)->due <= event->due)
		at = at->next;
	list_append(at, &event->timer);
	if (timers.next == &event->timer && !timers_stopped)
		efi_platform_alarm(event->due);
}

void efi_event_tick(void)
{
	efi_tpl old = tpl_enter_interrupt();
	uint64_t now = efi_platform_now();

	while (timer_next_due() <= now) {
		struct event *event = list_of(timers.next, struct event, timer);

		list_remove(&event->timer);
		if (event->period) {
			event->due += event->period;
			if (event->due <= now)
				event->due = now + event->period;
			arm(event);
		}
		event_signal(event);
	}
	efi_platform_alarm(timer_next_due());
	tpl_leave_interrupt(old);
}

efi_status EFIAPI efi_set_timer(efi_event Event, uint32_t Type, uint64_t TriggerTime)
{
	struct event *event = Event;
	efi_tpl tpl;
	uint64_t now;

	if (!event_valid(Event) || !(event->type & EVT_TIMER) || Type > TimerRelative)
		return EFI_INVALID_PARAMETER;
	tpl = tpl_enter_high();
	list_remove(&event->timer);
	event->period = 0;
	if (Type != TimerCancel) {
		if (Type == TimerPeriodic)
			event->period = !TriggerTime		   ? TICK_PERIOD
					: TriggerTime < PERIOD_MIN ? PERIOD_MIN
								   : TriggerTime;
		now = efi_platform_now();
		event->due = now + (event->period ? event->period : TriggerTime);
		if (event->due < now)
			event->due = TIMER_NEVER - 1;
		arm(event);
	}
	tpl_leave_high(tpl);
	return EFI_SUCCESS;
}

void efi_event_stop_timers(void)
{
	efi_tpl tpl = tpl_enter_high();

	timers_stopped = true;
	efi_platform_alarm(TIMER_NEVER);
	tpl_leave_high(tpl);
}

void efi_event_resume_timers(void)
{
	efi_tpl tpl = tpl_enter_high();

	timers_stopped = false;
	efi_platform_alarm(timer_next_due());
	tpl_leave_high(tpl);
}

void timer_reset(void)
{
	list_init(&timers);
	timers_stopped = false;
}
