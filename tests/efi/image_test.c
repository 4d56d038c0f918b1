/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/*
 * Images: LoadImage, StartImage, Exit, UnloadImage; see efi/image.h. The applications are functions below, reached through real PE
 * images. ExitBootServices is in exit_test.c, the tables in table_test.c, the way in from boot/ in api_test.c.
 */

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/memory.h"
#include "efi/pool.h"
#include "efi/protocol/device_path.h"
#include "efi/protocol/hii.h"
#include "efi/protocol/misc.h"
#include "efi/protocol/tables.h"
#include "tests/efi/images.h"

#define PAGE UINT64_C(4096)

static const struct efi_guid loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static const struct efi_guid test_guid =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0a);

/* ---- applications ---- */

static efi_status EFIAPI app_simple(efi_handle image, struct efi_system_table *table)
{
	struct efi_loaded_image_protocol *loaded;
	void *p;

	ran++;
	equal(table->BootServices->HandleProtocol(image, &loaded_guid, &p), EFI_SUCCESS,
	      "the loaded image protocol");
	loaded = p;
	ok(loaded->ParentHandle == efi_firmware_handle() && loaded->SystemTable == table,
	   "is filled in");
	equal(le64_load((uint8_t *)loaded->ImageBase + PE_DATA),
	      (uintptr_t)loaded->ImageBase + PE_DATA + 8, "it is relocated");
	equal(efi_image_current(), image, "it is the current image");
	equal(table->BootServices->StartImage(image, NULL, NULL), EFI_INVALID_PARAMETER,
	      "it cannot start itself");
	equal(table->BootServices->UnloadImage(image), EFI_UNSUPPORTED, "nor unload");
	return EFI_WARN_STALE_DATA;
}

/* An image that another starts needs a stack of its own. */
static efi_status EFIAPI app_starts_without_memory(efi_handle self, struct efi_system_table *table)
{
	efi_handle image = must_load((const void *)app_simple);

	(void)self;
	(void)table;
	machine_fail_at(1);
	equal(efi_start_image(image, NULL, NULL), EFI_OUT_OF_RESOURCES, "no memory for a stack");
	machine_fail_at(0);
	ok(efi_image_is(image), "the image stays");
	return efi_unload_image(image);
}

static bool exit_without_memory;

static efi_status EFIAPI app_exit(efi_handle image, struct efi_system_table *table)
{
	static const CHAR16 text[] = u"goodbye";
	CHAR16 *data;
	void *p;

	ran++;
	equal(table->BootServices->Exit((efi_handle)&ran, 0, 0, NULL), EFI_INVALID_PARAMETER,
	      "Exit of garbage");
	table->BootServices->AllocatePool(EfiLoaderData, sizeof(text), &p);
	data = memcpy(p, text, sizeof(text));
	table->BootServices->RaiseTPL(TPL_NOTIFY);
	table->BootServices->FreePool(p);
	machine_fail_at(exit_without_memory);
	data = (CHAR16 *)(uintptr_t)text;
	table->BootServices->Exit(image, EFI_ABORTED, sizeof(text), data);
	ok(0, "Exit came back");
	return 0;
}

static efi_status EFIAPI app_driver(efi_handle image, struct efi_system_table *table)
{
	ran++;
	return table->BootServices->InstallProtocolInterface(&image, &test_guid,
							     EFI_NATIVE_INTERFACE, &ran);
}

static efi_status EFIAPI app_leaves_timer(efi_handle image, struct efi_system_table *table)
{
	struct efi_loaded_image_protocol *loaded = efi_image_loaded(image);
	efi_event event;

	ran++;
	/* A function in the image itself. */
	table->BootServices->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK,
					 (efi_event_notify)((uintptr_t)loaded->ImageBase + PE_TEXT),
					 NULL, &event);
	table->BootServices->SetTimer(event, TimerPeriodic, 10);
	return 0;
}

static efi_handle outer;

static efi_status EFIAPI app_inner(efi_handle image, struct efi_system_table *table)
{
	ran++;
	(void)image;
	equal(table->BootServices->Exit(outer, 0, 0, NULL), EFI_INVALID_PARAMETER,
	      "Exit of one that waits");
	return EFI_NOT_READY;
}

