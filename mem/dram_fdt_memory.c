/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a devicetree that speak of memory: /memory, /reserved-memory, /memreserve/. */
#include <errno.h>

#include "mem/dram_fdt_intake.h"

static int add_around(struct memmap *map, uint64_t base, uint64_t size,
		      const struct mem_props *props)
{
	int error = memmap_add(map, base, size, props);
	uint64_t end = base + size;

	if (error != -EEXIST)
		return error;
	for (error = 0; !error && base < end;) {
		struct mem_region here;
		uint64_t to;

		memmap_find(map, base, &here);
		to = here.end && here.end < end ? here.end : end;
		if (here.props.owner == MEM_OWNER_HOLE || here.props.owner == MEM_OWNER_FREE)
			error = memmap_add(map, base, to - base, props);
		base = to;
	}
	return error;
}

int dram_fdt_settle(struct intake *in)
{
	if (in->settled)
		return 0;
	in->settled = 1;
	return memmap_describe(in->map, in->range, in->ranges);
}

int dram_fdt_describe(struct intake *in, uint64_t base, uint64_t size,
		      const struct mem_props *props)
{
	struct memmap_range *top = in->range + in->ranges, *at = top;
	int error;

	if (!in->settled && in->ranges < RANGES_MAX) {
		while (at > in->range && at[-1].base > base)
			at--;
		if ((at == in->range || at[-1].end <= base) &&
		    (at == top || base + size <= at->base)) {
			memmove(at + 1, at, (size_t)((uint8_t *)top - (uint8_t *)at));
			*at = (struct memmap_range){base, base + size, props};
			in->ranges++;
			return 0;
		}
	}
	/* Too many, or they overlap. */
	error = dram_fdt_settle(in);
	return error ? error : add_around(in->map, base, size, props);
}

/* Calls take(base, size) for each range of the node's reg. */
static int each_range(struct intake *in, const struct level *level, const char *what,
		      int (*take)(struct intake *in, uint64_t base, uint64_t size,
				  const struct mem_props *props),
		      const struct mem_props *props)
{
	uint32_t address_cells = level[-1].address_cells, size_cells = level[-1].size_cells;
	uint32_t stride = 4 * (address_cells + size_cells);
	const uint8_t *reg = in->value[REG];
	int error = 0;

	if (address_cells > 2 || size_cells > 2 || !stride || value_size(reg) % stride)
		return dram_fdt_refuse(in, what, value_size(reg));
	for (uint32_t at = 0; !error && at < value_size(reg); at += stride) {
		uint64_t base = fdt_cells(reg + at, address_cells);
		uint64_t size = fdt_cells(reg + at + 4 * address_cells, size_cells);

		if (!size)
			continue;
		if (base + size < base)
			return dram_fdt_refuse(
				in, "a range of memory wraps around the address space", base);
		error = take(in, base, size, props);
	}
	return error;
}

static int take_ram(struct intake *in, uint64_t base, uint64_t size, const struct mem_props *props)
{
	in->out->ram += size;
	return dram_fdt_describe(in, base, size, props);
}

int dram_fdt_memory(struct intake *in, const struct level *level)
{
	if (!(in->seen & SEEN(REG)))
		return 0;
	return each_range(in, level,
			  "a memory node's reg does not match #address-cells and #size-cells",
			  take_ram, &in->free_ram);
}

static int take_reservation(struct intake *in, uint64_t base, uint64_t size,
			    const struct mem_props *props)
{
	int error = dram_fdt_settle(in);

	return error ? error : add_around(in->map, base, size, props);
}

