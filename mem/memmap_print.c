/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map on the console; see memmap_print.h. Lines are put together by hand, because printf takes thousands of
 * instructions for each.
 */
#include <string.h>

#include "lib/log.h"
#include "mem/memmap_print.h"

#define NUMBER_TEXT 24 /* bytes for any number and a unit */
#define LINE_TEXT 256
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- names: no pointers, each of which would have to be relocated ---- */

const char *mem_owner_name(uint8_t owner)
{
	static const char names[][9] = {
		[MEM_OWNER_HOLE] = "hole",	   [MEM_OWNER_FREE] = "free",
		[MEM_OWNER_HARDWARE] = "hardware", [MEM_OWNER_FIRMWARE] = "firmware",
		[MEM_OWNER_LMB] = "lmb",	   [MEM_OWNER_EFI] = "efi",
	};

	return owner < COUNT(names) ? names[owner] : "?";
}

const char *mem_life_name(uint8_t life)
{
	static const char names[][8] = {
		[MEM_LIFE_NONE] = "-",
		[MEM_LIFE_ATTEMPT] = "attempt",
		[MEM_LIFE_SESSION] = "session",
		[MEM_LIFE_FOREVER] = "forever",
	};

	return life < COUNT(names) ? names[life] : "?";
}

static const char type_names[][13] = {
	[MEM_RESERVED] = "reserved",	     [MEM_LOADER_CODE] = "loader code",
	[MEM_LOADER_DATA] = "loader data",   [MEM_BOOT_CODE] = "boot code",
	[MEM_BOOT_DATA] = "boot data",	     [MEM_RUNTIME_CODE] = "runtime code",
	[MEM_RUNTIME_DATA] = "runtime data", [MEM_CONVENTIONAL] = "conventional",
	[MEM_UNUSABLE] = "unusable",	     [MEM_ACPI_RECLAIM] = "acpi tables",
	[MEM_ACPI_NVS] = "acpi nvs",	     [MEM_MMIO] = "mmio",
	[MEM_MMIO_PORT] = "mmio ports",	     [MEM_PAL_CODE] = "pal code",
	[MEM_PERSISTENT] = "persistent",
};

/* ---- numbers ---- */

/* Writes digits before `end`, at least so many; returns where they begin. */
static char *digits(uint64_t value, unsigned int radix, int least, char *end)
{
	do {
		*--end = "0123456789abcdef"[value % radix];
		value /= radix;
	} while (--least > 0 || value != 0);
	return end;
}

static const char *hex_text(uint64_t value, char text[static NUMBER_TEXT])
{
	text[NUMBER_TEXT - 1] = '\0';
	return digits(value, 16, 1, &text[NUMBER_TEXT - 1]);
}

/* The end is 0 for 2^64, which no 64-bit number holds. */
static const char *end_text(uint64_t end, char text[static NUMBER_TEXT])
{
	return end != 0 ? hex_text(end, text) : "10000000000000000";
}

/* Exact, in the largest unit that divides it. */
static const char *size_text(uint64_t size, char text[static NUMBER_TEXT])
{
	unsigned int unit = 0;
	char *end = &text[NUMBER_TEXT - 1];

	while (size != 0 && size % 1024 == 0 && unit < 6) {
		size /= 1024;
		unit++;
	}
	*end = '\0';
	if (unit > 0)
		*--end = "KMGTPE"[unit - 1];
	return digits(size, 10, 1, end);
}

const char *mem_type_name(uint32_t type, char text[static 12])
{
	if (type < COUNT(type_names))
		return type_names[type];
	text[0] = '0';
	text[1] = 'x';
	text[10] = '\0';
	digits(type, 16, 8, &text[10]);
	return text;
}

static const char *rights_text(uint8_t attrs, char text[static NUMBER_TEXT])
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

/* ---- lines ---- */

struct line {
	unsigned int used;
	char text[LINE_TEXT];
};

static __attribute__((noinline)) void add_char(struct line *line, char c)
{
	if (line->used < LINE_TEXT - 1)
		line->text[line->used++] = c;
}

static __attribute__((noinline)) void add(struct line *line, const char *text)
{
	while (*text != '\0')
		add_char(line, *text++);
}

