/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_nvme.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/*
 * An NVMe drive that lies in the ends of its commands and in what it tells of itself. Of the pages that tell, only where something can be
 * is changed: the rest would drown the input in zeros.
 */
#include "lib/bytes.h"
#include "tests/drivers/fake_nvme.h"
#include "tests/fuzz/liar.h"

static void tell(uint8_t *page)
{
	liar_lie(page, 32); /* sectors and format; names of namespaces */
	liar_lie(page + 77, 1);
	liar_lie(page + 120, 24); /* EUI-64, formats */
	liar_lie(page + 525, 1);
}

static uint32_t end(uint32_t word)
{
	uint8_t bytes[4];

	le32_store(bytes, word);
	liar_lie(bytes, sizeof(bytes));
	return le32_load(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct disk_buses buses = fake_nvme_start(NVME_WELL);

	drive.tell = tell;
	drive.end = end;
	liar_run(&buses, data, size);
	return 0;
}
