/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration tables: their GUIDs and layouts (UEFI 2.10, 4.6), and those of the industry that Linux reads. */
#ifndef EFI_PROTOCOL_TABLES_H
#define EFI_PROTOCOL_TABLES_H

#include "efi/efi.h"

/* 4.6.1: industry standards */
#define EFI_ACPI_20_TABLE_GUID EFI_GUID(8868e871, e4f1, 11d3, bc, 22, 00, 80, c7, 3c, 88, 81)
#define ACPI_TABLE_GUID EFI_GUID(eb9d2d30, 2d88, 11d3, 9a, 16, 00, 90, 27, 3f, c1, 4d)
#define SMBIOS_TABLE_GUID EFI_GUID(eb9d2d31, 2d88, 11d3, 9a, 16, 00, 90, 27, 3f, c1, 4d)
#define SMBIOS3_TABLE_GUID EFI_GUID(f2fd1544, 9794, 4a2c, 99, 2e, e5, bb, cf, 20, e3, 94)
/* 4.6.1.3: flattened devicetree */
#define EFI_DTB_TABLE_GUID EFI_GUID(b1b621d5, f19c, 41a5, 83, 0b, d9, 15, 2c, 69, aa, e0)

/* 4.6.2: EFI_RT_PROPERTIES_TABLE */
#define EFI_RT_PROPERTIES_TABLE_GUID EFI_GUID(eb66918a, 7eef, 402a, 84, 2e, 93, 1d, 21, c3, 8a, e9)
#define EFI_RT_PROPERTIES_TABLE_VERSION 1
struct efi_rt_properties_table {
	uint16_t Version;
	uint16_t Length;
	uint32_t RuntimeServicesSupported;
};
_Static_assert(sizeof(struct efi_rt_properties_table) == 8, "4.6.2");
#define EFI_RT_SUPPORTED_GET_TIME 0x0001
#define EFI_RT_SUPPORTED_SET_TIME 0x0002
#define EFI_RT_SUPPORTED_GET_WAKEUP_TIME 0x0004
#define EFI_RT_SUPPORTED_SET_WAKEUP_TIME 0x0008
#define EFI_RT_SUPPORTED_GET_VARIABLE 0x0010
#define EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME 0x0020
#define EFI_RT_SUPPORTED_SET_VARIABLE 0x0040
#define EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP 0x0080
#define EFI_RT_SUPPORTED_CONVERT_POINTER 0x0100
#define EFI_RT_SUPPORTED_GET_NEXT_HIGH_MONOTONIC_COUNT 0x0200
#define EFI_RT_SUPPORTED_RESET_SYSTEM 0x0400
#define EFI_RT_SUPPORTED_UPDATE_CAPSULE 0x0800
#define EFI_RT_SUPPORTED_QUERY_CAPSULE_CAPABILITIES 0x1000
#define EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO 0x2000

/* 4.6.4: EFI_MEMORY_ATTRIBUTES_TABLE; NumberOfEntries descriptors of DescriptorSize bytes follow. */
#define EFI_MEMORY_ATTRIBUTES_TABLE_GUID \
	EFI_GUID(dcfa911d, 26eb, 469f, a2, 20, 38, b7, dc, 46, 12, 20)
struct efi_memory_attributes_table {
	uint32_t Version;
	uint32_t NumberOfEntries;
	uint32_t DescriptorSize;
	uint32_t Flags; /* reserved in version 1 */
	struct efi_memory_descriptor Entry[];
};
_Static_assert(sizeof(struct efi_memory_attributes_table) == 16, "4.6.4");

/* 4.6.5: EFI_CONFORMANCE_PROFILES_TABLE; NumberOfProfiles GUIDs follow. */
#define EFI_CONFORMANCE_PROFILES_TABLE_GUID \
	EFI_GUID(36122546, f7e7, 4c8f, bd, 9b, eb, 85, 25, b5, 0c, 0b)
#define EFI_CONFORMANCE_PROFILES_TABLE_VERSION 1
struct efi_conformance_profiles_table {
	uint16_t Version;
	uint16_t NumberOfProfiles;
	struct efi_guid ConformanceProfiles[];
};
_Static_assert(sizeof(struct efi_conformance_profiles_table) == 4, "4.6.5");
#define EFI_CONFORMANCE_PROFILES_UEFI_SPEC_GUID \
	EFI_GUID(523c91af, a195, 4382, 81, 8d, 29, 5f, e4, 00, 64, 65)

/* 18.4.3: EFI_DEBUG_IMAGE_INFO_TABLE */
#define EFI_DEBUG_IMAGE_INFO_TABLE_GUID \
	EFI_GUID(49152e77, 1ada, 4764, b7, a2, 7a, fe, fe, d9, 5e, 8b)
#define EFI_DEBUG_IMAGE_INFO_UPDATE_IN_PROGRESS 0x01
#define EFI_DEBUG_IMAGE_INFO_TABLE_MODIFIED 0x02
#define EFI_DEBUG_IMAGE_INFO_TYPE_NORMAL 0x01
struct efi_debug_image_info_normal {
	uint32_t ImageInfoType;
	uint32_t Padding;
	struct efi_loaded_image_protocol *LoadedImageProtocolInstance;
	efi_handle ImageHandle;
};
_Static_assert(sizeof(struct efi_debug_image_info_normal) == 24, "18.4.3");
union efi_debug_image_info {
	uint32_t *ImageInfoType;
	struct efi_debug_image_info_normal *NormalImage;
};
struct efi_debug_image_info_table_header {
	uint32_t UpdateStatus;
	uint32_t TableSize; /* entries, not bytes */
	union efi_debug_image_info *EfiDebugImageInfoTable;
};
_Static_assert(sizeof(struct efi_debug_image_info_table_header) == 16, "18.4.3");
/* 18.4.2: EFI_SYSTEM_TABLE_POINTER, on a 4 MiB boundary */
struct efi_system_table_pointer {
	uint64_t Signature;
	uint64_t EfiSystemTableBase;
	uint32_t Crc32;
};

/* Linux, drivers/firmware/efi: tables its EFI stub installs or reads */
#define LINUX_EFI_INITRD_MEDIA_GUID EFI_GUID(5568e427, 68fc, 4f3d, ac, 74, ca, 55, 52, 31, cc, 68)
#define LINUX_EFI_RANDOM_SEED_TABLE_GUID \
	EFI_GUID(1ce1e5bc, 7ceb, 42f2, 81, e5, 8a, ad, f1, 80, f5, 7b)
#define LINUX_EFI_LOADED_IMAGE_FIXED_GUID \
	EFI_GUID(f5a37b6d, 3344, 42a5, b6, bb, 97, 86, 48, c1, 89, 0a)

#endif
