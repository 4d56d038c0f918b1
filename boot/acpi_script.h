/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's table-loader script, and the files that it loads. Between boot/acpi_script.c and
 * boot/acpi_tables.c.
 */
#ifndef BOOT_ACPI_SCRIPT_H
#define BOOT_ACPI_SCRIPT_H

#include <stdint.h>

#include "boot/acpi_tables.h"

#define ACPI_ENTRY_SIZE 128 /* bytes of a command */
#define ACPI_FILES_MAX 16 /* files of a script; QEMU has 6 kinds */
#define ACPI_BYTES_MAX MIB(16) /* of all files; a common machine has 128 KiB */

struct acpi_file {
	const uint8_t *name; /* in the script */
	uint64_t base; /* where it was loaded */
	uint64_t size;
	int low; /* it lies in the segment, not on the map as such */
	uint64_t used; /* beyond these, nothing is known to mean something */
};

struct acpi_loader {
	struct machine *machine;
	struct memmap *map;
	struct table_segment *segment;
	const uint8_t *script;
	uint32_t commands; /* entries of the script */
	uint32_t writes; /* WRITE_POINTER commands among them */
	uint32_t files;
	uint64_t bytes; /* of all files */
	struct acpi_file file[ACPI_FILES_MAX];
};

/* Finds memory for file->size bytes: file->base, file->low. 0 or -ENOMEM. */
int acpi_place(struct acpi_loader *loader, struct acpi_file *file, uint64_t align, int low);

/*
 * Checks and does all commands, but tells QEMU no address yet. 0; -EINVAL, -ENOMEM, -EIO, having
 * logged which command failed and why; then loader->file[] tells what was claimed until then.
 */
int acpi_script_run(struct acpi_loader *loader);

/*
 * Tells QEMU the addresses that it asked for: it may write there from then on. 0; -EIO: it has
 * none, the log says why.
 */
int acpi_script_tell(struct acpi_loader *loader);

#endif
