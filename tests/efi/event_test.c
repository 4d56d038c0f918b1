/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* Events, timers and task priority levels; see efi/event.h. */
#include <string.h>

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/memory.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/efi/trace.h"

#define MS UINT64_C(10000)

int machine_watchdog_bites(uint64_t time);

/* What notification functions write down: a letter each, and the level they ran at. */
static efi_tpl levels[sizeof(trace)];

static void EFIAPI note(efi_event event, void *context)
{
	uint64_t at = strlen(trace);

	(void)event;
	levels[at] = efi_current_tpl();
	trace_note(*(const char *)context);
	ok(machine_interrupts_on(), "interrupts are on in a notification");
}

static efi_event make(uint32_t type, efi_tpl tpl, const char *letter)
{
	efi_event event = NULL;

	if (efi_create_event(type, tpl, note, (void *)(uintptr_t)letter, &event))
		ok(0, "an event");
	return event;
}

static void test_create(void)
{
	static const struct efi_guid group = EFI_EVENT_GROUP_READY_TO_BOOT;
	struct snapshot before;
	struct snapshot after;
	efi_event event = NULL;
	int garbage[4] = {0};

	machine_start(4096);
	before = machine_snapshot();
	equal(efi_create_event(0, 0, NULL, NULL, NULL), EFI_INVALID_PARAMETER, "nowhere to");
	equal(efi_create_event(EVT_NOTIFY_SIGNAL | EVT_NOTIFY_WAIT, TPL_CALLBACK, note, NULL,
			       &event),
	      EFI_INVALID_PARAMETER, "both kinds of notification");
	equal(efi_create_event(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, NULL, NULL, &event),
	      EFI_INVALID_PARAMETER, "signal without a function");
	equal(efi_create_event(EVT_NOTIFY_WAIT, TPL_CALLBACK, NULL, NULL, &event),
	      EFI_INVALID_PARAMETER, "wait without a function");
	equal(efi_create_event(EVT_NOTIFY_SIGNAL, TPL_APPLICATION, note, NULL, &event),
	      EFI_INVALID_PARAMETER, "at TPL_APPLICATION");
	equal(efi_create_event(EVT_NOTIFY_SIGNAL, TPL_HIGH_LEVEL, note, NULL, &event),
	      EFI_INVALID_PARAMETER, "at TPL_HIGH_LEVEL");
	equal(efi_create_event(1, TPL_CALLBACK, note, NULL, &event), EFI_INVALID_PARAMETER,
	      "an unknown type");
	equal(efi_create_event(EVT_SIGNAL_EXIT_BOOT_SERVICES | EVT_TIMER, TPL_CALLBACK, note, NULL,
			       &event),
	      EFI_INVALID_PARAMETER, "exit boot services and more");
	equal(efi_create_event_ex(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_CALLBACK, note, NULL, &group,
				  &event),
	      EFI_INVALID_PARAMETER, "exit boot services and a group");
	equal(efi_create_event_ex(EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE, TPL_CALLBACK, note, NULL,
				  &group, &event),
	      EFI_INVALID_PARAMETER, "virtual address change and a group");
	equal(efi_signal_event(NULL), EFI_INVALID_PARAMETER, "signal: no event");
	equal(efi_signal_event(garbage), EFI_INVALID_PARAMETER, "signal: garbage");
	equal(efi_check_event(garbage), EFI_INVALID_PARAMETER, "check: garbage");
	equal(efi_close_event(garbage), EFI_INVALID_PARAMETER, "close: garbage");
	equal(efi_set_timer(garbage, TimerRelative, 1), EFI_INVALID_PARAMETER, "timer: garbage");
	machine_fail_at(1);
	equal(efi_create_event(0, 0, NULL, NULL, &event), EFI_OUT_OF_RESOURCES, "out of memory");
	machine_fail_at(0);
	equal(efi_create_event(EVT_TIMER | EVT_NOTIFY_WAIT, TPL_NOTIFY, note, NULL, &event),
	      EFI_SUCCESS, "a timer to wait for");
	equal(efi_close_event(event), EFI_SUCCESS, "closed");
	equal(efi_close_event(event), EFI_INVALID_PARAMETER, "twice");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_levels(void)
{
	efi_event callback;
	efi_event notify;
	efi_event between;
	efi_tpl old;

	machine_start(4096);
	traced();
	callback = make(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "c");
	notify = make(EVT_NOTIFY_SIGNAL, TPL_NOTIFY, "n");
	between = make(EVT_NOTIFY_SIGNAL, 12, "b");
	equal(efi_signal_event(callback), EFI_SUCCESS, "signalled");
	traced_is("c", "runs at once at TPL_APPLICATION");
	equal(levels[0], TPL_CALLBACK, "at its level");
	equal(efi_current_tpl(), TPL_APPLICATION, "and back");

	old = efi_raise_tpl(TPL_NOTIFY);
	equal(old, TPL_APPLICATION, "raise gives the old level");
	efi_signal_event(callback);
	efi_signal_event(notify);
	efi_signal_event(between);
	efi_signal_event(notify);
	traced_is("", "nothing runs at TPL_NOTIFY");
	efi_restore_tpl(12);
	traced_is("n", "above 12 there is one, once");
	efi_restore_tpl(TPL_CALLBACK);
	traced_is("b", "then that at 12");
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("c", "then the last");

	efi_raise_tpl(TPL_HIGH_LEVEL);
	ok(!machine_interrupts_on(), "interrupts are off at TPL_HIGH_LEVEL");
	efi_signal_event(callback);
	efi_signal_event(between);
	efi_signal_event(notify);
	ok(!machine_interrupts_on(), "and stay so");
	traced_is("", "nothing runs");
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("nbc", "the highest first");
	ok(machine_interrupts_on(), "interrupts are on again");
	equal(efi_raise_tpl(TPL_CALLBACK), TPL_APPLICATION, "up");
	equal(efi_raise_tpl(TPL_APPLICATION), TPL_CALLBACK, "raising down");
	equal(efi_current_tpl(), TPL_CALLBACK, "does nothing");
	efi_restore_tpl(TPL_NOTIFY);
	equal(efi_current_tpl(), TPL_CALLBACK, "nor does restoring up");
	efi_signal_event(notify);
	efi_close_event(notify);
	efi_signal_event(between);
	efi_raise_tpl(TPL_HIGH_LEVEL);
	efi_signal_event(callback);
	efi_close_event(callback);
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("nb", "a closed event does not run");
}

static efi_event inner;

static void EFIAPI nest(efi_event event, void *context)
{
	note(event, context);
	efi_signal_event(inner);
	note(event, context);
}

static void test_nesting(void)
{
	efi_event outer;

	machine_start(4096);
	traced();
	efi_create_event(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, nest, (void *)(uintptr_t) "o", &outer);
	inner = make(EVT_NOTIFY_SIGNAL, TPL_NOTIFY, "i");
	efi_signal_event(outer);
	traced_is("oio", "a higher one interrupts a lower one");
	efi_close_event(inner);
	inner = make(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "i");
	efi_signal_event(outer);
	traced_is("ooi", "one of the same level waits");
}

static void test_check(void)
{
	efi_event plain = NULL;
	efi_event wait;
	efi_event signal;

	machine_start(4096);
	traced();
	/* A notification function is ignored when the type does not name one. */
	efi_create_event(0, TPL_CALLBACK, note, (void *)(uintptr_t) "p", &plain);
	wait = make(EVT_NOTIFY_WAIT, TPL_CALLBACK, "w");
	signal = make(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "s");
	equal(efi_check_event(plain), EFI_NOT_READY, "not signalled");
	efi_signal_event(plain);
	equal(efi_check_event(plain), EFI_SUCCESS, "signalled");
	equal(efi_check_event(plain), EFI_NOT_READY, "it was taken");
	traced_is("", "type 0 has no notification");
	equal(efi_check_event(wait), EFI_NOT_READY, "a wait event");
	traced_is("w", "is asked");
	efi_raise_tpl(TPL_NOTIFY);
	equal(efi_check_event(wait), EFI_NOT_READY, "at a level above");
	traced_is("", "it is not");
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("w", "but later");
	efi_signal_event(wait);
	traced_is("", "a signal does not call it");
	equal(efi_check_event(wait), EFI_SUCCESS, "it is ready");
	traced_is("", "and not asked");
	equal(efi_check_event(signal), EFI_INVALID_PARAMETER,
	      "EVT_NOTIFY_SIGNAL cannot be checked");
}

static void EFIAPI ready_at_third(efi_event event, void *context)
{
	if (++*(int *)context == 3)
		efi_signal_event(event);
}

static void test_wait(void)
{
	efi_event events[3];
	uint64_t index = 9;
	int asked = 0;

	machine_start(4096);
	events[0] = NULL;
	efi_create_event(EVT_TIMER, 0, NULL, NULL, &events[0]);
	efi_create_event(EVT_TIMER, 0, NULL, NULL, &events[1]);
	equal(efi_wait_for_event(0, events, &index), EFI_INVALID_PARAMETER, "no events");
	equal(efi_wait_for_event(1, NULL, &index), EFI_INVALID_PARAMETER, "no list");
	efi_raise_tpl(TPL_CALLBACK);
	equal(efi_wait_for_event(1, events, &index), EFI_UNSUPPORTED, "not at TPL_APPLICATION");
	efi_restore_tpl(TPL_APPLICATION);
	events[2] = make(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "s");
	equal(efi_wait_for_event(3, events, &index), EFI_INVALID_PARAMETER,
	      "one is EVT_NOTIFY_SIGNAL");
	equal(index, 2, "the third");
	efi_set_timer(events[0], TimerRelative, 50 * MS);
	efi_set_timer(events[1], TimerRelative, 20 * MS);
	equal(efi_wait_for_event(2, events, &index), EFI_SUCCESS, "two timers");
	equal(index, 1, "the sooner wakes us");
	equal(efi_wait_for_event(2, events, &index), EFI_SUCCESS, "again");
	equal(index, 0, "then the later");
	efi_create_event(EVT_NOTIFY_WAIT, TPL_NOTIFY, ready_at_third, &asked, &events[2]);
	equal(efi_wait_for_event(1, &events[2], &index), EFI_SUCCESS, "an event that is polled");
	equal(asked, 3, "is asked until it is ready");
}

static void test_timers(void)
{
	efi_event one;
	efi_event timer;

	machine_start(4096);
	traced();
	one = NULL;
	efi_create_event(0, 0, NULL, NULL, &one);
	timer = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "t");
	equal(efi_set_timer(one, TimerRelative, 1), EFI_INVALID_PARAMETER, "no timer event");
	equal(efi_set_timer(timer, 3, 1), EFI_INVALID_PARAMETER, "an unknown type");
	equal(machine_alarm(), UINT64_MAX, "no alarm without a timer");
	efi_set_timer(timer, TimerRelative, 5 * MS);
	machine_run(5 * MS - 1);
	traced_is("", "not yet");
	machine_run(1);
	traced_is("t", "it fires while nobody calls anything");
	machine_run(1000 * MS);
	traced_is("", "once");
	equal(machine_alarm(), UINT64_MAX, "no alarm any more");
	efi_set_timer(timer, TimerPeriodic, 10 * MS);
	machine_run(35 * MS);
	traced_is("ttt", "periodic");
	efi_set_timer(timer, TimerPeriodic, 0);
	machine_run(35 * MS);
	traced_is("ttt", "period 0 is every tick");
	efi_set_timer(timer, TimerPeriodic, 1);
	machine_run(MS / 2);
	traced_is("ttttt", "a period that is too short is a tenth of a millisecond");
	efi_set_timer(timer, TimerCancel, 0);
	machine_run(100 * MS);
	traced_is("", "cancelled");
	efi_set_timer(timer, TimerRelative, 0);
	machine_run(0);
	traced_is("t", "time 0 is at once");
	efi_set_timer(timer, TimerRelative, UINT64_MAX);
	machine_run(1000 * MS);
	traced_is("", "the longest time");
	efi_close_event(one);
	efi_close_event(timer);
}

