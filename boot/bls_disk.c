/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds entries of the Boot Loader Specification; see bls_disk.h. What cannot be used costs a line, and is left out. */
#define LOG_PREFIX "boot"

#include "boot/bls_disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/efi_app.h"
#include "lib/log.h"

#define ENTRIES_MAX 256 /* on a disk: more are left out, which is said */
#define HEAD_SIZE 4096 /* bytes of an image with its headers and the names of its sections */

/* What is known of a disk so far. */
struct scan {
	struct bls_file *first; /* in the order in which they are tried */
	uint32_t count;
	char *settings; /* the first loader.conf; NULL: there is none */
};

CHAR16 *bls_path(const char *folder, const char *name)
{
	CHAR16 *path;
	uint64_t count;

	name += strspn(name, "/\\");
	path = malloc((strlen(folder) + strlen(name) + 1) * sizeof(*path));
	if (!path)
		return NULL;
	count = bls_utf16(folder, path);
	count += bls_utf16(name, path + count);
	path[count] = 0;
	for (uint64_t i = 0; i < count; i++)
		if (path[i] == '/')
			path[i] = '\\';
	return path;
}

/* ---- reading ---- */

/* Some of a file as text, as bls_split wants it, which the caller frees. -EFBIG; -EIO: less is there. */
static int read_text(struct fs_file *file, uint64_t offset, uint64_t size, char **text)
{
	int error;

	if (size > BLS_TEXT_MAX)
		return -EFBIG;
	*text = malloc(size + 2);
	if (!*text)
		return -ENOMEM;
	error = efi_disk_read(file, offset, *text, size);
	if (error)
		free(*text);
	else
		(*text)[size] = '\0';
	return error;
}

/* Opens a file, and has it read by `read`, which is told how large it is: 0, or -errno of either. */
static int read_file(struct fs *fs, const CHAR16 *path,
		     int (*read)(struct fs_file *file, uint64_t size, void *to), void *to)
{
	struct fs_file *file;
	struct fs_info info;
	int error = path ? fs_open(fs, path, FS_READ, &file) : -ENOMEM;

	if (error)
		return error;
	error = fs_info(file, &info);
	if (!error)
		error = read(file, info.size, to);
	fs_close(file);
	return error;
}

static int read_whole(struct fs_file *file, uint64_t size, void *to)
{
	return read_text(file, 0, size, to);
}

/* ---- type 1 ---- */

static int read_entry(struct fs_file *file, uint64_t size, void *to)
{
	struct bls_file *found = to;
	char *text;
	int error = read_text(file, 0, size, &text);

	if (error)
		return error;
	error = bls_parse(&found->entry, text, efi_machine_type);
	if (error)
		free(text);
	return error;
}

/* ---- type 2 ---- */

/* -ENOEXEC also for what is no unified kernel image. */
static int read_image(struct fs_file *file, uint64_t size, void *to)
{
	struct bls_file *found = to;
	uint64_t head_size = size < HEAD_SIZE ? size : HEAD_SIZE;
	struct pe_section section;
	struct pe_image pe;
	char *head, *text;
	int error = read_text(file, 0, head_size, &head);

	if (error)
		return error;
	error = pe_parse(&pe, head, head_size, size, efi_platform_machine());
	if (!error && !pe_section_find(&pe, ".osrel", &section))
		error = -ENOEXEC;
	if (!error)
		error = read_text(file, section.file_offset, section.file_size, &text);
	free(head);
	if (!error)
		bls_parse_release(&found->entry, text);
	return error;
}

/* ---- folders ---- */

struct kind {
	const char *folder, *suffix;
	/* Reads a file of `size` bytes to a struct bls_file: 0; -ENOEXEC: it is for another machine; -EINVAL, -ENOTSUP, -EFBIG, … */
	int (*read)(struct fs_file *file, uint64_t size, void *to);
};

static const struct kind texts = {BLS_TEXTS, ".conf", read_entry};
static const struct kind images = {BLS_IMAGES, ".efi", read_image};

static const char *reason(int error)
{
	switch (error) {
	case -EINVAL:
		return "it is damaged, or names not one of linux, efi and uki";
	case -ENOTSUP:
		return "it comes with a devicetree, and this machine has its own";
	case -EFBIG:
		return "it is too large";
	default:
		return "it cannot be read";
	}
}

static void insert(struct scan *scan, struct bls_file *found)
{
	struct bls_file **at = &scan->first;

	while (*at && bls_compare(&(*at)->entry, &found->entry) <= 0)
		at = &(*at)->next;
	found->next = *at;
	*at = found;
	scan->count++;
}

