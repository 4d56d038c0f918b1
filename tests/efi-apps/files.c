/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that QEMU was given, as a file system (UEFI 2.10, 13.4, 13.5), and the initrd by LoadFile2 (13.2), if there is one.
 */
#include "efi/protocol/device_path.h"
#include "efi/protocol/media.h"
#include "efi/protocol/tables.h"
#include "tests/efi-apps/app.h"

typedef struct efi_file_protocol file;

static const struct efi_guid fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static const struct efi_guid load_file2_guid = EFI_LOAD_FILE2_PROTOCOL_GUID;
static struct efi_guid info_guid = EFI_FILE_INFO_ID;
static struct efi_guid system_guid = EFI_FILE_SYSTEM_INFO_ID;
static struct efi_guid label_guid = EFI_FILE_SYSTEM_VOLUME_LABEL_ID;
static struct efi_guid other_guid = EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 31);
static struct efi_medium_path fs_path = {EFI_DP_MEDIUM(QEMU_KERNEL_LOADER_FS_MEDIA_GUID),
					 EFI_DP_END};
static struct efi_medium_path initrd_path = {EFI_DP_MEDIUM(LINUX_EFI_INITRD_MEDIA_GUID),
					     EFI_DP_END};
static uint64_t buffer[64];

static void *find(struct efi_medium_path *path, const struct efi_guid *guid)
{
	struct efi_device_path_protocol *rest = &path->Medium.Header;
	efi_handle handle;
	void *found = NULL;

	if (!bs->LocateDevicePath(guid, &rest, &handle))
		bs->HandleProtocol(handle, guid, &found);
	return found;
}

static void check_open(file *root)
{
	file *kernel = NULL;

	is(root->Open(root, &kernel, u"nothing", EFI_FILE_MODE_READ, 0), EFI_NOT_FOUND,
	   "open: what is not there");
	ok(EFI_ERROR(root->Open(root, &kernel, u"kernel", EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE,
				0)),
	   "open: for writing");
	ok(EFI_ERROR(root->Open(root, &kernel, u"new",
				EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE,
				0)),
	   "open: a new one");
	is(root->Open(root, &kernel, u"\\kernel", EFI_FILE_MODE_READ, 0), EFI_SUCCESS,
	   "open: from the root");
	if (kernel)
		is(kernel->Close(kernel), EFI_SUCCESS, "close");
}

static void check_read(file *root)
{
	const uint8_t *bytes = (const uint8_t *)buffer;
	file *kernel = NULL;
	uint64_t size, position = 77, end;

	is(root->Open(root, &kernel, u"kernel", EFI_FILE_MODE_READ, 0), EFI_SUCCESS, "open");
	if (!kernel)
		return;
	size = 2;
	is(kernel->Read(kernel, &size, buffer), EFI_SUCCESS, "read: two bytes");
	ok(size == 2 && bytes[0] == 'M' && bytes[1] == 'Z', "read: our own first");
	is(kernel->GetPosition(kernel, &position), EFI_SUCCESS, "position");
	is(position, 2, "position: behind what was read");
	is(kernel->SetPosition(kernel, UINT64_MAX), EFI_SUCCESS, "position: at the end");
	kernel->GetPosition(kernel, &end);
	size = sizeof(buffer);
	is(kernel->Read(kernel, &size, buffer), EFI_SUCCESS, "read: at the end");
	is(size, 0, "read: nothing");
	kernel->SetPosition(kernel, end + 1);
	is(kernel->Read(kernel, &size, buffer), EFI_DEVICE_ERROR, "read: beyond the end");
	kernel->SetPosition(kernel, 0);
	size = 2;
	kernel->Read(kernel, &size, buffer);
	ok(size == 2 && bytes[0] == 'M', "position: at the beginning again");
	size = 2;
	ok(EFI_ERROR(kernel->Write(kernel, &size, buffer)), "write: refused");
	size = 0;
	is(kernel->GetInfo(kernel, &info_guid, &size, buffer), EFI_BUFFER_TOO_SMALL,
	   "info: too small");
	is(size, 80 + 2 * 7, "info: says how much");
	size = sizeof(buffer);
	is(kernel->GetInfo(kernel, &info_guid, &size, buffer), EFI_SUCCESS, "info");
	is(((struct efi_file_info *)buffer)->FileSize, end, "info: the size of the file");
	ok(!(((struct efi_file_info *)buffer)->Attribute & EFI_FILE_DIRECTORY),
	   "info: no directory");
	is(kernel->GetInfo(kernel, &other_guid, &size, buffer), EFI_UNSUPPORTED,
	   "info: of an unknown kind");
	ok(EFI_ERROR(kernel->SetInfo(kernel, &info_guid, 94, buffer)), "set info: refused");
	is(kernel->Delete(kernel), EFI_WARN_DELETE_FAILURE, "delete: closed, and still there");
}

