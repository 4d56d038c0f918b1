/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fault ends the machine, after telling all that helps to find its cause. Image addresses are printed
 * relative to the image too, which is how they stand in cadastre.elf: scripts/backtrace turns them into lines.
 */
#include "arch/aarch64/cpu.h"
#include "arch/arch.h"
#include "lib/log.h"
#include "mem/memmap_print.h"

#define FAULT_STACK 8192 /* bytes: the report prints with printf */
#define BACKTRACE_MAX 32
#define LAST_RESORT_UART 0x09000000 /* virt's PL011, for faults before the devicetree is read */

/* Made by vectors.S. */
struct aarch64_frame {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr, spsr, esr, far;
};
_Static_assert(sizeof(struct aarch64_frame) == 36 * sizeof(uint64_t), "FRAME_SIZE in vectors.S");

extern uint8_t aarch64_vectors[];
extern uint8_t image_link[], image_text[], image_text_end[];

_Noreturn void aarch64_report(const struct aarch64_frame *frame, uint64_t number,
			      const char *reason, uint64_t relocated);

static uint8_t fault_stack[FAULT_STACK] __attribute__((section(".noinit"), aligned(16)));
static const struct memmap *fault_map;
static void (*fault_end)(void);

void arch_exceptions_init(const struct memmap *map, void (*end)(void))
{
	uint8_t *top = fault_stack + FAULT_STACK;

	fault_map = map;
	fault_end = end;
	__asm__ volatile("msr tpidr_el1, %0" ::"r"(top));
	if (aarch64_at_el2())
		__asm__ volatile("msr vbar_el2, %0" ::"r"(aarch64_vectors));
	else
		__asm__ volatile("msr vbar_el1, %0" ::"r"(aarch64_vectors));
	__asm__ volatile(
		"isb\n\tmsr daifclr, #4"); /* an error that the memory system reports is a fault too */
}

/* What happened, by the exception class of ESR (DDI 0487, D19.2.36). */
static const char *what(uint64_t number, uint64_t esr)
{
	switch (number & 3) {
	case 1:
		return "interrupt";
	case 2:
		return "fast interrupt";
	case 3:
		return "SError";
	}
	switch (esr >> 26 & 63) {
	case 0x00:
		return "undefined instruction";
	case 0x07:
		return "FP or SIMD instruction";
	case 0x0e:
		return "illegal state";
	case 0x15:
		return "SVC";
	case 0x16:
		return "HVC";
	case 0x17:
		return "SMC";
	case 0x18:
		return "system register access";
	case 0x20:
	case 0x21:
		return "instruction fetch";
	case 0x22:
		return "unaligned PC";
	case 0x24:
	case 0x25:
		return esr & 0x40 ? "data write" : "data read";
	case 0x26:
		return "unaligned stack pointer";
	case 0x3c:
		return "breakpoint";
	}
	return "exception";
}

/* For aborts: why, by the fault status code. */
static const char *why(uint64_t esr)
{
	uint64_t class = esr >> 26 & 63;

	if (class != 0x20 && class != 0x21 && class != 0x24 && class != 0x25)
		return "";
	switch (esr & 0x3f) {
	case 0x04 ... 0x07:
		return ": not mapped";
	case 0x0c ... 0x0f:
		return ": not allowed";
	case 0x10:
		return ": nothing answers there";
	case 0x21:
		return ": not aligned";
	}
	return "";
}

int arch_backtrace(uint64_t frame, uint64_t stack_base, uint64_t stack_end, uint64_t *addresses,
		   int max)
{
	int count = 0;

	while (count < max && frame >= stack_base && frame < stack_end - 16 && !(frame & 15)) {
		const uint64_t *record = (const uint64_t *)(uintptr_t)frame;

		if (!record[1])
			break;
		addresses[count++] = record[1];
		if (record[0] <= frame)
			break; /* callers lie above */
		frame = record[0];
	}
	return count;
}

static void print_address(const char *name, uint64_t address)
{
	struct mem_region region;

	log_raw("%s 0x%lx lies in:\n", name, address);
	memmap_find(fault_map, address, &region);
	memmap_print_region(&region);
}

/* The frame pointers of the stack that was in use, if the map knows it as RAM that we may read. */
static void print_backtrace(const struct aarch64_frame *frame)
{
	uint64_t base = (uint64_t)(uintptr_t)image_link;
	uint64_t addresses[BACKTRACE_MAX];
	struct mem_region stack;
	int count;

	memmap_find(fault_map, frame->x[29], &stack);
	log_raw("backtrace (image at 0x%lx):", base);
	log_raw(" 0x%lx", frame->elr - base);
	if (stack.props.attrs & MEM_R) {
		count = arch_backtrace(frame->x[29], stack.base, stack.end, addresses,
				       BACKTRACE_MAX);
		for (int i = 0; i < count; i++)
			log_raw(" 0x%lx", addresses[i] - base);
	}
	log_raw("\n");
}

static void print_registers(const struct aarch64_frame *frame)
{
	for (int i = 0; i < 31; i++)
		log_raw("x%-2d %016lx%s", i, frame->x[i], i % 4 == 3 ? "\n" : "  ");
	log_raw("sp  %016lx\n", frame->sp);
	log_raw("elr %016lx  spsr %08lx  esr %08lx  far %016lx\n", frame->elr, frame->spsr,
		frame->esr, frame->far);
}

/* Before relocation there is no log, no map to be found, and maybe not even the devicetree. */
static void early_puts(const char *text)
{
	while (*text)
		*(volatile uint32_t *)LAST_RESORT_UART = (uint8_t)*text++;
}

static void early_number(const char *name, uint64_t number)
{
	char digit[2] = "";

	early_puts(name);
	for (int shift = 60; shift >= 0; shift -= 4) {
		digit[0] = "0123456789abcdef"[number >> shift & 15];
		early_puts(digit);
	}
}

/* Then the machine goes off, by the conduit that QEMU has at this exception level. */
static _Noreturn void report_early(const struct aarch64_frame *frame)
{
	early_puts("fault before relocation:");
	early_number(" elr 0x", frame->elr);
	early_number(" esr 0x", frame->esr);
	early_number(" far 0x", frame->far);
	early_number(" x30 0x", frame->x[30]);
	early_puts("\r\n");
	aarch64_psci(aarch64_at_el2(), PSCI_SYSTEM_OFF);
	arch_halt();
}

_Noreturn void aarch64_report(const struct aarch64_frame *frame, uint64_t number,
			      const char *reason, uint64_t relocated)
{
	uint64_t class = frame->esr >> 26 & 63;

	if (!relocated)
		report_early(frame);
	log_raw("\nfault: %s%s\n", reason ? reason : what(number, frame->esr), why(frame->esr));
	print_registers(frame);
	if (!reason && class >= 0x20 && class <= 0x25)
		print_address("the address (FAR)", frame->far);
	print_address("the instruction (ELR)", frame->elr);
	print_backtrace(frame);
	fault_end();
	arch_halt();
}
