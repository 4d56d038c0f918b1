/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/disk_order.h"

#include <errno.h>
#include <stdlib.h>

#include "boot/bootorder.h"
#include "efi/api.h"
#include "lib/log.h"

#define ORDER_SIZE_MAX 16384

static struct disk_place *places;
static uint32_t place_count, wanted;

/* The file `bootorder` as text; the caller frees it. NULL: there is none that can be read. */
static char *read_order(struct fw_cfg *fw)
{
	struct fw_cfg_item item;
	char *text;

	if (fw_cfg_find(fw, "bootorder", &item) || item.size > ORDER_SIZE_MAX)
		return NULL;
	text = malloc(item.size + 1);
	if (!text)
		return NULL;
	if (fw_cfg_read(fw, &item, 0, text, item.size)) {
		free(text);
		return NULL;
	}
	text[item.size] = '\0';
	return text;
}

/* Takes a place in where it belongs: the order of lines, and as they come where those are equal. 0 or -ENOMEM. */
static int insert(const struct disk_place *place)
{
	struct disk_place *more = realloc(places, (place_count + 1) * sizeof(*places));
	uint32_t i = place_count;

	if (!more)
		return -ENOMEM;
	places = more;
	for (; i && places[i - 1].line > place->line; i--)
		places[i] = places[i - 1];
	places[i] = *place;
	place_count++;
	wanted += place->line != BOOTORDER_NONE;
	return 0;
}

/* Takes a controller in at each line that names it, or behind all. 0 or -ENOMEM. */
static int insert_controller(struct disk_controller *controller, const char *order)
{
	struct disk_place place = {.controller = controller};
	uint32_t from = 0;
	const char *rest;
	int error = 0;

	do {
		place.line = bootorder_of(order, from, controller, &rest);
		if (place.line == BOOTORDER_NONE && from)
			break;
		place.one =
			place.line != BOOTORDER_NONE &&
			bootorder_disk(rest, controller->driver->kind, &place.target, &place.lun);
		error = insert(&place);
		from = place.line + 1;
	} while (!error && place.line != BOOTORDER_NONE);
	return error;
}

static int find(struct machine *machine)
{
	struct disk_controller *controller;
	struct disk_buses buses;
	int error = 0;
	char *order;

	board_disk_buses(machine, &buses);
	if (disk_find(&buses))
		return -ENOMEM;
	order = read_order(&machine->fw_cfg);
	for (controller = disk_controllers(); controller && !error; controller = controller->next)
		error = insert_controller(controller, order ? order : "");
	free(order);
	if (!wanted)
		wanted = place_count;
	return error;
}

int disk_order_find(struct machine *machine)
{
	static bool found;
	int error = found ? 0 : find(machine);

	found = true;
	if (error)
		log_error("there is not enough memory for disks");
	return error;
}

const struct disk_place *disk_order_get(uint32_t index)
{
	return index < place_count ? &places[index] : NULL;
}

uint32_t disk_order_wanted(void)
{
	return wanted;
}

bool disk_order_means(const struct disk_place *place, const struct disk *disk)
{
	return !place->one || (place->target == disk->target && place->lun == disk->lun);
}

bool disk_order_wants(const struct disk *disk)
{
	for (uint32_t i = 0; i < wanted; i++)
		if (places[i].controller == disk->controller && disk_order_means(&places[i], disk))
			return true;
	return false;
}

bool disk_order_leaves_out(void)
{
	return place_count && places[0].line != BOOTORDER_NONE;
}

static int start(struct disk_controller *controller)
{
	int error = disk_start(controller);

	if (error)
		return error;
	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		if (EFI_ERROR(efi_disk_add(disk))) {
			log_error("%s: there is not enough memory for its partitions",
				  disk->block.name);
			error = -ENOMEM;
		}
	return error;
}

int disk_order_start(struct disk_controller *controller)
{
	struct disk_place *place = places;

	while (place->controller != controller)
		place++;
	if (!place->tried) {
		place->tried = true;
		place->error = start(controller);
	}
	return place->error;
}

void disk_order_start_wanted(void)
{
	for (uint32_t i = 0; i < wanted; i++) {
		/* What cannot be started has cost a line. */
		int error = disk_order_start(places[i].controller);

		(void)error;
	}
}
