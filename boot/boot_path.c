/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/boot_path.h"

#include <errno.h>
#include <stdio.h>

#include "boot/disk_choices.h"
#include "boot/disk_order.h"
#include "boot/efi_app.h"
#include "lib/log.h"

#define MESSAGE_SIZE 256
#define FILE_TEXT_SIZE 128

static const char no_disk[] = "there is no such disk";

static bool begins_with(const struct boot_path *what, uint8_t media)
{
	return what->path->Type == MEDIA_DEVICE_PATH && what->path->SubType == media;
}

/* One line: what was tried, and why it is not to be had. */
static int refuse(const struct boot_path *what, const char *why)
{
	char path[MESSAGE_SIZE];

	efi_device_path_print(what->path, path, sizeof(path));
	log_error("%s: %s: %s", what->title, path, why);
	return -ENOENT;
}

static int run_file(const struct boot_path *what, const struct efi_disk_volume *volume,
		    const CHAR16 *file)
{
	char title[MESSAGE_SIZE], text[FILE_TEXT_SIZE];
	const struct disk_program program = {
		.title = title,
		.volume = volume,
		.file = file,
		.options = what->options,
		.options_size = what->options_size,
	};

	efi_text_print(file, text, sizeof(text));
	snprintf(title, sizeof(title), "%s: %s %s", what->title, volume->name, text);
	return disk_program_run(&program);
}

static bool has_file(const struct efi_disk_volume *volume, const CHAR16 *file)
{
	struct fs_file *open;
	int error = volume->fs ? fs_open(volume->fs, file, FS_READ, &open) : -ENOENT;

	if (!error)
		fs_close(open);
	return error != -ENOENT;
}

/* Runs a file on each file system of a disk that has it, the EFI system partitions first: what the last came to; -ENOENT: none has it. */
static int run_on_disk(const struct boot_path *what, const struct disk *disk, const CHAR16 *file)
{
	struct efi_disk_volume volume;
	int result = -ENOENT;

	for (int system = 1; system >= 0; system--)
		for (uint32_t i = 0; efi_disk_volume(disk, i, &volume); i++)
			if (volume.is_system == system && has_file(&volume, file))
				result = run_file(what, &volume, file);
	return result;
}

/* ---- a file on any disk ---- */

/* On all disks that are removable, or on all others: as run_on_disk. */
static int run_on_disks(const struct boot_path *what, bool removable, const CHAR16 *file)
{
	struct disk_controller *controller;
	int result = -ENOENT;

	for (controller = disk_controllers(); controller; controller = controller->next)
		for (struct disk *disk = controller->disks; disk; disk = disk->next) {
			int error;

			if (disk->block.removable != removable ||
			    (what->left_out && disk_order_wants(disk)))
				continue;
			error = run_on_disk(what, disk, file);
			if (error != -ENOENT)
				result = error;
		}
	return result;
}

static int run_anywhere(const struct boot_path *what)
{
	struct disk_controller *controller;
	int removable = -ENOENT, fixed = -ENOENT;
	CHAR16 file[FS_PATH_MAX + 1];
	uint32_t started = 0;

	for (controller = disk_controllers(); controller; controller = controller->next)
		started += !disk_order_start(controller);
	if (started && efi_disk_file_name(what->path, file)) {
		removable = run_on_disks(what, true, file);
		fixed = run_on_disks(what, false, file);
	}
	if (removable == -ENOENT && fixed == -ENOENT)
		return refuse(what, what->left_out ? "no other disk has that file"
						   : "no disk has that file");
	return fixed == -ENOENT ? removable : fixed;
}

/* ---- a place ---- */

/*
 * The full path of one that begins with a partition, for which disks are started in their order until it is there; NULL: it
 * is nowhere.
 */
static struct efi_device_path_protocol *find_partition(const struct boot_path *what)
{
	struct efi_device_path_protocol *full = efi_short_path_expand(what->path);
	const struct disk_place *place;

	for (uint32_t i = 0; !full && (place = disk_order_get(i)); i++)
		if (!place->controller->started && !disk_order_start(place->controller))
			full = efi_short_path_expand(what->path);
	return full;
}

static bool start_controller_of(const struct boot_path *what)
{
	struct disk_controller *controller = disk_controllers();

	while (controller && !efi_disk_path_is_on(controller, what->path))
		controller = controller->next;
	return controller && !disk_order_start(controller);
}

/* A path to a disk may mean any of its file systems, one to a partition only that. */
static int run_default(const struct boot_path *what, const struct efi_disk_volume *volume)
{
	struct efi_disk_volume whole = *volume;
	int error = -ENOENT;

	if (efi_disk_volume(volume->disk, 0, &whole) && whole.path == volume->path)
		error = run_on_disk(what, volume->disk, efi_machine_file);
	else if (has_file(volume, efi_machine_file))
		error = run_file(what, volume, efi_machine_file);
	return error == -ENOENT ? refuse(what, "it has no default application") : error;
}

/* What a full path means. */
static int run_at(const struct boot_path *what, const struct efi_device_path_protocol *full)
{
	const struct efi_device_path_protocol *rest;
	struct efi_disk_volume volume;
	CHAR16 file[FS_PATH_MAX + 1];

	if (!efi_disk_find(full, &volume, &rest))
		return refuse(what, no_disk);
	if (efi_device_path_is_end_of_instance(rest))
		return run_default(what, &volume);
	if (!efi_disk_file_name(rest, file))
		return refuse(what, "there is no such part of the disk");
	if (!volume.fs)
		return refuse(what, "it has no file system that is known");
	return run_file(what, &volume, file);
}

int boot_path_run(struct machine *machine, const struct boot_path *what)
{
	struct efi_device_path_protocol *full;
	int error;

	if (disk_order_find(machine))
		return -ENOMEM;
	if (begins_with(what, MEDIA_FILEPATH_DP))
		return run_anywhere(what);
	if (!begins_with(what, MEDIA_HARDDRIVE_DP))
		return start_controller_of(what) ? run_at(what, what->path) : refuse(what, no_disk);
	full = find_partition(what);
	if (!full)
		return refuse(what, "no disk has that partition");
	error = run_at(what, full);
	efi_free_pool(full);
	return error;
}
