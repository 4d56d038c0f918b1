/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio device of fake_virtio.h as a source of random bytes (5.4). */
#include <stdlib.h>

#include "drivers/virtio.h"
#include "lib/bytes.h"
#include "tests/drivers/fake_virtio.h"

/* Gives random bytes to the one piece of memory of the request, and says how many. */
static bool serve(uint16_t head, uint32_t *written)
{
	const uint8_t *d = fake_virtio_descriptor(head);
	uint8_t *to = fake_machine_memory(le64_load(d));
	uint32_t size = le32_load(d + 8);

	if (d[12] != 2 || !size)
		abort();
	*written = 0;
	if (fake.fault == FAKE_NOTHING)
		return true;
	if (fake.fault == FAKE_SHORT && size > 3)
		size = 3;
	for (uint32_t i = 0; i < size; i++)
		to[i] = ++fake.next;
	*written = fake.fault == FAKE_LIE_SIZE ? size + 1 : size;
	return true;
}

const struct fake_kind fake_rng = {
	.type = VIRTIO_ENTROPY,
	.transitional_id = 0x1005,
	.serve = serve,
};
