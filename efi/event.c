/* SPDX-License-Identifier: BSD-2-Clause */
/* Events (UEFI 2.10, 7.1); see event.h. */
#include <string.h>

#include "efi/event_internal.h"
#include "efi/handle.h"
#include "efi/platform.h"
#include "efi/pool.h"

#define POLL_PERIOD 10000 /* 1 ms: how often WaitForEvent asks events that must be polled */

static const struct efi_guid exit_group = EFI_EVENT_GROUP_EXIT_BOOT_SERVICES;
static const struct efi_guid virtual_group = EFI_EVENT_GROUP_VIRTUAL_ADDRESS_CHANGE;
static const struct efi_guid map_group = EFI_EVENT_GROUP_MEMORY_MAP_CHANGE;

static struct list events = LIST_EMPTY(events);
static uint32_t map_events; /* events of the memory map change group */
static struct efi_runtime_event *runtime_events;

/* ---- signals, at TPL_HIGH_LEVEL ---- */

static void signal_one(struct event *event)
{
	if (event->signaled)
		return;
	event->signaled = true;
	if (event->type & EVT_NOTIFY_SIGNAL)
		tpl_queue(event);
}

static void signal_group(const struct efi_guid *group)
{
	list_for_each (link, &events) {
		struct event *event = list_of(link, struct event, all);

		if (event->has_group && efi_guid_same(&event->group, group))
			signal_one(event);
	}
}

void event_signal(struct event *event)
{
	if (event->has_group)
		signal_group(&event->group);
	else
		signal_one(event);
}

/* ---- creation and end ---- */