static void test_timers_and_levels(void)
{
	efi_event one;
	efi_event timer;

	machine_start(4096);
	traced();
	timer = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "t");
	efi_set_timer(timer, TimerPeriodic, 10 * MS);
	efi_raise_tpl(TPL_HIGH_LEVEL);
	machine_run(95 * MS);
	traced_is("", "not at TPL_HIGH_LEVEL");
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("t", "one for all that were missed");
	machine_run(10 * MS);
	traced_is("t", "and on");
	efi_raise_tpl(TPL_NOTIFY);
	machine_run(30 * MS);
	traced_is("", "the level holds against interrupts");
	efi_restore_tpl(TPL_APPLICATION);
	traced_is("t", "until it falls");
	efi_set_timer(timer, TimerRelative, 20 * MS);
	one = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "u");
	efi_set_timer(one, TimerRelative, 10 * MS);
	machine_run(30 * MS);
	traced_is("ut", "two timers, the sooner first");
	efi_close_event(one);
	efi_close_event(timer);
	machine_run(100 * MS);
	traced_is("", "closed");
	equal(machine_alarm(), UINT64_MAX, "no alarm any more");
}

/* Interrupts at every look at the clock. */
static void test_many_interrupts(void)
{
	efi_event timer;

	machine_start(4096);
	timer = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "t");
	efi_set_timer(timer, TimerPeriodic, 3 * MS);
	machine_clock_step(MS);
	for (int i = 0; i < 30; i++)
		efi_set_timer(timer, TimerPeriodic, 3 * MS);
	machine_clock_step(0);
	traced();
}

