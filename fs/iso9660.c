/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ISO 9660 (ECMA-119), read-only, with the long names of its Joliet extension where a disc has them. All that a disc says is
 * checked: a record lies in its directory, a file on the disc.
 */
#define LOG_PREFIX "iso9660"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/fs.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define SECTOR 2048
#define DESCRIPTORS_AT 16
#define DESCRIPTORS_MAX 64
#define DIRECTORY_MAX MIB(16) /* a larger one is taken for damage */

/* Volume descriptors (ECMA-119, 8.4, 8.5). */
#define TYPE_PRIMARY 1
#define TYPE_SUPPLEMENTARY 2
#define TYPE_END 255
#define DESCRIPTOR_LABEL 40
#define DESCRIPTOR_LABEL_SIZE 32
#define DESCRIPTOR_SECTORS 80
#define DESCRIPTOR_ESCAPES 88
#define DESCRIPTOR_BLOCK_SIZE 128
#define DESCRIPTOR_ROOT 156

/* Directory records (9.1). */
#define RECORD_MIN 34
#define RECORD_EXTENT 2
#define RECORD_SIZE 10
#define RECORD_TIME 18
#define RECORD_FLAGS 25
#define RECORD_NAME_SIZE 32
#define RECORD_NAME 33
#define FLAG_HIDDEN 1
#define FLAG_DIRECTORY 2
#define FLAG_MORE 0x80 /* the file goes on in the next record */

/* Where a file or directory is. */
struct extent {
	uint64_t at, size; /* bytes */
	bool directory;
};

struct iso {
	struct fs fs;
	uint64_t size; /* bytes of the disc */
	struct extent root;
	bool joliet;
	uint16_t label[FS_LABEL_MAX + 1];
	uint64_t cached; /* which of its sectors; UINT64_MAX: none */
	uint64_t told; /* the byte at which damage was told last; UINT64_MAX: none */
	uint8_t sector[SECTOR];
};

struct iso_file {
	struct fs_file file;
	struct extent extent;
	struct fs_info info;
	uint64_t next; /* of a directory: the offset of the next record */
};

static struct iso *iso_of(struct fs *fs)
{
	return (struct iso *)(void *)fs;
}

static struct iso_file *file_of(struct fs_file *file)
{
	return (struct iso_file *)(void *)file;
}

/* Whoever comes by there again is not told again: a file is looked for before it is opened. */
static int damaged(struct iso *iso, const char *what, uint64_t at)
{
	if (iso->told != at)
		log_error("%s: %s at 0x%lx: the disc is damaged", iso->fs.block->name, what, at);
	iso->told = at;
	return -EILSEQ;
}

/* The sector that has this byte: in iso->sector. */
static int load(struct iso *iso, uint64_t at)
{
	uint64_t number = at / SECTOR;
	int error;

	if (iso->cached == number)
		return 0;
	iso->cached = UINT64_MAX;
	error = block_read_bytes(iso->fs.block, number * SECTOR, SECTOR, iso->sector);
	if (error)
		return error == -EINVAL ? damaged(iso, "something beyond the end", at) : error;
	iso->cached = number;
	return 0;
}

/* ---- directory records ---- */

static bool extent_of(const struct iso *iso, const uint8_t *record, struct extent *extent)
{
	extent->at = (uint64_t)le32_load(record + RECORD_EXTENT) * SECTOR;
	extent->size = le32_load(record + RECORD_SIZE);
	extent->directory = record[RECORD_FLAGS] & FLAG_DIRECTORY;
	return extent->at <= iso->size && extent->size <= iso->size - extent->at &&
	       (!extent->directory || extent->size <= DIRECTORY_MAX);
}

/* A name without its version (";1"), and without the dot that a name without an extension ends in (7.5). */
static void name_of(const struct iso *iso, const uint8_t *record, uint16_t *name)
{
	uint32_t step = iso->joliet ? 2 : 1;
	uint32_t count = record[RECORD_NAME_SIZE] / step, length = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *at = record + RECORD_NAME + i * step;
		uint16_t c = iso->joliet ? be16_load(at) : *at;

		if (c == ';' || !c)
			break;
		name[length++] = c;
	}
	if (length && name[length - 1] == '.')
		length--;
	name[length] = 0;
}

static void describe(const struct iso *iso, const uint8_t *record, const struct extent *extent,
		     struct fs_info *info)
{
	const uint8_t *time = record + RECORD_TIME;

