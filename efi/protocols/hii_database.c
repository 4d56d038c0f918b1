/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_HII_DATABASE_PROTOCOL (UEFI 2.10, 34.8); see hii.h. Everything is changed at TPL_NOTIFY; notifications run after
 * the change. Keyboard layouts are kept but not offered: the console is a serial line.
 */
#include <string.h>

#include "efi/event.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/hii.h"
#include "efi/protocols/install.h"
#include "efi/table.h"
#include "lib/bytes.h"

typedef struct efi_hii_database_protocol database;
typedef struct efi_hii_package_list_header list_header;

#define HEADER_SIZE 4 /* of a package */
#define GUID_AT 4 /* in a GUID package */

static const struct efi_guid database_guid = EFI_HII_DATABASE_PROTOCOL_GUID;
static const struct efi_guid string_guid = EFI_HII_STRING_PROTOCOL_GUID;
static const struct efi_guid routing_guid = EFI_HII_CONFIG_ROUTING_PROTOCOL_GUID;
static const struct efi_guid registration_guid =
	EFI_GUID(0d3f7d86, 9a52, 4f0e, 8c, 8e, 5a, f4, 2e, 31, 57, 19);

struct registration {
	struct list link;
	efi_handle handle;
	uint8_t type;
	bool has_guid;
	struct efi_guid guid;
	efi_hii_database_notify function;
	uint64_t events;
};

static struct list lists = LIST_EMPTY(lists);
static struct list registrations = LIST_EMPTY(registrations);

struct hii_list *hii_find(efi_hii_handle handle)
{
	list_for_each (link, &lists) {
		struct hii_list *list = list_of(link, struct hii_list, link);

		if (list->handle == handle)
			return list;
	}
	return NULL;
}

/* ---- packages ---- */

static void free_package(struct hii_package *package)
{
	list_remove(&package->link);
	hii_strings_free(package->strings);
	if (package->bytes)
		efi_free_pool(package->bytes);
	efi_free_pool(package);
}

struct hii_package *hii_package_add(struct hii_list *list, uint8_t type)
{
	struct hii_package *package = efi_new(sizeof(*package));

	if (!package)
		return NULL;
	package->type = type;
	list_append(&list->packages, &package->link);
	return package;
}

static efi_status add_bytes(struct hii_list *list, const uint8_t *bytes, uint32_t size)
{
	struct hii_package *package = hii_package_add(list, bytes[3]);
	efi_status status = EFI_OUT_OF_RESOURCES;
	void *copy;

	if (!package || efi_allocate_pool(EfiBootServicesData, size, &copy))
		return EFI_OUT_OF_RESOURCES;
	package->bytes = memcpy(copy, bytes, size);
	package->size = size;
	if (package->type != EFI_HII_PACKAGE_STRINGS)
		return EFI_SUCCESS;
	package->strings = hii_strings_parse(package->bytes, size, &status);
	return status;
}

/* The packages of a list from outside, added to a list of ours. It is walked once to be checked. */
static efi_status add_packages(struct hii_list *list, const list_header *header)
{
	const uint8_t *start = (const uint8_t *)header;
	uint64_t size = le32_load(start + 16);

	for (uint64_t at = sizeof(*header); at + HEADER_SIZE <= size;) {
		uint32_t length = EFI_HII_PACKAGE_LENGTH(le32_load(start + at));
		efi_status status;

		if (length < HEADER_SIZE || length > size - at)
			return EFI_INVALID_PARAMETER;
		if (start[at + 3] == EFI_HII_PACKAGE_END)
			return EFI_SUCCESS;
		status = add_bytes(list, start + at, length);
		if (EFI_ERROR(status))
			return status;
		at += length;
	}
	return EFI_SUCCESS;
}

static void free_list(struct hii_list *list)
{
	list_for_each (link, &list->packages)
		free_package(list_of(link, struct hii_package, link));
	list_remove(&list->link);
	efi_free_pool(list);
}

/* ---- notifications ---- */

