/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux bzImage by the 64-bit boot protocol (Linux, Documentation/arch/x86/boot.rst and
 * zero-page.rst). The kernel's code and the initrd go straight to their places; boot_params says
 * where, with the map as e820.
 */
#define LOG_PREFIX "linux"

#include <errno.h>

#include "arch/x86_64/cpu.h"
#include "boot/attempt.h"
#include "boot/linux_x86_e820.h"
#include "boot/linux_x86_header.h"
#include "boot/linux_x86_low.h"
#include "boot/linux_x86_pvh.h"
#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/lmb.h"

/* struct boot_params (zero-page.rst) outside the set-up header. */
#define BP_SIZE 4096
#define BP_ACPI_RSDP 0x70
#define BP_EXT_RAMDISK_IMAGE 0xc0
#define BP_EXT_RAMDISK_SIZE 0xc4
#define BP_EXT_CMD_LINE_PTR 0xc8
#define BP_E820_ENTRIES 0x1e8
#define BP_E820_TABLE 0x2d0
#define BP_E820_MAX 128
#define BP_E820_END (BP_E820_TABLE + BP_E820_MAX * E820_ENTRY_SIZE)

#define E820_ENTRY_SIZE 20
#define SETUP_DATA_HEADER_SIZE 16 /* le64 next, le32 type, le32 length */
#define SETUP_E820_EXT 1

#define LOADER_UNDEFINED 0xff /* type_of_loader: we have no number */
#define ENTRY_64 0x200
#define LARGE_PAGE MIB(2)

/* Where things were put. */
struct plan {
	struct linux_x86_header header;
	uint64_t kernel, span;
	uint64_t initrd;
	uint8_t *params;
};

/* A block of memory that is wanted. */
struct block {
	uint64_t base;
	uint64_t size; /* in whole 2 MiB pages where there is room: fewer page tables */
	uint64_t align;
	const char *tag;
};

/* Errors of lmb_alloc_mem. */
static int place(enum lmb_mem_type type, struct block *block)
{
	uint64_t large = block->align > LARGE_PAGE ? block->align : LARGE_PAGE;
	uint64_t size = align_up(block->size, LARGE_PAGE);

	if (size >= block->size &&
	    !lmb_alloc_tagged(type, large, &block->base, size, LMB_NOOVERWRITE, block->tag)) {
		block->size = size;
		return 0;
	}
	return lmb_alloc_tagged(type, block->align, &block->base, block->size, LMB_NOOVERWRITE,
				block->tag);
}

/* Below `limit`, or with `above_4g` anywhere. */
static int place_below(struct block *block, uint64_t limit, int above_4g)
{
	block->base = limit;
	if (!place(LMB_MEM_ALLOC_MAX, block))
		return 0;
	return above_4g ? place(LMB_MEM_ALLOC_ANY, block) : -ENOMEM;
}

/*
 * At its preferred address, else above it: a kernel below that address would first move itself
 * there, over whatever lies in between.
 */
static int place_kernel(const struct boot_request *request, struct plan *plan)
{
	const struct linux_x86_header *h = &plan->header;
	struct block block = {.size = h->span, .align = PAGE_SIZE, .tag = request->kernel.name};
	int error;

	block.base = h->relocatable ? align_up(h->pref_address, h->alignment) : h->pref_address;
	error = place(LMB_MEM_ALLOC_ADDR, &block);
	if (error && h->relocatable) {
		block.align = h->alignment;
		error = place_below(&block, GIB(4), h->above_4g);
		if (!error && block.base < h->pref_address)
			error = -ENOMEM;
	}
	if (error) {
		log_error(
			"the kernel does not fit: it needs %lu MiB free from 0x%lx on, and the machine has %lu MiB; "
			"give it more memory (make run MEM=, qemu -m)",
			(h->span + MIB(1) - 1) >> 20, h->pref_address, request->machine->ram >> 20);
		return -ENOMEM;
	}
	plan->kernel = block.base;
	plan->span = block.size;
	return 0;
}

