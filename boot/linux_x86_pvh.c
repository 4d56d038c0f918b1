/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ELF kernel by PVH (Xen, docs/misc/pvh.pandoc, xen/include/public/arch-x86/hvm/start_info.h):
 * entered in 32 bits without paging, ebx at a struct hvm_start_info that has the map, command line,
 * initrd and RSDP.
 *
 * QEMU loads an ELF that -kernel names into RAM itself, before our first instruction, and gives us
 * only its first 8 KiB; the board has claimed the place. An ELF from elsewhere is loaded here.
 */
#define LOG_PREFIX "pvh"

#include "boot/linux_x86_pvh.h"

#include <errno.h>
#include <stdlib.h>

#include "arch/x86_64/cpu.h"
#include "boot/attempt.h"
#include "boot/linux_x86_e820.h"
#include "boot/linux_x86_elf.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/lmb.h"

#define NOTES_MAX 65536 /* bytes */

struct start_info {
	uint32_t magic, version, flags, modules;
	uint64_t modules_base, cmdline, rsdp, map_base;
	uint32_t map_entries, reserved;
};
_Static_assert(sizeof(struct start_info) == 56, "laid out by Xen");
#define START_INFO_MAGIC 0x336ec578
#define START_INFO_VERSION 1

struct module {
	uint64_t base, size, cmdline, reserved;
};
_Static_assert(sizeof(struct module) == 32, "laid out by Xen");

struct map_entry {
	uint64_t base, size;
	uint32_t type, reserved;
};
_Static_assert(sizeof(struct map_entry) == 24, "laid out by Xen");

/* What the kernel is given, in one block. */
struct hand_over {
	struct start_info info;
	struct module initrd;
	struct map_entry map[];
};

static int load_segment(const struct payload *kernel, const struct elf_segment *segment)
{
	uint64_t base = segment->base;
	uint8_t *to = (uint8_t *)(uintptr_t)base;
	int error = lmb_alloc_tagged(LMB_MEM_ALLOC_ADDR, 0, &base, segment->size, LMB_NOOVERWRITE,
				     kernel->name);

	if (error) {
		log_error(
			"the kernel wants 0x%lx bytes at 0x%lx, which is not free memory; give the machine more "
			"memory (make run MEM=, qemu -m)",
			segment->size, segment->base);
		return error;
	}
	error = payload_read(kernel, segment->offset, to, segment->file_size);
	if (error)
		log_error("the kernel cannot be read (error %d): is its file still there?", -error);
	else
		memset(to + segment->file_size, 0, segment->size - segment->file_size);
	return error;
}

static int read_entry(const struct payload *kernel, const struct elf_kernel *elf, uint64_t *entry)
{
	uint64_t size = elf->notes_size < NOTES_MAX ? elf->notes_size : NOTES_MAX;
	uint8_t *notes = malloc(size + 1);
	int error = notes ? payload_read(kernel, elf->notes_offset, notes, size) : -ENOMEM;

	*entry = error ? 0 : elf_pvh_entry(notes, size);
	free(notes);
	if (error)
		log_error("the kernel's notes (%lu bytes) cannot be read (error %d)", size, -error);
	return error;
}

/* From a payload that has the whole file. */
static int load(const struct payload *kernel, const uint8_t *head, size_t head_size,
		uint64_t *entry)
{
	struct elf_kernel elf;
	int error = elf_headers(head, head_size, kernel->size, &elf);

	if (!error)
		error = read_entry(kernel, &elf, entry);
	for (uint32_t i = 0; !error && i < elf.count; i++)
		error = load_segment(kernel, &elf.segments[i]);
	return error;
}

/* What QEMU has loaded must lie where the board could claim it. */
static int check_preloaded(const uint8_t *head, size_t head_size)
{
	struct elf_kernel elf;
	int error = elf_headers(head, head_size, UINT64_MAX, &elf);

	for (uint32_t i = 0; !error && i < elf.count; i++) {
		const struct elf_segment *segment = &elf.segments[i];
		struct mem_region region;

		memmap_find(memmap_system(), segment->base, &region);
		if (region.props.owner == MEM_OWNER_LMB &&
		    segment->base + segment->size <= region.end)
			continue;
		log_error(
			"the kernel wants to lie at 0x%lx-0x%lx, where the machine has no free memory: link it from "
			"0x100000 on, or give the machine more memory (qemu -m)",
			segment->base, segment->base + segment->size);
		error = -ENOMEM;
	}
	return error;
}