static bool package_matches(const struct hii_package *package, uint8_t type,
			    const struct efi_guid *guid)
{
	if (type != EFI_HII_PACKAGE_TYPE_ALL && type != package->type)
		return false;
	return type != EFI_HII_PACKAGE_TYPE_GUID || !guid ||
	       (package->size >= GUID_AT + sizeof(*guid) &&
		!memcmp(package->bytes + GUID_AT, guid, sizeof(*guid)));
}

/* Calls what is registered, for each package of a list. The functions may look, not change. */
static void notify(struct hii_list *list, uint64_t event)
{
	list_for_each (r, &registrations) {
		struct registration *registration = list_of(r, struct registration, link);

		if (!(registration->events & event))
			continue;
		list_for_each (p, &list->packages) {
			struct hii_package *package = list_of(p, struct hii_package, link);

			if (package->bytes &&
			    package_matches(package, registration->type,
					    registration->has_guid ? &registration->guid : NULL))
				registration->function(
					package->type,
					registration->has_guid ? &registration->guid : NULL,
					(const void *)package->bytes, list->handle, event);
		}
	}
}

static efi_status EFIAPI register_notify(const database *This, uint8_t PackageType,
					 const struct efi_guid *PackageGuid,
					 const efi_hii_database_notify PackageNotifyFn,
					 const uint64_t NotifyType, efi_handle *NotifyHandle)
{
	struct registration *registration;
	efi_tpl tpl;

	if (!This || !PackageNotifyFn || !NotifyHandle ||
	    (PackageType == EFI_HII_PACKAGE_TYPE_GUID ? !PackageGuid : !!PackageGuid))
		return EFI_INVALID_PARAMETER;
	registration = efi_new(sizeof(*registration));
	if (!registration)
		return EFI_OUT_OF_RESOURCES;
	registration->type = PackageType;
	registration->has_guid = PackageGuid;
	if (PackageGuid)
		registration->guid = *PackageGuid;
	registration->function = PackageNotifyFn;
	registration->events = NotifyType;
	if (EFI_ERROR(efi_install_protocol_interface(&registration->handle, &registration_guid,
						     EFI_NATIVE_INTERFACE, registration))) {
		efi_free_pool(registration);
		return EFI_OUT_OF_RESOURCES;
	}
	tpl = efi_lock();
	list_append(&registrations, &registration->link);
	efi_unlock(tpl);
	*NotifyHandle = registration->handle;
	return EFI_SUCCESS;
}

static void drop_registration(struct registration *registration)
{
	efi_tpl tpl = efi_lock();

	list_remove(&registration->link);
	efi_unlock(tpl);
	efi_uninstall_protocol_interface(registration->handle, &registration_guid, registration);
	efi_free_pool(registration);
}

static efi_status EFIAPI unregister_notify(const database *This, efi_handle NotificationHandle)
{
	struct registration *registration;

	if (!This || !efi_handle_is(NotificationHandle))
		return EFI_INVALID_PARAMETER;
	registration = efi_handle_interface(NotificationHandle, &registration_guid);
	if (!registration)
		return EFI_NOT_FOUND;
	drop_registration(registration);
	return EFI_SUCCESS;
}

void efi_hii_forget_code(uint64_t base, uint64_t size)
{
	list_for_each (link, &registrations) {
		struct registration *registration = list_of(link, struct registration, link);

		if ((uint64_t)(uintptr_t)registration->function - base < size)
			drop_registration(registration);
	}
}

/* ---- lists ---- */

static efi_status EFIAPI new_list(const database *This, const list_header *PackageList,
				  const efi_handle DriverHandle, efi_hii_handle *Handle)
{
	struct hii_list *list;
	efi_status status;
	efi_tpl tpl;

	if (!This || !PackageList || !Handle || PackageList->PackageLength < sizeof(*PackageList))
		return EFI_INVALID_PARAMETER;
	list = efi_new(sizeof(*list));
	if (!list)
		return EFI_OUT_OF_RESOURCES;
	list->handle = list;
	list->driver = DriverHandle;
	list->guid = PackageList->PackageListGuid;
	list_init(&list->packages);
	tpl = efi_lock();
	list_append(&lists, &list->link);
	status = add_packages(list, PackageList);
	if (EFI_ERROR(status))
		free_list(list);
	efi_unlock(tpl);
	if (EFI_ERROR(status))
		return status;
	*Handle = list;
	notify(list, EFI_HII_DATABASE_NOTIFY_NEW_PACK);
	return EFI_SUCCESS;
}

