/* SPDX-License-Identifier: BSD-2-Clause */
/* The small functions of arch.h, and the processor's clock. */
#include "arch/x86_64/cpu.h"

#include "arch/arch.h"
#include "arch/x86_64/io.h"

#define PM_TIMER_HZ UINT64_C(3579545) /* ACPI 6.5, 4.8.3.3 */
#define PM_TIMER_MASK 0xffffffu
#define PM_TIMER_WAIT 64 /* its ticks (18 us) that a rate is taken from at least */
#define PM_TIMER_READS_MAX 100000
#define AP_POLLS_MAX 10000000 /* they take microseconds */

/*
 * Two clocks read at one moment: a second such reading gives the rate of one in terms of the other.
 */
static struct {
	uint16_t port; /* of the PM timer; 0: there is none */
	uint32_t timer;
	uint64_t ticks;
	uint64_t hz;
} clock;

uint64_t arch_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static struct cpuid cpuid(uint32_t leaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(0));
	return r;
}

struct cpuid cpu_id(uint32_t leaf)
{
	static const struct cpuid none;
	uint32_t first = leaf & 0xffff0000;

	return cpuid(first).eax >= leaf ? cpuid(leaf) : none;
}

void cpu_clock_reference(uint16_t pm_timer_port)
{
	clock.port = pm_timer_port;
	clock.timer = io_in32(pm_timer_port) & PM_TIMER_MASK;
	clock.ticks = arch_ticks();
}

/*
 * What the processor or a hypervisor says of its own clock: Intel SDM, leaf 15h; VMware's leaf
 * 40000010h.
 */
static uint64_t stated_hz(void)
{
	struct cpuid ratio = cpu_id(0x15);

	if (ratio.eax && ratio.ebx && ratio.ecx)
		return (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
	if (cpu_id(1).ecx >> 31)
		return (uint64_t)cpu_id(0x40000010).eax * 1000;
	return 0;
}

/* From the PM timer: usually enough time has passed since the reference, so nobody waits. */
static uint64_t measured_hz(void)
{
	if (!clock.port)
		return 0;
	for (uint32_t reads = 0; reads < PM_TIMER_READS_MAX; reads++) {
		uint32_t passed = (io_in32(clock.port) - clock.timer) & PM_TIMER_MASK;

		if (passed >= PM_TIMER_WAIT)
			return (arch_ticks() - clock.ticks) * PM_TIMER_HZ / passed;
	}
	return 0;
}

uint64_t arch_ticks_to_ns(uint64_t ticks)
{
	if (!clock.hz)
		clock.hz = stated_hz();
	if (!clock.hz)
		clock.hz = measured_hz();
	if (!clock.hz)
		clock.hz = 1000000000; /* unknown: a tick is called a nanosecond */
	return ticks / clock.hz * 1000000000 + ticks % clock.hz * 1000000000 / clock.hz;
}

/* Caches of x86 see all of memory as devices do, and instructions as data. */
void arch_cache_clean(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

void arch_code_sync(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

/* Of general registers they always are. */
uint64_t arch_unaligned_allow(void)
{
	return 0;
}

void arch_unaligned_restore(uint64_t before)
{
	(void)before;
}

/* Stores stay in order and port accesses wait for them; only the compiler must be held. */
void arch_dma_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

void arch_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

void cpu_wait_others(uint32_t others)
{
	const volatile uint32_t *count = (const uint32_t *)(uintptr_t)AP_COUNT;

	for (uint32_t polls = 0; *count < others && polls < AP_POLLS_MAX; polls++)
		__asm__ volatile("pause");
}

uint64_t arch_early_limit(void)
{
	return EARLY_LIMIT;
}

_Noreturn void arch_continue(void (*function)(void *), void *argument, uint64_t stack)
{
	__asm__ volatile("movq %0, %%rsp\n\t"
			 "xorl %%ebp, %%ebp\n\t"
			 "pushq %%rbp\n\t" /* no return address: the end of every backtrace */
			 "jmpq *%1"
			 :
			 : "r"(stack), "r"(function), "D"(argument)
			 : "memory");
	__builtin_unreachable();
}

_Noreturn void arch_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}
