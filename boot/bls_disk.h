/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the Boot Loader Specification (UAPI.1) on a disk: texts in \loader\entries and unified kernel images in
 * \EFI\Linux, on its EFI system partitions and its XBOOTLDR partition. boot/bls_disk.c finds them, boot/bls_boot.c boots one, boot/bls_tell.c
 * talks with the operating system about it.
 */
#ifndef BOOT_BLS_DISK_H
#define BOOT_BLS_DISK_H

#include "boot/bls.h"
#include "boot/choice.h"

/* Adds the entries on a disk to the list of choices, the best one first. 0 or -ENOMEM. */
int bls_disk_list(const struct disk *disk);

/* ---- between the files ---- */

struct bls_file {
	struct bls_entry entry;
	struct efi_disk_volume volume;
	const char *folder; /* "\loader\entries\": BLS_TEXTS or BLS_IMAGES */
	const struct bls_file *first; /* of the disk's entries, and the one behind this */
	struct bls_file *next;
};
#define BLS_TEXTS "\\loader\\entries\\"
#define BLS_IMAGES "\\EFI\\Linux\\"

/*
 * The path of a file, whose name is UTF-8 with slashes of either kind, in a folder, whose name ends with a backslash. The caller frees
 * it; NULL: no memory.
 */
CHAR16 *bls_path(const char *folder, const char *name);

/* As struct boot_choice's boot. */
int bls_boot(const struct boot_choice *choice);

/*
 * systemd's Boot Loader Interface (https://systemd.io/BOOT_LOADER_INTERFACE). Which entry LoaderEntryOneShot or LoaderEntryDefault
 * asks for; "": none.
 */
#define BLS_WISH_SIZE 256
void bls_wish(const CHAR16 *name, char wish[BLS_WISH_SIZE]);
/* Which file to rename when the system has come up well: LoaderBootCountPath. */
void bls_tell_counted(const CHAR16 *path);
/* Tells who boots what, for the time until bls_tell_end; the wish for one boot is fulfilled. */
void bls_tell(const struct bls_file *found);
void bls_tell_end(void);

#endif
