/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: lib/crc32.c */
/*
 * The runtime region as it is shipped (the x86_64 one runs here): loaded by its header, used, moved to another address by
 * SetVirtualAddressMap, and used there while nothing is left at the old one. The file is $RUNTIME_REGION.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "efi/runtime/runtime.h"
#include "lib/crc32.h"
#include "tests/tap.h"

#define OLD UINT64_C(0x50000000)
#define NEW UINT64_C(0x60000000)
#define SIZE 0x10000

static uint8_t file[SIZE];
static struct efi_system_table *table;

static void *map(int memory, uint64_t at)
{
	return mmap((void *)at, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_FIXED,
		    memory, 0);
}

static void load(uint8_t *region)
{
	const struct runtime_header *h = (const void *)file;

	memcpy(region, file, h->text_size);
	memcpy(region + h->data, file + h->data_file, h->data_size);
	for (uint32_t at = h->rela; at < h->rela_end; at += 24) {
		uint64_t *rela = (void *)(region + at);

		*(uint64_t *)(void *)(region + rela[0]) = (uint64_t)(uintptr_t)region + rela[2];
	}
	table = (void *)(region + SIZE - 4096);
	table->Hdr.HeaderSize = sizeof(*table);
}

static int crc_is_right(struct efi_table_header *header)
{
	uint32_t crc = header->CRC32;
	int right;

	header->CRC32 = 0;
	right = crc == crc32_more(0, header, header->HeaderSize);
	header->CRC32 = crc;
	return right;
}

/* What an operating system may do at any address. */
static void use(struct efi_runtime_services *rt, int at_runtime)
{
	struct efi_guid guid = {1, 2, 3, {4}};
	struct efi_time time;
	char data[8] = "";
	uint64_t size = sizeof(data);
	CHAR16 name[32] = {0};
	uint32_t attributes;

	equal(rt->GetVariable(u"Hello", &guid, &attributes, &size, data), EFI_SUCCESS,
	      "a variable");
	ok(size == 6 && !memcmp(data, "world", 6) && attributes == 6, "is there");
	size = sizeof(name);
	equal(rt->GetNextVariableName(&size, name, &guid), EFI_SUCCESS, "and found");
	ok(!memcmp(name, u"Hello", 12), "by name");
	equal(rt->GetTime(&time, NULL), EFI_UNSUPPORTED, "no clock here");
	equal(rt->SetVariable(u"New", &guid, 6, 1, data),
	      at_runtime ? EFI_UNSUPPORTED : EFI_SUCCESS, "set");
	equal(rt->SetWakeupTime(0, NULL), EFI_UNSUPPORTED, "no alarm");
}

int main(void)
{
	const char *name = getenv("RUNTIME_REGION");
	FILE *stream = fopen(name ? name : "build/qemu-x86_64/runtime.bin", "rb");
	const struct runtime_header *h = (const void *)file;
	int memory = memfd_create("region", 0);
	struct efi_guid guid = {1, 2, 3, {4}};
	struct efi_runtime_services *rt;
	struct runtime_door *door;
	struct runtime_start start = {0};
	struct efi_memory_descriptor maps[2] = {{.PhysicalStart = 0x1000,
						 .VirtualStart = 0x7000,
						 .NumberOfPages = 1,
						 .Attribute = EFI_MEMORY_RUNTIME},
						{.PhysicalStart = OLD,
						 .VirtualStart = NEW,
						 .NumberOfPages = SIZE / 4096,
						 .Attribute = EFI_MEMORY_RUNTIME}};

	if (!stream || !fread(file, 1, sizeof(file), stream)) {
		printf("1..0 # SKIP there is no runtime region\n");
		return 0;
	}
	fclose(stream);
	equal(h->magic, RUNTIME_MAGIC, "it is one");
	ok(h->end < SIZE - 4096 && h->data % 4096 == 0 && h->text_size <= h->data,
	   "of a good shape");
	if (ftruncate(memory, SIZE) || map(memory, OLD) != (void *)OLD)
		return 1;
	load((uint8_t *)OLD);
	start.table = table;
	start.variables = (void *)(OLD + ((h->end + 7) & ~7u));
	start.variables_size = 4096;
	door = (void *)(OLD + h->door);
	door->start(&start, &(struct runtime_store){0});
	rt = door->services;
	table->RuntimeServices = rt;
	table->ConfigurationTable = (void *)(OLD + 0x8000);
	equal(rt->SetVariable(u"Hello", &guid, 6, 6, (void *)(uintptr_t) "world"), EFI_SUCCESS,
	      "set");
	use(rt, 0);
	door->exit_boot_services(&(struct runtime_exit){0});
	use(rt, 1);
	equal(rt->SetVirtualAddressMap(sizeof(maps), 40, 1, maps), EFI_SUCCESS, "moved");
	if (map(memory, NEW) != (void *)NEW || munmap((void *)OLD, SIZE))
		return 1;
	table = (void *)(NEW + SIZE - 4096);
	ok(crc_is_right(&table->Hdr), "the system table's checksum");
	equal((uintptr_t)table->ConfigurationTable, NEW + 0x8000, "its pointers");
	equal((uintptr_t)table->RuntimeServices, (uintptr_t)rt - OLD + NEW, "and services");
	rt = table->RuntimeServices;
	ok(crc_is_right(&rt->Hdr), "their checksum");
	use(rt, 1);
	return tap_done();
}