static int note_dynamic(struct intake *in, const struct level *level, const struct mem_props *props)
{
	struct dynamic *dynamic = &in->dynamic[in->dynamics];

	if (in->dynamics == DYNAMIC_MAX)
		return dram_fdt_refuse(in, "there are more dynamic reservations than", DYNAMIC_MAX);
	if (level[-1].address_cells > 2 || level[-1].size_cells - 1 > 1)
		return dram_fdt_refuse(in, "/reserved-memory has impossible cells",
				       level[-1].address_cells);
	in->dynamics++;
	dynamic->size = in->value[SIZE];
	dynamic->alignment = in->seen & SEEN(ALIGNMENT) ? in->value[ALIGNMENT] : NULL;
	dynamic->ranges = in->seen & SEEN(ALLOC_RANGES) ? in->value[ALLOC_RANGES] : NULL;
	dynamic->address_cells = level[-1].address_cells;
	dynamic->size_cells = level[-1].size_cells;
	dynamic->props = *props;
	dynamic->props.life =
		MEM_LIFE_SESSION; /* the OS will choose the place, and must find it free */
	return 0;
}

/* A child of /reserved-memory (Devicetree Specification 0.4, 3.5). */
int dram_fdt_reserved(struct intake *in, const struct level *level)
{
	char tag[MEM_TAG_MAX + 1] = "";
	struct mem_props props;

	for (uint32_t i = 0; i < MEM_TAG_MAX && level->name[i] && level->name[i] != '@'; i++)
		tag[i] = level->name[i];
	/* EBBR 2.4: no-map is reserved memory, the others are boot services data. */
	props = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, tag);
	if (in->seen & SEEN(NO_MAP)) {
		props.type = MEM_RESERVED;
		props.flags = MEM_FLAG_NOMAP;
	} else if (in->seen & SEEN(REUSABLE)) {
		props.flags = MEM_FLAG_LINUX_CMA;
	}
	if (in->seen & SEEN(REG))
		return each_range(
			in, level,
			"a reservation's reg does not match #address-cells and #size-cells",
			take_reservation, &props);
	return in->seen & SEEN(SIZE) ? note_dynamic(in, level, &props) : 0;
}

/* Pairs of address and size up to a pair of zeros. */
int dram_fdt_memreserve(struct intake *in)
{
	const struct mem_props props = {MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, 0,
					"memreserve"};

	for (uint32_t i = 0; i < in->walk.reservations_max; i++) {
		uint64_t base = be64_load(in->walk.reservations + 16 * i);
		uint64_t size = be64_load(in->walk.reservations + 16 * i + 8);
		int error;

		if (!base && !size)
			return 0;
		if (!size)
			continue;
		if (base + size < base)
			return dram_fdt_refuse(in, "a /memreserve/ wraps around the address space",
					       base);
		error = add_around(in->map, base, size, &props);
		if (error)
			return error;
	}
	return dram_fdt_refuse(in, "/memreserve/ has no end", in->walk.reservations_max);
}

static void place_dynamic(struct memmap *map, const struct dynamic *dynamic)
{
	uint32_t address_cells = dynamic->address_cells, size_cells = dynamic->size_cells;
	uint32_t stride = 4 * (address_cells + size_cells);
	struct mem_request request = {.align = PAGE_SIZE, .props = dynamic->props};
	uint64_t base;

	if (value_size(dynamic->size) != 4 * size_cells)
		return;
	request.size = fdt_cells(dynamic->size, size_cells);
	if (dynamic->alignment && value_size(dynamic->alignment) == 4 * size_cells)
		request.align = fdt_cells(dynamic->alignment, size_cells);
	if (!dynamic->ranges || value_size(dynamic->ranges) < stride) {
		memmap_claim(map, &request, &base);
		return;
	}
	for (uint32_t at = 0; value_size(dynamic->ranges) - at >= stride; at += stride) {
		const uint8_t *range = dynamic->ranges + at;
		uint64_t size = fdt_cells(range + 4 * address_cells, size_cells);

		request.min = fdt_cells(range, address_cells);
		request.max = request.min + size - 1;
		if (size && request.max >= request.min && !memmap_claim(map, &request, &base))
			return;
	}
}

void dram_fdt_dynamic(struct intake *in)
{
	/* What finds no place the OS will not place either, and it will say so. */
	for (uint32_t i = 0; i < in->dynamics; i++)
		place_dynamic(in->map, &in->dynamic[i]);
}