static int load_initrd(const struct payload *initrd, uint64_t *base)
{
	int error;

	*base = GIB(4);
	error = lmb_alloc_tagged(LMB_MEM_ALLOC_MAX, PAGE_SIZE, base, initrd->size, LMB_NOOVERWRITE,
				 initrd->name);
	if (error) {
		log_error(
			"the initrd of %lu MiB does not fit below 4 GiB; give the machine more memory (make run MEM=, "
			"qemu -m) or take a smaller initrd",
			initrd->size >> 20);
		return error;
	}
	error = payload_read(initrd, 0, (void *)(uintptr_t)*base, initrd->size);
	if (error)
		log_error("the initrd cannot be read (error %d): is its file still there?", -error);
	return error;
}

static uint32_t fill_map(struct map_entry *entries)
{
	struct e820_range range;
	struct pages walk;
	uint32_t count = 0;

	e820_begin(&walk, memmap_system());
	for (; e820_next(&walk, &range); count++)
		if (entries)
			entries[count] = (struct map_entry){range.base, range.size, range.type, 0};
	return count;
}

/*
 * start_info with everything behind it. What is claimed here and before is free RAM to the kernel:
 * claiming adds no entry.
 */
static int make_start_info(const struct boot_request *request, uint64_t initrd,
			   struct hand_over **made)
{
	uint32_t entries = fill_map(NULL);
	uint64_t size = sizeof(struct hand_over) + entries * sizeof(struct map_entry);
	uint64_t base = GIB(4);
	struct hand_over *h;
	int error = lmb_alloc_tagged(LMB_MEM_ALLOC_MAX, PAGE_SIZE, &base,
				     size + request->cmdline_size, LMB_NOOVERWRITE, "start_info");

	if (error) {
		log_error("no %lu bytes below 4 GiB for start_info and command line",
			  size + request->cmdline_size);
		return error;
	}
	h = (struct hand_over *)(uintptr_t)base;
	h->initrd = (struct module){.base = initrd, .size = request->initrd.size};
	h->info = (struct start_info){
		.magic = START_INFO_MAGIC,
		.version = START_INFO_VERSION,
		.modules = request->initrd.size ? 1 : 0,
		.modules_base = (uint64_t)(uintptr_t)&h->initrd,
		.cmdline = base + size,
		.rsdp = request->machine->acpi_rsdp,
		.map_base = (uint64_t)(uintptr_t)h->map,
		.map_entries = fill_map(h->map),
	};
	memcpy((uint8_t *)h + size, request->cmdline, request->cmdline_size);
	*made = h;
	return 0;
}

static int boot(const struct boot_request *request, const uint8_t *head, size_t head_size)
{
	uint64_t entry = fw_cfg_number(&request->machine->fw_cfg, FW_CFG_KERNEL_ENTRY, 4);
	struct hand_over *hand_over = NULL;
	uint64_t initrd = 0;
	int error;

	if (entry)
		error = check_preloaded(head, head_size);
	else
		error = load(&request->kernel, head, head_size, &entry);
	if (error)
		return error;
	if (!entry || entry >= GIB(4)) {
		log_error(
			"the kernel has no PVH entry below 4 GiB: build it with CONFIG_PVH=y, or give its bzImage");
		return -ENOEXEC;
	}
	if (request->initrd.size)
		error = load_initrd(&request->initrd, &initrd);
	if (!error)
		error = make_start_info(request, initrd, &hand_over);
	if (error)
		return error;
	attempt_hand_over("PVH kernel", entry);
	cpu_enter32((uint32_t)entry, (uint32_t)(uintptr_t)hand_over);
}

const struct loader linux_x86_pvh = {
	.name = "ELF kernel with a PVH entry (vmlinux)",
	.recognise = elf_recognise,
	.boot = boot,
};
