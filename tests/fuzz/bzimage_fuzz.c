/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/linux_x86_header.c lib/log.c tests/host.c */
/*
 * Any bytes as a bzImage: refused, or a header that its loader can rely on. The first four bytes
 * are the file's size.
 */
#include <stdlib.h>

#include "boot/linux_x86_header.h"
#include "lib/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linux_x86_header h;
	uint64_t file_size;

	if (size < 4)
		return 0;
	file_size = le32_load(data);
	data += 4;
	size -= 4;
	if (size > 4096)
		size = 4096;
	if (file_size < size)
		file_size = size;
	if (!linux_x86_recognise(data, size) || linux_x86_header(data, size, file_size, &h))
		return 0;
	if (h.code_offset > file_size || h.code_size > file_size - h.code_offset || !h.code_size ||
	    h.span < h.code_size || !h.alignment || h.alignment & (h.alignment - 1) ||
	    h.header_end > HDR_END_MAX || h.header_end > size || h.pref_address % 4096)
		abort();
	return 0;
}
