/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* ExitBootServices by an application; see efi/exit.h. */
#include <string.h>

#include "efi/event.h"
#include "efi/exit.h"
#include "efi/memory.h"
#include "lib/crc32.h"
#include "tests/efi/images.h"

static char order[16];

static void EFIAPI write_order(efi_event event, void *context)
{
	(void)event;
	strncat(order, context, 1);
}

static void EFIAPI write_and_allocate(efi_event event, void *context)
{
	uint64_t base;

	write_order(event, context);
	efi_allocate_pages(AllocateAnyPages, EfiLoaderData, 1, &base);
}

static uint64_t current_key(void)
{
	static uint8_t map[8192];
	uint64_t size = sizeof(map);
	uint64_t key;

	efi_get_memory_map(&size, map, &key, NULL, NULL);
	return key;
}

static efi_status EFIAPI app_exits_boot_services(efi_handle image, struct efi_system_table *table)
{
	static const struct efi_guid before_group = EFI_EVENT_GROUP_BEFORE_EXIT_BOOT_SERVICES;
	struct efi_boot_services *bs = table->BootServices;
	efi_event event;
	uint64_t key = current_key();
	uint64_t base;
	uint32_t crc;

	bs->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, write_and_allocate, "b", &before_group,
			  &event);
	bs->CreateEvent(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_NOTIFY, write_order, "e", &event);
	bs->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_NOTIFY, write_order, "t", &event);
	bs->SetTimer(event, TimerPeriodic, 1000);
	equal(bs->ExitBootServices(order, key), EFI_INVALID_PARAMETER, "exit: garbage");
	equal(bs->ExitBootServices(image, key), EFI_INVALID_PARAMETER, "exit: an old key");
	ok(!strcmp(order, "b"), "those before were told");
	machine_run(1000);
	ok(!strcmp(order, "bt"), "timers go on");
	equal(bs->ExitBootServices(image, current_key()), EFI_SUCCESS, "the new key");
	ok(!strcmp(order, "bte"), "those at the exit were told, those before not again");
	machine_run(10000);
	ok(!strcmp(order, "bte"), "no timer any more");
	ok(!machine_interrupts_on(), "interrupts are off");
	ok(machine_quiesced == 1 && machine_exited == 1,
	   "devices are quiet, runtime services know");
	ok(!table->BootServices && !table->ConOut && !table->ConsoleInHandle,
	   "the system table is bare");
	crc = table->Hdr.CRC32;
	table->Hdr.CRC32 = 0;
	equal(crc32_more(0, table, table->Hdr.HeaderSize), crc, "its CRC is right");
	equal(efi_allocate_pages(AllocateAnyPages, EfiLoaderData, 1, &base), EFI_UNSUPPORTED,
	      "no pages any more");
	equal(bs->AllocatePool(EfiLoaderData, 1, (void **)&event), EFI_UNSUPPORTED, "nor pools");
	return 0;
}

int main(void)
{
	start_efi();
	order[0] = 0;
	efi_start_image(must_load((const void *)app_exits_boot_services), NULL, NULL);
	ok(efi_exit_done(), "boot services have ended");
	return tap_done();
}
