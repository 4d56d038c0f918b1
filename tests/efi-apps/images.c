/* SPDX-License-Identifier: BSD-2-Clause */
/* Image services (UEFI 2.10, 7.4): an image loads and starts another, which ends in all the ways there are. */
#include "efi/protocol/device_path.h"
#include "tests/efi-apps/app.h"

__asm__(".section .rodata\n"
	".balign 16\n"
	"child: .incbin \"child.efi\"\n"
	"child_end:\n"
	".previous\n");
extern const uint8_t child[] __attribute__((visibility("hidden")));
extern const uint8_t child_end[] __attribute__((visibility("hidden")));

static const struct efi_guid loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static uint8_t map[65536] __attribute__((aligned(8)));

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid load_file_guid = EFI_LOAD_FILE_PROTOCOL_GUID;

#define CHILD_SIZE ((uint64_t)(child_end - child))
#define SUBSYSTEM_AT (64 + 24 + 68) /* in the file */
#define BOOT_DRIVER 11

static efi_status load(efi_handle *image)
{
	*image = NULL;
	return bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)child, CHILD_SIZE, image);
}

static struct efi_loaded_image_protocol *loaded_of(efi_handle image)
{
	struct efi_loaded_image_protocol *loaded = NULL;

	bs->HandleProtocol(image, &loaded_guid, (void **)&loaded);
	return loaded;
}

/* Loads the child, gives it its task, and starts it. */
static efi_status run(CHAR16 *task, uint64_t *size, CHAR16 **data)
{
	struct efi_loaded_image_protocol *loaded;
	efi_handle image;
	efi_status status = load(&image);

	if (status)
		return status;
	loaded = loaded_of(image);
	loaded->LoadOptions = task;
	loaded->LoadOptionsSize = 4;
	return bs->StartImage(image, size, data);
}

static uint64_t free_pages(void)
{
	uint64_t size = sizeof(map), key, step, pages = 0;
	uint32_t version;

	if (bs->GetMemoryMap(&size, (void *)map, &key, &step, &version))
		return 0;
	for (uint64_t at = 0; at < size; at += step)
		if (((struct efi_memory_descriptor *)(map + at))->Type == EfiConventionalMemory)
			pages += ((struct efi_memory_descriptor *)(map + at))->NumberOfPages;
	return pages;
}

static void check_loading(void)
{
	static uint8_t damaged[8192] __attribute__((aligned(16)));
	struct efi_loaded_image_protocol *loaded;
	efi_handle image = NULL;

	is(bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)child, 1, NULL),
	   EFI_INVALID_PARAMETER, "load: no place for the handle");
	is(bs->LoadImage(0, NULL, NULL, (void *)(uintptr_t)child, 4096, &image),
	   EFI_INVALID_PARAMETER, "load: no parent");
	is(bs->LoadImage(0, app_handle, NULL, NULL, 0, &image), EFI_NOT_FOUND,
	   "load: neither buffer nor path");
	ok(EFI_ERROR(bs->LoadImage(0, app_handle, NULL, damaged, sizeof(damaged), &image)),
	   "load: zeros");
	ok(EFI_ERROR(bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)child, 100, &image)),
	   "load: the first 100 bytes");
	memcpy(damaged, child, sizeof(damaged) < CHILD_SIZE ? sizeof(damaged) : CHILD_SIZE);
	damaged[64 + 4] ^= 0xff; /* the machine */
	is(bs->LoadImage(0, app_handle, NULL, damaged, sizeof(damaged), &image), EFI_UNSUPPORTED,
	   "load: for another machine");

	damaged[64 + 4] ^= 0xff;
	damaged[64 + 24 + 56 + 3] ^= 0x80; /* the size of the image */
	is(bs->LoadImage(0, app_handle, NULL, damaged, sizeof(damaged), &image), EFI_LOAD_ERROR,
	   "load: of a size that cannot be");
	is(bs->LoadImage(0, &image, NULL, (void *)(uintptr_t)child, 4096, &image),
	   EFI_INVALID_PARAMETER, "load: by what is no image");

	is(load(&image), EFI_SUCCESS, "load: from a buffer");
	loaded = loaded_of(image);
	ok(loaded != NULL, "load: it has a loaded image");
	if (!loaded)
		return;
	is(loaded->ParentHandle, app_handle, "load: we are its parent");
	is(loaded->ImageCodeType, EfiLoaderCode, "load: its code is loader code");
	is(loaded->LoadOptionsSize, 0, "load: no options yet");
	is(bs->UnloadImage(image), EFI_SUCCESS, "unload: not started");
	is(bs->UnloadImage(image), EFI_INVALID_PARAMETER, "unload: a second time");
	is(bs->StartImage(image, NULL, NULL), EFI_INVALID_PARAMETER, "start: one that is gone");
	is(load(&image), EFI_SUCCESS, "load: once more");
	is(bs->Exit(image, EFI_SUCCESS, 0, NULL), EFI_SUCCESS,
	   "exit: one that has not started is unloaded");
	is(bs->UnloadImage(image), EFI_INVALID_PARAMETER, "exit: it is");
	is(bs->UnloadImage(app_handle), EFI_UNSUPPORTED, "unload: ourselves, who run");
}

