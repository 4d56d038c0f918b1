/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rights of memory as EFI shows them; see memory_attributes.h. The rights are the map's `attrs`, and nothing here
 * remembers them.
 */
#include "efi/event.h"
#include "efi/memory.h"
#include "efi/memory_attributes.h"
#include "efi/pool.h"
#include "efi/protocol/tables.h"
#include "efi/table.h"
#include "lib/bytes.h"
#include "mem/pages.h"

#define RIGHTS (EFI_MEMORY_RP | EFI_MEMORY_XP | EFI_MEMORY_RO)
/* The layout of version 2 is the same but for Flags, and Linux before 6.4 complains of its number. */
#define MAT_VERSION 1
#define MAT_SPARE 8 /* entries beyond those of now, so that most changes need no new table */

static const struct efi_guid mat_guid = EFI_MEMORY_ATTRIBUTES_TABLE_GUID;
static struct efi_memory_attributes_table *mat;
static uint64_t mat_room;
static bool mat_wanted;

/* ---- rights ---- */

static uint64_t rights_from_attrs(uint8_t attrs)
{
	return (attrs & MEM_R ? 0 : EFI_MEMORY_RP) | (attrs & MEM_W ? 0 : EFI_MEMORY_RO) |
	       (attrs & MEM_X ? 0 : EFI_MEMORY_XP);
}

static uint8_t attrs_of_rights(uint64_t rights)
{
	return (uint8_t)((rights & EFI_MEMORY_RP ? MEM_R : 0) |
			 (rights & EFI_MEMORY_RO ? MEM_W : 0) |
			 (rights & EFI_MEMORY_XP ? MEM_X : 0));
}

/* ---- EFI_MEMORY_ATTRIBUTES_TABLE ---- */

static uint64_t look_runtime(const struct mem_props *props)
{
	if (!efi_memory_type_is_runtime(props->type) || props->owner <= MEM_OWNER_FREE)
		return 0;
	return props->type << 8 | props->attrs;
}

static uint64_t write_entries(struct efi_memory_attributes_table *table, uint64_t room)
{
	struct pages pages;
	struct pages_run run;
	uint64_t count = 0;

	pages_begin(&pages, memmap_system(), 0, 0, look_runtime);
	while (pages_next(&pages, &run)) {
		if (!look_runtime(&run.props))
			continue;
		if (count < room)
			table->Entry[count] = (struct efi_memory_descriptor){
				.Type = run.props.type,
				.PhysicalStart = run.base,
				.NumberOfPages = (run.end - run.base) / PAGE_SIZE,
				.Attribute =
					EFI_MEMORY_RUNTIME | rights_from_attrs(run.props.attrs),
			};
		count++;
	}
	return count;
}

static void mat_drop(void)
{
	if (!mat)
		return;
	efi_install_configuration_table(&mat_guid, NULL);
	efi_free_pool(mat);
	mat = NULL;
	mat_room = 0;
}

void efi_memory_attributes_refresh(void)
{
	uint64_t count;
	void *table;

	if (!mat_wanted)
		return;
	count = write_entries(mat, mat_room);
	if (count > mat_room || !mat) {
		mat_drop();
		if (efi_allocate_pool(EfiBootServicesData,
				      sizeof(*mat) + (count + MAT_SPARE) * sizeof(mat->Entry[0]),
				      &table))
			return;
		mat = table;
		mat_room = count + MAT_SPARE;
		count = write_entries(mat, mat_room);
		mat->Version = MAT_VERSION;
		mat->DescriptorSize = sizeof(mat->Entry[0]);
		mat->Flags = 0;
		if (efi_install_configuration_table(&mat_guid, mat)) {
			efi_free_pool(mat);
			mat = NULL;
			mat_room = 0;
			return;
		}
	}
	mat->NumberOfEntries = (uint32_t)count;
}

void efi_memory_attributes_start(void)
{
	mat_wanted = true;
	efi_memory_attributes_refresh();
}

