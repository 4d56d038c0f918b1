/* SPDX-License-Identifier: BSD-2-Clause */
/* Image services (UEFI 2.10, 7.4): an image loads and starts another, which ends in all the ways there are. */
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

static efi_status load(efi_handle *image)
{
	*image = NULL;
	return bs->LoadImage(0, app_handle, NULL, (void *)(uintptr_t)child,
			     (uint64_t)(child_end - child), image);
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
	memcpy(damaged, child,
	       sizeof(damaged) < (uint64_t)(child_end - child) ? sizeof(damaged)
							       : (uint64_t)(child_end - child));
	damaged[64 + 4] ^= 0xff; /* the machine */
	is(bs->LoadImage(0, app_handle, NULL, damaged, sizeof(damaged), &image), EFI_UNSUPPORTED,
	   "load: for another machine");

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
	tpl = bs->RaiseTPL(TPL_HIGH_LEVEL);
	bs->RestoreTPL(tpl);
	is(tpl, TPL_APPLICATION, "start: the level is what it was");
	if (!app_is_cadastre()) /* EDK2 2022.11 goes on to call the function that is gone */
		return;
	is(run(u"e", NULL, NULL), EFI_SUCCESS, "start: it forgets a timer");
	is(bs->Stall(20000), EFI_SUCCESS, "start: whose function is not called any more");
}

void app_main(void)
{
	uint64_t before, after, bad = 0;

	check_loading();
	check_ends();
	run(u"r", NULL, NULL);
	before = free_pages();
	for (int i = 0; i < 100; i++)
		if (run(u"r", NULL, NULL))
			bad++;
	after = free_pages();
	is(bad, 0, "a hundred times: loaded, started, returned");
	is(after, before, "a hundred times: as many free pages as before");
}