static efi_status EFIAPI app_outer(efi_handle image, struct efi_system_table *table)
{
	efi_handle inner;
	efi_status status;

	ran++;
	outer = image;
	pe_make(file, (const void *)app_inner);
	status = table->BootServices->LoadImage(0, image, NULL, file, sizeof(file), &inner);
	equal(status, EFI_SUCCESS, "an image loads another");
	equal(table->BootServices->StartImage(inner, NULL, NULL), EFI_NOT_READY, "starts it");
	equal(efi_image_current(), image, "and goes on");
	status = table->BootServices->LoadImage(0, image, NULL, file, sizeof(file), &inner);
	equal(table->BootServices->Exit(inner, 0, 0, NULL), EFI_SUCCESS,
	      "Exit of one that was not started");
	ok(!efi_image_is(inner), "unloads it");
	return table->BootServices->Exit(image, EFI_TIMEOUT, 0, NULL);
}

/* ---- tests ---- */

static void test_load_errors(void)
{
	struct efi_device_path_protocol end = {
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {4, 0}};
	struct snapshot before;
	struct snapshot after;
	efi_handle firmware;
	efi_handle image = NULL;
	efi_handle other = NULL;

	start_efi();
	firmware = efi_firmware_handle();
	efi_install_protocol_interface(&other, &test_guid, 0, NULL);
	pe_make(file, (const void *)app_simple);
	before = machine_snapshot();
	equal(efi_load_image(0, firmware, NULL, file, sizeof(file), NULL), EFI_INVALID_PARAMETER,
	      "no ImageHandle");
	equal(efi_load_image(0, NULL, NULL, file, sizeof(file), &image), EFI_INVALID_PARAMETER,
	      "no parent");
	equal(efi_load_image(0, file, NULL, file, sizeof(file), &image), EFI_INVALID_PARAMETER,
	      "garbage for a parent");
	equal(efi_load_image(0, other, NULL, file, sizeof(file), &image), EFI_INVALID_PARAMETER,
	      "a parent that is no image");
	equal(efi_load_image(0, firmware, NULL, NULL, 0, &image), EFI_NOT_FOUND, "nothing to load");
	equal(efi_load_image(0, firmware, &end, NULL, 0, &image), EFI_NOT_FOUND,
	      "a path without a file");
	equal(efi_load_image(0, firmware, NULL, file, 0, &image), EFI_LOAD_ERROR, "an empty file");
	file[0] = 0;
	equal(load(&image), EFI_UNSUPPORTED, "no image");
	pe_make(file, NULL);
	le32_store(file + PE_SECTIONS + 12, 0);
	equal(load(&image), EFI_LOAD_ERROR, "a damaged image");
	pe_make(file, NULL);
	le32_store(file + 0x800, PE_IMAGE);
	equal(load(&image), EFI_LOAD_ERROR, "a damaged relocation");
	pe_make(file, NULL);
	le16_store(file + PE_AT + 22, 0x23);
	equal(load(&image), EFI_UNSUPPORTED, "an image for an address that is none");
	pe_make(file, NULL);
	le32_store(file + PE_OPTIONAL + 56, 0x7ffff000);
	equal(load(&image), EFI_OUT_OF_RESOURCES, "an image larger than RAM");
	equal(efi_start_image(file, NULL, NULL), EFI_INVALID_PARAMETER, "start: garbage");
	equal(efi_start_image(firmware, NULL, NULL), EFI_INVALID_PARAMETER, "start: no image");
	equal(efi_unload_image(other), EFI_INVALID_PARAMETER, "unload: no image");
	equal(efi_exit(other, 0, 0, NULL), EFI_INVALID_PARAMETER, "exit: no image");
	for (uint64_t cut = 0; cut < 0xa00; cut += 64) {
		pe_make(file, NULL);
		if (!EFI_ERROR(efi_load_image(0, firmware, NULL, file, cut ? cut : 1, &image)))
			ok(0, "an image that is cut");
	}
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
	pe_make(file, NULL);
	le16_store(file + PE_AT + 22, 0x23);
	le64_store(file + PE_OPTIONAL + 24, RAM_BASE + 0x100000);
	equal(load(&image), EFI_SUCCESS, "an image for a free address");
	equal(efi_image_loaded(image)->ImageBase, RAM_BASE + 0x100000, "is there");
	equal(load(&other), EFI_UNSUPPORTED, "a second one has no place");
	equal(efi_unload_image(image), EFI_SUCCESS, "unloaded");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static uint8_t attrs_at(uint64_t address)
{
	struct mem_region region;

	memmap_find(&machine_map, address, &region);
	return region.props.attrs;
}

static void test_rights(void)
{
	efi_handle image;
	uint64_t base;

	start_efi();
	image = must_load((const void *)app_simple);
	base = (uint64_t)(uintptr_t)efi_image_loaded(image)->ImageBase;
	equal(attrs_at(base), MEM_R, "headers may be read");
	equal(attrs_at(base + PE_TEXT), MEM_RX, "code executed");
	equal(attrs_at(base + PE_DATA), MEM_RW, "data written");
	equal(attrs_at(base + PE_DATA + PAGE), MEM_RW, "to its end");
	equal(attrs_at(base + PE_RELOC), MEM_R, "relocations read");
	efi_unload_image(image);
	pe_make(file, (const void *)app_simple);
	le32_store(file + PE_OPTIONAL + 32, 0x200);
	equal(load(&image), EFI_SUCCESS, "an image of small alignment");
	base = (uint64_t)(uintptr_t)efi_image_loaded(image)->ImageBase;
	equal(attrs_at(base), MEM_RW | MEM_X, "may everything");
	efi_unload_image(image);
	pe_make(file, (const void *)app_simple);
	le32_store(file + PE_OPTIONAL + 32, 0x10000);
	load(&image);
	equal((uintptr_t)efi_image_loaded(image)->ImageBase % 0x10000, 0,
	      "an image of 64 KiB alignment has it");
	efi_unload_image(image);
	pe_make(file, NULL);
	le16_store(file + PE_OPTIONAL + 68, 12);
	load(&image);
	equal(efi_image_loaded(image)->ImageCodeType, EfiRuntimeServicesCode,
	      "a runtime driver's type");
	equal(((struct efi_memory_attributes_table *)efi_configuration_table(
		       &(const struct efi_guid)EFI_MEMORY_ATTRIBUTES_TABLE_GUID))
		      ->NumberOfEntries,
	      5, "its four parts are in the memory attributes table");
	efi_unload_image(image);
}

static void test_start(void)
{
	struct snapshot before;
	struct snapshot after;
	uint64_t size = 9;
	CHAR16 *data = NULL;
	efi_handle image;

	start_efi();
	before = machine_snapshot();
	image = must_load((const void *)app_simple);
	equal(efi_start_image(image, &size, &data), EFI_WARN_STALE_DATA,
	      "an application returns its status");
	ok(ran == 1 && !size && !data, "without exit data");
	ok(!efi_image_is(image), "and is gone");
	/* HandleProtocol by the firmware is recorded on the handle, which is gone too. */
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");

	image = must_load((const void *)app_exit);
	equal(efi_start_image(image, &size, &data), EFI_ABORTED, "another leaves by Exit");
	equal(size, 16, "with data");
	ok(data && data[0] == u'g' && !data[7], "a text");
	equal(efi_current_tpl(), TPL_APPLICATION, "its raised level is taken back");
	efi_free_pool(data);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
	image = must_load((const void *)app_exit);
	equal(efi_start_image(image, NULL, NULL), EFI_ABORTED, "exit data that nobody wants");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "is freed");
	exit_without_memory = true;
	image = must_load((const void *)app_exit);
	equal(efi_start_image(image, &size, &data), EFI_ABORTED, "exit data without memory for it");
	ok(!size && !data, "is lost, and the application has ended all the same");
	exit_without_memory = false;
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");

	image = must_load((const void *)app_outer);
	ran = 0;
	equal(efi_start_image(image, NULL, NULL), EFI_TIMEOUT, "nested");
	equal(ran, 2, "both ran");
	equal(efi_image_current(), NULL, "the firmware is back");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");

	image = must_load((const void *)app_leaves_timer);
	equal(efi_start_image(image, NULL, NULL), 0, "one leaves a timer behind");
	machine_run(1000);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "it is closed");
	ran = 0;
	for (int i = 0; i < 100; i++) {
		image = must_load((const void *)(i & 1 ? app_exit : app_outer));
		efi_start_image(image, NULL, NULL);
	}
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "a hundred times leave the map equal");
	equal(efi_start_image(must_load((const void *)app_starts_without_memory), NULL, NULL), 0,
	      "the first image's stack is there");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static const struct efi_guid hii_guid = EFI_HII_PACKAGE_LIST_PROTOCOL_GUID;
