/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_RNG_PROTOCOL (UEFI 2.10, 37.5): the raw algorithm alone, over whatever gives entropy. Without a source there is no
 * protocol; a source that fails gives EFI_NOT_READY and no bytes.
 */
#include <string.h>

#include "efi/handle.h"
#include "efi/protocol/misc.h"
#include "efi/protocols/install.h"
#include "efi/table.h"

static const struct efi_guid rng_guid = EFI_RNG_PROTOCOL_GUID;
static const struct efi_guid raw_guid = EFI_RNG_ALGORITHM_RAW;

static efi_status EFIAPI get_info(struct efi_rng_protocol *This, uint64_t *RNGAlgorithmListSize,
				  struct efi_guid *RNGAlgorithmList)
{
	uint64_t room;

	if (!This || !RNGAlgorithmListSize)
		return EFI_INVALID_PARAMETER;
	room = *RNGAlgorithmListSize;
	*RNGAlgorithmListSize = sizeof(raw_guid);
	if (room < sizeof(raw_guid))
		return EFI_BUFFER_TOO_SMALL;
	if (!RNGAlgorithmList)
		return EFI_INVALID_PARAMETER;
	memcpy(RNGAlgorithmList, &raw_guid, sizeof(raw_guid));
	return EFI_SUCCESS;
}

static efi_status EFIAPI get_rng(struct efi_rng_protocol *This, struct efi_guid *RNGAlgorithm,
				 uint64_t RNGValueLength, uint8_t *RNGValue)
{
	if (!This || !RNGValueLength || !RNGValue)
		return EFI_INVALID_PARAMETER;
	if (RNGAlgorithm && !efi_guid_same(RNGAlgorithm, &raw_guid))
		return EFI_UNSUPPORTED;
	if (efi_devices()->entropy(RNGValue, RNGValueLength)) {
		memset(RNGValue, 0, RNGValueLength);
		return EFI_NOT_READY;
	}
	return EFI_SUCCESS;
}

static struct efi_rng_protocol protocol = {
	.GetInfo = get_info,
	.GetRNG = get_rng,
};

efi_status efi_rng_install(void)
{
	efi_handle handle = NULL;

	if (!efi_devices()->entropy)
		return EFI_SUCCESS;
	return efi_install_protocol_interface(&handle, &rng_guid, EFI_NATIVE_INTERFACE, &protocol);
}
