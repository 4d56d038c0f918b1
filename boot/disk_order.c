/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/disk_order.h"

#include <errno.h>
#include <stdlib.h>

#include "boot/bootorder.h"
#include "efi/api.h"
#include "lib/log.h"

#define ORDER_SIZE_MAX 16384

/* A controller, and its place in bootorder. */
struct candidate {
	struct disk_controller *controller;
	uint32_t place;
};

static struct candidate *candidates;
static uint32_t candidate_count, wanted;

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

/* Takes a controller in where it belongs: the order of places, and as they come where those are equal. */
static void insert(struct disk_controller *controller, uint32_t place)
{
	uint32_t i = candidate_count++;

	for (; i && candidates[i - 1].place > place; i--)
		candidates[i] = candidates[i - 1];
	candidates[i] = (struct candidate){controller, place};
}

static int find(struct machine *machine)
{
	struct disk_controller *controller;
	struct disk_buses buses;
	uint32_t count = 0;
	const char *rest;
	char *order;

	board_disk_buses(machine, &buses);
	if (disk_find(&buses))
		return -ENOMEM;
	for (controller = disk_controllers(); controller; controller = controller->next)
		count++;
	candidates = calloc(count + 1, sizeof(*candidates));
	if (!candidates)
		return -ENOMEM;
	order = read_order(&machine->fw_cfg);
	for (controller = disk_controllers(); controller; controller = controller->next) {
		uint32_t place = BOOTORDER_NONE;

		if (order)
			place = bootorder_of(order, &controller->device, &rest);
		insert(controller, place);
		wanted += place != BOOTORDER_NONE;
	}
	free(order);
	if (!wanted)
		wanted = candidate_count;
	return 0;
}

int disk_order_find(struct machine *machine)
{
	int error = candidates ? 0 : find(machine);

	if (error)
		log_error("there is not enough memory for disks");
	return error;
}

struct disk_controller *disk_order_get(uint32_t index)
{
	return index < candidate_count ? candidates[index].controller : NULL;
}

uint32_t disk_order_wanted(void)
{
	return wanted;
}

int disk_order_start(struct disk_controller *controller)
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
