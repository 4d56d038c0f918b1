/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The generic timer's interrupt, through a GICv2 (Arm IHI 0048) or GICv3 (IHI 0069), at EL1 or EL2. The virtual timer
 * serves at both: start.S has made its offset zero, so it counts arch_ticks().
 */
#include "arch/irq.h"

#include <errno.h>

#include "arch/aarch64/cpu.h"
#include "arch/arch.h"
#include "lib/bytes.h"

#define TIMER_INTERRUPT 27 /* Arm BSA 1.0, table 9: the EL1 virtual timer's PPI */
#define SPURIOUS 1020 /* this number and above: there is nothing to handle */

#define GICD_SIZE 0x1000u /* what we touch of the distributor */
#define GICD_CTLR 0x0
#define GICD_CTLR_GROUP0 1u
#define GICD_CTLR_GROUP1 2u
#define GICD_CTLR_ARE 0x10u
#define GICD_ENABLE 0x100 /* GICD_ISENABLER0, and the same in a redistributor's second frame */
#define GICD_DISABLE 0x180
#define GICD_PRIORITY 0x400

#define GICC_SIZE 0x1000u
#define GICC_CTLR 0x0
#define GICC_PMR 0x4
#define GICC_IAR 0xc
#define GICC_EOIR 0x10

#define GICR_FRAME 0x20000u /* of one processor: control, and SGIs and PPIs 64 KiB above */
#define GICR_PPI 0x10000
#define GICR_GROUP (GICR_PPI + 0x80)
#define GICR_TYPER 0x8
#define GICR_TYPER_LAST 0x10u
#define GICR_WAKER 0x14
#define GICR_WAKER_SLEEP 2u
#define GICR_WAKER_ASLEEP 4u
#define GICR_MAX 512 /* processors looked through for ours */

#define PRIORITY 0x80
#define ALL_PRIORITIES 0xff
#define POLLS_MAX 100000

#define HCR_EL2_IMO BIT(4) /* interrupts are taken to EL2 */

/* GICv3's CPU interface, by encoding: assemblers of ARMv8.0 do not know the names. */
#define ICC_SRE_EL1 "s3_0_c12_c12_5"
#define ICC_SRE_EL2 "s3_4_c12_c9_5"
#define ICC_PMR_EL1 "s3_0_c4_c6_0"
#define ICC_IGRPEN1_EL1 "s3_0_c12_c12_7"
#define ICC_IAR1_EL1 "s3_0_c12_c12_0"
#define ICC_EOIR1_EL1 "s3_0_c12_c12_1"

extern uint8_t aarch64_vectors[], aarch64_irq_vectors[];
void aarch64_irq(void); /* called by irq_entry.S */

static struct {
	uint64_t distributor, cpu_interface;
	uint64_t redistributor; /* our own frame; 0: GICv2 */
	void (*tick)(void);
} gic;

static volatile uint32_t *reg(uint64_t base, uint32_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(base + offset);
}

/* ---- GICv2 ---- */

static void v2_start(void)
{
	*reg(gic.distributor, GICD_ENABLE) = 1u << TIMER_INTERRUPT;
	*reg(gic.distributor, GICD_CTLR) = GICD_CTLR_GROUP0;
	*reg(gic.cpu_interface, GICC_PMR) = ALL_PRIORITIES;
	*reg(gic.cpu_interface, GICC_CTLR) = 1;
}

static void v2_stop(void)
{
	*reg(gic.cpu_interface, GICC_CTLR) = 0;
	*reg(gic.distributor, GICD_CTLR) = 0;
	*reg(gic.distributor, GICD_DISABLE) = 1u << TIMER_INTERRUPT;
}

/* ---- GICv3 ---- */

static void wait_clear(volatile uint32_t *at, uint32_t bits)
{
	for (uint32_t polls = 0; *at & bits && polls < POLLS_MAX; polls++)
		;
}

static void v3_start(void)
{
	volatile uint32_t *priority =
		reg(gic.redistributor, GICR_PPI + GICD_PRIORITY + (TIMER_INTERRUPT & ~3u));
	unsigned int shift = 8 * (TIMER_INTERRUPT & 3);

	*reg(gic.distributor, GICD_CTLR) = GICD_CTLR_ARE | GICD_CTLR_GROUP1;
	wait_clear(reg(gic.distributor, GICD_CTLR), 1u << 31);
	*reg(gic.redistributor, GICR_WAKER) &= ~GICR_WAKER_SLEEP;
	wait_clear(reg(gic.redistributor, GICR_WAKER), GICR_WAKER_ASLEEP);
	*reg(gic.redistributor, GICR_GROUP) |= 1u << TIMER_INTERRUPT;
	*priority = (*priority & ~(0xffu << shift)) | (uint32_t)PRIORITY << shift;
	*reg(gic.redistributor, GICR_PPI + GICD_ENABLE) = 1u << TIMER_INTERRUPT;

	if (aarch64_at_el2())
		write_register(ICC_SRE_EL2,
			       read_register(ICC_SRE_EL2) | 9); /* enable, also for EL1 */
	barrier();
	write_register(ICC_SRE_EL1, read_register(ICC_SRE_EL1) | 1);
	barrier();
	write_register(ICC_PMR_EL1, ALL_PRIORITIES);
	write_register(ICC_IGRPEN1_EL1, 1);
	barrier();
}

