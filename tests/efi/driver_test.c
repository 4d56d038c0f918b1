/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/*
 * ConnectController and DisconnectController with drivers as the driver writer's guide has them: a device driver and a
 * bus driver that makes two children; see efi/handle.h.
 */
#include <string.h>

#include "efi/pool.h"
#include "efi/protocol/driver.h"
#include "tests/efi/handles.h"
#include "tests/efi/trace.h"

/* What the bus has, what its children have, and what a driver puts on top of that. */
#define bus_guid guid_a
#define io_guid guid_b
#define top_guid guid_c

static const struct efi_guid binding_guid = EFI_DRIVER_BINDING_PROTOCOL_GUID;
static const struct efi_guid override_guid = EFI_BUS_SPECIFIC_DRIVER_OVERRIDE_PROTOCOL_GUID;
static const struct efi_guid platform_guid = EFI_PLATFORM_DRIVER_OVERRIDE_PROTOCOL_GUID;
static const struct efi_guid family_guid = EFI_DRIVER_FAMILY_OVERRIDE_PROTOCOL_GUID;

static bool refuse_start;
static bool refuse_stop;
static bool lie_at_stop;

/* Whether a driver could open a protocol of the controller, which is what it supports. */
static efi_status opens(struct efi_driver_binding_protocol *this, efi_handle controller,
			const struct efi_guid *guid)
{
	void *p;
	efi_status status = efi_open_protocol(controller, guid, &p, this->DriverBindingHandle,
					      controller, EFI_OPEN_PROTOCOL_BY_DRIVER);

	if (!status)
		efi_close_protocol(controller, guid, this->DriverBindingHandle, controller);
	return status;
}

/* ---- a bus: makes two children with io ---- */

static efi_handle children[2];

static efi_status EFIAPI bus_supported(struct efi_driver_binding_protocol *this,
				       efi_handle controller, struct efi_device_path_protocol *rest)
{
	(void)rest;
	return opens(this, controller, &bus_guid);
}

static efi_status EFIAPI bus_start(struct efi_driver_binding_protocol *this, efi_handle controller,
				   struct efi_device_path_protocol *rest)
{
	void *p;

	(void)rest;
	trace_note('B');
	efi_open_protocol(controller, &bus_guid, &p, this->DriverBindingHandle, controller,
			  EFI_OPEN_PROTOCOL_BY_DRIVER);
	for (int i = 0; i < 2; i++) {
		children[i] = NULL;
		efi_install_multiple_protocol_interfaces(&children[i], &io_guid, &children[i],
							 NULL);
		efi_open_protocol(controller, &bus_guid, &p, this->DriverBindingHandle, children[i],
				  EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER);
	}
	return EFI_SUCCESS;
}

static efi_status EFIAPI bus_stop(struct efi_driver_binding_protocol *this, efi_handle controller,
				  uint64_t count, efi_handle *list)
{
	if (!count) {
		trace_note('b');
		return efi_close_protocol(controller, &bus_guid, this->DriverBindingHandle,
					  controller);
	}
	for (uint64_t i = 0; i < count; i++) {
		int which = list[i] == children[1];

		trace_note((char)('0' + which));
		efi_close_protocol(controller, &bus_guid, this->DriverBindingHandle, list[i]);
		if (efi_uninstall_multiple_protocol_interfaces(list[i], &io_guid, &children[which],
							       NULL))
			return EFI_DEVICE_ERROR;
	}
	return EFI_SUCCESS;
}

/* ---- a device driver on io ---- */

static efi_status EFIAPI device_supported(struct efi_driver_binding_protocol *this,
					  efi_handle controller,
					  struct efi_device_path_protocol *rest)
{
	(void)rest;
	return opens(this, controller, &io_guid);
}

static efi_status EFIAPI device_start(struct efi_driver_binding_protocol *this,
				      efi_handle controller, struct efi_device_path_protocol *rest)
{
	void *p;

	(void)rest;
	trace_note((char)('A' + 23 + (this->Version & 1))); /* X or Y */
	if (refuse_start)
		return EFI_DEVICE_ERROR;
	efi_open_protocol(controller, &io_guid, &p, this->DriverBindingHandle, controller,
			  EFI_OPEN_PROTOCOL_BY_DRIVER);
	return efi_install_protocol_interface(&controller, &top_guid, 0, this);
}

static efi_status EFIAPI device_stop(struct efi_driver_binding_protocol *this,
				     efi_handle controller, uint64_t count, efi_handle *list)
{
	(void)count;
	(void)list;
	trace_note('x');
	if (lie_at_stop)
		return EFI_SUCCESS;
	if (refuse_stop || efi_uninstall_protocol_interface(controller, &top_guid, this))
		return EFI_DEVICE_ERROR;
	return efi_close_protocol(controller, &io_guid, this->DriverBindingHandle, controller);
}

