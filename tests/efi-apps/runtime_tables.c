/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables and serial port for runtime.c; see runtime.h. Three levels, 2 MiB blocks, split where a page goes. */
#include "tests/efi-apps/runtime.h"

#define GIB 4
#define ENTRIES 512
#define BLOCK_SHIFT 21
#define PAGE_SHIFT 12
#define SPLIT_MAX 96
#define ADDRESS UINT64_C(0x0000fffffffff000)

static uint64_t root[ENTRIES] __attribute__((aligned(4096)));
static uint64_t identity[GIB][ENTRIES] __attribute__((aligned(4096)));
static uint64_t shifted[GIB][ENTRIES] __attribute__((aligned(4096)));
static uint64_t split[SPLIT_MAX][ENTRIES] __attribute__((aligned(4096)));
static uint32_t splits;

static uint64_t at(const void *table)
{
	return (uint64_t)(uintptr_t)table;
}

#if defined(__x86_64__)
#define TABLE UINT64_C(0x3) /* present, writable */
#define BLOCK UINT64_C(0x83)
#define PAGE UINT64_C(0x3)

static uint64_t upper[2][ENTRIES] __attribute__((aligned(4096)));

static void use(void)
{
	for (uint64_t i = 0; i < GIB; i++) {
		upper[0][i] = at(identity[i]) | TABLE;
		upper[1][i] = at(shifted[i]) | TABLE;
	}
	root[0] = at(upper[0]) | TABLE;
	root[1] = at(upper[1]) | TABLE;
	__asm__ volatile("mov %0, %%cr3" : : "r"(at(root)) : "memory");
}

static uint64_t kind(uint64_t address)
{
	(void)address;
	return 0;
}

static void changed(void)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(at(root)) : "memory");
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void runtime_serial(char c)
{
	while (!(in8(0x3fd) & 0x20))
		;
	__asm__ volatile("outb %0, %1" : : "a"(c), "Nd"((uint16_t)0x3f8));
}
#else
#define TABLE UINT64_C(0x3)
#define BLOCK UINT64_C(0x701) /* accessed, inner shareable */
#define PAGE UINT64_C(0x703)
#define DEVICE UINT64_C(0x4) /* attribute 1; memory is attribute 0 */
#define MAIR UINT64_C(0x00ff)
#define TCR (UINT64_C(25) | 1 << 8 | 1 << 10 | 3 << 12) /* 39 bits, write-back, 4 KiB */
#define TCR_EL1 (TCR | 1 << 23 | UINT64_C(1) << 32)
#define TCR_EL2 (TCR | 1 << 16 | 1 << 23 | UINT64_C(1) << 31)
#define SCTLR_MMU UINT64_C(1)
#define SCTLR_WXN (UINT64_C(1) << 19)

#define READ(name, value) __asm__ volatile("mrs %0, " #name : "=r"(value))
#define WRITE(name, value) __asm__ volatile("msr " #name ", %0" : : "r"(value) : "memory")

static int at_el2(void)
{
	uint64_t level;

	READ(CurrentEL, level);
	return level == 8;
}

static void changed(void)
{
	if (at_el2())
		__asm__ volatile("dsb ish\n\ttlbi alle2\n\tdsb ish\n\tisb" : : : "memory");
	else
		__asm__ volatile("dsb ish\n\ttlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
}

static void use(void)
{
	uint64_t control;

	for (uint64_t i = 0; i < GIB; i++) {
		root[i] = at(identity[i]) | TABLE;
		root[i + (VIRTUAL_OFFSET >> 30)] = at(shifted[i]) | TABLE;
	}
	__asm__ volatile("dsb ish" : : : "memory");
	/* With the MMU off in between: other registers mean other tables. */
	if (at_el2()) {
		READ(sctlr_el2, control);
		WRITE(sctlr_el2, control & ~SCTLR_MMU);
		__asm__ volatile("isb" : : : "memory");
		WRITE(mair_el2, MAIR);
		WRITE(tcr_el2, TCR_EL2);
		WRITE(ttbr0_el2, at(root));
		changed();
		WRITE(sctlr_el2, control & ~SCTLR_WXN);
	} else {
		READ(sctlr_el1, control);
		WRITE(sctlr_el1, control & ~SCTLR_MMU);
		__asm__ volatile("isb" : : : "memory");
		WRITE(mair_el1, MAIR);
		WRITE(tcr_el1, TCR_EL1);
		WRITE(ttbr0_el1, at(root));
		changed();
		WRITE(sctlr_el1, control & ~SCTLR_WXN);
	}
	__asm__ volatile("isb" : : : "memory");
}

/* RAM begins at 1 GiB. */
static uint64_t kind(uint64_t address)
{
	return address >> 30 ? 0 : DEVICE;
}

void runtime_serial(char c)
{
	volatile uint32_t *uart = (void *)(uintptr_t)0x09000000;

	while (uart[6] & 1 << 5)
		;
	*uart = (uint8_t)c;
}
#endif

void runtime_tables_use(void)
{
	for (uint64_t i = 0; i < GIB * ENTRIES; i++) {
		uint64_t address = i << BLOCK_SHIFT;

		identity[i / ENTRIES][i % ENTRIES] = address | BLOCK | kind(address);
		shifted[i / ENTRIES][i % ENTRIES] = address | BLOCK | kind(address);
	}
	use();
}

/* The table of pages below a block, made when there is none: NULL when there are no more. */
static uint64_t *pages_of(uint64_t address)
{
	uint64_t *entry = &identity[address >> 30][address >> BLOCK_SHIFT & (ENTRIES - 1)];
	uint64_t base = address >> BLOCK_SHIFT << BLOCK_SHIFT;

	if (*entry == (base | BLOCK | kind(base))) {
		if (splits == SPLIT_MAX)
			return 0;
		for (uint64_t i = 0; i < ENTRIES; i++)
			split[splits][i] = (base + (i << PAGE_SHIFT)) | PAGE | kind(base);
		*entry = at(split[splits++]) | TABLE;
	}
	return (uint64_t *)(uintptr_t)(*entry & ADDRESS);
}

void runtime_tables_remove(uint64_t base, uint64_t pages)
{
	for (; pages; pages--, base += 1 << PAGE_SHIFT) {
		uint64_t *table = pages_of(base);

		if (table)
			table[base >> PAGE_SHIFT & (ENTRIES - 1)] = 0;
	}
	changed();
}
