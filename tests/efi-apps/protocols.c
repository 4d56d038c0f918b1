/* SPDX-License-Identifier: BSD-2-Clause */
/* Protocol handler services (UEFI 2.10, 7.3). */
#include "efi/protocol/device_path.h"
#include "tests/efi-apps/app.h"

static const struct efi_guid first = EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 01);
static const struct efi_guid second =
	EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 02);
static const struct efi_guid unused =
	EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 03);
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static int one, two;
/* A device that is not there, and a file on it. */
static struct medium {
	struct efi_dp_medium medium;
	struct efi_device_path_protocol file;
	CHAR16 name[2];
	struct efi_device_path_protocol end;
} __attribute__((packed))
below = {EFI_DP_MEDIUM(EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 05)),
	 {MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {8, 0}},
	 u"a",
	 EFI_DP_END};
static struct efi_medium_path path = {EFI_DP_MEDIUM(EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90,
							     11, 22, 33, 05)),
				      EFI_DP_END},
			      same_path = {EFI_DP_MEDIUM(EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a,
								  90, 11, 22, 33, 05)),
					   EFI_DP_END};
static volatile uint64_t notified;

static void EFIAPI note(efi_event event, void *context)
{
	(void)event;
	(void)context;
	notified++;
}

static void check_install(void)
{
	efi_handle handle = NULL, other = NULL;
	void *interface = NULL;

	is(bs->InstallProtocolInterface(NULL, &first, 0, &one), EFI_INVALID_PARAMETER,
	   "install: no place for the handle");
	is(bs->InstallProtocolInterface(&handle, NULL, 0, &one), EFI_INVALID_PARAMETER,
	   "install: no protocol");
	is(bs->InstallProtocolInterface(&handle, &first, 1, &one), EFI_INVALID_PARAMETER,
	   "install: no native interface");
	is(bs->InstallProtocolInterface(&handle, &first, 0, &one), EFI_SUCCESS,
	   "install: on a new handle");
	is(bs->InstallProtocolInterface(&handle, &first, 0, &two), EFI_INVALID_PARAMETER,
	   "install: the same again");
	is(bs->HandleProtocol(handle, &first, &interface), EFI_SUCCESS, "handle protocol");
	is((uintptr_t)interface, (uintptr_t)&one, "handle protocol: our interface");
	is(bs->HandleProtocol(handle, &second, &interface), EFI_UNSUPPORTED,
	   "handle protocol: not there");
	is(bs->HandleProtocol(NULL, &first, &interface), EFI_INVALID_PARAMETER,
	   "handle protocol: no handle");
	is(bs->HandleProtocol(handle, NULL, &interface), EFI_INVALID_PARAMETER,
	   "handle protocol: no protocol");
	is(bs->HandleProtocol(handle, &first, NULL), EFI_INVALID_PARAMETER,
	   "handle protocol: no place");
	other = &one;
	is(bs->InstallProtocolInterface(&other, &first, 0, &one), EFI_INVALID_PARAMETER,
	   "install: on what is no handle");
	is(bs->HandleProtocol(&one, &first, &interface), EFI_INVALID_PARAMETER,
	   "handle protocol: what is no handle");
	is(bs->ReinstallProtocolInterface(NULL, &first, &one, &one), EFI_INVALID_PARAMETER,
	   "reinstall: no handle");
	is(bs->ReinstallProtocolInterface(handle, NULL, &one, &one), EFI_INVALID_PARAMETER,
	   "reinstall: no protocol");
	is(bs->UninstallProtocolInterface(NULL, &first, &one), EFI_INVALID_PARAMETER,
	   "uninstall: no handle");
	is(bs->UninstallProtocolInterface(handle, NULL, &one), EFI_INVALID_PARAMETER,
	   "uninstall: no protocol");
	is(bs->UninstallProtocolInterface(handle, &second, &one), EFI_NOT_FOUND,
	   "uninstall: not there");
	is(bs->ReinstallProtocolInterface(handle, &second, &one, &one), EFI_NOT_FOUND,
	   "reinstall: not there");
	is(bs->ReinstallProtocolInterface(handle, &first, &two, &one), EFI_NOT_FOUND,
	   "reinstall: another interface");
	is(bs->ReinstallProtocolInterface(handle, &first, &one, &two), EFI_SUCCESS, "reinstall");
	is(bs->UninstallProtocolInterface(handle, &first, &one), EFI_NOT_FOUND,
	   "uninstall: the old one");
	is(bs->UninstallProtocolInterface(handle, &first, &two), EFI_SUCCESS, "uninstall");
	is(bs->HandleProtocol(handle, &first, &interface), EFI_INVALID_PARAMETER,
	   "the handle is gone");

	handle = NULL;
	is(bs->InstallMultipleProtocolInterfaces(&handle, &first, &one, &second, &two, NULL),
	   EFI_SUCCESS, "install: two at once");
	is(bs->InstallMultipleProtocolInterfaces(&handle, &unused, &one, &second, &two, NULL),
	   EFI_INVALID_PARAMETER, "install: one of them is there");
	is(bs->HandleProtocol(handle, &unused, &interface), EFI_UNSUPPORTED,
	   "install: then none is");
	ok(EFI_ERROR(bs->UninstallMultipleProtocolInterfaces(handle, &first, &one, &unused, &two,
							     NULL)),
	   "uninstall: one of them is not there");
	is(bs->HandleProtocol(handle, &first, &interface), EFI_SUCCESS, "uninstall: then all are");
	is(bs->UninstallMultipleProtocolInterfaces(handle, &first, &one, &second, &two, NULL),
	   EFI_SUCCESS, "uninstall: both");
	is(bs->InstallMultipleProtocolInterfaces(NULL, &first, &one, NULL), EFI_INVALID_PARAMETER,
	   "install: several, no place for the handle");
	is(bs->UninstallMultipleProtocolInterfaces(handle, &first, &one, NULL),
	   EFI_INVALID_PARAMETER, "uninstall: several, of a handle that is gone");
	handle = other = NULL;
	bs->InstallMultipleProtocolInterfaces(&handle, &path_guid, &path, NULL);
	is(bs->InstallMultipleProtocolInterfaces(&other, &first, &one, &path_guid, &same_path,
						 NULL),
	   EFI_ALREADY_STARTED, "install: a device path that another handle has");
	is(bs->LocateProtocol(&first, NULL, &interface), EFI_NOT_FOUND, "install: then nothing is");
	bs->UninstallMultipleProtocolInterfaces(handle, &path_guid, &path, NULL);
}

