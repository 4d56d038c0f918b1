/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runtime services after ExitBootServices (UEFI 2.10, chapter 8), as an operating system uses them: at their own addresses
 * first, then by SetVirtualAddressMap at others, on page tables of ours in which the old addresses are gone. Prints on
 * the serial port itself and turns the machine off by ResetSystem.
 */
#include "tests/efi-apps/runtime.h"

#include "efi/protocol/tables.h"
#include "tests/efi-apps/app.h"
#include "tests/efi-apps/resident.h"

__asm__(".section .rodata\n"
	".balign 16\n"
	"driver: .incbin \"resident.efi\"\n"
	"driver_end:\n"
	".previous\n");
extern const uint8_t driver[] __attribute__((visibility("hidden")));
extern const uint8_t driver_end[] __attribute__((visibility("hidden")));

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define NAME_MAX 256
#define MAP_MAX 65536
#define RUNTIME_MAX 64 /* runtime entries of a map; OVMF has 20 */

static struct efi_guid mine = EFI_GUID(4f1d9c02, 77b3, 4a60, 9d, 18, 20, 5b, c6, e1, 33, 7b);
static const struct efi_guid properties_guid = EFI_RT_PROPERTIES_TABLE_GUID;
static uint8_t map[MAP_MAX] __attribute__((aligned(8)));
static uint64_t map_size, step;
static struct efi_memory_descriptor runtime_map[RUNTIME_MAX + 1];
static uint32_t runtime_count;
static uint32_t supported = 0x3fff;
static int ours; /* asked while the vendor's name is where it was */

static uint32_t crc32_of(const void *data, uint64_t size)
{
	const uint8_t *byte = data;
	uint32_t crc = ~0u;

	for (uint64_t i = 0; i < size; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static int sealed(struct efi_table_header *header)
{
	uint32_t crc = header->CRC32, right;

	header->CRC32 = 0;
	right = crc32_of(header, header->HeaderSize);
	header->CRC32 = crc;
	return crc == right;
}

/* ---- before ---- */

static uint64_t told;
static efi_status told_status;
static void *vendor; /* what the event converts */

static void EFIAPI moved(efi_event event, void *context)
{
	void *null = 0, *nowhere = (void *)(uintptr_t)0x123456789000;

	(void)event;
	(void)context;
	told++;
	vendor = app_system->FirmwareVendor;
	told_status = rs->ConvertPointer(0, &vendor);
	is(rs->ConvertPointer(0, NULL), EFI_INVALID_PARAMETER, "convert: nothing");
	is(rs->ConvertPointer(0, &null), EFI_INVALID_PARAMETER, "convert: NULL");
	is(rs->ConvertPointer(EFI_OPTIONAL_PTR, &null), EFI_SUCCESS, "convert: NULL, optional");
	is(rs->ConvertPointer(0, &nowhere), EFI_NOT_FOUND, "convert: what is not mapped");
}

static void prepare(void)
{
	efi_event event;

	ours = app_is_cadastre();
	for (uint64_t i = 0; i < app_system->NumberOfTableEntries; i++)
		if (!memcmp(&app_system->ConfigurationTable[i].VendorGuid, &properties_guid, 16))
			supported =
				((struct efi_rt_properties_table *)app_system->ConfigurationTable[i]
					 .VendorTable)
					->RuntimeServicesSupported;
	is(rs->SetVariable(u"Hidden", &mine, BS, 1, (void *)(uintptr_t) "h"), EFI_SUCCESS,
	   "before: a hidden variable");
	is(rs->SetVariable(u"Volatile", &mine, BS | RT, 5, (void *)(uintptr_t) "hello"),
	   EFI_SUCCESS, "before: a volatile one");
	is(rs->SetVariable(u"Kept", &mine, NV | BS | RT, 4, (void *)(uintptr_t) "kept"),
	   EFI_SUCCESS, "before: a non-volatile one");
	is(rs->SetVirtualAddressMap(sizeof(runtime_map[0]), sizeof(runtime_map[0]), 1, runtime_map),
	   EFI_UNSUPPORTED, "before: no virtual addresses");
	is(bs->CreateEvent(EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE, TPL_NOTIFY, moved, NULL, &event),
	   EFI_SUCCESS, "before: an event");
}

static struct resident *resident;

static void load_driver(void)
{
	static const struct efi_guid guid = RESIDENT_GUID;
	efi_handle image;

	is(bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)driver,
			 (uint64_t)(driver_end - driver), &image),
	   EFI_SUCCESS, "driver: loaded");
	is(bs->StartImage(image, NULL, NULL), EFI_SUCCESS, "driver: started");
	is(bs->LocateProtocol(&guid, NULL, (void **)&resident), EFI_SUCCESS, "driver: found");
	is(resident->answer(20), 42, "driver: answers");
}

