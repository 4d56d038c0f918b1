/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of variable services; see variable.h. */
#include <string.h>

#include "efi/variable.h"
#include "efi/variable_flash.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define ACCESS (BS | RT)
#define KEPT (NV | BS | RT | EFI_VARIABLE_HARDWARE_ERROR_RECORD)
#define READ_ONLY 0x80 /* the firmware's own: WRITE_PROTECTED */
#define SIGNED EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS
#define HIDDEN_MAX 256 /* variables of the device, one after the other, that the store has too */

/* 3.3: the attributes of globally defined variables. A # stands for a hexadecimal digit. */
static const struct {
	char name[27];
	uint8_t attributes;
} globals[] = {
	{"AuditMode", BS | RT | READ_ONLY},
	{"Boot####", NV | BS | RT},
	{"BootCurrent", BS | RT},
	{"BootNext", NV | BS | RT},
	{"BootOptionSupport", BS | RT | READ_ONLY},
	{"BootOrder", NV | BS | RT},
	{"ConIn", NV | BS | RT},
	{"ConInDev", BS | RT | READ_ONLY},
	{"ConOut", NV | BS | RT},
	{"ConOutDev", BS | RT | READ_ONLY},
	{"CryptoIndications", NV | BS | RT},
	{"CryptoIndicationsActivated", BS | RT | READ_ONLY},
	{"CryptoIndicationsSupported", BS | RT | READ_ONLY},
	{"DeployedMode", BS | RT | READ_ONLY},
	{"Driver####", NV | BS | RT},
	{"DriverOrder", NV | BS | RT},
	{"ErrOut", NV | BS | RT},
	{"ErrOutDev", BS | RT | READ_ONLY},
	{"HwErrRecSupport", NV | BS | RT | READ_ONLY},
	{"KEK", NV | BS | RT | SIGNED},
	{"KEKDefault", BS | RT | READ_ONLY},
	{"Key####", NV | BS | RT},
	{"Lang", NV | BS | RT},
	{"LangCodes", BS | RT | READ_ONLY},
	{"OsIndications", NV | BS | RT},
	{"OsIndicationsSupported", BS | RT | READ_ONLY},
	{"OsRecoveryOrder", NV | BS | RT | SIGNED},
	{"PK", NV | BS | RT | SIGNED},
	{"PKDefault", BS | RT | READ_ONLY},
	{"PlatformLang", NV | BS | RT},
	{"PlatformLangCodes", BS | RT | READ_ONLY},
	{"PlatformRecovery####", BS | RT | READ_ONLY},
	{"SecureBoot", BS | RT | READ_ONLY},
	{"SetupMode", BS | RT | READ_ONLY},
	{"SignatureSupport", BS | RT | READ_ONLY},
	{"SysPrep####", NV | BS | RT},
	{"SysPrepOrder", NV | BS | RT},
	{"Timeout", NV | BS | RT},
	{"VendorKeys", BS | RT | READ_ONLY},
	{"dbDefault", BS | RT | READ_ONLY},
	{"dbrDefault", BS | RT | READ_ONLY},
	{"dbtDefault", BS | RT | READ_ONLY},
	{"dbxDefault", BS | RT | READ_ONLY},
	{"devAuthBoot", BS | RT | READ_ONLY},
	{"devdbDefault", BS | RT | READ_ONLY},
};

static const struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;
static const struct efi_guid error_guid = EFI_HARDWARE_ERROR_VARIABLE;
static const struct efi_guid own_guid = VARIABLE_OWN_GUID;
static const struct efi_guid signature_guid = EFI_IMAGE_SECURITY_DATABASE_GUID;

