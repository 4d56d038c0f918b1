/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's table loader (QEMU hw/acpi/bios-linker-loader.c). Entries of 128 bytes, little-endian:
 *
 *   allocate       1  file      60 align  64 zone:8       claim memory, read the file to it
 *   add pointer    2  to  from  116 offset  120 size:8     add `from`'s address to a number in `to`
 *   add checksum   3  file      60 at  64 start  68 length  make the range's bytes add up to 0
 *   write pointer  4  to  from  116 to's offset  120 from's offset  124 size:8     tell QEMU
 *
 * The command is at 0, the first name at 4, the second at 60; numbers without a size have 32 bits.
 *
 * Commands that are not known are skipped, as QEMU's other firmware does; the script is padded
 * with zeros. One pass checks and does each command. Addresses are told to QEMU when all else has
 * succeeded, because it writes to them from then on. Any failure gives back what was claimed.
 */
#define LOG_PREFIX "acpi"

#include "boot/acpi_script.h"

#include <errno.h>
#include <stdio.h>

#include "arch/arch.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define NAME_SIZE 56
#define ALIGN_MAX MIB(1)
#define REASON_MAX 160 /* bytes of what is said of a bad command; two names fit */

enum { ALLOCATE = 1, ADD_POINTER = 2, ADD_CHECKSUM = 3, WRITE_POINTER = 4 };
enum { ZONE_HIGH = 1, ZONE_FSEG = 2 };

/* Says why a command is refused. Returns error. */
__attribute__((format(printf, 3, 4))) static int refuse(int error, uint32_t command,
							const char *why, ...)
{
	char text[REASON_MAX];
	va_list arguments;

	va_start(arguments, why);
	vsnprintf(text, sizeof(text), why, arguments);
	va_end(arguments);
	log_error(
		"etc/table-loader, command %u: %s: no ACPI tables for the OS (or try -M acpi=off)",
		command, text);
	return error;
}

static uint64_t name_word(const uint8_t *name, size_t word)
{
	return le64_load((const uint8_t *)__builtin_assume_aligned(name, 4) + 8 * word);
}

/* A name ends in the first word of eight bytes whose last byte is 0. */
static int same_name(const uint8_t *a, const uint8_t *b)
{
	for (size_t word = 0; word < NAME_SIZE / 8; word++) {
		uint64_t is = name_word(a, word);

		if (is != name_word(b, word))
			return 0;
		if (!(is >> 56))
			return 1;
	}
	return 0;
}

/* From the last on: it is the one that QEMU's script names most. */
static struct acpi_file *find_file(struct acpi_loader *loader, const uint8_t *name)
{
	for (struct acpi_file *file = loader->file + loader->files; file-- > loader->file;)
		if (same_name(file->name, name))
			return file;
	return NULL;
}

static int is_name(const uint8_t *name)
{
	return name[0] && !name[NAME_SIZE - 1];
}

static int allocate(struct acpi_loader *loader, uint32_t command, const uint8_t *entry)
{
	struct acpi_file *file = &loader->file[loader->files];
	struct fw_cfg *fw = &loader->machine->fw_cfg;
	const uint8_t *name = entry + 4;
	uint32_t align = le32_load(entry + 60);
	struct fw_cfg_item item;

	if (!is_name(name))
		return refuse(-EINVAL, command, "a file's name has no end or no beginning");
	if (find_file(loader, name))
		return refuse(-EINVAL, command, "%s is allocated twice", name);
	if (loader->files == ACPI_FILES_MAX)
		return refuse(-EINVAL, command, "more than %d files", ACPI_FILES_MAX);
	if ((align & (align - 1)) || align > ALIGN_MAX)
		return refuse(-EINVAL, command, "%s wants alignment %u", name, align);
	if (entry[64] != ZONE_HIGH && entry[64] != ZONE_FSEG)
		return refuse(-EINVAL, command, "%s wants zone %u", name, entry[64]);
	if (fw_cfg_find(fw, (const char *)name, &item))
		return refuse(-EINVAL, command, "QEMU has no file %s", name);
	if (item.size == 0 || item.size > ACPI_BYTES_MAX - loader->bytes)
		return refuse(-EINVAL, command, "%s has %lu bytes; 1 to %lu are left", name,
			      item.size, ACPI_BYTES_MAX - loader->bytes);
	file->name = name;
	file->size = item.size;
	file->used = 0;
	if (acpi_place(loader, file, align, entry[64] == ZONE_FSEG))
		return refuse(-ENOMEM, command, "no memory for the %lu bytes of %s (more -m?)",
			      item.size, name);
	loader->files++;
	loader->bytes += item.size;
	if (fw_cfg_read(fw, &item, 0, (void *)(uintptr_t)file->base, item.size))
		return refuse(-EIO, command, "%s cannot be read", name);
	return 0;
}

/*
 * Whether a number of `size` bytes can hold the address at `offset` of a file. One of 1 or 2 bytes
 * never can.
 */
static int address_fits(const struct acpi_file *file, uint64_t offset, uint8_t size)
{
	return size == 8 || (size == 4 && (file->base + offset) >> 32 == 0);
}

static void mark_used(struct acpi_file *file, uint64_t end)
{
	if (end > file->used)
		file->used = end;
}

/*
 * Of a file of tables, everything is used that a checksum covers or a pointer leads to: a table
 * says its length after its signature (ACPI 6.5, 5.2.6). What does not look like one keeps the
 * whole file in use.
 */
