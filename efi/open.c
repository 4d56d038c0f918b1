/* SPDX-License-Identifier: BSD-2-Clause */
/* The handle database: who has opened which protocol (UEFI 2.10, 7.3.7 to 7.3.11); see handle.h. */
#include "efi/database.h"
#include "efi/pool.h"

static efi_handle firmware_handle;

void efi_handle_set_firmware(efi_handle firmware)
{
	firmware_handle = firmware;
}

void database_close(struct interface *interface, struct open *open)
{
	list_remove(&open->link);
	interface->open_count--;
	efi_free_pool(open);
}

/* 7.3.9, the table of attributes: which arguments must be handles. */
static efi_status check_open(efi_handle handle, efi_handle agent, efi_handle controller,
			     uint32_t attributes)
{
	bool needs_agent = true;
	bool needs_controller = true;

	switch (attributes) {
	case EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL:
	case EFI_OPEN_PROTOCOL_GET_PROTOCOL:
	case EFI_OPEN_PROTOCOL_TEST_PROTOCOL:
		needs_agent = false;
		needs_controller = false;
		break;
	case EFI_OPEN_PROTOCOL_EXCLUSIVE:
		needs_controller = false;
		break;
	case EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER:
		if (handle == controller)
			return EFI_INVALID_PARAMETER;
		break;
	case EFI_OPEN_PROTOCOL_BY_DRIVER:
	case EFI_OPEN_PROTOCOL_BY_DRIVER | EFI_OPEN_PROTOCOL_EXCLUSIVE:
		break;
	default:
		return EFI_INVALID_PARAMETER;
	}
	if (needs_agent && !efi_handle_is(agent))
		return EFI_INVALID_PARAMETER;
	if (needs_controller && !efi_handle_is(controller))
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

/* Who has the interface open in a way that matters to one more. */
struct users {
	struct open *same; /* that agent, that controller, those attributes */
	bool started; /* that agent, those attributes, for whatever controller */
	efi_handle driver; /* one that has it BY_DRIVER */
	bool exclusive;
};

static struct users find_users(const struct interface *interface, efi_handle agent,
			       efi_handle controller, uint32_t attributes)
{
	struct users users = {0};

	list_for_each (link, &interface->opens) {
		struct open *open = list_of(link, struct open, link);

		if (open->agent == agent && open->attributes == attributes) {
			users.started = true;
			if (open->controller == controller)
				users.same = open;
		}
		if (open->attributes & EFI_OPEN_PROTOCOL_BY_DRIVER)
			users.driver = open->agent;
		if (open->attributes & EFI_OPEN_PROTOCOL_EXCLUSIVE)
			users.exclusive = true;
	}
	return users;
}

static efi_status record_open(struct interface *interface, efi_handle agent, efi_handle controller,
			      uint32_t attributes)
{
	struct open *open = efi_new(sizeof(*open));

	if (!open)
		return EFI_OUT_OF_RESOURCES;
	open->agent = agent;
	open->controller = controller;
	open->attributes = attributes;
	open->count = 1;
	list_append(&interface->opens, &open->link);
	interface->open_count++;
	return EFI_SUCCESS;
}

/*
 * Lets drivers go for someone who opens exclusively. They run here, at the caller's level `tpl`, so everything is looked
 * up anew after each. The interface, or NULL with the status why not.
 */
static struct interface *push_drivers(efi_handle handle, const struct efi_guid *guid, efi_tpl tpl,
				      efi_status *status)
{
	struct interface *interface;
	efi_status stopped = EFI_SUCCESS;
	efi_handle last = NULL;
	struct users users;

	for (;;) {
		interface = efi_handle_is(handle) ? database_find(handle, guid) : NULL;
		if (!interface) {
			*status = EFI_UNSUPPORTED;
			return NULL;
		}
		users = find_users(interface, NULL, NULL, 0);
		if (!users.driver)
			return interface;
		/* One that said it had stopped, and has not closed, is asked once. */
		if (users.driver != last) {
			efi_unlock(tpl);
			stopped = efi_disconnect_controller(handle, users.driver, NULL);
			efi_lock();
		}
		if (EFI_ERROR(stopped) || users.driver == last) {
			*status = EFI_ACCESS_DENIED;
			return NULL;
		}
		last = users.driver;
	}
}

static efi_status open_interface(struct interface *interface, efi_handle agent,
				 efi_handle controller, uint32_t attributes, efi_tpl tpl)
{
	struct users users = find_users(interface, agent, controller, attributes);
	struct efi_guid guid = interface->protocol->guid;
	efi_handle handle = interface->handle;
	efi_status status = EFI_SUCCESS;

	/* 7.3.9 asks for the same agent only, EDK2 for the same controller as well. */
	if (users.started && attributes & EFI_OPEN_PROTOCOL_BY_DRIVER)
		return EFI_ALREADY_STARTED;
	if (users.same && !(attributes & EFI_OPEN_PROTOCOL_EXCLUSIVE)) {
		users.same->count++;
		return EFI_SUCCESS;
	}
	if (attributes & (EFI_OPEN_PROTOCOL_BY_DRIVER | EFI_OPEN_PROTOCOL_EXCLUSIVE)) {
		if (users.exclusive)
			return EFI_ACCESS_DENIED;
		if (users.driver && attributes == EFI_OPEN_PROTOCOL_BY_DRIVER)
			return EFI_ACCESS_DENIED;
		interface = push_drivers(handle, &guid, tpl, &status);
		if (!interface)
			return status;
	}
	/* Nobody, or (where the table allows it) garbage: there is nothing to record. */
	if (!efi_handle_is(agent))
		return EFI_SUCCESS;
	return record_open(interface, agent, controller, attributes);
}

efi_status EFIAPI efi_open_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				    void **Interface, efi_handle AgentHandle,
				    efi_handle ControllerHandle, uint32_t Attributes)
{
	bool wants_pointer = Attributes != EFI_OPEN_PROTOCOL_TEST_PROTOCOL;
	struct interface *interface;
	efi_status status = EFI_UNSUPPORTED;
	void *pointer = NULL;
	efi_tpl tpl;

	if (!Protocol || (wants_pointer && !Interface) || !efi_handle_is(Handle) ||
	    EFI_ERROR(check_open(Handle, AgentHandle, ControllerHandle, Attributes)))
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	interface = database_find(Handle, Protocol);
	if (interface) {
		pointer = interface->pointer;
		status = open_interface(interface, AgentHandle, ControllerHandle, Attributes, tpl);
	}
	efi_unlock(tpl);
	if (wants_pointer && (!EFI_ERROR(status) || status == EFI_ALREADY_STARTED))
		*Interface = pointer;
	else if (wants_pointer && status == EFI_UNSUPPORTED)
		*Interface = NULL;
	return status;
}

