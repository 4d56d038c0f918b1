/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/file_system.c efi/protocols/file_info.c efi/protocols/initrd.c efi/protocols/rng.c efi/protocols/devices.c */
/* What is read from the machine: QEMU's files, the initrd, random numbers. */
#include <errno.h>

#include "efi/device_path.h"
#include "efi/protocol/image.h"
#include "efi/protocol/media.h"
#include "efi/protocol/misc.h"
#include "efi/protocol/tables.h"
#include "tests/efi/protocols/common.h"

static int broken;

static int read_file(const struct efi_file_source *file, uint64_t offset, void *to, uint64_t size)
{
	if (broken)
		return -EIO;
	if (offset > file->size || size > file->size - offset)
		abort();
	memcpy(to, (const char *)file->context + offset, size);
	return 0;
}

static int entropy(void *buffer, uint64_t size)
{
	memset(buffer, 0x5a, size);
	return broken ? -EIO : 0;
}

static char kernel[] = "the kernel";
static char initrd[] = "the initrd's bytes";
static const struct efi_file_source files[] = {
	{"kernel", sizeof(kernel) - 1, read_file, kernel},
	{"initrd", sizeof(initrd) - 1, read_file, initrd},
};
static const struct efi_devices devices = {.entropy = entropy,
					   .files = files,
					   .file_count = 2,
					   .initrd = &files[1]};

static struct efi_file_protocol *root;

