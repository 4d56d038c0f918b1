/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of the handle database share: protocols, interfaces, device paths of which one is the beginning of the other. */
#ifndef TESTS_EFI_HANDLES_H
#define TESTS_EFI_HANDLES_H

#include <string.h>

#include "efi/handle.h"
#include "efi/protocol/device_path.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

static const struct efi_guid guid_a =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0a);
static const struct efi_guid guid_b =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0b);
static const struct efi_guid guid_c =
	EFI_GUID(cccccccc, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0c);
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static int face[8];
static char garbage[64];

static inline efi_handle make(const struct efi_guid *guid, void *pointer)
{
	efi_handle handle = NULL;

	if (efi_install_protocol_interface(&handle, guid, EFI_NATIVE_INTERFACE, pointer))
		ok(0, "a handle");
	return handle;
}

static struct {
	struct efi_dp_controller node[3];
	struct efi_device_path_protocol end;
} __attribute__((packed)) path, longer;

static inline void make_paths(int nodes)
{
	for (int i = 0; i < 3; i++)
		longer.node[i] = (struct efi_dp_controller){
			{HARDWARE_DEVICE_PATH, HW_CONTROLLER_DP, {8, 0}}, (uint32_t)i};
	longer.end = (struct efi_device_path_protocol){
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {4, 0}};
	path = longer;
	memcpy(&path.node[nodes], &longer.end, sizeof(longer.end));
}

#endif
