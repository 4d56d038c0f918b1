/* SPDX-License-Identifier: BSD-2-Clause */
/* The handle database: handles and the protocols on them; see handle.h. Several at once: multiple.c. */
#include <string.h>

#include "drivers/device.h"
#include "efi/database.h"
#include "efi/pool.h"

#define BUCKETS 32

struct list database_handles = LIST_EMPTY(database_handles);
static struct list buckets[BUCKETS]; /* protocols by the first word of their GUID */
static uint64_t serials;

/* ---- protocols ---- */

static struct list *bucket_of(const struct efi_guid *guid)
{
	struct list *bucket = &buckets[(guid->Data1 ^ guid->Data1 >> 16) % BUCKETS];

	if (!bucket->next)
		list_init(bucket);
	return bucket;
}

struct protocol *database_protocol(const struct efi_guid *guid)
{
	struct list *bucket = bucket_of(guid);

	list_for_each (link, bucket) {
		struct protocol *protocol = list_of(link, struct protocol, bucket);

		if (efi_guid_same(&protocol->guid, guid))
			return protocol;
	}
	return NULL;
}

static struct protocol *protocol_get(const struct efi_guid *guid)
{
	struct protocol *protocol = database_protocol(guid);

	if (protocol)
		return protocol;
	protocol = efi_new(sizeof(*protocol));
	if (!protocol)
		return NULL;
	protocol->guid = *guid;
	list_init(&protocol->interfaces);
	list_init(&protocol->notifies);
	list_append(bucket_of(guid), &protocol->bucket);
	return protocol;
}

/* Frees a protocol that nobody has or waits for. */
static void protocol_put(struct protocol *protocol)
{
	if (!list_is_empty(&protocol->interfaces) || !list_is_empty(&protocol->notifies))
		return;
	list_remove(&protocol->bucket);
	efi_free_pool(protocol);
}

bool efi_handle_is(const void *pointer)
{
	return efi_object_is(pointer, EFI_OBJECT_HANDLE);
}

struct interface *database_find(efi_handle handle, const struct efi_guid *guid)
{
	list_for_each (link, &((struct handle *)handle)->interfaces) {
		struct interface *interface = list_of(link, struct interface, on_handle);

		if (efi_guid_same(&interface->protocol->guid, guid))
			return interface;
	}
	return NULL;
}

void *efi_handle_interface(efi_handle handle, const struct efi_guid *protocol)
{
	struct interface *interface;

	if (!efi_handle_is(handle))
		return NULL;
	interface = database_find(handle, protocol);
	return interface ? interface->pointer : NULL;
}

/* ---- devices ---- */

void efi_handle_set_device(efi_handle handle, const struct device *device)
{
	((struct handle *)handle)->device = device;
}

const struct device *efi_handle_device(efi_handle handle)
{
	return efi_handle_is(handle) ? ((struct handle *)handle)->device : NULL;
}

efi_handle efi_handle_of_device(const char *name, efi_handle after)
{
	bool passed = !after;

	list_for_each (link, &database_handles) {
		struct handle *handle = list_of(link, struct handle, all);

		if (passed && handle->device &&
		    !strncmp(handle->device->name, name, DEVICE_NAME_SIZE))
			return handle;
		passed |= handle == after;
	}
	return NULL;
}

uint32_t efi_handle_number(efi_handle handle)
{
	uint32_t number = 0;

	list_for_each (link, &database_handles) {
		number++;
		if (list_of(link, struct handle, all) == handle)
			break;
	}
	return number;
}

/* ---- install ---- */

static struct handle *handle_create(void)
{
	struct handle *handle = efi_new(sizeof(*handle));

	if (!handle)
		return NULL;
	list_init(&handle->interfaces);
	list_append(&database_handles, &handle->all);
	efi_object_add(&handle->object, EFI_OBJECT_HANDLE);
	return handle;
}

static void handle_put(struct handle *handle)
{
	if (!list_is_empty(&handle->interfaces))
		return;
	efi_object_remove(&handle->object);
	list_remove(&handle->all);
	efi_free_pool(handle);
}

/* An installation becomes known: it goes last on the protocol's list, and whoever waits is told. */
static void announce(struct interface *interface)
{
	list_append(&interface->protocol->interfaces, &interface->on_protocol);
	interface->serial = ++serials;
	list_for_each (link, &interface->protocol->notifies)
		efi_signal_event(list_of(link, struct notify, link)->event);
}

