/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* LoadImage from a device path: through a file system, LoadFile2 and LoadFile; see efi/image_source.h. */
#include <string.h>

#include "efi/api.h"
#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/image.h"
#include "efi/pool.h"
#include "efi/protocol/image.h"
#include "efi/protocol/media.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/efi/pe_make.h"
#include "tests/tap.h"

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static const struct efi_guid load_file_guid = EFI_LOAD_FILE_PROTOCOL_GUID;
static const struct efi_guid load_file2_guid = EFI_LOAD_FILE2_PROTOCOL_GUID;
static const struct efi_setup setup;
static uint8_t file[PE_MAKE_SIZE];
static const char *used; /* who gave the file */
static uint64_t open_files;
static efi_status device_status;

/* ---- a file system with one file, \EFI\app.efi, and a folder \EFI ---- */

static uint16_t *asked;
static uint16_t asked_name[64];

static efi_status EFIAPI served_open(struct efi_file_protocol *this, struct efi_file_protocol **new,
				     CHAR16 *name, uint64_t mode, uint64_t attributes);

static efi_status EFIAPI served_close(struct efi_file_protocol *this)
{
	(void)this;
	open_files--;
	return EFI_SUCCESS;
}

static efi_status EFIAPI served_read(struct efi_file_protocol *this, uint64_t *size, void *buffer)
{
	(void)this;
	if (device_status)
		return device_status;
	*size = *size < sizeof(file) ? *size : sizeof(file);
	memcpy(buffer, file, *size);
	used = "fs";
	return EFI_SUCCESS;
}

static bool is_folder;

static efi_status EFIAPI served_info(struct efi_file_protocol *this, struct efi_guid *type,
				     uint64_t *size, void *buffer)
{
	struct efi_file_info *info = buffer;
	struct efi_guid wanted = EFI_FILE_INFO_ID;

	(void)this;
	if (!efi_guid_same(type, &wanted) || *size < sizeof(*info) + 2)
		return EFI_UNSUPPORTED;
	memset(info, 0, sizeof(*info));
	info->FileSize = sizeof(file);
	info->Attribute = is_folder ? EFI_FILE_DIRECTORY : 0;
	return EFI_SUCCESS;
}

static struct efi_file_protocol fs_file = {
	.Open = served_open,
	.Close = served_close,
	.Read = served_read,
	.GetInfo = served_info,
};

static efi_status EFIAPI served_open(struct efi_file_protocol *this, struct efi_file_protocol **new,
				     CHAR16 *name, uint64_t mode, uint64_t attributes)
{
	uint64_t i;

	(void)this;
	(void)attributes;
	if (mode != EFI_FILE_MODE_READ)
		return EFI_WRITE_PROTECTED;
	for (i = 0; name[i] && i < 63; i++)
		asked_name[i] = name[i];
	asked_name[i] = 0;
	asked = asked_name;
	if (memcmp(asked, u"\\EFI\\app.efi", 26))
		return EFI_NOT_FOUND;
	open_files++;
	*new = &fs_file;
	return EFI_SUCCESS;
}

static efi_status EFIAPI served_volume(struct efi_simple_file_system_protocol *this,
				       struct efi_file_protocol **root)
{
	(void)this;
	open_files++;
	*root = &fs_file;
	return EFI_SUCCESS;
}

static struct efi_simple_file_system_protocol fs = {EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION,
						    served_volume};

/* ---- LoadFile ---- */

static efi_status EFIAPI give_file(struct efi_load_file_protocol *this,
				   struct efi_device_path_protocol *path, BOOLEAN policy,
				   uint64_t *size, void *buffer);

static struct efi_load_file_protocol load_file = {give_file};
static struct efi_load_file_protocol load_file2 = {give_file};

static efi_status EFIAPI give_file(struct efi_load_file_protocol *this,
				   struct efi_device_path_protocol *path, BOOLEAN policy,
				   uint64_t *size, void *buffer)
{
	(void)path;
	if (this == &load_file2 && policy)
		return EFI_UNSUPPORTED;
	if (!buffer || *size < sizeof(file)) {
		*size = sizeof(file);
		return EFI_BUFFER_TOO_SMALL;
	}
	if (device_status)
		return device_status;
	memcpy(buffer, file, sizeof(file));
	*size = sizeof(file);
	used = this == &load_file2 ? "load file 2" : "load file";
	return EFI_SUCCESS;
}

/* ---- paths ---- */

