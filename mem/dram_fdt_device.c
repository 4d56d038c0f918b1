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
	const struct dram_fdt_device *device = find_device(in);
	uint32_t cells = level[-1].address_cells, size_cells = level[-1].size_cells;
	uint32_t stride = 4 * (cells + size_cells);
	const uint8_t *reg = in->value[REG];
	uint32_t at = 0, left;

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
 * has noted one that may be the first of a row; at its end begin_row takes it as the pattern.
 */
static void begin_row(struct intake *in, const struct level *level, const uint8_t *end)
{
	struct row *row = &in->row;
	const uint8_t *at = (const uint8_t *)level->name;

	while (!fdt_zero_byte(fdt_word(at)))
		at += 4;
	row->node = (const uint8_t *)level->name - 4;
	row->properties = (uint32_t)(at + 4 - row->node);
	row->size = (uint32_t)(end - row->node);
}

/*
 * Is what begins at `at` one more of the row? All tokens, sizes and names of properties have to be the same, and so has
 * `compatible`. Then its registers are added: 1; 0 when it is something else; or -errno.
 */
static int next_in_row(struct intake *in, const uint8_t *at)
{
	const struct row *row = &in->row;
	const uint8_t *a = row->node + row->properties, *b = at + row->properties;
	uint32_t size;
	int error;

	/* The node's name is as long as the pattern's when a token follows it. */
	if ((uint64_t)(in->walk.end - at) < row->size || fdt_word(at) != FDT_TAG(1) ||
	    !fdt_zero_byte(fdt_word(b - 4)))
		return 0;
	while (fdt_word(a) == FDT_TAG(3)) {
		size = fdt_word(a + 4);
		if (((fdt_word(b) ^ FDT_TAG(3)) | (fdt_word(b + 4) ^ size) |
		     (fdt_word(b + 8) ^ fdt_word(a + 8))) != 0)
			return 0;
		size = (12 + 3 + __builtin_bswap32(size)) & ~3u;
		a += size;
		b += size;
	}
	/* Behind the properties the pattern has its end, or it would not be one. */
	if (fdt_word(b) != FDT_TAG(2) || b + 4 != at + row->size ||
	    !same_words(at + (row->compatible - row->node), row->compatible,
			value_size(row->compatible)))
		return 0;
	at += row->reg - row->node;
	error = dram_fdt_add(in, fdt_cells(at, 2), fdt_cells(at + 8, 2), &row->device->props);
	return error ? error : 1;
}

int dram_fdt_row(struct intake *in, const struct level *level, const uint8_t *at,
		 const uint8_t **end)
{
	int error;

	*end = at;
	if (in->row.reg < (const uint8_t *)level->name)
		return 0;
	begin_row(in, level, at);
	for (; (error = next_in_row(in, at)) == 1; at += in->row.size)
		;
	in->row.reg = NULL;
	*end = at;
	return error;
}
