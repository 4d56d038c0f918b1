/* SPDX-License-Identifier: BSD-2-Clause */
/* Events, timers, task priority levels (UEFI 2.10, 7.1): above all that notifications run while we only spin. */
#include "tests/efi-apps/app.h"

#define MS 10000u /* in units of 100 ns */
#define SPINS UINT64_C(20000000000)

static volatile uint64_t calls;
static volatile efi_tpl seen_tpl;
static volatile uint64_t seen_order;

static void EFIAPI count_call(efi_event event, void *context)
{
	(void)event;
	(void)context;
	calls++;
}

static void EFIAPI note_order(efi_event event, void *context)
{
	(void)event;
	seen_order = seen_order << 4 | (uint64_t)(uintptr_t)context;
	seen_tpl = bs->RaiseTPL(TPL_HIGH_LEVEL);
	bs->RestoreTPL(seen_tpl);
}

/* Overwrites what a notification may: FP and SIMD registers. */
static void EFIAPI spoil_registers(efi_event event, void *context)
{
	(void)event;
	(void)context;
#if defined(__x86_64__)
	__asm__ volatile(
		"pcmpeqd %%xmm0, %%xmm0\n\tmovdqa %%xmm0, %%xmm1\n\tmovdqa %%xmm0, %%xmm5\n\tfldpi"
		:
		:
		: "xmm0", "xmm1", "xmm5", "st");
	__asm__ volatile("fstp %%st(0)" : : : "st");
#else
	__asm__ volatile(
		"movi v0.16b, #0xff\n\tmovi v7.16b, #0xee\n\tmovi v16.16b, #0xdd\n\tmovi v31.16b, #0xcc\n\t"
		"msr fpsr, xzr"
		:
		:
		: "v0", "v7", "v16", "v31");
#endif
	calls++;
}

static efi_event make(uint32_t type, efi_tpl tpl, efi_event_notify notify, uint64_t context)
{
	efi_event event = NULL;

	bs->CreateEvent(type, tpl, notify, (void *)(uintptr_t)context, &event);
	return event;
}

