/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over PCI (4.1): modern devices, and transitional ones by their modern interface. */
#define LOG_PREFIX virtio->device->name

#include <errno.h>

#include "drivers/mmio.h"
#include "drivers/pci_ecam.h"
#include "drivers/pci_regs.h"
#include "drivers/virtio.h"
#include "lib/log.h"

/* 4.1.2: PCI device identifiers; transitional ones have numbers of their own. */
#define ID_TRANSITIONAL_BLOCK 0x1001
#define ID_TRANSITIONAL_SCSI 0x1004
#define ID_TRANSITIONAL_ENTROPY 0x1005
#define ID_MODERN 0x1040
#define ID_END 0x1080

/* 4.1.4: vendor capabilities that tell where structures are. */
#define CAPABILITIES_MAX 48 /* as many fit between 0x40 and 0xff */
#define CAPABILITY_VENDOR 0x09
enum { AT_COMMON = 1, AT_NOTIFY, AT_INTERRUPT, AT_DEVICE, STRUCTURES };
#define CAPABILITY_BAR 4
#define CAPABILITY_OFFSET 8
#define CAPABILITY_LENGTH 12
#define CAPABILITY_NOTIFY_STEP 16

/* 4.1.4.3 */
#define FEATURES_SELECT 0x00
#define FEATURES 0x04
#define DRIVER_FEATURES_SELECT 0x08
#define DRIVER_FEATURES 0x0c
#define STATUS 0x14
#define GENERATION 0x15
#define QUEUE_SELECT 0x16
#define QUEUE_SIZE 0x18
#define QUEUE_ENABLE 0x1c
#define QUEUE_NOTIFY_OFFSET 0x1e
#define QUEUE_DESCRIPTORS 0x20
#define QUEUE_AVAILABLE 0x28
#define QUEUE_USED 0x30
#define COMMON_SIZE 0x38

static void write64(struct virtio *virtio, uint32_t offset, uint64_t value)
{
	mmio_write32(virtio->common + offset, (uint32_t)value);
	mmio_write32(virtio->common + offset + 4, (uint32_t)(value >> 32));
}

static uint64_t features(struct virtio *virtio)
{
	uint64_t low, high;

	mmio_write32(virtio->common + FEATURES_SELECT, 0);
	low = mmio_read32(virtio->common + FEATURES);
	mmio_write32(virtio->common + FEATURES_SELECT, 1);
	high = mmio_read32(virtio->common + FEATURES);
	return high << 32 | low;
}

static void accept(struct virtio *virtio, uint64_t accepted)
{
	mmio_write32(virtio->common + DRIVER_FEATURES_SELECT, 0);
	mmio_write32(virtio->common + DRIVER_FEATURES, (uint32_t)accepted);
	mmio_write32(virtio->common + DRIVER_FEATURES_SELECT, 1);
	mmio_write32(virtio->common + DRIVER_FEATURES, (uint32_t)(accepted >> 32));
}

static uint8_t status(struct virtio *virtio)
{
	return mmio_read8(virtio->common + STATUS);
}

static void set_status(struct virtio *virtio, uint8_t value)
{
	mmio_write8(virtio->common + STATUS, value);
}

static int set_queue(struct virtio *virtio, uint16_t index)
{
	uint64_t notify_at;
	uint16_t most;

	mmio_write16(virtio->common + QUEUE_SELECT, index);
	most = mmio_read16(virtio->common + QUEUE_SIZE);
	notify_at =
		(uint64_t)mmio_read16(virtio->common + QUEUE_NOTIFY_OFFSET) * virtio->notify_step;
	if (most < VIRTIO_QUEUE_SIZE || notify_at + 2 > virtio->notification_size) {
		log_error("queue %u has %u entries, and its doorbell is at 0x%lx: not used", index,
			  most, notify_at);
		return -ENODEV;
	}
	virtio->doorbell = virtio->notification + notify_at;
	mmio_write16(virtio->common + QUEUE_SIZE, VIRTIO_QUEUE_SIZE);
	write64(virtio, QUEUE_DESCRIPTORS, virtio->memory);
	write64(virtio, QUEUE_AVAILABLE, virtio->memory + VIRTIO_AVAILABLE_AT);
	write64(virtio, QUEUE_USED, virtio->memory + VIRTIO_USED_AT);
	mmio_write16(virtio->common + QUEUE_ENABLE, 1);
	return 0;
}

static void notify(struct virtio *virtio)
{
	mmio_write16(virtio->doorbell, virtio->queue);
}

