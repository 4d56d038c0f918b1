/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/host.c */
/*
 * The model again, but the map is built with tiny nodes, so that 192 cells make a tree of several levels: every split,
 * merge and change across leaves is met all the time.
 */
#define MEMMAP_NODE_SIZE 192
#define MEMMAP_POOL_NODES 4

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

int main(void)
{
	tap_seed();
	ok(model_run("bytes", 0x1000, 1, 0, 300000), "bytes, an owner each");
	ok(model_run("pages from 0", 0, 4096, 0, 100000), "pages from address 0");
	ok(model_run("top bytes", 0 - (uint64_t)MODEL_CELLS, 1, 0, 100000), "bytes up to 2^64");
	ok(model_run("refused nodes", 0x1000, 1, 128, 100000),
	   "nodes that are refused every other time");
	return tap_done();
}
