/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/bootorder.c tests/host.c */
/* Lines of QEMU's bootorder, and the controllers that they mean. */
#include "boot/bootorder.h"

#include <string.h>

#include "tests/tap.h"

static const struct pci_function functions[] = {
	{.address = 0 << 8 | 3 << 3, .bridge = PCI_NONE},
	{.address = 0 << 8 | 31 << 3 | 2, .bridge = PCI_NONE},
	{.address = 0 << 8 | 2 << 3, .bridge = PCI_NONE}, /* a bridge */
	{.address = 1 << 8 | 0 << 3, .bridge = 2}, /* another */
	{.address = 2 << 8 | 5 << 3 | 1, .bridge = 3},
};
static struct pci_host host = {.functions = (struct pci_function *)(uintptr_t)functions,
			       .functions_used = 5};
static const struct disk_driver single = {.kind = DISK_SINGLE}, nvme = {.kind = DISK_NVME};
static const char *rest;

static uint32_t place_of(const char *text, uint16_t function, const struct disk_driver *driver)
{
	const struct disk_controller controller = {
		.device = {.bus = DEVICE_PCI, .host = &host, .function = function},
		.driver = driver};

	rest = "";
	return bootorder_of(text, 0, &controller, &rest);
}

static uint32_t place(const char *text, uint16_t function)
{
	return place_of(text, function, &single);
}

/* QEMU 10 does not say whose namespace it is. */
static void test_any_nvme(void)
{
	const char *text = "/pci@i0cf8/scsi@3/disk@0,0\n/nvme-ns/namespace@0,0\n"
			   "/nvme-ns/namespace@0,0";
	uint16_t target = 7, lun = 7;

	equal(place_of(text, 1, &nvme), 1, "any controller for NVMe");
	ok(!bootorder_disk(rest, DISK_NVME, &target, &lun), "and all its namespaces");
	equal(place(text, 1), BOOTORDER_NONE, "but no other one");
	equal(place_of(text, 0, &nvme), 0, "one that is named comes there");
	equal(place_of("/nvme-nsbootindex", 0, &nvme), BOOTORDER_NONE, "a longer name");
}

/* As QEMU 7.2 writes them. */
static void test_disks(void)
{
	static const struct {
		const char *rest;
		enum disk_kind kind;
		bool one;
		uint16_t target, lun;
	} rests[] = {
		{"/channel@0/disk@11,2\n/pci", DISK_SCSI, true, 17, 2},
		{"/channel@0/disk@0,0", DISK_SCSI, true, 0, 0},
		{"/drive@5/disk@0\n", DISK_SATA, true, 5, 0},
		{"/namespace@c,0", DISK_NVME, true, 12, 0},
		{"/nvme-nsbootindex", DISK_NVME, false, 7, 7},
		{"/disk@0,0", DISK_SINGLE, false, 7, 7},
		{"", DISK_SCSI, false, 7, 7},
		{"\n/channel@0/disk@0,0", DISK_SCSI, false, 7, 7},
		{"/channel@0", DISK_SCSI, false, 7, 7},
		{"/channel@0/disk@", DISK_SCSI, false, 7, 7},
		{"/channel@0/disk@1,", DISK_SCSI, false, 7, 7},
		{"/channel@0/disk@1,2x", DISK_SCSI, false, 7, 7},
		{"/channel@0/disk@10000,0", DISK_SCSI, false, 7, 7},
		{"/drive@x/disk@0", DISK_SATA, false, 7, 7},
	};

	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		uint16_t target = 7, lun = 7;
		bool one = bootorder_disk(rests[i].rest, rests[i].kind, &target, &lun);

		ok(one == rests[i].one && target == rests[i].target && lun == rests[i].lun,
		   rests[i].rest[0] == '/' ? "a disk, or none" : "nothing");
	}
}

int main(void)
{
	const struct disk_controller mmio = {
		.device = {.bus = DEVICE_MMIO, .registers = 0x0a003e00}, .driver = &single};
	const char *text = "/pci@i0cf8/ide@1f,2/drive@0/disk@0\n"
			   "/pci@i0cf8/scsi@3/disk@0,0\n"
			   "/virtio-mmio@000000000a003e00/disk@0,0\n"
			   "/pci@i0cf8/pci-bridge@2/pci-bridge@0/scsi@5,1/disk@0,0";

	equal(place(text, 0), 1, "a function 0");
	ok(!strncmp(rest, "/disk@0,0", 9), "what is on it");
	equal(place(text, 1), 0, "slot and function");
	ok(!strncmp(rest, "/drive@0/disk@0\n", 16), "what is on it");
	equal(bootorder_of(text, 2, &mmio, &rest), 2, "from its line on");
	equal(bootorder_of(text, 3, &mmio, &rest), BOOTORDER_NONE, "but not behind it");
	equal(place(text, 4), 3, "behind two bridges");
	equal(place(text, 3), 3, "the bridge on its way");
	equal(bootorder_of(text, 0, &mmio, &rest), 2, "virtio-mmio");
	equal(place("", 0), BOOTORDER_NONE, "nothing");
	equal(place("/pci@i0cf8/scsi@30/disk@0,0", 0), BOOTORDER_NONE, "another slot");
	equal(place("/pci@i0cf8/scsi@3,1/disk@0,0", 0), BOOTORDER_NONE, "another function");
	equal(place("/pci@i0cf8/scsi@3x", 0), BOOTORDER_NONE, "something behind the number");
	equal(place("/pci@i0cf8/scsi@", 0), BOOTORDER_NONE, "no number");
	equal(place("/pci@i0cf8/scsi", 0), BOOTORDER_NONE, "no unit");
	equal(place("/pci@i0cf8", 0), BOOTORDER_NONE, "the host bridge");
	equal(place("/rom@genroms/kvmvapic.bin\n\n/pci@i0cf8/scsi@3", 0), 2, "after other lines");
	equal(bootorder_of("/virtio-mmio@a003e", 0, &mmio, &rest), BOOTORDER_NONE, "another place");
	test_disks();
	test_any_nvme();
	return tap_done();
}
