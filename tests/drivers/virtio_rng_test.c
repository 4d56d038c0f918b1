/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_rng.c drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_virtio.c tests/drivers/fake_virtio_rng.c tests/drivers/fake_virtio_blk.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* Virtio entropy devices on each bus, and ones that do what they should not. */
#include "drivers/virtio_rng.h"

#include <errno.h>
#include <string.h>

#include "tests/drivers/fake_machine.h"
#include "tests/drivers/fake_virtio.h"
#include "tests/host.h"
#include "tests/tap.h"

#define MANY 3000 /* more than fit into a request */

static const char *const buses[] = {"pci", "transitional", "mmio", "legacy mmio"};
static struct device device;
static uint64_t regions;

/* A machine with an entropy device, which has been found. */
static void begin(enum fake_bus bus, enum fake_fault fault)
{
	struct disk_buses where;

	fake_virtio_start(&fake_rng, bus);
	fake.fault = fault;
	where = fake_virtio_buses();
	equal(virtio_rng_find(&where, &device), 0, buses[bus]);
	ok(!fake.running && !fake_machine_mastering(), "nothing runs");
	regions = memmap_count(&fake_map);
}

static void ends_quiet(void)
{
	ok(!fake.running && !fake_machine_mastering(), "it is stopped");
	equal(memmap_count(&fake_map), regions, "the map is as before");
}

static void test_good(enum fake_bus bus)
{
	uint8_t bytes[MANY + 1];
	uint32_t wrong = 0;

	begin(bus, FAKE_WELL);
	ok(!strcmp(device.name, "virtio-rng0"), "its name");
	memset(bytes, 0xa5, sizeof(bytes));
	equal(virtio_rng_read(&device, bytes, 1), 0, "a byte");
	ok(bytes[0] == 1 && bytes[1] == 0xa5, "no more");
	ends_quiet();
	equal(virtio_rng_read(&device, bytes, MANY), 0, "many bytes");
	for (uint32_t i = 0; i < MANY; i++)
		wrong += bytes[i] != (uint8_t)(i + 2);
	equal(wrong, 0, "all of them the device's, none twice");
	equal(bytes[MANY], 0xa5, "no more");
	equal(fake.requests, 4, "as few requests as it takes");
	ends_quiet();
}

/* A device that gives less than it is asked for is asked again. */
static void test_short(void)
{
	static const uint8_t wanted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	uint8_t bytes[sizeof(wanted)];

	begin(FAKE_PCI, FAKE_SHORT);
	equal(virtio_rng_read(&device, bytes, sizeof(bytes)), 0, "a few bytes at a time");
	ok(!memcmp(bytes, wanted, sizeof(bytes)), "all are there");
	equal(fake.requests, 4, "in four requests");
	ends_quiet();
}

static void test_bad(enum fake_bus bus, enum fake_fault fault, int64_t error, const char *name)
{
	uint8_t bytes[16];

	begin(bus, fault);
	equal(virtio_rng_read(&device, bytes, sizeof(bytes)), error, name);
	ok(!fake_machine_mastering(), "it cannot write to memory");
	equal(memmap_count(&fake_map), regions, "the map is as before");
}

static void test_none(void)
{
	struct disk_buses where;

	fake_virtio_start(&fake_blk, FAKE_PCI);
	where = fake_virtio_buses();
	equal(virtio_rng_find(&where, &device), -ENODEV, "a disk is none");
	where = (struct disk_buses){0};
	equal(virtio_rng_find(&where, &device), -ENODEV, "no buses");
}

int main(void)
{
	for (enum fake_bus bus = FAKE_PCI; bus <= FAKE_LEGACY; bus++) {
		test_good(bus);
		test_bad(bus, FAKE_STALL, -EIO, "never answers");
		test_bad(bus, FAKE_NO_RESET, -EIO, "does not obey a reset");
		test_bad(bus, FAKE_SHORT_QUEUE, -ENODEV, "a queue that is too short");
		test_bad(bus, FAKE_LIE_ID, -EIO, "answers what was not asked");
		test_bad(bus, FAKE_LIE_SIZE, -EIO, "says that it gave more than there is room for");
		test_bad(bus, FAKE_NOTHING, -EIO, "gives nothing");
	}
	test_short();
	test_none();
	return tap_done();
}
