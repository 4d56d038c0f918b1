/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What event.c, tpl.c and timer.c share. The timer's interrupt touches events, queues and timers, so these are changed
 * at TPL_HIGH_LEVEL only, with interrupts off.
 */
#ifndef EFI_EVENT_INTERNAL_H
#define EFI_EVENT_INTERNAL_H

#include "efi/event.h"
#include "efi/list.h"
#include "efi/object.h"

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

/* ---- event.c ---- */

static inline bool event_valid(const void *pointer)
{
	return efi_object_is(pointer, EFI_OBJECT_EVENT);
}

/* Signals an event and those of its group. At TPL_HIGH_LEVEL. */
void event_signal(struct event *event);

/* ---- tpl.c ---- */

/* To TPL_HIGH_LEVEL, and back to what the first has returned: runs what waits above that. */
efi_tpl tpl_enter_high(void);
void tpl_leave_high(efi_tpl old);
/* The interrupt's way to do the same: they are off all the time but while notification functions run. */
efi_tpl tpl_enter_interrupt(void);
void tpl_leave_interrupt(efi_tpl old);
/* The notification of an event will run, or not any more. At TPL_HIGH_LEVEL. */
void tpl_queue(struct event *event);
void tpl_dequeue(struct event *event);
void tpl_reset(void);

/* ---- timer.c ---- */

#define TIMER_NEVER UINT64_MAX
/* When the first timer is due. Interrupts are off. */
uint64_t timer_next_due(void);
void timer_reset(void);

#endif
