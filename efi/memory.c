/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI's memory services: claims and readings of the one map; see memory.h. They may be called at up to
 * TPL_NOTIFY, and hold that level while they touch the map, so that no notification sees it half made.
 */
#include <errno.h>
#include <string.h>

#include "efi/event.h"
#include "efi/memory.h"
#include "efi/memory_attributes.h"
#include "efi/platform.h"
#include "lib/bytes.h"
#include "mem/pages.h"

#define EFI_RAM_ATTRIBUTES (EFI_MEMORY_UC | EFI_MEMORY_WC | EFI_MEMORY_WT | EFI_MEMORY_WB)

static struct {
	bool lenient; /* the running image is not NX_COMPAT */
	bool frozen;
	uint32_t io_count;
	struct {
		uint64_t base;
		uint64_t pages;
	} io[EFI_RUNTIME_IO_MAX];
} state;

/* ---- types and policy ---- */

bool efi_memory_type_is_valid(uint32_t type)
{
	if (type >= EFI_MEMORY_TYPE_OEM_MIN)
		return true;
	return type < EfiMaxMemoryType && type != EfiConventionalMemory &&
	       type != EfiPersistentMemory && type != EfiUnacceptedMemoryType;
}

bool efi_memory_type_is_runtime(uint32_t type)
{
	return type == EfiRuntimeServicesCode || type == EfiRuntimeServicesData;
}

/* 2.3.6.1: a 64 KiB page that holds one of these types must look the same all over. */
uint64_t efi_memory_granule(uint32_t type)
{
	if (efi_memory_type_is_runtime(type) || type == EfiReservedMemoryType ||
	    type == EfiACPIMemoryNVS)
		return efi_platform_runtime_granule();
	return PAGE_SIZE;
}

/* What is for the loader and for boot services is the operating system's after ExitBootServices. */
static enum mem_life type_life(uint32_t type)
{
	switch (type) {
	case EfiLoaderCode:
	case EfiLoaderData:
	case EfiBootServicesCode:
	case EfiBootServicesData:
		return MEM_LIFE_SESSION;
	default:
		return type >= EFI_MEMORY_TYPE_OS_MIN ? MEM_LIFE_SESSION : MEM_LIFE_FOREVER;
	}
}

struct mem_props efi_memory_policy(uint32_t type, enum mem_owner owner, const char *tag)
{
	uint8_t attrs = MEM_RW;

	if (type == EfiLoaderCode || type == EfiBootServicesCode || type == EfiRuntimeServicesCode)
		attrs |= MEM_X;
	if (type == EfiLoaderData && state.lenient)
		attrs |= MEM_X;
	return mem_props_make(type, owner, type_life(type), attrs, 0, tag);
}

bool efi_memory_set_strict(bool strict)
{
	bool old = !state.lenient;

	state.lenient = !strict;
	return old;
}

/* ---- claims ---- */

static efi_status from_errno(int error)
{
	if (!error)
		return EFI_SUCCESS;
	return error == -ENOMEM ? EFI_OUT_OF_RESOURCES : EFI_NOT_FOUND;
}

/* After each change of the map that EFI makes; `runtime`: memory of runtime services was in it. */
static efi_status changed(int error, bool runtime)
{
	if (!error) {
		if (runtime)
			efi_memory_attributes_refresh();
		efi_event_memory_map_changed();
	}
	return from_errno(error);
}

/* Whether runtime services have some of what lies between the region's base and end; it becomes the last region there. */
static bool has_runtime(struct mem_region *region, uint64_t end)
{
	bool runtime = efi_memory_type_is_runtime(region->props.type);

	while (region->end - 1 < end - 1) {
		memmap_next(memmap_system(), region);
		runtime |= efi_memory_type_is_runtime(region->props.type);
	}
	return runtime;
}

efi_status efi_pages_claim(const struct efi_pages_request *request, uint64_t *base)
{
	uint64_t granule = efi_memory_granule(request->props.type);
	struct mem_request want = {.size = request->pages * PAGE_SIZE, .props = request->props};
	efi_tpl tpl;
	int error;

	want.align = request->align > granule ? request->align : granule;
	want.size = align_up(want.size, granule);
	if (state.frozen || !request->pages || request->pages >= UINT64_MAX / PAGE_SIZE - 16 ||
	    !efi_platform_may_allocate())
		return EFI_OUT_OF_RESOURCES;
	tpl = efi_lock();
	error = memmap_claim(memmap_system(), &want, base);
	efi_unlock(tpl);
	return changed(error, efi_memory_type_is_runtime(want.props.type));
}

efi_status efi_pages_release(uint64_t base, uint64_t pages, enum mem_owner owner)
{
	uint64_t end = base + pages * PAGE_SIZE;
	struct mem_region region;
	bool runtime;
	efi_tpl tpl;
	int error;

	/* What came by the granule goes by it: each end by the type that lies there. */
	memmap_find(memmap_system(), base, &region);
	if (region.props.owner == owner && base % efi_memory_granule(region.props.type))
		return EFI_INVALID_PARAMETER;
	runtime = has_runtime(&region, end);
	end = align_up(end, efi_memory_granule(region.props.type));
	tpl = efi_lock();
	error = memmap_release(memmap_system(), base, end - base, owner);
	efi_unlock(tpl);
	return changed(error, runtime);
}

