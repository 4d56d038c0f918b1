/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map on the console; see memmap_print.h.
 */
#include <stdio.h>

#include "lib/log.h"
#include "mem/memmap_print.h"

#define SIZE_TEXT 24
#define RIGHTS_TEXT 5
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *mem_owner_name(uint8_t owner)
{
	static const char *const names[] = {
		[MEM_OWNER_HOLE] = "hole",	   [MEM_OWNER_FREE] = "free",
		[MEM_OWNER_HARDWARE] = "hardware", [MEM_OWNER_FIRMWARE] = "firmware",
		[MEM_OWNER_LMB] = "lmb",	   [MEM_OWNER_EFI] = "efi",
	};

	return owner < COUNT(names) ? names[owner] : "?";
}

const char *mem_life_name(uint8_t life)
{
	static const char *const names[] = {
		[MEM_LIFE_NONE] = "-",
		[MEM_LIFE_ATTEMPT] = "attempt",
		[MEM_LIFE_SESSION] = "session",
		[MEM_LIFE_FOREVER] = "forever",
	};

	return life < COUNT(names) ? names[life] : "?";
}

const char *mem_type_name(uint32_t type, char text[static 12])
{
	static const char *const names[] = {
		[MEM_RESERVED] = "reserved",	     [MEM_LOADER_CODE] = "loader code",
		[MEM_LOADER_DATA] = "loader data",   [MEM_BOOT_CODE] = "boot code",
		[MEM_BOOT_DATA] = "boot data",	     [MEM_RUNTIME_CODE] = "runtime code",
		[MEM_RUNTIME_DATA] = "runtime data", [MEM_CONVENTIONAL] = "conventional",
		[MEM_UNUSABLE] = "unusable",	     [MEM_ACPI_RECLAIM] = "acpi tables",
		[MEM_ACPI_NVS] = "acpi nvs",	     [MEM_MMIO] = "mmio",
		[MEM_MMIO_PORT] = "mmio ports",	     [MEM_PAL_CODE] = "pal code",
		[MEM_PERSISTENT] = "persistent",
	};

	if (type < COUNT(names))
		return names[type];
	snprintf(text, 12, "0x%08x", (unsigned int)type);
	return text;
}

/* Exact, in the largest unit that divides it. */
static const char *size_text(uint64_t size, char text[static SIZE_TEXT])
{
	static const char units[][2] = {"", "K", "M", "G", "T", "P", "E"};
	unsigned int unit = 0;

	while (size != 0 && size % 1024 == 0 && unit + 1 < COUNT(units)) {
		size /= 1024;
		unit++;
	}
	snprintf(text, SIZE_TEXT, "%lu%s", size, units[unit]);
	return text;
}

static const char *rights_text(uint8_t attrs, char text[static RIGHTS_TEXT])
{
	text[0] = attrs & MEM_R ? 'R' : '-';
	text[1] = attrs & MEM_W ? 'W' : '-';
	text[2] = attrs & MEM_X ? 'X' : '-';
	text[3] = '\0';
	if (attrs & (MEM_DEVICE | MEM_WC))
		text[3] = attrs & MEM_DEVICE ? 'd' : 'c';
	text[4] = '\0';
	return text;
}

/* The end is 0 for 2^64, which no 64-bit number holds. */
static const char *end_text(uint64_t end, char text[static SIZE_TEXT])
{
	snprintf(text, SIZE_TEXT, end != 0 ? "%lx" : "10000000000000000", end);
	return text;
}

/* A tag may hold any byte; a terminal should not see all of them. */
static const char *tag_text(const char *tag, char text[static MEM_TAG_MAX + 1])
{
	int i;

	for (i = 0; i < MEM_TAG_MAX && tag[i] != '\0'; i++)
		text[i] = tag[i] >= 0x20 && tag[i] <= 0x7e ? tag[i] : '?';
	text[i] = '\0';
	return text;
}