efi_status EFIAPI efi_handle_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				      void **Interface)
{
	return efi_open_protocol(Handle, Protocol, Interface, firmware_handle, NULL,
				 EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL);
}

efi_status EFIAPI efi_close_protocol(efi_handle Handle, const struct efi_guid *Protocol,
				     efi_handle AgentHandle, efi_handle ControllerHandle)
{
	efi_status status = EFI_NOT_FOUND;
	struct interface *interface;
	efi_tpl tpl;

	if (!Protocol || !efi_handle_is(Handle) || !efi_handle_is(AgentHandle) ||
	    (ControllerHandle && !efi_handle_is(ControllerHandle)))
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	interface = database_find(Handle, Protocol);
	if (interface) {
		list_for_each (link, &interface->opens) {
			struct open *open = list_of(link, struct open, link);

			if (open->agent != AgentHandle || open->controller != ControllerHandle)
				continue;
			database_close(interface, open);
			status = EFI_SUCCESS;
		}
	}
	efi_unlock(tpl);
	return status;
}

void efi_handle_close_agent(efi_handle agent)
{
	efi_tpl tpl = efi_lock();

	list_for_each (all, &database_handles) {
		list_for_each (on_handle, &list_of(all, struct handle, all)->interfaces) {
			struct interface *interface =
				list_of(on_handle, struct interface, on_handle);

			list_for_each (link, &interface->opens) {
				struct open *open = list_of(link, struct open, link);

				if (open->agent == agent || open->controller == agent)
					database_close(interface, open);
			}
		}
	}
	efi_unlock(tpl);
}

efi_status EFIAPI efi_open_protocol_information(
	efi_handle Handle, const struct efi_guid *Protocol,
	struct efi_open_protocol_information_entry **EntryBuffer, uint64_t *EntryCount)
{
	struct efi_open_protocol_information_entry *entry;
	struct interface *interface;
	efi_status status = EFI_NOT_FOUND;
	efi_tpl tpl;

	if (!Protocol || !EntryBuffer || !EntryCount || !efi_handle_is(Handle))
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	interface = database_find(Handle, Protocol);
	if (interface) {
		void *block;

		status = efi_allocate_pool(EfiBootServicesData,
					   interface->open_count * sizeof(*entry), &block);
		entry = block;
	}
	if (!EFI_ERROR(status)) {
		*EntryBuffer = entry;
		*EntryCount = interface->open_count;
		list_for_each (link, &interface->opens) {
			struct open *open = list_of(link, struct open, link);

			*entry++ = (struct efi_open_protocol_information_entry){
				.AgentHandle = open->agent,
				.ControllerHandle = open->controller,
				.Attributes = open->attributes,
				.OpenCount = open->count,
			};
		}
	}
	efi_unlock(tpl);
	return status;
}