void efi_memory_attributes_stop(void)
{
	mat_wanted = false;
	mat_drop();
}

void efi_memory_attributes_forget(void)
{
	mat_wanted = false;
	mat = NULL;
	mat_room = 0;
}

/* ---- EFI_MEMORY_ATTRIBUTE_PROTOCOL ---- */

static efi_status check_range(uint64_t base, uint64_t length)
{
	if (!length)
		return EFI_INVALID_PARAMETER;
	if ((base | length) % EFI_PAGE_SIZE || length - 1 > UINT64_MAX - base)
		return EFI_UNSUPPORTED;
	return EFI_SUCCESS;
}

/* EFI's map may be changed in this range: EFI_SUCCESS, else why not. */
static efi_status check_owner(uint64_t base, uint64_t length)
{
	struct mem_region region;
	efi_status status = EFI_SUCCESS;

	memmap_find(memmap_system(), base, &region);
	for (;;) {
		if (region.props.owner <= MEM_OWNER_FREE)
			return EFI_UNSUPPORTED;
		if (region.props.owner != MEM_OWNER_EFI)
			status = EFI_ACCESS_DENIED;
		if (region.end == 0 || region.end - base >= length)
			return status;
		memmap_next(memmap_system(), &region);
	}
}

static efi_status change(uint64_t base, uint64_t length, uint64_t rights,
			 struct mem_attrs_change attrs)
{
	efi_status status = check_range(base, length);

	if (!rights || rights & ~RIGHTS)
		return EFI_INVALID_PARAMETER;
	if (!EFI_ERROR(status))
		status = check_owner(base, length);
	if (EFI_ERROR(status))
		return status;
	return efi_pages_change_attrs(base, length / PAGE_SIZE, MEM_OWNER_EFI, attrs);
}

static efi_status EFIAPI get_memory_attributes(struct efi_memory_attribute_protocol *This,
					       uint64_t BaseAddress, uint64_t Length,
					       uint64_t *Attributes)
{
	efi_status status = check_range(BaseAddress, Length);
	struct mem_region region;
	uint64_t rights;

	if (!This || !Attributes)
		return EFI_INVALID_PARAMETER;
	if (EFI_ERROR(status))
		return status;
	memmap_find(memmap_system(), BaseAddress, &region);
	if (region.props.owner == MEM_OWNER_HOLE)
		return EFI_UNSUPPORTED;
	rights = rights_from_attrs(region.props.attrs);
	while (region.end && region.end - BaseAddress < Length) {
		memmap_next(memmap_system(), &region);
		if (region.props.owner == MEM_OWNER_HOLE)
			return EFI_UNSUPPORTED;
		if (rights_from_attrs(region.props.attrs) != rights)
			return EFI_NO_MAPPING;
	}
	*Attributes = rights;
	return EFI_SUCCESS;
}

static efi_status EFIAPI set_memory_attributes(struct efi_memory_attribute_protocol *This,
					       uint64_t BaseAddress, uint64_t Length,
					       uint64_t Attributes)
{
	if (!This)
		return EFI_INVALID_PARAMETER;
	return change(BaseAddress, Length, Attributes,
		      (struct mem_attrs_change){.off = attrs_of_rights(Attributes)});
}

static efi_status EFIAPI clear_memory_attributes(struct efi_memory_attribute_protocol *This,
						 uint64_t BaseAddress, uint64_t Length,
						 uint64_t Attributes)
{
	if (!This)
		return EFI_INVALID_PARAMETER;
	return change(BaseAddress, Length, Attributes,
		      (struct mem_attrs_change){.on = attrs_of_rights(Attributes)});
}

struct efi_memory_attribute_protocol efi_memory_attribute_protocol = {
	.GetMemoryAttributes = get_memory_attributes,
	.SetMemoryAttributes = set_memory_attributes,
	.ClearMemoryAttributes = clear_memory_attributes,
};