static void check_directory(file *root)
{
	uint64_t size, entries = 0, position;
	efi_status status;

	size = sizeof(buffer);
	is(root->GetInfo(root, &info_guid, &size, buffer), EFI_SUCCESS, "directory: info");
	ok(((struct efi_file_info *)buffer)->Attribute & EFI_FILE_DIRECTORY,
	   "directory: it is one");
	size = 0;
	is(root->Read(root, &size, buffer), EFI_BUFFER_TOO_SMALL, "directory: read, too small");
	do {
		size = sizeof(buffer);
		status = root->Read(root, &size, buffer);
		entries += size > 0;
	} while (!status && size && entries < 100);
	is(status, EFI_SUCCESS, "directory: read to its end");
	ok(entries >= 2, "directory: its entries");
	is(root->GetPosition(root, &position), EFI_UNSUPPORTED, "directory: has no position");
	is(root->SetPosition(root, 1), EFI_UNSUPPORTED, "directory: but its beginning");
	is(root->SetPosition(root, 0), EFI_SUCCESS, "directory: from the beginning");
	size = sizeof(buffer);
	root->Read(root, &size, buffer);
	ok(size > 0, "directory: an entry again");
	size = 0;
	is(root->GetInfo(root, &system_guid, &size, buffer), EFI_BUFFER_TOO_SMALL,
	   "file system: too small");
	size = sizeof(buffer);
	is(root->GetInfo(root, &system_guid, &size, buffer), EFI_SUCCESS, "file system");
	ok(((struct efi_file_system_info *)buffer)->ReadOnly, "file system: read-only");
	size = 0;
	is(root->GetInfo(root, &label_guid, &size, buffer), EFI_BUFFER_TOO_SMALL,
	   "label: too small");
	size = sizeof(buffer);
	is(root->GetInfo(root, &label_guid, &size, buffer), EFI_SUCCESS, "label");
}

static void check_initrd(void)
{
	struct efi_load_file_protocol *load = find(&initrd_path, &load_file2_guid);
	struct efi_device_path_protocol end = EFI_DP_END;
	uint64_t size = 0, again;
	void *initrd = NULL;

	app_note("initrd:", load != NULL);
	if (!load)
		return;
	is(load->LoadFile(load, &end, 0, NULL, NULL), EFI_INVALID_PARAMETER, "initrd: no size");
	if (app_is_cadastre()) /* EDK2 looks at it */
		is(load->LoadFile(load, NULL, 0, &size, NULL), EFI_INVALID_PARAMETER,
		   "initrd: no path");
	is(load->LoadFile(load, &end, 1, &size, NULL), EFI_UNSUPPORTED, "initrd: by boot policy");
	is(load->LoadFile(load, &end, 0, &size, NULL), EFI_BUFFER_TOO_SMALL, "initrd: too small");
	ok(size > 4, "initrd: says how much");
	bs->AllocatePool(EfiLoaderData, size, &initrd);
	again = size;
	is(load->LoadFile(load, &end, 0, &again, initrd), EFI_SUCCESS, "initrd: loaded");
	is(again, size, "initrd: all of it");
	ok(!memcmp(initrd, "0707", 4) || !memcmp(initrd, "\x1f\x8b", 2), "initrd: an archive");
	bs->FreePool(initrd);
}

void app_main(void)
{
	struct efi_simple_file_system_protocol *fs = find(&fs_path, &fs_guid);
	file *root = NULL;

	ok(fs != NULL, "the file system is there");
	if (!fs)
		return;
	is(fs->OpenVolume(fs, &root), EFI_SUCCESS, "volume: opened");
	check_open(root);
	check_read(root);
	check_directory(root);
	ok(EFI_ERROR(root->Flush(root)) || !app_is_cadastre(), "flush: nothing can be written");
	root->Close(root);
	check_initrd();
}
