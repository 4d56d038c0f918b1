/* SPDX-License-Identifier: BSD-2-Clause */
/* Human interface infrastructure (UEFI 2.10, chapters 33 to 35): what the shell and loaders use of it. */
#ifndef EFI_PROTOCOL_HII_H
#define EFI_PROTOCOL_HII_H

#include "efi/efi.h"

typedef void *efi_hii_handle;
typedef CHAR16 *efi_string;
typedef uint16_t efi_string_id;

/* 33.3.1: packages. Length is the low 24 bits, Type the high 8. */
struct efi_hii_package_header {
	uint32_t LengthAndType;
};
#define EFI_HII_PACKAGE_LENGTH(header) ((header)&0xffffffu)
#define EFI_HII_PACKAGE_TYPE(header) ((header) >> 24)
#define EFI_HII_PACKAGE_TYPE_ALL 0x00
#define EFI_HII_PACKAGE_TYPE_GUID 0x01
#define EFI_HII_PACKAGE_FORMS 0x02
#define EFI_HII_PACKAGE_STRINGS 0x04
#define EFI_HII_PACKAGE_FONTS 0x05
#define EFI_HII_PACKAGE_IMAGES 0x06
#define EFI_HII_PACKAGE_SIMPLE_FONTS 0x07
#define EFI_HII_PACKAGE_DEVICE_PATH 0x08
#define EFI_HII_PACKAGE_KEYBOARD_LAYOUT 0x09
#define EFI_HII_PACKAGE_ANIMATIONS 0x0a
#define EFI_HII_PACKAGE_END 0xdf
#define EFI_HII_PACKAGE_TYPE_SYSTEM_BEGIN 0xe0
#define EFI_HII_PACKAGE_TYPE_SYSTEM_END 0xff

struct efi_hii_package_list_header {
	struct efi_guid PackageListGuid;
	uint32_t PackageLength;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_hii_package_list_header) == 20, "33.3.1.2");

/* 33.3.6: string packages */
struct efi_hii_string_package_hdr {
	struct efi_hii_package_header Header;
	uint32_t HdrSize;
	uint32_t StringInfoOffset;
	CHAR16 LanguageWindow[16];
	efi_string_id LanguageName;
	char Language[];
} __attribute__((packed));
_Static_assert(offsetof(struct efi_hii_string_package_hdr, Language) == 46, "33.3.6.1");

#define EFI_HII_SIBT_END 0x00
#define EFI_HII_SIBT_STRING_SCSU 0x10
#define EFI_HII_SIBT_STRING_SCSU_FONT 0x11
#define EFI_HII_SIBT_STRINGS_SCSU 0x12
#define EFI_HII_SIBT_STRINGS_SCSU_FONT 0x13
#define EFI_HII_SIBT_STRING_UCS2 0x14
#define EFI_HII_SIBT_STRING_UCS2_FONT 0x15
#define EFI_HII_SIBT_STRINGS_UCS2 0x16
#define EFI_HII_SIBT_STRINGS_UCS2_FONT 0x17
#define EFI_HII_SIBT_DUPLICATE 0x20
#define EFI_HII_SIBT_SKIP2 0x21
#define EFI_HII_SIBT_SKIP1 0x22
#define EFI_HII_SIBT_EXT1 0x30
#define EFI_HII_SIBT_EXT2 0x31
#define EFI_HII_SIBT_EXT4 0x32
#define EFI_HII_SIBT_FONT 0x40

struct efi_font_info {
	uint32_t FontStyle;
	uint16_t FontSize;
	CHAR16 FontName[];
};

