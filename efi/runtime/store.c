/* SPDX-License-Identifier: BSD-2-Clause */
/* What is behind the variables: a device, or flash, which bank it is, and what is in it. Part of the runtime region. */
#include <errno.h>

#include "efi/runtime/internal.h"

#define LAST 4096 /* bytes before the end of a bank that an address for a question is */

static const struct variable_backend backend = {
	.write = variable_flash_write,
	.room = variable_flash_room,
	.live = variable_flash_live,
	.context = &runtime.flash,
	.at_runtime = true,
};

/* The machine's bank, or the one below it. 0, -ENODEV, -EINVAL. */
static int find(const struct efi_runtime_machine *machine, struct cfi_flash *flash)
{
	uint64_t end = machine->flash + machine->flash_size;
	int error;

	if (!machine->flash_below) {
		flash->base = machine->flash;
		return cfi_flash_probe(flash, machine->flash, machine->flash_width);
	}
	error = cfi_flash_probe(flash, end - LAST, machine->flash_width);
	if (error)
		return error;
	end -= flash->size;
	if (end <= machine->flash + LAST || end > machine->flash + machine->flash_size)
		return -ENODEV;
	error = cfi_flash_probe(flash, end - LAST, machine->flash_width);
	flash->base = end - flash->size;
	return error;
}

static void start_device(struct runtime_store *store)
{
	struct variable_device *device = &runtime.variables.device;
	struct variable_room room;

	device->link.base = runtime.given.machine.uefi_vars;
	device->link.buffer = runtime.given.exchange;
	store->device = variable_device_start(device, &room);
	if (store->device)
		return;
	store->base = device->link.base;
	store->size = UEFI_VARS_REGISTERS;
	store->used = room.all - room.left;
	store->room = room.all;
}

static void start_flash(struct runtime_store *store)
{
	const struct efi_runtime_machine *machine = &runtime.given.machine;
	struct variable_flash *log = &runtime.flash;

	if (!machine->flash_size || find(machine, &log->flash))
		return;
	/* What is mapped is less than the bank may be. */
	if (log->flash.base < machine->flash ||
	    log->flash.block > machine->flash_size / VARIABLE_AREAS_MAX) {
		store->report.state = VARIABLE_FLASH_SMALL;
		return;
	}
	variable_flash_mount(log, &runtime.variables.store, &store->report);
	if (store->report.state != VARIABLE_FLASH_READY)
		return;
	runtime.variables.store.backend = &backend;
	store->base = log->flash.base;
	store->size = (uint64_t)log->stride * log->areas;
	store->used = variable_flash_live(&runtime.variables.store);
	store->room = variable_flash_room(log);
}

void runtime_store_start(struct runtime_store *store)
{
	*store = (struct runtime_store){0};
	/* Who gives the machine both means the device. */
	if (runtime.given.machine.uefi_vars)
		start_device(store);
	else
		start_flash(store);
}
