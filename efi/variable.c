/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of variable services; see variable.h. */
#include <string.h>

#include "efi/variable.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define ACCESS (BS | RT)
#define KEPT (NV | BS | RT | EFI_VARIABLE_HARDWARE_ERROR_RECORD)
#define READ_ONLY 0x80

/*
 * 3.3: the attributes of globally defined variables. A # stands for a hexadecimal digit. Those of Secure Boot are not there,
 * and cannot be made: their attributes ask for authentication.
 */
static const struct {
	char name[26];
	uint8_t attributes;
} globals[] = {
	{"Boot####", NV | BS | RT},
	{"BootCurrent", BS | RT},
	{"BootNext", NV | BS | RT},
	{"BootOptionSupport", BS | RT | READ_ONLY},
	{"BootOrder", NV | BS | RT},
	{"ConIn", NV | BS | RT},
	{"ConInDev", BS | RT | READ_ONLY},
	{"ConOut", NV | BS | RT},
	{"ConOutDev", BS | RT | READ_ONLY},
	{"Driver####", NV | BS | RT},
	{"DriverOrder", NV | BS | RT},
	{"ErrOut", NV | BS | RT},
	{"ErrOutDev", BS | RT | READ_ONLY},
	{"HwErrRecSupport", NV | BS | RT | READ_ONLY},
	{"KEK", READ_ONLY},
	{"Key####", NV | BS | RT},
	{"Lang", NV | BS | RT},
	{"LangCodes", BS | RT | READ_ONLY},
	{"OsIndications", NV | BS | RT},
	{"OsIndicationsSupported", BS | RT | READ_ONLY},
	{"OsRecoveryOrder", READ_ONLY},
	{"PK", READ_ONLY},
	{"PlatformLang", NV | BS | RT},
	{"PlatformLangCodes", BS | RT | READ_ONLY},
	{"PlatformRecovery####", BS | RT | READ_ONLY},
	{"SecureBoot", BS | RT | READ_ONLY},
	{"SetupMode", BS | RT | READ_ONLY},
	{"AuditMode", BS | RT | READ_ONLY},
	{"DeployedMode", BS | RT | READ_ONLY},
	{"SignatureSupport", BS | RT | READ_ONLY},
	{"SysPrep####", NV | BS | RT},
	{"SysPrepOrder", NV | BS | RT},
	{"Timeout", NV | BS | RT},
	{"VendorKeys", BS | RT | READ_ONLY},
};

static const struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;

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

/* The attributes that this variable must have, with READ_ONLY; 0: any. */
static uint32_t global_attributes(const CHAR16 *name, const struct efi_guid *guid)
{
	if (memcmp(guid, &global_guid, sizeof(*guid)))
		return 0;
	for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
		if (name_is(name, globals[i].name))
			return globals[i].attributes;
	return 0;
}

static bool visible(const struct variables *variables, const struct variable_record *record)
{
	return record && (!variables->at_runtime || record->attributes & RT);
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
		if (!visible(variables, record))
			return EFI_INVALID_PARAMETER;
	}
	do
		record = variable_store_next(&variables->store, record);
	while (record && !visible(variables, record));
	if (!record)
		return EFI_NOT_FOUND;
	*VariableNameSize = record->name_size;
	if (room < record->name_size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(VariableName, variable_record_name(record), record->name_size);
	*VendorGuid = record->guid;
	return EFI_SUCCESS;
}

