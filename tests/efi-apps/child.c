/* SPDX-License-Identifier: BSD-2-Clause */
/* What images.c loads. Its load options, one character, say how it ends. No test of its own. */
#include "efi/protocol/image.h"

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table);

static uint64_t counter;
static uint64_t *counter_at = &counter;
static CHAR16 farewell[] = u"farewell";

static struct efi_boot_services *bs;
static efi_handle image;

/* Leaves from within, with data. */
static __attribute__((noinline)) void leave(int depth)
{
	void *data;

	if (depth) {
		leave(depth - 1);
		__asm__ volatile("" : : : "memory");
		return;
	}
	bs->AllocatePool(EfiBootServicesData, sizeof(farewell), &data);
	bs->CopyMem(data, farewell, sizeof(farewell));
	bs->Exit(image, EFI_TIMEOUT, sizeof(farewell), data);
}

static efi_status EFIAPI unload(efi_handle handle)
{
	(void)handle;
	return EFI_SUCCESS;
}

static void EFIAPI notify(efi_event event, void *context)
{
	(void)event;
	(void)context;
}

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table)
{
	static const struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	struct efi_loaded_image_protocol *loaded;
	efi_event event;

	bs = table->BootServices;
	image = handle;
	if (bs->HandleProtocol(handle, &guid, (void **)&loaded) || !loaded->LoadOptions)
		return EFI_PROTOCOL_ERROR;
	loaded->Unload = unload;
	switch (*(const CHAR16 *)loaded->LoadOptions) {
	case 'r': /* returns; *counter_at is only right when we were relocated */
		++*counter_at;
		return counter == 1 ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
	case 'p': /* keeps pages, and says where */
		return bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 3,
					 (uint64_t *)loaded->LoadOptions + 1);
	case 'w':
		return EFI_WARN_STALE_DATA;
	case 'x':
		leave(5);
		return EFI_PROTOCOL_ERROR;
	case 't': /* forgets its level */
		bs->RaiseTPL(TPL_NOTIFY);
		return EFI_SUCCESS;
	case 'e': /* forgets an event whose code goes away */
		bs->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, notify, NULL, &event);
		bs->SetTimer(event, TimerPeriodic, 10000);
		return EFI_SUCCESS;
	default:
		return EFI_UNSUPPORTED;
	}
}
