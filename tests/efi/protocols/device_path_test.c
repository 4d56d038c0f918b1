/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/device_path_utilities.c efi/protocols/device_path_to_text.c */
/* test-sources: efi/protocols/device_path_from_text.c efi/protocols/device_path_nodes.c */
/* Device paths: utilities, to text and from text. */
#include "efi/device_path.h"
#include "tests/efi/protocols/common.h"

typedef struct efi_device_path_protocol path;

static struct efi_device_path_utilities_protocol *utilities;
static struct efi_device_path_to_text_protocol *to_text;
static struct efi_device_path_from_text_protocol *from_text;

static void start(void)
{
	machine_start(4096);
	ok(!efi_table_start(), "tables");
	ok(!efi_device_path_utilities_install() && !efi_device_path_to_text_install() &&
		   !efi_device_path_from_text_install(),
	   "installed");
	utilities = locate((struct efi_guid)EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID);
	to_text = locate((struct efi_guid)EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID);
	from_text = locate((struct efi_guid)EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL_GUID);
}

/* Text to node and back is the text; returns the node. */
static void round_trip(const char *text, const char *canonical, uint64_t size)
{
	path *node = from_text->ConvertTextToDeviceNode(wide(text));
	CHAR16 *back;

	if (!ok(node != NULL, text))
		return;
	equal(efi_device_path_length(node), size, "its size");
	back = to_text->ConvertDeviceNodeToText(node, 0, 0);
	text_equal(narrow(back), canonical ? canonical : text, "and back");
	efi_free_pool(back);
	efi_free_pool(node);
}

