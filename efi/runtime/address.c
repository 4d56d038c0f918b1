/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetVirtualAddressMap and ConvertPointer (UEFI 2.10, 8.4). The region moves as one: its own relocations are applied once more by
 * the distance, and the few pointers that were stored at run time are converted one by one. Part of the runtime region.
 */
#include "efi/runtime/internal.h"
#include "lib/bytes.h"
#include "lib/crc32.h"

/* Made by runtime.ld; hidden, so that their addresses are distances from here. */
extern const uint8_t region_start[], region_end[];
struct rela {
	uint64_t offset, info, addend;
};
extern const struct rela region_rela[], region_rela_end[];

/* A list of descriptors: the caller's map, or ours as it was at ExitBootServices. */
struct list {
	const uint8_t *at;
	uint64_t size, step;
	uint64_t wanted; /* attributes that an entry must have to count */
};

/* The entry of the list in which the address lies, or NULL. */
static const struct efi_memory_descriptor *find(const struct list *list, uint64_t address)
{
	for (uint64_t at = 0; at + list->step <= list->size; at += list->step) {
		const struct efi_memory_descriptor *entry = (const void *)(list->at + at);

		if ((entry->Attribute & list->wanted) == list->wanted &&
		    address >= entry->PhysicalStart &&
		    (address - entry->PhysicalStart) / EFI_PAGE_SIZE < entry->NumberOfPages)
			return entry;
	}
	return NULL;
}

/* Whether each page of what the one list has with EFI_MEMORY_RUNTIME is in the other. */
static bool covers(const struct list *list, const struct list *what)
{
	for (uint64_t at = 0; at + what->step <= what->size; at += what->step) {
		const struct efi_memory_descriptor *entry = (const void *)(what->at + at);
		const struct efi_memory_descriptor *found;
		uint64_t page = 0;

		while (entry->Attribute & EFI_MEMORY_RUNTIME && page < entry->NumberOfPages) {
			uint64_t address = entry->PhysicalStart + page * EFI_PAGE_SIZE;

			found = find(list, address);
			if (!found)
				return false;
			page += found->NumberOfPages -
				(address - found->PhysicalStart) / EFI_PAGE_SIZE;
		}
	}
	return true;
}

/* The new address of what lies at `address`: false when the map has no virtual address for it. */
static bool convert(uint64_t address, uint64_t *to)
{
	const struct list map = {runtime.map, runtime.map_size, runtime.descriptor_size,
				 EFI_MEMORY_RUNTIME};
	const struct efi_memory_descriptor *entry = find(&map, address);

	if (entry)
		*to = entry->VirtualStart + (address - entry->PhysicalStart);
	return entry;
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

	if (!Address || (!*Address && !(DebugDisposition & EFI_OPTIONAL_PTR)))
		return EFI_INVALID_PARAMETER;
	if (!runtime.map)
		return EFI_UNSUPPORTED;
	if (!*Address)
		return EFI_SUCCESS;
	if (!convert((uint64_t)(uintptr_t)*Address, &to))
		return EFI_NOT_FOUND;
	*Address = (void *)(uintptr_t)to;
	return EFI_SUCCESS;
}

/* Whether all that we have has somewhere to go, and the region stays in one piece. */
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
	       convertible((void *)(uintptr_t)runtime.given.machine.rtc) &&
	       convertible(runtime.variables.device.link.buffer) &&
	       convertible((void *)(uintptr_t)runtime.variables.device.link.base) &&
	       (!runtime.flash.area || convertible((void *)(uintptr_t)runtime.flash.flash.base));
}

/* 8.4.1: EFI_NO_MAPPING for what the caller leaves out, EFI_NOT_FOUND for what there is not. */
static efi_status judge(uint64_t *distance)
{
	const struct runtime_exit *known = &runtime.at_exit;
	const struct list given = {runtime.map, runtime.map_size, runtime.descriptor_size,
				   EFI_MEMORY_RUNTIME};
	/* What the caller maps need not be runtime memory: Linux keeps tables in boot services data that way. */
	const struct list ours = {(const uint8_t *)known->map,
				  known->map_count * sizeof(known->map[0]), sizeof(known->map[0]),
				  0};

	if (!covers(&given, &ours) || !complete(distance))
		return EFI_NO_MAPPING;
	return !known->map_count || covers(&ours, &given) ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static void seal(struct efi_table_header *header)
{
	header->CRC32 = 0;
	header->CRC32 = crc32_more(0, header, header->HeaderSize);
}

/* 8.4.1: the pointers of a runtime driver, but for those that it has converted itself, when its event was told. */
static void move_image(const struct efi_runtime_image *image)
{
	uint64_t to;

	for (uint64_t i = 0; i < image->count; i++) {
		uint8_t *at = (uint8_t *)(uintptr_t)(image->base + image->pointers[i].at);

		if (convert(image->base, &to) && le64_load(at) == image->pointers[i].value)
			le64_store(at, image->pointers[i].value + (to - image->base));
	}
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
	convert_pointer(&runtime.variables.store.backend);
	convert_pointer(&runtime.variables.device.link.base);
	convert_pointer(&runtime.variables.device.link.buffer);
	convert_pointer(&runtime.given.machine.rtc);
	if (runtime.flash.area)
		convert_pointer(&runtime.flash.flash.base);
	seal(&services->Hdr);
	seal(&table->Hdr);
}

efi_status EFIAPI runtime_set_virtual_address_map(uint64_t MemoryMapSize, uint64_t DescriptorSize,
						  uint32_t DescriptorVersion,
						  struct efi_memory_descriptor *VirtualMap)
{
	uint64_t distance;
	efi_status status;

	if (!runtime.variables.at_runtime || runtime.virtual_map)
		return EFI_UNSUPPORTED;
	if (!VirtualMap || DescriptorVersion != EFI_MEMORY_DESCRIPTOR_VERSION ||
	    DescriptorSize < sizeof(*VirtualMap) || MemoryMapSize % DescriptorSize)
		return EFI_INVALID_PARAMETER;
	runtime.map = (const uint8_t *)VirtualMap;
	runtime.map_size = MemoryMapSize;
	runtime.descriptor_size = DescriptorSize;
	status = judge(&distance);
	if (EFI_ERROR(status)) {
		runtime.map = NULL;
		return status;
	}
	runtime.virtual_map = true;
	for (struct efi_runtime_event *event = runtime.at_exit.events; event; event = event->next)
		event->notify(event->event, event->context);
	for (struct efi_runtime_image *image = runtime.at_exit.images; image; image = image->next)
		move_image(image);
	move(distance);
	runtime.map = NULL;
	runtime.at_exit.events = NULL;
	runtime.at_exit.images = NULL;
	return EFI_SUCCESS;
}
