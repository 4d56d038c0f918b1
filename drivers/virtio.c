/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio: starting a device (3.1.1) and its queue (2.7). All of the queue is in one page of its own:
 *
 *   0            128           512        1024                4096
 *   | descriptors | available  | used     | the driver's      |
 *
 * A request always uses the descriptors from 0 on, because it is the only one.
 */
#define LOG_PREFIX virtio->device->name

#include "drivers/virtio.h"

#include <errno.h>
#include <string.h>

#include "drivers/deadline.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER 2
#define STATUS_DRIVER_OK 4
#define STATUS_FEATURES_OK 8
#define STATUS_FAILED 128

#define DESCRIPTOR_NEXT 1
#define DESCRIPTOR_WRITE 2
#define AVAILABLE_NO_INTERRUPT 1

#define RESET_MS 1000
#define REQUEST_MS 10000
#define SILENT_MAX \
	3 /* requests in a row: then it is not what is behind the device that does not answer, but the device */

struct descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

struct available {
	uint16_t flags, index;
	uint16_t ring[VIRTIO_QUEUE_SIZE];
};

struct used {
	uint16_t flags;
	uint16_t index;
	struct {
		uint32_t id, size;
	} ring[VIRTIO_QUEUE_SIZE];
};

_Static_assert(sizeof(struct descriptor) == 16 && sizeof(struct available) == 20 &&
		       sizeof(struct used) == 68,
	       "2.7.5, 2.7.6, 2.7.8");
_Static_assert(sizeof(struct descriptor) * VIRTIO_QUEUE_SIZE <= VIRTIO_AVAILABLE_AT &&
		       VIRTIO_AVAILABLE_AT + sizeof(struct available) <= VIRTIO_USED_AT &&
		       VIRTIO_USED_AT + sizeof(struct used) <= VIRTIO_SCRATCH_AT &&
		       VIRTIO_SCRATCH_AT + VIRTIO_SCRATCH_SIZE <= PAGE_SIZE,
	       "the page has room for all");

static void *at(const struct virtio *virtio, uint64_t offset)
{
	return (void *)(uintptr_t)(virtio->memory + offset);
}

/* Resets it; one that does not obey is dead, and one line has said so. */
static void reset(struct virtio *virtio)
{
	struct deadline deadline = deadline_in(RESET_MS);

	virtio->transport->set_status(virtio, 0);
	while (virtio->transport->status(virtio))
		if (deadline_passed(&deadline)) {
			log_error("the device does not obey a reset: not used");
			virtio->dead = true;
			return;
		}
}

