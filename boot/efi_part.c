/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "efi"

#include "boot/efi_part.h"

#include <errno.h>
#include <string.h>

#include "boot/boot.h"
#include "boot/bootmgr.h"
#include "boot/fw_cfg_kernel.h"
#include "boot/options.h"
#include "boot/stages.h"
#include "lib/log.h"

/* linker/efi_part.ld, in ascending order; all but efi_part_data page-aligned. */
extern uint8_t efi_part[], efi_part_data[], efi_part_rodata[], efi_part_text[], efi_part_end[];
/* Where it lies in cadastre.bin, from efi_part_data on; and the end of the pages that it and the relocations take there. */
extern uint8_t efi_part_file[], efi_part_file_end[], efi_part_file_pages[];
extern uint8_t efi_part_rela[]; /* its relocations, up to image_rela */

/* 1: it is in its place; 0: not yet; -errno: it cannot be. */
static int state;

/* Where a section of the part is when it is in its place. */
static uint64_t place_of(const uint8_t *section)
{
	return relocate_placement()->room + (uint64_t)(section - image_link);
}

static int name(const uint8_t *base, const uint8_t *end, uint32_t type, uint8_t attrs,
		const char *tag)
{
	struct mem_props props = mem_props_firmware(tag);

	props.type = type;
	props.attrs = attrs;
	return memmap_retype(memmap_system(), place_of(base), (uint64_t)(end - base),
			     MEM_OWNER_FIRMWARE, &props);
}

/* As boot/relocate.c does with the rest. */
static void relocate_part(uint64_t file)
{
	uint64_t at = file + (uint64_t)(efi_part_rela - image_start);
	const struct image_rela *rela = (const struct image_rela *)(uintptr_t)at;
	uint64_t room = relocate_placement()->room;

	for (int64_t left = image_rela - efi_part_rela; left > 0; left -= (int64_t)sizeof(*rela)) {
		*(uint64_t *)(uintptr_t)(room + rela->offset) = room + rela->addend;
		rela++;
	}
}

/* Data, constants and text, from the file to where they were linked for; writable still. */
static void fill(uint64_t file, uint64_t from)
{
	uint64_t text = place_of(efi_part_text);

	memset((void *)(uintptr_t)place_of(efi_part), 0, (size_t)(efi_part_data - efi_part));
	arch_fp_copy((void *)(uintptr_t)place_of(efi_part_data), (const void *)(uintptr_t)from,
		     (uint64_t)(efi_part_file_end - efi_part_file));
	relocate_part(file);
	arch_code_sync(text, place_of(efi_part_end) - text);
}

static int fetch(void)
{
	uint64_t file = relocate_placement()->file;
	uint64_t from = file + (uint64_t)(efi_part_file - image_start);
	uint64_t size = (uint64_t)(efi_part_file_pages - efi_part_file);
	struct memmap *map = memmap_system();
	struct mem_region source; /* in flash it is not mapped */
	int error;

	memmap_find(map, from, &source);
	error = memmap_protect(map, from, size, source.props.owner, source.props.attrs | MEM_R);
	if (!error)
		error = name(efi_part, efi_part_end, MEM_BOOT_DATA, MEM_RW, "EFI data");
	if (error)
		return error;
	fill(file, from);
	error = memmap_protect(map, from, size, source.props.owner, source.props.attrs);
	if (!error)
		error = name(efi_part_rodata, efi_part_text, MEM_BOOT_DATA, MEM_R, "EFI constants");
	if (!error)
		error = name(efi_part_text, efi_part_end, MEM_BOOT_CODE, MEM_RX, "EFI text");
	return error;
}

int efi_part_fetch(void)
{
	if (!state) {
		int error = fetch();

		state = error ? error : 1;
	}
	return state < 0 ? state : 0;
}

/* ---- the loader ---- */

static int recognise(const uint8_t *head, size_t size)
{
	return size > 1 && head[0] == 'M' && head[1] == 'Z';
}

/* NULL: it cannot be there, which was said. */
static const struct efi_part_head *enter(void)
{
	stage_begin("efi");
	if (!efi_part_fetch())
		return (const struct efi_part_head *)(uintptr_t)place_of(efi_part_data);
	log_error("there is not enough memory for EFI; give the machine more (-m)");
	return NULL;
}

static int boot(const struct boot_request *request, const uint8_t *head, size_t head_size)
{
	const struct efi_part_head *part = enter();

	return part ? part->boot(request, head, head_size) : -ENOMEM;
}

static int boot_disks(struct machine *machine)
{
	const struct efi_part_head *part = enter();

	return part ? part->boot_disks(machine) : -ENOMEM;
}

const struct boot_entry boot_entries[] = {
	{"QEMU's -kernel", fw_cfg_kernel_boot},
	{"the disks", boot_disks},
	{NULL, NULL},
};

static const struct loader loader = {"EFI application", recognise, boot};

const struct loader *efi_part_loader(void)
{
	return &loader;
}

int efi_part_preferred(struct fw_cfg *fw)
{
	static const char *const values[] = {"direct", "efi", NULL};

	return options_choose(fw, "opt/cadastre/boot", values) == 1;
}
