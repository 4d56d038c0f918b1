/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver model (UEFI 2.10, 7.3.9, 7.3.12, 7.3.13): a bus driver that makes a child, and a device driver that
 * manages it, connected and disconnected in all the ways there are.
 */
#include "efi/protocol/driver.h"
#include "tests/efi-apps/app.h"

#define BY_DRIVER EFI_OPEN_PROTOCOL_BY_DRIVER
#define EXCLUSIVE EFI_OPEN_PROTOCOL_EXCLUSIVE
#define BY_CHILD EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER
#define GET EFI_OPEN_PROTOCOL_GET_PROTOCOL

static const struct efi_guid binding_guid = EFI_DRIVER_BINDING_PROTOCOL_GUID;
static const struct efi_guid bus_guid =
	EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 21);
static const struct efi_guid device_guid =
	EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 22);
static const struct efi_guid service_guid =
	EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 23);
static int interface;
static efi_handle bus, child, bus_driver, device_driver;
static efi_status stop_status; /* what the device driver says when it is to stop */

typedef struct efi_driver_binding_protocol driver;
typedef struct efi_device_path_protocol device_path;

/* ---- the bus driver ---- */

static efi_status EFIAPI bus_supported(driver *This, efi_handle controller, device_path *rest)
{
	void *found;
	efi_status status;

	(void)rest;
	status = bs->OpenProtocol(controller, &bus_guid, &found, This->DriverBindingHandle,
				  controller, BY_DRIVER);
	if (!status)
		bs->CloseProtocol(controller, &bus_guid, This->DriverBindingHandle, controller);
	return status;
}

static efi_status EFIAPI bus_start(driver *This, efi_handle controller, device_path *rest)
{
	void *found;

	(void)rest;
	bs->OpenProtocol(controller, &bus_guid, &found, This->DriverBindingHandle, controller,
			 BY_DRIVER);
	child = NULL;
	bs->InstallProtocolInterface(&child, &device_guid, EFI_NATIVE_INTERFACE, &interface);
	return bs->OpenProtocol(controller, &bus_guid, &found, This->DriverBindingHandle, child,
				BY_CHILD);
}

