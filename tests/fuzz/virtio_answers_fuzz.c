/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/virtio_rng.c drivers/virtio_blk.c drivers/virtio_scsi.c drivers/scsi.c drivers/nvme.c drivers/nvme_queue.c drivers/ahci.c drivers/ahci_port.c drivers/virtio.c drivers/virtio_disk.c drivers/virtio_pci.c drivers/virtio_mmio.c drivers/disk.c */
/* test-sources: drivers/device.c drivers/block.c drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: tests/drivers/fake_virtio.c tests/drivers/fake_virtio_blk.c tests/drivers/fake_virtio_rng.c tests/drivers/fake_virtio_scsi.c tests/drivers/fake_machine.c mem/memmap.c lib/log.c tests/host.c */
/* A virtio disk, adapter of disks, or source of random bytes that lies in its configuration, its used ring and its answers; the first byte
 * chooses bus and kind. */
#include "drivers/virtio_rng.h"
#include "tests/drivers/fake_virtio_scsi.h"
#include "tests/fuzz/liar.h"

/* Asks for random bytes; a device that does not lie (there is no more input) has given all of them. */
static void ask(const struct disk_buses *buses, size_t size)
{
	static uint8_t bytes[1500];
	struct device device;
	uint64_t regions = memmap_count(&fake_map);

	if (virtio_rng_find(buses, &device))
		abort();
	if (!virtio_rng_read(&device, bytes, sizeof(bytes)) && size == 1 &&
	    fake.next != sizeof(bytes) % 256)
		abort();
	if (memmap_count(&fake_map) != regions)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_buses buses;

	if (!size)
		return 0;
	if (data[0] & 8)
		fake_virtio_scsi_start(data[0] & 3);
	else
		fake_virtio_start(data[0] & 4 ? &fake_rng : &fake_blk, data[0] & 3);
	fake.lie = liar_lie;
	buses = fake_virtio_buses();
	if (fake.kind == &fake_rng) {
		liar_begin(data + 1, size - 1);
		ask(&buses, size);
	} else {
		liar_run(&buses, data + 1, size - 1);
	}
	return 0;
}
