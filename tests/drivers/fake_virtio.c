/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_virtio.h. */
#include "tests/drivers/fake_virtio.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/virtio.h"
#include "lib/bytes.h"

#define DEVICE_AT (FAKE_MMIO_BASE + 2 * DISK_MMIO_SIZE)
#define NOTIFY_AT 0x3000 /* in the base address register, after common and configuration */
#define CONFIG_AT 0x2000
#define BAR 4

struct fake_virtio fake;

/* The registers of the device, whatever the bus. */
static struct {
	uint32_t select, driver_select, status, queue;
	uint64_t accepted;
	uint32_t queue_size, align;
	uint64_t descriptors, available, used;
	uint16_t seen;
	bool enabled;
} reg;

/* ---- where it is ---- */

static void add_capability(uint8_t at, uint8_t next, uint8_t kind, uint32_t offset, uint32_t size)
{
	uint8_t *to = fake_config + at;

	to[0] = 9;
	to[1] = next;
	to[2] = 20;
	to[3] = kind;
	to[4] = BAR;
	le32_store(to + 8, offset);
	le32_store(to + 12, size);
	le32_store(to + 16, 4);
}

static void make_pci(void)
{
	memset(fake_config, 0, sizeof(fake_config));
	le16_store(fake_config, 0x1af4);
	le16_store(fake_config + 2,
		   (uint16_t)(fake.bus == FAKE_TRANSITIONAL ? fake.kind->transitional_id
							    : 0x1040 + fake.kind->type));
	fake_config[0x34] = fake.fault == FAKE_NO_CAPABILITIES ? 0 : 0x40;
	fake_config[0x40] = 0x11; /* something else first */
	fake_config[0x41] = 0x50;
	add_capability(0x50, fake.fault == FAKE_CAPABILITY_LOOP ? 0x40 : 0x64, 1, 0, 0x38);
	add_capability(0x64, 0x78, 4, CONFIG_AT, 0x100);
	add_capability(0x78, 0x8c, 2, NOTIFY_AT,
		       fake.fault == FAKE_CAPABILITY_BEYOND ? 0x2000 : 0x1000);
	add_capability(0x8c, 0, 1, 0x1000, 0x10); /* the second of a kind does not count */
}

void fake_virtio_start(const struct fake_kind *kind, enum fake_bus bus)
{
	struct mem_props props = mem_props_device("virtio-mmio");

	memset(&fake, 0, sizeof(fake));
	memset(&reg, 0, sizeof(reg));
	fake.bus = bus;
	fake.kind = kind;
	fake.features = 1u << 1 | 1u << 6 | 1u << 9 | 1u << 10 | UINT64_C(1) << 28;
	if (bus != FAKE_LEGACY)
		fake.features |= VIRTIO_F_VERSION_1;
	fake.sector_size = 512;
	fake.size_max = 1 << 16;
	fake.capacity = FAKE_DISK_SIZE / 512;
	fake_machine_start();
	props.attrs = 0;
	memmap_add(&fake_map, FAKE_MMIO_BASE, FAKE_MMIO_PLACES * DISK_MMIO_SIZE, &props);
}

struct disk_buses fake_virtio_buses(void)
{
	static const uint64_t places[FAKE_MMIO_PLACES] = {
		FAKE_MMIO_BASE, FAKE_MMIO_BASE + DISK_MMIO_SIZE, DEVICE_AT,
		FAKE_MMIO_BASE + 3 * DISK_MMIO_SIZE};
	const struct disk_buses mmio = {.mmio = places, .mmio_count = FAKE_MMIO_PLACES};

	make_pci();
	if (fake.bus == FAKE_PCI || fake.bus == FAKE_TRANSITIONAL)
		return fake_machine_pci(0x010000, BAR, 0x4000);
	return mmio;
}

/* ---- what the device does ---- */

const uint8_t *fake_virtio_descriptor(uint16_t number)
{
	return fake_machine_memory(reg.descriptors + 16u * number);
}

const uint8_t *fake_virtio_next(const uint8_t *of)
{
	return of[12] & 1 ? fake_virtio_descriptor(le16_load(of + 14)) : NULL;
}

static void notified(uint32_t queue)
{
	uint8_t *available = fake_machine_memory(reg.available),
		*used = fake_machine_memory(reg.used);

	if (queue != fake.kind->queue || reg.queue != queue || !reg.enabled || !fake.running ||
	    (fake.bus < FAKE_MMIO && !fake_machine_mastering()))
		abort();
	while (reg.seen != le16_load(available + 2)) {
		uint16_t head = le16_load(available + 4 + 2 * (reg.seen % reg.queue_size));
		uint8_t *element = used + 4 + 8 * (reg.seen % reg.queue_size);
		uint32_t written = 1;

		if (fake.fault == FAKE_STALL || !fake.kind->serve(head, &written))
			break;
		fake.requests++;
		reg.seen++;
		le32_store(element, head + (fake.fault == FAKE_LIE_ID ? 1u : 0u));
		le32_store(element + 4, written);
	}
	le16_store(used + 2, (uint16_t)(reg.seen + (fake.fault == FAKE_LIE_INDEX ? 1 : 0)));
	if (fake.lie)
		fake.lie(used, 68);
}

