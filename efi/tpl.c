/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Task priority levels (UEFI 2.10, 7.1.8); see event.h.
 *
 * A signalled event with a notification function waits in the queue of its level; a bit for each level says
 * which queues are not empty. Whenever the level falls (RestoreTPL, the end of an interrupt), the queues above the new
 * level are emptied, highest first.
 */
#include <string.h>

#include "efi/event_internal.h"
#include "efi/platform.h"

#define LEVELS (TPL_HIGH_LEVEL + 1)

static efi_tpl current = TPL_APPLICATION;
static uint32_t pending; /* a bit for each level with a queue */
static struct list queues[LEVELS];

/* ---- queues ---- */

void tpl_queue(struct event *event)
{
	if (!list_is_empty(&event->queue))
		return;
	if (!queues[event->tpl].next)
		list_init(&queues[event->tpl]);
	list_append(&queues[event->tpl], &event->queue);
	pending |= 1u << event->tpl;
}

void tpl_dequeue(struct event *event)
{
	if (list_is_empty(&event->queue))
		return;
	list_remove(&event->queue);
	if (list_is_empty(&queues[event->tpl]))
		pending &= ~(1u << event->tpl);
}

/* ---- levels ---- */

efi_tpl tpl_enter_high(void)
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
void tpl_leave_high(efi_tpl old)
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
	tpl_enter_high();
	tpl_leave_high(OldTpl);
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
		tpl_enter_high();
		tpl_leave_high(tpl);
	}
}

/* ---- the interrupt ---- */

efi_tpl tpl_enter_interrupt(void)
{
	efi_tpl old = current;

	current = TPL_HIGH_LEVEL;
	return old;
}

void tpl_leave_interrupt(efi_tpl old)
{
	if (pending >> old > 1)
		dispatch(old);
	current = old;
}

void tpl_reset(void)
{
	current = TPL_APPLICATION;
	pending = 0;
	memset(queues, 0, sizeof(queues));
}