static int place_initrd(const struct boot_request *request, struct plan *plan)
{
	const struct payload *initrd = &request->initrd;
	struct block block = {.size = initrd->size, .align = PAGE_SIZE, .tag = initrd->name};
	int error;

	if (!initrd->size)
		return 0;
	error = place_below(&block, plan->header.initrd_max + 1, plan->header.above_4g);
	if (error)
		log_error(
			"the initrd of %lu MiB does not fit: no free memory of that size%s; give the machine more "
			"memory (make run MEM=, qemu -m) or take a smaller initrd",
			initrd->size >> 20,
			plan->header.above_4g ? "" : " where the kernel wants it");
	plan->initrd = block.base;
	return error;
}

static int load(const struct payload *payload, uint64_t offset, uint64_t to, uint64_t size)
{
	int error = payload_read(payload, offset, (void *)(uintptr_t)to, size);

	if (error)
		log_error("the %s cannot be read (error %d): is its file still there?",
			  payload->name, -error);
	return error;
}

static uint8_t *store_range(uint8_t *entry, const struct e820_range *range)
{
	le64_store(entry, range->base);
	le64_store(entry + 8, range->size);
	le32_store(entry + 16, range->type);
	return entry + E820_ENTRY_SIZE;
}

/*
 * What boot_params has no room for. The claim adds nothing to the ranges: the kernel sees it as
 * free RAM.
 */
static int write_more_e820(const struct plan *plan, const struct memmap *map, uint32_t count)
{
	uint32_t bytes = (count - BP_E820_MAX) * E820_ENTRY_SIZE;
	struct e820_range range;
	uint64_t base = GIB(4);
	struct pages walk;
	uint8_t *entry;
	int error = lmb_alloc_tagged(LMB_MEM_ALLOC_MAX, PAGE_SIZE, &base,
				     SETUP_DATA_HEADER_SIZE + bytes, LMB_NOOVERWRITE, "setup_data");

	if (error) {
		log_error("no free memory below 4 GiB for %u e820 entries", count);
		return error;
	}
	entry = (uint8_t *)(uintptr_t)base;
	le64_store(plan->params + HDR_SETUP_DATA, base);
	le64_store(entry, 0);
	le32_store(entry + 8, SETUP_E820_EXT);
	le32_store(entry + 12, bytes);
	entry += SETUP_DATA_HEADER_SIZE;
	e820_begin(&walk, map);
	for (uint32_t i = 0; e820_next(&walk, &range); i++)
		if (i >= BP_E820_MAX)
			entry = store_range(entry, &range);
	return 0;
}

/* The map as e820. */
static int write_e820(const struct plan *plan, const struct memmap *map)
{
	uint8_t *entry = plan->params + BP_E820_TABLE;
	struct e820_range range;
	struct pages walk;
	uint32_t count = 0;

	e820_begin(&walk, map);
	for (; e820_next(&walk, &range); count++)
		if (count < BP_E820_MAX)
			entry = store_range(entry, &range);
	plan->params[BP_E820_ENTRIES] = (uint8_t)(count < BP_E820_MAX ? count : BP_E820_MAX);
	return count > BP_E820_MAX ? write_more_e820(plan, map, count) : 0;
}

/*
 * In low memory, where our page tables are: that takes no more tables; or else where the tables in
 * flash reach.
 */
static int place_params(const struct boot_request *request, uint64_t *base)
{
	uint64_t size = align_up(BP_SIZE + request->cmdline_size, PAGE_SIZE);
	int error;

	*base = TABLES_END;
	error = lmb_alloc_tagged(LMB_MEM_ALLOC_MAX, PAGE_SIZE, base, size, LMB_NOOVERWRITE,
				 "boot_params");
	if (!error)
		return 0;
	*base = EARLY_LIMIT;
	error = lmb_alloc_tagged(LMB_MEM_ALLOC_MAX, PAGE_SIZE, base, size, LMB_NOOVERWRITE,
				 "boot_params");
	if (error)
		log_error("no free memory below 1 GiB for boot_params and command line (%lu "
			  "bytes); give the machine more memory (make run MEM=, qemu -m)",
			  size);
	return error;
}

