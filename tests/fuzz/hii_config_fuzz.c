/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c efi/protocols/hii_block.c efi/protocols/hii_config.c efi/protocols/devices.c */
/*
 * Configuration strings from anywhere, over a block of bytes: nothing beyond the string or the block is touched, nothing leaks, and the
 * values that a request got are, when they are written back, those that the block has.
 */
#include <stdlib.h>

#include "efi/protocols/hii.h"
#include "efi/protocols/string16.h"
#include "tests/efi/protocols/common.h"

#define BLOCK 48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct efi_hii_config_routing_protocol *routing = &hii_config_routing_protocol;

static void there_and_back(CHAR16 *text, const uint8_t *block)
{
	efi_string config, progress, end;
	uint8_t *copy = malloc(BLOCK);
	uint64_t size = BLOCK;

	memcpy(copy, block, BLOCK);
	if (!routing->BlockToConfig(routing, text, block, BLOCK, &config, &progress)) {
		if (*progress)
			abort();
		/* A width of 0 has a value without digits, which is none to write. */
		if (!routing->ConfigToBlock(routing, config, copy, &size, &end) && *end)
			abort();
		if (memcmp(copy, block, BLOCK))
			abort();
		efi_free_pool(config);
	}
	if (progress < text || progress > text + string16_length(text))
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot before, after;
	efi_string progress, found = NULL;
	uint64_t room = BLOCK, length = size > 4096 ? 4096 : size;
	uint8_t *block = malloc(BLOCK);
	CHAR16 *text =
		malloc((length + 1) * sizeof(*text)); /* exactly: a look beyond its end is seen */

	machine_start(4096);
	before = machine_snapshot();
	for (uint64_t i = 0; i < BLOCK; i++)
		block[i] = (uint8_t)(i * 37 + 1);
	for (uint64_t i = 0; i < length; i++)
		text[i] = data[i];
	text[length] = 0;
	there_and_back(text, block);
	if (!routing->ConfigToBlock(routing, text, block, &room, &progress) && *progress)
		abort();
	if (!routing->GetAltCfg(routing, text, NULL, NULL, NULL, length & 1 ? u"\1" : NULL, &found))
		efi_free_pool(found);
	after = machine_snapshot();
	if (!snapshot_same(&before, &after))
		abort();
	free(text);
	free(block);
	return 0;
}