static void test_nodes(void)
{
	struct snapshot before;
	struct snapshot after;

	start();
	before = machine_snapshot();
	round_trip("Pci(0x1F,0x2)", NULL, 6);
	round_trip("pci(31,2)", "Pci(0x1F,0x2)", 6);
	round_trip("Pci(3)", "Pci(0x3,0x0)", 6);
	round_trip("PcCard(0x1)", NULL, 5);
	round_trip("MemoryMapped(0xB,0xFFE00000,0xFFFFFFFF)", NULL, 24);
	round_trip("VenHw(D3987D4B-971A-435F-8CAF-4967EB627241)", NULL, 20);
	round_trip("VenHw(d3987d4b-971a-435f-8caf-4967eb627241,0011ff)",
		   "VenHw(D3987D4B-971A-435F-8CAF-4967EB627241,0011FF)", 23);
	round_trip("Ctrl(0x7)", NULL, 8);
	round_trip("BMC(0x1,0x1234567890)", NULL, 13);
	round_trip("PciRoot(0x0)", NULL, 12);
	round_trip("Acpi(PNP0A03,0x1)", "PciRoot(0x1)", 12);
	round_trip("PcieRoot(0x0)", NULL, 12);
	round_trip("Serial(0x1)", NULL, 12);
	round_trip("Acpi(PNP0C0D,0x1)", NULL, 12);
	round_trip("Acpi(QMU0002,0x0)", NULL, 12);
	round_trip("Acpi(0x12340000,0x0)", NULL, 12);
	round_trip("AcpiAdr(0x80010100)", NULL, 8);
	round_trip("AcpiAdr(0x1,0x2,0x3)", NULL, 16);
	round_trip("Ata(Primary,Slave,0x1)", NULL, 8);
	round_trip("Ata(7,0,0)", "Ata(7,Master,0x0)", 8);
	round_trip("Scsi(0x1,0x2)", NULL, 8);
	round_trip("Fibre(0x1,0x2)", NULL, 24);
	round_trip("FibreEx(0001020304050607,08090A0B0C0D0E0F)", NULL, 24);
	round_trip("USB(0x1,0x0)", NULL, 6);
	round_trip("VenUtf8()", NULL, 20);
	round_trip("VenVt100Plus()", NULL, 20);
	round_trip("UartFlowCtrl(0x1)", NULL, 24);
	round_trip("VenMsg(D3987D4B-971A-435F-8CAF-4967EB627241,AA)", NULL, 21);
	round_trip("MAC(525400123456,0x1)", NULL, 37);
	round_trip("IPv4(10.0.2.2,UDP,DHCP,10.0.2.15,10.0.2.2,255.255.255.0)", NULL, 27);
	round_trip("IPv4(10.0.2.2)", "IPv4(10.0.2.2,0,DHCP,0.0.0.0,0.0.0.0,0.0.0.0)", 27);
	round_trip("IPv6(FE80:0:0:0:0:0:0:1,TCP,Static,0:0:0:0:0:0:0:2,0x40,0:0:0:0:0:0:0:0)", NULL,
		   60);
	round_trip("Uart(115200,8,N,1)", NULL, 19);
	round_trip("Uart(DEFAULT,DEFAULT,D,D)", NULL, 19);
	round_trip("Uart()", "Uart(DEFAULT,DEFAULT,D,D)", 19);
	round_trip("UsbClass(0xFFFF,0xFFFF,0x3,0x1,0x1)", NULL, 11);
	round_trip("UsbWwid(0x1,0x2,0x0,serial)", NULL, 22);
	round_trip("Unit(0x3)", NULL, 5);
	round_trip("Sata(0x0,0xFFFF,0x0)", NULL, 10);
	round_trip("Vlan(5)", NULL, 6);
	round_trip("NVMe(0x1,00-00-00-00-00-00-00-01)", NULL, 16);
	round_trip("Uri(http://boot.example/a,b.efi)", NULL, 4 + 27);
	round_trip("Uri()", NULL, 4);
	round_trip("UFS(0x0,0x1)", NULL, 6);
	round_trip("SD(0x0)", NULL, 5);
	round_trip("eMMC(0x0)", NULL, 5);
	round_trip("Bluetooth(001122334455)", NULL, 10);
	round_trip("NVDIMM(D3987D4B-971A-435F-8CAF-4967EB627241)", NULL, 20);
	round_trip("HD(1,GPT,D3987D4B-971A-435F-8CAF-4967EB627241,0x800,0x1000)", NULL, 42);
	round_trip("HD(2,MBR,0xA0021243,0x800,0x1000)", NULL, 42);
	round_trip("HD(1,0,0)", "HD(1,0,0,0x0,0x0)", 42);
	round_trip("CDROM(0x0,0x10,0x20)", NULL, 24);
	round_trip("CDROM(1)", "CDROM(0x1,0x0,0x0)", 24);
	round_trip("VenMedia(1428F772-B64A-441E-B8C3-9EBDD7F893C7)", NULL, 20);
	round_trip("Media(1428F772-B64A-441E-B8C3-9EBDD7F893C7)", NULL, 20);
	round_trip("Fv(1428F772-B64A-441E-B8C3-9EBDD7F893C7)", NULL, 20);
	round_trip("FvFile(1428F772-B64A-441E-B8C3-9EBDD7F893C7)", NULL, 20);
	round_trip("Offset(0x0,0xFFFF)", NULL, 24);
	round_trip("RamDisk(0x1000,0x2000,0,77AB535A-45FC-624B-5560-F7B281D1F96E)", NULL, 38);
	round_trip("BBS(Harddrive,disk,0x1)", NULL, 13);
	round_trip("\\EFI\\BOOT\\BOOTX64.EFI", NULL, 4 + 44);
	round_trip("HardwarePath(200,0102)", NULL, 6);
	round_trip("Path(1,200,0102)", "HardwarePath(200,0102)", 6);
	round_trip("Path(60,2,FF)", NULL, 5);
	round_trip("Path(60,2)", NULL, 4);
	round_trip("Msg(19,AABB)", NULL, 6);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "nothing leaked");
}

