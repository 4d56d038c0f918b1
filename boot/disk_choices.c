/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/disk_choices.h"

#include <errno.h>
#include <stdio.h>

#include "boot/bls_disk.h"
#include "boot/disk_order.h"
#include "boot/efi_app.h"
#include "lib/log.h"

static uint32_t next_place;
/* The disk that is being listed, and the place that means it. */
static struct {
	const struct disk_place *place;
	struct disk *disk; /* NULL: none */
	bool has_applications; /* they are in the list; its entries come next */
	uint32_t before; /* choices, before any of it */
	uint32_t file_systems;
	bool had_disk; /* any */
} listing;

/* ---- a file of a volume ---- */

static int read_file(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	return efi_disk_read(payload->context, offset, to, size);
}

static int run(const struct disk_program *program, struct fs_file *file)
{
	struct payload payload = {.name = "application", .read = read_file, .context = file};
	struct efi_program run = {
		.name = program->title,
		.file = &payload,
		.path = efi_disk_file_path(program->volume, program->file),
		.options = program->options,
		.options_size = program->options_size,
	};
	struct fs_info info;
	int error = fs_info(file, &info);

	if (!error && !run.path)
		error = -ENOMEM;
	if (error) {
		log_error("%s: cannot be opened (error %d)", program->title, -error);
	} else {
		payload.size = info.size;
		error = efi_program_run(&run);
	}
	efi_disk_file_path_free(run.path);
	return error;
}

int disk_program_run(const struct disk_program *program)
{
	struct fs_file *file;
	int error = fs_open(program->volume->fs, program->file, FS_READ, &file);

	if (error == -ENOENT)
		log_error("%s: there is no such file", program->title);
	else if (error)
		log_error("%s: cannot be opened (error %d)", program->title, -error);
	if (error)
		return error;
	error = run(program, file);
	fs_close(file);
	return error;
}

/* ---- the default application of the machine (UEFI 2.10, 3.5.1.1) ---- */

static int boot_default(const struct boot_choice *choice)
{
	const struct disk_program program = {
		.title = choice->title,
		.volume = &choice->volume,
		.file = efi_machine_file,
	};

	return disk_program_run(&program);
}

/* Whether it cannot be read is seen when its turn comes. */
static int list_default(const struct efi_disk_volume *volume)
{
	struct boot_choice choice = {.boot = boot_default, .volume = *volume};
	struct fs_file *file;
	int error = fs_open(volume->fs, efi_machine_file, FS_READ, &file);

	if (error == -ENOENT)
		return 0;
	if (!error)
		fs_close(file);
	snprintf(choice.title, sizeof(choice.title), "%s %s", volume->name, efi_machine_file_name);
	return choice_add(&choice);
}

/* ---- what there is on a disk ---- */

/* What may be on a file system, in the order in which it is tried. Each adds what it finds: 0 or -ENOMEM. */
static int (*const kinds[])(const struct efi_disk_volume *volume) = {
	list_default,
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The choices on a disk's EFI system partitions (`system`), or on its others; *file_systems counts these. */
static int list_volumes(const struct disk *disk, bool system, uint32_t *file_systems)
{
	struct efi_disk_volume volume;

	for (uint32_t i = 0; efi_disk_volume(disk, i, &volume); i++) {
		if (!volume.fs || volume.is_system != system)
			continue;
		++*file_systems;
		for (uint32_t kind = 0; kind < KINDS; kind++)
			if (kinds[kind](&volume))
				return -ENOMEM;
	}
	return 0;
}

/* Its applications first: a disk whose loader boots is not searched for more. */
static int list_applications(const struct disk *disk)
{
	listing.before = choice_count();
	listing.file_systems = 0;
	if (list_volumes(disk, true, &listing.file_systems))
		return -ENOMEM;
	return list_volumes(disk, false, &listing.file_systems);
}

static int list_entries(const struct disk *disk)
{
	if (bls_disk_list(disk))
		return -ENOMEM;
	if (choice_count() == listing.before)
		log_error("%s: nothing to boot: no %s and no boot entry on its %u file system%s",
			  disk->block.name, efi_machine_file_name, listing.file_systems,
			  listing.file_systems == 1 ? "" : "s");
	return 0;
}

/* The next disk that the place means, from this one on; NULL: there is no more. */
static struct disk *next_meant(struct disk *disk)
{
	while (disk && !disk_order_means(listing.place, disk))
		disk = disk->next;
	return disk;
}

/* 0, also when there is no disk; -ENOENT: there is no other place. */
static int start_next_place(void)
{
	const struct disk_place *place = disk_order_get(next_place);

	if (next_place >= disk_order_wanted()) {
		if (!listing.had_disk)
			log_warn("nothing to boot: none of %u disk controllers has a disk",
				 next_place);
		return -ENOENT;
	}
	next_place++;
	if (disk_order_start(place->controller))
		return 0;
	listing.place = place;
	listing.disk = next_meant(place->controller->disks);
	listing.had_disk |= listing.disk != NULL;
	if (place->one && !listing.disk)
		log_error("%s: bootorder wants its disk %u,%u, which is not there",
			  place->controller->device.name, place->target, place->lun);
	return 0;
}

int disk_choices_more(struct machine *machine)
{
	struct disk *disk = listing.disk;

	if (disk_order_find(machine))
		return -ENOENT;
	if (!disk)
		return start_next_place();
	listing.has_applications = !listing.has_applications;
	if (listing.has_applications)
		return list_applications(disk);
	listing.disk = next_meant(disk->next);
	return list_entries(disk);
}
