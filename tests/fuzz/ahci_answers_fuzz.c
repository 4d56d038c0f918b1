/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_ahci.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/*
 * An AHCI controller whose ports' registers and whose drives lie: a disk in what IDENTIFY tells, a disc drive in its answers to the SCSI
 * commands, and its sense data.
 */
#include "lib/bytes.h"
#include "tests/drivers/fake_ahci.h"
#include "tests/fuzz/liar.h"

/* Of IDENTIFY the words that mean something here; of other answers all. */
static void tell(uint8_t *data, uint32_t size)
{
	if (size < 512) {
		liar_lie(data, size);
		return;
	}
	liar_lie(data + 2 * 83, 2);
	liar_lie(data + 2 * 100, 14);
	liar_lie(data + 2 * 117, 4);
}

static uint32_t answer(uint32_t offset, uint32_t value)
{
	uint8_t bytes[4];

	(void)offset;
	le32_store(bytes, value);
	liar_lie(bytes, sizeof(bytes));
	return le32_load(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_buses buses;

	if (!size)
		return 0;
	buses = fake_ahci_start(AHCI_WELL);
	ahci.tell = tell;
	if (data[0] & 1)
		ahci.answer = answer;
	liar_run(&buses, data + 1, size - 1);
	return 0;
}