static const struct efi_guid loaded_path_guid = EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID;

/* Resources of an HII package list without packages, in the data section. */
static void add_hii(void)
{
	uint8_t *rsrc = file + 0x640;

	le32_store(file + PE_OPTIONAL + 112 + 2 * 8, PE_DATA + 0x40);
	le32_store(file + PE_OPTIONAL + 112 + 2 * 8 + 4, 0x100);
	le16_store(rsrc + 12, 1);
	le32_store(rsrc + 16, 0x80000060);
	le32_store(rsrc + 20, 0x80000018);
	le16_store(rsrc + 0x18 + 14, 1);
	le32_store(rsrc + 0x18 + 20, 0x80000030);
	le16_store(rsrc + 0x30 + 14, 1);
	le32_store(rsrc + 0x30 + 20, 0x48);
	le32_store(rsrc + 0x48, PE_DATA + 0x40 + 0x80);
	le32_store(rsrc + 0x4c, 24);
	le16_store(rsrc + 0x60, 3);
	memcpy(rsrc + 0x62, u"HII", 6);
	le32_store(rsrc + 0x80 + 16, 24);
	le32_store(rsrc + 0x80 + 20, 4 | (uint32_t)EFI_HII_PACKAGE_END << 24);
}

/* 7.4.1, 9.2: what else is on an image's handle. */
static void test_handle(void)
{
	struct snapshot before, after;
	efi_handle image = NULL;
	uint8_t *base;
	void *p = file;

	start_efi();
	before = machine_snapshot();
	pe_make(file, (const void *)app_simple);
	add_hii();
	equal(load(&image), EFI_SUCCESS, "an image with HII packages");
	base = efi_image_loaded(image)->ImageBase;
	ok(efi_handle_interface(image, &hii_guid) == base + PE_DATA + 0xc0,
	   "has them on its handle");
	equal(efi_open_protocol(image, &loaded_path_guid, &p, image, NULL,
				EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	      EFI_SUCCESS, "and a device path protocol, though it came from memory");
	equal(p, NULL, "which is NULL");
	equal(efi_unload_image(image), EFI_SUCCESS, "unloaded");
	ok(!efi_handle_is(image), "the handle is gone");
	le32_store(file + 0x640 + 0x80 + 16, 25);
	equal(load(&image), EFI_SUCCESS, "one whose list is longer than its data");
	ok(!efi_handle_interface(image, &hii_guid), "has none");
	efi_unload_image(image);
	le32_store(file + PE_OPTIONAL + 112 + 2 * 8 + 4, PE_IMAGE);
	equal(load(&image), EFI_SUCCESS, "one whose resources end beyond it");
	ok(!efi_handle_interface(image, &hii_guid), "has none");
	efi_unload_image(image);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static efi_status EFIAPI unload_refuse(efi_handle image)
{
	(void)image;
	return EFI_ACCESS_DENIED;
}

static efi_status EFIAPI unload_agree(efi_handle image)
{
	return efi_uninstall_protocol_interface(image, &test_guid, &ran);
}

static void test_driver(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_handle image;

	start_efi();
	before = machine_snapshot();
	pe_make(file, (const void *)app_driver);
	le16_store(file + PE_OPTIONAL + 68, 11);
	load(&image);
	equal(efi_start_image(image, NULL, NULL), EFI_SUCCESS, "a driver");
	ok(efi_image_is(image), "stays");
	equal(efi_start_image(image, NULL, NULL), EFI_INVALID_PARAMETER, "it cannot start twice");
	equal(efi_unload_image(image), EFI_UNSUPPORTED, "without Unload it stays");
	efi_image_loaded(image)->Unload = unload_refuse;
	equal(efi_unload_image(image), EFI_ACCESS_DENIED, "it may refuse");
	efi_image_loaded(image)->Unload = unload_agree;
	equal(efi_unload_image(image), EFI_SUCCESS, "or agree");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_load_out_of_memory(void)
{
	uint64_t n = 0;
	efi_status status = EFI_OUT_OF_RESOURCES;
	efi_handle image = NULL;

	while (status) {
		struct snapshot before;
		struct snapshot after;

		machine_start(4096);
		efi_init(&setup);
		pe_make(file, (const void *)app_simple);
		before = machine_snapshot();
		machine_fail_at(++n);
		status = load(&image);
		machine_fail_at(0);
		if (!status)
			break;
		equal(status, EFI_OUT_OF_RESOURCES, "LoadImage without memory says so");
		after = machine_snapshot();
		ok(snapshot_same(&before, &after), "and leaves nothing");
	}
	ok(n > 4, "each allocation failed in its turn");
}

int main(void)
{
	test_load_errors();
	test_rights();
	test_start();
	test_handle();
	test_driver();
	test_load_out_of_memory();
	return tap_done();
}