static void check_locate(void)
{
	efi_handle handles[3] = {NULL, NULL, NULL}, found[3], *buffer = NULL;
	struct efi_guid **guids = NULL;
	uint64_t size = 0, count = 0;
	void *interface = NULL, *registration = NULL, *again = NULL;
	efi_event event = NULL;

	is(bs->LocateProtocol(&first, NULL, &interface), EFI_NOT_FOUND, "locate: nobody has it");
	is(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, note, NULL, &event), EFI_SUCCESS,
	   "an event");
	is(bs->RegisterProtocolNotify(&first, event, &registration), EFI_SUCCESS,
	   "register notify");
	for (int i = 0; i < 3; i++)
		bs->InstallProtocolInterface(&handles[i], &first, 0, &one);
	is(notified, 3, "register notify: notified for each");
	is(bs->LocateHandle(ByProtocol, &first, NULL, &size, NULL), EFI_BUFFER_TOO_SMALL,
	   "locate: too small");
	is(size, 3 * sizeof(handles[0]), "locate: says how much");
	is(bs->LocateHandle(ByProtocol, &first, NULL, &size, found), EFI_SUCCESS,
	   "locate: by protocol");
	ok(found[0] == handles[0] && found[2] == handles[2], "locate: our handles, in order");
	size = sizeof(found);
	is(bs->LocateHandle(ByRegisterNotify, NULL, registration, &size, found), EFI_SUCCESS,
	   "locate: by registration");
	is(size, sizeof(found[0]), "locate: one a call");
	is(bs->LocateHandleBuffer(ByProtocol, &first, NULL, &count, &buffer), EFI_SUCCESS,
	   "locate: in a buffer");
	is(count, 3, "locate: three");
	is(bs->FreePool(buffer), EFI_SUCCESS, "locate: the buffer is ours");
	is(bs->LocateHandleBuffer(ByProtocol, &unused, NULL, &count, &buffer), EFI_NOT_FOUND,
	   "locate: nobody");
	is(bs->LocateHandle(9, &first, NULL, &size, found), EFI_INVALID_PARAMETER,
	   "locate: unknown kind of search");
	is(bs->LocateHandle(ByProtocol, NULL, NULL, &size, found), EFI_INVALID_PARAMETER,
	   "locate: by no protocol");
	is(bs->LocateHandle(ByRegisterNotify, NULL, NULL, &size, found), EFI_INVALID_PARAMETER,
	   "locate: by no registration");
	is(bs->LocateHandle(ByProtocol, &first, NULL, NULL, found), EFI_INVALID_PARAMETER,
	   "locate: no size");
	size = sizeof(found);
	is(bs->LocateHandle(ByProtocol, &first, NULL, &size, NULL), EFI_INVALID_PARAMETER,
	   "locate: no buffer of that size");
	is(bs->LocateHandle(ByProtocol, &unused, NULL, &size, found), EFI_NOT_FOUND,
	   "locate: no handle");
	is(bs->LocateHandleBuffer(ByProtocol, &first, NULL, NULL, &buffer), EFI_INVALID_PARAMETER,
	   "locate: in a buffer, no place for the count");
	is(bs->LocateHandleBuffer(ByProtocol, &first, NULL, &count, NULL), EFI_INVALID_PARAMETER,
	   "locate: in a buffer, no place for it");
	is(bs->LocateHandleBuffer(AllHandles, NULL, NULL, &count, &buffer), EFI_SUCCESS,
	   "locate: all handles");
	ok(count > 3, "locate: they are more than ours");
	bs->FreePool(buffer);
	is(bs->RegisterProtocolNotify(NULL, event, &again), EFI_INVALID_PARAMETER,
	   "register notify: no protocol");
	is(bs->RegisterProtocolNotify(&first, NULL, &again), EFI_INVALID_PARAMETER,
	   "register notify: no event");
	is(bs->RegisterProtocolNotify(&first, event, NULL), EFI_INVALID_PARAMETER,
	   "register notify: no place");
	is(bs->LocateProtocol(NULL, NULL, &interface), EFI_INVALID_PARAMETER,
	   "locate: an interface of nothing");
	is(bs->ProtocolsPerHandle(NULL, &guids, &count), EFI_INVALID_PARAMETER,
	   "protocols of no handle");
	is(bs->ProtocolsPerHandle(handles[0], NULL, &count), EFI_INVALID_PARAMETER,
	   "protocols of a handle: no place");
	is(bs->ProtocolsPerHandle(handles[0], &guids, NULL), EFI_INVALID_PARAMETER,
	   "protocols of a handle: no place for the count");
	is(bs->LocateProtocol(&first, NULL, &interface), EFI_SUCCESS, "locate: an interface");
	is(bs->LocateProtocol(&first, NULL, NULL), EFI_INVALID_PARAMETER,
	   "locate: no place for it");
	is(bs->ProtocolsPerHandle(handles[0], &guids, &count), EFI_SUCCESS,
	   "protocols of a handle");
	ok(count == 1 && !memcmp(guids[0], &first, sizeof(first)), "protocols of a handle: ours");
	bs->FreePool(guids);
	for (int i = 0; i < 3; i++)
		bs->UninstallProtocolInterface(handles[i], &first, &one);
	is(bs->LocateProtocol(&first, NULL, &interface), EFI_NOT_FOUND, "locate: gone again");
	bs->CloseEvent(event);
}

