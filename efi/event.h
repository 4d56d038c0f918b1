/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events, timers and task priority levels (UEFI 2.10, 7.1). Below TPL_HIGH_LEVEL interrupts are on, and the timer's
 * interrupt calls efi_event_tick, which runs notification functions above the level that it interrupted.
 */
#ifndef EFI_EVENT_H
#define EFI_EVENT_H

#include <stdbool.h>

#include "efi/efi.h"

/* 7.1.8, 7.1.9 */
efi_tpl EFIAPI efi_raise_tpl(efi_tpl NewTpl);
void EFIAPI efi_restore_tpl(efi_tpl OldTpl);
efi_tpl efi_current_tpl(void);

/*
 * How efi/ guards its own structures: no notification function runs between the two. Nests. It costs a few instructions and
 * leaves interrupts alone: what the timer's interrupt itself touches is guarded inside event.c.
 */
efi_tpl efi_lock(void);
void efi_unlock(efi_tpl tpl);

/*
 * 7.1.1, 7.1.2. EFI_INVALID_PARAMETER: Event is NULL; Type has unknown bits, both EVT_NOTIFY_ ones, or an EVT_SIGNAL_ one
 * together with other bits or an EventGroup; a notification function is needed and NULL, or its TPL is not above
 * TPL_APPLICATION and below TPL_HIGH_LEVEL. EFI_OUT_OF_RESOURCES.
 */
efi_status EFIAPI efi_create_event(uint32_t Type, efi_tpl NotifyTpl,
				   efi_event_notify NotifyFunction, void *NotifyContext,
				   efi_event *Event);
efi_status EFIAPI efi_create_event_ex(uint32_t Type, efi_tpl NotifyTpl,
				      efi_event_notify NotifyFunction, const void *NotifyContext,
				      const struct efi_guid *EventGroup, efi_event *Event);
/* 7.1.3: a queued notification is dropped. EFI_INVALID_PARAMETER: no event (in the others as well). */
efi_status EFIAPI efi_close_event(efi_event Event);
/* 7.1.4 */
efi_status EFIAPI efi_signal_event(efi_event Event);
/*
 * 7.1.5. EFI_UNSUPPORTED: not at TPL_APPLICATION. EFI_INVALID_PARAMETER: no events, or event *Index is none or is of type
 * EVT_NOTIFY_SIGNAL.
 */
efi_status EFIAPI efi_wait_for_event(uint64_t NumberOfEvents, efi_event *Event, uint64_t *Index);
/* 7.1.6. EFI_NOT_READY; EFI_INVALID_PARAMETER: type EVT_NOTIFY_SIGNAL. */
efi_status EFIAPI efi_check_event(efi_event Event);
/* 7.1.7, in units of 100 ns; a period is at least 100 us, and 10 ms for 0. EFI_INVALID_PARAMETER: no timer event, unknown Type. */
efi_status EFIAPI efi_set_timer(efi_event Event, uint32_t Type, uint64_t TriggerTime);

/* Signals every event of a group. */
void efi_event_signal_group(const struct efi_guid *group);
/* The memory map has changed: EFI_EVENT_GROUP_MEMORY_MAP_CHANGE. */
void efi_event_memory_map_changed(void);
/* The timer's interrupt: signals what is due and asks for the next alarm. Called with interrupts off. */
void efi_event_tick(void);
/* Closes the events whose notification function lies in [base, base + size): that code is going away. How many. */
uint64_t efi_event_forget_code(uint64_t base, uint64_t size);
/* No timer fires any more, and no alarm is asked for, until efi_event_resume_timers. */
void efi_event_stop_timers(void);
void efi_event_resume_timers(void);

/*
 * What SetVirtualAddressMap calls: the events of EFI_EVENT_GROUP_VIRTUAL_ADDRESS_CHANGE, in memory of type runtime services
 * data. Each is called as notify(event, context).
 */
struct efi_runtime_event {
	struct efi_runtime_event *next;
	efi_event_notify notify;
	void *context;
	efi_event event;
};
struct efi_runtime_event *efi_event_runtime(void);

/* For tests: forgets all events. */
void efi_event_reset(void);

#endif
