/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetVirtualAddressMap and ConvertPointer (UEFI 2.10, 8.4). The region moves as one: its own relocations are applied once more by
 * the distance, and the few pointers that were stored at run time are converted one by one. Part of the runtime region.
 */
#include "efi/runtime/internal.h"
#include "lib/crc32.h"

/* Made by runtime.ld; hidden, so that their addresses are distances from here. */
extern const uint8_t region_start[], region_end[];
struct rela {
	uint64_t offset, info, addend;
};
extern const struct rela region_rela[], region_rela_end[];

/* The new address of what lies at `address`: false when the map has no virtual address for it. */
static bool convert(uint64_t address, uint64_t *to)
{
	for (uint64_t at = 0; at + runtime.descriptor_size <= runtime.map_size;
	     at += runtime.descriptor_size) {
		const struct efi_memory_descriptor *entry = (const void *)(runtime.map + at);

		if (!(entry->Attribute & EFI_MEMORY_RUNTIME) || address < entry->PhysicalStart ||
		    (address - entry->PhysicalStart) / EFI_PAGE_SIZE >= entry->NumberOfPages)
			continue;
		*to = entry->VirtualStart + (address - entry->PhysicalStart);
		return true;
	}
	return false;
}

static bool convertible(const void *pointer)
{
	uint64_t to;

	return !pointer || convert((uint64_t)(uintptr_t)pointer, &to);
}

static void convert_pointer(void *pointer)
{
	uint64_t *value = pointer;

	if (*value)
		convert(*value, value);
}

efi_status EFIAPI runtime_convert_pointer(uint64_t DebugDisposition, void **Address)
{
	uint64_t to;

	if (!runtime.map)
		return EFI_UNSUPPORTED;
	if (!Address || (!*Address && !(DebugDisposition & EFI_OPTIONAL_PTR)))
		return EFI_INVALID_PARAMETER;
	if (!*Address)
		return EFI_SUCCESS;
	if (!convert((uint64_t)(uintptr_t)*Address, &to))
		return EFI_NOT_FOUND;
	*Address = (void *)(uintptr_t)to;
	return EFI_SUCCESS;
}

/* Whether all that must move has somewhere to go, and the region stays in one piece. */
static bool complete(uint64_t *distance)
{
	const struct efi_system_table *table = runtime.given.table;
	uint64_t start;
	uint64_t end;

	if (!convert((uint64_t)(uintptr_t)region_start, &start) ||
	    !convert((uint64_t)(uintptr_t)region_end - 1, &end) ||
	    end - start != (uint64_t)(region_end - region_start) - 1)
		return false;
	*distance = start - (uint64_t)(uintptr_t)region_start;
	return convertible(table) && convertible(table->FirmwareVendor) &&
	       convertible(table->ConfigurationTable) &&
	       convertible(runtime.variables.store.base) &&
	       convertible((void *)(uintptr_t)runtime.given.machine.rtc);
}

static void seal(struct efi_table_header *header)
{
	header->CRC32 = 0;
	header->CRC32 = crc32_more(0, header, header->HeaderSize);
}

/* Nothing may be called by pointer from here on. */
static void move(uint64_t distance)
{
	struct efi_system_table *table = runtime.given.table;
	struct efi_runtime_services *services = table->RuntimeServices;

	for (const struct rela *rela = region_rela; rela < region_rela_end; rela++)
		*(uint64_t *)(uintptr_t)(region_start + rela->offset) += distance;
	convert_pointer(&table->FirmwareVendor);
	convert_pointer(&table->ConfigurationTable);
	convert_pointer(&table->RuntimeServices);
	convert_pointer(&runtime.given.table);
	convert_pointer(&runtime.variables.store.base);
	convert_pointer(&runtime.given.machine.rtc);
	seal(&services->Hdr);
	seal(&table->Hdr);
}

efi_status EFIAPI runtime_set_virtual_address_map(uint64_t MemoryMapSize, uint64_t DescriptorSize,
						  uint32_t DescriptorVersion,
						  struct efi_memory_descriptor *VirtualMap)
{
	uint64_t distance;

	if (!runtime.variables.at_runtime || runtime.virtual_map)
		return EFI_UNSUPPORTED;
	if (!VirtualMap || DescriptorVersion != EFI_MEMORY_DESCRIPTOR_VERSION ||
	    DescriptorSize < sizeof(*VirtualMap) || MemoryMapSize % DescriptorSize)
		return EFI_INVALID_PARAMETER;
	runtime.map = (const uint8_t *)VirtualMap;
	runtime.map_size = MemoryMapSize;
	runtime.descriptor_size = DescriptorSize;
	if (!complete(&distance)) {
		runtime.map = NULL;
		return EFI_NO_MAPPING;
	}
	runtime.virtual_map = true;
	for (struct efi_runtime_event *event = runtime.events; event; event = event->next)
		event->notify(event->event, event->context);
	move(distance);
	runtime.map = NULL;
	runtime.events = NULL;
	return EFI_SUCCESS;
}