static void check_paths(void)
{
	struct efi_device_path_protocol *rest = &below.medium.Header;
	efi_handle handle = NULL, found = NULL;

	is(bs->LocateDevicePath(&first, &rest, &found), EFI_NOT_FOUND, "path: no such device");
	bs->InstallMultipleProtocolInterfaces(&handle, &path_guid, &path, &first, &one, NULL);
	is(bs->LocateDevicePath(NULL, &rest, &found), EFI_INVALID_PARAMETER, "path: no protocol");
	is(bs->LocateDevicePath(&first, NULL, &found), EFI_INVALID_PARAMETER, "path: none");
	is(bs->LocateDevicePath(&first, &rest, NULL), EFI_INVALID_PARAMETER,
	   "path: no place for the device");
	ok(rest == &below.medium.Header, "path: it has not moved");
	is(bs->LocateDevicePath(&second, &rest, &found), EFI_NOT_FOUND,
	   "path: the device has another protocol");
	is(bs->LocateDevicePath(&first, &rest, &found), EFI_SUCCESS, "path: the device");
	ok(found == handle, "path: it is our handle");
	ok(rest == &below.file, "path: what is left is the file");
	bs->UninstallMultipleProtocolInterfaces(handle, &path_guid, &path, &first, &one, NULL);
}

