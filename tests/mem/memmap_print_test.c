/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c mem/memmap_print.c lib/log.c tests/host.c */
/* The map as text: the table for people, the JSON lines for scripts. */
#include <string.h>

#include "lib/log.h"
#include "mem/memmap.h"
#include "mem/memmap_print.h"
#include "tests/tap.h"

#define RAM UINT64_C(0x40000000)

static char out[8192];
static uint64_t out_size;

static void collect(const char *text, uint64_t size)
{
	if (out_size + size < sizeof(out)) {
		memcpy(out + out_size, text, size);
		out_size += size;
		out[out_size] = '\0';
	}
}

static struct memmap map;

static void make(void)
{
	const struct mem_props ram = mem_props_free();
	const struct mem_props uart = mem_props_device("uart");
	const struct mem_props image = mem_props_make(MEM_BOOT_CODE, MEM_OWNER_FIRMWARE,
						      MEM_LIFE_SESSION, MEM_RX, 0, "image text");
	const struct mem_props kernel = mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB,
						       MEM_LIFE_ATTEMPT, MEM_RW, 0, "kernel");
	const struct mem_props odd = mem_props_make(0x80000001, MEM_OWNER_EFI, MEM_LIFE_FOREVER, 0,
						    MEM_FLAG_NOMAP, "a \"\\\n\xff tag, full");
	const struct mem_props top =
		mem_props_make(MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, MEM_R, 0, "top");

	memmap_init(&map, NULL, NULL);
	memmap_stage(&map, 2);
	memmap_add(&map, 0x9000000, 0x1000, &uart);
	memmap_add(&map, RAM, 0x20000000, &ram);
	memmap_add(&map, 0 - UINT64_C(0x1000), 0x1000, &top);
	memmap_claim_at(&map, RAM + 0x80000, 0x1234, &kernel);
	memmap_claim_at(&map, RAM + 0x100000, 0x1000, &odd);
	memmap_claim_at(&map, RAM + 0x1ff00000, 0x100000, &image);
}

static void has(const char *text, const char *name)
{
	if (!ok(strstr(out, text) != NULL, name))
		printf("#   wanted %s\n#   in\n%s", text, out);
}

static uint64_t longest_line(void)
{
	uint64_t longest = 0;

	for (const char *line = out; *line != '\0'; line = strchr(line, '\n') + 1) {
		uint64_t length = (uint64_t)(strchr(line, '\n') - line);

		longest = length > longest ? length : longest;
	}
	return longest;
}

static void test_table(void)
{
	out_size = 0;
	memmap_print(&map);
	printf("# %s", "the table:\n");
	for (char *line = out, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		printf("# %.*s\n", (int)(end - line), line);
	ok(longest_line() <= 100, "fits 100 columns");
	has("       base         end    size owner    life    may  type         tag\n", "heading");
	has("    9000000     9001000      4K hardware forever RW-d mmio         uart\n",
	    "a device");
	has("   40000000    40080000    512K free     -       ---  conventional \n", "free RAM");
	has("   40080000    40081234    4660 lmb      attempt RW-  loader data  kernel\n",
	    "exact bytes");
	has("efi      forever ---  0x80000001   a \"\\?? tag, ful (nomap)\n",
	    "a type without name, a tag with anything");
	has("ffffffffffff", "the last page of the address space");
	has("10000000000000000", "ends at 2^64");
	ok(strstr(out, "hole") == NULL, "holes are not printed");
	has("usable by the OS 524284K, kept from it 4K; of both, firmware 1M\n", "totals");
}

/* Only RAM counts, whoever has it: the answer to "why is so much of my RAM reserved?" */
static void test_totals(void)
{
	const struct mem_props hole_near_1_tib = mem_props_make(
		MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, "e820 reserved");
	const struct mem_props flash = mem_props_make(MEM_RESERVED, MEM_OWNER_HARDWARE,
						      MEM_LIFE_FOREVER, MEM_RX, 0, "flash");
	const struct mem_props dimm = mem_props_make(MEM_PERSISTENT, MEM_OWNER_HARDWARE,
						     MEM_LIFE_FOREVER, 0, 0, "nvdimm");
	const struct mem_props screen = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_HARDWARE,
						       MEM_LIFE_FOREVER, 0, 0, "framebuffer");
	const struct mem_props nomap = mem_props_make(
		MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, MEM_FLAG_NOMAP, "secure");
	const struct mem_props defective = mem_props_make(MEM_UNUSABLE, MEM_OWNER_HARDWARE,
							  MEM_LIFE_FOREVER, 0, 0, "defective");
	const struct mem_props tables = mem_props_make(MEM_ACPI_RECLAIM, MEM_OWNER_FIRMWARE,
						       MEM_LIFE_FOREVER, MEM_RW, 0, "acpi tables");

	memmap_add(&map, 0xfd00000000, UINT64_C(12) << 30, &hole_near_1_tib);
	memmap_add(&map, 0xffe00000, 0x200000, &flash);
	memmap_add(&map, UINT64_C(1) << 32, UINT64_C(1) << 30, &dimm);
	out_size = 0;
	memmap_print(&map);
	has("usable by the OS 524284K, kept from it 4K; of both, firmware 1M\n",
	    "what is no RAM is not kept from anybody");
	memmap_add(&map, RAM + 0x1000000, 0x10000, &screen);
	memmap_add(&map, RAM + 0x2000000, 0x10000, &nomap);
	memmap_add(&map, RAM + 0x3000000, 0x1000, &defective);
	memmap_claim_at(&map, RAM + 0x4000000, 0x3000, &tables);
	out_size = 0;
	memmap_print(&map);
	has("usable by the OS 524140K, kept from it 148K; of both, firmware 1036K\n",
	    "RAM that the machine reserves, that is defective, or that holds tables is");
}

static void test_region(void)
{
	struct mem_region r;

	out_size = 0;
	memmap_find(&map, RAM + 0x80001, &r);
	memmap_print_region(&r);
	ok(strcmp(out,
		  "   40080000    40081234    4660 lmb      attempt RW-  loader data  kernel\n") ==
		   0,
	   "one region, one line");
	out_size = 0;
	memmap_find(&map, 0, &r);
	memmap_print_region(&r);
	has("          0     9000000    144M hole     -       ---  -            \n", "a hole");
}

static void test_json(void)
{
	out_size = 0;
	memmap_print_json(&map);
	has("{\"base\":\"0x40080000\",\"end\":\"0x40081234\",\"size\":\"0x1234\",\"owner\":\"lmb\","
	    "\"life\":\"attempt\",\"rights\":\"RW-\",\"type\":\"loader data\",\"tag\":\"kernel\","
	    "\"flags\":0,\"since\":2}\n",
	    "a line");
	has("\"tag\":\"a \\u0022\\u005c\\u000a\\u00ff tag, ful\"",
	    "what JSON cannot hold is escaped");
	has("\"end\":\"0x10000000000000000\"", "2^64");
	ok(longest_line() < 256, "lines are short enough for the log");
}

int main(void)
{
	log_set_sink(collect);
	make();
	test_table();
	test_region();
	test_json();
	test_totals();
	return tap_done();
}
