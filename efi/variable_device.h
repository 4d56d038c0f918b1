/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variables that QEMU's uefi-vars device keeps, in a file of the host's. It is more than a place: it judges authenticated variables, and makes
 * some that change by themselves (SetupMode). So it is asked each time, and nothing of what it has is kept here. It
 * speaks EDK2's protocol of a variable driver with its half in management mode (MdeModulePkg/Include/Guid/SmmVariableCommon.h), whose numbers are all
 * little-endian. Its answers are input from outside. Part of the runtime region.
 */
#ifndef EFI_VARIABLE_DEVICE_H
#define EFI_VARIABLE_DEVICE_H

#include "drivers/uefi_vars.h"
#include "efi/variable_store.h"

struct variable_device {
	struct uefi_vars link;
	uint64_t limit; /* bytes of a name, or of data, that it takes a question about */
};

/* Whether there is one, and it has been started. */
static inline bool variable_device_is_there(const struct variable_device *device)
{
	return device->limit;
}

struct variable_room {
	uint64_t all, left; /* bytes */
	uint64_t largest; /* of one variable */
};

/*
 * Starts the device that device->link names, and asks what it has room for. 0; -ENODEV, -EIO as uefi_vars_start: *device is all
 * zero then.
 */
int variable_device_start(struct variable_device *device, struct variable_room *room);

/* What follows may be called after ExitBootServices. EFI_DEVICE_ERROR: the device fails, or tells nonsense. */

/*
 * EFI_SUCCESS with data of at most *size bytes, EFI_BUFFER_TOO_SMALL, both with attributes and *size, which is never 0;
 * EFI_NOT_FOUND: there is none, or not now. `data` may be NULL: too small for any.
 */
efi_status variable_device_get(const struct variable_device *device, const CHAR16 *name,
			       const struct efi_guid *guid, uint32_t *attributes, uint64_t *size,
			       void *data);
/*
 * The variable after *name of *guid, or after the empty name the first: its name, valid until the next call and with a NUL, the bytes
 * of that, and its GUID. EFI_BUFFER_TOO_SMALL: the name has *size bytes, and more than `room`. EFI_NOT_FOUND: that
 * was the last. EFI_INVALID_PARAMETER: there is no such variable.
 */
efi_status variable_device_next(const struct variable_device *device, uint64_t room,
				const CHAR16 **name, uint64_t *size, struct efi_guid *guid);
/*
 * Makes, replaces or removes; appends with EFI_VARIABLE_APPEND_WRITE among the attributes. What is authenticated comes as the caller gave
 * it. Its refusal is 8.2.3's, or EFI_ACCESS_DENIED.
 */
efi_status variable_device_set(const struct variable_device *device,
			       const struct variable_change *change);
efi_status variable_device_query(const struct variable_device *device, struct variable_room *room);

/* Stages of the start that the device wants to know of; it may not answer, and nothing can be done about that. */
void variable_device_ready_to_boot(const struct variable_device *device);
/* From here on it hides what has no runtime access, and refuses to change it. */
void variable_device_exit_boot_services(const struct variable_device *device);

#endif
