/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths (UEFI 2.10, chapter 10): the protocol, its nodes as far as we make or read them, its utilities. */
#ifndef EFI_PROTOCOL_DEVICE_PATH_H
#define EFI_PROTOCOL_DEVICE_PATH_H

#include "efi/efi.h"

#define EFI_DEVICE_PATH_PROTOCOL_GUID EFI_GUID(09576e91, 6d3f, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
#define EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID \
	EFI_GUID(bc62157e, 3e33, 4fec, 99, 20, 2d, 3b, 36, d7, 50, df)

/* 10.2: every node begins so. Nodes are byte-packed: nothing in them is aligned. */
struct efi_device_path_protocol {
	uint8_t Type;
	uint8_t SubType;
	uint8_t Length[2];
};
_Static_assert(sizeof(struct efi_device_path_protocol) == 4, "10.2");

static inline uint16_t efi_device_path_length(const struct efi_device_path_protocol *node)
{
	return (uint16_t)(node->Length[0] | node->Length[1] << 8);
}

#define HARDWARE_DEVICE_PATH 0x01
#define HW_PCI_DP 0x01
#define HW_PCCARD_DP 0x02
#define HW_MEMMAP_DP 0x03
#define HW_VENDOR_DP 0x04
#define HW_CONTROLLER_DP 0x05
#define HW_BMC_DP 0x06
#define ACPI_DEVICE_PATH 0x02
#define ACPI_DP 0x01
#define ACPI_EXTENDED_DP 0x02
#define ACPI_ADR_DP 0x03
#define ACPI_NVDIMM_DP 0x04
#define MESSAGING_DEVICE_PATH 0x03
#define MSG_ATAPI_DP 0x01
#define MSG_SCSI_DP 0x02
#define MSG_FIBRECHANNEL_DP 0x03
#define MSG_1394_DP 0x04
#define MSG_USB_DP 0x05
#define MSG_I2O_DP 0x06
#define MSG_INFINIBAND_DP 0x09
#define MSG_VENDOR_DP 0x0a
#define MSG_MAC_ADDR_DP 0x0b
#define MSG_IPv4_DP 0x0c
#define MSG_IPv6_DP 0x0d
#define MSG_UART_DP 0x0e
#define MSG_USB_CLASS_DP 0x0f
#define MSG_USB_WWID_DP 0x10
#define MSG_DEVICE_LOGICAL_UNIT_DP 0x11
#define MSG_SATA_DP 0x12
#define MSG_ISCSI_DP 0x13
#define MSG_VLAN_DP 0x14
#define MSG_FIBRECHANNELEX_DP 0x15
#define MSG_SASEX_DP 0x16
#define MSG_NVME_NAMESPACE_DP 0x17
#define MSG_URI_DP 0x18
#define MSG_UFS_DP 0x19
#define MSG_SD_DP 0x1a
#define MSG_BLUETOOTH_DP 0x1b
#define MSG_WIFI_DP 0x1c
#define MSG_EMMC_DP 0x1d
#define MSG_BLUETOOTH_LE_DP 0x1e
#define MSG_DNS_DP 0x1f
#define MSG_NVDIMM_NAMESPACE_DP 0x20
#define MEDIA_DEVICE_PATH 0x04
#define MEDIA_HARDDRIVE_DP 0x01
#define MEDIA_CDROM_DP 0x02
#define MEDIA_VENDOR_DP 0x03
#define MEDIA_FILEPATH_DP 0x04
#define MEDIA_PROTOCOL_DP 0x05
#define MEDIA_PIWG_FW_FILE_DP 0x06
#define MEDIA_PIWG_FW_VOL_DP 0x07
#define MEDIA_RELATIVE_OFFSET_RANGE_DP 0x08
#define MEDIA_RAM_DISK_DP 0x09
#define BBS_DEVICE_PATH 0x05
#define BBS_BBS_DP 0x01
#define END_DEVICE_PATH_TYPE 0x7f
#define END_INSTANCE_DEVICE_PATH_SUBTYPE 0x01
#define END_ENTIRE_DEVICE_PATH_SUBTYPE 0xff

