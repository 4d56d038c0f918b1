/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connecting drivers to controllers (UEFI 2.10, 7.3.12, 7.3.13, chapter 11); see handle.h. Drivers run in the middle of this,
 * and may change the database: nothing found before a call of a driver is used after it.
 */
#include <string.h>

#include "efi/database.h"
#include "efi/device_path.h"
#include "efi/pool.h"
#include "efi/protocol/driver.h"

static const struct efi_guid binding_guid = EFI_DRIVER_BINDING_PROTOCOL_GUID;
static const struct efi_guid platform_guid = EFI_PLATFORM_DRIVER_OVERRIDE_PROTOCOL_GUID;
static const struct efi_guid family_guid = EFI_DRIVER_FAMILY_OVERRIDE_PROTOCOL_GUID;
static const struct efi_guid bus_guid = EFI_BUS_SPECIFIC_DRIVER_OVERRIDE_PROTOCOL_GUID;

/* ---- the order of drivers ---- */

/* Driver bindings: `all` of them, of which the first `count` of `order` are those in their turn. */
struct candidates {
	efi_handle *all; /* handles; NULL once placed */
	uint64_t total;
	efi_handle *order;
	uint64_t count;
};

static struct efi_driver_binding_protocol *binding_of(efi_handle handle)
{
	return efi_handle_interface(handle, &binding_guid);
}

static void place(struct candidates *c, uint64_t i)
{
	c->order[c->count++] = c->all[i];
	c->all[i] = NULL;
}

/* The bindings that an image (or a binding handle itself) stands for are next. */
static void place_image(struct candidates *c, efi_handle image)
{
	for (uint64_t i = 0; i < c->total; i++) {
		struct efi_driver_binding_protocol *binding =
			c->all[i] ? binding_of(c->all[i]) : NULL;

		if (binding && (binding->ImageHandle == image || c->all[i] == image))
			place(c, i);
	}
}

static void place_platform(struct candidates *c, efi_handle controller)
{
	struct efi_platform_driver_override_protocol *override;
	void *found;
	efi_handle image = NULL;

	if (EFI_ERROR(efi_locate_protocol(&platform_guid, NULL, &found)))
		return;
	override = found;
	while (!EFI_ERROR(override->GetDriver(override, controller, &image)))
		place_image(c, image);
}

static void place_bus(struct candidates *c, efi_handle controller)
{
	struct efi_bus_specific_driver_override_protocol *override =
		efi_handle_interface(controller, &bus_guid);
	efi_handle image = NULL;

	while (override && !EFI_ERROR(override->GetDriver(override, &image)))
		place_image(c, image);
}

/* What orders two drivers; the higher goes first. */
static uint32_t family_version(efi_handle handle)
{
	struct efi_driver_family_override_protocol *family;
	struct efi_driver_binding_protocol *binding = binding_of(handle);

	family = binding ? efi_handle_interface(binding->ImageHandle, &family_guid) : NULL;
	return family ? family->GetVersion(family) : 0;
}

static uint32_t binding_version(efi_handle handle)
{
	struct efi_driver_binding_protocol *binding = binding_of(handle);

	return binding ? binding->Version : 0;
}

static void place_by_version(struct candidates *c, uint32_t (*version)(efi_handle handle))
{
	for (;;) {
		uint64_t best = c->total;
		uint32_t highest = 0;

		for (uint64_t i = 0; i < c->total; i++) {
			uint32_t v = c->all[i] ? version(c->all[i]) : 0;

			if (v > highest) {
				highest = v;
				best = i;
			}
		}
		if (best == c->total)
			return;
		place(c, best);
	}
}

static efi_status find_candidates(struct candidates *c, efi_handle controller, efi_handle *first)
{
	efi_status status;
	void *block;

	memset(c, 0, sizeof(*c));
	status = efi_locate_handle_buffer(ByProtocol, &binding_guid, NULL, &c->total, &c->all);
	if (EFI_ERROR(status))
		return status;
	status = efi_allocate_pool(EfiBootServicesData, c->total * sizeof(efi_handle), &block);
	if (EFI_ERROR(status)) {
		efi_free_pool(c->all);
		return status;
	}
	c->order = block;
	for (; first && *first; first++)
		place_image(c, *first);
	place_platform(c, controller);
	place_by_version(c, family_version);
	place_bus(c, controller);
	place_by_version(c, binding_version);
	/* Those of version 0 at last. */
	for (uint64_t i = 0; i < c->total; i++)
		if (c->all[i])
			place(c, i);
	return EFI_SUCCESS;
}

/* ---- connect ---- */

/* Starts the first driver of the order that supports the controller, and takes it off the list: true if one started. */
static bool start_one(struct candidates *c, efi_handle controller,
		      struct efi_device_path_protocol *remaining)
{
	for (uint64_t i = 0; i < c->count; i++) {
		struct efi_driver_binding_protocol *binding =
			c->order[i] ? binding_of(c->order[i]) : NULL;

		if (!binding || EFI_ERROR(binding->Supported(binding, controller, remaining)))
			continue;
		c->order[i] = NULL;
		if (!EFI_ERROR(binding->Start(binding, controller, remaining)))
			return true;
	}
	return false;
}

static efi_status connect_one(efi_handle controller, efi_handle *first,
			      struct efi_device_path_protocol *remaining)
{
	struct candidates c;
	efi_status status = find_candidates(&c, controller, first);
	bool started = false;