void fake_virtio_late(void)
{
	if (fake.running)
		notified(fake.kind->queue);
}

static uint32_t features(void)
{
	uint64_t offered = fake.features;

	if (fake.fault == FAKE_NO_VERSION_1)
		offered &= ~VIRTIO_F_VERSION_1;
	return (uint32_t)(offered >> (reg.select ? 32 : 0));
}

static void accept(uint32_t value)
{
	reg.accepted |= (uint64_t)value << (reg.driver_select ? 32 : 0);
	if (reg.accepted & ~fake.features)
		abort();
}

static void set_status(uint32_t value)
{
	reg.status = value;
	fake.running = value & 4;
	if (fake.fault == FAKE_NO_FEATURES)
		reg.status &= ~8u;
	if (value)
		return;
	memset(&reg, 0, sizeof(reg));
	fake.resets++;
}

static uint32_t status(void)
{
	return reg.status | (fake.fault == FAKE_NO_RESET ? 1 : 0);
}

static uint32_t queue_size(void)
{
	return fake.fault == FAKE_SHORT_QUEUE ? 2 : 256;
}

static uint32_t configuration(uint64_t offset)
{
	uint8_t word[4];

	if (!fake.kind->configuration)
		abort();
	le32_store(word, fake.kind->configuration((uint32_t)offset));
	if (fake.lie)
		fake.lie(word, sizeof(word));
	return le32_load(word);
}

static void set_half(uint64_t *value, uint64_t upper, uint32_t half)
{
	*value = upper ? (*value & UINT32_MAX) | (uint64_t)half << 32
		       : (*value & ~UINT64_C(0xffffffff)) | half;
}

static uint64_t *queue_part(uint64_t offset)
{
	uint64_t *parts[] = {&reg.descriptors, &reg.available, &reg.used};

	return parts[offset];
}

/* ---- MMIO ---- */

static uint32_t place_read(uint64_t offset)
{
	switch (offset) {
	case 0x00:
		return 0x74726976;
	case 0x04:
		return fake.bus == FAKE_LEGACY ? 1 : 2;
	case 0x08:
		return fake.kind->type;
	case 0x10:
		return features();
	case 0x34:
		return queue_size();
	case 0x70:
		return status();
	case 0xfc:
		return 0;
	default:
		return configuration(offset - 0x100);
	}
}

static void place_write(uint64_t offset, uint32_t value)
{
	bool legacy = fake.bus == FAKE_LEGACY;

	switch (offset) {
	case 0x14:
		reg.select = value;
		break;
	case 0x20:
		accept(value);
		break;
	case 0x24:
		reg.driver_select = value;
		break;
	case 0x28: /* its pages */
		if (!legacy || value != PAGE_SIZE)
			abort();
		break;
	case 0x30:
		reg.queue = value;
		break;
	case 0x38:
		reg.queue_size = value;
		break;
	case 0x3c:
		reg.align = value;
		break;
	case 0x40: /* 2.7.2 */
		reg.descriptors = (uint64_t)value * PAGE_SIZE;
		reg.available = reg.descriptors + 16ull * reg.queue_size;
		reg.used = align_up(reg.available + 6 + 2ull * reg.queue_size, reg.align);
		reg.enabled = true;
		break;
	case 0x44:
		reg.enabled = value;
		break;
	case 0x50:
		notified(value);
		break;
	case 0x70:
		set_status(value);
		break;
	default:
		if (legacy)
			abort();
		set_half(queue_part((offset - 0x80) / 16), offset & 4, value);
	}
}

/* ---- PCI ---- */

static uint32_t bar_read(uint64_t offset)
{
	switch (offset) {
	case 0x04:
		return features();
	case 0x14:
		return status();
	case 0x15:
		return 0;
	case 0x18:
		return queue_size();
	case 0x1e:
		return 2; /* times 4 */
	default:
		return configuration(offset - CONFIG_AT);
	}
}

static void bar_write(uint64_t offset, uint32_t value)
{
	switch (offset) {
	case 0x00:
		reg.select = value;
		break;
	case 0x08:
		reg.driver_select = value;
		break;
	case 0x0c:
		accept(value);
		break;
	case 0x14:
		set_status(value);
		break;
	case 0x16:
		reg.queue = value;
		break;
	case 0x18:
		reg.queue_size = value;
		break;
	case 0x1c:
		reg.enabled = value;
		break;
	case NOTIFY_AT + 8:
		notified(value);
		break;
	default:
		set_half(queue_part((offset - 0x20) / 8), offset & 4, value);
	}
}

uint32_t fake_device_read(uint64_t address)
{
	if (address >= FAKE_BAR_BASE)
		return bar_read(address - FAKE_BAR_BASE);
	if (address / DISK_MMIO_SIZE == DEVICE_AT / DISK_MMIO_SIZE)
		return place_read(address - DEVICE_AT);
	return address % DISK_MMIO_SIZE == 0 ? 0x74726976 : 0; /* an empty place */
}

void fake_device_write(uint64_t address, uint32_t value)
{
	if (address >= FAKE_BAR_BASE)
		bar_write(address - FAKE_BAR_BASE, value);
	else
		place_write(address - DEVICE_AT, value);
}