#define EISA_PNP_ID(id) (uint32_t)(((id) << 16) | 0x41d0)

struct efi_dp_pci {
	struct efi_device_path_protocol Header;
	uint8_t Function;
	uint8_t Device;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_pci) == 6, "10.3.2.1");

struct efi_dp_memmap {
	struct efi_device_path_protocol Header;
	uint32_t MemoryType;
	uint64_t StartingAddress;
	uint64_t EndingAddress; /* inclusive */
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_memmap) == 24, "10.3.2.3");

struct efi_dp_vendor {
	struct efi_device_path_protocol Header;
	struct efi_guid Guid;
	uint8_t Data[];
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_vendor) == 20, "10.3.2.4");

/* 10.3.5.3: a vendor's medium, without data of its own; and a path of only that. */
struct efi_dp_medium {
	struct efi_device_path_protocol Header;
	struct efi_guid Guid;
} __attribute__((packed));
struct efi_medium_path {
	struct efi_dp_medium Medium;
	struct efi_device_path_protocol End;
} __attribute__((packed));
#define EFI_DP_MEDIUM(guid)                                                                   \
	{                                                                                     \
		{MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP, {sizeof(struct efi_dp_medium), 0}}, guid \
	}
#define EFI_DP_END                                                    \
	{                                                             \
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, \
		{                                                     \
			sizeof(struct efi_device_path_protocol), 0    \
		}                                                     \
	}
/* The file system of what QEMU was given, as systemd-boot and shim know it. */
#define QEMU_KERNEL_LOADER_FS_MEDIA_GUID \
	EFI_GUID(1428f772, b64a, 441e, b8, c3, 9e, bd, d7, f8, 93, c7)

struct efi_dp_controller {
	struct efi_device_path_protocol Header;
	uint32_t ControllerNumber;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_controller) == 8, "10.3.2.5");

struct efi_dp_acpi {
	struct efi_device_path_protocol Header;
	uint32_t HID;
	uint32_t UID;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_acpi) == 12, "10.3.3");

struct efi_dp_scsi {
	struct efi_device_path_protocol Header;
	uint16_t TargetId;
	uint16_t Lun;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_scsi) == 8, "10.3.4.2");

struct efi_dp_sata {
	struct efi_device_path_protocol Header;
	uint16_t HBAPortNumber;
	uint16_t PortMultiplierPortNumber;
	uint16_t Lun;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_sata) == 10, "10.3.4.6");

struct efi_dp_mac_addr {
	struct efi_device_path_protocol Header;
	uint8_t MacAddress[32];
	uint8_t IfType;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_mac_addr) == 37, "10.3.4.10");

struct efi_dp_uart {
	struct efi_device_path_protocol Header;
	uint32_t Reserved;
	uint64_t BaudRate;
	uint8_t DataBits;
	uint8_t Parity;
	uint8_t StopBits;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_uart) == 19, "10.3.4.14");

#define DEVICE_PATH_MESSAGING_PC_ANSI EFI_GUID(e0c14753, f9be, 11d2, 9a, 0c, 00, 90, 27, 3f, c1, 4d)
#define DEVICE_PATH_MESSAGING_VT_100 EFI_GUID(dfa66065, b419, 11d3, 9a, 2d, 00, 90, 27, 3f, c1, 4d)
#define DEVICE_PATH_MESSAGING_VT_100_PLUS \
	EFI_GUID(7baec70b, 57e0, 4c76, 8e, 87, 2f, 9e, 28, 08, 83, 43)
#define DEVICE_PATH_MESSAGING_VT_UTF8 EFI_GUID(ad15a0d6, 8bec, 4acf, a0, 73, d0, 1d, e7, 7e, 2d, 88)

struct efi_dp_nvme_namespace {
	struct efi_device_path_protocol Header;
	uint32_t NamespaceId;
	uint64_t NamespaceUuid;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_nvme_namespace) == 16, "10.3.4.21");

