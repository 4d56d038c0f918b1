/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c */
/* test-sources: efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/*
 * Variables against a slow and obvious model: an array of them. The input is a program of calls; after each, what can be
 * read is what the model has, in its order, and no byte beyond the store is touched.
 */
#include <stdlib.h>
#include <string.h>

#include "efi/variable.h"

#define STORE_SIZE 1024
#define MODEL_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->at++;
}

static struct model {
	CHAR16 name[3];
	uint8_t guid;
	uint32_t attributes;
	uint32_t size;
	uint8_t data[STORE_SIZE];
} model[MODEL_MAX];
static int model_count;

static struct efi_guid guids[2] = {{1, 0, 0, {0}}, EFI_GLOBAL_VARIABLE};

static int model_find(const CHAR16 *name, uint8_t guid)
{
	for (int i = 0; i < model_count; i++)
		if (model[i].guid == guid && !memcmp(model[i].name, name, sizeof(model[i].name)))
			return i;
	return -1;
}

/* What a successful SetVariable has done. */
static void model_set(const CHAR16 *name, uint8_t guid, uint32_t attributes, const uint8_t *data,
		      uint32_t size)
{
	int at = model_find(name, guid);
	int appends = attributes & EFI_VARIABLE_APPEND_WRITE;

	if (!(attributes & 6) || (!size && !appends)) {
		if (at < 0)
			abort();
		memmove(&model[at], &model[at + 1],
			(size_t)(--model_count - at) * sizeof(model[0]));
		return;
	}
	if (!size)
		return;
	if (at < 0) {
		at = model_count++;
		model[at] = (struct model){.guid = guid, .attributes = attributes & 15};
		memcpy(model[at].name, name, sizeof(model[at].name));
	}
	if (!appends)
		model[at].size = 0;
	if (model[at].size + size > STORE_SIZE)
		abort();
	memcpy(model[at].data + model[at].size, data, size);
	model[at].size += size;
}

static void compare(const struct variables *v)
{
	CHAR16 name[4] = {0};
	struct efi_guid guid = guids[0];
	uint8_t data[STORE_SIZE];
	uint32_t attributes;

	for (int i = 0; i <= model_count; i++) {
		uint64_t size = sizeof(name);
		efi_status status = variable_next(v, &size, name, &guid);

		if (i == model_count) {
			if (status != EFI_NOT_FOUND)
				abort();
			break;
		}
		if (status || memcmp(name, model[i].name, size))
			abort();
		size = sizeof(data);
		if (variable_get(v, name, &guid, &attributes, &size, data) ||
		    size != model[i].size || memcmp(data, model[i].data, size) ||
		    attributes != model[i].attributes)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	struct variables v = {0};
	uint8_t *arena = malloc(STORE_SIZE);

	variable_store_start(&v.store, arena, STORE_SIZE);
	model_count = 0;
	for (int step = 0; input.left && step < 200; step++) {
		uint8_t operation = byte(&input);
		uint8_t letter = byte(&input);
		CHAR16 name[3] = {(CHAR16)('a' + letter % 8), letter & 0x10 ? 'x' : 0, 0};
		uint8_t guid = letter >> 7;
		uint8_t attributes = byte(&input);
		uint8_t value[256];
		uint8_t length = byte(&input);

		for (int i = 0; i < length; i++)
			value[i] = byte(&input);
		if (operation & 1) {
			uint64_t room = length;

			variable_get(&v, name, &guids[guid], NULL, &room, value);
			continue;
		}
		if (!variable_set(&v, name, &guids[guid], attributes, length, value))
			model_set(name, guid, attributes, value, length);
		compare(&v);
	}
	free(arena);
	return 0;
}
