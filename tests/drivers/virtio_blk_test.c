/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_virtio.c tests/drivers/fake_virtio_blk.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* Virtio disks on each bus, and devices that do what they should not. */
#include <errno.h>
#include <string.h>

#include "drivers/disk.h"
#include "tests/drivers/controller.h"
#include "tests/drivers/fake_virtio.h"

static const char *const buses[] = {"pci", "transitional", "mmio", "legacy mmio"};
/* The only controller there is, not started. */
static struct disk_controller *begin(enum fake_bus bus, enum fake_fault fault)
{
	struct disk_buses where;

	disk_forget();
	fake_virtio_start(&fake_blk, bus);
	fake.fault = fault;
	where = fake_virtio_buses();
	equal(disk_find(&where), 0, buses[bus]);
	controller_regions = memmap_count(&fake_map);
	fake_machine_log();
	fake_machine_fill(fake.disk, sizeof(fake.disk));
	return disk_controllers();
}

static bool claimed(void)
{
	return fake_machine_claimed("virtio-blk0");
}

static void test_good(enum fake_bus bus)
{
	struct disk_controller *controller = begin(bus, FAKE_WELL);
	static uint8_t buffer[FAKE_DISK_SIZE];
	struct block *block;

	ok(controller && !controller->next, "one controller");
	ok(!strcmp(controller->device.name, "virtio-blk0"), "its name");
	ok(!claimed() && !fake.running, "not touched before it is started");
	equal(disk_start(controller), 0, "starts");
	equal(disk_start(controller), 0, "and again, which does nothing");
	ok(claimed() && fake.running, "owns memory by its name");
	block = &controller->disks->block;
	equal(block->sectors, FAKE_DISK_SIZE / 512, "sectors");
	equal(block->physical_size, 4096, "what the medium writes at once");
	equal(block_read(block, 0, block->sectors, buffer), 0, "reads all");
	ok(!memcmp(buffer, fake.disk, sizeof(buffer)), "and right");
	equal(fake.largest, fake.size_max, "in requests as large as may be");
	equal(block_read(block, block->sectors, 1, buffer), -EINVAL, "beyond the end");
	equal(block_read(block, UINT64_MAX, 2, buffer), -EINVAL, "wraps");
	memset(buffer, 0xa5, 1024);
	equal(block_write(block, 5, 2, buffer), 0, "writes");
	ok(!memcmp(fake.disk + 5 * 512, buffer, 1024), "and right");
	equal(block_flush(block), 0, "flushes");
	equal(fake.flushes, 1, "once");
	for (int i = 0; i < 70000; i += 1000) /* the indices go around */
		block_read(block, 0, 1, buffer);
	equal(block_read(block, 7, 1, buffer), 0, "goes on");
	equal(fake_machine_lines(), 0, "and says nothing");
	disk_quiesce_all();
	ok(!fake.running && !fake_machine_mastering() && claimed(), "quiet, the map as it was");
	disk_stop_all();
	ok(!claimed() && !controller->disks, "gives its memory back");
	equal(memmap_count(&fake_map), controller_regions, "the map is as before");
	equal(disk_start(controller), 0, "starts again");
	disk_stop_all();
}

/* Starting fails in one line, and leaves nothing behind. */
static void test_bad_start(enum fake_bus bus, enum fake_fault fault, const char *name)
{
	struct disk_controller *controller = begin(bus, fault);

	controller_refuses(controller, name);
	ok(!fake.running, "and does not run");
}

/* A request fails in one line; the device is dead if it did not answer. */
static void test_bad_request(enum fake_bus bus, enum fake_fault fault, bool dead, const char *name)
{
	struct disk_controller *controller = begin(bus, FAKE_WELL);
	uint8_t buffer[1024];
	struct block *block;

	equal(disk_start(controller), 0, "starts");
	fake.fault = fault;
	block = &controller->disks->block;
	equal(block_read(block, 0, 2, buffer), -EIO, name);
	equal(fake_machine_lines(), 1, "one line");
	equal(fake.running, !dead, "is reset if it does not answer");
	equal(block_read(block, 0, 2, buffer), -EIO, "the next fails too");
	equal(block_write(block, 0, 2, buffer), -EIO, "so does a write");
	equal(block_flush(block), -EIO, "and a flush");
	equal(fake_machine_lines(), dead ? 1 : 4, "a dead device says no more");
	fake.fault = FAKE_WELL;
	equal(block_read(block, 0, 2, buffer), dead ? -EIO : 0, "dead stays dead");
	controller_stops();
}

static void test_shapes(void)
{
	struct disk_controller *controller = begin(FAKE_MMIO, FAKE_WELL);
	uint8_t buffer[4096];

	fake.sector_size = 4096;
	fake.features |= 1 << 5;
	equal(disk_start(controller), 0, "4096-byte sectors, read-only");
	equal(controller->disks->block.sectors, FAKE_DISK_SIZE / 4096, "sectors");
	equal(block_read(&controller->disks->block, 255, 1, buffer), 0, "the last");
	ok(!memcmp(buffer, fake.disk + 255 * 4096, 4096), "right");
	equal(block_write(&controller->disks->block, 0, 1, buffer), -EROFS, "no writes");
	equal(block_flush(&controller->disks->block), 0, "nothing to flush");
	equal(fake.flushes, 0, "and none is asked for");

	controller = begin(FAKE_PCI, FAKE_WELL);
	fake.capacity = UINT64_C(0x300000000);
	equal(disk_start(controller), 0, "6 TiB");
	equal(controller->disks->block.sectors, UINT64_C(0x300000000), "sectors");

	controller = begin(FAKE_PCI, FAKE_WELL);
	fake.features &= ~UINT64_C(0x7ff);
	equal(disk_start(controller), 0, "no features");
	equal(block_flush(&controller->disks->block), 0, "no cache to flush");
	disk_stop_all();
}

int main(void)
{
	for (enum fake_bus bus = FAKE_PCI; bus <= FAKE_LEGACY; bus++) {
		test_good(bus);
		test_bad_start(bus, FAKE_NO_RESET, "does not obey a reset");
		test_bad_start(bus, FAKE_SHORT_QUEUE, "a queue that is too short");
		test_bad_start(bus, FAKE_SECTOR_3, "sectors of 3 bytes");
		test_bad_request(bus, FAKE_STALL, true, "stalls");
		test_bad_request(bus, FAKE_LIE_INDEX, true, "has done more than was asked");
		test_bad_request(bus, FAKE_LIE_ID, true, "has done something else");
		test_bad_request(bus, FAKE_NO_STATUS, false, "done, but no status");
		test_bad_request(bus, FAKE_ERROR, false, "an error");
	}
	for (enum fake_bus bus = FAKE_PCI; bus <= FAKE_MMIO; bus++) {
		test_bad_start(bus, FAKE_NO_FEATURES, "does not accept features");
		test_bad_start(bus, FAKE_NO_VERSION_1, "is not modern");
	}
	test_bad_start(FAKE_PCI, FAKE_NO_CAPABILITIES, "no capabilities");
	test_bad_start(FAKE_PCI, FAKE_CAPABILITY_LOOP, "a loop of capabilities");
	test_bad_start(FAKE_PCI, FAKE_CAPABILITY_BEYOND, "a structure beyond its register");
	test_shapes();
	return tap_done();
}
