/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_nvme.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* An NVMe drive with two namespaces, and drives that lie, stall and vanish. */
#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "tests/drivers/controller.h"
#include "tests/drivers/fake_nvme.h"

/* A fresh drive on a fresh machine: its controller, not started. */
static struct disk_controller *begin(enum fake_nvme_fault fault)
{
	struct disk_buses buses;

	disk_forget();
	buses = fake_nvme_start(fault);
	fake_machine_fill(drive.data, FAKE_NVME_SIZE);
	return controller_find(&buses);
}

/* Every size and place in memory that takes another form of list. */
static void test_lists(struct block *block)
{
	static uint8_t room[FAKE_NVME_SIZE + 3 * PAGE_SIZE];
	uint8_t *page = (uint8_t *)align_up((uint64_t)(uintptr_t)room, PAGE_SIZE);
	static const uint32_t sizes[] = {512,	 4096,	       4608,
					 8192,	 8704,	       MIB(2) - 512,
					 MIB(2), MIB(2) + 512, FAKE_NVME_SIZE - 512};
	static const uint32_t offsets[] = {0, 4, 512, 4092};
	bool good = true;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t k = 0; k < sizeof(offsets) / sizeof(offsets[0]); k++) {
			uint8_t *to = page + offsets[k];

			memset(to, 0, sizes[i] + 1);
			good &= !block_read(block, 1, sizes[i] / 512, to) &&
				!memcmp(to, drive.data + 512, sizes[i]) && !to[sizes[i]];
		}
	ok(good, "reads of every size to every place");
	equal(drive.largest, MIB(2), "in requests of 2 MiB");
	equal(block_read(block, 0, 1, page + 2), -EINVAL, "but not to odd places");
}

static void test_good(void)
{
	struct disk_controller *controller = begin(NVME_WELL);
	static uint8_t buffer[16 * 4096] __attribute__((aligned(4)));
	struct block *block, *second;

	ok(controller && !strcmp(controller->device.name, "nvme0"), "a controller");
	ok(!drive.configuration && !fake_machine_mastering(), "not touched before it is started");
	equal(disk_start(controller), 0, "starts");
	ok(fake_machine_claimed("nvme0") && fake_machine_mastering(), "owns memory by its name");
	equal(drive.sizes, 7 << 16 | 7, "queues of 8");
	block = &controller->disks->block;
	second = &controller->disks->next->block;
	ok(block->sector_size == 512 && block->sectors == FAKE_NVME_SIZE / 512, "a namespace");
	ok(second->sector_size == 4096 && second->sectors == FAKE_NVME_SIZE / 4096, "another one");
	equal(controller->disks->next->target, 2, "its number");
	equal(controller->disks->next->identity, 2, "and EUI-64");
	test_lists(block);
	equal(block_read(second, 5, 2, buffer), 0, "reads of the second");
	ok(drive.namespace == 2 && !memcmp(buffer, drive.data + 5 * 4096, 8192), "are right");
	memset(buffer, 0x5a, sizeof(buffer));
	equal(block_write(second, 100, 16, buffer), 0, "writes");
	ok(!memcmp(drive.data + 100 * 4096, buffer, sizeof(buffer)), "and right");
	equal(block_flush(block), 0, "flushes");
	equal(drive.flushes, 1, "once");
	for (int i = 0; i < 70000; i++) /* identifiers go around */
		if (block_read(block, 0, 1, buffer))
			break;
	equal(block_read(block, 7, 1, buffer), 0, "goes on");
	disk_quiesce_all();
	ok(!(drive.configuration & 1) && !fake_machine_mastering(), "quiet");
	controller_stops();
	equal(disk_start(controller), 0, "starts again");
	disk_stop_all();
	equal(fake_machine_lines(), 0, "and says nothing");
}

static void test_shapes(void)
{
	struct disk_controller *controller = begin(NVME_WELL);
	uint8_t buffer[512] __attribute__((aligned(4)));

	drive.sectors[0] = UINT64_C(0x300000000);
	drive.stride = 2;
	drive.transfer_max = 1;
	drive.cache = 0;
	equal(disk_start(controller), 0, "6 TiB, doorbells far apart, no cache");
	equal(controller->disks->block.sectors, UINT64_C(0x300000000), "sectors");
	equal(controller->disks->block.transfer_max, 8192, "two pages at a time");
	equal(block_read(&controller->disks->block, UINT64_C(0x2ffffffff), 1, buffer), 0,
	      "the last sector");
	equal(block_flush(&controller->disks->block), 0, "nothing to flush");
	equal(drive.flushes, 0, "and none is asked for");
	disk_stop_all();

	controller = begin(NVME_WELL);
	drive.stride = 12;
	ok(disk_start(controller) != 0, "doorbells beyond the registers");
	equal(fake_machine_lines(), 1, "one line");
}

/* Namespaces that cannot be: they are left out, the other one is there. */
static void test_bad_namespace(const char *name, uint64_t sectors, uint32_t shift,
			       uint32_t metadata, uint32_t lines)
{
	struct disk_controller *controller = begin(NVME_WELL);

	drive.sectors[0] = sectors;
	drive.sector_shift[0] = shift;
	drive.metadata[0] = metadata;
	equal(disk_start(controller), 0, name);
	ok(controller->disks && !controller->disks->next && controller->disks->target == 2,
	   "is left out");
	equal(fake_machine_lines(), lines, "its lines");
	disk_stop_all();
}