static uint32_t config(struct virtio *virtio, uint32_t offset)
{
	if ((uint64_t)offset + 4 > virtio->configuration_size)
		return 0;
	return mmio_read32(virtio->configuration + offset);
}

static uint32_t generation(struct virtio *virtio)
{
	return mmio_read8(virtio->common + GENERATION);
}

static void close(struct virtio *virtio)
{
	for (unsigned int bar = 0; bar < 6; bar++)
		if (virtio->bars & 1u << bar)
			device_unmap_bar(virtio->device, bar);
	virtio->bars = 0;
}

static const struct virtio_transport transport = {
	.features = features,
	.accept = accept,
	.status = status,
	.set_status = set_status,
	.set_queue = set_queue,
	.notify = notify,
	.config = config,
	.generation = generation,
	.close = close,
};

uint32_t virtio_pci_type(const struct device *device)
{
	uint32_t id = pci_id(device->host, &device->host->functions[device->function]);

	if ((id & 0xffff) != VIRTIO_VENDOR)
		return 0;
	id >>= 16;
	if (id == ID_TRANSITIONAL_BLOCK)
		return VIRTIO_BLOCK;
	if (id == ID_TRANSITIONAL_SCSI)
		return VIRTIO_SCSI;
	if (id == ID_TRANSITIONAL_ENTROPY)
		return VIRTIO_ENTROPY;
	return id > ID_MODERN && id < ID_END ? id - ID_MODERN : 0;
}

/* A structure of registers, as a capability tells of it; address 0: there is none. */
struct structure {
	uint64_t address;
	uint32_t size;
};

/* Maps what a capability at `at` tells of. 0; -errno: it lies outside of its register, or cannot be mapped. */
static int open_structure(struct virtio *virtio, uint64_t at, struct structure *structure)
{
	uint32_t bar = pci_read32(at + CAPABILITY_BAR) & 0xff;
	uint32_t offset = pci_read32(at + CAPABILITY_OFFSET);
	uint32_t size = pci_read32(at + CAPABILITY_LENGTH);
	uint64_t base, room;
	int error;

	if (bar > 5)
		return 0; /* 4.1.4: reserved values are to be ignored */
	error = device_map_bar(virtio->device, bar, &base, &room);
	if (error)
		return error;
	virtio->bars |= 1u << bar;
	if (offset > room || size > room - offset || offset & 3) {
		log_error("a structure at 0x%x, 0x%x bytes, is not in its 0x%lx bytes: not used",
			  offset, size, room);
		return -EINVAL;
	}
	*structure = (struct structure){base + offset, size};
	return 0;
}

/* Walks the capabilities: of each kind the first counts (4.1.4). */
static int find_structures(struct virtio *virtio, struct structure *structures)
{
	uint64_t config_space = device_config(virtio->device);
	uint32_t at = pci_read32(config_space + PCI_CAPABILITIES) & 0xfc;

	for (int i = 0; at >= 0x40 && i < CAPABILITIES_MAX; i++) {
		uint32_t header = pci_read32(config_space + at);
		uint32_t kind = header >> 24;
		int error = 0;

		if ((header & 0xff) == CAPABILITY_VENDOR && kind >= AT_COMMON &&
		    kind < STRUCTURES && kind != AT_INTERRUPT && !structures[kind].address)
			error = open_structure(virtio, config_space + at, &structures[kind]);
		if (error)
			return error;
		if (kind == AT_NOTIFY && (header & 0xff) == CAPABILITY_VENDOR)
			virtio->notify_step =
				pci_read32(config_space + at + CAPABILITY_NOTIFY_STEP);
		at = header >> 8 & 0xfc;
	}
	return 0;
}

int virtio_pci_open(struct virtio *virtio)
{
	struct structure structures[STRUCTURES] = {0};
	int error = find_structures(virtio, structures);

	if (!error &&
	    (structures[AT_COMMON].size < COMMON_SIZE || !structures[AT_NOTIFY].address)) {
		log_error("it has no modern interface (disable-modern=on?): not used");
		error = -ENODEV;
	}
	if (error) {
		close(virtio);
		return error;
	}
	virtio->transport = &transport;
	virtio->common = structures[AT_COMMON].address;
	virtio->notification = structures[AT_NOTIFY].address;
	virtio->notification_size = structures[AT_NOTIFY].size;
	virtio->configuration = structures[AT_DEVICE].address;
	virtio->configuration_size = structures[AT_DEVICE].size;
	return 0;
}