static void test_bad_text(void)
{
	static const char *const bad[] = {
		"Pci(zz)",
		"Pci(0x100)",
		"Pci(1,2,3)",
		"VenHw(1234)",
		"VenHw(D3987D4B-971A-435F-8CAF-4967EB62724x)",
		"MAC(5254001234567)",
		"Path(256,1)",
		"Path(1,999)",
		"NVMe(1,00-11)",
		"Acpi(P!P0A03,0)",
		"IPv4(1.2.3)x.(",
		"IPv4(1.2.3.400)",
		"IPv4(1.2.3.4.5)",
		"IPv6(1:2,TCP)",
		"Sata(0x10000,0,0)",
		"Pci(0x123456789012345678901234)",
		"Msg(19,ABC)",
		"HD(1,GPT,0x12)",
		"Uart(fast)",
		"",
	};
	static CHAR16 huge[40000];
	struct snapshot before;
	struct snapshot after;

	start();
	before = machine_snapshot();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		path *node = from_text->ConvertTextToDeviceNode(wide(bad[i]));

		/* "IPv4(1.2.3)x.(" has no bracket at its end: a file. */
		if (i == 10)
			ok(node && node->SubType == MEDIA_FILEPATH_DP, "a file after all");
		else
			ok(!node, bad[i]);
		if (node)
			efi_free_pool(node);
	}
	for (int i = 0; i < 39999; i++)
		huge[i] = 'a';
	ok(!from_text->ConvertTextToDeviceNode(huge), "a node of more than 64 KiB");
	ok(!from_text->ConvertTextToDevicePath(huge), "in a path");
	ok(!from_text->ConvertTextToDeviceNode(NULL), "no text");
	ok(!from_text->ConvertTextToDevicePath(NULL), "no text");
	ok(!to_text->ConvertDeviceNodeToText(NULL, 0, 0), "no node");
	ok(!to_text->ConvertDevicePathToText(NULL, 0, 0), "no path");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "nothing leaked");
}

static void path_trip(const char *text, const char *canonical)
{
	path *made = from_text->ConvertTextToDevicePath(wide(text));
	CHAR16 *back;

	if (!ok(made != NULL, text))
		return;
	back = to_text->ConvertDevicePathToText(made, 0, 0);
	text_equal(narrow(back), canonical ? canonical : text, "and back");
	efi_free_pool(back);
	efi_free_pool(made);
}

static void test_paths(void)
{
	struct snapshot before;
	struct snapshot after;

	start();
	before = machine_snapshot();
	path_trip(
		"PciRoot(0x0)/Pci(0x1,0x0)/HD(1,GPT,D3987D4B-971A-435F-8CAF-4967EB627241,0x800,0x1000)"
		"/\\EFI\\BOOT\\BOOTX64.EFI",
		NULL);
	path_trip(
		"PciRoot(0x0)/Pci(0x1,0x0),VenHw(D3987D4B-971A-435F-8CAF-4967EB627241)/Uart(115200,8,N,1)/VenUtf8()",
		NULL);
	path_trip("/PciRoot(0)", "PciRoot(0x0)");
	path_trip("", NULL);
	path_trip("\\a\\b", NULL);
	ok(!from_text->ConvertTextToDevicePath(wide("PciRoot(0)/Pci(x)")), "a bad node");
	for (uint64_t n = 1; n <= 3; n++) {
		machine_fail_at(n);
		ok(!from_text->ConvertTextToDevicePath(wide("PciRoot(0)/Pci(1)")) || n == 3,
		   "out of memory");
		machine_fail_at(0);
		if (n == 3)
			break;
	}
	after = machine_snapshot();
	before.pools = after.pools; /* the last one was made */
	ok(after.handles == before.handles, "handles stay");
}