static struct efi_driver_binding_protocol bus_driver = {bus_supported, bus_start, bus_stop, 16,
							NULL,	       NULL};
static struct efi_driver_binding_protocol device_x = {
	device_supported, device_start, device_stop, 16, NULL, NULL};
static struct efi_driver_binding_protocol device_y = {
	device_supported, device_start, device_stop, 17, NULL, NULL};

static efi_handle add_driver(struct efi_driver_binding_protocol *driver)
{
	driver->ImageHandle = NULL;
	driver->DriverBindingHandle = NULL;
	efi_install_protocol_interface(&driver->DriverBindingHandle, &binding_guid, 0, driver);
	driver->ImageHandle = driver->DriverBindingHandle;
	return driver->ImageHandle;
}

static void start(void)
{
	machine_start(4096);
	traced();
	refuse_start = false;
	refuse_stop = false;
	lie_at_stop = false;
}

static void test_connect(void)
{
	struct efi_device_path_protocol end = {
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {4, 0}};
	struct snapshot before;
	struct snapshot after;
	efi_handle controller;
	efi_handle driver;

	start();
	controller = make(&bus_guid, &face[0]);
	equal(efi_connect_controller(NULL, NULL, NULL, 0), EFI_INVALID_PARAMETER, "no controller");
	equal(efi_connect_controller(garbage, NULL, NULL, 0), EFI_INVALID_PARAMETER, "garbage");
	equal(efi_connect_controller(controller, NULL, NULL, 1), EFI_NOT_FOUND, "no drivers");
	equal(efi_connect_controller(controller, NULL, &end, 0), EFI_SUCCESS, "none wanted");
	driver = add_driver(&bus_driver);
	add_driver(&device_x);
	before = machine_snapshot();
	equal(efi_connect_controller(controller, NULL, NULL, 0), EFI_SUCCESS, "the bus");
	traced_is("B", "alone");
	equal(efi_connect_controller(controller, NULL, NULL, 1), EFI_NOT_FOUND,
	      "again: nothing new here");
	traced_is("XX", "but below");
	equal(efi_disconnect_controller(controller, NULL, children[1]), EFI_SUCCESS, "one child");
	traced_is("1x", "goes, and its driver with it");
	ok(efi_handle_is(children[0]) && !efi_handle_is(children[1]), "the other stays");
	equal(efi_disconnect_controller(controller, NULL, children[0]), EFI_SUCCESS,
	      "the last child");
	traced_is("0xb", "takes the bus along");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");

	efi_connect_controller(controller, NULL, NULL, 1);
	traced_is("BXX", "all at once");
	equal(efi_disconnect_controller(garbage, NULL, NULL), EFI_INVALID_PARAMETER,
	      "disconnect: garbage");
	equal(efi_disconnect_controller(controller, garbage, NULL), EFI_INVALID_PARAMETER,
	      "disconnect: garbage driver");
	equal(efi_disconnect_controller(controller, NULL, garbage), EFI_INVALID_PARAMETER,
	      "disconnect: garbage child");
	equal(efi_disconnect_controller(controller, children[0], NULL), EFI_INVALID_PARAMETER,
	      "no driver at all");
	equal(efi_disconnect_controller(controller, device_x.ImageHandle, NULL), EFI_SUCCESS,
	      "one that does not manage it");
	equal(efi_disconnect_controller(controller, NULL, controller), EFI_NOT_FOUND,
	      "no child of it");
	traced_is("", "nothing was stopped");
	refuse_stop = true;
	equal(efi_disconnect_controller(children[0], NULL, NULL), EFI_DEVICE_ERROR,
	      "a driver that does not let go");
	traced_is("x", "was asked once");
	equal(efi_uninstall_protocol_interface(children[0], &io_guid, &children[0]),
	      EFI_ACCESS_DENIED, "nor does what it uses go");
	refuse_stop = false;
	traced();
	equal(efi_disconnect_controller(controller, driver, NULL), EFI_SUCCESS,
	      "by the driver's name");
	traced_is("0x1xb", "children first");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");

	efi_connect_controller(controller, NULL, NULL, 1);
	traced();
	equal(efi_uninstall_protocol_interface(controller, &bus_guid, &face[0]), EFI_SUCCESS,
	      "uninstalling what is used");
	traced_is("0x1xb", "stops its drivers");
	ok(!efi_handle_is(controller), "the controller is gone");
}

