/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/host.c */
/*
 * The map against its model (tests/mem/model.h), where the fuzzer's input takes the place of chance. Tiny nodes, as in
 * tests/mem/memmap_deep_test.c. A difference ends the program.
 */
#define MEMMAP_NODE_SIZE 192

#include "mem/mem_props.c"
#include "mem/memmap_tree.c"
#include "mem/memmap_tree_check.c"
#include "mem/memmap_tree_above.c"
#include "mem/memmap_tree_shape.c"
#include "mem/memmap_edit.c"
#include "mem/memmap_judge.c"
#include "mem/memmap_nodes.c"
#include "mem/memmap_read.c"
#include "mem/memmap.c"

#include "tests/mem/model.h"

static const uint8_t *input;
static size_t input_size;

static uint64_t from_input(void)
{
	if (input_size == 0)
		return 0;
	input_size--;
	return *input++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		uint64_t origin;
		uint64_t unit;
		uint64_t refuse;
	} kinds[] = {
		{0x1000, 1, 0},
		{0, 4096, 0},
		{0 - (uint64_t)MODEL_CELLS, 1, 0},
		{0x40000000, 4096, 64},
	};
	static struct model model;

	if (size == 0)
		return 0;
	input = data + 1;
	input_size = size - 1;
	tap_random_hook = from_input;
	model_make(&model, kinds[*data % 4].origin, kinds[*data % 4].unit, kinds[*data % 4].refuse);
	while (input_size > 0) {
		if (!model_step(&model))
			abort();
	}
	model_drop(&model);
	return 0;
}