static efi_status install(efi_handle *where, const struct efi_guid *guid, void *pointer)
{
	struct interface *interface = efi_new(sizeof(*interface));
	struct protocol *protocol = interface ? protocol_get(guid) : NULL;
	struct handle *handle = *where;

	if (protocol && !handle)
		handle = handle_create();
	if (!protocol || !handle) {
		if (protocol)
			protocol_put(protocol);
		if (interface)
			efi_free_pool(interface);
		return EFI_OUT_OF_RESOURCES;
	}
	interface->handle = handle;
	interface->protocol = protocol;
	interface->pointer = pointer;
	list_init(&interface->opens);
	list_append(&handle->interfaces, &interface->on_handle);
	*where = handle;
	announce(interface);
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_install_protocol_interface(efi_handle *Handle,
						 const struct efi_guid *Protocol,
						 uint32_t InterfaceType, void *Interface)
{
	efi_status status = EFI_INVALID_PARAMETER;
	efi_tpl tpl;

	if (!Handle || !Protocol || InterfaceType != EFI_NATIVE_INTERFACE)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	if (!*Handle || (efi_handle_is(*Handle) && !database_find(*Handle, Protocol)))
		status = install(Handle, Protocol, Interface);
	efi_unlock(tpl);
	return status;
}

/* ---- uninstall ---- */

struct interface *database_find_exact(efi_handle handle, const struct efi_guid *guid, void *pointer)
{
	struct interface *interface = database_find(handle, guid);

	return interface && interface->pointer == pointer ? interface : NULL;
}

/* A driver that manages the interface, or NULL. */
static efi_handle driver_of(const struct interface *interface)
{
	efi_handle driver = NULL;

	list_for_each (link, &interface->opens) {
		struct open *open = list_of(link, struct open, link);

		if (open->attributes & EFI_OPEN_PROTOCOL_BY_DRIVER)
			driver = open->agent;
	}
	return driver;
}

/* Forgets what was opened without ties, unless somebody has ties: false then. */
static bool close_all(struct interface *interface)
{
	list_for_each (link, &interface->opens) {
		if (list_of(link, struct open, link)->attributes > EFI_OPEN_PROTOCOL_TEST_PROTOCOL)
			return false;
	}
	list_for_each (link, &interface->opens)
		database_close(interface, list_of(link, struct open, link));
	return true;
}

/*
 * 7.3.4: drivers that have it open let go. They run here, so the database is looked at anew after each. Called with
 * the lock, which is at `tpl` while they run.
 */
static bool let_go(efi_handle handle, const struct efi_guid *guid, void *pointer, efi_tpl tpl)
{
	struct interface *interface;
	efi_status status;
	efi_handle driver;
	efi_handle last = NULL;

	for (;;) {
		interface =
			efi_handle_is(handle) ? database_find_exact(handle, guid, pointer) : NULL;
		if (!interface)
			return false;
		driver = driver_of(interface);
		if (!driver)
			return close_all(interface);
		/* It said that it had stopped, and has not closed. */
		if (driver == last)
			return false;
		last = driver;
		efi_unlock(tpl);
		status = efi_disconnect_controller(handle, driver, NULL);
		efi_lock();
		if (EFI_ERROR(status))
			return false;
	}
}

static void remove_interface(struct interface *interface)
{
	list_remove(&interface->on_protocol);
	list_remove(&interface->on_handle);
	protocol_put(interface->protocol);
	handle_put(interface->handle);
	efi_free_pool(interface);
}

/* EFI_SUCCESS with the lock held, for the caller to unlock at *tpl; else why not, without it. */
static efi_status begin_uninstall(efi_handle handle, const struct efi_guid *guid, void *pointer,
				  efi_tpl *tpl)
{
	efi_status status = EFI_SUCCESS;

	if (!guid || !efi_handle_is(handle))
		return EFI_INVALID_PARAMETER;
	*tpl = efi_lock();
	if (!database_find_exact(handle, guid, pointer))
		status = EFI_NOT_FOUND;
	else if (!let_go(handle, guid, pointer, *tpl))
		status = EFI_ACCESS_DENIED;
	if (!EFI_ERROR(status))
		return EFI_SUCCESS;
	efi_unlock(*tpl);
	/* Those that did let go come back. */
	if (status == EFI_ACCESS_DENIED && efi_handle_is(handle))
		efi_connect_controller(handle, NULL, NULL, 1);
	return status;
}

efi_status EFIAPI efi_uninstall_protocol_interface(efi_handle Handle,
						   const struct efi_guid *Protocol, void *Interface)
{
	efi_tpl tpl;
	efi_status status = begin_uninstall(Handle, Protocol, Interface, &tpl);

	if (EFI_ERROR(status))
		return status;
	remove_interface(database_find_exact(Handle, Protocol, Interface));
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_reinstall_protocol_interface(efi_handle Handle,
						   const struct efi_guid *Protocol,
						   void *OldInterface, void *NewInterface)
{
	efi_tpl tpl;
	efi_status status = begin_uninstall(Handle, Protocol, OldInterface, &tpl);
	struct interface *interface;

	if (EFI_ERROR(status))
		return status;
	interface = database_find_exact(Handle, Protocol, OldInterface);
	interface->pointer = NewInterface;
	list_remove(&interface->on_protocol);
	announce(interface);
	efi_unlock(tpl);
	efi_connect_controller(Handle, NULL, NULL, 1);
	return EFI_SUCCESS;
}

/* ---- notifications ---- */

efi_status EFIAPI efi_register_protocol_notify(const struct efi_guid *Protocol, efi_event Event,
					       void **Registration)
{
	struct protocol *protocol;
	struct notify *notify;
	efi_tpl tpl;

	if (!Protocol || !Registration || !efi_object_is(Event, EFI_OBJECT_EVENT))
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	notify = efi_new(sizeof(*notify));
	protocol = notify ? protocol_get(Protocol) : NULL;
	if (protocol) {
		notify->protocol = protocol;
		notify->event = Event;
		notify->seen = serials;
		list_append(&protocol->notifies, &notify->link);
		efi_object_add(&notify->object, EFI_OBJECT_NOTIFY);
		*Registration = notify;
	} else if (notify) {
		efi_free_pool(notify);
	}
	efi_unlock(tpl);
	return protocol ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

void efi_notify_forget(efi_event event)
{
	efi_tpl tpl = efi_lock();

	for (unsigned int i = 0; i < BUCKETS; i++) {
		if (!buckets[i].next)
			continue;
		list_for_each (bucket, &buckets[i]) {
			struct protocol *protocol = list_of(bucket, struct protocol, bucket);

			list_for_each (link, &protocol->notifies) {
				struct notify *notify = list_of(link, struct notify, link);

				if (notify->event != event)
					continue;
				efi_object_remove(&notify->object);
				list_remove(&notify->link);
				efi_free_pool(notify);
			}
			protocol_put(protocol);
		}
	}
	efi_unlock(tpl);
}

void efi_handle_reset(void)
{
	memset(buckets, 0, sizeof(buckets));
	list_init(&database_handles);
	serials = 0;
}