static void test_exclusive(void)
{
	efi_handle controller;
	efi_handle agent;
	void *p;

	start();
	controller = make(&io_guid, &face[0]);
	agent = make(&bus_guid, &face[0]);
	add_driver(&device_x);
	efi_connect_controller(controller, NULL, NULL, 0);
	traced_is("X", "a driver manages it");
	equal(efi_open_protocol(controller, &io_guid, &p, agent, NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE),
	      EFI_SUCCESS, "someone opens exclusively");
	traced_is("x", "the driver is stopped");
	equal(efi_connect_controller(controller, NULL, NULL, 0), EFI_NOT_FOUND,
	      "and cannot come back");
	efi_close_protocol(controller, &io_guid, agent, NULL);
	equal(efi_connect_controller(controller, NULL, NULL, 0), EFI_SUCCESS,
	      "before that is over");
	traced();
	equal(efi_reinstall_protocol_interface(controller, &io_guid, &face[0], &face[1]),
	      EFI_SUCCESS, "reinstalled");
	traced_is("xX", "drivers go and come");
}

/* A driver that says it has stopped and has not: nobody waits for it for ever. */
static void test_liar(void)
{
	efi_handle controller;
	efi_handle agent;
	void *p;

	start();
	controller = make(&io_guid, &face[0]);
	agent = make(&bus_guid, &face[0]);
	add_driver(&device_x);
	efi_connect_controller(controller, NULL, NULL, 0);
	lie_at_stop = true;
	equal(efi_open_protocol(controller, &io_guid, &p, agent, NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE),
	      EFI_ACCESS_DENIED, "a driver that lies: exclusive");
	equal(efi_uninstall_protocol_interface(controller, &io_guid, &face[0]), EFI_ACCESS_DENIED,
	      "a driver that lies: uninstall");
	traced_is("Xxx", "it was asked once each");
}

/* ---- the order ---- */

static efi_handle chosen;

static efi_status EFIAPI get_driver_bus(struct efi_bus_specific_driver_override_protocol *this,
					efi_handle *image)
{
	(void)this;
	if (*image == chosen)
		return EFI_NOT_FOUND;
	*image = chosen;
	return EFI_SUCCESS;
}

static efi_status EFIAPI get_driver_platform(struct efi_platform_driver_override_protocol *this,
					     efi_handle controller, efi_handle *image)
{
	(void)this;
	(void)controller;
	if (*image == chosen)
		return EFI_NOT_FOUND;
	*image = chosen;
	return EFI_SUCCESS;
}

static uint32_t EFIAPI family(struct efi_driver_family_override_protocol *this)
{
	(void)this;
	return 5;
}

static void test_order(void)
{
	static struct efi_bus_specific_driver_override_protocol bus_override = {get_driver_bus};
	static struct efi_platform_driver_override_protocol platform_override = {
		get_driver_platform, NULL, NULL};
	static struct efi_driver_family_override_protocol family_override = {family};
	efi_handle controller;
	efi_handle list[2] = {NULL, NULL};
	efi_handle platform = NULL;
	efi_handle x;
	efi_handle y;

	start();
	refuse_start = true;
	controller = make(&io_guid, &face[0]);
	x = add_driver(&device_x);
	y = add_driver(&device_y);
	efi_connect_controller(controller, NULL, NULL, 0);
	traced_is("YX", "the higher version first, then the next when it fails");
	list[0] = x;
	efi_connect_controller(controller, list, NULL, 0);
	traced_is("XY", "the caller's choice first");
	chosen = x;
	efi_install_protocol_interface(&controller, &override_guid, 0, &bus_override);
	efi_connect_controller(controller, NULL, NULL, 0);
	traced_is("XY", "the bus's choice first");
	efi_install_protocol_interface(&y, &family_guid, 0, &family_override);
	efi_connect_controller(controller, NULL, NULL, 0);
	traced_is("YX", "a family goes before the bus");
	efi_install_protocol_interface(&platform, &platform_guid, 0, &platform_override);
	efi_connect_controller(controller, NULL, NULL, 0);
	traced_is("XY", "the platform before the family");
	list[0] = y;
	efi_connect_controller(controller, list, NULL, 0);
	traced_is("YX", "the caller before all");
}

static void test_out_of_memory(void)
{
	efi_status status = EFI_OUT_OF_RESOURCES;
	struct snapshot before;
	struct snapshot after;

	for (uint64_t n = 1; n < 30 && status; n++) {
		efi_handle controller;

		start();
		refuse_start = true;
		controller = make(&io_guid, &face[0]);
		add_driver(&device_x);
		before = machine_snapshot();
		machine_fail_at(n);
		status = efi_connect_controller(controller, NULL, NULL, 1);
		if (machine_allocations() < n)
			break;
		machine_fail_at(0);
		after = machine_snapshot();
		ok(snapshot_same(&before, &after), "connecting without memory leaves nothing");
	}
}

int main(void)
{
	test_connect();
	test_exclusive();
	test_liar();
	test_order();
	test_out_of_memory();
	return tap_done();
}
