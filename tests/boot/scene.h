/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for tests of the boot manager: disks in memory with file systems and files, variables, QEMU's bootorder, and a
 * person at the keyboard. Programs are texts: one that is started says so. All that happens becomes a transcript, a line
 * each, which a test compares with what should happen:
 *
 *	static void make(void)			what there is: scene_disk, scene_variable, …
 *	ok(scene_plays(make, NULL, "start: …\n"), "…")	runs efi_disk_boot on it
 *
 * The boot manager has no way back to its beginning, like the firmware: each scene runs in a process of its own.
 */
#ifndef TESTS_BOOT_SCENE_H
#define TESTS_BOOT_SCENE_H

#include "boards/board.h"
#include "drivers/disk.h"
#include "efi/api.h"
#include "tests/drivers/fake_block.h"

/* ---- disks ---- */

struct scene_file {
	const char *path; /* "\\loader\\entries\\a.conf"; NULL: no more */
	const void *data;
	uint64_t size; /* bytes; 0: it is a text */
};

enum scene_kind {
	SCENE_NO_VOLUME, /* no more */
	SCENE_SYSTEM, /* partitions of a GPT: an EFI system partition, */
	SCENE_EXTENDED, /* an XBOOTLDR one, */
	SCENE_OTHER, /* any other */
	SCENE_WHOLE, /* the disk itself, without a table */
};

struct scene_volume {
	enum scene_kind kind;
	const struct scene_file *files;
};

/* Where a disk is. Controllers are found in the order of PCI's addresses, then those on virtio-mmio as they are made. */
struct scene_place {
	uint8_t slot; /* on PCI; 0: a place of virtio-mmio of its own */
	enum disk_kind kind; /* of a controller on PCI */
	uint16_t target, lun; /* on a controller that has more than one disk */
};

/* Adds a disk, at the next place of virtio-mmio, or at `place`. It stays as it is until it is given back by the process' end. */
struct fake_block *scene_disk(const struct scene_volume *volumes);
struct fake_block *scene_disk_at(const struct scene_place *place,
				 const struct scene_volume *volumes);
/* The controller in a slot does not start. */
void scene_dead(uint8_t slot);

#define SCENE_GUID_SIZE 16
/* The GUID of a disk's partition, both counted from 1. */
void scene_guid(uint32_t disk, uint32_t partition, uint8_t guid[SCENE_GUID_SIZE]);

/* An image with an os-release, as \EFI\Linux has them; how many bytes. */
#define SCENE_IMAGE_SIZE 0x1000
void scene_image(uint8_t image[SCENE_IMAGE_SIZE], const char *release);

/* ---- the machine ---- */

/* QEMU's bootorder; a file opt/cadastre/…; keys that are typed before anything is looked at. */
void scene_bootorder(const char *text);
void scene_option(const char *name, const char *value);
void scene_key(void);
/* QEMU gives an application, which is started before the boot manager turns to disks, and returns. */
void scene_kernel(void);
/* What the menu does when it is shown: NULL, the beginning: nothing. */
void scene_menu(void (*obey)(struct machine *machine));

/* ---- variables ---- */

/* Sets a global variable; one of the Boot Loader Interface; a text of it. */
void scene_variable(const CHAR16 *name, const void *data, uint64_t size);
void scene_loader_variable(const CHAR16 *name, const void *data, uint64_t size);

/* A device path that grows: nodes, without an end. */
struct scene_path {
	uint8_t bytes[512];
	uint32_t size;
};
void scene_path_pci(struct scene_path *path, uint8_t slot);
void scene_path_partition(struct scene_path *path, uint32_t disk, uint32_t partition);
void scene_path_file(struct scene_path *path, const CHAR16 *file);
/* Boot#### or another kind: a load option with a path. */
void scene_option_variable(const CHAR16 *name, uint32_t attributes, const CHAR16 *description,
			   const struct scene_path *path, const CHAR16 *optional);

/* ---- what happens ---- */

/* Is called when a program runs, after the line that says so. */
void scene_watch(void (*look)(void));

/* A line of the transcript. */
void scene_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The names in a folder of the disk's index-th volume, in a line: for `after`. */
void scene_list(const struct fake_block *fake, uint32_t index, const CHAR16 *folder);
/* A variable's bytes in a line, as text if it is UTF-16 (the Boot Loader Interface's). */
void scene_show(const CHAR16 *name);
void scene_loader_show(const CHAR16 *name);
void scene_loader_bytes(const CHAR16 *name);

/* Makes a scene, runs efi_disk_boot in it, then `after` (NULL: nothing): whether what was said is `wanted`; if not, both are printed. */
bool scene_plays(void (*make)(void), void (*after)(void), const char *wanted);

#endif
