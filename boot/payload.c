/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a payload in pieces, so that a person sees a long load move. */
#define LOG_PREFIX "boot"

#include <errno.h>

#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define STEP MIB(64) /* bytes between two lines of progress */

int payload_read(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	uint8_t *at = to;
	uint64_t done = 0;

	if (offset > payload->size || size > payload->size - offset)
		return -EINVAL;
	while (done < size) {
		uint64_t piece = size - done < STEP ? size - done : STEP;
		int error = payload->read(payload, offset + done, at + done, piece);

		if (error)
			return error;
		done += piece;
		if (size > STEP)
			log_info("%s: %lu of %lu MiB", payload->name, done >> 20, size >> 20);
	}
	return 0;
}
