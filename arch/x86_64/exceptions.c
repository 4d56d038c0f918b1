/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens when something goes wrong: registers, the map's entry for the address, and a
 * backtrace that scripts/backtrace resolves with the ELF. Nothing here returns.
 */
#define LOG_PREFIX "fault"

#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "lib/log.h"
#include "mem/memmap_print.h"

#define VECTORS 32
#define VECTOR_SIZE 16
#define PAGE_FAULT 14
#define BACKTRACE_MAX 24
#define FAULT_STACK_SIZE 8192

#define PF_PRESENT 1
#define PF_WRITE 2
#define PF_FETCH 16

/* As arch/x86_64/vectors.S leaves it on the stack. */
struct frame {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* AMD64 APM volume 2, 4.8.4 and 12.2.5 */
struct gate {
	uint64_t low, high;
};
#define GATE_ATTRIBUTES \
	(UINT64_C(0x8e01) << 32 | SELECTOR_CODE << 16) /* present, interrupt gate, IST 1 */

struct tss {
	uint32_t reserved;
	uint32_t rsp[6], reserved2[2];
	uint32_t ist[14], reserved3[2];
	uint16_t reserved4, io_map;
};
_Static_assert(sizeof(struct tss) == 104, "laid out by the processor");

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern const uint8_t vectors[];
extern const uint8_t
	image_link[]; /* link address 0: what lies n bytes above has address n in the ELF */
_Noreturn void exceptions_report(const struct frame *frame);

static uint8_t fault_stack[FAULT_STACK_SIZE] __attribute__((aligned(16), section(".noinit")));
static struct gate idt[VECTORS] __attribute__((aligned(16), section(".noinit")));
static struct tss tss = {.io_map = sizeof(tss)};
static uint64_t gdt[7] = {[SELECTOR_CODE / 8] = GDT_CODE64,
			  [SELECTOR_DATA / 8] = GDT_DATA,
			  [SELECTOR_CODE32 / 8] = GDT_CODE32};

static const struct memmap *map;
static void (*end)(void);
static int reporting;

/* Names as in the processor's manuals. */
static const char names[][4] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD",
				"#NM", "#DF", "",    "#TS", "#NP", "#SS", "#GP",
				"#PF", "",    "#MF", "#AC", "#MC", "#XM"};

/*
 * The handlers do not cross a multiple of 64 KiB (vectors.S aligns them), so one address follows
 * from the other.
 */
static void set_gates(void)
{
	uint64_t handler = (uint64_t)(uintptr_t)vectors;
	struct gate gate = {.low = (handler & 0xffff) | (handler & 0xffff0000) << 32 |
				   GATE_ATTRIBUTES,
			    .high = handler >> 32};

	for (int i = 0; i < VECTORS; i++, gate.low += VECTOR_SIZE)
		idt[i] = gate;
}

void arch_exceptions_init(const struct memmap *of, void (*end_with)(void))
{
	uint64_t stack = (uint64_t)(uintptr_t)(fault_stack + FAULT_STACK_SIZE);
	uint64_t base = (uint64_t)(uintptr_t)&tss;
	const struct table_pointer gdt_pointer = {sizeof(gdt) - 1, (uint64_t)(uintptr_t)gdt};
	const struct table_pointer idt_pointer = {sizeof(idt) - 1, (uint64_t)(uintptr_t)idt};

	map = of;
	end = end_with;
	tss.ist[0] = (uint32_t)stack;
	tss.ist[1] = (uint32_t)(stack >> 32);
	/* Limit, base in three pieces, type 0x89: present, available 64-bit TSS. */
	gdt[SELECTOR_TSS / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 |
				(base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
	set_gates();
	__asm__ volatile("lgdt %0\n\t"
			 "lidt %1\n\t"
			 "ltr %w2"
			 :
			 : "m"(gdt_pointer), "m"(idt_pointer), "r"(SELECTOR_TSS)
			 : "memory");
}

int arch_backtrace(uint64_t frame, uint64_t stack_base, uint64_t stack_end, uint64_t *addresses,
		   int max)
{
	int count = 0;

	while (count < max && frame % 8 == 0 && frame >= stack_base && frame < stack_end &&
	       stack_end - frame >= 16) {
		const uint64_t *words = (const uint64_t *)(uintptr_t)frame;

		if (!words[1])
			break;
		addresses[count++] = words[1];
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
	return count;
}

static void print_entry(const char *what, uint64_t addr)
{
	struct mem_region region;

	log_raw("%s 0x%lx lies in\n", what, addr);
	memmap_find(map, addr, &region);
	memmap_print_region(&region);
}

static void print_code(uint64_t addr)
{
	log_raw("  0x%lx cadastre.elf+0x%lx\n", addr, addr - (uint64_t)(uintptr_t)image_link);
}

static void print_backtrace(uint64_t rip, uint64_t rbp, uint64_t rsp)
{
	uint64_t addresses[BACKTRACE_MAX];
	struct mem_region stack;
	int count;

	memmap_find(map, rsp, &stack);
	count = arch_backtrace(rbp, stack.base, stack.end, addresses, BACKTRACE_MAX);
	log_raw("backtrace (scripts/backtrace resolves it):\n");
	print_code(rip);
	for (int i = 0; i < count; i++)
		print_code(addresses[i]);
}

static void print_registers(const struct frame *f)
{
	log_raw("rip %016lx rsp %016lx rbp %016lx flags %lx\n", f->rip, f->rsp, f->rbp, f->rflags);
	log_raw("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
	log_raw("rsi %016lx rdi %016lx r8  %016lx r9  %016lx\n", f->rsi, f->rdi, f->r8, f->r9);
	log_raw("r10 %016lx r11 %016lx r12 %016lx r13 %016lx\n", f->r10, f->r11, f->r12, f->r13);
	log_raw("r14 %016lx r15 %016lx error %lx\n", f->r14, f->r15, f->error);
}

/* Called by vectors.S. */
_Noreturn void exceptions_report(const struct frame *frame)
{
	uint64_t known = sizeof(names) / sizeof(names[0]);
	uint64_t addr;

	if (reporting++)
		arch_halt(); /* a fault while reporting one */
	__asm__ volatile("movq %%cr2, %0" : "=r"(addr));
	if (frame->vector == PAGE_FAULT)
		log_error("page fault: %s of address 0x%lx, which %s",
			  frame->error & PF_FETCH   ? "execution"
			  : frame->error & PF_WRITE ? "write"
						    : "read",
			  addr, frame->error & PF_PRESENT ? "does not allow it" : "is not mapped");
	else
		log_error("%s (exception %lu)", frame->vector < known ? names[frame->vector] : "",
			  frame->vector);
	if (frame->vector == PAGE_FAULT)
		print_entry("the address", addr);
	print_entry("the code at", frame->rip);
	print_registers(frame);
	print_backtrace(frame->rip, frame->rbp, frame->rsp);
	end();
	arch_halt();
}

_Noreturn void arch_fault(const char *reason)
{
	uint64_t frame = (uint64_t)(uintptr_t)__builtin_frame_address(0);

	if (!reporting++ && map) {
		log_error("%s", reason);
		print_backtrace((uint64_t)(uintptr_t)__builtin_return_address(0), frame, frame);
		end();
	}
	arch_halt();
}
