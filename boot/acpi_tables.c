/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where ACPI tables lie, and what becomes of them: boot/acpi_script.c does what QEMU's script
 * says. QEMU pads the tables with zeros to 128 KiB, so that their size does not change when a
 * machine is migrated; the pages behind the last table are the OS's like any other RAM.
 */
#define LOG_PREFIX "acpi"

#include "boot/acpi_tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/acpi_script.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define SCRIPT "etc/table-loader"
#define TABLES "etc/acpi/tables"
#define RSDP "etc/acpi/rsdp"
#define RSDP_SIZE 20 /* bytes of ACPI 1.0's; later ones have 36 */

#define SCRIPT_MAX 65536 /* bytes; a common machine has 4 KiB */
/*
 * The directory may be older than the script: QEMU makes both anew when the first is read, with a
 * table more if PCI's configuration space by memory has been turned on since. Beyond its end an
 * item reads as zeros.
 */
#define SCRIPT_SLACK 4096

/* Names are compared with their NUL; the script's fields are longer than those here. */
#define IS_NAMED(file, literal) (memcmp((file)->name, literal, sizeof(literal)) == 0)

/*
 * What the OS is told. It may reuse the tables once it has read them; to all else QEMU or the OS
 * goes on writing (docs/specs/vmgenid.rst: neither RAM nor reclaimable).
 */
static uint32_t type_of(const struct acpi_file *file)
{
	return IS_NAMED(file, TABLES) || IS_NAMED(file, RSDP) ? MEM_ACPI_RECLAIM : MEM_ACPI_NVS;
}

int acpi_place(struct acpi_loader *loader, struct acpi_file *file, uint64_t align, int low)
{
	const char *name = (const char *)file->name;

	file->low = low && loader->segment->end;
	if (file->low) {
		file->base =
			table_segment_take(loader->segment, file->size, align < 16 ? 16 : align);
		return file->base ? 0 : -ENOMEM;
	}
	return table_claim(loader->map, file->size, align, type_of(file),
			   strncmp(name, "etc/", 4) == 0 ? name + 4 : name, &file->base);
}

static void trim(struct acpi_loader *loader)
{
	for (uint32_t i = 0; i < loader->files; i++) {
		const struct acpi_file *file = &loader->file[i];
		uint64_t keep = align_up(file->used, PAGE_SIZE);

		if (!file->low && keep && keep < file->size && IS_NAMED(file, TABLES))
			table_lend(loader->map, file->base + keep, file->size - keep);
	}
}

/* Where there is no segment for it: a page of its own for the RSDP would be one entry of the map more. It fits behind the tables. */
static void join_rsdp(struct acpi_loader *loader)
{
	struct acpi_file *rsdp = NULL, *tables = NULL;
	uint64_t at;

	for (uint32_t i = 0; i < loader->files; i++) {
		if (IS_NAMED(&loader->file[i], RSDP))
			rsdp = &loader->file[i];
		if (IS_NAMED(&loader->file[i], TABLES))
			tables = &loader->file[i];
	}
	if (!rsdp || rsdp->low || !tables || !tables->used)
		return;
	at = align_up(tables->used, 16);
	if (tables->low || at > tables->size || rsdp->size > tables->size - at)
		return;
	memcpy((void *)(uintptr_t)(tables->base + at), (const void *)(uintptr_t)rsdp->base,
	       rsdp->size);
	tables->used = at + rsdp->size;
	loader->machine->acpi_rsdp = tables->base + at;
	table_lend(loader->map, rsdp->base, rsdp->size);
}

/* 0 or -EINVAL. */
static int find_rsdp(struct acpi_loader *loader)
{
	const struct acpi_file *rsdp = NULL;

	for (uint32_t i = 0; i < loader->files && !rsdp; i++)
		if (IS_NAMED(&loader->file[i], RSDP))
			rsdp = &loader->file[i];
	if (!rsdp || rsdp->size < RSDP_SIZE ||
	    memcmp((const void *)(uintptr_t)rsdp->base, "RSD PTR ", 8) != 0) {
		log_error(SCRIPT " loads no RSDP: the OS gets no ACPI tables");
		return -EINVAL;
	}
	loader->machine->acpi_rsdp = rsdp->base;
	return 0;
}

/* Reads the script to memory from malloc: 0, -EINVAL, -ENOMEM, -EIO. */
static int read_script(struct acpi_loader *loader, struct fw_cfg_item *item)
{
	void *script;

	if (item->size % ACPI_ENTRY_SIZE || item->size > SCRIPT_MAX) {
		log_error(
			SCRIPT
			" has %lu bytes, not a multiple of %d up to %d: the OS gets no ACPI tables",
			item->size, ACPI_ENTRY_SIZE, SCRIPT_MAX);
		return -EINVAL;
	}
	item->size += SCRIPT_SLACK;
	script = malloc(item->size);
	if (!script)
		return -ENOMEM;
	loader->script = script;
	loader->commands = (uint32_t)(item->size / ACPI_ENTRY_SIZE);
	if (fw_cfg_read(&loader->machine->fw_cfg, item, 0, script, item->size)) {
		log_error(SCRIPT " cannot be read: the OS gets no ACPI tables");
		return -EIO;
	}
	return 0;
}

int acpi_tables_load(struct machine *machine, struct memmap *map, struct table_segment *segment)
{
	struct acpi_loader loader = {.machine = machine, .map = map, .segment = segment};
	const uint64_t segment_next = segment->next;
	struct fw_cfg_item item;
	int error;

	machine->acpi_rsdp = 0;
	if (fw_cfg_find(&machine->fw_cfg, SCRIPT, &item))
		return 0;
	error = read_script(&loader, &item);
	if (!error)
		error = acpi_script_run(&loader);
	if (!error)
		error = find_rsdp(&loader);
	if (!error)
		error = acpi_script_tell(&loader);
	if (error) {
		machine->acpi_rsdp = 0;
		while (loader.files--) {
			const struct acpi_file *file = &loader.file[loader.files];

			if (!file->low)
				table_release(map, file->base, file->size);
		}
		segment->next = segment_next;
	} else {
		if (!segment->end)
			join_rsdp(&loader);
		trim(&loader);
	}
	free((void *)(uintptr_t)loader.script);
	return error;
}