static void check_arguments(void)
{
	efi_event event = NULL;
	uint64_t index;

	is(bs->CreateEvent(EVT_TIMER, 0, NULL, NULL, NULL), EFI_INVALID_PARAMETER,
	   "create: no place for the event");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL | EVT_NOTIFY_WAIT, TPL_CALLBACK, count_call, NULL,
			   &event),
	   EFI_INVALID_PARAMETER, "create: both kinds of notification");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, NULL, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: no function");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_APPLICATION, count_call, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: at TPL_APPLICATION");
	is(bs->CreateEvent(EVT_NOTIFY_WAIT, TPL_CALLBACK, NULL, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: no function to be waited for");
	is(bs->CreateEvent(EVT_NOTIFY_WAIT, TPL_APPLICATION, count_call, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: at TPL_APPLICATION, to be waited for");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_HIGH_LEVEL, count_call, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: at TPL_HIGH_LEVEL");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_HIGH_LEVEL + 1, count_call, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: at no level");
	is(bs->CreateEvent(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_CALLBACK, NULL, NULL, &event),
	   EFI_INVALID_PARAMETER, "create: no function for the end of boot services");
	is(bs->CreateEvent(0x12345, TPL_CALLBACK, count_call, NULL, &event), EFI_INVALID_PARAMETER,
	   "create: unknown type");
	is(bs->CreateEvent(0x3, TPL_CALLBACK, count_call, NULL, &event), EFI_INVALID_PARAMETER,
	   "create: unknown bits");
	is(bs->CreateEvent(0, 0, NULL, NULL, &event), EFI_SUCCESS, "create: plain");
	is(bs->SetTimer(event, TimerRelative, 0), EFI_INVALID_PARAMETER,
	   "set timer: of an event that is none");
	is(bs->CheckEvent(event), EFI_NOT_READY, "check: not signalled");
	is(bs->SignalEvent(event), EFI_SUCCESS, "signal");
	is(bs->CheckEvent(event), EFI_SUCCESS, "check: signalled");
	is(bs->CheckEvent(event), EFI_NOT_READY, "check: only once");
	bs->SignalEvent(event);
	is(bs->WaitForEvent(1, &event, &index), EFI_SUCCESS, "wait: signalled");
	is(bs->WaitForEvent(0, &event, &index), EFI_INVALID_PARAMETER, "wait: for nothing");
	is(bs->CloseEvent(event), EFI_SUCCESS, "close");
	event = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_call, 0);
	is(bs->CheckEvent(event), EFI_INVALID_PARAMETER, "check: of a notified event");
	is(bs->WaitForEvent(1, &event, &index), EFI_INVALID_PARAMETER,
	   "wait: for a notified event");
	is(bs->SetTimer(event, 3, 0), EFI_INVALID_PARAMETER, "set timer: unknown kind");
	bs->CloseEvent(event);
	is(bs->SetTimer(NULL, TimerRelative, 0), EFI_INVALID_PARAMETER, "set timer: no event");
	is(bs->CheckEvent(NULL), EFI_INVALID_PARAMETER, "check: no event");
}

static uint64_t asked;

/* Ready when asked for the third time. */
static void EFIAPI ask(efi_event event, void *context)
{
	(void)context;
	if (++asked % 3 == 0)
		bs->SignalEvent(event);
}

/* Events that are asked whether they are ready. */
static void check_waiting(void)
{
	efi_event list[2] = {make(EVT_TIMER, 0, NULL, 0),
			     make(EVT_NOTIFY_WAIT, TPL_NOTIFY, ask, 0)};
	uint64_t index = 9;
	efi_tpl old;

	is(bs->CheckEvent(list[1]), EFI_NOT_READY, "wait: asked once");
	is(asked, 1, "wait: its function ran");
	is(bs->CheckEvent(list[1]), EFI_NOT_READY, "wait: asked twice");
	is(bs->CheckEvent(list[1]), EFI_SUCCESS, "wait: asked three times");
	is(bs->WaitForEvent(2, list, &index), EFI_SUCCESS, "wait: for one of two");
	is(index, 1, "wait: it says which");
	old = bs->RaiseTPL(TPL_CALLBACK);
	is(bs->WaitForEvent(2, list, &index), EFI_UNSUPPORTED, "wait: at a raised level");
	bs->RestoreTPL(old);
	bs->CloseEvent(list[0]);
	bs->CloseEvent(list[1]);
}

static void check_levels(void)
{
	efi_event low = make(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, note_order, 1);
	efi_event high = make(EVT_NOTIFY_SIGNAL, TPL_NOTIFY, note_order, 2);
	efi_tpl old = bs->RaiseTPL(TPL_HIGH_LEVEL);

	is(old, TPL_APPLICATION, "levels: applications begin at TPL_APPLICATION");
	bs->SignalEvent(low);
	bs->SignalEvent(high);
	is(seen_order, 0, "levels: nothing runs at TPL_HIGH_LEVEL");
	bs->RestoreTPL(TPL_CALLBACK);
	is(seen_order, 2, "levels: the higher one runs when the level falls to TPL_CALLBACK");
	is(seen_tpl, TPL_NOTIFY, "levels: at its own level");
	bs->RestoreTPL(old);
	is(seen_order, 0x21, "levels: the lower one runs when the level falls further");
	bs->CloseEvent(low);
	bs->CloseEvent(high);
}

/* The counter that both machines have, to see time pass without asking anyone. */
static uint64_t counter(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
#else
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	return count;
#endif
}

/* Spins, calling nothing, until `calls` reaches a number: whether it did. */
static int spin_until(uint64_t number)
{
	uint64_t start = counter();

	while (calls < number)
		if (counter() - start > SPINS)
			return 0;
	return 1;
}

static void check_timers(void)
{
	efi_event event = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_call, 0);
	efi_event waited = make(EVT_TIMER, 0, NULL, 0);
	uint64_t index = 9, before, ms10;
	efi_tpl old;

	calls = 0;
	is(bs->SetTimer(event, TimerRelative, MS), EFI_SUCCESS, "timer: in 1 ms");
	ok(spin_until(1), "timer: its function runs while we spin");
	bs->Stall(5000);
	is(calls, 1, "timer: once");
	calls = 0;
	is(bs->SetTimer(event, TimerPeriodic, 2 * MS), EFI_SUCCESS, "timer: every 2 ms");
	ok(spin_until(5), "timer: five times while we spin");
	before = counter();
	bs->Stall(10000);
	ms10 = counter() - before;
	calls = 0;
	before = counter();
	ok(spin_until(10), "timer: ten times more");
	before = counter() - before;
	app_note("counter in 10 ms of Stall:", ms10);
	app_note("counter in ten periods of 2 ms:", before);
	ok(before > ms10 && before < 20 * ms10, "timer: they took about as long as they should");
	old = bs->RaiseTPL(TPL_CALLBACK);
	calls = 0;
	bs->Stall(25000);
	is(calls, 0, "timer: not at the level of the function");
	bs->RestoreTPL(old);
	ok(calls >= 1, "timer: when the level falls");
	is(bs->SetTimer(event, TimerCancel, 0), EFI_SUCCESS, "timer: cancelled");
	calls = 0;
	bs->Stall(6000);
	is(calls, 0, "timer: it is");
	bs->SetTimer(waited, TimerRelative, 3 * MS);
	is(bs->WaitForEvent(1, &waited, &index), EFI_SUCCESS, "wait: for a timer");
	is(index, 0, "wait: which");
	bs->CloseEvent(waited);
	bs->CloseEvent(event);
}