	*info = (struct fs_info){
		.size = extent->directory ? 0 : extent->size,
		.allocated = align_up(extent->size, SECTOR),
		.attributes = (uint8_t)(FS_READ_ONLY | (extent->directory ? FS_DIRECTORY : 0) |
					(record[RECORD_FLAGS] & FLAG_HIDDEN ? FS_HIDDEN : 0)),
		.modified = {(uint16_t)(1900 + time[0]), time[1], time[2], time[3], time[4],
			     time[5]},
	};
	info->created = info->accessed = info->modified;
	name_of(iso, record, info->name);
}

/*
 * The record at *offset of a directory: 0, iso->sector + *place, and *offset of what follows; -ENOENT: the directory ends. A record
 * does not cross the end of a sector; zeroes fill that up.
 */
static int next_record(struct iso *iso, const struct extent *directory, uint64_t *offset,
		       uint64_t *place)
{
	while (*offset < directory->size) {
		uint64_t at = directory->at + *offset;
		uint8_t length, name;
		int error = load(iso, at);

		if (error)
			return error;
		*place = at % SECTOR;
		length = iso->sector[*place];
		if (!length) {
			*offset = align_down(*offset, SECTOR) + SECTOR;
			continue;
		}
		if (length < RECORD_MIN || *place + length > SECTOR)
			return damaged(iso, "a directory's record", at);
		name = iso->sector[*place + RECORD_NAME_SIZE];
		if (!name || name > length - RECORD_NAME)
			return damaged(iso, "a directory's record", at);
		*offset += length;
		return 0;
	}
	return -ENOENT;
}

/* The next entry but those for the directory itself and the one above; files in several pieces have to be in one. */
static int next_entry(struct iso *iso, const struct extent *directory, uint64_t *offset,
		      struct extent *extent, struct fs_info *info)
{
	uint64_t place, begun = 0;
	uint8_t flags;

	do {
		struct extent piece;
		const uint8_t *record;
		int error = next_record(iso, directory, offset, &place);

		if (error)
			return error == -ENOENT && begun
				       ? damaged(iso, "a file's end", directory->at)
				       : error;
		record = iso->sector + place;
		flags = record[RECORD_FLAGS];
		if (record[RECORD_NAME_SIZE] == 1 && record[RECORD_NAME] <= 1) {
			flags = FLAG_MORE; /* "." and ".." */
			continue;
		}
		if (!extent_of(iso, record, &piece) ||
		    (begun && piece.at != align_up(extent->at + extent->size, SECTOR)))
			return damaged(iso, "a file's extent", piece.at);
		if (begun)
			extent->size += piece.size;
		else
			*extent = piece;
		begun++;
		describe(iso, record, extent, info);
	} while (flags & FLAG_MORE);
	return 0;
}

/* ---- paths ---- */

static uint16_t fold(uint16_t c)
{
	return c >= 'a' && c <= 'z' ? (uint16_t)(c - 'a' + 'A') : c;
}

/* Whether a path's first part is this name: how long it is, or 0. */
static uint32_t matches(const uint16_t *path, const uint16_t *name)
{
	uint32_t i = 0;

	while (name[i] && fold(path[i]) == fold(name[i]))
		i++;
	return name[i] || (path[i] && path[i] != '\\') ? 0 : i;
}

/* Follows a path from the root. 0 or -errno. */
static int follow(struct iso *iso, const uint16_t *path, struct extent *extent,
		  struct fs_info *info)
{
	*extent = iso->root;
	*info = (struct fs_info){.attributes = FS_DIRECTORY | FS_READ_ONLY};
	while (*path == '\\')
		path++;
	while (*path) {
		struct extent directory = *extent;
		uint64_t offset = 0;
		uint32_t length = 0;

		if (!directory.directory)
			return -ENOENT;
		while (!length) {
			int error = next_entry(iso, &directory, &offset, extent, info);

			if (error)
				return error;
			length = matches(path, info->name);
		}
		path += length;
		while (*path == '\\')
			path++;
	}
	return 0;
}

/* ---- the operations ---- */

static int iso_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file)
{
	struct iso_file *open = calloc(1, sizeof(*open));
	int error;

	(void)how;
	if (!open)
		return -ENOMEM;
	error = follow(iso_of(fs), path, &open->extent, &open->info);
	if (error) {
		free(open);
		return error;
	}
	open->file.directory = open->extent.directory;
	*file = &open->file;
	return 0;
}

