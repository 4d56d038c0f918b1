/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_RNG_PROTOCOL (UEFI 2.10, 37.5): the raw algorithm alone, over whatever gives entropy. The processor's is there from the
 * start. A device is looked for when somebody asks for the protocol, so that nobody else pays for that. Without a source there is no protocol; a
 * device that fails gives EFI_DEVICE_ERROR, a processor that has nothing to give EFI_NOT_READY, and neither any bytes.
 */
#include <errno.h>
#include <string.h>

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/protocol/misc.h"
#include "efi/protocols/install.h"
#include "efi/table.h"

static const struct efi_guid rng_guid = EFI_RNG_PROTOCOL_GUID;
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
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
	efi_tpl tpl;
	int error;

	if (!This || !RNGValueLength || !RNGValue)
		return EFI_INVALID_PARAMETER;
	if (RNGAlgorithm && !efi_guid_same(RNGAlgorithm, &raw_guid))
		return EFI_UNSUPPORTED;
	tpl = efi_lock(); /* a device that is started has memory */
	error = efi_devices()->entropy(RNGValue, RNGValueLength);
	efi_unlock(tpl);
	if (!error)
		return EFI_SUCCESS;
	memset(RNGValue, 0, RNGValueLength);
	return error == -ENODEV ? EFI_NOT_READY : EFI_DEVICE_ERROR;
}

static struct efi_rng_protocol protocol = {
	.GetInfo = get_info,
	.GetRNG = get_rng,
};

efi_status efi_rng_install(void)
{
	const struct efi_devices *devices = efi_devices();
	efi_handle handle = NULL;
	efi_status status;

	if (!devices->entropy)
		return EFI_SUCCESS;
	status =
		efi_install_protocol_interface(&handle, &rng_guid, EFI_NATIVE_INTERFACE, &protocol);
	if (!EFI_ERROR(status) && devices->entropy_path)
		status = efi_install_protocol_interface(&handle, &path_guid, EFI_NATIVE_INTERFACE,
							devices->entropy_path);
	if (!EFI_ERROR(status))
		efi_handle_set_device(handle, devices->entropy_device);
	return status;
}

void efi_rng_asked_for(const struct efi_guid *guid)
{
	const struct efi_devices *devices = efi_devices();
	efi_tpl tpl;

	if (!devices->entropy_look || !efi_guid_same(guid, &rng_guid))
		return;
	tpl = efi_lock();
	devices->entropy_look();
	efi_rng_install(); /* without memory for it, it is not found */
	efi_unlock(tpl);
}