static void fail_later(uint8_t *page)
{
	if (page[127] == 1) /* the first namespace */
		drive.fault = NVME_REFUSE;
}

/* A drive that fails when some of its namespaces are known: none is left. */
static void test_late(void)
{
	struct disk_controller *controller = begin(NVME_WELL);

	drive.tell = fail_later;
	ok(disk_start(controller) != 0, "fails at its second namespace");
	ok(!controller->disks && !controller->started, "has no disks");
	equal(memmap_count(&fake_map), controller_regions, "the map is as before");
	equal(fake_machine_lines(), 1, "one line");
	drive.tell = NULL;
	drive.fault = NVME_WELL;
	equal(disk_start(controller), 0, "starts again");
	ok(controller->disks && controller->disks->next && !controller->disks->next->next,
	   "has two");
	disk_stop_all();
}

/* A namespace does not answer: it is given up, the controller goes on for the other one. */
static void test_stall(void)
{
	struct disk_controller *controller = begin(NVME_WELL);
	static uint8_t buffer[4096] __attribute__((aligned(4)));
	struct block *block, *other;
	uint32_t requests;

	equal(disk_start(controller), 0, "starts");
	block = &controller->disks->block;
	other = &controller->disks->next->block;
	for (int i = 0; i < 5; i++) /* the queues are not where they began */
		equal(block_read(block, 0, 2, buffer), 0, "a read");
	drive.fault = NVME_STALL_FIRST;
	controller_mark(buffer, sizeof(buffer));
	equal(block_read(block, 0, 2, buffer), -EIO, "a read without an end");
	equal(fake_machine_lines(), 1, "one line");
	fake_nvme_late();
	controller_kept(buffer, sizeof(buffer));
	requests = drive.requests;
	equal(block_read(block, 0, 2, buffer), -EIO, "the next read fails");
	equal(block_flush(block), -EIO, "and a flush");
	equal(drive.requests, requests, "without asking");
	for (uint32_t i = 0; i < 20; i++)
		equal(block_read(other, i, 1, buffer) ||
			      memcmp(buffer, drive.data + i * 4096, sizeof(buffer)),
		      0, "the other namespace is read, and right");
	equal(fake_machine_lines(), 1, "nothing more is said");
	controller_stops();
}

static void test_bad_request(enum fake_nvme_fault fault, bool dead, const char *name)
{
	/* The namespace, then the controller. */
	uint32_t said = fault == NVME_STALL || fault == NVME_OLD_PHASE ? 2 : 1;
	struct disk_controller *controller = begin(NVME_WELL);
	static uint8_t buffer[4096] __attribute__((aligned(4)));
	struct block *block;

	equal(disk_start(controller), 0, "starts");
	drive.fault = fault;
	block = &controller->disks->block;
	equal(block_read(block, 0, 2, buffer), -EIO, name);
	equal(fake_machine_lines(), said, "which is said");
	equal(fake_machine_mastering(), !dead, "is kept from memory if it does not answer");
	equal(block_read(block, 0, 2, buffer), -EIO, "the next fails too");
	equal(block_write(block, 0, 2, buffer), -EIO, "so does a write");
	equal(block_flush(block), -EIO, "and a flush");
	equal(block_read(&controller->disks->next->block, 0, 0, buffer), 0, "nothing is well");
	equal(block_read(&controller->disks->next->block, 0, 1, buffer), -EIO,
	      "the other namespace shares its fate");
	equal(fake_machine_lines(), dead ? said : 5, "a dead drive says no more");
	drive.fault = fault == NVME_GONE ? NVME_GONE : NVME_WELL;
	equal(block_read(block, 0, 2, buffer), dead ? -EIO : 0, "dead stays dead");
	controller_stops();
}

int main(void)
{
	test_good();
	test_shapes();
	test_bad_namespace("no sectors", 0, 9, 0, 0);
	test_bad_namespace("sectors of 1 byte", 1000, 0, 0, 1);
	test_bad_namespace("sectors of 8 bytes", 1000, 3, 0, 1);
	test_bad_namespace("sectors of 8 KiB", 1000, 13, 0, 1);
	test_bad_namespace("sectors beyond all numbers", 1000, 255, 0, 1);
	test_bad_namespace("more bytes than there are numbers", UINT64_MAX, 9, 0, 1);
	test_bad_namespace("metadata", 1000, 9, 8, 1);
	test_late();
	test_stall();
	controller_refuses(begin(NVME_NO_START), "never ready");
	controller_refuses(begin(NVME_NO_STOP), "does not stop");
	controller_refuses(begin(NVME_STALL), "never answers");
	controller_refuses(begin(NVME_OLD_PHASE), "an end that was there before");
	controller_refuses(begin(NVME_OTHER_ID), "answers what was not asked");
	controller_refuses(begin(NVME_REFUSE), "refuses everything");
	controller_refuses(begin(NVME_REFUSE_QUEUE), "refuses a queue");
	controller_refuses(begin(NVME_GONE), "is not there");
	controller_refuses(begin(NVME_LARGE_PAGES), "wants large pages");
	controller_refuses(begin(NVME_FEW_REGISTERS), "has no doorbells");
	test_bad_request(NVME_STALL, true, "stalls");
	test_bad_request(NVME_OLD_PHASE, true, "an end that was there before");
	test_bad_request(NVME_OTHER_ID, true, "answers what was not asked");
	test_bad_request(NVME_GONE, true, "vanishes");
	test_bad_request(NVME_REFUSE, false, "refuses");
	return tap_done();
}
