/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/* A million random calls against the model of tests/mem/model.h, in nodes of the usual size. */
#include "tests/mem/model.h"

int main(void)
{
	tap_seed();
	ok(model_run("bytes", 0x1000, 1, 0, 400000), "bytes, an owner each");
	ok(model_run("pages", 0x40000000, 4096, 0, 300000), "pages, an owner each");
	ok(model_run("bytes from 0", 0, 1, 0, 200000), "bytes from address 0");
	ok(model_run("top pages", 0 - (uint64_t)MODEL_CELLS * 4096, 4096, 0, 200000),
	   "pages up to 2^64");
	ok(model_run("refused nodes", 0x1000, 1, 200, 50000), "nodes that are mostly refused");
	return tap_done();
}
