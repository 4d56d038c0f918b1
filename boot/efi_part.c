/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "efi"

#include "boot/efi_part.h"

#include <errno.h>

#include "boot/bootmgr.h"
#include "boot/efi_unpack.h"
#include "boot/fw_cfg_kernel.h"
#include "boot/options.h"
#include "boot/stages.h"
#include "lib/log.h"

/* 1: it is in its place; 0: not yet; -errno: it cannot be. */
static int state;

/* Where a section of the part is when it is in its place. */
static uint64_t place_of(const uint8_t *section)
{
	return relocate_placement()->room + (uint64_t)(section - image_link);
}

static int name(const uint8_t *base, const uint8_t *end, uint8_t attrs, const char *tag)
{
	struct mem_props props = mem_props_firmware(tag);

	props.type = MEM_BOOT_CODE; /* as the rest */
	props.attrs = attrs;
	return memmap_retype(memmap_system(), place_of(base), (uint64_t)(end - base),
			     MEM_OWNER_FIRMWARE, &props);
}

/* Where a symbol of the image is in the file. */
static uint64_t in_file(uintptr_t symbol)
{
	return relocate_placement()->file + (symbol - (uintptr_t)image_start);
}

static int fetch(void)
{
	uint64_t from = in_file((uintptr_t)image_flash);
	uint64_t size = (uint64_t)(image_flash_end - image_flash);
	int (*unpack)(const struct efi_part_packed *, uint8_t *) =
		(int (*)(const struct efi_part_packed *, uint8_t *))in_file((uintptr_t)efi_unpack);
	struct memmap *map = memmap_system();
	struct mem_region source; /* in flash it is not mapped */
	int error, closed;

	memmap_find(map, from, &source);
	error = memmap_protect(map, from, size, source.props.owner, source.props.attrs | MEM_RX);
	if (!error)
		error = name(efi_part, efi_part_end, MEM_RW, "EFI data");
	if (error)
		return error;
	error = unpack((const struct efi_part_packed *)in_file((uintptr_t)efi_part_file),
		       (uint8_t *)relocate_placement()->room);
	arch_code_sync(place_of(efi_part_text), place_of(efi_part_end) - place_of(efi_part_text));
	closed = memmap_protect(map, from, size, source.props.owner, source.props.attrs);
	if (!error)
		error = closed;
	if (!error)
		error = name(efi_part_rodata, efi_part_text, MEM_R, "EFI constants");
	if (!error)
		error = name(efi_part_text, efi_part_end, MEM_RX, "EFI text");
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
	int error;

	stage_begin("efi");
	error = efi_part_fetch();
	if (!error)
		return (const struct efi_part_head *)(uintptr_t)place_of(efi_part_data);
	if (error == -ENOMEM)
		log_error("there is not enough memory for EFI; give the machine more (-m)");
	else
		log_error(
			"EFI's part of the firmware's image is damaged: no EFI applications and no disks; write cadastre.bin anew");
	return NULL;
}

static int boot(const struct boot_request *request, const uint8_t *head, size_t head_size)
{
	const struct efi_part_head *part = enter();

	return part ? part->boot(request, head, head_size) : state;
}

static int boot_disks(struct machine *machine)
{
	const struct efi_part_head *part = enter();

	return part ? part->boot_disks(machine) : state;
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
