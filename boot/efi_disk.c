/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Booting from disks: those that QEMU's bootorder names, in its order, or if it names none, all, in the order in which they are
 * found. On each the EFI system partitions are tried first, then its other file systems, for the default application of
 * the machine (UEFI 2.10, 3.5.1.1). What is not in the order is not started.
 */
#define LOG_PREFIX "boot"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/bootorder.h"
#include "boot/disk_boot.h"
#include "boot/efi_app.h"
#include "drivers/disk.h"
#include "efi/api.h"
#include "lib/log.h"

#define ORDER_SIZE_MAX 16384
#define NAME_SIZE 64

/* A controller, and its place in the order. */
struct candidate {
	struct disk_controller *controller;
	uint32_t place;
};

static struct candidate *candidates;
static uint32_t candidate_count;
static bool offered;

/* ---- which disks? ---- */

/* The file `bootorder` as text; the caller frees it. NULL: there is none that can be read. */
static char *read_order(struct fw_cfg *fw)
{
	struct fw_cfg_item item;
	char *text;

	if (fw_cfg_find(fw, "bootorder", &item) || item.size > ORDER_SIZE_MAX)
		return NULL;
	text = malloc(item.size + 1);
	if (!text)
		return NULL;
	if (fw_cfg_read(fw, &item, 0, text, item.size)) {
		free(text);
		return NULL;
	}
	text[item.size] = '\0';
	return text;
}

/* Takes a controller in where it belongs: the order of places, and as they come where those are equal. */
static void insert(struct disk_controller *controller, uint32_t place)
{
	uint32_t i = candidate_count++;

	for (; i && candidates[i - 1].place > place; i--)
		candidates[i] = candidates[i - 1];
	candidates[i] = (struct candidate){controller, place};
}

/* Finds controllers and sorts out which are wanted. 0 or -ENOMEM. */
static int choose(struct machine *machine)
{
	struct disk_controller *controller;
	struct disk_buses buses;
	uint32_t count = 0, named = 0;
	const char *rest;
	char *order;

	board_disk_buses(machine, &buses);
	if (disk_find(&buses))
		return -ENOMEM;
	for (controller = disk_controllers(); controller; controller = controller->next)
		count++;
	candidates = calloc(count + 1, sizeof(*candidates));
	if (!candidates)
		return -ENOMEM;
	order = read_order(&machine->fw_cfg);
	for (controller = disk_controllers(); controller; controller = controller->next) {
		uint32_t place = BOOTORDER_NONE;

		if (order)
			place = bootorder_of(order, &controller->device, &rest);
		insert(controller, place);
		named += place != BOOTORDER_NONE;
	}
	free(order);
	if (named)
		candidate_count = named; /* the others are behind them */
	return 0;
}

void disk_boot_offer(struct machine *machine)
{
	if (offered)
		return;
	offered = true;
	if (choose(machine)) {
		log_error("there is not enough memory for disks");
		return;
	}
	for (uint32_t i = 0; i < candidate_count; i++) {
		struct disk *disk;

		if (disk_start(candidates[i].controller))
			continue;
		for (disk = candidates[i].controller->disks; disk; disk = disk->next)
			if (EFI_ERROR(efi_disk_add(disk)))
				log_error("%s: there is not enough memory for its partitions",
					  disk->block.name);
	}
}

void disk_boot_quiesce(void)
{
	disk_quiesce_all();
}

/* ---- booting one ---- */

static int read_file(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	uint64_t done = size;
	int error = fs_read(payload->context, offset, &done, to);

	return !error && done != size ? -EIO : error;
}

/* Runs the default application of a volume: -ENOENT: there is none. */
static int boot_volume(const struct efi_disk_volume *volume)
{
	struct payload payload = {.name = "application", .read = read_file};
	struct efi_program program = {.file = &payload};
	struct fs_file *file;
	struct fs_info info;
	char name[NAME_SIZE];
	int error = fs_open(volume->fs, efi_machine_file, FS_READ, &file);

	if (error)
		return error;
	snprintf(name, sizeof(name), "%s %s", volume->name, efi_machine_file_name);
	program.name = name;
	error = fs_info(file, &info);
	program.path = efi_disk_file_path(volume, efi_machine_file);
	if (!program.path)
		error = -ENOMEM;
	if (!error) {
		payload.size = info.size;
		payload.context = file;
		error = efi_program_run(&program);
	}
	efi_disk_file_path_free(program.path);
	fs_close(file);
	return error;
}

/* Tries the volumes of a disk, the EFI system partitions (`system`) or the others: how many had the application. */
static uint32_t boot_volumes(const struct disk *disk, bool system, uint32_t *file_systems)
{
	struct efi_disk_volume volume;
	uint32_t tried = 0;

	for (uint32_t i = 0; efi_disk_volume(disk, i, &volume); i++) {
		int error;

		if (!volume.fs || volume.is_system != system)
			continue;
		++*file_systems;
		error = boot_volume(&volume);
		tried += error != -ENOENT;
		if (error && error != -ENOENT && error != -ENOEXEC)
			log_error("%s: %s cannot be opened (error %d)", volume.name,
				  efi_machine_file_name, -error);
	}
	return tried;
}

static void boot_disk(const struct disk *disk)
{
	uint32_t file_systems = 0;
	uint32_t tried = boot_volumes(disk, true, &file_systems);

	tried += boot_volumes(disk, false, &file_systems);
	if (!tried)
		log_error("%s: nothing to boot: no %s on its %u file system%s", disk->block.name,
			  efi_machine_file_name, file_systems, file_systems == 1 ? "" : "s");
}

static int boot_all(struct machine *machine)
{
	uint32_t count = 0;

	disk_boot_offer(machine);
	for (uint32_t i = 0; i < candidate_count; i++)
		for (struct disk *disk = candidates[i].controller->disks; disk; disk = disk->next) {
			boot_disk(disk);
			count++;
		}
	return count ? 0 : -ENOENT;
}

int disk_boot(struct machine *machine)
{
	const struct boot_request request = {.machine = machine, .cmdline = ""};
	struct disk_buses buses;

	board_disk_buses(machine, &buses);
	if (disk_find(&buses))
		return -ENOMEM;
	return disk_controllers() ? efi_session(&request, boot_all) : -ENOENT;
}
