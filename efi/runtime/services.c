/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime services table (UEFI 2.10, 4.5 and chapter 8), and the door to the firmware; see runtime.h. Part of the runtime
 * region.
 */
#include "efi/runtime/internal.h"

struct runtime_state runtime;

static efi_tpl lock(void)
{
	return runtime.given.lock ? runtime.given.lock() : 0;
}

static void unlock(efi_tpl tpl)
{
	if (runtime.given.unlock)
		runtime.given.unlock(tpl);
}

/* ---- variables ---- */

static efi_status EFIAPI get_variable(CHAR16 *VariableName, struct efi_guid *VendorGuid,
				      uint32_t *Attributes, uint64_t *DataSize, void *Data)
{
	efi_tpl tpl = lock();
	efi_status status = variable_get(&runtime.variables, VariableName, VendorGuid, Attributes,
					 DataSize, Data);

	unlock(tpl);
	return status;
}

static efi_status EFIAPI get_next_variable_name(uint64_t *VariableNameSize, CHAR16 *VariableName,
						struct efi_guid *VendorGuid)
{
	efi_tpl tpl = lock();
	efi_status status =
		variable_next(&runtime.variables, VariableNameSize, VariableName, VendorGuid);

	unlock(tpl);
	return status;
}

static efi_status EFIAPI set_variable(CHAR16 *VariableName, struct efi_guid *VendorGuid,
				      uint32_t Attributes, uint64_t DataSize, void *Data)
{
	efi_tpl tpl = lock();
	efi_status status = variable_set(&runtime.variables, VariableName, VendorGuid, Attributes,
					 DataSize, Data);

	unlock(tpl);
	return status;
}

static efi_status EFIAPI query_variable_info(uint32_t Attributes,
					     uint64_t *MaximumVariableStorageSize,
					     uint64_t *RemainingVariableStorageSize,
					     uint64_t *MaximumVariableSize)
{
	efi_tpl tpl = lock();
	efi_status status =
		variable_query(&runtime.variables, Attributes, MaximumVariableStorageSize,
			       RemainingVariableStorageSize, MaximumVariableSize);

	unlock(tpl);
	return status;
}

static efi_status set_own_variable(const struct variable_change *change)
{
	efi_tpl tpl = lock();
	efi_status status = variable_set_own(&runtime.variables, change);

	unlock(tpl);
	return status;
}

/* ---- the rest ---- */

/* 8.5.2: one more at each call, and at the first use after a reset, as far as the variable below is kept. */
static const struct efi_guid own_guid = VARIABLE_OWN_GUID;

static efi_status count_up(void)
{
	struct variable_change change = {
		.name = u"MonotonicCount",
		.guid = &own_guid,
		/* A device lets nothing else be written at run time. */
		.attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
			      EFI_VARIABLE_RUNTIME_ACCESS,
		.flags = VARIABLE_READ_ONLY,
		.data = {{&runtime.high_count, sizeof(runtime.high_count)}},
	};

	runtime.high_count++;
	return set_own_variable(&change);
}

static efi_status EFIAPI get_next_high_monotonic_count(uint32_t *HighCount)
{
	if (!HighCount)
		return EFI_INVALID_PARAMETER;
	if (runtime.variables.at_runtime && !runtime.variables.store.backend &&
	    !variable_device_is_there(&runtime.variables.device))
		return EFI_UNSUPPORTED;
	if (EFI_ERROR(count_up()))
		return EFI_DEVICE_ERROR;
	*HighCount = runtime.high_count;
	return EFI_SUCCESS;
}

/* 8.5.1: returns never. Data of an unknown kind and platform-specific resets are cold ones. */
static void EFIAPI reset_system(uint32_t ResetType, efi_status ResetStatus, uint64_t DataSize,
				void *ResetData)
{
	(void)ResetStatus;
	(void)DataSize;
	(void)ResetData;
	if (runtime.given.before_reset)
		runtime.given.before_reset();
	reset_machine(ResetType);
	processor_halt();
}

static efi_status EFIAPI get_time(struct efi_time *Time, struct efi_time_capabilities *Capabilities)
{
	efi_tpl tpl = lock();
	efi_status status = runtime_get_time(Time, Capabilities);

	unlock(tpl);
	return status;
}

static efi_status EFIAPI set_time(struct efi_time *Time)
{
	efi_tpl tpl = lock();
	efi_status status = runtime_set_time(Time);

	unlock(tpl);
	return status;
}

