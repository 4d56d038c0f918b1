/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over MMIO (4.2): version 2, and version 1, the legacy interface (4.2.4). */
#define LOG_PREFIX virtio->device->name

#include <errno.h>

#include "drivers/mmio.h"
#include "drivers/virtio.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define MAGIC 0x000
#define MAGIC_VALUE 0x74726976 /* "virt" */
#define VERSION 0x004
#define DEVICE_ID 0x008
#define DEVICE_FEATURES 0x010
#define DEVICE_FEATURES_SELECT 0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SELECT 0x024
#define GUEST_PAGE_SIZE 0x028 /* legacy */
#define QUEUE_SELECT 0x030
#define QUEUE_SIZE_MAX 0x034
#define QUEUE_SIZE 0x038
#define QUEUE_ALIGN 0x03c /* legacy */
#define QUEUE_PAGE 0x040 /* legacy */
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define STATUS 0x070
#define QUEUE_DESCRIPTORS 0x080 /* 64 bits, as are the next two */
#define QUEUE_AVAILABLE 0x090
#define QUEUE_USED 0x0a0
#define GENERATION 0x0fc
#define CONFIGURATION 0x100

#define LEGACY 1
#define MODERN 2

static uint64_t reg(const struct virtio *virtio, uint32_t offset)
{
	return virtio->common + offset;
}

static void write64(struct virtio *virtio, uint32_t offset, uint64_t value)
{
	mmio_write32(reg(virtio, offset), (uint32_t)value);
	mmio_write32(reg(virtio, offset + 4), (uint32_t)(value >> 32));
}

static uint64_t features(struct virtio *virtio)
{
	uint64_t low, high;

	mmio_write32(reg(virtio, DEVICE_FEATURES_SELECT), 0);
	low = mmio_read32(reg(virtio, DEVICE_FEATURES));
	if (virtio->legacy)
		return low;
	mmio_write32(reg(virtio, DEVICE_FEATURES_SELECT), 1);
	high = mmio_read32(reg(virtio, DEVICE_FEATURES));
	return high << 32 | low;
}

static void accept(struct virtio *virtio, uint64_t accepted)
{
	mmio_write32(reg(virtio, DRIVER_FEATURES_SELECT), 0);
	mmio_write32(reg(virtio, DRIVER_FEATURES), (uint32_t)accepted);
	if (virtio->legacy)
		return;
	mmio_write32(reg(virtio, DRIVER_FEATURES_SELECT), 1);
	mmio_write32(reg(virtio, DRIVER_FEATURES), (uint32_t)(accepted >> 32));
}

static uint8_t status(struct virtio *virtio)
{
	return (uint8_t)mmio_read32(reg(virtio, STATUS));
}

static void set_status(struct virtio *virtio, uint8_t value)
{
	mmio_write32(reg(virtio, STATUS), value);
}

static int set_queue(struct virtio *virtio, uint16_t index)
{
	uint32_t most;

	mmio_write32(reg(virtio, QUEUE_SELECT), index);
	most = mmio_read32(reg(virtio, QUEUE_SIZE_MAX));
	if (most < VIRTIO_QUEUE_SIZE) {
		log_error("queue %u has %u entries, and %d are needed: not used", index, most,
			  VIRTIO_QUEUE_SIZE);
		return -ENODEV;
	}
	mmio_write32(reg(virtio, QUEUE_SIZE), VIRTIO_QUEUE_SIZE);
	if (virtio->legacy) {
		mmio_write32(reg(virtio, GUEST_PAGE_SIZE), PAGE_SIZE);
		mmio_write32(reg(virtio, QUEUE_ALIGN), VIRTIO_LEGACY_ALIGN);
		mmio_write32(reg(virtio, QUEUE_PAGE), (uint32_t)(virtio->memory / PAGE_SIZE));
		return 0;
	}
	write64(virtio, QUEUE_DESCRIPTORS, virtio->memory);
	write64(virtio, QUEUE_AVAILABLE, virtio->memory + VIRTIO_AVAILABLE_AT);
	write64(virtio, QUEUE_USED, virtio->memory + VIRTIO_USED_AT);
	mmio_write32(reg(virtio, QUEUE_READY), 1);
	return 0;
}

static void notify(struct virtio *virtio)
{
	mmio_write32(reg(virtio, QUEUE_NOTIFY), virtio->queue);
}

static uint32_t config(struct virtio *virtio, uint32_t offset)
{
	return mmio_read32(reg(virtio, CONFIGURATION + offset));
}

static uint32_t generation(struct virtio *virtio)
{
	return virtio->legacy ? 0 : mmio_read32(reg(virtio, GENERATION));
}

/* The bus has mapped the registers of all its devices: drivers/disk.c. */
static void close(struct virtio *virtio)
{
	(void)virtio;
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

uint32_t virtio_mmio_type(const struct device *device)
{
	if (mmio_read32(device->registers + MAGIC) != MAGIC_VALUE)
		return 0;
	return mmio_read32(device->registers + DEVICE_ID);
}

int virtio_mmio_open(struct virtio *virtio)
{
	uint32_t version = mmio_read32(virtio->device->registers + VERSION);

	if (version != LEGACY && version != MODERN) {
		log_error("virtio-mmio version %u is neither 1 nor 2: not used", version);
		return -ENODEV;
	}
	virtio->transport = &transport;
	virtio->legacy = version == LEGACY;
	virtio->common = virtio->device->registers;
	return 0;
}