static void test_groups(void)
{
	static const struct efi_guid group =
		EFI_GUID(12345678, 1234, 1234, 01, 02, 03, 04, 05, 06, 07, 08);
	static const struct efi_guid map_group = EFI_EVENT_GROUP_MEMORY_MAP_CHANGE;
	static const struct efi_guid virtual_group = EFI_EVENT_GROUP_VIRTUAL_ADDRESS_CHANGE;
	efi_event member[4];
	uint64_t base;

	machine_start(4096);
	traced();
	for (int i = 0; i < 3; i++)
		efi_create_event_ex(EVT_NOTIFY_SIGNAL, i == 1 ? TPL_NOTIFY : TPL_CALLBACK, note,
				    &"abc"[i], &group, &member[i]);
	efi_create_event_ex(0, 0, NULL, NULL, &group, &member[3]);
	efi_signal_event(member[2]);
	traced_is("bac", "one member signals all, by level, then in order");
	equal(efi_check_event(member[3]), EFI_SUCCESS, "also one without a notification");
	efi_close_event(member[1]);
	efi_event_signal_group(&group);
	traced_is("ac", "what is closed is no member");
	efi_create_event_ex(EVT_NOTIFY_SIGNAL, TPL_NOTIFY, note, "m", &map_group, &member[1]);
	efi_allocate_pages(AllocateAnyPages, EfiLoaderData, 1, &base);
	traced_is("m", "the memory map change group");
	efi_free_pages(base, 1);
	traced_is("m", "at a release too");
	efi_close_event(member[1]);
	ok(!efi_event_runtime(), "no virtual address change events");
	efi_create_event_ex(EVT_NOTIFY_SIGNAL, TPL_NOTIFY, note, "v", &virtual_group, &member[1]);
	efi_create_event(EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE, TPL_NOTIFY, note, NULL, &member[2]);
	ok(efi_event_runtime() && efi_event_runtime()->next, "two of them");
	efi_close_event(member[1]);
	ok(efi_event_runtime() && !efi_event_runtime()->next, "one is closed");
	equal(efi_event_runtime()->event, member[2], "the other is there");
	efi_close_event(member[2]);
	ok(!efi_event_runtime(), "none");
}