#define END                                                           \
	{                                                             \
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, \
		{                                                     \
			4, 0                                          \
		}                                                     \
	}

static struct {
	struct efi_dp_controller device;
	struct {
		struct efi_device_path_protocol header;
		CHAR16 name[5];
	} __attribute__((packed)) folder;
	struct {
		struct efi_device_path_protocol header;
		CHAR16 name[8];
	} __attribute__((packed)) name;
	struct efi_device_path_protocol end;
} __attribute__((packed)) path = {
	{{HARDWARE_DEVICE_PATH, HW_CONTROLLER_DP, {8, 0}}, 1},
	{{MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {14, 0}}, u"\\EFI"},
	{{MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {20, 0}}, u"app.efi"},
	END,
};

static struct {
	struct efi_dp_controller device;
	struct efi_device_path_protocol end;
} __attribute__((packed))
device_path = {{{HARDWARE_DEVICE_PATH, HW_CONTROLLER_DP, {8, 0}}, 1}, END};

static efi_status load(BOOLEAN policy, efi_handle *image)
{
	used = "";
	return efi_load_image(policy, efi_firmware_handle(), (void *)&path, NULL, 0, image);
}

static efi_handle device;

static void start(void)
{
	machine_start(4096);
	efi_init(&setup);
	pe_make(file, NULL);
	device = NULL;
	device_status = 0;
	is_folder = false;
	efi_install_protocol_interface(&device, &path_guid, 0, &device_path);
}

static void used_is(const char *wanted, const char *name)
{
	if (!ok(!strcmp(used, wanted), name))
		printf("#   is %s\n", used);
}

static void test_order(void)
{
	efi_handle image = NULL;

	start();
	equal(load(0, &image), EFI_NOT_FOUND, "nothing gives a file");
	efi_install_protocol_interface(&device, &load_file_guid, 0, &load_file);
	equal(load(0, &image), EFI_SUCCESS, "LoadFile alone");
	used_is("load file", "is used");
	equal(efi_image_loaded(image)->DeviceHandle, device, "the device is known");
	ok(efi_image_loaded(image)->FilePath->Type == MEDIA_DEVICE_PATH,
	   "and what is left of the path");
	efi_unload_image(image);
	efi_install_protocol_interface(&device, &load_file2_guid, 0, &load_file2);
	equal(load(0, &image), EFI_SUCCESS, "LoadFile2 too");
	used_is("load file 2", "goes first");
	efi_unload_image(image);
	equal(load(1, &image), EFI_SUCCESS, "but not for the boot manager");
	used_is("load file", "to which it is closed");
	efi_unload_image(image);
	efi_install_protocol_interface(&device, &fs_guid, 0, &fs);
	equal(load(0, &image), EFI_SUCCESS, "a file system");
	used_is("fs", "goes before all");
	ok(!memcmp(asked, u"\\EFI\\app.efi", 26), "with the joined name");
	equal(open_files, 0, "and all files are closed");
	efi_unload_image(image);
	device_status = EFI_DEVICE_ERROR;
	equal(load(0, &image), EFI_DEVICE_ERROR, "a device's error is passed on");
	device_status = 0;
	efi_uninstall_multiple_protocol_interfaces(device, &load_file_guid, &load_file,
						   &load_file2_guid, &load_file2, NULL);
	is_folder = true;
	equal(load(0, &image), EFI_NOT_FOUND, "a folder is no file");
	is_folder = false;
	path.name.name[0] = u'b';
	equal(load(0, &image), EFI_NOT_FOUND, "another name");
	path.name.name[0] = u'a';
	equal(open_files, 0, "all files are closed");
}

static void test_failures(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_handle image = NULL;
	efi_status status;

	for (int who = 0; who < 2; who++) {
		for (uint64_t n = 1; n < 40; n++) {
			start();
			if (who)
				efi_install_protocol_interface(&device, &fs_guid, 0, &fs);
			else
				efi_install_protocol_interface(&device, &load_file_guid, 0,
							       &load_file);
			before = machine_snapshot();
			machine_fail_at(n);
			status = load(0, &image);
			if (!status)
				break;
			machine_fail_at(0);
			after = machine_snapshot();
			if (status != EFI_OUT_OF_RESOURCES || !snapshot_same(&before, &after) ||
			    open_files)
				ok(0, "a failure leaves something");
		}
		equal(status, EFI_SUCCESS, "every allocation failed in its turn");
		efi_unload_image(image);
	}
}

int main(void)
{
	test_order();
	test_failures();
	return tap_done();
}