	if (EFI_ERROR(status) && status != EFI_NOT_FOUND)
		return status;
	if (!EFI_ERROR(status)) {
		while (efi_handle_is(controller) && start_one(&c, controller, remaining))
			started = true;
		efi_free_pool(c.order);
		efi_free_pool(c.all);
	}
	if (started || (remaining && efi_device_path_is_end(remaining)))
		return EFI_SUCCESS;
	return EFI_NOT_FOUND;
}

/* The controllers that drivers of a handle have made out of it, each once; count in *count. The caller frees. */
static efi_status find_children(efi_handle handle, efi_handle agent, efi_handle **children,
				uint64_t *count)
{
	uint64_t room = 0;
	efi_tpl tpl = efi_lock();
	void *block;

	*count = 0;
	list_for_each (l, &((struct handle *)handle)->interfaces)
		room += list_of(l, struct interface, on_handle)->open_count;
	if (efi_allocate_pool(EfiBootServicesData, room * sizeof(efi_handle), &block)) {
		efi_unlock(tpl);
		return EFI_OUT_OF_RESOURCES;
	}
	*children = block;
	list_for_each (on_handle, &((struct handle *)handle)->interfaces) {
		struct interface *interface = list_of(on_handle, struct interface, on_handle);

		list_for_each (link, &interface->opens) {
			struct open *open = list_of(link, struct open, link);
			bool known = !(open->attributes & EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER) ||
				     (agent && open->agent != agent);

			for (uint64_t i = 0; i < *count && !known; i++)
				known = (*children)[i] == open->controller;
			if (!known)
				(*children)[(*count)++] = open->controller;
		}
	}
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static void connect_children(efi_handle controller)
{
	efi_handle *children;
	uint64_t count;

	if (!efi_handle_is(controller) ||
	    EFI_ERROR(find_children(controller, NULL, &children, &count)))
		return;
	for (uint64_t i = 0; i < count; i++)
		efi_connect_controller(children[i], NULL, NULL, 1);
	efi_free_pool(children);
}

efi_status EFIAPI efi_connect_controller(efi_handle ControllerHandle, efi_handle *DriverImageHandle,
					 struct efi_device_path_protocol *RemainingDevicePath,
					 BOOLEAN Recursive)
{
	efi_status status;

	if (!efi_handle_is(ControllerHandle))
		return EFI_INVALID_PARAMETER;
	status = connect_one(ControllerHandle, DriverImageHandle, RemainingDevicePath);
	if (Recursive)
		connect_children(ControllerHandle);
	return status;
}

/* ---- disconnect ---- */

/* The first agent that manages the controller BY_DRIVER, at position `skip` or later among them; NULL: none. */
static efi_handle find_driver(efi_handle controller, efi_handle wanted, uint64_t skip)
{
	efi_tpl tpl = efi_lock();
	efi_handle found = NULL;

	list_for_each (on_handle, &((struct handle *)controller)->interfaces) {
		struct interface *interface = list_of(on_handle, struct interface, on_handle);

		list_for_each (link, &interface->opens) {
			struct open *open = list_of(link, struct open, link);

			if (!(open->attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) ||
			    (wanted && open->agent != wanted))
				continue;
			if (!found && !skip--)
				found = open->agent;
		}
	}
	efi_unlock(tpl);
	return found;
}

/*
 * 7.3.13: the children go before the controller itself; when only one child is meant, the controller stays
 * managed unless that was the last.
 */
static efi_status stop_driver(efi_handle controller, efi_handle driver, efi_handle child)
{
	struct efi_driver_binding_protocol *binding = binding_of(driver);
	efi_handle *children;
	efi_status status;
	uint64_t count;
	bool is_ours = !child;

	if (!binding)
		return EFI_INVALID_PARAMETER;
	status = find_children(controller, driver, &children, &count);
	if (EFI_ERROR(status))
		return status;
	for (uint64_t i = 0; i < count; i++)
		is_ours = is_ours || children[i] == child;
	if (!is_ours)
		status = EFI_NOT_FOUND;
	else if (child)
		status = binding->Stop(binding, controller, 1, &child);
	else if (count)
		status = binding->Stop(binding, controller, count, children);
	if (!EFI_ERROR(status) && (!child || count == 1))
		status = binding->Stop(binding, controller, 0, NULL);
	efi_free_pool(children);
	return status;
}

/* True when the driver still has the controller open. */
static bool still_manages(efi_handle controller, efi_handle driver)
{
	return efi_handle_is(controller) && find_driver(controller, driver, 0) != NULL;
}

efi_status EFIAPI efi_disconnect_controller(efi_handle ControllerHandle,
					    efi_handle DriverImageHandle, efi_handle ChildHandle)
{
	efi_status status = EFI_SUCCESS;
	efi_handle driver;
	uint64_t stopped = 0;
	uint64_t skip = 0;

	if (!efi_handle_is(ControllerHandle) || (ChildHandle && !efi_handle_is(ChildHandle)) ||
	    (DriverImageHandle && !efi_handle_is(DriverImageHandle)))
		return EFI_INVALID_PARAMETER;
	if (DriverImageHandle && !binding_of(DriverImageHandle))
		return EFI_INVALID_PARAMETER;
	while (efi_handle_is(ControllerHandle)) {
		efi_status last;

		driver = find_driver(ControllerHandle, DriverImageHandle, skip);
		if (!driver)
			break;
		last = stop_driver(ControllerHandle, driver, ChildHandle);
		if (!EFI_ERROR(last))
			stopped++;
		else
			status = last;
		/* Who is still there has refused, or keeps other children: on to the next. */
		if (still_manages(ControllerHandle, driver))
			skip++;
	}
	return stopped || !skip ? EFI_SUCCESS : status;
}
