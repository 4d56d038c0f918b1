/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handle database (UEFI 2.10, 7.3): handles, the protocols on them, and who has opened those. A handle exists as long
 * as a protocol is on it. Handles from outside are looked up before they are used: garbage is EFI_INVALID_PARAMETER.
 * Code is in handle.c (install), multiple.c (several at once), open.c (open, close), locate.c (search), driver.c (connect).
 */
#ifndef EFI_HANDLE_H
#define EFI_HANDLE_H

#include <stdbool.h>

#include "efi/efi.h"

struct device; /* drivers/device.h */

/*
 * 7.3.2. EFI_INVALID_PARAMETER: Handle or Protocol is NULL, InterfaceType is not EFI_NATIVE_INTERFACE, *Handle is not
 * NULL and no handle, or has the protocol already. EFI_OUT_OF_RESOURCES.
 */
efi_status EFIAPI efi_install_protocol_interface(efi_handle *Handle,
						 const struct efi_guid *Protocol,
						 uint32_t InterfaceType, void *Interface);
/*
 * 7.3.3, 7.3.4. EFI_INVALID_PARAMETER: no handle, Protocol is NULL; EFI_NOT_FOUND: this interface of the protocol is
 * not on the handle; EFI_ACCESS_DENIED: it is in use by a driver that will not let go (all as before).
 */
efi_status EFIAPI efi_uninstall_protocol_interface(efi_handle Handle,
						   const struct efi_guid *Protocol,
						   void *Interface);
efi_status EFIAPI efi_reinstall_protocol_interface(efi_handle Handle,
						   const struct efi_guid *Protocol,
						   void *OldInterface, void *NewInterface);
/*
 * 7.3.17, 7.3.18: pairs of GUID and interface, up to a NULL. All or nothing. EFI_ALREADY_STARTED: a device path that
 * another handle has. Uninstall: EFI_INVALID_PARAMETER for whatever failed, as the specification has it.
 */
efi_status EFIAPI efi_install_multiple_protocol_interfaces(efi_handle *Handle, ...);
efi_status EFIAPI efi_uninstall_multiple_protocol_interfaces(efi_handle Handle, ...);
/*
 * 7.3.5: Event is signalled at each (re)installation. EFI_INVALID_PARAMETER: Protocol, Event or Registration is NULL or no
 * event; EFI_OUT_OF_RESOURCES.
 */
efi_status EFIAPI efi_register_protocol_notify(const struct efi_guid *Protocol, efi_event Event,
					       void **Registration);

/* 7.3.7, as OpenProtocol BY_HANDLE_PROTOCOL by the firmware. */
efi_status EFIAPI efi_handle_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				      void **Interface);
/*
 * 7.3.9. EFI_INVALID_PARAMETER: as the table there has it; EFI_UNSUPPORTED: not on the handle (*Interface is NULL then);
 * EFI_ALREADY_STARTED: this driver has it open for this controller; EFI_ACCESS_DENIED: another has.
 */
efi_status EFIAPI efi_open_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				    void **Interface, efi_handle AgentHandle,
				    efi_handle ControllerHandle, uint32_t Attributes);
/* 7.3.10. EFI_INVALID_PARAMETER; EFI_NOT_FOUND: not on the handle, or not opened by that agent for that controller. */
efi_status EFIAPI efi_close_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				     efi_handle AgentHandle, efi_handle ControllerHandle);
/* 7.3.11. EFI_NOT_FOUND: not on the handle; EFI_OUT_OF_RESOURCES. The caller frees *EntryBuffer. */
efi_status EFIAPI efi_open_protocol_information(
	efi_handle Handle, const struct efi_guid *Protocol,
	struct efi_open_protocol_information_entry **EntryBuffer, uint64_t *EntryCount);

/*
 * 7.3.6, 7.3.15: handles in the order in which the protocol was installed (all: in which they were made).
 * EFI_NOT_FOUND: none. EFI_BUFFER_TOO_SMALL with the size. EFI_INVALID_PARAMETER: what SearchType needs, or a
 * place for the result, is NULL; unknown SearchType.
 */
efi_status EFIAPI efi_locate_handle(uint32_t SearchType, const struct efi_guid *Protocol,
				    void *SearchKey, uint64_t *BufferSize, efi_handle *Buffer);
efi_status EFIAPI efi_locate_handle_buffer(uint32_t SearchType, const struct efi_guid *Protocol,
					   void *SearchKey, uint64_t *NoHandles,
					   efi_handle **Buffer);
/* 7.3.16. EFI_NOT_FOUND; EFI_INVALID_PARAMETER: Interface is NULL, or both of the others are, or a bad Registration. */
efi_status EFIAPI efi_locate_protocol(const struct efi_guid *Protocol, void *Registration,
				      void **Interface);
/* 7.3.8: the handle with the protocol whose device path is the longest beginning of *DevicePath; that moves past it. */
efi_status EFIAPI efi_locate_device_path(const struct efi_guid *Protocol,
					 struct efi_device_path_protocol **DevicePath,
					 efi_handle *Device);
/* 7.3.14: the caller frees *ProtocolBuffer. */
efi_status EFIAPI efi_protocols_per_handle(efi_handle Handle, struct efi_guid ***ProtocolBuffer,
					   uint64_t *ProtocolBufferCount);

/*
 * 7.3.12: drivers in the order DriverImageHandle, platform override, family override, bus override, version.
 * EFI_INVALID_PARAMETER: no handle; EFI_NOT_FOUND: no driver was started, and RemainingDevicePath is not an end node.
 */
efi_status EFIAPI efi_connect_controller(efi_handle ControllerHandle, efi_handle *DriverImageHandle,
					 struct efi_device_path_protocol *RemainingDevicePath,
					 BOOLEAN Recursive);
/*
 * 7.3.13. EFI_INVALID_PARAMETER: one of the handles is none, or DriverImageHandle is no driver; EFI_OUT_OF_RESOURCES; when no
 * driver has let go, what the last one's Stop returned (EFI_DEVICE_ERROR), or EFI_NOT_FOUND if nobody has that child.
 */
efi_status EFIAPI efi_disconnect_controller(efi_handle ControllerHandle,
					    efi_handle DriverImageHandle, efi_handle ChildHandle);

/* Whether this is a living handle. */
bool efi_handle_is(const void *pointer);
/* The interface of a protocol on a handle, or NULL: opens nothing. */
void *efi_handle_interface(efi_handle handle, const struct efi_guid *protocol);
/*
 * The device of the machine's that a handle stands for; those of a disk's partitions have the disk's controller. Its name is the tag of
 * its memory on the map, so that an entry of the map leads to the handle, and a handle to its entries. The device must stay.
 */
void efi_handle_set_device(efi_handle handle, const struct device *device);
/* NULL: it is no handle, or of no device. */
const struct device *efi_handle_device(efi_handle handle);
/* The handle of the device with that name that was made next after `after` (NULL: the first of them); NULL: there is none. */
efi_handle efi_handle_of_device(const char *name, efi_handle after);
/* Which of all handles it is, from 1 on in the order in which they were made: the UEFI Shell's number for it. */
uint32_t efi_handle_number(efi_handle handle);
/* Closes whatever an agent has open on any handle (it is going away). */
void efi_handle_close_agent(efi_handle agent);
/* Drops the registrations of an event (it is being closed). */
void efi_notify_forget(efi_event event);
/* In whose name HandleProtocol opens: the firmware's own handle; NULL: it is not recorded. */
void efi_handle_set_firmware(efi_handle firmware);
/* For tests. */
void efi_handle_reset(void);

#endif
