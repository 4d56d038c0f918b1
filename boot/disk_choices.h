/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disks as a source of choices: those that QEMU's bootorder names, in its order, or if it names none, all, in the order in
 * which they are found. On each the EFI system partitions come first, then its other file systems.
 */
#ifndef BOOT_DISK_CHOICES_H
#define BOOT_DISK_CHOICES_H

#include "boot/choice.h"

/* Starts the next controller and adds what is on its disks (boot/choice.c). 0; -ENOENT: there is none; -ENOMEM. */
int disk_choices_more(struct machine *machine);

/* Runs a file of a volume, by its absolute path, with these load options: as struct boot_choice's boot, whose title it is. */
struct disk_program {
	const char *title;
	const struct efi_disk_volume *volume;
	const CHAR16 *file;
	const void *options; /* NULL: none */
	uint32_t options_size;
};
int disk_program_run(const struct disk_program *program);

#endif
