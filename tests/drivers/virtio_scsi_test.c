/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_virtio.c tests/drivers/fake_virtio_scsi.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* SCSI disks behind one virtio adapter, of which one does not answer: the others do. */
#include <errno.h>
#include <string.h>

#include "tests/drivers/controller.h"
#include "tests/drivers/fake_virtio_scsi.h"

#define READ_10 0x28

static const char *const buses[] = {"pci", "transitional", "mmio", "legacy mmio"};
/* An adapter, not started. */
static struct disk_controller *begin(enum fake_bus bus)
{
	struct disk_controller *controller;
	struct disk_buses where;

	disk_forget();
	fake_virtio_scsi_start(bus);
	fake_machine_fill(fake.disk, sizeof(fake.disk));
	where = fake_virtio_buses();
	controller = controller_find(&where);
	ok(controller && !strcmp(controller->device.name, "virtio-scsi0"), buses[bus]);
	return controller;
}

/* Whether all of a disk can be read, and is right. */
static bool reads(struct disk *disk)
{
	static uint8_t buffer[FAKE_UNIT_SIZE];

	memset(buffer, 0, sizeof(buffer));
	return !block_read(&disk->block, 0, disk->block.sectors, buffer) &&
	       !memcmp(buffer, fake_unit_data(disk->target, disk->lun), sizeof(buffer));
}

static void test_good(enum fake_bus bus)
{
	struct disk_controller *controller = begin(bus);
	uint8_t buffer[1024];
	bool good = true;

	equal(disk_start(controller), 0, "starts");
	equal(controller_disks(controller), 4, "four disks");
	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		good &= reads(disk);
	ok(good, "are read, and right");
	memset(buffer, 0x5a, sizeof(buffer));
	equal(block_write(&controller->disks->next->block, 3, 2, buffer), 0, "one is written");
	ok(!memcmp(fake_unit_data(0, 1) + 3 * 512, buffer, sizeof(buffer)), "that one");
	equal(block_flush(&controller->disks->next->block), 0, "and flushed");
	equal(fake_machine_lines(), 0, "nothing is said");
	controller_stops();
}

/* A disk does not answer a read: it is given up, the adapter goes on for the others. */
static void test_stall(enum fake_bus bus)
{
	struct disk_controller *controller = begin(bus);
	uint8_t buffer[512];
	struct disk *disk;
	uint32_t resets, requests;
	bool good = true;

	equal(disk_start(controller), 0, "starts");
	disk = controller->disks;
	resets = fake.resets;
	fake_units[0][0].stall = READ_10;
	controller_mark(buffer, sizeof(buffer));
	equal(block_read(&disk->block, 0, 1, buffer), -EIO, "a read without an answer");
	equal(fake_machine_lines(), 1, "one line");
	ok(fake.resets > resets && fake.running, "the adapter is reset, and runs again");
	fake_units[0][0].stall = FAKE_UNIT_NONE;
	fake_virtio_late();
	controller_kept(buffer, sizeof(buffer));
	requests = fake.requests;
	equal(block_read(&disk->block, 0, 1, buffer), -EIO, "the next read fails");
	equal(block_write(&disk->block, 0, 1, buffer), -EIO, "and a write");
	equal(block_flush(&disk->block), -EIO, "and a flush");
	equal(fake.requests, requests, "without asking");
	for (disk = disk->next; disk; disk = disk->next)
		good &= reads(disk);
	ok(good, "the others are read, and right, also at the same target");
	equal(fake_machine_lines(), 1, "nothing more is said");
	controller_stops();
	equal(disk_start(controller), 0, "starts again");
	equal(controller_disks(controller), 4, "with all of them");
	controller_stops();
}

/* A disk that does not answer while disks are looked for is left out. */
static void test_stall_at_start(uint8_t command, const char *name)
{
	struct disk_controller *controller = begin(FAKE_PCI);

	fake_units[2][0].stall = fake_units[2][1].stall = command;
	equal(disk_start(controller), 0, name);
	equal(controller_disks(controller), 3, "the others are there");
	ok(reads(controller->disks->next->next) && controller->disks->next->next->target == 3,
	   "also the one behind");
	equal(fake_machine_lines(), 1, "one line, and no more of that target is asked");
	controller_stops();
}

/* An adapter that answers nobody is given up. */
static void test_silent(void)
{
	struct disk_controller *controller = begin(FAKE_PCI);

	fake.fault = FAKE_STALL;
	ok(disk_start(controller) != 0 && !controller->disks, "an adapter that is silent");
	equal(fake_machine_lines(), 4, "a line for each of three targets, and one for itself");
	controller_stops();

	controller = begin(FAKE_PCI);
	equal(disk_start(controller), 0, "starts");
	for (uint32_t i = 0; i < FAKE_TARGETS; i++)
		fake_units[i][0].stall = fake_units[i][1].stall = READ_10;
	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		ok(!reads(disk), "no disk answers");
	equal(fake_machine_lines(), 4, "each has its line: between them they tell of resets");
	fake_units[3][0].stall = FAKE_UNIT_NONE;
	controller_stops();
}

/* An adapter that does not come back takes all along. */
static void test_lost(enum fake_fault fault, uint32_t lines, const char *name)
{
	struct disk_controller *controller = begin(FAKE_PCI);

	equal(disk_start(controller), 0, "starts");
	fake_units[0][0].stall = READ_10;
	fake.fault = fault;
	ok(!reads(controller->disks), name);
	ok(!reads(controller->disks->next), "the others are gone, too");
	equal(fake_machine_lines(), lines, "which is said");
	ok(!fake_machine_mastering(), "it is kept from memory");
	fake.fault = FAKE_WELL;
	ok(!reads(controller->disks->next), "and stays away");
	controller_stops();
}

/* Requests that fail, and are answered: nobody is given up. */
static void test_refusals(void)
{
	struct disk_controller *controller = begin(FAKE_PCI);
	struct disk *disk;

	equal(disk_start(controller), 0, "starts");
	disk = controller->disks;
	fake_units[0][0].response = 9;
	ok(!reads(disk), "a failure");
	fake_units[0][0].response = 0;
	ok(reads(disk), "is over");
	fake.fault = FAKE_NO_STATUS;
	ok(!reads(disk), "an answer that says nothing");
	fake.fault = FAKE_WELL;
	ok(reads(disk), "is over");
	fake_units[2][0].here = false;
	ok(!reads(disk->next->next), "a target that has vanished");
	equal(fake_machine_lines(), 3, "a line each");
	fake.fault = FAKE_LIE_ID;
	ok(!reads(disk) && !reads(disk->next), "an adapter that lies is not used any more");
	equal(fake_machine_lines(), 4, "one line");
	controller_stops();
}

int main(void)
{
	for (enum fake_bus bus = FAKE_PCI; bus <= FAKE_LEGACY; bus++) {
		test_good(bus);
		test_stall(bus);
	}
	test_stall_at_start(0x12, "no answer to INQUIRY");
	test_stall_at_start(0x00, "no answer to TEST UNIT READY");
	test_stall_at_start(0x1a, "no answer to MODE SENSE");
	test_stall_at_start(0x25, "no answer to READ CAPACITY");
	test_silent();
	test_lost(FAKE_NO_RESET, 1, "does not obey the reset");
	test_lost(FAKE_NO_FEATURES, 2, "does not accept its features any more");
	test_lost(FAKE_SHORT_QUEUE, 2, "has no queue any more");
	test_refusals();
	return tap_done();
}
