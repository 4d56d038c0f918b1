/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver model (UEFI 2.10, chapter 11). */
#ifndef EFI_PROTOCOL_DRIVER_H
#define EFI_PROTOCOL_DRIVER_H

#include "efi/efi.h"

/* 11.1: EFI_DRIVER_BINDING_PROTOCOL */
#define EFI_DRIVER_BINDING_PROTOCOL_GUID \
	EFI_GUID(18a031ab, b443, 4d1a, a5, c0, 0c, 09, 26, 1e, 9f, 71)
struct efi_driver_binding_protocol {
	efi_status(EFIAPI *Supported)(struct efi_driver_binding_protocol *This,
				      efi_handle ControllerHandle,
				      struct efi_device_path_protocol *RemainingDevicePath);
	efi_status(EFIAPI *Start)(struct efi_driver_binding_protocol *This,
				  efi_handle ControllerHandle,
				  struct efi_device_path_protocol *RemainingDevicePath);
	efi_status(EFIAPI *Stop)(struct efi_driver_binding_protocol *This,
				 efi_handle ControllerHandle, uint64_t NumberOfChildren,
				 efi_handle *ChildHandleBuffer);
	uint32_t Version;
	efi_handle ImageHandle;
	efi_handle DriverBindingHandle;
};
_Static_assert(sizeof(struct efi_driver_binding_protocol) == 48, "11.1");

/* 11.2: EFI_PLATFORM_DRIVER_OVERRIDE_PROTOCOL */
#define EFI_PLATFORM_DRIVER_OVERRIDE_PROTOCOL_GUID \
	EFI_GUID(6b30c738, a391, 11d4, 9a, 3b, 00, 90, 27, 3f, c1, 4d)
struct efi_platform_driver_override_protocol {
	efi_status(EFIAPI *GetDriver)(struct efi_platform_driver_override_protocol *This,
				      efi_handle ControllerHandle, efi_handle *DriverImageHandle);
	efi_status(EFIAPI *GetDriverPath)(struct efi_platform_driver_override_protocol *This,
					  efi_handle ControllerHandle,
					  struct efi_device_path_protocol **DriverImagePath);
	efi_status(EFIAPI *DriverLoaded)(struct efi_platform_driver_override_protocol *This,
					 efi_handle ControllerHandle,
					 struct efi_device_path_protocol *DriverImagePath,
					 efi_handle DriverImageHandle);
};

/* 11.3: EFI_BUS_SPECIFIC_DRIVER_OVERRIDE_PROTOCOL */
#define EFI_BUS_SPECIFIC_DRIVER_OVERRIDE_PROTOCOL_GUID \
	EFI_GUID(3bc1b285, 8a15, 4a82, aa, bf, 4d, 7d, 13, fb, 32, 65)
struct efi_bus_specific_driver_override_protocol {
	efi_status(EFIAPI *GetDriver)(struct efi_bus_specific_driver_override_protocol *This,
				      efi_handle *DriverImageHandle);
};

/* 11.6: EFI_DRIVER_FAMILY_OVERRIDE_PROTOCOL */
#define EFI_DRIVER_FAMILY_OVERRIDE_PROTOCOL_GUID \
	EFI_GUID(b1ee129e, da36, 4181, 91, f8, 04, a4, 92, 37, 66, a7)
struct efi_driver_family_override_protocol {
	uint32_t(EFIAPI *GetVersion)(struct efi_driver_family_override_protocol *This);
};

/* 11.5: EFI_COMPONENT_NAME2_PROTOCOL */
#define EFI_COMPONENT_NAME2_PROTOCOL_GUID \
	EFI_GUID(6a7a5cff, e8d9, 4f70, ba, da, 75, ab, 30, 25, ce, 14)
struct efi_component_name2_protocol {
	efi_status(EFIAPI *GetDriverName)(struct efi_component_name2_protocol *This, char *Language,
					  CHAR16 **DriverName);
	efi_status(EFIAPI *GetControllerName)(struct efi_component_name2_protocol *This,
					      efi_handle ControllerHandle, efi_handle ChildHandle,
					      char *Language, CHAR16 **ControllerName);
	char *SupportedLanguages;
};

#endif
