/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boots an entry of the Boot Loader Specification: counts the try, reads its initrds as one when the kernel asks for them, and starts
 * its program.
 */
#define LOG_PREFIX "boot"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/bls_disk.h"
#include "boot/disk_choices.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define PART_ALIGN \
	4 /* of an archive behind another: Linux, Documentation/driver-api/early-userspace/buffer-format.rst */

/* ---- initrds ---- */

/* The files one after the other, with zeroes between them. */
struct parts {
	struct efi_file_source source;
	uint32_t count;
	struct part {
		struct fs_file *file;
		uint64_t at, size;
	} part[];
};

static int read_parts(const struct efi_file_source *source, uint64_t offset, void *to,
		      uint64_t size)
{
	const struct parts *parts = source->context;
	uint64_t limit = offset + size;
	uint8_t *bytes = to;

	for (uint32_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->part[i];
		uint64_t end = part->at + part->size;
		uint64_t from = part->at > offset ? part->at : offset;
		uint64_t until = end < limit ? end : limit;
		int error = 0;

		for (uint64_t at = end; at % PART_ALIGN; at++)
			if (at >= offset && at < limit)
				bytes[at - offset] = 0;
		if (from < until)
			error = efi_disk_read(part->file, from - part->at, bytes + (from - offset),
					      until - from);
		if (error)
			return error;
	}
	return 0;
}

static void close_parts(struct parts *parts)
{
	for (uint32_t i = 0; i < parts->count; i++)
		fs_close(parts->part[i].file);
	free(parts);
}

static int open_part(const struct bls_file *entry, const char *name, struct parts *parts)
{
	struct part *part = &parts->part[parts->count];
	CHAR16 *path = bls_path("\\", name);
	struct fs_info info;
	int error = path ? fs_open(entry->volume.fs, path, FS_READ, &part->file) : -ENOMEM;

	free(path);
	if (error)
		return error;
	error = fs_info(part->file, &info);
	if (!error && info.attributes & FS_DIRECTORY)
		error = -EISDIR;
	if (error) {
		fs_close(part->file);
		return error;
	}
	part->at = align_up(parts->source.size, PART_ALIGN);
	part->size = info.size;
	parts->source.size = part->at + part->size;
	parts->count++;
	return 0;
}

/* Opens what the entry names: 0, or -errno, having said why. */
static int open_parts(const struct boot_choice *choice, struct parts **opened)
{
	const struct bls_file *entry = choice->context;
	const char *name = NULL;
	struct parts *parts;
	uint32_t count = 0;
	int error;

	while ((name = bls_value(entry->entry.text, "initrd", name)))
		count++;
	parts = calloc(1, sizeof(*parts) + count * sizeof(parts->part[0]));
	if (!parts)
		return -ENOMEM;
	while ((name = bls_value(entry->entry.text, "initrd", name))) {
		error = open_part(entry, name, parts);
		if (error) {
			log_error("%s: its initrd %s cannot be opened (error %d)", choice->title,
				  name, -error);
			close_parts(parts);
			return error;
		}
	}
	parts->source.name = "initrd";
	parts->source.read = read_parts;
	parts->source.context = parts;
	*opened = parts;
	return 0;
}

/* ---- boot counting ---- */

static int rename_file(const struct bls_file *found, const CHAR16 *from, const CHAR16 *to)
{
	struct fs_file *file;
	int error = fs_open(found->volume.fs, from, FS_WRITE, &file), synced;

	if (error)
		return error;
	error = fs_rename(file, to);
	synced = fs_sync(file);
	fs_close(file);
	return error ? error : synced;
}

/* One try less is left, and one more done: the file's name says so. */
static int count_try(struct bls_file *found)
{
	struct bls_entry renamed = found->entry;
	char name[BLS_NAME_SIZE];
	CHAR16 *from, *to;
	int error = bls_next_name(&found->entry, name);

	if (error)
		return error;
	from = bls_path(found->folder, found->entry.name);
	to = bls_path(found->folder, name);
	error = from && to ? bls_name(&renamed, to + strlen(found->folder), strrchr(name, '.'))
			   : -ENOMEM;
	if (!error) {
		error = rename_file(found, from, to);
		free(error ? renamed.name : found->entry.name);
		if (!error) {
			found->entry = renamed;
			bls_tell_counted(to);
		}
	}
	free(from);
	free(to);
	return error;
}

/* ---- booting ---- */

/*
 * The options of all lines, joined, with a NUL. Those for a unified image begin with the profile that is wanted of it, "@1 ": systemd-stub(7).
 * *size is in bytes; NULL: no memory.
 */
static CHAR16 *join_options(const char *text, uint32_t *size)
{
	CHAR16 *options = malloc((BLS_TEXT_MAX + 1) * sizeof(*options));
	const char *value = bls_value(text, "uki", NULL) ? bls_last(text, "profile") : "";
	uint64_t count = 0;

	if (!options)
		return NULL;
	if (*value) {
		options[count++] = '@';
		count += bls_utf16(value, options + count);
		options[count++] = ' ';
	}
	value = NULL;
	while ((value = bls_value(text, "options", value))) {
		if (count && options[count - 1] != ' ')
			options[count++] = ' ';
		count += bls_utf16(value, options + count);
	}
	options[count++] = 0;
	*size = (uint32_t)(count * sizeof(*options));
	return options;
}

/* With the entry's initrds in the place of QEMU's. */
static int run_with(const struct parts *parts, const struct disk_program *program)
{
	int error;

	if (EFI_ERROR(efi_initrd_offer(&parts->source)))
		return -ENOMEM;
	error = disk_program_run(program);
	if (EFI_ERROR(efi_initrd_offer(efi_devices()->initrd)))
		log_error("there is not enough memory to offer QEMU's initrd again");
	return error;
}

static int run(const struct boot_choice *choice, const struct parts *parts)
{
	const struct bls_file *found = choice->context;
	const struct bls_entry *entry = &found->entry;
	const char *folder = *entry->program ? "\\" : found->folder;
	const char *file = *entry->program ? entry->program : entry->name;
	struct disk_program program = {.volume = &choice->volume};
	char title[CHOICE_TITLE_SIZE + BLS_NAME_SIZE];
	CHAR16 *path = bls_path(folder, file);
	CHAR16 *options = join_options(entry->text, &program.options_size);
	int error = -ENOMEM;

	snprintf(title, sizeof(title), "%s: %s", choice->title, file);
	program.title = title;
	program.file = path;
	program.options = options;
	/* An image that is not told anything keeps the command line that it carries. */
	if (options && !*options)
		program.options_size = 0;
	if (path && options)
		error = run_with(parts, &program);
	free(options);
	free(path);
	return error;
}

int bls_boot(const struct boot_choice *choice)
{
	struct parts *parts;
	int error = count_try(choice->context);

	if (error && error != -ENOENT && error != -EROFS)
		log_warn("%s: this try cannot be counted (error %d)", choice->title, -error);
	bls_tell(choice->context);
	error = open_parts(choice, &parts);
	if (!error) {
		error = run(choice, parts);
		close_parts(parts);
	}
	bls_tell_end();
	if (error == -ENOMEM)
		log_error("%s: there is not enough memory; give the machine more (-m)",
			  choice->title);
	return error;
}