#if defined(__x86_64__)
static int registers_live(void)
{
	uint64_t kept;
	uint64_t number = 0x123456789abcdef0;

	__asm__ volatile(
		"movq %2, %%xmm0\n\tmovq %2, %%xmm1\n\tmovq %2, %%xmm5\n\tmovq %2, %%xmm15\n"
		"1:\tpause\n\tcmpq $20, %1\n\tjb 1b\n\t"
		"pxor %%xmm1, %%xmm0\n\tpxor %%xmm15, %%xmm5\n\tpor %%xmm5, %%xmm0\n\tmovq %%xmm0, %0"
		: "=r"(kept)
		: "m"(calls), "r"(number)
		: "xmm0", "xmm1", "xmm5", "xmm15", "memory");
	return !kept;
}
#else
static int registers_live(void)
{
	uint64_t kept;
	uint64_t number = 0x123456789abcdef0;

	__asm__ volatile(
		"fmov d0, %2\n\tfmov d7, %2\n\tfmov d16, %2\n\tmov v31.d[0], %2\n\tmov v31.d[1], %2\n\t"
		"mov x9, #0x8000000\n\tmsr fpsr, x9\n"
		"1:\tldr x9, [%1]\n\tcmp x9, #20\n\tb.lo 1b\n\t"
		"eor v0.16b, v0.16b, v7.16b\n\teor v16.16b, v16.16b, v31.16b\n\tmov x9, v0.d[0]\n\t"
		"mov x10, v16.d[0]\n\torr x9, x9, x10\n\tmrs x10, fpsr\n\teor x10, x10, #0x8000000\n\torr %0, x9, x10"
		: "=r"(kept)
		: "r"(&calls), "r"(number)
		: "x9", "x10", "v0", "v7", "v16", "v31", "memory", "cc");
	return !kept;
}
#endif

static void check_registers(void)
{
	efi_event event = make(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_NOTIFY, spoil_registers, 0);

	calls = 0;
	bs->SetTimer(event, TimerPeriodic, MS / 2);
	ok(registers_live(),
	   "registers: FP and SIMD are as before after 20 notifications that use them");
	bs->CloseEvent(event);
}

static void check_groups(void)
{
	static const struct efi_guid group =
		EFI_GUID(6a2a9d77, 3a5a, 4b43, 9b, 22, 51, 33, c4, 8d, 9e, 10);
	efi_event a = NULL, b = NULL;

	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_call, NULL, &group, &a),
	   EFI_SUCCESS, "group: one");
	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_call, NULL, &group, &b),
	   EFI_SUCCESS, "group: another");
	calls = 0;
	bs->SignalEvent(a);
	is(calls, 2, "group: both are notified");
	bs->CloseEvent(a);
	bs->CloseEvent(b);
	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_call, NULL, &group, NULL),
	   EFI_INVALID_PARAMETER, "group: no place for the event");
	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, NULL, NULL, &group, &a),
	   EFI_INVALID_PARAMETER, "group: no function");
	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_APPLICATION, count_call, NULL, &group, &a),
	   EFI_INVALID_PARAMETER, "group: at TPL_APPLICATION");
	is(bs->CreateEventEx(EVT_NOTIFY_SIGNAL | EVT_NOTIFY_WAIT, TPL_CALLBACK, count_call, NULL,
			     &group, &a),
	   EFI_INVALID_PARAMETER, "group: both kinds of notification");
	is(bs->CreateEventEx(EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE, TPL_CALLBACK, count_call, NULL,
			     &group, &a),
	   EFI_INVALID_PARAMETER, "group: with the other type that is a group");
	is(bs->CreateEventEx(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_CALLBACK, count_call, NULL, &group,
			     &a),
	   EFI_INVALID_PARAMETER, "group: with a type that is a group");
}

void app_main(void)
{
	check_arguments();
	check_waiting();
	check_levels();
	check_timers();
	check_registers();
	check_groups();
}
