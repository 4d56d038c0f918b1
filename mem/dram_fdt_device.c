/* SPDX-License-Identifier: BSD-2-Clause */
/* The devices that the board wants to know of. */
#include "mem/dram_fdt_intake.h"

int dram_fdt_flush(struct intake *in)
{
	const struct mem_props *props = in->props;

	in->props = NULL;
	return props ? dram_fdt_describe(in, in->base, in->end - in->base, props) : 0;
}

int dram_fdt_add(struct intake *in, uint64_t base, uint64_t size, const struct mem_props *props)
{
	int error;

	if (base + size < base)
		return dram_fdt_refuse(in, "a device's registers wrap around the address space",
				       base);
	if (!size)
		return 0;
	if (props == in->props && base + size == in->base) {
		in->base = base;
		return 0;
	}
	if (props == in->props && base == in->end) {
		in->end += size;
		return 0;
	}
	error = dram_fdt_flush(in);
	in->props = props;
	in->base = base;
	in->end = base + size;
	return error;
}

/* Both are aligned to 4. */
static int same_words(const uint8_t *a, const uint8_t *b, uint32_t size)
{
	const uint8_t *end = a + (size & ~3u);

	for (; a < end; a += 4, b += 4)
		if (fdt_word(a) != fdt_word(b))
			return 0;
	for (size &= 3; size; size--)
		if (*a++ != *b++)
			return 0;
	return 1;
}

/* The first string of `compatible` that the board knows. The first words of many are alike ("arm,"), the second are not. */
static const struct dram_fdt_device *find_device(const struct intake *in)
{
	const uint8_t *list = in->value[COMPATIBLE];
	uint32_t size = value_size(list), key;
	const struct dram_fdt_device *device;

	if (size < 8)
		return NULL;
	key = fdt_word(list + 4);
	for (device = in->devices; device < in->devices_end; device++)
		if (fdt_word((const uint8_t *)device->compatible + 4) == key &&
		    device->length <= size &&
		    same_words(list, (const uint8_t *)device->compatible, device->length))
			return device;
	for (uint32_t offset = 1; offset < size; offset++) {
		if (list[offset - 1])
			continue;
		for (device = in->devices; device < in->devices_end; device++)
			if ((uint8_t)device->compatible[0] == list[offset] &&
			    device->length <= size - offset &&
			    !memcmp(list + offset, device->compatible, device->length))
				return device;
	}
	return NULL;
}

/* Remembers the first device of a kind, and what may be the console. */
static void note_device(struct intake *in, const struct level *level,
			const struct dram_fdt_device *device, uint32_t index, uint64_t base,
			uint64_t size)
{
	struct dram_fdt_found *found = &in->out->found[device->kind];

	if (index < 2 && !found->size[index] && (index == 0 || found->from == level->name)) {
		found->from = level->name;
		found->base[index] = base;
		found->size[index] = size;
	}
	if (index == 0 && device->how & DRAM_FDT_UART && in->uarts < UARTS_MAX)
		in->uart[in->uarts++] = (struct uart){level->name, base};
}

int dram_fdt_device(struct intake *in, const struct level *level)
{
	uint32_t cells = level[-1].address_cells, size_cells = level[-1].size_cells;
	uint32_t stride = 4 * (cells + size_cells);
	const struct dram_fdt_device *device;
	const uint8_t *reg = in->value[REG];
	uint32_t at = 0, left;

	/* Clocks, timers, keys: what can be of no use need not be known by name. */
	if (!(in->seen & (SEEN(REG) | SEEN(METHOD))))
		return 0;
	device = find_device(in);
	if (!device)
		return 0;
	if (device->how & DRAM_FDT_PSCI && in->seen & SEEN(METHOD) && value_size(in->value[METHOD]))
		in->out->method = (char)in->value[METHOD][0];
	if (!(in->seen & SEEN(REG)) || cells > 2 || size_cells > 2 || !stride)
		return 0;
	left = value_size(reg);
	if (in->seen == (SEEN(REG) | SEEN(COMPATIBLE)) && !device->how && left == stride &&
	    level == &in->level[2] && cells == 2 && size_cells == 2)
		in->row = (struct row){
			.device = device, .reg = reg, .compatible = in->value[COMPATIBLE]};
	for (uint32_t i = 0; left - at >= stride; i++, at += stride) {
		uint64_t base = fdt_cells(reg + at, cells);
		uint64_t size = fdt_cells(reg + at + 4 * cells, size_cells);
		int error;

		if (level > &in->level[2] && !dram_fdt_translate(in, level, &base))
			return 0;
		note_device(in, level, device, i, base, size);
		error = dram_fdt_add(in, base, size, &device->props);
		if (error)
			return error;
	}
	return device->how & DRAM_FDT_PCI ? dram_fdt_pci_windows(in, level) : 0;
}

