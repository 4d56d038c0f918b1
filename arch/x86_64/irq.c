/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC's timer (Intel SDM volume 3, 11.5.4) in one-shot mode. How fast it counts is learned from the time stamp
 * counter, which is known by then: the timer runs from arch_irq_start on, and the first alarm looks how far it has come.
 */
#include "arch/irq.h"

#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/io.h"
#include "lib/bytes.h"

#define APIC 0xfee00000
#define APIC_EOI 0xb0
#define APIC_SPURIOUS 0xf0
#define APIC_SPURIOUS_ENABLE 0x100u
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_MASKED 0x10000u
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE 0x3e0
#define DIVIDE_BY_1 0xbu

#define PIC1_MASK 0x21
#define PIC2_MASK 0xa1

#define EXCEPTIONS 32
#define VECTOR_TIMER 0x20
#define VECTOR_SPURIOUS 0x2f /* the low bits must be set on old processors */
#define GATES (VECTOR_SPURIOUS + 1)
#define GATE_ATTRIBUTES           \
	(UINT64_C(0x8e00) << 32 | \
	 SELECTOR_CODE << 16) /* present, interrupt gate, no stack of its own */

#define CALIBRATION_MIN \
	100000 /* of the timer's ticks: their number is then right to 0.01 percent or so */
#define CALIBRATION_POLLS_MAX 10000000
#define COUNT_MAX (UINT64_C(1) << 30) /* of arch_ticks() in one alarm */

struct gate {
	uint64_t low, high;
};

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

void irq_timer(void); /* irq_entry.S */
void irq_spurious(void);
void irq_handle(void);

static struct gate idt[GATES] __attribute__((aligned(16)));
static struct {
	struct table_pointer idt;
	uint8_t pic[2];
	uint32_t spurious, divide;
} before;
static uint64_t start_ticks; /* arch_ticks() when the timer began to count */
static uint64_t timer_rate; /* timer ticks in 2^32 of arch_ticks(); 0: not known yet */
static void (*on_tick)(void);

static volatile uint32_t *apic(uint32_t reg)
{
	return (volatile uint32_t *)(uintptr_t)(APIC + reg);
}

static struct gate gate_of(void (*handler)(void))
{
	uint64_t address = (uint64_t)(uintptr_t)handler;

	return (struct gate){.low = (address & 0xffff) | (address & 0xffff0000) << 32 |
				    GATE_ATTRIBUTES,
			     .high = address >> 32};
}

/* The exceptions stay whose they are. */
static void take_idt(void)
{
	const struct table_pointer pointer = {sizeof(idt) - 1, (uint64_t)(uintptr_t)idt};

	__asm__ volatile("sidt %0" : "=m"(before.idt));
	memcpy(idt, (const void *)(uintptr_t)before.idt.base, EXCEPTIONS * sizeof(idt[0]));
	idt[VECTOR_TIMER] = gate_of(irq_timer);
	idt[VECTOR_SPURIOUS] = gate_of(irq_spurious);
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* The old interrupt controllers would deliver their interrupts as exceptions. */
static void mask_pic(void)
{
	before.pic[0] = io_in8(PIC1_MASK);
	before.pic[1] = io_in8(PIC2_MASK);
	io_out8(PIC1_MASK, 0xff);
	io_out8(PIC2_MASK, 0xff);
}

int arch_irq_start(struct memmap *map, const struct arch_irq_controller *controller,
		   void (*tick)(void))
{
	int error = memmap_protect(map, APIC, PAGE_SIZE, MEM_OWNER_HARDWARE, MEM_IO);

	(void)controller;
	if (error)
		return error;
	on_tick = tick;
	mask_pic();
	take_idt();
	before.spurious = *apic(APIC_SPURIOUS);
	before.divide = *apic(APIC_TIMER_DIVIDE);
	*apic(APIC_SPURIOUS) = APIC_SPURIOUS_ENABLE | VECTOR_SPURIOUS;
	*apic(APIC_TIMER_DIVIDE) = DIVIDE_BY_1;
	*apic(APIC_LVT_TIMER) = APIC_LVT_MASKED | VECTOR_TIMER;
	if (!timer_rate) {
		*apic(APIC_TIMER_INITIAL) = UINT32_MAX;
		start_ticks = arch_ticks();
	}
	return 0;
}

void arch_irq_quiesce(void)
{
	arch_irq_disable();
	*apic(APIC_TIMER_INITIAL) = 0;
	*apic(APIC_LVT_TIMER) = APIC_LVT_MASKED;
	*apic(APIC_TIMER_DIVIDE) = before.divide;
	*apic(APIC_SPURIOUS) = before.spurious;
}

void arch_irq_stop(struct memmap *map)
{
	arch_irq_quiesce();
	__asm__ volatile("lidt %0" : : "m"(before.idt));
	io_out8(PIC1_MASK, before.pic[0]);
	io_out8(PIC2_MASK, before.pic[1]);
	memmap_protect(map, APIC, PAGE_SIZE, MEM_OWNER_HARDWARE, 0);
}

void arch_irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

void arch_irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

void arch_irq_idle(void)
{
	__asm__ volatile("sti\n\thlt" ::: "memory");
}

/* It has been counting down since arch_irq_start, usually long enough. */
static void calibrate(void)
{
	uint32_t passed = 0;
	uint64_t ticks;

	for (uint32_t polls = 0; passed < CALIBRATION_MIN && polls < CALIBRATION_POLLS_MAX; polls++)
		passed = UINT32_MAX - *apic(APIC_TIMER_CURRENT);
	ticks = arch_ticks() - start_ticks;
	timer_rate = ticks ? ((uint64_t)passed << 32) / ticks : 0;
	if (!timer_rate)
		timer_rate = UINT64_C(1) << 32;
}

void arch_irq_alarm(uint64_t ticks)
{
	uint64_t now, count;

	if (ticks == UINT64_MAX) {
		*apic(APIC_LVT_TIMER) = APIC_LVT_MASKED | VECTOR_TIMER;
		return;
	}
	if (!timer_rate)
		calibrate();
	now = arch_ticks();
	count = ticks > now ? ticks - now : 0;
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	count = (count * timer_rate >> 32) + 1;
	if (count > UINT32_MAX)
		count = UINT32_MAX;
	*apic(APIC_LVT_TIMER) = VECTOR_TIMER;
	*apic(APIC_TIMER_INITIAL) = (uint32_t)count;
}

/* Called by irq_entry.S. */
void irq_handle(void)
{
	*apic(APIC_EOI) = 0;
	on_tick();
}
