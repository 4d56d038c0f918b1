/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths (UEFI 2.10, 10.5, 10.6): the utilities, and texts that are read and written again. */
#include "efi/protocol/device_path.h"
#include "tests/efi-apps/app.h"

typedef struct efi_device_path_protocol node;

static const struct efi_guid utilities_guid = EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID;
static const struct efi_guid to_text_guid = EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID;
static const struct efi_guid from_text_guid = EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL_GUID;
static struct efi_device_path_utilities_protocol *utilities;
static struct efi_device_path_to_text_protocol *to_text;
static struct efi_device_path_from_text_protocol *from_text;

static struct path {
	struct efi_dp_pci pci;
	node end;
} __attribute__((packed)) path = {{{HARDWARE_DEVICE_PATH, HW_PCI_DP, {6, 0}}, 2, 0x1f}, EFI_DP_END};

static uint64_t size_of(const node *p)
{
	return utilities->GetDevicePathSize(p);
}

/* The size of a path that somebody has made, which goes. */
static uint64_t size_and_free(node *p)
{
	uint64_t size = p ? size_of(p) : 0;

	if (p)
		bs->FreePool(p);
	return size;
}

static void check_utilities(void)
{
	node *p = &path.pci.Header;
	node *two, *rest, *one;
	uint64_t size = 77;

	is(size_of(NULL), 0, "size: of nothing");
	is(size_of(p), 10, "size");
	ok(!utilities->DuplicateDevicePath(NULL), "duplicate: nothing");
	is(size_and_free(utilities->DuplicateDevicePath(p)), 10, "duplicate");
	is(size_and_free(utilities->AppendDevicePath(NULL, NULL)), 4, "append: nothing to nothing");
	is(size_and_free(utilities->AppendDevicePath(p, NULL)), 10, "append: nothing");
	is(size_and_free(utilities->AppendDevicePath(p, p)), 16, "append: a path");
	is(size_and_free(utilities->AppendDeviceNode(NULL, NULL)), 4, "append: no node to nothing");
	is(size_and_free(utilities->AppendDeviceNode(NULL, p)), 10, "append: a node to nothing");
	is(size_and_free(utilities->AppendDeviceNode(p, p)), 16, "append: a node");
	ok(!utilities->AppendDevicePathInstance(p, NULL), "append: no instance");
	is(size_and_free(utilities->AppendDevicePathInstance(NULL, p)), 10,
	   "append: an instance to nothing");
	two = utilities->AppendDevicePathInstance(p, p);
	is(size_of(two), 20, "append: an instance");
	ok(!utilities->IsDevicePathMultiInstance(NULL), "instances: of nothing");
	ok(!utilities->IsDevicePathMultiInstance(p), "instances: one");
	ok(utilities->IsDevicePathMultiInstance(two), "instances: two");
	rest = two;
	one = utilities->GetNextDevicePathInstance(&rest, &size);
	ok(one && size == 10 && rest && rest != two, "instances: the first");
	bs->FreePool(one);
	one = utilities->GetNextDevicePathInstance(&rest, &size);
	ok(one && size == 10 && !rest, "instances: the second");
	bs->FreePool(one);
	ok(!utilities->GetNextDevicePathInstance(&rest, &size) && !size, "instances: no more");
	bs->FreePool(two);
	ok(!utilities->CreateDeviceNode(1, 1, 3), "create: shorter than a header");
	one = utilities->CreateDeviceNode(4, 3, 20);
	ok(one && one->Type == 4 && one->SubType == 3 && one->Length[0] == 20 && !one->Length[1],
	   "create: a node");
	bs->FreePool(one);
}

/* Read, written, and the same. */
static void check_text(CHAR16 *text, const char *name)
{
	node *p = from_text->ConvertTextToDevicePath(text);
	CHAR16 *back = p ? to_text->ConvertDevicePathToText(p, 0, 0) : NULL;
	uint64_t i = 0;

	while (back && text[i] && back[i] == text[i])
		i++;
	ok(back && text[i] == back[i], name);
	if (back && text[i] != back[i]) {
		app_print("# written as ");
		app_system->ConOut->OutputString(app_system->ConOut, back);
		app_print("\n");
	}
	if (back)
		bs->FreePool(back);
	if (p)
		bs->FreePool(p);
}

static void check_texts(void)
{
	check_text(u"PciRoot(0x0)/Pci(0x1F,0x2)/Sata(0x0,0xFFFF,0x0)", "text: a SATA disk");
	check_text(u"PciRoot(0x0)/Pci(0x3,0x0)/NVMe(0x1,00-11-22-33-44-55-66-77)", "text: NVMe");
	check_text(u"PciRoot(0x0)/Pci(0x4,0x0)/Scsi(0x1,0x2)", "text: SCSI");
	check_text(u"PciRoot(0x0)/Pci(0x1,0x0)/USB(0x1,0x0)", "text: USB");
	check_text(
		u"HD(1,GPT,00112233-4455-6677-8899-AABBCCDDEEFF,0x800,0x10000)/\\EFI\\BOOT\\BOOTX64.EFI",
		"text: a file on a partition");
	check_text(u"HD(2,MBR,0x12345678,0x3F,0x1000)", "text: a partition of an MBR");
	check_text(u"CDROM(0x1,0x20,0x1000)", "text: El Torito");
	check_text(u"VenHw(00112233-4455-6677-8899-AABBCCDDEEFF,0102)", "text: a vendor's device");
	check_text(u"VenMedia(00112233-4455-6677-8899-AABBCCDDEEFF)/kernel",
		   "text: a vendor's medium");
	check_text(u"VenHw(00112233-4455-6677-8899-AABBCCDDEEFF)/Uart(115200,8,N,1)/VenUtf8()",
		   "text: a terminal");
	check_text(u"PciRoot(0x0)/Pci(0x2,0x0)/MAC(525400123456,0x1)/Vlan(7)",
		   "text: a network card");
	check_text(u"MemoryMapped(0xB,0x1000,0x1FFF)", "text: memory");
	check_text(u"Ctrl(0x3)", "text: a controller");
	check_text(u"PciRoot(0x1)/Pci(0x0,0x0),PciRoot(0x0)/Pci(0x1,0x0)", "text: two instances");
	check_text(u"Uri(http://example.net/boot.efi)", "text: a resource of the net");
	check_text(
		u"Fv(00112233-4455-6677-8899-AABBCCDDEEFF)/FvFile(00112233-4455-6677-8899-AABBCCDDEEFF)",
		"text: a firmware volume");
	check_text(u"Path(9,1,AABB)", "text: a node that nobody knows");
	ok(!to_text->ConvertDevicePathToText(NULL, 0, 0), "to text: no path");
	ok(!to_text->ConvertDeviceNodeToText(NULL, 0, 0), "to text: no node");
	ok(!from_text->ConvertTextToDevicePath(NULL), "from text: none");
	ok(!from_text->ConvertTextToDeviceNode(NULL), "from text: none for a node");
}

void app_main(void)
{
	bs->LocateProtocol(&utilities_guid, NULL, (void **)&utilities);
	bs->LocateProtocol(&to_text_guid, NULL, (void **)&to_text);
	bs->LocateProtocol(&from_text_guid, NULL, (void **)&from_text);
	ok(utilities && to_text && from_text, "the protocols are there");
	if (!utilities || !to_text || !from_text)
		return;
	check_utilities();
	check_texts();
}