efi_status efi_pages_change_attrs(uint64_t base, uint64_t pages, enum mem_owner owner,
				  struct mem_attrs_change change)
{
	efi_tpl tpl = efi_lock();
	int error = memmap_change_attrs(memmap_system(), base, pages * PAGE_SIZE, owner, change);
	struct mem_region region;

	efi_unlock(tpl);
	memmap_find(memmap_system(), base, &region);
	/* Rights are no part of GetMemoryMap. */
	if (!error && has_runtime(&region, base + pages * PAGE_SIZE))
		efi_memory_attributes_refresh();
	return from_errno(error);
}

efi_status efi_pages_protect(uint64_t base, uint64_t pages, enum mem_owner owner, uint8_t attrs)
{
	return efi_pages_change_attrs(base, pages, owner,
				      (struct mem_attrs_change){.off = UINT8_MAX, .on = attrs});
}

/* ---- AllocatePages, FreePages ---- */

static efi_status allocate_address(const struct mem_props *props, uint64_t base, uint64_t pages)
{
	uint64_t granule = efi_memory_granule(props->type);
	uint64_t size = align_up(pages * PAGE_SIZE, granule);
	efi_tpl tpl;
	int error;

	if (!pages || base % granule || pages > (UINT64_MAX - base) / PAGE_SIZE ||
	    size > UINT64_MAX - base)
		return EFI_NOT_FOUND;
	if (!efi_platform_may_allocate())
		return EFI_OUT_OF_RESOURCES;
	tpl = efi_lock();
	error = memmap_claim_at(memmap_system(), base, size, props);
	efi_unlock(tpl);
	return changed(error, efi_memory_type_is_runtime(props->type));
}

static efi_status allocate_below(const struct mem_props *props, uint64_t max, uint64_t pages,
				 uint64_t *base)
{
	uint64_t granule = efi_memory_granule(props->type);
	struct mem_request want = {.align = granule, .max = max, .props = *props};
	efi_tpl tpl;
	int error;

	if (!pages || pages > UINT64_MAX / PAGE_SIZE - 16 || !max || !efi_platform_may_allocate())
		return EFI_OUT_OF_RESOURCES;
	want.size = align_up(pages * PAGE_SIZE, granule);
	tpl = efi_lock();
	error = memmap_claim(memmap_system(), &want, base);
	efi_unlock(tpl);
	return changed(error, efi_memory_type_is_runtime(props->type));
}

efi_status EFIAPI efi_allocate_pages(uint32_t Type, uint32_t MemoryType, uint64_t Pages,
				     uint64_t *Memory)
{
	struct mem_props props;

	if (!Memory || Type >= MaxAllocateType || !efi_memory_type_is_valid(MemoryType))
		return EFI_INVALID_PARAMETER;
	if (state.frozen)
		return EFI_UNSUPPORTED;
	props = efi_memory_policy(MemoryType, MEM_OWNER_EFI, "EFI pages");
	if (Type == AllocateAddress)
		return allocate_address(&props, *Memory, Pages);
	return allocate_below(&props, Type == AllocateAnyPages ? UINT64_MAX : *Memory, Pages,
			      Memory);
}

efi_status EFIAPI efi_free_pages(uint64_t Memory, uint64_t Pages)
{
	if (Memory % EFI_PAGE_SIZE || !Pages || Pages > (UINT64_MAX - Memory) / EFI_PAGE_SIZE)
		return EFI_INVALID_PARAMETER;
	if (state.frozen)
		return EFI_UNSUPPORTED;
	return efi_pages_release(Memory, Pages, MEM_OWNER_EFI);
}

/* ---- GetMemoryMap ---- */

#define LOOK_NONE 0 /* not in EFI's map: holes, device registers */

/* A region as EFI's map shows it, as one number: the type and the memory's kind, plus one. */
static uint64_t look_efi(const struct mem_props *props)
{
	uint64_t type = props->type;

	switch (memmap_os_kind(props)) {
	case MEM_OS_NOTHING:
	case MEM_OS_DEVICE:
		return LOOK_NONE;
	case MEM_OS_NOMAP:
		type = EfiReservedMemoryType;
		break;
	case MEM_OS_RESERVED:
		/* What must outlive us but is described as something the OS would take. */
		if (type >= EfiLoaderCode && type <= EfiBootServicesData)
			type = EfiReservedMemoryType;
		break;
	default:
		break;
	}
	return type + 1;
}

static uint64_t type_attributes(uint32_t type)
{
	uint64_t attributes = EFI_RAM_ATTRIBUTES;

	if (efi_memory_type_is_runtime(type))
		attributes |= EFI_MEMORY_RUNTIME;
	if (type == EfiPersistentMemory)
		attributes |= EFI_MEMORY_NV;
	return attributes;
}

