/* SPDX-License-Identifier: BSD-2-Clause */
/* The least an application does; and what it finds when it begins (UEFI 2.10, 2.3.4, 2.3.6, 4.3). */
#include "tests/efi-apps/app.h"

static uint64_t table_in_data = 0x1234;
static uint64_t *pointer_in_data = &table_in_data; /* needs a base relocation */
static uint8_t zero[100];

static uint32_t crc_of(const void *data, uint64_t size)
{
	uint32_t crc = 0;

	bs->CalculateCrc32((void *)(uintptr_t)data, size, &crc);
	return crc;
}

static int crc_is_right(struct efi_table_header *header)
{
	uint32_t stated = header->CRC32, computed;

	header->CRC32 = 0;
	computed = crc_of(header, header->HeaderSize);
	header->CRC32 = stated;
	return computed == stated;
}

static void check_processor(void)
{
	uint64_t stack = (uint64_t)(uintptr_t)__builtin_frame_address(0);

#if defined(__x86_64__)
	uint64_t flags, cr0, cr4;
	uint16_t fcw;
	uint32_t mxcsr;

	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags));
	__asm__ volatile("movq %%cr0, %0\n\tmovq %%cr4, %1" : "=r"(cr0), "=r"(cr4));
	__asm__ volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(fcw), "=m"(mxcsr));
	ok(flags & 0x200, "interrupts are on");
	ok(!(flags & 0x400), "the direction flag is clear");
	ok(cr4 & 0x200 && !(cr0 & 12), "SSE is on");
	is(fcw, 0x37f, "x87 control word");
	is(mxcsr & ~63u, 0x1f80, "MXCSR");
	is(stack & 15, 0, "the stack is aligned");
#else
	uint64_t daif, level, sctlr;
	uint64_t one;

	__asm__ volatile("mrs %0, daif\n\tmrs %1, CurrentEL" : "=r"(daif), "=r"(level));
	if (level == 8)
		__asm__ volatile("mrs %0, sctlr_el2" : "=r"(sctlr));
	else
		__asm__ volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
	app_note("exception level", level >> 2);
	ok(!(daif & 0x80), "interrupts are on");
	is(sctlr & 7, 5, "MMU and caches are on, unaligned accesses allowed");
	__asm__ volatile("fmov d0, #1.0\n\tfmov %0, d0" : "=r"(one) : : "v0");
	is(one, 0x3ff0000000000000, "FP is on");
	is(stack & 15, 0, "the stack is aligned");
#endif
}

void app_main(void)
{
	static const struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	struct efi_loaded_image_protocol *loaded = NULL;
	uint8_t sum = 0;

	app_print("# hello from an EFI application\n");
	is(app_system->Hdr.Signature, EFI_SYSTEM_TABLE_SIGNATURE, "signature of the system table");
	is(bs->Hdr.Signature, EFI_BOOT_SERVICES_SIGNATURE, "signature of boot services");
	is(rs->Hdr.Signature, EFI_RUNTIME_SERVICES_SIGNATURE, "signature of runtime services");
	ok(crc_is_right(&app_system->Hdr), "CRC of the system table");
	ok(crc_is_right(&bs->Hdr), "CRC of boot services");
	ok(crc_is_right(&rs->Hdr), "CRC of runtime services");
	ok(app_system->FirmwareVendor && app_system->FirmwareVendor[0], "there is a vendor");
	is(*pointer_in_data, 0x1234, "a pointer in data was relocated");
	for (uint32_t i = 0; i < sizeof(zero); i++)
		sum |= zero[i];
	is(sum, 0, "what the file does not give is zero");
	is(bs->HandleProtocol(app_handle, &guid, (void **)&loaded), EFI_SUCCESS,
	   "the image's handle has a loaded image");
	ok(loaded && (uint64_t)((char *)app_main - (char *)loaded->ImageBase) < loaded->ImageSize,
	   "it says where we are");
	ok(loaded && loaded->SystemTable == app_system, "and has our system table");
	check_processor();
}
