/* SPDX-License-Identifier: BSD-2-Clause */
/* What the protocols are made over; see devices.h. */
#include "efi/protocols/devices.h"

static const struct efi_devices none;
static const struct efi_devices *given = &none;

void efi_devices_set(const struct efi_devices *devices)
{
	given = devices;
}

const struct efi_devices *efi_devices(void)
{
	return given;
}
