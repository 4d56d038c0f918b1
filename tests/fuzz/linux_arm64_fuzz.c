/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/linux_arm64.c boot/fdt_fixup.c boot/fdt_edit.c boot/gzip.c boot/payload.c lib/fdt_walk.c lib/crc32.c */
/* test-sources: lib/log.c mem/lmb.c mem/lmb_view.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/* Any bytes as an arm64 kernel: refused, or entered inside of what was claimed for it. */
#include <errno.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "arch/aarch64/kernel.h"
#include "boot/attempt.h"
#include "boot/loader.h"
#include "lib/bytes.h"

#define RAM UINT64_C(0x20000000)
#define RAM_SIZE MIB(16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct memmap map;
static jmp_buf entered;

_Noreturn void aarch64_enter(uint64_t to, uint64_t x0)
{
	struct mem_region region;

	memmap_find(&map, to, &region);
	if (region.props.owner != MEM_OWNER_LMB || x0 != RAM)
		abort();
	longjmp(entered, 1);
}

int aarch64_random(uint64_t *number)
{
	(void)number;
	return 0;
}

int aarch64_has_pages(uint32_t kib)
{
	return kib == 4;
}

/* All that is cleaned must be RAM that is claimed. */
void arch_cache_clean(uint64_t base, uint64_t size)
{
	struct mem_region region;

	memmap_find(&map, base, &region);
	if (size && (region.props.owner <= MEM_OWNER_FREE || region.end - base < size))
		abort();
}

void attempt_hand_over(const char *what, uint64_t entry)
{
	(void)what;
	(void)entry;
}

static int read_data(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	const uint8_t *from = payload->context;

	if (offset > payload->size || size > payload->size - offset)
		abort();
	memcpy(to, from + offset, size);
	return 0;
}

static void make_machine(struct machine *machine)
{
	struct mem_props props = mem_props_free();
	uint8_t *blob = (uint8_t *)(uintptr_t)RAM;

	fdt_create(blob, 4096);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_end_node(blob);
	fdt_finish(blob);
	memmap_init(&map, NULL, NULL);
	memmap_add(&map, RAM, RAM_SIZE, &props);
	props = mem_props_firmware("devicetree");
	memmap_claim_at(&map, RAM, 4096, &props);
	memmap_system_set(&map);
	memmap_attempt_begin(&map);
	*machine = (struct machine){.dtb = RAM, .dtb_room = 4096};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void *ram;
	size_t head = size < LOADER_HEAD_SIZE ? size : LOADER_HEAD_SIZE;
	struct machine machine;
	struct boot_request request = {
		.machine = &machine,
		.kernel = {.name = "kernel", .size = size, .read = read_data},
		.cmdline = "",
		.cmdline_size = 1,
	};
	uint8_t *copy;

	if (!ram)
		ram = mmap((void *)(uintptr_t)RAM, RAM_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (ram == MAP_FAILED || !size)
		return 0;
	copy = malloc(head);
	memcpy(copy, data, head);
	request.kernel.context = (void *)(uintptr_t)data;
	make_machine(&machine);
	for (int i = 0; loaders[i]; i++) {
		if (!loaders[i]->recognise(copy, head))
			continue;
		if (!setjmp(entered))
			loaders[i]->boot(&request, copy, head);
		break;
	}
	free(copy);
	return 0;
}