/* A column: text, blanks up to the width on its right, or on its left if the width is negative, and one more blank. */
static void add_column(struct line *line, const char *text, int width)
{
	int blanks = (width < 0 ? -width : width) - (int)strlen(text);

	for (int i = 0; width < 0 && i < blanks; i++)
		add_char(line, ' ');
	add(line, text);
	for (int i = 0; width > 0 && i < blanks; i++)
		add_char(line, ' ');
	add_char(line, ' ');
}

static void print(struct line *line)
{
	line->text[line->used] = '\0';
	log_raw("%s\n", line->text);
}

/* ---- the table ---- */

void memmap_print_region(const struct mem_region *region)
{
	const struct mem_props *props = &region->props;
	char text[NUMBER_TEXT];
	struct line line;

	line.used = 0;
	add_column(&line, hex_text(region->base, text), -11);
	add_column(&line, end_text(region->end, text), -11);
	add_column(&line, size_text(region->end - region->base, text), -7);
	add_column(&line, mem_owner_name(props->owner), 8);
	add_column(&line, mem_life_name(props->life), 7);
	add_column(&line, rights_text(props->attrs, text), 4);
	add_column(&line, props->owner == MEM_OWNER_HOLE ? "-" : mem_type_name(props->type, text),
		   12);
	/* A tag may hold any byte; a terminal should not see all of them. */
	for (int i = 0; i < MEM_TAG_MAX && props->tag[i] != '\0'; i++)
		add_char(&line,
			 props->tag[i] >= 0x20 && props->tag[i] <= 0x7e ? props->tag[i] : '?');
	if (props->flags & MEM_FLAG_NOMAP)
		add(&line, " (nomap)");
	if (props->flags & MEM_FLAG_LOADING)
		add(&line, " (loading)");
	print(&line);
}

static void print_totals(const struct memmap *map)
{
	struct mem_region region;
	uint64_t usable = 0;
	uint64_t kept = 0;
	uint64_t firmware = 0;
	char text[3][NUMBER_TEXT];

	memmap_first(map, &region);
	do {
		uint64_t size = region.end - region.base;

		if (!mem_props_ram(&region.props))
			continue;
		if (memmap_os_kind(&region.props) == MEM_OS_USABLE)
			usable += size;
		else
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

	log_raw("       base         end    size owner    life    may  type         tag\n");
	memmap_first(map, &region);
	do {
		if (region.props.owner != MEM_OWNER_HOLE)
			memmap_print_region(&region);
	} while (memmap_next(map, &region));
	print_totals(map);
}

/* ---- JSON ---- */

/* What JSON cannot have in a string, and what is not ASCII, is escaped. */
static void add_escaped(struct line *line, const char *tag)
{
	char code[] = "\\u0000";

	for (int i = 0; i < MEM_TAG_MAX && tag[i] != '\0'; i++) {
		unsigned char c = (unsigned char)tag[i];

		if (c >= 0x20 && c <= 0x7e && c != '"' && c != '\\') {
			add_char(line, tag[i]);
			continue;
		}
		digits(c, 16, 4, &code[6]);
		add(line, code);
	}
}

/* "name":"text" and what comes before it. */
static void add_member(struct line *line, const char *name, const char *text)
{
	add(line, line->used == 0 ? "{\"" : "\",\"");
	add(line, name);
	add(line, "\":\"");
	add(line, text);
}

static void print_json_region(const struct mem_region *region)
{
	const struct mem_props *props = &region->props;
	char text[NUMBER_TEXT];
	struct line line;

	line.used = 0;
	add_member(&line, "base", "0x");
	add(&line, hex_text(region->base, text));
	add_member(&line, "end", "0x");
	add(&line, end_text(region->end, text));
	add_member(&line, "size", "0x");
	add(&line, hex_text(region->end - region->base, text));
	add_member(&line, "owner", mem_owner_name(props->owner));
	add_member(&line, "life", mem_life_name(props->life));
	add_member(&line, "rights", rights_text(props->attrs, text));
	add_member(&line, "type", mem_type_name(props->type, text));
	add_member(&line, "tag", "");
	add_escaped(&line, props->tag);
	line.text[line.used] = '\0';
	log_raw("%s\",\"flags\":%u,\"since\":%u}\n", line.text, (unsigned int)props->flags,
		(unsigned int)props->since);
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