/* 8.3.3, 8.3.4: neither board's clock can turn the machine on. Arguments are judged first. */
static efi_status EFIAPI get_wakeup_time(BOOLEAN *Enabled, BOOLEAN *Pending, struct efi_time *Time)
{
	return Enabled && Pending && Time ? EFI_UNSUPPORTED : EFI_INVALID_PARAMETER;
}

static efi_status EFIAPI set_wakeup_time(BOOLEAN Enable, struct efi_time *Time)
{
	return !Enable || (Time && time_is_valid(Time)) ? EFI_UNSUPPORTED : EFI_INVALID_PARAMETER;
}

/* 8.5.3.1: what asks for a reset, or for a place in the system table, must say that it is for after the reset. */
static bool capsules_are_valid(struct efi_capsule_header *const *capsules, uint64_t count)
{
	if (!capsules || !count)
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (!capsules[i] ||
		    capsules[i]->CapsuleImageSize < sizeof(struct efi_capsule_header) ||
		    (capsules[i]->Flags &
			     (CAPSULE_FLAGS_POPULATE_SYSTEM_TABLE | CAPSULE_FLAGS_INITIATE_RESET) &&
		     !(capsules[i]->Flags & CAPSULE_FLAGS_PERSIST_ACROSS_RESET)))
			return false;
	return true;
}

static efi_status EFIAPI update_capsule(struct efi_capsule_header **CapsuleHeaderArray,
					uint64_t CapsuleCount, uint64_t ScatterGatherList)
{
	(void)ScatterGatherList;
	return capsules_are_valid(CapsuleHeaderArray, CapsuleCount) ? EFI_UNSUPPORTED
								    : EFI_INVALID_PARAMETER;
}

static efi_status EFIAPI query_capsule(struct efi_capsule_header **CapsuleHeaderArray,
				       uint64_t CapsuleCount, uint64_t *MaximumCapsuleSize,
				       uint32_t *ResetType)
{
	return MaximumCapsuleSize && ResetType &&
			       capsules_are_valid(CapsuleHeaderArray, CapsuleCount)
		       ? EFI_UNSUPPORTED
		       : EFI_INVALID_PARAMETER;
}

static struct efi_runtime_services services = {
	.Hdr =
		{
			.Signature = EFI_RUNTIME_SERVICES_SIGNATURE,
			.Revision = EFI_2_100_SYSTEM_TABLE_REVISION,
			.HeaderSize = sizeof(struct efi_runtime_services),
		},
	.GetTime = get_time,
	.SetTime = set_time,
	.GetWakeupTime = get_wakeup_time,
	.SetWakeupTime = set_wakeup_time,
	.SetVirtualAddressMap = runtime_set_virtual_address_map,
	.ConvertPointer = runtime_convert_pointer,
	.GetVariable = get_variable,
	.GetNextVariableName = get_next_variable_name,
	.SetVariable = set_variable,
	.GetNextHighMonotonicCount = get_next_high_monotonic_count,
	.ResetSystem = reset_system,
	.UpdateCapsule = update_capsule,
	.QueryCapsuleCapabilities = query_capsule,
	.QueryVariableInfo = query_variable_info,
};

/* ---- the door ---- */

static void start(const struct runtime_start *given, struct runtime_store *store)
{
	uint64_t size = sizeof(runtime.high_count);

	runtime = (struct runtime_state){
		.given = *given,
		.time_zone = EFI_UNSPECIFIED_TIMEZONE,
	};
	variable_store_start(&runtime.variables.store, given->variables, given->variables_size);
	runtime_store_start(store);
	variable_get(&runtime.variables, u"MonotonicCount", &own_guid, NULL, &size,
		     &runtime.high_count);
}

static void ready_to_boot(void)
{
	if (variable_device_is_there(&runtime.variables.device))
		variable_device_ready_to_boot(&runtime.variables.device);
}

/* Nothing of boot services may be called any more. */
static void exit_boot_services(const struct runtime_exit *at_exit)
{
	if (variable_device_is_there(&runtime.variables.device))
		variable_device_exit_boot_services(&runtime.variables.device);
	runtime.variables.at_runtime = true;
	runtime.at_exit = *at_exit;
	runtime.given.lock = NULL;
	runtime.given.unlock = NULL;
	runtime.given.before_reset = NULL;
}

extern struct runtime_door runtime_door;
struct runtime_door runtime_door = {
	.services = &services,
	.start = start,
	.set_variable = set_own_variable,
	.ready_to_boot = ready_to_boot,
	.exit_boot_services = exit_boot_services,
};
