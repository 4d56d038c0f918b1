/* SPDX-License-Identifier: BSD-2-Clause */
/* The handle database's structures, private to handle.c, multiple.c, open.c, locate.c and driver.c. Changed under efi_lock. */
#ifndef EFI_DATABASE_H
#define EFI_DATABASE_H

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/list.h"
#include "efi/object.h"

struct handle {
	struct efi_object object;
	const struct device *device; /* NULL: none of the machine's */
	struct list all; /* in the order of creation */
	struct list interfaces;
};

/* A GUID that is on some handle, or that somebody waits for. */
struct protocol {
	struct efi_guid guid;
	struct list bucket;
	struct list interfaces; /* in the order of installation */
	struct list notifies;
};

struct interface {
	struct list on_handle;
	struct list on_protocol;
	struct handle *handle;
	struct protocol *protocol;
	void *pointer;
	uint64_t serial; /* of the installation: registrations remember how far they have seen */
	uint64_t open_count;
	struct list opens;
};

struct open {
	struct list link;
	efi_handle agent;
	efi_handle controller;
	uint32_t attributes;
	uint32_t count;
};

struct notify {
	struct efi_object object;
	struct list link;
	struct protocol *protocol;
	efi_event event;
	uint64_t seen; /* installations up to this serial */
};

extern struct list database_handles;

struct protocol *database_protocol(const struct efi_guid *guid);
/* The interface of a protocol on a valid handle, or NULL. */
struct interface *database_find(efi_handle handle, const struct efi_guid *guid);
/* The same, if it is this one; or NULL. */
struct interface *database_find_exact(efi_handle handle, const struct efi_guid *guid,
				      void *pointer);
/* Removes an open record. */
void database_close(struct interface *interface, struct open *open);

#endif
