/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before relocation: ask the board what machine this is, and put what we stand on ourselves on the map.
 * Runs from flash: no static data. All state is one object on the early stack.
 */
#include <errno.h>

#include "boot/boot.h"
#include "lib/bytes.h"

/*
 * The stack we run on, and the image when a loader put it into RAM (flash is described by the board). Both are given back
 * by boot/main.c once we run elsewhere.
 */
static int claim_footprint(struct early *early)
{
	struct mem_props area = mem_props_firmware("early area");
	struct mem_props image = mem_props_firmware("loaded image");
	struct mem_region here;
	int error;

	area.attrs = arch_early_rights();
	image.attrs = 0; /* the relocated image has tables of its own */
	error = memmap_claim_at(&early->map, early->area_base, early->area_size, &area);
	if (error)
		return error;
	memmap_find(&early->map, early->image, &here);
	if (here.props.owner != MEM_OWNER_FREE)
		return 0;
	return memmap_claim_at(&early->map, early->image,
			       align_up((uint64_t)(image_file_end - image_start), PAGE_SIZE),
			       &image);
}

_Noreturn void early_main(uint64_t argument, uint64_t area_base, uint64_t area_size, uint64_t image)
{
	struct early early;
	int error;

	memset(&early, 0, offsetof(struct early, map));
	early.ticks = arch_ticks();
	early.boot_argument = argument;
	early.area_base = area_base;
	early.area_size = area_size;
	early.image = image;
	memmap_init(&early.map, NULL, NULL);

	if (board_early(&early))
		board_poweroff(&early.machine);
	error = claim_footprint(&early);
	if (error) {
		console_puts(
			&early.machine.console,
			"early: the memory that the firmware starts in is not free RAM, says the machine: base ");
		console_put_hex(&early.machine.console, early.area_base);
		console_puts(&early.machine.console, "\n");
		board_poweroff(&early.machine);
	}
	relocate(&early);
}
