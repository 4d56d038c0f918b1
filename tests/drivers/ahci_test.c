/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_ahci.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* A disk and a disc drive on the ports of an AHCI controller, and drives that lie, stall and vanish. */
#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "tests/drivers/controller.h"
#include "tests/drivers/fake_ahci.h"

static bool is_quiet(void)
{
	return !(ahci.ports[FAKE_AHCI_DISK].command & 0x11) &&
	       !(ahci.ports[FAKE_AHCI_DISC].command & 0x11) && !fake_machine_mastering();
}

/* A fresh controller on a fresh machine, not started. */
static struct disk_controller *begin(enum fake_ahci_fault fault)
{
	struct disk_buses buses;

	disk_forget();
	buses = fake_ahci_start(fault);
	fake_machine_fill(ahci.data, FAKE_AHCI_SIZE);
	return controller_find(&buses);
}

static void test_good(void)
{
	struct disk_controller *controller = begin(AHCI_WELL);
	static uint8_t buffer[FAKE_AHCI_SIZE] __attribute__((aligned(2)));
	struct block *disk, *disc;

	ahci.attentions = 3;
	ok(controller && !strcmp(controller->device.name, "ahci0"), "a controller");
	ok(!ahci.control && is_quiet(), "not touched before it is started");
	equal(disk_start(controller), 0, "starts");
	ok(fake_machine_claimed("ahci0") && ahci.control == 1u << 31, "owns memory by its name");
	disk = &controller->disks->block;
	disc = &controller->disks->next->block;
	ok(disk->sector_size == 512 && disk->sectors == FAKE_AHCI_SIZE / 512 && !disk->read_only,
	   "a disk");
	equal(disk->physical_size, 4096, "what the medium writes at once");
	equal(controller->disks->target, FAKE_AHCI_DISK, "its port");
	ok(disc->sector_size == 2048 && disc->sectors == FAKE_AHCI_SIZE / 2048 && disc->read_only &&
		   disc->removable,
	   "a disc");
	equal(controller->disks->next->target, FAKE_AHCI_DISC, "its port");
	equal(block_read(disk, 0, disk->sectors, buffer), 0, "reads all");
	ok(!memcmp(buffer, ahci.data, sizeof(buffer)), "and right");
	equal(ahci.largest, MIB(4), "in requests of 4 MiB");
	memset(buffer, 0, sizeof(buffer));
	equal(block_read(disc, 0, disc->sectors, buffer), 0, "reads all of the disc");
	ok(!memcmp(buffer, ahci.data, sizeof(buffer)), "and right");
	equal(block_read_bytes(disc, 2049, 5001, buffer + 1), 0, "bytes of it to an odd place");
	ok(!memcmp(buffer + 1, ahci.data + 2049, 5001), "are right");
	equal(block_write(disc, 0, 1, buffer), -EROFS, "which cannot be written");
	memset(buffer, 0x5a, 4096);
	equal(block_write(disk, 300, 8, buffer), 0, "writes");
	ok(!memcmp(ahci.data + 300 * 512, buffer, 4096), "and right");
	equal(block_flush(disk), 0, "flushes");
	equal(ahci.flushes, 1, "once");
	disk_quiesce_all();
	ok(is_quiet(), "quiet");
	controller_stops();
	equal(disk_start(controller), 0, "starts again");
	disk_stop_all();
	equal(fake_machine_lines(), 0, "and says nothing");
}

static void test_shapes(void)
{
	struct disk_controller *controller = begin(AHCI_WELL);
	static uint8_t buffer[4096] __attribute__((aligned(2)));
	struct block *disk;

	ahci.sector_size = 4096;
	ahci.sectors = UINT64_C(0x100000000);
	equal(disk_start(controller), 0, "16 TiB in sectors of 4096 bytes");
	disk = &controller->disks->block;
	ok(disk->sector_size == 4096 && disk->sectors == UINT64_C(0x100000000), "its shape");
	equal(block_read(disk, UINT64_C(0xffffffff), 1, buffer), 0, "the last sector");
	ok(!memcmp(buffer, ahci.data + FAKE_AHCI_SIZE - 4096, 4096), "is right");
	disk_stop_all();

	controller = begin(AHCI_NO_MEDIUM);
	equal(disk_start(controller), 0, "no medium");
	ok(controller->disks && !controller->disks->next, "is no disk");
	equal(fake_machine_lines(), 0, "and no matter");
	disk_stop_all();

	controller = begin(AHCI_GONE);
	equal(disk_start(controller), 0, "a controller that is not there");
	ok(!controller->disks, "has no disks");
	disk_stop_all();
}