static void print_heading(void)
{
	log_raw("%12s %12s %11s %-8s %-7s %-4s %-12s %s\n", "base", "end", "size", "owner", "life",
		"may", "type", "tag");
}

void memmap_print_region(const struct mem_region *region)
{
	const struct mem_props *props = &region->props;
	char end[SIZE_TEXT];
	char size[SIZE_TEXT];
	char rights[RIGHTS_TEXT];
	char type[12];
	char tag[MEM_TAG_MAX + 1];

	log_raw("%12lx %12s %11s %-8s %-7s %-4s %-12s %s%s%s\n", region->base,
		end_text(region->end, end), size_text(region->end - region->base, size),
		mem_owner_name(props->owner), mem_life_name(props->life),
		rights_text(props->attrs, rights),
		props->owner == MEM_OWNER_HOLE ? "-" : mem_type_name(props->type, type),
		tag_text(props->tag, tag), props->flags & MEM_FLAG_NOMAP ? " (nomap)" : "",
		props->flags & MEM_FLAG_LOADING ? " (loading)" : "");
}

static void print_totals(const struct memmap *map)
{
	struct mem_region region;
	uint64_t usable = 0;
	uint64_t kept = 0;
	uint64_t firmware = 0;
	char text[3][SIZE_TEXT];

	memmap_first(map, &region);
	do {
		uint64_t size = region.end - region.base;
		enum mem_os_kind kind = memmap_os_kind(&region.props);

		if (kind == MEM_OS_USABLE)
			usable += size;
		else if (kind != MEM_OS_NOTHING && kind != MEM_OS_DEVICE)
			kept += size;
		if (region.props.owner == MEM_OWNER_FIRMWARE)
			firmware += size;
	} while (memmap_next(map, &region));
	log_raw("usable by the OS %s, kept from it %s; of both, firmware %s\n",
		size_text(usable, text[0]), size_text(kept, text[1]), size_text(firmware, text[2]));
}

void memmap_print(const struct memmap *map)
{
	struct mem_region region;

	print_heading();
	memmap_first(map, &region);
	do {
		if (region.props.owner != MEM_OWNER_HOLE)
			memmap_print_region(&region);
	} while (memmap_next(map, &region));
	print_totals(map);
}

/* What JSON cannot have in a string, and what is not ASCII, is escaped. */
static void tag_escape(const char *tag, char text[static MEM_TAG_MAX * 6 + 1])
{
	for (int i = 0; i < MEM_TAG_MAX && tag[i] != '\0'; i++) {
		unsigned char c = (unsigned char)tag[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
			snprintf(text, 7, "\\u%04x", c);
			text += 6;
		} else {
			*text++ = (char)c;
		}
	}
	*text = '\0';
}

static void print_json_region(const struct mem_region *region)
{
	const struct mem_props *props = &region->props;
	char end[SIZE_TEXT];
	char rights[RIGHTS_TEXT];
	char type[12];
	char tag[MEM_TAG_MAX * 6 + 1];

	tag_escape(props->tag, tag);
	log_raw("{\"base\":\"0x%lx\",\"end\":\"0x%s\",\"size\":\"0x%lx\",\"owner\":\"%s\",",
		region->base, end_text(region->end, end), region->end - region->base,
		mem_owner_name(props->owner));
	log_raw("\"life\":\"%s\",\"rights\":\"%s\",\"type\":\"%s\",\"flags\":%u,",
		mem_life_name(props->life), rights_text(props->attrs, rights),
		mem_type_name(props->type, type), (unsigned int)props->flags);
	log_raw("\"tag\":\"%s\",\"since\":%u}\n", tag, (unsigned int)props->since);
}

void memmap_print_json(const struct memmap *map)
{
	struct mem_region region;

	memmap_first(map, &region);
	do {
		if (region.props.owner != MEM_OWNER_HOLE)
			print_json_region(&region);
	} while (memmap_next(map, &region));
}
