/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of device path nodes' texts; see device_path_nodes.h. */
#include "efi/protocols/device_path_nodes.h"

/* clang-format off */

const struct efi_guid node_guids[] = {
	{0, 0, 0, {0}},
	DEVICE_PATH_MESSAGING_PC_ANSI,
	DEVICE_PATH_MESSAGING_VT_100,
	DEVICE_PATH_MESSAGING_VT_100_PLUS,
	DEVICE_PATH_MESSAGING_VT_UTF8,
	EFI_GUID(37499a9d, 542f, 4c89, a0, 26, 35, da, 14, 20, 94, e4), /* UART flow control */
	EFI_GUID(eba4e8d2, 3858, 41ec, a2, 81, 26, 47, ba, 96, 60, d0), /* debug port */
};
enum { ANY, PC_ANSI, VT100, VT100_PLUS, VT_UTF8, UART_FLOW, DEBUG_PORT };

const char node_words[][40] = {
	"0:DEFAULT",
	"0:D 1:N 2:E 3:O 4:M 5:S",
	"0:D 1:1 2:1.5 3:2",
	"0:Primary 1:Secondary",
	"0:Master 1:Slave",
	"6:TCP 17:UDP",
	"0:DHCP 1:Static",
	"0:Static 1:StatelessAutoConfigure",
	"1:MBR 2:GPT",
	"1:Floppy 2:Harddrive 3:CDROM 4:PCMCIA",
};
enum { DEFAULT, PARITY, STOP, PRIMARY, MASTER, IP, DHCP, STATELESS, DISK, BBS };

const char node_type_names[5][16] = {"HardwarePath", "AcpiPath", "Msg", "MediaPath", "BbsPath"};

#define X(at, size) {NODE_HEX, at, size, 0}
#define D(at, size) {NODE_DECIMAL, at, size, 0}
#define W(at, size, words) {NODE_WORD, at, size, words}
#define G(at) {NODE_GUID, at, 16, 0}
#define FIELD(kind, at, size) {kind, at, size, 0}
#define REST(kind, at) {kind, at, 0, 0}