/* A drive that cannot be used costs a line; the others can. */
static void test_bad_drive(enum fake_ahci_fault fault, uint64_t sectors, uint32_t sector_size,
			   uint32_t disks, uint32_t lines, const char *name)
{
	struct disk_controller *controller = begin(fault);

	ahci.sectors = sectors;
	ahci.sector_size = sector_size;
	equal(disk_start(controller), 0, name);
	equal(controller_disks(controller), disks, "the disks there are");
	equal(fake_machine_lines(), lines, "a line for each that is not");
	controller_stops();
}

static void test_bad_request(enum fake_ahci_fault fault, bool dead, const char *name)
{
	struct disk_controller *controller = begin(AHCI_WELL);
	static uint8_t buffer[4096] __attribute__((aligned(2)));
	struct block *disk, *disc;

	equal(disk_start(controller), 0, "starts");
	ahci.fault = fault;
	disk = &controller->disks->block;
	disc = &controller->disks->next->block;
	equal(block_read(disk, 0, 8, buffer), -EIO, name);
	equal(fake_machine_lines(), 1, "one line");
	equal(block_read(disk, 0, 8, buffer), -EIO, "the next fails too");
	equal(block_write(disk, 0, 8, buffer), -EIO, "so does a write");
	equal(fake_machine_lines(), dead ? 1 : 3, "a dead drive says no more");
	equal(block_read(disc, 0, 2, buffer), -EIO, "and the disc");
	equal(fake_machine_lines(), dead ? 2 : 4, "one line");
	ok(fake_machine_mastering() == (fault != AHCI_STUCK && fault != AHCI_GONE),
	   "a port that does not stop is kept from memory");
	ahci.fault = fault == AHCI_GONE ? AHCI_GONE : AHCI_WELL;
	equal(block_read(disk, 0, 8, buffer), dead ? -EIO : 0, "dead stays dead");
	equal(block_read(disc, 0, 2, buffer), dead ? -EIO : 0, "the disc too");
	controller_stops();
}

/* A drive that answers when nobody waits any more touches no memory; the other one goes on. */
static void test_late(void)
{
	struct disk_controller *controller = begin(AHCI_WELL);
	static uint8_t buffer[4096] __attribute__((aligned(2)));
	struct block *disk, *disc;

	equal(disk_start(controller), 0, "starts");
	disk = &controller->disks->block;
	disc = &controller->disks->next->block;
	controller_mark(buffer, sizeof(buffer));
	ahci.fault = AHCI_STALL;
	equal(block_read(disk, 0, 8, buffer), -EIO, "a disk does not answer");
	ahci.fault = AHCI_WELL;
	fake_ahci_late();
	controller_kept(buffer, sizeof(buffer));
	equal(block_read(disc, 1, 2, buffer), 0, "the disc is read");
	ok(!memcmp(buffer, ahci.data + 2048, sizeof(buffer)), "and right");
	equal(fake_machine_lines(), 1, "one line");
	disk_stop_all();
}

int main(void)
{
	test_good();
	test_shapes();
	test_bad_drive(AHCI_BUSY, 1000, 512, 0, 2, "never ready");
	test_bad_drive(AHCI_STALL, 1000, 512, 0, 2, "never answers");
	test_bad_drive(AHCI_STUCK, 1000, 512, 0, 2, "refuses, and does not stop");
	test_bad_drive(AHCI_REFUSE, 1000, 512, 0, 2, "refuses everything");
	test_bad_drive(AHCI_OLD, 1000, 512, 1, 1, "knows no 48-bit addresses");
	test_bad_drive(AHCI_WELL, 1000, 0, 1, 1, "sectors of no bytes");
	test_bad_drive(AHCI_WELL, 1000, 520, 1, 1, "sectors of 520 bytes");
	test_bad_drive(AHCI_WELL, 1000, 1 << 20, 1, 1, "sectors of 1 MiB");
	test_bad_drive(AHCI_WELL, UINT64_MAX, 512, 1, 1, "more bytes than there are numbers");
	test_bad_drive(AHCI_NO_DISC_SECTORS, 1000, 512, 1, 1, "a disc with sectors of no bytes");
	test_late();
	test_bad_request(AHCI_STALL, true, "stalls");
	test_bad_request(AHCI_STUCK, true, "refuses, and does not stop");
	test_bad_request(AHCI_GONE, true, "vanishes");
	test_bad_request(AHCI_REFUSE, false, "refuses");
	test_bad_request(AHCI_SHORT, false, "moves too little");
	controller_refuses(begin(AHCI_ADDRESS_32), "knows no 64-bit addresses");
	return tap_done();
}