static efi_status EFIAPI remove_list(const database *This, efi_hii_handle Handle)
{
	struct hii_list *list;
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	list = hii_find(Handle);
	if (!list)
		return EFI_NOT_FOUND;
	notify(list, EFI_HII_DATABASE_NOTIFY_REMOVE_PACK);
	tpl = efi_lock();
	free_list(list);
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

/* 34.8.4: packages of the types that the new list has are replaced by its own. */
static efi_status EFIAPI update_list(const database *This, efi_hii_handle Handle,
				     const list_header *PackageList)
{
	struct hii_list *list;
	struct hii_list fresh = {0};
	efi_status status;
	efi_tpl tpl;

	if (!This || !PackageList)
		return EFI_INVALID_PARAMETER;
	list = hii_find(Handle);
	if (!list)
		return EFI_NOT_FOUND;
	list_init(&fresh.packages);
	fresh.handle = Handle;
	tpl = efi_lock();
	status = add_packages(&fresh, PackageList);
	if (!EFI_ERROR(status))
		list_for_each (o, &list->packages) {
			struct hii_package *old = list_of(o, struct hii_package, link);
			bool replaced = false;

			list_for_each (n, &fresh.packages)
				replaced |= list_of(n, struct hii_package, link)->type == old->type;
			if (replaced)
				free_package(old);
		}
	list_for_each (n, &fresh.packages) {
		if (EFI_ERROR(status)) {
			free_package(list_of(n, struct hii_package, link));
		} else {
			list_remove(n);
			list_append(&list->packages, n);
		}
	}
	efi_unlock(tpl);
	if (!EFI_ERROR(status))
		notify(list, EFI_HII_DATABASE_NOTIFY_ADD_PACK);
	return status;
}

static bool list_matches(const struct hii_list *list, uint8_t type, const struct efi_guid *guid)
{
	if (type == EFI_HII_PACKAGE_TYPE_ALL)
		return true;
	list_for_each (link, &list->packages)
		if (package_matches(list_of(link, struct hii_package, link), type, guid))
			return true;
	return false;
}

static efi_status EFIAPI list_lists(const database *This, uint8_t PackageType,
				    const struct efi_guid *PackageGuid,
				    uint64_t *HandleBufferLength, efi_hii_handle *Handle)
{
	uint64_t room;
	uint64_t size = 0;

	if (!This || !HandleBufferLength || (*HandleBufferLength && !Handle) ||
	    (PackageType == EFI_HII_PACKAGE_TYPE_GUID ? !PackageGuid : !!PackageGuid))
		return EFI_INVALID_PARAMETER;
	room = *HandleBufferLength;
	list_for_each (link, &lists) {
		struct hii_list *list = list_of(link, struct hii_list, link);

		if (!list_matches(list, PackageType, PackageGuid))
			continue;
		if (size + sizeof(*Handle) <= room)
			Handle[size / sizeof(*Handle)] = list->handle;
		size += sizeof(*Handle);
	}
	*HandleBufferLength = size;
	if (!size)
		return EFI_NOT_FOUND;
	return size > room ? EFI_BUFFER_TOO_SMALL : EFI_SUCCESS;
}

/* The bytes of a list; `to` NULL: only how many. */
static uint64_t write_list(const struct hii_list *list, uint8_t *to)
{
	uint64_t size = sizeof(list_header);

	list_for_each (link, &list->packages) {
		struct hii_package *package = list_of(link, struct hii_package, link);

		if (package->size) {
			if (to)
				memcpy(to + size, package->bytes, package->size);
			size += package->size;
		} else {
			size += hii_strings_write(package->strings, to ? to + size : NULL);
		}
	}
	if (to) {
		le32_store(to + size, HEADER_SIZE | (uint32_t)EFI_HII_PACKAGE_END << 24);
		memcpy(to, &list->guid, sizeof(list->guid));
		le32_store(to + 16, (uint32_t)size + HEADER_SIZE);
	}
	return size + HEADER_SIZE;
}

static efi_status EFIAPI export_lists(const database *This, efi_hii_handle Handle,
				      uint64_t *BufferSize, list_header *Buffer)
{
	uint64_t room;
	uint64_t size = 0;

	if (!This || !BufferSize || (*BufferSize && !Buffer))
		return EFI_INVALID_PARAMETER;
	if (Handle && !hii_find(Handle))
		return EFI_NOT_FOUND;
	room = *BufferSize;
	for (int pass = 0; pass < 2; pass++) {
		size = 0;
		list_for_each (link, &lists) {
			struct hii_list *list = list_of(link, struct hii_list, link);

			if (!Handle || list->handle == Handle)
				size += write_list(list, pass ? (uint8_t *)Buffer + size : NULL);
		}
		*BufferSize = size;
		if (!size)
			return EFI_NOT_FOUND;
		if (size > room)
			return EFI_BUFFER_TOO_SMALL;
	}
	list_for_each (link, &lists) {
		struct hii_list *list = list_of(link, struct hii_list, link);

		if (!Handle || list->handle == Handle)
			notify(list, EFI_HII_DATABASE_NOTIFY_EXPORT_PACK);
	}
	return EFI_SUCCESS;
}

static efi_status EFIAPI get_driver(const database *This, efi_hii_handle PackageListHandle,
				    efi_handle *DriverHandle)
{
	struct hii_list *list;

	if (!This || !DriverHandle)
		return EFI_INVALID_PARAMETER;
	list = hii_find(PackageListHandle);
	if (!list)
		return EFI_INVALID_PARAMETER;
	*DriverHandle = list->driver;
	return EFI_SUCCESS;
}

/* ---- keyboards: there are none ---- */

static efi_status EFIAPI find_layouts(const database *This, uint16_t *KeyGuidBufferLength,
				      struct efi_guid *KeyGuidBuffer)
{
	(void)KeyGuidBuffer;
	if (!This || !KeyGuidBufferLength)
		return EFI_INVALID_PARAMETER;
	*KeyGuidBufferLength = 0;
	return EFI_NOT_FOUND;
}

static efi_status EFIAPI get_layout(const database *This, const struct efi_guid *KeyGuid,
				    uint16_t *KeyboardLayoutLength,
				    struct efi_hii_keyboard_layout *KeyboardLayout)
{
	(void)KeyGuid;
	if (!This || !KeyboardLayoutLength || (*KeyboardLayoutLength && !KeyboardLayout))
		return EFI_INVALID_PARAMETER;
	return EFI_NOT_FOUND;
}

static efi_status EFIAPI set_layout(const database *This, const struct efi_guid *KeyGuid)
{
	return This && KeyGuid ? EFI_NOT_FOUND : EFI_INVALID_PARAMETER;
}

static const database hii_database_protocol = {
	.NewPackageList = new_list,
	.RemovePackageList = remove_list,
	.UpdatePackageList = update_list,
	.ListPackageLists = list_lists,
	.ExportPackageLists = export_lists,
	.RegisterPackageNotify = register_notify,
	.UnregisterPackageNotify = unregister_notify,
	.FindKeyboardLayouts = find_layouts,
	.GetKeyboardLayout = get_layout,
	.SetKeyboardLayout = set_layout,
	.GetPackageListHandle = get_driver,
};

efi_status efi_hii_install(void)
{
	efi_handle handle = efi_firmware_handle();

	list_init(&lists);
	list_init(&registrations);
	return efi_install_multiple_protocol_interfaces(
		&handle, &database_guid, &hii_database_protocol, &string_guid, &hii_string_protocol,
		&routing_guid, &hii_config_routing_protocol, (void *)NULL);
}
