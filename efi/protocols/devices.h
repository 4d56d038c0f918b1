/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware's protocols are made over: a console of bytes, entropy, files that can be read. boot/ fills it in
 * before efi_init; whatever is NULL is not there, and its protocol is not installed.
 */
#ifndef EFI_PROTOCOLS_DEVICES_H
#define EFI_PROTOCOLS_DEVICES_H

#include "efi/protocol/device_path.h"

struct device; /* drivers/device.h */

/* A file that only has to be read. */
struct efi_file_source {
	const char *name; /* ASCII, at most EFI_FILE_NAME_MAX bytes */
	uint64_t size;
	/* Reads [offset, offset + size) to `to`: 0, or -errno. Is never asked for what lies beyond the end. */
	int (*read)(const struct efi_file_source *file, uint64_t offset, void *to, uint64_t size);
	void *context;
};
#define EFI_FILE_NAME_MAX 31

struct efi_devices {
	/* Bytes as they are; a console that adds a CR to each LF will do as well. */
	void (*console_write)(const char *bytes, uint64_t size);
	/* A byte that was typed, or -1 when there is none. Never waits. */
	int (*console_read)(void);
	const struct efi_device_path_protocol *console_path; /* NULL: one is made up */
	const struct device *console_device; /* NULL: not told */
	/* Fills the buffer with random bytes of full entropy: 0; -EIO: the device has failed; -ENODEV: there are none now. */
	int (*entropy)(void *buffer, uint64_t size);
	/*
	 * Where that is NULL: looks for a device that gives them, and sets `entropy`, and the next two, if there is one. Called at most once, when
	 * somebody asks for the protocol.
	 */
	void (*entropy_look)(void);
	struct efi_device_path_protocol *entropy_path; /* NULL: the processor */
	const struct device *entropy_device;
	/*
	 * Adds the disks (efi/disks.h) that are not there yet; NULL: all are. Called when somebody asks who has block devices or file
	 * systems.
	 */
	void (*disks_look)(void);
	/* What QEMU was given: kernel, initrd, cmdline, in a directory of their own. */
	const struct efi_file_source *files;
	uint32_t file_count;
	const struct efi_file_source *initrd; /* for the Linux EFI stub */
};

/*
 * The initrd for the Linux EFI stub that starts next; NULL: there is none. At first it is that of the devices. The object must
 * stay until another is offered. After EFI_OUT_OF_RESOURCES, or EFI_ACCESS_DENIED (the interface is in use), there is none.
 */
efi_status efi_initrd_offer(const struct efi_file_source *initrd);

/* The object must stay. */
void efi_devices_set(const struct efi_devices *devices);
/* Never NULL. */
const struct efi_devices *efi_devices(void);

#endif