static void test_forget(void)
{
	efi_event gone;

	machine_start(4096);
	traced();
	gone = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, "g");
	efi_set_timer(gone, TimerRelative, MS);
	equal(efi_event_forget_code((uint64_t)(uintptr_t)note + 1, 100), 0, "other code");
	equal(efi_event_forget_code((uint64_t)(uintptr_t)note - 10, 100), 1,
	      "the code that goes away");
	machine_run(MS);
	traced_is("", "is not called");
	equal(efi_close_event(gone), EFI_INVALID_PARAMETER, "the event is closed");
}

static void test_watchdog(void)
{
	static const CHAR16 text[] = u"late";

	machine_start(4096);
	efi_table_start();
	equal(efi_set_watchdog_timer(5, 0x10000, 10, NULL), EFI_INVALID_PARAMETER,
	      "data of no data");
	equal(efi_set_watchdog_timer(0, 0, 0, NULL), EFI_SUCCESS, "off, when it never was on");
	equal(efi_set_watchdog_timer(5, 0x10000, sizeof(text), (CHAR16 *)(uintptr_t)text),
	      EFI_SUCCESS, "5 s");
	ok(!machine_watchdog_bites(4999 * MS), "waits");
	efi_set_watchdog_timer(5, 0x10001, 0, NULL);
	ok(!machine_watchdog_bites(4999 * MS), "was set anew");
	efi_set_watchdog_timer(0, 0, 0, NULL);
	ok(!machine_watchdog_bites(10000 * MS), "off");
	efi_set_watchdog_timer(5, 0x10002, 0, NULL);
	ok(machine_watchdog_bites(5000 * MS), "bites");
	equal(machine_watchdog_code, 0x10002, "with its code");
}

/* Each of these makes one thing; what fails has made none. */
static void test_out_of_memory(void)
{
	static const struct efi_guid group =
		EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0f);
	struct snapshot before, after;
	efi_event event = NULL;
	void *registration;
	uint64_t n, failed = 0, left = 0;

	machine_start(4096);
	equal(efi_create_event(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, note, "x", &event), EFI_SUCCESS,
	      "an event");
	before = machine_snapshot();
	for (n = 1; n < 10; n++) {
		efi_event made = NULL;

		machine_fail_at(n);
		if (efi_create_event_ex(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, note, "x", &group, &made))
			failed++;
		else
			efi_close_event(made);
		machine_fail_at(n);
		if (efi_register_protocol_notify(&group, event, &registration))
			failed++;
		else
			efi_notify_forget(event);
		machine_fail_at(0);
		after = machine_snapshot();
		left += !snapshot_same(&before, &after);
	}
	ok(failed >= 3, "out of memory in CreateEventEx and RegisterProtocolNotify");
	equal(left, 0, "leaves nothing");
}

int main(void)
{
	test_out_of_memory();
	machine_start(4096);
	test_create();
	test_levels();
	test_nesting();
	test_check();
	test_wait();
	machine_start(4096);
	test_timers();
	test_timers_and_levels();
	test_many_interrupts();
	test_groups();
	test_forget();
	test_watchdog();
	return tap_done();
}