static bool is_digit(CHAR16 c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static bool name_is(const CHAR16 *name, const char *pattern)
{
	while (*name && *pattern &&
	       (*pattern == '#' ? is_digit(*name) : *name == (CHAR16)(uint8_t)*pattern)) {
		name++;
		pattern++;
	}
	return !*name && !*pattern;
}

/*
 * The attributes that a variable must have by its name and GUID, with READ_ONLY and SIGNED; 0: its owner chooses;
 * NOBODY: there is no such variable (3.3: a GUID of the specification has the variables of the specification only).
 */
#define NOBODY UINT32_MAX

static uint32_t required_attributes(const CHAR16 *name, const struct efi_guid *guid)
{
	if (!memcmp(guid, &signature_guid, sizeof(*guid)) || name_is(name, "OsRecovery####"))
		return SIGNED;
	if (!memcmp(guid, &own_guid, sizeof(*guid)))
		return READ_ONLY;
	if (!memcmp(guid, &error_guid, sizeof(*guid)))
		return name_is(name, "HwErrRec####") ? KEPT : NOBODY;
	if (memcmp(guid, &global_guid, sizeof(*guid)))
		return 0;
	for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
		if (name_is(name, globals[i].name))
			return globals[i].attributes;
	return NOBODY;
}

static bool has_device(const struct variables *variables)
{
	return variable_device_is_there(&variables->device);
}

static bool visible(const struct variables *variables, const struct variable_record *record)
{
	return record && (!variables->at_runtime || record->attributes & RT);
}

static efi_status get_kept(const struct variable_device *device, const CHAR16 *name,
			   const struct efi_guid *guid, uint32_t *attributes, uint64_t *size,
			   void *data)
{
	uint64_t room = *size, have = data ? room : 0;
	uint32_t what;
	efi_status status = variable_device_get(device, name, guid, &what, &have, data);

	if (EFI_ERROR(status) && status != EFI_BUFFER_TOO_SMALL)
		return status;
	if (EFI_ERROR(status) && room >= have)
		return EFI_INVALID_PARAMETER;
	*size = have;
	if (attributes)
		*attributes = what;
	return status;
}

efi_status variable_get(const struct variables *variables, const CHAR16 *VariableName,
			const struct efi_guid *VendorGuid, uint32_t *Attributes, uint64_t *DataSize,
			void *Data)
{
	const struct variable_record *record;
	uint64_t room;

	if (!VariableName || !VendorGuid || !DataSize)
		return EFI_INVALID_PARAMETER;
	record = variable_store_find(&variables->store, VariableName, VendorGuid);
	if (!record && has_device(variables))
		return get_kept(&variables->device, VariableName, VendorGuid, Attributes, DataSize,
				Data);
	if (!visible(variables, record))
		return EFI_NOT_FOUND;
	room = *DataSize;
	if (room >= record->data_size && !Data)
		return EFI_INVALID_PARAMETER;
	*DataSize = record->data_size;
	if (Attributes)
		*Attributes = record->attributes;
	if (room < record->data_size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(Data, variable_record_data(record), record->data_size);
	return EFI_SUCCESS;
}

/* The device's variable after this one that the store does not hide. */
static efi_status next_kept(const struct variables *variables, uint64_t *size, const CHAR16 *after,
			    CHAR16 *name, struct efi_guid *guid)
{
	const struct variable_device *device = &variables->device;
	struct efi_guid owner = *guid;
	uint64_t room = *size, bytes;
	efi_status status;

	for (uint32_t i = 0; i < HIDDEN_MAX; i++) {
		status = variable_device_next(device, room, &after, &bytes, &owner);
		if (EFI_ERROR(status) && status != EFI_BUFFER_TOO_SMALL)
			return status;
		if (!EFI_ERROR(status) && variable_store_find(&variables->store, after, &owner))
			continue;
		*size = bytes;
		if (EFI_ERROR(status) || room < bytes)
			return EFI_BUFFER_TOO_SMALL;
		memcpy(name, after, bytes);
		*guid = owner;
		return EFI_SUCCESS;
	}
	return EFI_DEVICE_ERROR;
}

efi_status variable_next(const struct variables *variables, uint64_t *VariableNameSize,
			 CHAR16 *VariableName, struct efi_guid *VendorGuid)
{
	struct variable_record *record = NULL;
	uint64_t length = 0;
	uint64_t room;

	if (!VariableNameSize || !VariableName || !VendorGuid)
		return EFI_INVALID_PARAMETER;
	room = *VariableNameSize;
	while (length < room / sizeof(CHAR16) && VariableName[length])
		length++;
	if (length == room / sizeof(CHAR16))
		return EFI_INVALID_PARAMETER;
	if (length) {
		record = variable_store_find(&variables->store, VariableName, VendorGuid);
		if (!record && has_device(variables))
			return next_kept(variables, VariableNameSize, VariableName, VariableName,
					 VendorGuid);
		if (!visible(variables, record))
			return EFI_INVALID_PARAMETER;
	}
	do
		record = variable_store_next(&variables->store, record);
	while (record && !visible(variables, record));
	if (!record)
		return has_device(variables) ? next_kept(variables, VariableNameSize, u"",
							 VariableName, VendorGuid)
					     : EFI_NOT_FOUND;
	*VariableNameSize = record->name_size;
	if (room < record->name_size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(VariableName, variable_record_name(record), record->name_size);
	*VendorGuid = record->guid;
	return EFI_SUCCESS;
}

/* What a variable may have of attributes: authenticated ones need somebody who judges them. */
static uint32_t known_attributes(const struct variables *variables)
{
	return has_device(variables) ? KEPT | SIGNED : KEPT;
}

static uint32_t size_max(const struct variables *variables)
{
	return has_device(variables) ? UEFI_VARS_BUFFER : VARIABLE_SIZE_MAX;
}

/* Attributes that make sense together. */
static efi_status check_attributes(uint32_t attributes, uint32_t known)
{
	uint32_t both = EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |
			EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS;

	if ((attributes & both) == both)
		return EFI_INVALID_PARAMETER;
	/* The first kind is reserved since 2.10, deprecated and unsupported before; the other is optional. */
	if (attributes &
	    (EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS))
		return EFI_UNSUPPORTED;
	/* 8.2.3 asks for this code where the signature's type is not supported: none is without a device. */
	if (attributes & ~(known | EFI_VARIABLE_APPEND_WRITE))
		return EFI_INVALID_PARAMETER;
	if (attributes & RT && !(attributes & BS))
		return EFI_INVALID_PARAMETER;
	if (attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD && (attributes & KEPT) != KEPT)
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

/* 8.2.3: what may be set after ExitBootServices, if anything: non-volatile variables with runtime access. */
static efi_status check_runtime(const struct variables *variables,
				const struct variable_record *record, uint32_t attributes)
{
	const struct variable_backend *backend = variables->store.backend;

	if (!variables->at_runtime)
		return EFI_SUCCESS;
	if (!has_device(variables) && (!backend || !backend->at_runtime))
		return EFI_UNSUPPORTED;
	if (record)
		attributes = record->attributes;
	if (record && (attributes & (NV | RT)) == RT)
		return EFI_WRITE_PROTECTED;
	return (attributes & (NV | RT)) == (NV | RT) || (!record && !(attributes & ACCESS))
		       ? EFI_SUCCESS
		       : EFI_INVALID_PARAMETER;
}

/* Whether this variable may become that; `removes` without access attributes may leave out the others as well. */
static efi_status check_name(const struct variable_change *change,
			     const struct variable_record *record, bool removes)
{
	uint32_t wanted = required_attributes(change->name, change->guid);
	uint32_t attributes = change->attributes;

	if ((record && record->flags & VARIABLE_READ_ONLY) ||
	    (wanted != NOBODY && wanted & READ_ONLY))
		return EFI_WRITE_PROTECTED;
	if (removes && !record)
		return EFI_NOT_FOUND;
	if (removes && record->attributes & SIGNED)
		return EFI_SECURITY_VIOLATION;
	if (removes && !(attributes & ACCESS))
		return EFI_SUCCESS;
	if (record)
		return attributes == record->attributes ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
	if (wanted == NOBODY || wanted & SIGNED & ~attributes ||
	    (wanted & ~SIGNED && attributes != wanted))
		return EFI_INVALID_PARAMETER;
	/* Error records are those of that GUID (8.2.4.1). */
	return attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD && !wanted ? EFI_INVALID_PARAMETER
									  : EFI_SUCCESS;
}

/* What the device has of that name, as the record that it would be; its size is 0 when there is none. */
static efi_status find_kept(const struct variable_device *device, const CHAR16 *name,
			    const struct efi_guid *guid, struct variable_record *kept)
{
	uint64_t size = 0;
	efi_status status = variable_device_get(device, name, guid, &kept->attributes, &size, NULL);

	kept->size = 0;
	if (status == EFI_NOT_FOUND)
		return EFI_SUCCESS;
	if (status != EFI_BUFFER_TOO_SMALL)
		return EFI_ERROR(status) ? status : EFI_DEVICE_ERROR;
	kept->size = sizeof(*kept);
	kept->data_size = (uint32_t)size;
	/* It makes volatile ones by itself, and nobody else does. */
	kept->flags = kept->attributes & NV ? 0 : VARIABLE_READ_ONLY;
	return EFI_SUCCESS;
}

/* Has it done by who keeps the variable; the store's default of a variable goes when that is set. */
static efi_status write_change(struct variables *variables, const struct variable_change *change)
{
	const struct variable_change gone = {.name = change->name, .guid = change->guid};
	const struct variable_device *device = &variables->device;
	efi_status status;

	if (!has_device(variables) || !(change->attributes & (NV | SIGNED)) ||
	    change->flags & VARIABLE_UNSAVED)
		return variable_store_write(&variables->store, change);
	status = variable_device_set(device, change);
	return EFI_ERROR(status) ? status : variable_store_write(&variables->store, &gone);
}

/* The change's data: what the store has, if it appends, and what comes. The device appends by itself. */
static efi_status set_data(struct variable_change *change, const struct variable_record *old,
			   uint64_t size, const void *data, uint32_t max)
{
	if (old) {
		change->data[0].bytes = variable_record_data(old);
		change->data[0].size = old->data_size;
	}
	if (change->data[0].size + size > max)
		return EFI_OUT_OF_RESOURCES;
	change->data[1].bytes = data;
	change->data[1].size = (uint32_t)size;
	return EFI_SUCCESS;
}

efi_status variable_set(struct variables *variables, const CHAR16 *VariableName,
			const struct efi_guid *VendorGuid, uint32_t Attributes, uint64_t DataSize,
			const void *Data)
{
	bool appends = Attributes & EFI_VARIABLE_APPEND_WRITE;
	bool removes = !(Attributes & ACCESS) || (!DataSize && !appends);
	struct variable_change change = {.name = VariableName,
					 .guid = VendorGuid,
					 .attributes = Attributes & (KEPT | SIGNED)};
	struct variable_record *record, kept = {0};
	efi_status status;

	if (!VariableName || !*VariableName || !VendorGuid)
		return EFI_INVALID_PARAMETER;
	status = check_attributes(Attributes, known_attributes(variables));
	if (EFI_ERROR(status))
		return status;
	if ((DataSize && !Data && !removes) || DataSize > size_max(variables))
		return EFI_INVALID_PARAMETER;
	record = variable_store_find(&variables->store, VariableName, VendorGuid);
	if (!record && has_device(variables)) {
		status = find_kept(&variables->device, VariableName, VendorGuid, &kept);
		record = kept.size ? &kept : NULL;
	}
	if (!EFI_ERROR(status))
		status = check_runtime(variables, record, Attributes);
	if (!EFI_ERROR(status))
		status = check_name(&change, record, removes);
	if (EFI_ERROR(status))
		return status;
	if (removes) {
		change.attributes = record->attributes;
		return write_change(variables, &change);
	}
	if (!DataSize) /* 8.2.3: to append nothing changes nothing */
		return EFI_SUCCESS;
	if (appends &&
	    (record == &kept || Attributes & SIGNED)) /* a signature is of that as well */
		change.attributes |= EFI_VARIABLE_APPEND_WRITE;
	status = set_data(&change, appends && record != &kept ? record : NULL, DataSize, Data,
			  size_max(variables));
	return EFI_ERROR(status) ? status : write_change(variables, &change);
}

efi_status variable_set_own(struct variables *variables, const struct variable_change *change)
{
	return write_change(variables, change);
}

/* What there is for variables of these attributes, in memory and where they are kept. */
static efi_status find_room(const struct variables *variables, uint32_t attributes,
			    struct variable_room *room)
{
	const struct variable_device *device = &variables->device;
	const struct variable_backend *backend = variables->store.backend;
	uint64_t overhead = sizeof(struct variable_record);

	if (has_device(variables) && attributes & (NV | SIGNED))
		return variable_device_query(device, room);
	room->all = variables->store.size;
	room->left = room->all - variables->store.used;
	/* What is kept must have room in memory and where it is kept. */
	if (backend && attributes & NV) {
		uint64_t all = backend->room(backend->context);
		uint64_t live = backend->live(&variables->store);

		room->left = all - live < room->left ? all - live : room->left;
		room->all = all < room->all ? all : room->all;
		overhead = sizeof(struct variable_flash_record);
	}
	room->largest = room->left < overhead ? 0 : room->left - overhead;
	return EFI_SUCCESS;
}

efi_status variable_query(const struct variables *variables, uint32_t Attributes,
			  uint64_t *MaximumVariableStorageSize,
			  uint64_t *RemainingVariableStorageSize, uint64_t *MaximumVariableSize)
{
	uint32_t known = known_attributes(variables);
	struct variable_room room;
	efi_status status;

	Attributes &= ~EFI_VARIABLE_APPEND_WRITE; /* 8.2.4: ignored */
	if (!MaximumVariableStorageSize || !RemainingVariableStorageSize || !MaximumVariableSize)
		return EFI_INVALID_PARAMETER;
	if (Attributes & ~known) /* also when others of them are invalid */
		return EFI_UNSUPPORTED;
	if (!(Attributes & ACCESS) || check_attributes(Attributes, known) ||
	    (variables->at_runtime && !(Attributes & RT)))
		return EFI_INVALID_PARAMETER;
	status = find_room(variables, Attributes, &room);
	if (EFI_ERROR(status))
		return status;
	*MaximumVariableStorageSize = room.all;
	*RemainingVariableStorageSize = room.left;
	*MaximumVariableSize =
		room.largest < size_max(variables) ? room.largest : size_max(variables);
	return EFI_SUCCESS;
}