const struct node_text node_texts[] = {
	{1, HW_PCI_DP, 6, 0, 0, "Pci", {X(5, 1), X(4, 1)}},
	{1, HW_PCCARD_DP, 5, 0, 0, "PcCard", {X(4, 1)}},
	{1, HW_MEMMAP_DP, 24, 0, 0, "MemoryMapped", {X(4, 4), X(8, 8), X(16, 8)}},
	{1, HW_VENDOR_DP, 20, 0, 0, "VenHw", {G(4), REST(NODE_DUMP, 20)}},
	{1, HW_CONTROLLER_DP, 8, 0, 0, "Ctrl", {X(4, 4)}},
	{1, HW_BMC_DP, 13, 0, 0, "BMC", {X(4, 1), X(5, 8)}},

	{2, ACPI_DP, 12, 0, 0x0a03, "PciRoot", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0x0a08, "PcieRoot", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0x0604, "Floppy", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0x0301, "Keyboard", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0x0501, "Serial", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0x0401, "ParallelPort", {X(8, 4)}},
	{2, ACPI_DP, 12, 0, 0, "Acpi", {FIELD(NODE_EISA, 4, 4), X(8, 4)}},
	{2, ACPI_ADR_DP, 8, 0, 0, "AcpiAdr", {X(4, 4), REST(NODE_NUMBERS, 8)}},

	{3, MSG_ATAPI_DP, 8, 0, 0, "Ata", {W(4, 1, PRIMARY), W(5, 1, MASTER), X(6, 2)}},
	{3, MSG_SCSI_DP, 8, 0, 0, "Scsi", {X(4, 2), X(6, 2)}},
	{3, MSG_FIBRECHANNEL_DP, 24, 0, 0, "Fibre", {X(8, 8), X(16, 8)}},
	{3, MSG_FIBRECHANNELEX_DP, 24, 0, 0, "FibreEx",
		{FIELD(NODE_BYTES, 8, 8), FIELD(NODE_BYTES, 16, 8)}},
	{3, MSG_USB_DP, 6, 0, 0, "USB", {X(4, 1), X(5, 1)}},
	{3, MSG_I2O_DP, 8, 0, 0, "I2O", {X(4, 4)}},
	{3, MSG_VENDOR_DP, 20, PC_ANSI, 0, "VenPcAnsi", {{0, 0, 0, 0}}},
	{3, MSG_VENDOR_DP, 20, VT100, 0, "VenVt100", {{0, 0, 0, 0}}},
	{3, MSG_VENDOR_DP, 20, VT100_PLUS, 0, "VenVt100Plus", {{0, 0, 0, 0}}},
	{3, MSG_VENDOR_DP, 20, VT_UTF8, 0, "VenUtf8", {{0, 0, 0, 0}}},
	{3, MSG_VENDOR_DP, 24, UART_FLOW, 0, "UartFlowCtrl", {X(20, 4)}},
	{3, MSG_VENDOR_DP, 20, DEBUG_PORT, 0, "DebugPort", {{0, 0, 0, 0}}},
	{3, MSG_VENDOR_DP, 20, 0, 0, "VenMsg", {G(4), REST(NODE_DUMP, 20)}},
	{3, MSG_MAC_ADDR_DP, 37, 0, 0, "MAC", {FIELD(NODE_MAC, 4, 32), X(36, 1)}},
	{3, MSG_IPv4_DP, 27, 0, 0, "IPv4",
		{FIELD(NODE_IP4, 8, 4), W(16, 2, IP), W(18, 1, DHCP), FIELD(NODE_IP4, 4, 4),
		 FIELD(NODE_IP4, 19, 4), FIELD(NODE_IP4, 23, 4)}},
	{3, MSG_IPv6_DP, 60, 0, 0, "IPv6",
		{FIELD(NODE_IP6, 20, 16), W(40, 2, IP), W(42, 1, STATELESS), FIELD(NODE_IP6, 4, 16),
		 X(43, 1), FIELD(NODE_IP6, 44, 16)}},
	{3, MSG_UART_DP, 19, 0, 0, "Uart",
		{W(8, 8, DEFAULT), W(16, 1, DEFAULT), W(17, 1, PARITY), W(18, 1, STOP)}},
	{3, MSG_USB_CLASS_DP, 11, 0, 0, "UsbClass", {X(4, 2), X(6, 2), X(8, 1), X(9, 1), X(10, 1)}},
	{3, MSG_USB_WWID_DP, 10, 0, 0, "UsbWwid", {X(6, 2), X(8, 2), X(4, 2), REST(NODE_UTF16, 10)}},
	{3, MSG_DEVICE_LOGICAL_UNIT_DP, 5, 0, 0, "Unit", {X(4, 1)}},
	{3, MSG_SATA_DP, 10, 0, 0, "Sata", {X(4, 2), X(6, 2), X(8, 2)}},
	{3, MSG_VLAN_DP, 6, 0, 0, "Vlan", {D(4, 2)}},
	{3, MSG_NVME_NAMESPACE_DP, 16, 0, 0, "NVMe", {X(4, 4), FIELD(NODE_EUI, 8, 8)}},
	{3, MSG_URI_DP, 4, 0, 0, "Uri", {REST(NODE_ASCII, 4)}},
	{3, MSG_UFS_DP, 6, 0, 0, "UFS", {X(4, 1), X(5, 1)}},
	{3, MSG_SD_DP, 5, 0, 0, "SD", {X(4, 1)}},
	{3, MSG_BLUETOOTH_DP, 10, 0, 0, "Bluetooth", {FIELD(NODE_BYTES, 4, 6)}},
	{3, MSG_EMMC_DP, 5, 0, 0, "eMMC", {X(4, 1)}},
	{3, MSG_NVDIMM_NAMESPACE_DP, 20, 0, 0, "NVDIMM", {G(4)}},

	{4, MEDIA_HARDDRIVE_DP, 42, 0, 0, "HD",
		{D(4, 4), W(DISK_TYPE_AT, 1, DISK), FIELD(NODE_DISK, 24, 16), X(8, 8), X(16, 8)}},
	{4, MEDIA_CDROM_DP, 24, 0, 0, "CDROM", {X(4, 4), X(8, 8), X(16, 8)}},
	{4, MEDIA_VENDOR_DP, 20, 0, 0, "VenMedia", {G(4), REST(NODE_DUMP, 20)}},
	{4, MEDIA_PROTOCOL_DP, 20, 0, 0, "Media", {G(4)}},
	{4, MEDIA_PIWG_FW_FILE_DP, 20, 0, 0, "FvFile", {G(4)}},
	{4, MEDIA_PIWG_FW_VOL_DP, 20, 0, 0, "Fv", {G(4)}},
	{4, MEDIA_RELATIVE_OFFSET_RANGE_DP, 24, 0, 0, "Offset", {X(8, 8), X(16, 8)}},
	{4, MEDIA_RAM_DISK_DP, 38, 0, 0, "RamDisk", {X(4, 8), X(12, 8), D(36, 2), G(20)}},

	{5, BBS_BBS_DP, 8, 0, 0, "BBS", {W(4, 2, BBS), REST(NODE_ASCII, 8), X(6, 2)}},
	{0, 0, 0, 0, 0, "", {{0, 0, 0, 0}}},
};