static int leave(void)
{
	uint64_t key;
	uint32_t version;
	efi_status status = EFI_INVALID_PARAMETER;

	for (int i = 0; i < 3 && status; i++) {
		map_size = sizeof(map);
		if (bs->GetMemoryMap(&map_size, map, &key, &step, &version))
			return 0;
		status = bs->ExitBootServices(app_handle, key);
	}
	return !status;
}

/* The entries with EFI_MEMORY_RUNTIME, where they are to be. */
static void choose(void)
{
	for (uint64_t at = 0; at < map_size; at += step) {
		const struct efi_memory_descriptor *d = (void *)(map + at);

		if (!(d->Attribute & EFI_MEMORY_RUNTIME) || runtime_count == RUNTIME_MAX)
			continue;
		runtime_map[runtime_count] = *d;
		runtime_map[runtime_count++].VirtualStart = d->PhysicalStart + VIRTUAL_OFFSET;
	}
}

/* ---- after, at either addresses ---- */

static struct efi_system_table *table;

static int get(const CHAR16 *name, const char *text)
{
	char value[16];
	uint64_t size = sizeof(value), length = 0;

	while (text[length])
		length++;
	return !table->RuntimeServices->GetVariable((CHAR16 *)(uintptr_t)name, &mine, NULL, &size,
						    value) &&
	       size == length && !memcmp(value, text, size);
}

static void check_names(void)
{
	struct efi_runtime_services *services = table->RuntimeServices;
	CHAR16 name[NAME_MAX] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(name);
	uint32_t seen = 0, hidden = 0, wrong = 0;
	efi_status status;

	while (!(status = services->GetNextVariableName(&size, name, &guid))) {
		uint32_t attributes = 0;

		size = 0;
		services->GetVariable(name, &guid, &attributes, &size, NULL);
		wrong += !(attributes & RT);
		seen += !memcmp(name, u"Volatile", 18) || !memcmp(name, u"Kept", 10);
		hidden += !memcmp(name, u"Hidden", 14);
		size = sizeof(name);
	}
	is(status, EFI_NOT_FOUND, "names: to the end");
	ok(seen == 2 && !hidden && !wrong, "names: those of run time");
}

static void check_variables(void)
{
	struct efi_runtime_services *services = table->RuntimeServices;
	uint64_t size = 0, all, left, one;
	efi_status status;

	is(services->GetVariable(u"Hidden", &mine, NULL, &size, NULL), EFI_NOT_FOUND,
	   "variables: the hidden one");
	ok(get(u"Volatile", "hello"), "variables: the volatile one");
	check_names();
	is(services->QueryVariableInfo(NV | BS, &all, &left, &one), EFI_INVALID_PARAMETER,
	   "variables: query of the hidden");
	is(services->QueryVariableInfo(NV | BS | RT, &all, &left, &one), EFI_SUCCESS,
	   "variables: query of the others");
	if (!(supported & EFI_RT_SUPPORTED_SET_VARIABLE)) {
		status = services->SetVariable(u"Kept", &mine, NV | BS | RT, 1, &size);
		is(status, EFI_UNSUPPORTED, "variables: set, as the properties say");
		ok(get(u"Kept", "kept"), "variables: unchanged");
		return;
	}
	status = services->SetVariable(u"Kept", &mine, NV | BS | RT, 3, (void *)(uintptr_t) "new");
	ok(!status && get(u"Kept", "new"), "variables: set");
	status = services->SetVariable(u"Kept", &mine, NV | BS | RT, 4, (void *)(uintptr_t) "kept");
	ok(!status && get(u"Kept", "kept"), "variables: set back");
	is(services->SetVariable(u"Volatile", &mine, BS | RT, 1, &size), EFI_WRITE_PROTECTED,
	   "variables: a volatile one is read-only");
	is(services->SetVariable(u"New", &mine, BS | RT, 1, &size), EFI_INVALID_PARAMETER,
	   "variables: no new volatile one");
	is(services->SetVariable(u"New", &mine, NV | BS, 1, &size), EFI_INVALID_PARAMETER,
	   "variables: no new hidden one");
	is(services->SetVariable(u"New", &mine, NV | BS | RT, 1, &size), EFI_SUCCESS,
	   "variables: a new one");
	is(services->SetVariable(u"New", &mine, 0, 0, NULL), EFI_SUCCESS, "variables: deleted");
}