/* 3.1.1, steps 4 to 6. Legacy devices have no FEATURES_OK. */
static int negotiate(struct virtio *virtio, uint64_t wanted)
{
	const struct virtio_transport *transport = virtio->transport;
	uint64_t offered = transport->features(virtio);
	uint8_t status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;

	virtio->features = offered & (wanted | VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	transport->accept(virtio, virtio->features);
	if (virtio->legacy)
		return 0;
	status |= STATUS_FEATURES_OK;
	transport->set_status(virtio, status);
	if (virtio->features & VIRTIO_F_VERSION_1 && transport->status(virtio) & STATUS_FEATURES_OK)
		return 0;
	log_error("the device does not accept features 0x%lx of its 0x%lx: not used",
		  virtio->features, offered);
	return -ENODEV;
}

/* From a reset to a queue without requests, in the page that is claimed for it. */
static int set_up(struct virtio *virtio, uint64_t wanted, uint16_t queue)
{
	const struct virtio_transport *transport = virtio->transport;
	int error;

	reset(virtio);
	if (virtio->dead)
		return -EIO;
	if (virtio->device->bus == DEVICE_PCI)
		device_master_on(virtio->device);
	transport->set_status(virtio, STATUS_ACKNOWLEDGE);
	transport->set_status(virtio, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	error = negotiate(virtio, wanted);
	if (error)
		return error;
	memset(at(virtio, 0), 0, PAGE_SIZE);
	virtio->seen = 0;
	((struct available *)at(virtio, VIRTIO_AVAILABLE_AT))->flags = AVAILABLE_NO_INTERRUPT;
	virtio->queue = queue;
	error = transport->set_queue(virtio, queue);
	if (!error)
		transport->set_status(virtio, transport->status(virtio) | STATUS_DRIVER_OK);
	return error;
}

int virtio_start(struct virtio *virtio, const struct device *device, uint64_t wanted,
		 uint16_t queue)
{
	int error;

	*virtio = (struct virtio){.device = device};
	error = device->bus == DEVICE_PCI ? virtio_pci_open(virtio) : virtio_mmio_open(virtio);
	if (error)
		return error;
	error = device_claim(device, PAGE_SIZE, &virtio->memory);
	if (!error)
		error = set_up(virtio, wanted, queue);
	if (error) {
		virtio->transport->set_status(virtio, STATUS_FAILED);
		virtio_stop(virtio);
	}
	return error;
}

void virtio_quiesce(struct virtio *virtio)
{
	if (!virtio->dead)
		reset(virtio);
	if (virtio->device->bus == DEVICE_PCI)
		device_master_off(virtio->device);
}

void virtio_stop(struct virtio *virtio)
{
	virtio_quiesce(virtio);
	virtio->transport->close(virtio);
	if (virtio->memory)
		device_release(virtio->memory, PAGE_SIZE);
	virtio->memory = 0;
}

void virtio_restart(struct virtio *virtio)
{
	int error = -EIO;

	virtio->dead = false;
	if (virtio->silent < SILENT_MAX)
		error = set_up(virtio, virtio->features, virtio->queue);
	else
		log_error("no answer to %u requests in a row: the device is not used any more",
			  virtio->silent);
	if (error)
		virtio_quiesce(virtio);
	virtio->dead = error;
}

uint32_t virtio_type(const struct device *device)
{
	return device->bus == DEVICE_PCI ? virtio_pci_type(device) : virtio_mmio_type(device);
}

/* ---- configuration ---- */

uint32_t virtio_config32(struct virtio *virtio, uint32_t offset)
{
	return virtio->transport->config(virtio, offset);
}

uint64_t virtio_config64(struct virtio *virtio, uint32_t offset)
{
	const struct virtio_transport *transport = virtio->transport;
	uint64_t low = 0, high = 0;

	for (int tries = 0; tries < 8; tries++) {
		uint32_t before = transport->generation(virtio);

		low = transport->config(virtio, offset);
		high = transport->config(virtio, offset + 4);
		if (transport->generation(virtio) == before)
			break;
	}
	return high << 32 | low;
}

void *virtio_scratch(const struct virtio *virtio)
{
	return at(virtio, VIRTIO_SCRATCH_AT);
}

/* ---- requests ---- */

/* It is reset, so that it leaves memory alone that it has been given. `error`; -EIO: it does not obey, and one line has said so. */
static int abandon(struct virtio *virtio, int error)
{
	virtio_quiesce(virtio);
	if (virtio->dead)
		return -EIO;
	virtio->dead = true;
	return error;
}

static int wait_for(struct virtio *virtio)
{
	const volatile struct used *used = at(virtio, VIRTIO_USED_AT);
	struct deadline deadline = deadline_in(REQUEST_MS);
	uint16_t place = (uint16_t)(virtio->seen - 1) % VIRTIO_QUEUE_SIZE;

	while (used->index == (uint16_t)(virtio->seen - 1))
		if (deadline_passed(&deadline)) {
			virtio->silent++;
			return abandon(virtio, -ETIMEDOUT);
		}
	arch_dma_barrier();
	virtio->silent = 0;
	if (used->index != virtio->seen || used->ring[place].id) {
		log_error("an answer to what was not asked: the device is not used any more");
		return abandon(virtio, -EIO);
	}
	virtio->written = used->ring[place].size;
	return 0;
}

int virtio_try(struct virtio *virtio, const struct virtio_part *parts, uint32_t count)
{
	struct descriptor *descriptors = at(virtio, 0);
	volatile struct available *available = at(virtio, VIRTIO_AVAILABLE_AT);

	if (virtio->dead || !count || count > VIRTIO_PARTS_MAX)
		return -EIO;
	for (uint32_t i = 0; i < count; i++) {
		bool last = i + 1 == count;

		descriptors[i] = (struct descriptor){
			.address = parts[i].address,
			.size = parts[i].size,
			.flags = (uint16_t)((parts[i].device_writes ? DESCRIPTOR_WRITE : 0) |
					    (last ? 0 : DESCRIPTOR_NEXT)),
			.next = (uint16_t)(last ? 0 : i + 1),
		};
	}
	available->ring[virtio->seen % VIRTIO_QUEUE_SIZE] = 0;
	arch_dma_barrier();
	available->index = ++virtio->seen;
	arch_dma_barrier();
	virtio->transport->notify(virtio);
	return wait_for(virtio);
}

int virtio_request(struct virtio *virtio, const struct virtio_part *parts, uint32_t count)
{
	int error = virtio_try(virtio, parts, count);

	if (error == -ETIMEDOUT)
		log_error("no answer in 10 seconds: the device is not used any more");
	return error ? -EIO : 0;
}