static void check_ends(void)
{
	CHAR16 *data = NULL;
	uint64_t size = 7;
	efi_tpl tpl;

	is(run(u"r", &size, &data), EFI_SUCCESS, "start: it returns");
	is(run(u"w", NULL, NULL), EFI_WARN_STALE_DATA, "start: it returns a warning");
	is(run(u"?", NULL, NULL), EFI_UNSUPPORTED, "start: it returns an error");
	size = 0;
	data = NULL;
	is(run(u"x", &size, &data), EFI_TIMEOUT, "exit: from within calls");
	is(size, 18, "exit: the size of its data");
	ok(data && data[0] == 'f' && data[7] == 'l' && !data[8], "exit: its data");
	if (data)
		is(bs->FreePool(data), EFI_SUCCESS, "exit: the data is ours to free");
	is(run(u"x", NULL, NULL), EFI_TIMEOUT, "exit: nobody wants the data");
	is(run(u"t", NULL, NULL), EFI_SUCCESS, "start: it forgets its level");
	is(bs->Exit(&size, EFI_SUCCESS, 0, NULL), EFI_INVALID_PARAMETER, "exit: what is no image");
	tpl = bs->RaiseTPL(TPL_HIGH_LEVEL);
	bs->RestoreTPL(tpl);
	is(tpl, TPL_APPLICATION, "start: the level is what it was");
	if (!app_is_cadastre()) /* EDK2 2022.11 goes on to call the function that is gone */
		return;
	is(run(u"e", NULL, NULL), EFI_SUCCESS, "start: it forgets a timer");
	is(bs->Stall(20000), EFI_SUCCESS, "start: whose function is not called any more");
}

/* A file that ends at any place: that fill is missing behind its last section makes no difference. */
static void check_cuts(void)
{
	uint64_t before = free_pages(), loaded = 0, content = CHILD_SIZE;
	efi_handle image;

	while (!child[content - 1])
		content--;
	for (uint64_t size = 0; size < content; size += 64)
		if (!bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)child, size, &image)) {
			loaded++;
			bs->UnloadImage(image);
		}
	is(loaded, 0, "load: cut at every 64th byte, none is loaded");
	is(free_pages(), before, "load: and nothing is left");
}

static efi_status EFIAPI refuse(efi_handle image)
{
	(void)image;
	return EFI_ACCESS_DENIED;
}

static efi_status EFIAPI agree(efi_handle image)
{
	(void)image;
	return EFI_SUCCESS;
}

/* An image that stays when it has returned. */
static void check_driver(void)
{
	struct efi_loaded_image_protocol *loaded;
	efi_handle image = NULL;
	void *copy;

	if (bs->AllocatePool(EfiLoaderData, CHILD_SIZE, &copy))
		return;
	memcpy(copy, child, CHILD_SIZE);
	((uint8_t *)copy)[SUBSYSTEM_AT] = BOOT_DRIVER;
	is(bs->LoadImage(0, app_handle, NULL, copy, CHILD_SIZE, &image), EFI_SUCCESS,
	   "driver: loaded");
	bs->FreePool(copy);
	loaded = loaded_of(image);
	if (!loaded)
		return;
	is(loaded->ImageCodeType, EfiBootServicesCode, "driver: its code is boot services code");
	loaded->LoadOptions = (void *)(uintptr_t)u"r";
	loaded->LoadOptionsSize = 4;
	is(bs->StartImage(image, NULL, NULL), EFI_SUCCESS, "driver: started");
	is(bs->StartImage(image, NULL, NULL), EFI_INVALID_PARAMETER, "driver: only once");
	loaded->Unload = NULL;
	is(bs->UnloadImage(image), EFI_UNSUPPORTED, "driver: it has no Unload");
	loaded->Unload = refuse;
	is(bs->UnloadImage(image), EFI_ACCESS_DENIED, "driver: its Unload refuses");
	loaded->Unload = agree;
	is(bs->UnloadImage(image), EFI_SUCCESS, "driver: its Unload agrees");
}