static void mark_target(struct acpi_file *file, uint64_t offset)
{
	uint64_t left = file->size - offset, length = 0;

	if (left >= 8)
		length = le32_load((const uint8_t *)(uintptr_t)file->base + offset + 4);
	mark_used(file, offset + (length < 8 || length > left ? left : length));
}

static int add_pointer(struct acpi_loader *loader, uint32_t command, const uint8_t *entry)
{
	struct acpi_file *dest = find_file(loader, entry + 4);
	struct acpi_file *src = find_file(loader, entry + 60);
	uint64_t offset = le32_load(entry + 116), target;
	uint8_t size = entry[120], *at;

	if (!dest || !src)
		return refuse(-EINVAL, command, "points from or to a file that was not allocated");
	if ((size != 4 && size != 8) || offset > dest->size || size > dest->size - offset)
		return refuse(-EINVAL, command, "pointer of %u bytes at %lu of %lu", size, offset,
			      dest->size);
	at = (uint8_t *)(uintptr_t)dest->base + offset;
	target = size == 8 ? le64_load(at) : le32_load(at);
	if (target >= src->size || !address_fits(src, target, size))
		return refuse(-EINVAL, command, "pointer of %u bytes to %lu of %lu at 0x%lx", size,
			      target, src->size, src->base);
	if (size == 8)
		le64_store(at, src->base + target);
	else
		le32_store(at, (uint32_t)(src->base + target));
	mark_used(dest, offset + size);
	mark_target(src, target);
	return 0;
}

static int add_checksum(struct acpi_loader *loader, uint32_t command, const uint8_t *entry)
{
	struct acpi_file *file = find_file(loader, entry + 4);
	uint64_t offset = le32_load(entry + 60);
	uint64_t start = le32_load(entry + 64), length = le32_load(entry + 68);
	uint8_t *data;

	if (!file)
		return refuse(-EINVAL, command, "checksum in a file that was not allocated");
	if (offset >= file->size || start + length > file->size)
		return refuse(-EINVAL, command, "checksum at %lu of [%lu, %lu) of %lu bytes",
			      offset, start, start + length, file->size);
	data = (uint8_t *)(uintptr_t)file->base;
	data[offset] = (uint8_t)(data[offset] - arch_fp_sum(data + start, length));
	mark_used(file, start + length);
	mark_used(file, offset + 1);
	return 0;
}

/* The file that a WRITE_POINTER names, and the number to write there. 0 or -EINVAL. */
static int written_pointer(struct acpi_loader *loader, const uint8_t *entry,
			   struct fw_cfg_item *item, uint64_t *address)
{
	const struct acpi_file *src = find_file(loader, entry + 60);
	uint64_t to = le32_load(entry + 116), from = le32_load(entry + 120);
	uint8_t size = entry[124];

	if (!src || from >= src->size || !address_fits(src, from, size))
		return -EINVAL;
	if (!is_name(entry + 4) ||
	    fw_cfg_find(&loader->machine->fw_cfg, (const char *)entry + 4, item))
		return -EINVAL;
	if (to > item->size || size > item->size - to)
		return -EINVAL;
	*address = src->base + from;
	return 0;
}

static int check_write(struct acpi_loader *loader, uint32_t command, const uint8_t *entry)
{
	struct fw_cfg_item item;
	uint64_t address;

	if (written_pointer(loader, entry, &item, &address))
		return refuse(-EINVAL, command,
			      "QEMU asks for the address of %u bytes in a file that is missing "
			      "or shorter",
			      entry[124]);
	loader->writes++;
	return 0;
}

/*
 * Tells QEMU the addresses that the first `count` commands ask for, or, when given up, that there
 * are none.
 */
static int write_pointers(struct acpi_loader *loader, uint32_t count, int given_up)
{
	const uint8_t *entry = loader->script;

	for (uint32_t i = 0; i < count; i++, entry += ACPI_ENTRY_SIZE) {
		struct fw_cfg_item item;
		uint64_t address;

		if (le32_load(entry) != WRITE_POINTER ||
		    written_pointer(loader, entry, &item, &address))
			continue;
		if (given_up)
			address = 0;
		if (fw_cfg_write(&loader->machine->fw_cfg, &item, le32_load(entry + 116), &address,
				 entry[124]) &&
		    !given_up) {
			write_pointers(loader, i, 1);
			return refuse(-EIO, i, "%s cannot be written to", entry + 4);
		}
	}
	return 0;
}

static int run(struct acpi_loader *loader, uint32_t command, const uint8_t *entry)
{
	switch (le32_load(entry)) {
	case ALLOCATE:
		return allocate(loader, command, entry);
	case ADD_POINTER:
		return add_pointer(loader, command, entry);
	case ADD_CHECKSUM:
		return add_checksum(loader, command, entry);
	case WRITE_POINTER:
		return check_write(loader, command, entry);
	default:
		return 0;
	}
}

int acpi_script_run(struct acpi_loader *loader)
{
	const uint8_t *entry = loader->script;

	for (uint32_t i = 0; i < loader->commands; i++, entry += ACPI_ENTRY_SIZE) {
		int error;

		if (!le32_load(entry)) /* more than half is padding */
			continue;
		error = run(loader, i, entry);
		if (error)
			return error;
	}
	return 0;
}

int acpi_script_tell(struct acpi_loader *loader)
{
	return loader->writes ? write_pointers(loader, loader->commands, 0) : 0;
}