/* boot_params and the command line behind it. */
static int make_params(const struct boot_request *request, const uint8_t *head, struct plan *plan)
{
	const struct linux_x86_header *h = &plan->header;
	uint64_t base, cmdline, initrd_size = request->initrd.size;
	uint8_t *p;
	int error = place_params(request, &base);

	if (error)
		return error;
	p = (uint8_t *)(uintptr_t)base;
	cmdline = base + BP_SIZE;
	plan->params = p;
	/* All but the e820 table, of which the kernel looks at the entries that there are. */
	memset(p, 0, BP_E820_TABLE);
	memset(p + BP_E820_END, 0, BP_SIZE - BP_E820_END);
	memcpy(p + HDR_SETUP_SECTS, head + HDR_SETUP_SECTS, h->header_end - HDR_SETUP_SECTS);
	memcpy(p + BP_SIZE, request->cmdline, request->cmdline_size);

	p[HDR_TYPE_OF_LOADER] = LOADER_UNDEFINED;
	le32_store(p + HDR_CODE32_START, (uint32_t)plan->kernel);
	le32_store(p + HDR_CMD_LINE_PTR, (uint32_t)cmdline);
	le32_store(p + HDR_RAMDISK_IMAGE, (uint32_t)plan->initrd);
	le32_store(p + HDR_RAMDISK_SIZE, (uint32_t)initrd_size);
	le32_store(p + BP_EXT_RAMDISK_IMAGE, (uint32_t)(plan->initrd >> 32));
	le32_store(p + BP_EXT_RAMDISK_SIZE, (uint32_t)(initrd_size >> 32));
	le64_store(p + HDR_SETUP_DATA, 0);
	le64_store(p + BP_ACPI_RSDP, request->machine->acpi_rsdp);
	return write_e820(plan, memmap_system());
}

/* Claims and fills everything; what is claimed belongs to the attempt. */
static int prepare(const struct boot_request *request, const uint8_t *head, size_t head_size,
		   struct plan *plan)
{
	int error = linux_x86_header(head, head_size, request->kernel.size, &plan->header);

	if (error)
		return error;
	if (request->cmdline_size - 1 > plan->header.cmdline_max) {
		log_error("the command line has %lu bytes, the kernel takes %u: shorten -append",
			  request->cmdline_size - 1, plan->header.cmdline_max);
		return -E2BIG;
	}
	error = place_kernel(request, plan);
	if (!error)
		error = place_initrd(request, plan);
	if (!error)
		error = load(&request->kernel, plan->header.code_offset, plan->kernel,
			     plan->header.code_size);
	if (!error && request->initrd.size)
		error = load(&request->initrd, 0, plan->initrd, request->initrd.size);
	if (!error)
		error = make_params(request, head, plan);
	return error;
}

/*
 * The kernel starts on page tables that map it, boot_params and command line, and on up to 6.5 also
 * reads and runs low memory (boot/linux_x86_low.h). The tables in flash do all that, as long as the
 * kernel lies within their reach.
 */
static int enter(const struct plan *plan)
{
	uint64_t entry = plan->kernel + ENTRY_64, params = (uint64_t)(uintptr_t)plan->params;
	int error;

	if (plan->kernel + plan->span <= EARLY_LIMIT) {
		attempt_hand_over("Linux", entry);
		cpu_enter64_early(entry, params);
	}
	error = memmap_protect(memmap_system(), plan->kernel, plan->span, MEM_OWNER_LMB,
			       MEM_RW | MEM_X);
	if (!error)
		error = linux_x86_open_low();
	if (error)
		return error;
	attempt_hand_over("Linux", entry);
	cpu_enter64(entry, params);
}

static int boot(const struct boot_request *request, const uint8_t *head, size_t head_size)
{
	struct plan plan = {.kernel = 0};
	int error = prepare(request, head, head_size, &plan);

	return error ? error : enter(&plan);
}

static const struct loader bzimage = {
	.name = "Linux bzImage of x86_64",
	.recognise = linux_x86_recognise,
	.boot = boot,
};

const struct loader *const loaders[] = {&bzimage, &linux_x86_pvh, NULL};
