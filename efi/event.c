/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and task priorities; see event.h.
 *
 * A signalled event with a notification function waits in the queue of its level; a bit for each level says
 * which queues are not empty. Whenever the level falls (RestoreTPL, the end of an interrupt), the queues above the new
 * level are emptied, highest first. The timer's interrupt touches queues and timers, so these are changed
 * at TPL_HIGH_LEVEL only, with interrupts off.
 */
#include <string.h>

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/list.h"
#include "efi/object.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "lib/assert.h"

#define LEVELS (TPL_HIGH_LEVEL + 1)
#define TICK_PERIOD 100000 /* 10 ms: what a periodic timer of period 0 gets */
#define POLL_PERIOD 10000 /* 1 ms: how often WaitForEvent asks events that must be polled */
#define NEVER UINT64_MAX

struct event {
	struct efi_object object;
	struct efi_runtime_event
		runtime; /* linked while the event is of the virtual address change group */
	uint32_t type;
	efi_tpl tpl;
	efi_event_notify notify;
	void *context;
	bool signaled;
	bool has_group;
	struct efi_guid group;
	struct list all;
	struct list queue; /* a ring of its own when not queued */
	struct list timer; /* the same when not armed */
	uint64_t due;
	uint64_t period;
};

static const struct efi_guid exit_group = EFI_EVENT_GROUP_EXIT_BOOT_SERVICES;
static const struct efi_guid virtual_group = EFI_EVENT_GROUP_VIRTUAL_ADDRESS_CHANGE;
static const struct efi_guid map_group = EFI_EVENT_GROUP_MEMORY_MAP_CHANGE;

static efi_tpl current = TPL_APPLICATION;
static uint32_t pending; /* a bit for each level with a queue */
static struct list queues[LEVELS];
static struct list events = LIST_EMPTY(events);
static struct list timers = LIST_EMPTY(timers); /* soonest first */
static bool timers_stopped;
static uint32_t map_events; /* events of the memory map change group */
static struct efi_runtime_event *runtime_events;

/* ---- levels ---- */

static efi_tpl enter_high(void)
{
	efi_tpl old = current;

	if (old < TPL_HIGH_LEVEL)
		efi_platform_irq_disable();
	current = TPL_HIGH_LEVEL;
	return old;
}

/* Runs what is queued above `level`. Called and returns with interrupts off. */
static void dispatch(efi_tpl level)
{
	while (pending >> level > 1) {
		efi_tpl high = 31u - (unsigned int)__builtin_clz(pending);
		struct event *event = list_of(queues[high].next, struct event, queue);

		list_remove(&event->queue);
		if (list_is_empty(&queues[high]))
			pending &= ~(1u << high);
		if (event->type & EVT_NOTIFY_SIGNAL)
			event->signaled = false;
		current = high;
		efi_platform_irq_enable();
		event->notify(event, event->context);
		efi_platform_irq_disable();
	}
}

/* Interrupts are off when `current` is TPL_HIGH_LEVEL, and on in all else. */
static void leave_high(efi_tpl old)
{
	if (pending >> old > 1)
		dispatch(old);
	current = old;
	if (old < TPL_HIGH_LEVEL)
		efi_platform_irq_enable();
}

efi_tpl EFIAPI efi_raise_tpl(efi_tpl NewTpl)
{
	efi_tpl old = current;

	/* 7.1.8: lowering the level by it is undefined; it stays. */
	if (NewTpl > TPL_HIGH_LEVEL)
		NewTpl = TPL_HIGH_LEVEL;
	if (NewTpl <= old)
		return old;
	if (NewTpl == TPL_HIGH_LEVEL)
		efi_platform_irq_disable();
	current = NewTpl;
	return old;
}

void EFIAPI efi_restore_tpl(efi_tpl OldTpl)
{
	if (OldTpl >= current)
		return;
	enter_high();
	leave_high(OldTpl);
}

efi_tpl efi_current_tpl(void)
{
	return current;
}

efi_tpl efi_lock(void)
{
	efi_tpl old = current;

	if (old < TPL_NOTIFY)
		current = TPL_NOTIFY;
	return old;
}

void efi_unlock(efi_tpl tpl)
{
	if (current == tpl)
		return;
	/* First the level, then the look: an interrupt in between runs the queue itself. */
	*(volatile efi_tpl *)&current = tpl;
	if (*(volatile uint32_t *)&pending >> tpl > 1) {
		enter_high();
		leave_high(tpl);
	}
}

/* ---- signals, at TPL_HIGH_LEVEL ---- */

static void queue_notification(struct event *event)
{
	if (!list_is_empty(&event->queue))
		return;
	if (!queues[event->tpl].next)
		list_init(&queues[event->tpl]);
	list_append(&queues[event->tpl], &event->queue);
	pending |= 1u << event->tpl;
}

static void signal_one(struct event *event)
{
	if (event->signaled)
		return;
	event->signaled = true;
	if (event->type & EVT_NOTIFY_SIGNAL)
		queue_notification(event);
}

static void signal_group(const struct efi_guid *group)
{
	list_for_each (link, &events) {
		struct event *event = list_of(link, struct event, all);

		if (event->has_group && efi_guid_same(&event->group, group))
			signal_one(event);
	}
}

