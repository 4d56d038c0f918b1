/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variable services (UEFI 2.10, 8.2): the rules, over a store. Part of the runtime region: calls nothing outside it. The
 * callers hold a lock.
 */
#ifndef EFI_VARIABLE_H
#define EFI_VARIABLE_H

#include "efi/variable_device.h"
#include "efi/variable_store.h"

/* The variables of the firmware, which nobody else sets. */
#define VARIABLE_OWN_GUID EFI_GUID(7f2b1c55, 0c1a, 4f0f, 8e, 0b, 3d, 21, 96, 5d, 7c, 42)

#define VARIABLE_SIZE_MAX (32 * 1024) /* data of one */

struct variables {
	struct variable_store store;
	struct variable_device
		device; /* keeps those that last, and hides none of the store's; limit 0: there is none */
	bool at_runtime; /* ExitBootServices is done */
};

/*
 * 8.2.1. Attributes and *DataSize are also set for EFI_BUFFER_TOO_SMALL. EFI_INVALID_PARAMETER: VariableName, VendorGuid or
 * DataSize is NULL, or Data is and the buffer would do. EFI_NOT_FOUND: there is none, or none at run time.
 */
efi_status variable_get(const struct variables *variables, const CHAR16 *VariableName,
			const struct efi_guid *VendorGuid, uint32_t *Attributes, uint64_t *DataSize,
			void *Data);
/*
 * 8.2.2. EFI_INVALID_PARAMETER: something is NULL, the name has no end within its size, or is of no variable.
 * EFI_NOT_FOUND: that was the last. EFI_BUFFER_TOO_SMALL with the size.
 */
efi_status variable_next(const struct variables *variables, uint64_t *VariableNameSize,
			 CHAR16 *VariableName, struct efi_guid *VendorGuid);
/*
 * 8.2.3. EFI_INVALID_PARAMETER: no name or GUID; run time without boot services access; other attributes than the variable has,
 * or than the specification gives it; a variable that the specification does not have in a GUID of its own; an error record that is not all
 * it must be; time-based authentication, and what must have it, unless a device judges it; DataSize without Data, or too large; at run time
 * a variable without both non-volatile storage and runtime access. EFI_UNSUPPORTED: the other kinds of authentication; any
 * change at run time when the store has none. EFI_WRITE_PROTECTED: a variable of the firmware; a volatile one at run
 * time. EFI_NOT_FOUND: nothing to delete. EFI_SECURITY_VIOLATION: an authenticated one is to be deleted without a signature.
 * EFI_OUT_OF_RESOURCES, EFI_DEVICE_ERROR, and what a device refuses with. A failure has changed nothing.
 */
efi_status variable_set(struct variables *variables, const CHAR16 *VariableName,
			const struct efi_guid *VendorGuid, uint32_t Attributes, uint64_t DataSize,
			const void *Data);
/*
 * 8.2.4. EFI_INVALID_PARAMETER: a NULL, attributes that no variable can have, or at run time none without runtime access;
 * EFI_UNSUPPORTED: unknown ones, and authenticated ones unless there is a device; EFI_DEVICE_ERROR: it fails. EFI_VARIABLE_APPEND_WRITE is ignored.
 */
efi_status variable_query(const struct variables *variables, uint32_t Attributes,
			  uint64_t *MaximumVariableStorageSize,
			  uint64_t *RemainingVariableStorageSize, uint64_t *MaximumVariableSize);

/* What the firmware sets itself: a variable of any attributes, read-only to others or not. */
efi_status variable_set_own(struct variables *variables, const struct variable_change *change);

#endif