static void test_utilities(void)
{
	path *a;
	path *b;
	path *c;
	path *rest;
	uint64_t size;
	path bad = {1, 1, {2, 0}};

	start();
	a = from_text->ConvertTextToDevicePath(wide("PciRoot(0)/Pci(1,0)"));
	b = from_text->ConvertTextToDevicePath(wide("SD(1)"));
	equal(utilities->GetDevicePathSize(a), 12 + 6 + 4, "size");
	equal(utilities->GetDevicePathSize(NULL), 0, "size of none");
	equal(utilities->GetDevicePathSize(&bad), 0, "size of garbage");
	ok(!utilities->DuplicateDevicePath(NULL), "a copy of none");
	c = utilities->DuplicateDevicePath(a);
	ok(c && c != a && !memcmp(a, c, 22), "a copy");
	c = utilities->AppendDevicePath(a, b);
	text_equal(narrow(to_text->ConvertDevicePathToText(c, 0, 0)),
		   "PciRoot(0x0)/Pci(0x1,0x0)/SD(0x1)", "append a path");
	c = utilities->AppendDevicePath(NULL, b);
	equal(efi_device_path_size(c), 9, "to nothing");
	c = utilities->AppendDevicePath(b, NULL);
	equal(efi_device_path_size(c), 9, "nothing");
	c = utilities->AppendDevicePath(NULL, NULL);
	equal(efi_device_path_size(c), 4, "nothing to nothing");
	ok(!utilities->AppendDevicePath(&bad, b), "to garbage");
	c = utilities->AppendDeviceNode(a, b);
	equal(efi_device_path_size(c), 27, "append a node");
	c = utilities->AppendDeviceNode(NULL, b);
	equal(efi_device_path_size(c), 9, "to nothing");
	c = utilities->AppendDeviceNode(a, NULL);
	equal(efi_device_path_size(c), 22, "no node");
	c = utilities->AppendDeviceNode(NULL, NULL);
	equal(efi_device_path_size(c), 4, "no node to nothing");
	ok(!utilities->AppendDeviceNode(a, &bad), "a bad node");
	ok(!utilities->AppendDevicePathInstance(a, NULL), "no instance");
	c = utilities->AppendDevicePathInstance(NULL, a);
	equal(efi_device_path_size(c), 22, "an instance to nothing");
	ok(!utilities->IsDevicePathMultiInstance(c), "one instance");
	ok(!utilities->IsDevicePathMultiInstance(NULL), "none");
	c = utilities->AppendDevicePathInstance(a, b);
	equal(efi_device_path_size(c), 22 + 9, "two");
	ok(utilities->IsDevicePathMultiInstance(c), "are two");
	rest = c;
	a = utilities->GetNextDevicePathInstance(&rest, &size);
	ok(a && size == 22 && efi_device_path_size(a) == 22, "the first");
	a = utilities->GetNextDevicePathInstance(&rest, &size);
	ok(a && size == 9 && !rest, "the second and last");
	ok(!utilities->GetNextDevicePathInstance(&rest, &size) && !size, "no more");
	ok(!utilities->GetNextDevicePathInstance(NULL, &size), "no path at all");
	rest = &bad;
	ok(!utilities->GetNextDevicePathInstance(&rest, NULL), "garbage");
	rest = c;
	machine_fail_at(1);
	ok(!utilities->GetNextDevicePathInstance(&rest, &size) && rest == c, "out of memory");
	machine_fail_at(1);
	ok(!utilities->AppendDevicePath(a, b), "out of memory");
	machine_fail_at(1);
	ok(!utilities->CreateDeviceNode(1, 1, 6), "out of memory");
	machine_fail_at(0);
	ok(!utilities->CreateDeviceNode(1, 1, 3), "a node too short");
	a = utilities->CreateDeviceNode(3, 0x18, 300);
	ok(a && a->Type == 3 && a->SubType == 0x18 && efi_device_path_length(a) == 300 &&
		   ((uint8_t *)a)[299] == 0,
	   "a node");
}

int main(void)
{
	test_nodes();
	test_bad_text();
	test_paths();
	test_utilities();
	return tap_done();
}