static efi_status EFIAPI bus_stop(driver *This, efi_handle controller, uint64_t count,
				  efi_handle *children)
{
	efi_status status = EFI_SUCCESS;

	if (!count)
		return bs->CloseProtocol(controller, &bus_guid, This->DriverBindingHandle,
					 controller);
	for (uint64_t i = 0; i < count && !status; i++) {
		bs->CloseProtocol(controller, &bus_guid, This->DriverBindingHandle, children[i]);
		status = bs->UninstallProtocolInterface(children[i], &device_guid, &interface);
		if (!status) {
			child = NULL;
		} else {
			void *found;

			bs->OpenProtocol(controller, &bus_guid, &found, This->DriverBindingHandle,
					 children[i], BY_CHILD);
		}
	}
	return status ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

/* ---- the device driver ---- */

static efi_status EFIAPI device_supported(driver *This, efi_handle controller, device_path *rest)
{
	void *found;
	efi_status status;

	(void)rest;
	status = bs->OpenProtocol(controller, &device_guid, &found, This->DriverBindingHandle,
				  controller, BY_DRIVER);
	if (!status)
		bs->CloseProtocol(controller, &device_guid, This->DriverBindingHandle, controller);
	return status;
}

static efi_status EFIAPI device_start(driver *This, efi_handle controller, device_path *rest)
{
	void *found;

	(void)rest;
	bs->OpenProtocol(controller, &device_guid, &found, This->DriverBindingHandle, controller,
			 BY_DRIVER);
	return bs->InstallProtocolInterface(&controller, &service_guid, EFI_NATIVE_INTERFACE,
					    &interface);
}

static efi_status EFIAPI device_stop(driver *This, efi_handle controller, uint64_t count,
				     efi_handle *children)
{
	(void)count;
	(void)children;
	if (stop_status)
		return stop_status;
	bs->UninstallProtocolInterface(controller, &service_guid, &interface);
	return bs->CloseProtocol(controller, &device_guid, This->DriverBindingHandle, controller);
}

static driver bus_binding = {bus_supported, bus_start, bus_stop, 0x10, NULL, NULL};
static driver device_binding = {device_supported, device_start, device_stop, 0x10, NULL, NULL};

static efi_handle add(driver *binding)
{
	efi_handle handle = NULL;

	bs->InstallProtocolInterface(&handle, &binding_guid, EFI_NATIVE_INTERFACE, binding);
	binding->ImageHandle = app_handle;
	binding->DriverBindingHandle = handle;
	return handle;
}

static int works(void)
{
	void *found;

	return child && !bs->HandleProtocol(child, &service_guid, &found);
}

/* ---- tests ---- */

static void check_connect(void)
{
	efi_handle only[] = {bus_driver, NULL};

	is(bs->ConnectController(NULL, NULL, NULL, 0), EFI_INVALID_PARAMETER, "connect: no handle");
	is(bs->ConnectController(&interface, NULL, NULL, 0), EFI_INVALID_PARAMETER,
	   "connect: what is no handle");
	is(bs->ConnectController(device_driver, NULL, NULL, 0), EFI_NOT_FOUND,
	   "connect: what no driver wants");
	is(bs->ConnectController(bus, only, NULL, 0), EFI_SUCCESS, "connect: by one driver");
	ok(child && !works(), "connect: it has made a child, which nobody manages");
	is(bs->ConnectController(bus, NULL, NULL, 0), EFI_NOT_FOUND, "connect: nothing is left");
	is(bs->ConnectController(bus, NULL, NULL, 1), EFI_NOT_FOUND,
	   "connect: nothing for it, but for its children");
	ok(works(), "connect: the child is managed");
	is(bs->DisconnectController(bus, NULL, NULL), EFI_SUCCESS, "disconnect: everything");
	ok(!child, "disconnect: the child is gone");
	is(bs->ConnectController(bus, NULL, NULL, 1), EFI_SUCCESS, "connect: everything");
	ok(works(), "connect: it is");
}

static void check_open(void)
{
	struct efi_open_protocol_information_entry *entry;
	uint64_t count = 0, drivers = 0, children = 0;
	void *found;

	is(bs->OpenProtocol(bus, &bus_guid, &found, bus_driver, bus, BY_DRIVER),
	   EFI_ALREADY_STARTED, "open: by the driver that has it");
	is(bs->OpenProtocol(bus, &bus_guid, &found, device_driver, bus, BY_DRIVER),
	   EFI_ACCESS_DENIED, "open: by another driver");
	is(bs->OpenProtocolInformation(bus, &bus_guid, &entry, &count), EFI_SUCCESS, "open: who?");
	for (uint64_t i = 0; i < count; i++) {
		drivers += entry[i].Attributes == BY_DRIVER && entry[i].AgentHandle == bus_driver;
		children += entry[i].Attributes == BY_CHILD && entry[i].ControllerHandle == child;
	}
	bs->FreePool(entry);
	ok(drivers == 1 && children == 1, "open: the driver, and its child");
	stop_status = EFI_DEVICE_ERROR;
	is(bs->OpenProtocol(child, &device_guid, &found, app_handle, NULL, EXCLUSIVE),
	   EFI_ACCESS_DENIED, "open: exclusively, when the driver does not let go");
	is(bs->UninstallProtocolInterface(child, &device_guid, &interface), EFI_ACCESS_DENIED,
	   "uninstall: neither");
	is(bs->ReinstallProtocolInterface(child, &device_guid, &interface, &interface),
	   EFI_ACCESS_DENIED, "reinstall: neither");
	stop_status = EFI_SUCCESS;
	ok(works(), "open: all is as before");
	is(bs->OpenProtocol(child, &device_guid, &found, app_handle, NULL, EXCLUSIVE), EFI_SUCCESS,
	   "open: exclusively, when it does");
	ok(!works(), "open: the driver has stopped");
	is(bs->OpenProtocol(child, &device_guid, &found, app_handle, NULL, EXCLUSIVE),
	   EFI_ACCESS_DENIED, "open: exclusively a second time");
	is(bs->OpenProtocol(child, &device_guid, &found, device_driver, child, BY_DRIVER),
	   EFI_ACCESS_DENIED, "open: by a driver, against who has it exclusively");
	is(bs->OpenProtocol(child, &device_guid, &found, device_driver, child,
			    BY_DRIVER | EXCLUSIVE),
	   EFI_ACCESS_DENIED, "open: by a driver exclusively, against the same");
	is(bs->OpenProtocol(child, &device_guid, &found, device_driver, NULL, GET), EFI_SUCCESS,
	   "open: who only looks may");
	bs->CloseProtocol(child, &device_guid, app_handle, NULL);
	is(bs->OpenProtocol(child, &device_guid, &found, device_driver, child,
			    BY_DRIVER | EXCLUSIVE),
	   EFI_SUCCESS, "open: by a driver exclusively");
	is(bs->OpenProtocol(child, &device_guid, &found, device_driver, child,
			    BY_DRIVER | EXCLUSIVE),
	   EFI_ALREADY_STARTED, "open: the same again");
	is(bs->OpenProtocol(child, &device_guid, &found, bus_driver, child, BY_DRIVER | EXCLUSIVE),
	   EFI_ACCESS_DENIED, "open: another driver the same");
	bs->CloseProtocol(child, &device_guid, device_driver, child);
	is(bs->ConnectController(child, NULL, NULL, 0), EFI_SUCCESS, "connect: the child again");
	is(bs->ReinstallProtocolInterface(child, &device_guid, &interface, &interface), EFI_SUCCESS,
	   "reinstall: the driver stops and starts");
	ok(works(), "reinstall: it has");
}

static void check_disconnect(void)
{
	is(bs->DisconnectController(NULL, NULL, NULL), EFI_INVALID_PARAMETER,
	   "disconnect: no handle");
	is(bs->DisconnectController(&interface, NULL, NULL), EFI_INVALID_PARAMETER,
	   "disconnect: what is no handle");
	is(bs->DisconnectController(bus, &interface, NULL), EFI_INVALID_PARAMETER,
	   "disconnect: from what is no driver");
	is(bs->DisconnectController(bus, child, NULL), EFI_INVALID_PARAMETER,
	   "disconnect: from a handle that is no driver");
	is(bs->DisconnectController(bus, NULL, &interface), EFI_INVALID_PARAMETER,
	   "disconnect: what is no child");
	is(bs->DisconnectController(device_driver, NULL, NULL), EFI_SUCCESS,
	   "disconnect: what nobody manages");
	is(bs->DisconnectController(bus, device_driver, NULL), EFI_SUCCESS,
	   "disconnect: from a driver that does not manage it");
	ok(works(), "disconnect: all is as before");
	stop_status = EFI_DEVICE_ERROR;
	is(bs->DisconnectController(child, NULL, NULL), EFI_DEVICE_ERROR,
	   "disconnect: a driver that does not stop");
	is(bs->DisconnectController(bus, bus_driver, child), EFI_DEVICE_ERROR,
	   "disconnect: a child whose driver does not");
	ok(works(), "disconnect: all is as before");
	stop_status = EFI_SUCCESS;
	is(bs->DisconnectController(bus, bus_driver, child), EFI_SUCCESS,
	   "disconnect: the only child");
	ok(!child, "disconnect: it is gone");
	is(bs->DisconnectController(bus, bus_driver, NULL), EFI_SUCCESS,
	   "disconnect: from a driver");
}

void app_main(void)
{
	bs->InstallProtocolInterface(&bus, &bus_guid, EFI_NATIVE_INTERFACE, &interface);
	bus_driver = add(&bus_binding);
	device_driver = add(&device_binding);
	check_connect();
	check_open();
	check_disconnect();
	is(bs->UninstallProtocolInterface(bus, &bus_guid, &interface), EFI_SUCCESS, "the bus goes");
	is(bs->UninstallProtocolInterface(bus_driver, &binding_guid, &bus_binding), EFI_SUCCESS,
	   "its driver goes");
	is(bs->UninstallProtocolInterface(device_driver, &binding_guid, &device_binding),
	   EFI_SUCCESS, "the other driver goes");
}
