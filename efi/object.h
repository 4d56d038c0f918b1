/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The objects that callers know by an opaque pointer: handles, events, registrations. A pointer from outside is
 * looked up here before anything behind it is read, so that garbage is refused and not followed.
 */
#ifndef EFI_OBJECT_H
#define EFI_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

enum efi_object_kind { EFI_OBJECT_HANDLE = 1, EFI_OBJECT_EVENT, EFI_OBJECT_NOTIFY };

/* The first member of each such object. */
struct efi_object {
	struct efi_object *next;
	enum efi_object_kind kind;
};

void efi_object_add(struct efi_object *object, enum efi_object_kind kind);
void efi_object_remove(struct efi_object *object);
/* Whether this is a living object of that kind; never reads what the pointer points to. */
bool efi_object_is(const void *pointer, enum efi_object_kind kind);
/* Living objects of a kind, for tests. */
uint64_t efi_object_count(enum efi_object_kind kind);
void efi_object_reset(void);

#endif
