/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory attributes, random numbers, decompression (UEFI 2.10, 37.7, 37.5, 19.5). */
#include "efi/protocol/misc.h"
#include "tests/efi-apps/app.h"

#define PAGE 4096u

static const struct efi_guid attribute_guid = EFI_MEMORY_ATTRIBUTE_PROTOCOL_GUID;
static const struct efi_guid rng_guid = EFI_RNG_PROTOCOL_GUID;
static const struct efi_guid decompress_guid = EFI_DECOMPRESS_PROTOCOL_GUID;

static void check_rights(void)
{
	struct efi_memory_attribute_protocol *a = NULL;
	uint64_t base = 0, rights = 99;

	bs->LocateProtocol(&attribute_guid, NULL, (void **)&a);
	if (!a) {
		ok(!app_is_cadastre(), "rights: the protocol is there");
		return;
	}
	bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 4, &base);
	is(a->GetMemoryAttributes(a, base, 0, &rights), EFI_INVALID_PARAMETER, "get: no length");
	is(a->GetMemoryAttributes(a, base, PAGE, NULL), EFI_INVALID_PARAMETER, "get: no place");
	is(a->GetMemoryAttributes(a, base + 8, PAGE, &rights), EFI_UNSUPPORTED, "get: not aligned");
	is(a->SetMemoryAttributes(a, base, 0, EFI_MEMORY_RO), EFI_INVALID_PARAMETER,
	   "set: no length");
	is(a->SetMemoryAttributes(a, base, PAGE, 0), EFI_INVALID_PARAMETER, "set: nothing");
	is(a->SetMemoryAttributes(a, base, PAGE, EFI_MEMORY_WB), EFI_INVALID_PARAMETER,
	   "set: no right");
	is(a->SetMemoryAttributes(a, base + 8, PAGE, EFI_MEMORY_RO), EFI_UNSUPPORTED,
	   "set: not aligned");
	is(a->ClearMemoryAttributes(a, base, 0, EFI_MEMORY_RO), EFI_INVALID_PARAMETER,
	   "clear: no length");
	is(a->ClearMemoryAttributes(a, base, PAGE, EFI_MEMORY_WB), EFI_INVALID_PARAMETER,
	   "clear: no right");
	is(a->ClearMemoryAttributes(a, base + 8, PAGE, EFI_MEMORY_RO), EFI_UNSUPPORTED,
	   "clear: not aligned");
	is(a->SetMemoryAttributes(a, base + PAGE, PAGE, EFI_MEMORY_RO), EFI_SUCCESS,
	   "set: a page not to be written");
	is(a->GetMemoryAttributes(a, base, 4 * PAGE, &rights), EFI_NO_MAPPING,
	   "get: of pages that differ");
	is(a->GetMemoryAttributes(a, base + PAGE, PAGE, &rights), EFI_SUCCESS, "get: of that one");
	ok(rights & EFI_MEMORY_RO, "get: it is not to be written");
	is(a->SetMemoryAttributes(a, base, 4 * PAGE, EFI_MEMORY_XP), EFI_SUCCESS,
	   "set: none to be executed");
	is(a->ClearMemoryAttributes(a, base, 4 * PAGE, EFI_MEMORY_RO), EFI_SUCCESS,
	   "clear: all to be written");
	is(a->GetMemoryAttributes(a, base, 4 * PAGE, &rights), EFI_SUCCESS, "get: all alike");
	is(rights, EFI_MEMORY_XP, "get: so they are");
	memset((void *)(uintptr_t)base, 1, 4 * PAGE);
	is(a->ClearMemoryAttributes(a, base, 4 * PAGE, EFI_MEMORY_XP), EFI_SUCCESS,
	   "clear: to be executed as well");
	if (app_is_cadastre())
		is(a->SetMemoryAttributes(a, (uint64_t)(uintptr_t)app_system & ~UINT64_C(4095),
					  PAGE, EFI_MEMORY_RP),
		   EFI_ACCESS_DENIED, "set: what is the firmware's");
	bs->FreePages(base, 4);
}

static void check_rng(void)
{
	static struct efi_guid raw = EFI_RNG_ALGORITHM_RAW;
	static struct efi_guid other =
		EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 51);
	struct efi_rng_protocol *rng = NULL;
	struct efi_guid list[8];
	uint8_t a[16] = {0}, b[16] = {0};
	uint64_t size = 0;

	bs->LocateProtocol(&rng_guid, NULL, (void **)&rng);
	app_note("random numbers:", rng != NULL);
	if (!rng)
		return;
	is(rng->GetInfo(rng, NULL, list), EFI_INVALID_PARAMETER, "random: no size");
	is(rng->GetInfo(rng, &size, NULL), EFI_BUFFER_TOO_SMALL, "random: too small");
	ok(size && size % 16 == 0 && size <= sizeof(list), "random: says how much");
	is(rng->GetInfo(rng, &size, list), EFI_SUCCESS, "random: the algorithms");
	is(rng->GetRNG(rng, NULL, 0, a), EFI_INVALID_PARAMETER, "random: no bytes");
	is(rng->GetRNG(rng, NULL, 16, NULL), EFI_INVALID_PARAMETER, "random: no place");
	is(rng->GetRNG(rng, &other, 16, a), EFI_UNSUPPORTED, "random: unknown algorithm");
	is(rng->GetRNG(rng, NULL, 16, a), EFI_SUCCESS, "random: bytes");
	is(rng->GetRNG(rng, &raw, 16, b), EFI_SUCCESS, "random: raw bytes");
	ok(memcmp(a, b, 16), "random: they differ");
}

static void check_decompress(void)
{
	/* "Cadastre" eight times, as eficompress of EDK2 packs it. */
	static uint8_t packed[] = {
		0x14, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x09, 0x3b, 0x8d, 0x85, 0xcd,
		0xa8, 0xbf, 0x50, 0x4f, 0xc8, 0xdd, 0x22, 0xab, 0x00, 0x7c, 0x22, 0x57, 0xfb, 0x00,
	};
	struct efi_decompress_protocol *d = NULL;
	uint32_t size = 0, scratch_size = 0;
	void *scratch = NULL;
	char text[64];
	int same = 1;

	bs->LocateProtocol(&decompress_guid, NULL, (void **)&d);
	ok(d != NULL, "decompress: it is there");
	if (!d)
		return;
	is(d->GetInfo(d, packed, 7, &size, &scratch_size), EFI_INVALID_PARAMETER,
	   "decompress: shorter than a header");
	is(d->GetInfo(d, packed, sizeof(packed) - 1, &size, &scratch_size), EFI_INVALID_PARAMETER,
	   "decompress: cut off");
	is(d->GetInfo(d, packed, sizeof(packed), &size, &scratch_size), EFI_SUCCESS,
	   "decompress: asked");
	is(size, sizeof(text), "decompress: the size");
	bs->AllocatePool(EfiLoaderData, scratch_size, &scratch);
	is(d->Decompress(d, packed, sizeof(packed), text, sizeof(text), scratch, scratch_size),
	   EFI_SUCCESS, "decompress: done");
	for (uint32_t i = 0; i < sizeof(text); i++)
		same &= text[i] == "Cadastre"[i % 8];
	ok(same, "decompress: it is right");
	packed[8] = packed[9] = 0xff;
	memset(packed + 10, 0xff, sizeof(packed) - 10);
	is(d->Decompress(d, packed, sizeof(packed), text, sizeof(text), scratch, scratch_size),
	   EFI_INVALID_PARAMETER, "decompress: what is damaged");
	bs->FreePool(scratch);
}

void app_main(void)
{
	check_rights();
	check_rng();
	check_decompress();
}