/*
 * Devices come in rows: virt has 32 places for virtio, of which the nodes differ in name, address and interrupt. dram_fdt_device
 * has noted one that may be the first of a row. At its end those that follow are compared with it, all of them in one thing
 * after the other:
 *
 *    first   | begin | name     | property 12 |  value  | property 16 |  reg    | … | end |
 *            |   =   | as long  |      =      |         |      =      | adjoins |   |  =  |
 *    second  | begin | name     | property 12 |  value  | property 16 |  reg    | … | end |
 *            |   =   | as long  |      =      |         |      =      | adjoins |   |  =  |
 *
 * Nodes lie `size` bytes apart. Of the `count` behind the first each look tells how many are like it, up to one that is not.
 */

/* They begin and end as nodes do, with a name in between. */
static uint32_t same_frame(const uint8_t *node, uint32_t size, uint32_t count)
{
	uint64_t properties = (uint64_t)(fdt_name_end(node) - node);
	uint32_t n = 0;

	for (; n < count; n++) {
		node += size;
		if (fdt_word(node) != FDT_TAG(1) || fdt_word(node + size - 4) != FDT_TAG(2) ||
		    fdt_name_end(node) != node + properties)
			break;
	}
	return n;
}

/* The three words of a property's token are the same. */
static uint32_t same_token(const uint8_t *token, uint32_t size, uint32_t count)
{
	const uint32_t a = fdt_word(token), b = fdt_word(token + 4), c = fdt_word(token + 8);
	uint32_t left = count;

	for (; left; left--) {
		token += size;
		if (((fdt_word(token) ^ a) | (fdt_word(token + 4) ^ b) |
		     (fdt_word(token + 8) ^ c)) != 0)
			break;
	}
	return count - left;
}

/* Registers of the same size follow each other, up or down: adds them. *count: of how many. 0 or -errno. */
static int add_row(struct intake *in, uint32_t size, uint32_t *count)
{
	const uint8_t *reg = in->row.reg;
	uint64_t base = fdt_cells(reg, 2), bytes = fdt_cells(reg + 8, 2), next = base + bytes;
	uint64_t low = next;
	int up = fdt_cells(reg + size, 2) == next;
	uint32_t n = 0;

	for (; n < *count && !(bytes >> 32); n++) {
		reg += size;
		next = up ? base + bytes : base - bytes;
		if (fdt_cells(reg, 2) != next || fdt_cells(reg + 8, 2) != bytes)
			break;
		base = next;
	}
	*count = n;
	return dram_fdt_add(in, up ? low : base, n * bytes, &in->row.device->props);
}

int dram_fdt_row(struct intake *in, const struct level *level, const uint8_t *at,
		 const uint8_t **end)
{
	const uint8_t *first = (const uint8_t *)level->name - 4, *token = fdt_name_end(first);
	const uint8_t *compatible = in->row.compatible;
	uint32_t size = (uint32_t)(at - first), count;
	int error;

	*end = at;
	count = same_frame(first, size, (uint32_t)(in->walk.end - 4 - at) / size);
	while (count && fdt_word(token) == FDT_TAG(3)) {
		const uint8_t *next =
			token + ((12 + 3 + (uint64_t)value_size(token + 12)) & ~UINT64_C(3));

		count = same_token(token, size, count);
		/* Of this one the value too. The last three words may reach into what is known to be the same. */
		for (const uint8_t *value = compatible; token == compatible - 12 && value < next;
		     value += 12)
			count = same_token(next - value < 12 ? next - 12 : value, size, count);
		token = next;
	}
	/* Only what has nothing but properties is the first of a row. */
	if (!count || token != at - 4)
		return 0;
	error = add_row(in, size, &count);
	*end = at + (uint64_t)count * size;
	return error;
}
