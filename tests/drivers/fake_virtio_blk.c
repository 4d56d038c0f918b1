/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio device of fake_virtio.h as a disk (5.2). */
#include <stdlib.h>
#include <string.h>

#include "drivers/virtio.h"
#include "lib/bytes.h"
#include "tests/drivers/fake_virtio.h"

static bool serve(uint16_t head, uint32_t *written)
{
	const uint8_t *first = fake_virtio_descriptor(head);
	const uint8_t *d = first;
	const uint8_t *header = fake_machine_memory(le64_load(first));
	uint64_t offset = le64_load(header + 8) * 512;
	uint32_t type = le32_load(header);
	uint8_t status = fake.fault == FAKE_ERROR;

	if (le32_load(first + 8) != 16 || !(first[12] & 1))
		abort();
	while (d[12] & 1) {
		uint32_t size;

		d = fake_virtio_next(d);
		size = le32_load(d + 8);
		if (!(d[12] & 1)) {
			if (size != 1 || !(d[12] & 2))
				abort();
			break;
		}
		if (fake.lie && (offset > sizeof(fake.disk) || size > sizeof(fake.disk) - offset))
			status = 1;
		else if (!fake.lie && (size > fake.size_max || offset + size > sizeof(fake.disk) ||
				       size % fake.sector_size || !(d[12] & 2) != (type == 1)))
			abort();
		fake.largest = size > fake.largest ? size : fake.largest;
		if (status)
			continue;
		if (type == 0)
			memcpy(fake_machine_memory(le64_load(d)), fake.disk + offset, size);
		else
			memcpy(fake.disk + offset, fake_machine_memory(le64_load(d)), size);
	}
	fake.flushes += type == 4;
	if (fake.lie)
		fake.lie(&status, 1);
	if (fake.fault != FAKE_NO_STATUS)
		*(uint8_t *)fake_machine_memory(le64_load(d)) = status;
	*written = 1;
	return true;
}

static uint32_t configuration(uint32_t offset)
{
	switch (offset) {
	case 0:
		return (uint32_t)fake.capacity;
	case 4:
		return (uint32_t)(fake.capacity >> 32);
	case 8:
		return fake.size_max;
	case 20:
		return fake.fault == FAKE_SECTOR_3 ? 3 : fake.sector_size;
	case 24:
		return 3;
	default:
		abort();
	}
}

const struct fake_kind fake_blk = {
	.type = VIRTIO_BLOCK,
	.transitional_id = 0x1001,
	.serve = serve,
	.configuration = configuration,
};