struct efi_dp_harddrive {
	struct efi_device_path_protocol Header;
	uint32_t PartitionNumber;
	uint64_t PartitionStart;
	uint64_t PartitionSize;
	uint8_t Signature[16];
	uint8_t MBRType;
	uint8_t SignatureType;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_harddrive) == 42, "10.3.5.1");
#define MBR_TYPE_PCAT 1
#define MBR_TYPE_EFI_PARTITION_TABLE_HEADER 2
#define NO_DISK_SIGNATURE 0
#define SIGNATURE_TYPE_MBR 1
#define SIGNATURE_TYPE_GUID 2

struct efi_dp_cdrom {
	struct efi_device_path_protocol Header;
	uint32_t BootEntry;
	uint64_t PartitionStart;
	uint64_t PartitionSize;
} __attribute__((packed));
_Static_assert(sizeof(struct efi_dp_cdrom) == 24, "10.3.5.2");

struct efi_dp_filepath {
	struct efi_device_path_protocol Header;
	CHAR16 PathName[];
} __attribute__((packed));

/* 10.5: EFI_DEVICE_PATH_UTILITIES_PROTOCOL */
#define EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID \
	EFI_GUID(0379be4e, d706, 437d, b0, 37, ed, b8, 2f, b7, 72, a4)
struct efi_device_path_utilities_protocol {
	uint64_t(EFIAPI *GetDevicePathSize)(const struct efi_device_path_protocol *DevicePath);
	struct efi_device_path_protocol *(EFIAPI *DuplicateDevicePath)(
		const struct efi_device_path_protocol *DevicePath);
	struct efi_device_path_protocol *(EFIAPI *AppendDevicePath)(
		const struct efi_device_path_protocol *Src1,
		const struct efi_device_path_protocol *Src2);
	struct efi_device_path_protocol *(EFIAPI *AppendDeviceNode)(
		const struct efi_device_path_protocol *DevicePath,
		const struct efi_device_path_protocol *DeviceNode);
	struct efi_device_path_protocol *(EFIAPI *AppendDevicePathInstance)(
		const struct efi_device_path_protocol *DevicePath,
		const struct efi_device_path_protocol *DevicePathInstance);
	struct efi_device_path_protocol *(EFIAPI *GetNextDevicePathInstance)(
		struct efi_device_path_protocol **DevicePathInstance,
		uint64_t *DevicePathInstanceSize);
	BOOLEAN(EFIAPI *IsDevicePathMultiInstance)
	(const struct efi_device_path_protocol *DevicePath);
	struct efi_device_path_protocol *(EFIAPI *CreateDeviceNode)(uint8_t NodeType,
								    uint8_t NodeSubType,
								    uint16_t NodeLength);
};

/* 10.6.2: EFI_DEVICE_PATH_TO_TEXT_PROTOCOL */
#define EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID \
	EFI_GUID(8b843e20, 8132, 4852, 90, cc, 55, 1a, 4e, 4a, 7f, 1c)
struct efi_device_path_to_text_protocol {
	CHAR16 *(EFIAPI *ConvertDeviceNodeToText)(const struct efi_device_path_protocol *DeviceNode,
						  BOOLEAN DisplayOnly, BOOLEAN AllowShortcuts);
	CHAR16 *(EFIAPI *ConvertDevicePathToText)(const struct efi_device_path_protocol *DevicePath,
						  BOOLEAN DisplayOnly, BOOLEAN AllowShortcuts);
};

/* 10.6.5: EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL */
#define EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL_GUID \
	EFI_GUID(05c99a21, c70f, 4ad2, 8a, 5f, 35, df, 33, 43, f5, 1e)
struct efi_device_path_from_text_protocol {
	struct efi_device_path_protocol *(EFIAPI *ConvertTextToDeviceNode)(
		const CHAR16 *TextDeviceNode);
	struct efi_device_path_protocol *(EFIAPI *ConvertTextToDevicePath)(
		const CHAR16 *TextDevicePath);
};

#endif