/* Descriptors that still fit are written, all are counted. */
struct map_writer {
	struct efi_memory_descriptor *at;
	uint64_t room;
	uint64_t count;
	bool coarse; /* neighbours without EFI_MEMORY_RUNTIME are one, of the first one's type */
};

static void write_descriptor(struct map_writer *writer, const struct efi_memory_descriptor *d)
{
	struct efi_memory_descriptor *last = NULL;

	if (writer->coarse && writer->count && writer->count <= writer->room)
		last = &writer->at[writer->count - 1];
	if (last && !((last->Attribute | d->Attribute) & EFI_MEMORY_RUNTIME) &&
	    last->PhysicalStart + last->NumberOfPages * EFI_PAGE_SIZE == d->PhysicalStart) {
		last->NumberOfPages += d->NumberOfPages;
		return;
	}
	if (writer->count < writer->room)
		memcpy(&writer->at[writer->count], d, sizeof(*d));
	writer->count++;
}

/* The registers of runtime devices below `end` that have not been written; end 0: all that are left. */
static uint32_t write_runtime_io(struct map_writer *writer, uint32_t from, uint64_t end)
{
	while (from < state.io_count && (end == 0 || state.io[from].base < end)) {
		write_descriptor(writer, &(struct efi_memory_descriptor){
						 .Type = EfiMemoryMappedIO,
						 .PhysicalStart = state.io[from].base,
						 .NumberOfPages = state.io[from].pages,
						 .Attribute = EFI_MEMORY_UC | EFI_MEMORY_RUNTIME});
		from++;
	}
	return from;
}

static void write_map(struct map_writer *writer)
{
	struct pages pages;
	struct pages_run run;
	uint32_t io = 0;

	pages_begin(&pages, memmap_system(), 0, 0, look_efi);
	while (pages_next(&pages, &run)) {
		uint64_t look = look_efi(&run.props);

		if (look == LOOK_NONE)
			continue;
		io = write_runtime_io(writer, io, run.base + 1);
		write_descriptor(writer,
				 &(struct efi_memory_descriptor){
					 .Type = (uint32_t)(look - 1),
					 .PhysicalStart = run.base,
					 .NumberOfPages = (run.end - run.base) / PAGE_SIZE,
					 .Attribute = type_attributes((uint32_t)(look - 1))});
	}
	write_runtime_io(writer, io, 0);
}

efi_status EFIAPI efi_get_memory_map(uint64_t *MemoryMapSize, void *MemoryMap, uint64_t *MapKey,
				     uint64_t *DescriptorSize, uint32_t *DescriptorVersion)
{
	struct map_writer writer = {.at = MemoryMap};
	uint64_t size;
	uint64_t key;
	efi_tpl tpl;

	if (!MemoryMapSize)
		return EFI_INVALID_PARAMETER;
	size = *MemoryMapSize;
	writer.room = MemoryMap ? size / sizeof(*writer.at) : 0;
	tpl = efi_lock();
	write_map(&writer);
	key = memmap_key(memmap_system());
	efi_unlock(tpl);
	*MemoryMapSize = writer.count * sizeof(*writer.at);
	if (DescriptorSize)
		*DescriptorSize = sizeof(*writer.at);
	if (DescriptorVersion)
		*DescriptorVersion = EFI_MEMORY_DESCRIPTOR_VERSION;
	if (size < *MemoryMapSize)
		return EFI_BUFFER_TOO_SMALL;
	if (!MemoryMap)
		return EFI_INVALID_PARAMETER;
	if (MapKey)
		*MapKey = key;
	return EFI_SUCCESS;
}

uint64_t efi_memory_runtime_map(struct efi_memory_descriptor *to, uint64_t room)
{
	struct map_writer writer = {.at = to, .room = room, .coarse = true};

	write_map(&writer);
	return writer.count;
}

/* ---- the rest ---- */

efi_status efi_memory_add_runtime_io(uint64_t base, uint64_t size)
{
	uint64_t start = align_down(base, PAGE_SIZE);
	uint32_t at = state.io_count;

	if (at == EFI_RUNTIME_IO_MAX)
		return EFI_OUT_OF_RESOURCES;
	for (; at > 0 && state.io[at - 1].base > start; at--)
		state.io[at] = state.io[at - 1];
	state.io[at].base = start;
	state.io[at].pages = (align_up(base + size, PAGE_SIZE) - start) / PAGE_SIZE;
	state.io_count++;
	return EFI_SUCCESS;
}

bool efi_memory_key_is_current(uint64_t key)
{
	return key == memmap_key(memmap_system());
}

void efi_memory_freeze(void)
{
	state.frozen = true;
}

bool efi_memory_is_frozen(void)
{
	return state.frozen;
}

void efi_memory_reset(void)
{
	memset(&state, 0, sizeof(state));
}

void EFIAPI efi_copy_mem(void *Destination, void *Source, uint64_t Length)
{
	memmove(Destination, Source, Length);
}

void EFIAPI efi_set_mem(void *Buffer, uint64_t Size, uint8_t Value)
{
	memset(Buffer, Value, Size);
}
