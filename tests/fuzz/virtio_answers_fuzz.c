/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_virtio.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* A virtio disk that lies in its configuration, its used ring and its status; the first byte chooses its bus. */
#include "tests/drivers/fake_virtio.h"
#include "tests/fuzz/liar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_buses buses;

	if (!size)
		return 0;
	fake_virtio_start(data[0] & 3);
	fake.lie = liar_lie;
	buses = fake_virtio_buses();
	liar_run(&buses, data + 1, size - 1);
	return 0;
}