static void iso_close(struct fs_file *file)
{
	free(file);
}

static int iso_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to)
{
	const struct extent *extent = &file_of(file)->extent;
	uint64_t left = offset < extent->size ? extent->size - offset : 0;

	*size = *size < left ? *size : left;
	return *size ? block_read_bytes(file->fs->block, extent->at + offset, *size, to) : 0;
}

static int iso_next(struct fs_file *file, struct fs_info *info)
{
	struct iso_file *open = file_of(file);
	struct extent extent;

	return next_entry(iso_of(file->fs), &open->extent, &open->next, &extent, info);
}

static int iso_rewind(struct fs_file *file)
{
	file_of(file)->next = 0;
	return 0;
}

static int iso_info(struct fs_file *file, struct fs_info *info)
{
	*info = file_of(file)->info;
	return 0;
}

static int iso_volume_info(struct fs *fs, struct fs_volume_info *info)
{
	*info = (struct fs_volume_info){.size = iso_of(fs)->size, .block_size = SECTOR};
	memcpy(info->label, iso_of(fs)->label, sizeof(info->label));
	return 0;
}

/* ---- mounting ---- */

static void take_label(struct iso *iso, const uint8_t *descriptor)
{
	const uint8_t *from = descriptor + DESCRIPTOR_LABEL;
	uint32_t count = iso->joliet ? DESCRIPTOR_LABEL_SIZE / 2 : DESCRIPTOR_LABEL_SIZE;

	for (uint32_t i = 0; i < count; i++)
		iso->label[i] = iso->joliet ? be16_load(from + 2 * i) : from[i];
	while (count && (iso->label[count - 1] == ' ' || !iso->label[count - 1]))
		count--;
	iso->label[count] = 0;
}

/* Joliet's escape sequences: UCS-2 of level 1, 2, 3. */
static bool is_joliet(const uint8_t *descriptor)
{
	const uint8_t *escape = descriptor + DESCRIPTOR_ESCAPES;

	return escape[0] == '%' && escape[1] == '/' &&
	       (escape[2] == '@' || escape[2] == 'C' || escape[2] == 'E');
}

/* Looks at the descriptors: the primary one, or better Joliet's. -ENODEV: there is none. */
static int find_root(struct iso *iso)
{
	bool found = false;

	for (uint32_t i = 0; i < DESCRIPTORS_MAX; i++) {
		const uint8_t *descriptor = iso->sector;
		struct extent root;
		int error = block_read_bytes(iso->fs.block, (DESCRIPTORS_AT + i) * SECTOR, SECTOR,
					     iso->sector);

		if (error && error != -EINVAL)
			return error;
		if (error || memcmp(descriptor + 1, "CD001", 5) || descriptor[0] == TYPE_END)
			break;
		if (descriptor[0] != TYPE_PRIMARY &&
		    (descriptor[0] != TYPE_SUPPLEMENTARY || !is_joliet(descriptor)))
			continue;
		if (le16_load(descriptor + DESCRIPTOR_BLOCK_SIZE) != SECTOR ||
		    !extent_of(iso, descriptor + DESCRIPTOR_ROOT, &root) || !root.directory)
			continue;
		iso->root = root;
		iso->joliet = descriptor[0] == TYPE_SUPPLEMENTARY;
		take_label(iso, descriptor);
		found = true;
		if (iso->joliet)
			break;
	}
	return found ? 0 : -ENODEV;
}

static int iso_mount(struct block *block, struct fs **fs)
{
	struct iso *iso = calloc(1, sizeof(*iso));
	int error;

	if (!iso)
		return -ENOMEM;
	iso->fs.block = block;
	iso->size = block->sectors * block->sector_size;
	iso->cached = iso->told = UINT64_MAX;
	error = find_root(iso);
	if (error)
		free(iso);
	else
		*fs = &iso->fs;
	return error;
}

static void iso_unmount(struct fs *fs)
{
	free(fs);
}

const struct fs_ops iso9660_ops = {
	.name = "ISO 9660",
	.mount = iso_mount,
	.unmount = iso_unmount,
	.open = iso_open,
	.close = iso_close,
	.read = iso_read,
	.next = iso_next,
	.rewind = iso_rewind,
	.info = iso_info,
	.volume_info = iso_volume_info,
};
