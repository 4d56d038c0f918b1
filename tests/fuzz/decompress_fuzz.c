/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c efi/protocols/decompress.c efi/protocols/devices.c */
/* Compressed data from anywhere: whatever it is, nothing beyond it is read, and nothing beyond the buffers is written. */
#include <stdlib.h>

#include "efi/protocol/misc.h"
#include "tests/efi/protocols/common.h"

#define OUTPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct efi_decompress_protocol *protocol;
	uint32_t output_size, scratch_size;
	void *input, *output, *scratch;

	if (!protocol) {
		machine_start(4096);
		if (efi_table_start() || efi_decompress_install())
			abort();
		protocol = locate((struct efi_guid)EFI_DECOMPRESS_PROTOCOL_GUID);
	}
	/* A copy, so that the sanitizer sees where it ends. */
	input = memcpy(malloc(size + 1), data, size);
	if (size &&
	    !protocol->GetInfo(protocol, input, (uint32_t)size, &output_size, &scratch_size) &&
	    output_size <= OUTPUT_MAX) {
		output = malloc(output_size + 1);
		scratch = malloc(scratch_size);
		protocol->Decompress(protocol, input, (uint32_t)size, output, output_size, scratch,
				     scratch_size);
		free(scratch);
		free(output);
	}
	free(input);
	return 0;
}
