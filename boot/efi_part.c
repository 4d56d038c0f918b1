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
static int state[IMAGE_PARTS];

static const char tags[IMAGE_PARTS][3][MEM_TAG_MAX] = {
	{"EFI data", "EFI constants", "EFI text"},
	{"disk data", "disk constants", "disk text"},
};

/* Of a part that begins at `from` and ends at `end`, from image_link. */
static int name(uint32_t from, uint32_t end, uint8_t attrs, const char *tag)
{
	struct mem_props props = mem_props_firmware(tag);

	props.type = MEM_BOOT_CODE; /* as the rest */
	props.attrs = attrs;
	return memmap_retype(memmap_system(), relocate_placement()->room + from, end - from,
			     MEM_OWNER_FIRMWARE, &props);
}

/* Where a symbol of the image is in the file. */
static uint64_t in_file(uintptr_t symbol)
{
	return relocate_placement()->file + (symbol - (uintptr_t)image_start);
}

static int fetch(uint32_t index)
{
	const struct image_part *part = &image_parts[index];
	uint64_t from = in_file((uintptr_t)image_flash), room = relocate_placement()->room;
	uint64_t size = (uint64_t)(image_flash_end - image_flash);
	int (*unpack)(uint32_t, const struct image_part *, uint8_t *) = (int (*)(
		uint32_t, const struct image_part *, uint8_t *))in_file((uintptr_t)efi_unpack);
	struct memmap *map = memmap_system();
	struct mem_region source; /* in flash it is not mapped */
	int error, closed;

	memmap_find(map, from, &source);
	error = memmap_protect(map, from, size, source.props.owner, source.props.attrs | MEM_RX);
	if (!error)
		error = name(part->base, part->end, MEM_RW, tags[index][0]);
	if (error)
		return error;
	error = unpack(index, part, (uint8_t *)room);
	arch_code_sync(room + part->text, part->end - part->text);
	closed = memmap_protect(map, from, size, source.props.owner, source.props.attrs);
	if (!error)
		error = closed;
	if (!error)
		error = name(part->rodata, part->text, MEM_R, tags[index][1]);
	if (!error)
		error = name(part->text, part->end, MEM_RX, tags[index][2]);
	return error;
}

int image_part_fetch(uint32_t index)
{
	if (!state[index]) {
		int error = fetch(index);

		state[index] = error ? error : 1;
	}
	return state[index] < 0 ? state[index] : 0;
}

void image_parts_keep(void)
{
	for (uint32_t i = 0; i < IMAGE_PARTS; i++)
		if (image_parts[i].end != image_parts[i].base && image_part_fetch(i))
			log_debug("%s and the rest stays behind", tags[i][2]);
}

const void *image_part_head(uint32_t index)
{
	return (const void *)(uintptr_t)(relocate_placement()->room + image_parts[index].data);
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
	error = image_part_fetch(EFI_PART);
	if (!error)
		return image_part_head(EFI_PART);
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

	return part ? part->boot(request, head, head_size) : state[EFI_PART];
}

static int boot_disks(struct machine *machine)
{
	const struct efi_part_head *part = enter();

	return part ? part->boot_disks(machine) : state[EFI_PART];
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