static void start(void)
{
	struct efi_simple_file_system_protocol *volume;

	machine_start(4096);
	broken = 0;
	efi_devices_set(&devices);
	ok(!efi_table_start() && !efi_file_system_install() && !efi_initrd_install() &&
		   !efi_rng_install(),
	   "installed");
	volume = locate((struct efi_guid)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
	equal(volume->OpenVolume(NULL, &root), EFI_INVALID_PARAMETER, "no volume");
	equal(volume->OpenVolume(volume, NULL), EFI_INVALID_PARAMETER, "no root wanted");
	machine_fail_at(1);
	equal(volume->OpenVolume(volume, &root), EFI_OUT_OF_RESOURCES, "no memory");
	machine_fail_at(0);
	equal(volume->OpenVolume(volume, &root), EFI_SUCCESS, "the root");
}

static struct efi_file_protocol *opened(const CHAR16 *name)
{
	struct efi_file_protocol *file = NULL;

	equal(root->Open(root, &file, (CHAR16 *)(uintptr_t)name, EFI_FILE_MODE_READ, 0),
	      EFI_SUCCESS, narrow(name));
	return file;
}

static void test_open(void)
{
	struct efi_file_protocol *file;
	struct efi_file_protocol *again;
	const uint64_t write = EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE;

	start();
	equal(root->Open(NULL, &file, u"kernel", 1, 0), EFI_INVALID_PARAMETER, "This");
	equal(root->Open(root, NULL, u"kernel", 1, 0), EFI_INVALID_PARAMETER, "NewHandle");
	equal(root->Open(root, &file, NULL, 1, 0), EFI_INVALID_PARAMETER, "FileName");
	equal(root->Open(root, &file, u"kernel", 0, 0), EFI_INVALID_PARAMETER, "no mode");
	equal(root->Open(root, &file, u"kernel", 2, 0), EFI_INVALID_PARAMETER, "write alone");
	equal(root->Open(root, &file, u"kernel", write, 0), EFI_WRITE_PROTECTED, "write");
	equal(root->Open(root, &file, u"new", write, 0), EFI_NOT_FOUND, "write what is not there");
	equal(root->Open(root, &file, u"new", write | EFI_FILE_MODE_CREATE, 0), EFI_WRITE_PROTECTED,
	      "create");
	equal(root->Open(root, &file, u"new", write | EFI_FILE_MODE_CREATE, 0x40),
	      EFI_INVALID_PARAMETER, "create with strange attributes");
	equal(root->Open(root, &file, u"kernel\\x", 1, 0), EFI_NOT_FOUND, "below a file");
	equal(root->Open(root, &file, u"..\\kernel", 1, 0), EFI_NOT_FOUND, "above the root");
	machine_fail_at(1);
	equal(root->Open(root, &file, u"kernel", 1, 0), EFI_OUT_OF_RESOURCES, "no memory");
	machine_fail_at(0);
	file = opened(u"\\kernel");
	equal(file->Open(file, &again, u"\\INITRD", 1, 0), EFI_SUCCESS, "from a file, absolute");
	equal(again->Close(again), EFI_SUCCESS, "closed");
	equal(file->Open(file, &again, u"initrd", 1, 0), EFI_NOT_FOUND, "from a file, relative");
	equal(file->Close(file), EFI_SUCCESS, "closed");
	file = opened(u"\\");
	equal(file->Delete(file), EFI_WARN_DELETE_FAILURE, "nothing can be deleted");
	file = opened(u".\\.\\\\kernel");
	equal(file->Delete(file), EFI_WARN_DELETE_FAILURE, "nothing can be deleted");
}

static void test_read(void)
{
	struct efi_file_protocol *file;
	uint64_t position;
	uint64_t size = 4;
	char data[64];

	start();
	file = opened(u"kernel");
	equal(file->Read(NULL, &size, data), EFI_INVALID_PARAMETER, "This");
	equal(file->Read(file, NULL, data), EFI_INVALID_PARAMETER, "size");
	equal(file->Read(file, &size, NULL), EFI_INVALID_PARAMETER, "buffer");
	equal(file->Read(file, &size, data), EFI_SUCCESS, "four");
	ok(size == 4 && !memcmp(data, "the ", 4), "bytes");
	equal(file->GetPosition(file, &position), EFI_SUCCESS, "where");
	equal(position, 4, "behind them");
	equal(file->GetPosition(file, NULL), EFI_INVALID_PARAMETER, "where nowhere");
	size = sizeof(data);
	equal(file->Read(file, &size, data), EFI_SUCCESS, "the rest");
	equal(size, 6, "is six");
	equal(file->Read(file, &size, data), EFI_SUCCESS, "and at the end");
	equal(size, 0, "nothing");
	equal(file->SetPosition(file, 11), EFI_SUCCESS, "beyond the end");
	size = 1;
	equal(file->Read(file, &size, data), EFI_DEVICE_ERROR, "cannot be read");
	equal(file->SetPosition(file, UINT64_MAX), EFI_SUCCESS, "to the end");
	file->GetPosition(file, &position);
	equal(position, 10, "is the size");
	equal(file->SetPosition(NULL, 0), EFI_INVALID_PARAMETER, "of nothing");
	file->SetPosition(file, 0);
	broken = 1;
	size = 3;
	equal(file->Read(file, &size, data), EFI_DEVICE_ERROR, "a broken device");
	equal(size, 0, "gives nothing");
	broken = 0;
	equal(file->Write(file, &size, data), EFI_WRITE_PROTECTED, "write");
	equal(file->Write(file, NULL, data), EFI_INVALID_PARAMETER, "write no size");
	equal(root->Write(root, &size, data), EFI_UNSUPPORTED, "write to a directory");
	equal(file->Flush(file), EFI_ACCESS_DENIED, "flush");
	equal(file->Flush(NULL), EFI_INVALID_PARAMETER, "flush nothing");
	equal(root->GetPosition(root, &position), EFI_UNSUPPORTED, "where in a directory");
	equal(root->SetPosition(root, 1), EFI_UNSUPPORTED, "to somewhere in a directory");
	equal(root->SetPosition(root, 0), EFI_SUCCESS, "to its beginning");
}

static void test_info(void)
{
	struct efi_guid info = EFI_FILE_INFO_ID;
	struct efi_guid system = EFI_FILE_SYSTEM_INFO_ID;
	struct efi_guid label = EFI_FILE_SYSTEM_VOLUME_LABEL_ID;
	struct efi_guid none = {0};
	union {
		struct efi_file_info info;
		struct efi_file_system_info system;
		CHAR16 label[64];
		uint8_t bytes[200];
	} buffer;
	uint64_t size = 0;
	struct efi_file_protocol *file;

	start();
	equal(root->Read(root, &size, NULL), EFI_BUFFER_TOO_SMALL, "an entry's size");
	equal(size, 80 + 14, "is that");
	equal(root->Read(root, &size, &buffer), EFI_SUCCESS, "an entry");
	ok(buffer.info.FileSize == 10 && buffer.info.Attribute == EFI_FILE_READ_ONLY &&
		   !memcmp(buffer.info.FileName, u"kernel", 14),
	   "is the kernel");
	size = sizeof(buffer);
	equal(root->Read(root, &size, &buffer), EFI_SUCCESS, "another");
	size = sizeof(buffer);
	equal(root->Read(root, &size, &buffer), EFI_SUCCESS, "no more");
	equal(size, 0, "are there");
	size = 0;
	equal(root->GetInfo(root, &info, &size, NULL), EFI_BUFFER_TOO_SMALL, "the root's");
	equal(size, 82, "size");
	equal(root->GetInfo(root, &info, &size, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(root->GetInfo(root, &info, &size, &buffer), EFI_SUCCESS, "the root");
	equal(buffer.info.Attribute, EFI_FILE_READ_ONLY | EFI_FILE_DIRECTORY, "is a directory");
	equal(root->GetInfo(root, NULL, &size, &buffer), EFI_INVALID_PARAMETER, "no type");
	equal(root->GetInfo(root, &info, NULL, &buffer), EFI_INVALID_PARAMETER, "no size");
	equal(root->GetInfo(NULL, &info, &size, &buffer), EFI_INVALID_PARAMETER, "no file");
	equal(root->GetInfo(root, &none, &size, &buffer), EFI_UNSUPPORTED, "an unknown type");
	size = 0;
	equal(root->GetInfo(root, &system, &size, NULL), EFI_BUFFER_TOO_SMALL, "the volume's");
	equal(size, 36 + 10, "size");
	equal(root->GetInfo(root, &system, &size, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(root->GetInfo(root, &system, &size, &buffer), EFI_SUCCESS, "the volume");
	ok(buffer.system.ReadOnly && buffer.system.VolumeSize == 1024 && !buffer.system.FreeSpace &&
		   !memcmp(buffer.system.VolumeLabel, u"QEMU", 10),
	   "is read-only");
	size = 2;
	equal(root->GetInfo(root, &label, &size, &buffer), EFI_BUFFER_TOO_SMALL,
	      "its label's size");
	equal(root->GetInfo(root, &label, &size, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(root->GetInfo(root, &label, &size, &buffer), EFI_SUCCESS, "its label");
	file = opened(u"initrd");
	equal(file->SetInfo(file, &info, 1, &buffer), EFI_WRITE_PROTECTED, "set info");
	equal(file->SetInfo(file, &label, 1, &buffer), EFI_WRITE_PROTECTED, "set label");
	equal(file->SetInfo(file, &none, 1, &buffer), EFI_UNSUPPORTED, "set something");
	equal(file->SetInfo(file, NULL, 1, &buffer), EFI_INVALID_PARAMETER, "set nothing");
}

static void test_load(void)
{
	struct efi_guid load2 = EFI_LOAD_FILE2_PROTOCOL_GUID;
	struct {
		struct efi_dp_vendor vendor;
		struct efi_device_path_protocol end;
	} __attribute__((packed))
	path = {{{4, 3, {20, 0}}, LINUX_EFI_INITRD_MEDIA_GUID}, {0x7f, 0xff, {4, 0}}};
	struct {
		uint8_t header[4];
		CHAR16 name[8];
		uint8_t end[4];
	} __attribute__((packed)) file = {{4, 4, 20, 0}, u"\\kernel", {0x7f, 0xff, 4, 0}};
	struct efi_device_path_protocol *rest = (void *)&path;
	struct efi_load_file_protocol *loader;
	efi_handle handle;
	uint64_t size = 0;
	char data[64];

	start();
	equal(efi_locate_device_path(&load2, &rest, &handle), EFI_SUCCESS, "as Linux looks for it");
	loader = efi_handle_interface(handle, &load2);
	equal(loader->LoadFile(NULL, rest, 0, &size, NULL), EFI_INVALID_PARAMETER, "This");
	equal(loader->LoadFile(loader, NULL, 0, &size, NULL), EFI_INVALID_PARAMETER, "path");
	equal(loader->LoadFile(loader, rest, 0, NULL, NULL), EFI_INVALID_PARAMETER, "size");
	equal(loader->LoadFile(loader, rest, 1, &size, NULL), EFI_UNSUPPORTED, "boot policy");
	equal(loader->LoadFile(loader, (void *)&file, 0, &size, NULL), EFI_NOT_FOUND,
	      "a file in it");
	equal(loader->LoadFile(loader, rest, 0, &size, NULL), EFI_BUFFER_TOO_SMALL, "how large?");
	equal(size, sizeof(initrd) - 1, "so large");
	equal(loader->LoadFile(loader, rest, 0, &size, NULL), EFI_BUFFER_TOO_SMALL, "no buffer");
	equal(loader->LoadFile(loader, rest, 0, &size, data), EFI_SUCCESS, "loaded");
	ok(!memcmp(data, initrd, size), "it is");
	broken = 1;
	equal(loader->LoadFile(loader, rest, 0, &size, data), EFI_DEVICE_ERROR, "broken");
	broken = 0;
	equal(efi_initrd_offer(&files[0]), EFI_SUCCESS, "another one");
	equal(loader->LoadFile(loader, rest, 0, &size, data), EFI_SUCCESS, "loaded");
	ok(size == files[0].size && !memcmp(data, kernel, size), "it is");
	for (int i = 0; i < 2; i++) {
		struct efi_device_path_protocol *looked_for = (void *)&path;

		equal(efi_initrd_offer(NULL), EFI_SUCCESS, "none");
		equal(efi_locate_device_path(&load2, &looked_for, &handle), EFI_NOT_FOUND,
		      "Linux finds none");
		equal(loader->LoadFile(loader, rest, 0, &size, data), EFI_NOT_FOUND,
		      "nor who kept the interface");
		looked_for = (void *)&path;
		equal(efi_initrd_offer(&files[1]), EFI_SUCCESS, "again");
		equal(efi_locate_device_path(&load2, &looked_for, &handle), EFI_SUCCESS, "found");
	}
	loader = locate((struct efi_guid)EFI_LOAD_FILE_PROTOCOL_GUID);
	size = 0;
	equal(loader->LoadFile(NULL, (void *)&file, 0, &size, data), EFI_INVALID_PARAMETER, "This");
	equal(loader->LoadFile(loader, NULL, 0, &size, data), EFI_INVALID_PARAMETER, "path");
	equal(loader->LoadFile(loader, (void *)&file, 1, &size, data), EFI_UNSUPPORTED, "policy");
	equal(loader->LoadFile(loader, (void *)&file, 0, &size, data), EFI_BUFFER_TOO_SMALL,
	      "size");
	equal(loader->LoadFile(loader, (void *)&file, 0, &size, data), EFI_SUCCESS, "the kernel");
	ok(size == 10 && !memcmp(data, kernel, 10), "it is");
	equal(loader->LoadFile(loader, rest, 0, &size, data), EFI_NOT_FOUND, "no file's node");
	file.name[1] = 'x';
	equal(loader->LoadFile(loader, (void *)&file, 0, &size, data), EFI_NOT_FOUND, "no such");
	file.header[2] = 3;
	equal(loader->LoadFile(loader, (void *)&file, 0, &size, data), EFI_INVALID_PARAMETER,
	      "garbage");
}

static void test_rng(void)
{
	struct efi_rng_protocol *rng;
	struct efi_guid raw = EFI_RNG_ALGORITHM_RAW;
	struct efi_guid other = EFI_RNG_ALGORITHM_SP800_90_CTR_256_GUID;
	struct efi_guid list[2];
	uint64_t size = 0;
	uint8_t data[8];

	start();
	rng = locate((struct efi_guid)EFI_RNG_PROTOCOL_GUID);
	equal(rng->GetInfo(NULL, &size, list), EFI_INVALID_PARAMETER, "This");
	equal(rng->GetInfo(rng, NULL, list), EFI_INVALID_PARAMETER, "size");
	equal(rng->GetInfo(rng, &size, list), EFI_BUFFER_TOO_SMALL, "how many");
	equal(rng->GetInfo(rng, &size, NULL), EFI_INVALID_PARAMETER, "no list");
	equal(rng->GetInfo(rng, &size, list), EFI_SUCCESS, "one");
	ok(size == 16 && efi_guid_same(list, &raw), "raw");
	equal(rng->GetRNG(NULL, NULL, 8, data), EFI_INVALID_PARAMETER, "This");
	equal(rng->GetRNG(rng, NULL, 0, data), EFI_INVALID_PARAMETER, "no bytes");
	equal(rng->GetRNG(rng, NULL, 8, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(rng->GetRNG(rng, &other, 8, data), EFI_UNSUPPORTED, "another algorithm");
	equal(rng->GetRNG(rng, &raw, 8, data), EFI_SUCCESS, "raw");
	equal(rng->GetRNG(rng, NULL, 8, data), EFI_SUCCESS, "the default");
	equal(data[7], 0x5a, "is there");
	broken = 1;
	equal(rng->GetRNG(rng, NULL, 8, data), EFI_DEVICE_ERROR, "a device that fails");
	equal(data[7], 0, "and no bytes");
}

static void test_absent(void)
{
	static const struct efi_devices none;

	machine_start(4096);
	efi_devices_set(&none);
	ok(!efi_table_start() && !efi_file_system_install() && !efi_initrd_install() &&
		   !efi_rng_install(),
	   "nothing there");
	ok(!locate((struct efi_guid)EFI_RNG_PROTOCOL_GUID) &&
		   !locate((struct efi_guid)EFI_LOAD_FILE2_PROTOCOL_GUID) &&
		   !locate((struct efi_guid)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID),
	   "no protocol");
}

int main(void)
{
	test_open();
	test_read();
	test_info();
	test_load();
	test_rng();
	test_absent();
	return tap_done();
}