static void signal_event(struct event *event)
{
	if (event->has_group)
		signal_group(&event->group);
	else
		signal_one(event);
}

static uint64_t next_due(void)
{
	if (timers_stopped || list_is_empty(&timers))
		return NEVER;
	return list_of(timers.next, struct event, timer)->due;
}

/* Puts a timer where it belongs, and asks for an alarm when it has become the first. */
static void timer_arm(struct event *event)
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
	efi_tpl old = current;
	uint64_t now = efi_platform_now();

	current = TPL_HIGH_LEVEL;
	while (next_due() <= now) {
		struct event *event = list_of(timers.next, struct event, timer);

		list_remove(&event->timer);
		if (event->period) {
			event->due += event->period;
			if (event->due <= now)
				event->due = now + event->period;
			timer_arm(event);
		}
		signal_event(event);
	}
	efi_platform_alarm(next_due());
	if (pending >> old > 1)
		dispatch(old);
	current = old;
}

/* ---- creation and end ---- */

static bool event_valid(const void *pointer)
{
	return efi_object_is(pointer, EFI_OBJECT_EVENT);
}

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
	tpl = enter_high();
	efi_object_add(&event->object, EFI_OBJECT_EVENT);
	list_append(&events, &event->all);
	set_group(event, EventGroup);
	leave_high(tpl);
	*Event = event;
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_create_event(uint32_t Type, efi_tpl NotifyTpl,
				   efi_event_notify NotifyFunction, void *NotifyContext,
				   efi_event *Event)
{
	return efi_create_event_ex(Type, NotifyTpl, NotifyFunction, NotifyContext, NULL, Event);
}

static void dequeue(struct event *event)
{
	if (list_is_empty(&event->queue))
		return;
	list_remove(&event->queue);
	if (list_is_empty(&queues[event->tpl]))
		pending &= ~(1u << event->tpl);
}

efi_status EFIAPI efi_close_event(efi_event Event)
{
	struct event *event = Event;
	efi_tpl tpl;

	if (!event_valid(Event))
		return EFI_INVALID_PARAMETER;
	efi_notify_forget(Event);
	tpl = enter_high();
	dequeue(event);
	list_remove(&event->timer);
	list_remove(&event->all);
	unset_group(event);
	efi_object_remove(&event->object);
	leave_high(tpl);
	efi_free_pool(event);
	return EFI_SUCCESS;
}

uint64_t efi_event_forget_code(uint64_t base, uint64_t size)
{
	efi_tpl tpl = enter_high();
	uint64_t count = 0;

	list_for_each (link, &events) {
		struct event *event = list_of(link, struct event, all);

		if (event->notify && (uint64_t)(uintptr_t)event->notify - base < size) {
			efi_close_event(event);
			count++;
		}
	}
	leave_high(tpl);
	return count;
}

/* ---- services ---- */

efi_status EFIAPI efi_signal_event(efi_event Event)
{
	efi_tpl tpl;

	if (!event_valid(Event))
		return EFI_INVALID_PARAMETER;
	tpl = enter_high();
	signal_event(Event);
	leave_high(tpl);
	return EFI_SUCCESS;
}

void efi_event_signal_group(const struct efi_guid *group)
{
	efi_tpl tpl = enter_high();

	signal_group(group);
	leave_high(tpl);
}

void efi_event_memory_map_changed(void)
{
	if (map_events)
		efi_event_signal_group(&map_group);
}

/* Takes the signal, if there is one. */
static bool take_signal(struct event *event)
{
	efi_tpl tpl = enter_high();
	bool signaled = event->signaled;

	event->signaled = false;
	leave_high(tpl);
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
	tpl = enter_high();
	queue_notification(event);
	leave_high(tpl);
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
	due = next_due();
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
	if (current != TPL_APPLICATION)
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

efi_status EFIAPI efi_set_timer(efi_event Event, uint32_t Type, uint64_t TriggerTime)
{
	struct event *event = Event;
	efi_tpl tpl;
	uint64_t now;

	if (!event_valid(Event) || !(event->type & EVT_TIMER) || Type > TimerRelative)
		return EFI_INVALID_PARAMETER;
	tpl = enter_high();
	list_remove(&event->timer);
	event->period = 0;
	if (Type != TimerCancel) {
		if (Type == TimerPeriodic)
			event->period = TriggerTime ? TriggerTime : TICK_PERIOD;
		now = efi_platform_now();
		event->due = now + (event->period ? event->period : TriggerTime);
		if (event->due < now)
			event->due = NEVER - 1;
		timer_arm(event);
	}
	leave_high(tpl);
	return EFI_SUCCESS;
}

void efi_event_stop_timers(void)
{
	efi_tpl tpl = enter_high();

	timers_stopped = true;
	efi_platform_alarm(NEVER);
	leave_high(tpl);
}

void efi_event_resume_timers(void)
{
	efi_tpl tpl = enter_high();

	timers_stopped = false;
	efi_platform_alarm(next_due());
	leave_high(tpl);
}

struct efi_runtime_event *efi_event_runtime(void)
{
	return runtime_events;
}

void efi_event_reset(void)
{
	current = TPL_APPLICATION;
	pending = 0;
	memset(queues, 0, sizeof(queues));
	list_init(&events);
	list_init(&timers);
	timers_stopped = false;
	map_events = 0;
	runtime_events = NULL;
}