static void v3_stop(void)
{
	write_register(ICC_IGRPEN1_EL1, 0);
	barrier();
	*reg(gic.redistributor, GICR_PPI + GICD_DISABLE) = 1u << TIMER_INTERRUPT;
	*reg(gic.redistributor, GICR_WAKER) |= GICR_WAKER_SLEEP;
	*reg(gic.distributor, GICD_CTLR) = GICD_CTLR_ARE;
	wait_clear(reg(gic.distributor, GICD_CTLR), 1u << 31);
}

/* Finds and maps the redistributor of this processor, by its affinity. 0, -ENODEV, or an error of memmap_protect. */
static int v3_find(struct memmap *map, uint64_t first)
{
	uint64_t mpidr = read_register("mpidr_el1");
	uint32_t affinity = (uint32_t)((mpidr >> 8 & 0xff000000) | (mpidr & 0xffffff));

	for (uint64_t frame = first; frame < first + (uint64_t)GICR_MAX * GICR_FRAME;
	     frame += GICR_FRAME) {
		int error = memmap_protect(map, frame, GICR_FRAME, MEM_OWNER_HARDWARE, MEM_IO);
		uint32_t type;

		if (error)
			return error;
		type = *reg(frame, GICR_TYPER);
		if (*reg(frame, GICR_TYPER + 4) == affinity) {
			gic.redistributor = frame;
			return 0;
		}
		memmap_protect(map, frame, GICR_FRAME, MEM_OWNER_HARDWARE, 0);
		if (type & GICR_TYPER_LAST)
			break;
	}
	return -ENODEV;
}

/* ---- the processor ---- */

static uint64_t control_before; /* SCTLR */

/* Vectors, where interrupts go, and whether unaligned accesses fault (UEFI 2.10, 2.3.6: they do not). */
static void processor_start(void)
{
	if (aarch64_at_el2()) {
		write_register("vbar_el2", (uintptr_t)aarch64_irq_vectors);
		write_register("hcr_el2", read_register("hcr_el2") | HCR_EL2_IMO);
	} else {
		write_register("vbar_el1", (uintptr_t)aarch64_irq_vectors);
	}
	control_before = arch_unaligned_allow(); /* with a barrier */
}

static void processor_stop(void)
{
	if (aarch64_at_el2()) {
		write_register("vbar_el2", (uintptr_t)aarch64_vectors);
	} else {
		write_register("vbar_el1", (uintptr_t)aarch64_vectors);
	}
	arch_unaligned_restore(control_before);
}

/* ---- arch/irq.h ---- */

static void unmap(struct memmap *map)
{
	memmap_protect(map, gic.distributor, GICD_SIZE, MEM_OWNER_HARDWARE, 0);
	if (gic.redistributor)
		memmap_protect(map, gic.redistributor, GICR_FRAME, MEM_OWNER_HARDWARE, 0);
	else
		memmap_protect(map, gic.cpu_interface, GICC_SIZE, MEM_OWNER_HARDWARE, 0);
}

int arch_irq_start(struct memmap *map, const struct arch_irq_controller *controller,
		   void (*tick)(void))
{
	int error;

	if (!controller->distributor || (!controller->redistributor && !controller->cpu_interface))
		return -ENODEV;
	gic.distributor = controller->distributor;
	gic.cpu_interface = controller->cpu_interface;
	gic.redistributor = 0;
	gic.tick = tick;
	error = memmap_protect(map, gic.distributor, GICD_SIZE, MEM_OWNER_HARDWARE, MEM_IO);
	if (error)
		return error;
	if (controller->redistributor)
		error = v3_find(map, controller->redistributor);
	else
		error = memmap_protect(map, gic.cpu_interface, GICC_SIZE, MEM_OWNER_HARDWARE,
				       MEM_IO);
	if (error) {
		memmap_protect(map, gic.distributor, GICD_SIZE, MEM_OWNER_HARDWARE, 0);
		return error;
	}
	arch_irq_alarm(UINT64_MAX);
	if (gic.redistributor)
		v3_start();
	else
		v2_start();
	processor_start();
	return 0;
}

void arch_irq_quiesce(void)
{
	arch_irq_disable();
	arch_irq_alarm(UINT64_MAX);
	if (gic.redistributor)
		v3_stop();
	else
		v2_stop();
	if (aarch64_at_el2())
		write_register("hcr_el2", read_register("hcr_el2") & ~HCR_EL2_IMO);
	barrier();
}

void arch_irq_stop(struct memmap *map)
{
	arch_irq_quiesce();
	processor_stop();
	unmap(map);
}

void arch_irq_disable(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

void arch_irq_enable(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

void arch_irq_idle(void)
{
	__asm__ volatile("dsb sy\n\twfi\n\tmsr daifclr, #2" ::: "memory");
}

void arch_irq_alarm(uint64_t ticks)
{
	write_register("cntv_cval_el0", ticks);
	write_register("cntv_ctl_el0", ticks != UINT64_MAX);
	barrier();
}

/* The timer is level-sensitive: it must be quiet before the end of its interrupt is told. */
static void timer_interrupt(void)
{
	arch_irq_alarm(UINT64_MAX);
}

void aarch64_irq(void)
{
	uint32_t number;

	if (gic.redistributor) {
		number = (uint32_t)read_register(ICC_IAR1_EL1) & 0xffffff;
		if (number >= SPURIOUS)
			return;
		timer_interrupt();
		write_register(ICC_EOIR1_EL1, number);
		barrier();
	} else {
		number = *reg(gic.cpu_interface, GICC_IAR);
		if ((number & 1023) >= SPURIOUS)
			return;
		timer_interrupt();
		*reg(gic.cpu_interface, GICC_EOIR) = number;
	}
	gic.tick();
}
