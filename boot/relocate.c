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
 *        +--------------+
 *
 * It is one claim. The final page tables are built first, so that a top of RAM that the tables in flash do not
 * reach can be written. Runs from flash until the jump: no static data but the relocated copy's.
 */
#include <stddef.h>

#include "boot/boot.h"
#include "lib/bytes.h"

/* The only relocations that a static PIE linked at 0 holds: *(base + offset) = base + addend. The build checks that. */
struct elf_rela {
	uint64_t offset;
	uint64_t info;
	uint64_t addend;
};

#define GUARD_SIZE PAGE_SIZE

/* What survives of the time before relocation; lives in the relocated image. */
static struct early state __attribute__((section(".noinit")));
static struct placement placement __attribute__((section(".noinit")));

const struct placement *relocate_placement(void)
{
	return &placement;
}

/* One claim for all, writable until the image is in place; the guard is a hole in its rights. */
static int claim(struct early *early, struct placement *place)
{
	uint64_t image_size = (uint64_t)(image_text_end - image_base);
	struct mem_request request = {
		.size = GUARD_SIZE + STACK_SIZE + HEAP_SIZE + image_size,
		.align = PAGE_SIZE,
		.max = early->machine.ram_top ? early->machine.ram_top - 1 : 0,
		.props = mem_props_firmware("image"),
	};
	int error;

	request.props.attrs = MEM_RW | MEM_X; /* until boot_main gives each part its own rights */
	error = memmap_claim(&early->map, &request, &place->guard);
	if (error)
		return error;
	place->stack = place->guard + GUARD_SIZE;
	place->heap = place->stack + STACK_SIZE;
	place->image = place->heap + HEAP_SIZE;
	place->end = place->image + image_size;
	return 0;
}

/* Gives stack, heap and guard their names, before the page tables are built from the map. */
static int name_parts(struct memmap *map, const struct placement *place)
{
	const struct mem_props stack = mem_props_firmware("stack");
	const struct mem_props heap = mem_props_firmware("heap");
	struct mem_props guard = mem_props_firmware("stack guard");
	int error;

	guard.attrs = 0;
	error = memmap_retype(map, place->heap, HEAP_SIZE, MEM_OWNER_FIRMWARE, &heap);
	if (!error)
		error = memmap_retype(map, place->stack, STACK_SIZE, MEM_OWNER_FIRMWARE, &stack);
	if (!error)
		error = memmap_retype(map, place->guard, GUARD_SIZE, MEM_OWNER_FIRMWARE, &guard);
	return error;
}

static void copy_image(const struct placement *place)
{
	uint8_t *to = (uint8_t *)(uintptr_t)place->image;
	const struct elf_rela *rela = (const struct elf_rela *)image_rela;
	const struct elf_rela *end = (const struct elf_rela *)image_rela_end;

	arch_fp_copy(to + (image_start - image_base), image_start,
		     (uint64_t)(image_text_end - image_start));
	memset(to + (image_bss - image_base), 0, (size_t)(image_bss_end - image_bss));
	for (; rela < end; rela++)
		*(uint64_t *)(to + rela->offset) = place->image + rela->addend;
	arch_code_sync(place->image + (uint64_t)(image_text - image_base),
		       (uint64_t)(image_text_end - image_text));
}

/* Where an object or function of this image is after relocation. */
static void *relocated(const struct placement *place, const void *object)
{
	return (uint8_t *)(uintptr_t)place->image + ((const uint8_t *)object - image_base);
}

/* The copy is complete: from here on its code may be run, and written no more. */
static int run_text(struct early *early, const struct placement *place)
{
	uint64_t base = place->image + (uint64_t)(image_text - image_base);
	uint64_t size = (uint64_t)(image_text_end - image_text);
	struct mem_props text = mem_props_firmware("text");
	int error;

	text.type = MEM_BOOT_CODE;
	text.attrs = MEM_RX;
	error = memmap_retype(&early->map, base, size, MEM_OWNER_FIRMWARE, &text);
	if (!error)
		arch_mmu_changed(&early->mmu, base, size);
	return error;
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
	if (arch_mmu_start(&early->mmu, &early->map))
		give_up(early, "no free RAM for page tables");
	copy_image(&place);
	if (run_text(early, &place))
		give_up(early, "no room on the map for the firmware's text");

	to = relocated(&place, &state);
	memcpy(to, early, offsetof(struct early, map));
	memmap_copy(&to->map, &early->map);
	*(struct placement *)relocated(&place, &placement) = place;
	arch_continue(
		(void (*)(void *))(uintptr_t)relocated(&place, (const void *)(uintptr_t)boot_main),
		to, place.heap);
}