static efi_status file_status;

static efi_status EFIAPI load_file(struct efi_load_file_protocol *This,
				   struct efi_device_path_protocol *FilePath, BOOLEAN BootPolicy,
				   uint64_t *BufferSize, void *Buffer)
{
	uint64_t room = *BufferSize;

	(void)This;
	(void)FilePath;
	(void)BootPolicy;
	if (file_status)
		return file_status;
	*BufferSize = CHILD_SIZE;
	if (!Buffer || room < CHILD_SIZE)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(Buffer, child, CHILD_SIZE);
	return EFI_SUCCESS;
}

/* Images by device path, from a handle of ours. */
static void check_paths(void)
{
	static struct efi_medium_path path = {
		EFI_DP_MEDIUM(EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 06)),
		EFI_DP_END};
	static struct efi_load_file_protocol loader = {load_file};
	struct efi_loaded_image_protocol *loaded;
	efi_handle device = NULL, image = NULL;

	is(bs->LoadImage(1, app_handle, &path.Medium.Header, NULL, 0, &image), EFI_NOT_FOUND,
	   "load: from a device that is not there");
	bs->InstallMultipleProtocolInterfaces(&device, &path_guid, &path, &load_file_guid, &loader,
					      NULL);
	file_status = EFI_DEVICE_ERROR;
	is(bs->LoadImage(1, app_handle, &path.Medium.Header, NULL, 0, &image), EFI_DEVICE_ERROR,
	   "load: from a device that fails");
	file_status = EFI_SUCCESS;
	is(bs->LoadImage(1, app_handle, &path.Medium.Header, NULL, 0, &image), EFI_SUCCESS,
	   "load: from a device");
	loaded = loaded_of(image);
	ok(loaded && loaded->DeviceHandle == device, "load: it says from which");
	bs->UnloadImage(image);
	bs->UninstallMultipleProtocolInterfaces(device, &path_guid, &path, &load_file_guid, &loader,
						NULL);
}

static void check_pages_stay(void)
{
	static uint64_t task[2];

	task[0] = 'p';
	is(run((CHAR16 *)task, NULL, NULL), EFI_SUCCESS, "start: it keeps pages");
	is(bs->FreePages(task[1], 3), EFI_SUCCESS, "start: which are still allocated");
}

/* 7.4.6 lets a firmware that refuses have gone half way. Ours has not. */
static void check_exit_boot_services(void)
{
	uint64_t size = sizeof(map), key = 0, step;
	uint32_t version;

	bs->GetMemoryMap(&size, (void *)map, &key, &step, &version);
	is(bs->ExitBootServices(NULL, key), EFI_INVALID_PARAMETER, "end of services: no image");
	is(bs->ExitBootServices(app_handle, key - 1), EFI_INVALID_PARAMETER,
	   "end of services: an old key");
	bs->GetMemoryMap(&size, (void *)map, &key, &step, &version);
	is(bs->ExitBootServices(&size, key), EFI_INVALID_PARAMETER,
	   "end of services: what is no image");
	is(bs->Stall(1000), EFI_SUCCESS, "end of services: they have not ended");
	is(bs->Exit(&size, EFI_SUCCESS, 0, NULL), EFI_INVALID_PARAMETER, "exit: what is no image");
}

void app_main(void)
{
	uint64_t before, after, bad = 0;

	check_loading();
	check_cuts();
	check_paths();
	check_driver();
	check_ends();
	check_pages_stay();
	run(u"r", NULL, NULL);
	before = free_pages();
	for (int i = 0; i < 100; i++)
		if (run(u"r", NULL, NULL))
			bad++;
	after = free_pages();
	is(bad, 0, "a hundred times: loaded, started, returned");
	is(after, before, "a hundred times: as many free pages as before");
	if (app_is_cadastre())
		check_exit_boot_services();
}