static void check_open(void)
{
	struct efi_open_protocol_information_entry *entries = NULL;
	efi_handle handle = NULL;
	void *interface = NULL;
	uint64_t count = 0;

	bs->InstallProtocolInterface(&handle, &first, 0, &one);
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL, 0), EFI_INVALID_PARAMETER,
	   "open: no attributes");
	is(bs->OpenProtocol(handle, &first, NULL, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_TEST_PROTOCOL),
	   EFI_SUCCESS, "open: test");
	is(bs->OpenProtocol(handle, &second, NULL, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_TEST_PROTOCOL),
	   EFI_UNSUPPORTED, "open: test for what is not there");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	   EFI_SUCCESS, "open: get");
	is(bs->OpenProtocol(handle, NULL, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	   EFI_INVALID_PARAMETER, "open: no protocol");
	is(bs->OpenProtocol(handle, &first, NULL, app_handle, NULL, EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	   EFI_INVALID_PARAMETER, "open: no place");
	is(bs->OpenProtocol(NULL, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	   EFI_INVALID_PARAMETER, "open: no handle");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL, 0x40),
	   EFI_INVALID_PARAMETER, "open: unknown attributes");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, handle,
			    EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER),
	   EFI_INVALID_PARAMETER, "open: as a child of itself");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER),
	   EFI_INVALID_PARAMETER, "open: as no child");
	is(bs->OpenProtocol(handle, &first, &interface, NULL, handle, EFI_OPEN_PROTOCOL_BY_DRIVER),
	   EFI_INVALID_PARAMETER, "open: by no driver");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_BY_DRIVER),
	   EFI_INVALID_PARAMETER, "open: by a driver, for no controller");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_BY_DRIVER | EFI_OPEN_PROTOCOL_EXCLUSIVE),
	   EFI_INVALID_PARAMETER, "open: by a driver exclusively, for no controller");
	is(bs->OpenProtocol(handle, &second, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_GET_PROTOCOL),
	   EFI_UNSUPPORTED, "open: not there");
	is(bs->OpenProtocol(handle, &first, &interface, NULL, NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE),
	   EFI_INVALID_PARAMETER, "open: exclusively, for nobody");
	is(bs->OpenProtocol(handle, &first, &interface, app_handle, NULL,
			    EFI_OPEN_PROTOCOL_EXCLUSIVE),
	   EFI_SUCCESS, "open: exclusively");
	is(bs->OpenProtocolInformation(handle, &first, &entries, &count), EFI_SUCCESS,
	   "open: who?");
	ok(count >= 1, "open: we");
	bs->FreePool(entries);
	is(bs->CloseProtocol(handle, &first, app_handle, NULL), EFI_SUCCESS, "close");
	is(bs->CloseProtocol(handle, &first, app_handle, NULL), EFI_NOT_FOUND,
	   "close: a second time");
	is(bs->CloseProtocol(handle, &first, NULL, NULL), EFI_INVALID_PARAMETER,
	   "close: for nobody");
	is(bs->CloseProtocol(NULL, &first, app_handle, NULL), EFI_INVALID_PARAMETER,
	   "close: no handle");
	is(bs->CloseProtocol(handle, NULL, app_handle, NULL), EFI_INVALID_PARAMETER,
	   "close: no protocol");
	is(bs->CloseProtocol(handle, &first, app_handle, &one), EFI_INVALID_PARAMETER,
	   "close: for what is no controller");
	is(bs->CloseProtocol(handle, &second, app_handle, NULL), EFI_NOT_FOUND, "close: not there");
	is(bs->OpenProtocolInformation(handle, &second, &entries, &count), EFI_NOT_FOUND,
	   "open: who has what is not there?");
	is(bs->UninstallProtocolInterface(handle, &first, &one), EFI_SUCCESS, "uninstall");
}

static void check_tables(void)
{
	static const struct efi_guid guid =
		EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 04);
	uint64_t count = app_system->NumberOfTableEntries, a = 0, b = 0;
	uint32_t crc = 0;

	is(bs->InstallConfigurationTable(NULL, &one), EFI_INVALID_PARAMETER, "table: no GUID");
	is(bs->InstallConfigurationTable(&guid, NULL), EFI_NOT_FOUND, "table: none to remove");
	is(bs->InstallConfigurationTable(&guid, &one), EFI_SUCCESS, "table: installed");
	is(app_system->NumberOfTableEntries, count + 1, "table: one more");
	is(bs->InstallConfigurationTable(&guid, NULL), EFI_SUCCESS, "table: removed");
	is(app_system->NumberOfTableEntries, count, "table: one less");
	app_note("configuration tables:", count);
	is(bs->CalculateCrc32((void *)(uintptr_t) "123456789", 9, &crc), EFI_SUCCESS, "CRC32");
	is(crc, 0xcbf43926, "CRC32: as it should be");
	is(bs->CalculateCrc32(NULL, 9, &crc), EFI_INVALID_PARAMETER, "CRC32: no data");
	is(bs->CalculateCrc32(&crc, 0, &crc), EFI_INVALID_PARAMETER, "CRC32: no bytes");
	is(bs->CalculateCrc32(&crc, 4, NULL), EFI_INVALID_PARAMETER, "CRC32: no place");
	is(bs->GetNextMonotonicCount(NULL), EFI_INVALID_PARAMETER, "count: no place");
	is(bs->GetNextMonotonicCount(&a), EFI_SUCCESS, "count");
	is(bs->GetNextMonotonicCount(&b), EFI_SUCCESS, "count: another");
	ok(b > a, "count: it grows");
	is(bs->SetWatchdogTimer(60, 0x10000, 0, NULL), EFI_SUCCESS, "watchdog: a minute");
	is(bs->SetWatchdogTimer(0, 0x10000, 0, NULL), EFI_SUCCESS, "watchdog: off");
}

void app_main(void)
{
	check_install();
	check_locate();
	check_paths();
	check_open();
	check_tables();
}