static void check_services(void)
{
	struct efi_runtime_services *services = table->RuntimeServices;
	struct efi_time_capabilities can;
	struct efi_time time;
	uint32_t high;

	ok(sealed(&table->Hdr) && sealed(&services->Hdr), "tables: checksums");
	ok(!table->BootServices && !table->ConIn && !table->ConOut && !table->StdErr,
	   "tables: nothing of boot services");
	check_variables();
	is(services->GetTime(&time, &can), EFI_SUCCESS, "time: got");
	ok(time.Year >= 2024 && time.Month >= 1 && time.Month <= 12, "time: of these days");
	is(services->SetTime(&time), EFI_SUCCESS, "time: set");
	is(services->SetTime(NULL), EFI_INVALID_PARAMETER, "time: set to nothing");
	if (!(supported & EFI_RT_SUPPORTED_SET_WAKEUP_TIME))
		is(services->SetWakeupTime(1, &time), EFI_UNSUPPORTED,
		   "wake-up: as the properties say");
	if (!(supported & EFI_RT_SUPPORTED_GET_NEXT_HIGH_MONOTONIC_COUNT))
		is(services->GetNextHighMonotonicCount(&high), EFI_UNSUPPORTED,
		   "count: as the properties say");
}

/* What must be refused, and changes nothing. EDK2 looks at the first three only, and takes what is left. */
static void check_refusals(void)
{
	uint64_t one = sizeof(runtime_map[0]), size = runtime_count * one;

	is(rs->SetVirtualAddressMap(size, one - 1, 1, runtime_map), EFI_INVALID_PARAMETER,
	   "virtual: small descriptors");
	is(rs->SetVirtualAddressMap(size, one, 2, runtime_map), EFI_INVALID_PARAMETER,
	   "virtual: another version");
	if (!ours)
		return;
	is(rs->SetVirtualAddressMap(size - one, one, 1, runtime_map), EFI_NO_MAPPING,
	   "virtual: the last is missing");
	is(rs->SetVirtualAddressMap(size - one, one, 1, runtime_map + 1), EFI_NO_MAPPING,
	   "virtual: the first is missing");
	runtime_map[runtime_count] = runtime_map[0];
	runtime_map[runtime_count].PhysicalStart = UINT64_C(0x7000000000);
	is(rs->SetVirtualAddressMap(size + one, one, 1, runtime_map), EFI_NOT_FOUND,
	   "virtual: one that is not in the map");
	is(told, 0, "virtual: nobody was told");
}

static void go_virtual(void)
{
	uint64_t old = (uint64_t)(uintptr_t)app_system->FirmwareVendor;
	efi_status status;

	check_refusals();
	runtime_tables_use();
	status = rs->SetVirtualAddressMap(runtime_count * sizeof(runtime_map[0]),
					  sizeof(runtime_map[0]), 1, runtime_map);
	is(status, EFI_SUCCESS, "virtual: set");
	for (uint32_t i = 0; i < runtime_count; i++)
		runtime_tables_remove(runtime_map[i].PhysicalStart, runtime_map[i].NumberOfPages);
	table = (void *)((uintptr_t)app_system + VIRTUAL_OFFSET);
	ok(told == 1 && !told_status && (uint64_t)(uintptr_t)vendor == old + VIRTUAL_OFFSET,
	   "virtual: the event was told, and could convert");
	ok((uint64_t)(uintptr_t)table->FirmwareVendor == old + VIRTUAL_OFFSET &&
		   (uint64_t)(uintptr_t)table->RuntimeServices ==
			   (uint64_t)(uintptr_t)rs + VIRTUAL_OFFSET,
	   "virtual: the table's pointers");
}

void app_main(void)
{
	prepare();
	load_driver();
	if (!leave()) {
		ok(0, "ExitBootServices");
		return;
	}
	app_serial = runtime_serial;
	ok(1, "after ExitBootServices");
	choose();
	table = app_system;
	check_services();
	is(resident->answer(1), 4, "driver: answers after ExitBootServices");
	go_virtual();
	check_services();
	resident = (void *)((uintptr_t)resident + VIRTUAL_OFFSET);
	is(resident->answer(2), 6, "driver: answers at the new address");
	rs = table->RuntimeServices;
	/* 8.4.1: its pointer need not be converted, and EDK2's is not. */
	if (ours)
		is(rs->SetVirtualAddressMap(0, sizeof(runtime_map[0]), 1, runtime_map),
		   EFI_UNSUPPORTED, "virtual: not twice");
	app_plan();
	rs->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
}