static efi_status check_type(uint32_t type, const struct efi_guid *group)
{
	if (type == EVT_SIGNAL_EXIT_BOOT_SERVICES || type == EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE)
		return group ? EFI_INVALID_PARAMETER : EFI_SUCCESS;
	if (type & ~(EVT_TIMER | EVT_RUNTIME | EVT_NOTIFY_WAIT | EVT_NOTIFY_SIGNAL))
		return EFI_INVALID_PARAMETER;
	if (type & EVT_NOTIFY_WAIT && type & EVT_NOTIFY_SIGNAL)
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

static void set_group(struct event *event, const struct efi_guid *group)
{
	if (!group && event->type == EVT_SIGNAL_EXIT_BOOT_SERVICES)
		group = &exit_group;
	if (!group && event->type == EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE)
		group = &virtual_group;
	if (!group)
		return;
	event->has_group = true;
	event->group = *group;
	if (efi_guid_same(group, &map_group))
		map_events++;
	if (efi_guid_same(group, &virtual_group)) {
		event->runtime.notify = event->notify;
		event->runtime.context = event->context;
		event->runtime.event = event;
		event->runtime.next = runtime_events;
		runtime_events = &event->runtime;
	}
}

static void unset_group(struct event *event)
{
	struct efi_runtime_event **at = &runtime_events;

	if (!event->has_group)
		return;
	if (efi_guid_same(&event->group, &map_group))
		map_events--;
	while (*at && *at != &event->runtime)
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next;
}

efi_status EFIAPI efi_create_event_ex(uint32_t Type, efi_tpl NotifyTpl,
				      efi_event_notify NotifyFunction, const void *NotifyContext,
				      const struct efi_guid *EventGroup, efi_event *Event)
{
	bool outlives = Type & EVT_RUNTIME;
	struct event *event;
	efi_tpl tpl;
	void *block;

	if (!Event || EFI_ERROR(check_type(Type, EventGroup)))
		return EFI_INVALID_PARAMETER;
	if (Type & (EVT_NOTIFY_SIGNAL | EVT_NOTIFY_WAIT)) {
		if (!NotifyFunction || NotifyTpl <= TPL_APPLICATION || NotifyTpl >= TPL_HIGH_LEVEL)
			return EFI_INVALID_PARAMETER;
	}
	if (EventGroup && efi_guid_same(EventGroup, &virtual_group))
		outlives = true;
	if (efi_allocate_pool(outlives ? EfiRuntimeServicesData : EfiBootServicesData,
			      sizeof(*event), &block))
		return EFI_OUT_OF_RESOURCES;
	event = memset(block, 0, sizeof(*event));
	event->type = Type;
	event->tpl = NotifyTpl;
	event->notify = NotifyFunction;
	event->context = (void *)(uintptr_t)NotifyContext;
	list_init(&event->queue);
	list_init(&event->timer);
	tpl = tpl_enter_high();
	efi_object_add(&event->object, EFI_OBJECT_EVENT);
	list_append(&events, &event->all);
	set_group(event, EventGroup);
	tpl_leave_high(tpl);
	*Event = event;
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_create_event(uint32_t Type, efi_tpl NotifyTpl,
				   efi_event_notify NotifyFunction, void *NotifyContext,
				   efi_event *Event)
{
	return efi_create_event_ex(Type, NotifyTpl, NotifyFunction, NotifyContext, NULL, Event);
}

efi_status EFIAPI efi_close_event(efi_event Event)
{
	struct event *event = Event;
	efi_tpl tpl;

	if (!event_valid(Event))
		return EFI_INVALID_PARAMETER;
	efi_notify_forget(Event);
	tpl = tpl_enter_high();
	tpl_dequeue(event);
	list_remove(&event->timer);
	list_remove(&event->all);
	unset_group(event);
	efi_object_remove(&event->object);
	tpl_leave_high(tpl);
	efi_free_pool(event);
	return EFI_SUCCESS;
}

uint64_t efi_event_forget_code(uint64_t base, uint64_t size)
{
	efi_tpl tpl = tpl_enter_high();
	uint64_t count = 0;

	list_for_each (link, &events) {
		struct event *event = list_of(link, struct event, all);

		if (event->notify && (uint64_t)(uintptr_t)event->notify - base < size) {
			efi_close_event(event);
			count++;
		}
	}
	tpl_leave_high(tpl);
	return count;
}

/* ---- services ---- */

efi_status EFIAPI efi_signal_event(efi_event Event)
{
	efi_tpl tpl;

	if (!event_valid(Event))
		return EFI_INVALID_PARAMETER;
	tpl = tpl_enter_high();
	event_signal(Event);
	tpl_leave_high(tpl);
	return EFI_SUCCESS;
}

void efi_event_signal_group(const struct efi_guid *group)
{
	efi_tpl tpl = tpl_enter_high();

	signal_group(group);
	tpl_leave_high(tpl);
}

void efi_event_memory_map_changed(void)
{
	if (map_events)
		efi_event_signal_group(&map_group);
}

/* Takes the signal, if there is one. */
static bool take_signal(struct event *event)
{
	efi_tpl tpl = tpl_enter_high();
	bool signaled = event->signaled;

	event->signaled = false;
	tpl_leave_high(tpl);
	return signaled;
}

efi_status EFIAPI efi_check_event(efi_event Event)
{
	struct event *event = Event;
	efi_tpl tpl;

	if (!event_valid(Event) || event->type & EVT_NOTIFY_SIGNAL)
		return EFI_INVALID_PARAMETER;
	if (take_signal(event))
		return EFI_SUCCESS;
	if (!(event->type & EVT_NOTIFY_WAIT))
		return EFI_NOT_READY;
	tpl = tpl_enter_high();
	tpl_queue(event);
	tpl_leave_high(tpl);
	return take_signal(event) ? EFI_SUCCESS : EFI_NOT_READY;
}

/* Waits for an interrupt, unless one of the events is signalled by now. */
static void wait_a_while(uint64_t count, efi_event *list)
{
	bool ready = false;
	bool polls = false;
	uint64_t due;

	efi_platform_irq_disable();
	for (uint64_t i = 0; i < count; i++) {
		const struct event *event = list[i];

		/* A notification function may have closed it: the next check says so. */
		if (!event_valid(event) || event->signaled)
			ready = true;
		else if (event->type & EVT_NOTIFY_WAIT)
			polls = true;
	}
	if (ready) {
		efi_platform_irq_enable();
		return;
	}
	due = timer_next_due();
	if (polls && efi_platform_now() + POLL_PERIOD < due)
		due = efi_platform_now() + POLL_PERIOD;
	efi_platform_alarm(due);
	efi_platform_idle();
}

efi_status EFIAPI efi_wait_for_event(uint64_t NumberOfEvents, efi_event *Event, uint64_t *Index)
{
	efi_status status;

	if (!NumberOfEvents || !Event)
		return EFI_INVALID_PARAMETER;
	if (efi_current_tpl() != TPL_APPLICATION)
		return EFI_UNSUPPORTED;
	for (;;) {
		for (uint64_t i = 0; i < NumberOfEvents; i++) {
			status = efi_check_event(Event[i]);
			if (status == EFI_NOT_READY)
				continue;
			if (Index)
				*Index = i;
			return status;
		}
		wait_a_while(NumberOfEvents, Event);
	}
}

struct efi_runtime_event *efi_event_runtime(void)
{
	return runtime_events;
}

void efi_event_reset(void)
{
	tpl_reset();
	timer_reset();
	list_init(&events);
	map_events = 0;
	runtime_events = NULL;
}
