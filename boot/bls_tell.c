/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * systemd's Boot Loader Interface, for entries that boot without a loader: variables by which an operating system says what it
 * wants to have booted, and learns what was (bootctl, systemctl reboot --boot-loader-entry=). A loader that is started, systemd-boot
 * or the stub of a unified image, finds none of ours in its way.
 */
#define LOG_PREFIX "boot"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/bls_disk.h"
#include "boot/boot_variable.h"

/* LoaderFeatures: LoaderEntryDefault, LoaderEntryOneShot, boot counting, XBOOTLDR, sort-key, uki. */
#define FEATURES (1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 8 | 1u << 16)
#define PATH_SIZE 256
#define GUID_LENGTH 36

static const struct efi_guid loader_guid =
	EFI_GUID(4a67b082, 0a4c, 41cf, b6, c7, 44, 0b, 29, bb, 8c, 4f);

static void set(const CHAR16 *name, const void *data, uint64_t size)
{
	boot_variable_set_of(&loader_guid, name, BOOT_VARIABLE_VOLATILE, data, size);
}

/* Texts have a NUL. */
static void set_text(const CHAR16 *name, const char *text)
{
	CHAR16 wide[BLS_NAME_SIZE];
	uint64_t count = bls_utf16(text, wide);

	wide[count++] = 0;
	set(name, wide, count * sizeof(*wide));
}

/* ---- asking ---- */

void bls_wish(const CHAR16 *name, char wish[BLS_WISH_SIZE])
{
	uint64_t size;
	CHAR16 *text = boot_variable_read_of(&loader_guid, name, &size);

	*wish = '\0';
	if (text && size >= sizeof(*text)) {
		text[size / sizeof(*text) - 1] = 0;
		efi_text_print(text, wish, BLS_WISH_SIZE);
	}
	free(text);
}

/* ---- telling ---- */

void bls_tell_counted(const CHAR16 *path)
{
	uint64_t count = 0;

	while (path[count++])
		;
	set(u"LoaderBootCountPath", path, count * sizeof(*path));
}

/* Entries are known by their files' names, without counters. */
static void identify(const struct bls_file *found, char id[BLS_NAME_SIZE])
{
	snprintf(id, BLS_NAME_SIZE, "%s%s", found->entry.id, strrchr(found->entry.name, '.'));
}

static void tell_entries(const struct bls_file *first)
{
	uint64_t room = 0, count = 0;
	char id[BLS_NAME_SIZE];
	CHAR16 *ids;

	for (const struct bls_file *found = first; found; found = found->next)
		room += strlen(found->entry.name) + 1;
	ids = malloc(room * sizeof(*ids));
	for (const struct bls_file *found = first; ids && found; found = found->next) {
		identify(found, id);
		count += bls_utf16(id, ids + count);
		ids[count++] = 0;
	}
	if (ids)
		set(u"LoaderEntries", ids, count * sizeof(*ids));
	free(ids);
}

/* The EFI system partition that the entry is on, or that is on its disk; a partition of an MBR has no GUID of its own. */
static void tell_partition(const struct efi_disk_volume *of)
{
	struct efi_disk_volume volume = *of;
	char path[PATH_SIZE];
	char *guid;

	for (uint32_t i = 0; !volume.is_system; i++)
		if (!efi_disk_volume(of->disk, i, &volume))
			return;
	efi_device_path_print(volume.path, path, sizeof(path));
	guid = strstr(path, ",GPT,");
	if (!guid)
		return;
	guid[5 + GUID_LENGTH] = '\0';
	set_text(u"LoaderDevicePartUUID", guid + 5);
}

void bls_tell(const struct bls_file *found)
{
	static const uint64_t features = FEATURES;
	char id[BLS_NAME_SIZE];

	boot_variable_set_of(&loader_guid, u"LoaderEntryOneShot", BOOT_VARIABLE_KEPT, NULL, 0);
	identify(found, id);
	set_text(u"LoaderEntrySelected", id);
	set_text(u"LoaderInfo", "Cadastre");
	set(u"LoaderFeatures", &features, sizeof(features));
	tell_entries(found->first);
	tell_partition(&found->volume);
}

void bls_tell_end(void)
{
	static const CHAR16 told[] =
		u"LoaderEntrySelected\0LoaderInfo\0LoaderFeatures\0LoaderEntries\0LoaderDevicePartUUID\0LoaderBootCountPath\0";

	for (const CHAR16 *name = told; *name; name++) {
		set(name, NULL, 0);
		while (*name)
			name++;
	}
}
