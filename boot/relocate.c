/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image moves to the top of usable RAM, with its stack and heap below it:
 *
 *        +--------------+ <- ram top (below 4 GiB on x86)
 *        |  text  R-X   |
 *        |  rodata R--  |
 *        |  data  RW-   |
 *        |  bss   RW-   |
 *        +--------------+ <- placement.image
 *        |  heap  RW-   |
 *        +--------------+
 *        |  stack RW-   |
 *        +--------------+
 *        |  guard ---   |    a stack that overflows faults here
 *        |  room for    |
 *        |  EFI's part  |    if there is one (boot/efi_part.c)
 *        +--------------+ <- placement.room
 *
 * The final page tables are built from the map before anything is copied, with the rights that each part keeps
 * (arch_mmu_start). Runs from flash until the jump: no static data but the relocated copy's.
 */
#include <stddef.h>

#include "boot/boot.h"
#include "lib/bytes.h"

#define COPY_UNIT 256 /* of arch_fp_copy */

/* What survives of the time before relocation; lives in the relocated image. */
static struct early state __attribute__((section(".noinit")));
static struct placement placement __attribute__((section(".noinit")));

const struct placement *relocate_placement(void)
{
	return &placement;
}

/*
 * What the map says of the parts, from the top down; each ends where the one before begins. Their rights are their own, their type is one,
 * that of a program's image: EFI's map has one entry for them.
 */
#define PART(attrs_, tag_)                                                                    \
	{                                                                                     \
		.type = MEM_BOOT_CODE, .owner = MEM_OWNER_FIRMWARE, .life = MEM_LIFE_SESSION, \
		.attrs = attrs_, .tag = tag_                                                  \
	}
static const struct mem_props parts[] = {
	PART(MEM_RX, "text"), PART(MEM_R, "constants"), PART(MEM_RW, "data"),
	PART(MEM_RW, "heap"), PART(MEM_RW, "stack"),	PART(0, "stack guard"),
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* One claim for all, as text; name_parts gives the other parts their own names and rights. */
static int claim(struct early *early, struct placement *place)
{
	struct mem_request request = {
		.size = align_up((uint64_t)(image_text_end - image_link), PAGE_SIZE),
		.align = PAGE_SIZE,
		.max = early->machine.ram_top ? early->machine.ram_top - 1 : 0,
		.props = parts[0],
	};
	int error = memmap_claim(&early->map, &request, &place->room);

	if (error)
		return error;
	place->end = place->room + request.size;
	place->image = place->room + (uint64_t)(image_base - image_link);
	place->heap = place->image - HEAP_SIZE;
	place->stack = place->heap - STACK_SIZE;
	place->file = early->image;
	return 0;
}

/* What a part leaves of the claim is what the next one divides. */
static int name_parts(struct memmap *map, const struct placement *place)
{
	const uint64_t end[PARTS] = {
		place->end,
		place->image + (uint64_t)(image_text - image_base),
		place->image + (uint64_t)(image_rodata - image_base),
		place->image,
		place->heap,
		place->stack,
	};

	for (unsigned int i = 1; i < PARTS; i++) {
		int error = memmap_retype(map, place->room, end[i] - place->room,
					  MEM_OWNER_FIRMWARE, &parts[i]);

		if (error)
			return error;
	}
	return 0;
}

/* Fills the claim, which may be written at this moment: arch_mmu_start. */
static void copy_image(const void *argument)
{
	const struct placement *place = argument;
	uint8_t *to = (uint8_t *)(uintptr_t)place->image;
	const struct image_rela *rela = (const struct image_rela *)image_rela;
	const struct image_rela *end = (const struct image_rela *)image_rela_end;

	/* Data; what lies between that and the constants was of use before only. */
	arch_fp_copy(to + (image_start - image_base), image_start,
		     align_up((uint64_t)(image_data_end - image_start), COPY_UNIT));
	arch_fp_copy(to + (image_rodata - image_base), image_rodata,
		     align_up((uint64_t)(image_text_end - image_rodata), COPY_UNIT));
	memset(to + (image_bss - image_base), 0, (size_t)(image_bss_end - image_bss));
	for (; rela < end; rela++)
		*(uint64_t *)(uintptr_t)(place->room + rela->offset) = place->room + rela->addend;
	arch_code_sync(place->image + (uint64_t)(image_text - image_base),
		       (uint64_t)(image_text_end - image_text));
}

/* Where an object or function of this image is after relocation. */
static void *relocated(const struct placement *place, const void *object)
{
	return (uint8_t *)(uintptr_t)place->image + ((const uint8_t *)object - image_base);
}

static _Noreturn void give_up(struct early *early, const char *why)
{
	struct console *console = &early->machine.console;

	console_puts(console, "relocate: ");
	console_puts(console, why);
	console_puts(console, "; RAM of this machine in bytes: ");
	console_put_hex(console, early->machine.ram);
	console_puts(console, "; give it more (make run MEM=, qemu -m)\n");
	board_poweroff(&early->machine);
}

_Noreturn void relocate(struct early *early)
{
	struct placement place;
	struct early *to;

	if (claim(early, &place) || name_parts(&early->map, &place))
		give_up(early, "no free RAM for the firmware's image, heap and stack");
	if (arch_mmu_start(&early->mmu, &early->map, copy_image, &place))
		give_up(early, "no free RAM for page tables");

	to = relocated(&place, &state);
	memcpy(to, early, offsetof(struct early, map));
	memmap_copy(&to->map, &early->map);
	*(struct placement *)relocated(&place, &placement) = place;
	arch_continue(
		(void (*)(void *))(uintptr_t)relocated(&place, (const void *)(uintptr_t)boot_main),
		to, place.heap);
}