/* Attributes that make sense together. */
static efi_status check_attributes(uint32_t attributes)
{
	/* 8.2.3: deprecated, EFI_UNSUPPORTED is to be returned; and so for the enhanced kind where it is missing. */
	if (attributes &
	    (EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS))
		return EFI_UNSUPPORTED;
	if (attributes & ~(KEPT | EFI_VARIABLE_APPEND_WRITE))
		return EFI_INVALID_PARAMETER;
	if (attributes & RT && !(attributes & BS))
		return EFI_INVALID_PARAMETER;
	if (attributes & EFI_VARIABLE_HARDWARE_ERROR_RECORD && (attributes & KEPT) != KEPT)
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

/* What may be set after ExitBootServices, if anything. */
static efi_status check_runtime(const struct variables *variables,
				const struct variable_record *record, uint32_t attributes)
{
	const struct variable_backend *backend = variables->store.backend;

	if (!variables->at_runtime)
		return EFI_SUCCESS;
	if (!backend || !backend->at_runtime)
		return EFI_UNSUPPORTED;
	/* 8.2.3: only variables that are non-volatile and have runtime access. */
	if (record && !(record->attributes & RT))
		return EFI_WRITE_PROTECTED;
	if (record ? !(record->attributes & NV) : (attributes & (NV | RT)) != (NV | RT))
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

static efi_status check_name(const CHAR16 *name, const struct efi_guid *guid,
			     const struct variable_record *record, uint32_t attributes,
			     bool removes)
{
	uint32_t wanted = global_attributes(name, guid);

	if (wanted & READ_ONLY || (record && record->read_only))
		return EFI_WRITE_PROTECTED;
	if (removes)
		return record ? EFI_SUCCESS : EFI_NOT_FOUND;
	attributes &= KEPT;
	if ((wanted && attributes != wanted) || (record && attributes != record->attributes))
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

efi_status variable_set(struct variables *variables, const CHAR16 *VariableName,
			const struct efi_guid *VendorGuid, uint32_t Attributes, uint64_t DataSize,
			const void *Data)
{
	bool appends = Attributes & EFI_VARIABLE_APPEND_WRITE;
	bool removes = !(Attributes & ACCESS) || (!DataSize && !appends);
	struct variable_change change = {.name = VariableName, .guid = VendorGuid};
	struct variable_record *record;
	efi_status status;

	if (!VariableName || !*VariableName || !VendorGuid)
		return EFI_INVALID_PARAMETER;
	status = check_attributes(Attributes);
	if (EFI_ERROR(status))
		return status;
	if ((DataSize && !Data && !removes) || DataSize > VARIABLE_SIZE_MAX)
		return EFI_INVALID_PARAMETER;
	record = variable_store_find(&variables->store, VariableName, VendorGuid);
	status = check_runtime(variables, record, Attributes);
	if (!EFI_ERROR(status))
		status = check_name(VariableName, VendorGuid, record, Attributes, removes);
	if (EFI_ERROR(status))
		return status;
	change.attributes = removes && record ? record->attributes : Attributes & KEPT;
	if (!removes) {
		if (!DataSize) /* 8.2.3: to append nothing changes nothing */
			return EFI_SUCCESS;
		if (appends && record) {
			change.data[0].bytes = variable_record_data(record);
			change.data[0].size = record->data_size;
		}
		change.data[1].bytes = Data;
		change.data[1].size = (uint32_t)DataSize;
		if (change.data[0].size + DataSize > VARIABLE_SIZE_MAX)
			return EFI_OUT_OF_RESOURCES;
	}
	return variable_store_write(&variables->store, &change);
}

efi_status variable_set_own(struct variables *variables, const struct variable_change *change)
{
	return variable_store_write(&variables->store, change);
}

efi_status variable_query(const struct variables *variables, uint32_t Attributes,
			  uint64_t *MaximumVariableStorageSize,
			  uint64_t *RemainingVariableStorageSize, uint64_t *MaximumVariableSize)
{
	uint64_t left = variables->store.size - variables->store.used;
	uint64_t overhead = sizeof(struct variable_record);

	if (!MaximumVariableStorageSize || !RemainingVariableStorageSize || !MaximumVariableSize ||
	    !Attributes)
		return EFI_INVALID_PARAMETER;
	if (Attributes & ~KEPT)
		return EFI_UNSUPPORTED;
	if (!(Attributes & ACCESS) || check_attributes(Attributes) ||
	    (variables->at_runtime && !(Attributes & RT)))
		return EFI_INVALID_PARAMETER;
	*MaximumVariableStorageSize = variables->store.size;
	*RemainingVariableStorageSize = left;
	*MaximumVariableSize = left < overhead			     ? 0
			       : left - overhead < VARIABLE_SIZE_MAX ? left - overhead
								     : VARIABLE_SIZE_MAX;
	return EFI_SUCCESS;
}