/* 34.3: EFI_HII_STRING_PROTOCOL */
#define EFI_HII_STRING_PROTOCOL_GUID EFI_GUID(0fd96974, 23aa, 4cdc, b9, cb, 98, d1, 77, 50, 32, 2a)
struct efi_hii_string_protocol {
	efi_status(EFIAPI *NewString)(const struct efi_hii_string_protocol *This,
				      efi_hii_handle PackageList, efi_string_id *StringId,
				      const char *Language, const CHAR16 *LanguageName,
				      const efi_string String,
				      const struct efi_font_info *StringFontInfo);
	efi_status(EFIAPI *GetString)(const struct efi_hii_string_protocol *This,
				      const char *Language, efi_hii_handle PackageList,
				      efi_string_id StringId, efi_string String,
				      uint64_t *StringSize, struct efi_font_info **StringFontInfo);
	efi_status(EFIAPI *SetString)(const struct efi_hii_string_protocol *This,
				      efi_hii_handle PackageList, efi_string_id StringId,
				      const char *Language, efi_string String,
				      const struct efi_font_info *StringFontInfo);
	efi_status(EFIAPI *GetLanguages)(const struct efi_hii_string_protocol *This,
					 efi_hii_handle PackageList, char *Languages,
					 uint64_t *LanguagesSize);
	efi_status(EFIAPI *GetSecondaryLanguages)(const struct efi_hii_string_protocol *This,
						  efi_hii_handle PackageList,
						  const char *PrimaryLanguage,
						  char *SecondaryLanguages,
						  uint64_t *SecondaryLanguagesSize);
};

/* 34.8: EFI_HII_DATABASE_PROTOCOL */
#define EFI_HII_DATABASE_PROTOCOL_GUID \
	EFI_GUID(ef9fc172, a1b2, 4693, b3, 27, 6d, 32, fc, 41, 60, 42)
#define EFI_HII_DATABASE_NOTIFY_NEW_PACK UINT64_C(1)
#define EFI_HII_DATABASE_NOTIFY_REMOVE_PACK UINT64_C(2)
#define EFI_HII_DATABASE_NOTIFY_EXPORT_PACK UINT64_C(4)
#define EFI_HII_DATABASE_NOTIFY_ADD_PACK UINT64_C(8)

typedef efi_status(EFIAPI *efi_hii_database_notify)(uint8_t PackageType,
						    const struct efi_guid *PackageGuid,
						    const struct efi_hii_package_header *Package,
						    efi_hii_handle Handle, uint64_t NotifyType);

struct efi_hii_keyboard_layout {
	uint16_t LayoutLength;
	uint8_t Guid[16]; /* a struct efi_guid, not aligned */
	uint32_t LayoutDescriptorStringOffset;
	uint8_t DescriptorCount;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_hii_keyboard_layout) == 23, "34.8.9");

struct efi_hii_database_protocol {
	efi_status(EFIAPI *NewPackageList)(const struct efi_hii_database_protocol *This,
					   const struct efi_hii_package_list_header *PackageList,
					   const efi_handle DriverHandle, efi_hii_handle *Handle);
	efi_status(EFIAPI *RemovePackageList)(const struct efi_hii_database_protocol *This,
					      efi_hii_handle Handle);
	efi_status(EFIAPI *UpdatePackageList)(
		const struct efi_hii_database_protocol *This, efi_hii_handle Handle,
		const struct efi_hii_package_list_header *PackageList);
	efi_status(EFIAPI *ListPackageLists)(const struct efi_hii_database_protocol *This,
					     uint8_t PackageType,
					     const struct efi_guid *PackageGuid,
					     uint64_t *HandleBufferLength, efi_hii_handle *Handle);
	efi_status(EFIAPI *ExportPackageLists)(const struct efi_hii_database_protocol *This,
					       efi_hii_handle Handle, uint64_t *BufferSize,
					       struct efi_hii_package_list_header *Buffer);
	efi_status(EFIAPI *RegisterPackageNotify)(const struct efi_hii_database_protocol *This,
						  uint8_t PackageType,
						  const struct efi_guid *PackageGuid,
						  const efi_hii_database_notify PackageNotifyFn,
						  const uint64_t NotifyType,
						  efi_handle *NotifyHandle);
	efi_status(EFIAPI *UnregisterPackageNotify)(const struct efi_hii_database_protocol *This,
						    efi_handle NotificationHandle);
	efi_status(EFIAPI *FindKeyboardLayouts)(const struct efi_hii_database_protocol *This,
						uint16_t *KeyGuidBufferLength,
						struct efi_guid *KeyGuidBuffer);
	efi_status(EFIAPI *GetKeyboardLayout)(const struct efi_hii_database_protocol *This,
					      const struct efi_guid *KeyGuid,
					      uint16_t *KeyboardLayoutLength,
					      struct efi_hii_keyboard_layout *KeyboardLayout);
	efi_status(EFIAPI *SetKeyboardLayout)(const struct efi_hii_database_protocol *This,
					      const struct efi_guid *KeyGuid);
	efi_status(EFIAPI *GetPackageListHandle)(const struct efi_hii_database_protocol *This,
						 efi_hii_handle PackageListHandle,
						 efi_handle *DriverHandle);
};