/* Takes in what a folder has under a name. 0 or -ENOMEM. */
static int add(struct scan *scan, const struct kind *kind, const struct efi_disk_volume *volume,
	       const CHAR16 *name)
{
	struct bls_file *found = calloc(1, sizeof(*found));
	CHAR16 *path;
	int error;

	if (!found)
		return -ENOMEM;
	error = bls_name(&found->entry, name, kind->suffix);
	if (!error) {
		found->volume = *volume;
		found->folder = kind->folder;
		path = bls_path(kind->folder, found->entry.name);
		error = read_file(volume->fs, path, kind->read, found);
		free(path);
		if (!error) {
			insert(scan, found);
			return 0;
		}
		if (error != -ENOEXEC)
			log_warn("%s %s%s is left out: %s", volume->name, kind->folder,
				 found->entry.name, reason(error));
		free(found->entry.name);
	}
	free(found);
	return error == -ENOMEM ? error : 0;
}

static int list_folder(struct scan *scan, const struct kind *kind,
		       const struct efi_disk_volume *volume)
{
	CHAR16 *path = bls_path(kind->folder, "");
	struct fs_file *folder;
	struct fs_info info;
	int error = -ENOMEM;

	if (path) {
		path[strlen(kind->folder) - 1] = 0;
		error = fs_open(volume->fs, path, FS_READ, &folder);
	}
	free(path);
	if (error)
		return error == -ENOMEM ? error : 0;
	while (!error && !fs_next(folder, &info)) {
		if (info.attributes & FS_DIRECTORY)
			continue;
		if (scan->count == ENTRIES_MAX) {
			log_warn("%s: only %u entries are looked at", volume->name, ENTRIES_MAX);
			break;
		}
		error = add(scan, kind, volume, info.name);
	}
	fs_close(folder);
	return error;
}

/* ---- a volume ---- */

/* Whether \loader\entries is what the specification says: the file beside it, where there is one, tells. */
static bool has_type1(const struct efi_disk_volume *volume)
{
	char *text;
	bool is;

	if (read_file(volume->fs, u"\\loader\\entries.srel", read_whole, &text))
		return true;
	is = !strncmp(text, "type1", 5);
	free(text);
	return is;
}

static int list_volume(struct scan *scan, const struct efi_disk_volume *volume)
{
	char *text;
	int error = 0;

	if (!scan->settings &&
	    !read_file(volume->fs, u"\\loader\\loader.conf", read_whole, &text)) {
		bls_split(text, BLS_ENTRY);
		scan->settings = text;
	}
	if (has_type1(volume))
		error = list_folder(scan, &texts, volume);
	return error ? error : list_folder(scan, &images, volume);
}

/* ---- a disk ---- */

/* The first entry that a pattern means becomes the first of all. */
static void prefer(struct scan *scan, const char *pattern)
{
	for (struct bls_file **at = &scan->first; *at; at = &(*at)->next) {
		struct bls_file *found = *at;

		if (bls_matches(&found->entry, pattern)) {
			*at = found->next;
			found->next = scan->first;
			scan->first = found;
			return;
		}
	}
}

/* What a person reads: UAPI.1 keeps file names for entries that have nothing better, or are not alone with it. */
static void make_title(const struct scan *scan, const struct bls_file *found, char *title)
{
	const struct bls_entry *entry = &found->entry;
	const char *blank = *entry->version ? " " : "";
	bool alone = true;
	int length;

	if (!*entry->title) {
		snprintf(title, CHOICE_TITLE_SIZE, "%s %s", found->volume.name, entry->name);
		return;
	}
	for (const struct bls_file *other = scan->first; other; other = other->next)
		alone &= other == found || strcmp(other->entry.title, entry->title) ||
			 strcmp(other->entry.version, entry->version);
	length = snprintf(title, CHOICE_TITLE_SIZE, "%s %s%s%s", found->volume.name, entry->title,
			  blank, entry->version);
	if (!alone && length < CHOICE_TITLE_SIZE)
		snprintf(title + length, (size_t)(CHOICE_TITLE_SIZE - length), " (%s)",
			 entry->name);
}

/* What is wanted first, last: it comes before the others. */
static void prefer_wanted(struct scan *scan)
{
	char wish[BLS_WISH_SIZE];

	if (scan->settings)
		prefer(scan, bls_last(scan->settings, "default"));
	bls_wish(u"LoaderEntryDefault", wish);
	prefer(scan, wish);
	bls_wish(u"LoaderEntryOneShot", wish);
	prefer(scan, wish);
}

int bls_disk_list(const struct disk *disk)
{
	struct scan scan = {0};
	struct efi_disk_volume volume;
	int error = 0;

	for (uint32_t i = 0; !error && efi_disk_volume(disk, i, &volume); i++)
		if (volume.fs && (volume.is_system || volume.is_extended_boot))
			error = list_volume(&scan, &volume);
	prefer_wanted(&scan);
	free(scan.settings);
	for (struct bls_file *found = scan.first; found; found = found->next) {
		struct boot_choice choice = {
			.boot = bls_boot, .volume = found->volume, .context = found};

		found->first = scan.first;
		make_title(&scan, found, choice.title);
		if (choice_add(&choice))
			error = -ENOMEM;
	}
	return error;
}