/* 9.6.1: a resource section of an image carries a package list; its protocol is on the image handle. */
#define EFI_HII_PACKAGE_LIST_PROTOCOL_GUID \
	EFI_GUID(6a1ee763, d47a, 43b4, aa, be, ef, 1d, e2, ab, 56, fc)

/* 35.4: EFI_HII_CONFIG_ROUTING_PROTOCOL */
#define EFI_HII_CONFIG_ROUTING_PROTOCOL_GUID \
	EFI_GUID(587e72d7, cc50, 4f79, 82, 09, ca, 29, 1f, c1, a1, 0f)
struct efi_hii_config_routing_protocol {
	efi_status(EFIAPI *ExtractConfig)(const struct efi_hii_config_routing_protocol *This,
					  const efi_string Request, efi_string *Progress,
					  efi_string *Results);
	efi_status(EFIAPI *ExportConfig)(const struct efi_hii_config_routing_protocol *This,
					 efi_string *Results);
	efi_status(EFIAPI *RouteConfig)(const struct efi_hii_config_routing_protocol *This,
					const efi_string Configuration, efi_string *Progress);
	efi_status(EFIAPI *BlockToConfig)(const struct efi_hii_config_routing_protocol *This,
					  const efi_string ConfigRequest, const uint8_t *Block,
					  const uint64_t BlockSize, efi_string *Config,
					  efi_string *Progress);
	efi_status(EFIAPI *ConfigToBlock)(const struct efi_hii_config_routing_protocol *This,
					  const efi_string ConfigResp, uint8_t *Block,
					  uint64_t *BlockSize, efi_string *Progress);
	efi_status(EFIAPI *GetAltCfg)(const struct efi_hii_config_routing_protocol *This,
				      const efi_string ConfigResp, const struct efi_guid *Guid,
				      const efi_string Name,
				      const struct efi_device_path_protocol *DevicePath,
				      const efi_string AltCfgId, efi_string *AltCfgResp);
};

/* 35.5: EFI_HII_CONFIG_ACCESS_PROTOCOL, made by drivers; routing calls it. */
#define EFI_HII_CONFIG_ACCESS_PROTOCOL_GUID \
	EFI_GUID(330d4706, f2a0, 4e4f, a3, 69, b6, 6f, a8, d5, 43, 85)
struct efi_hii_config_access_protocol {
	efi_status(EFIAPI *ExtractConfig)(const struct efi_hii_config_access_protocol *This,
					  const efi_string Request, efi_string *Progress,
					  efi_string *Results);
	efi_status(EFIAPI *RouteConfig)(const struct efi_hii_config_access_protocol *This,
					const efi_string Configuration, efi_string *Progress);
	efi_status(EFIAPI *Callback)(const struct efi_hii_config_access_protocol *This,
				     uint64_t Action, uint16_t QuestionId, uint8_t Type,
				     void *Value, uint64_t *ActionRequest);
};

#endif
