/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c efi/protocols/rng.c efi/protocols/devices.c */
/* EFI_RNG_PROTOCOL over a processor, over a device that is looked for when somebody asks, and over nothing. */
#include <errno.h>

#include "drivers/device.h"
#include "efi/device_path.h"
#include "efi/protocol/device_path.h"
#include "efi/protocol/misc.h"
#include "tests/efi/protocols/common.h"

static const struct efi_guid rng_guid = EFI_RNG_PROTOCOL_GUID;
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid other_guid = EFI_DECOMPRESS_PROTOCOL_GUID;
static struct efi_device_path_protocol end = {END_DEVICE_PATH_TYPE,
					      END_ENTIRE_DEVICE_PATH_SUBTYPE,
					      {4, 0}};
static const struct device device = {.name = "virtio-rng0"};
static struct efi_devices devices;
static int looked, error;
static bool there;

static int entropy(void *buffer, uint64_t size)
{
	memset(buffer, 0x5a, size);
	return error;
}

static void look(void)
{
	looked++;
	devices.entropy_look = NULL;
	if (!there)
		return;
	devices.entropy = entropy;
	devices.entropy_path = &end;
	devices.entropy_device = &device;
}

static void begin(struct efi_devices given)
{
	machine_start(4096);
	looked = 0;
	error = 0;
	devices = given;
	efi_devices_set(&devices);
	equal(efi_rng_install(), EFI_SUCCESS, "installed");
}

static void test_processor(void)
{
	struct efi_rng_protocol *rng;
	uint8_t bytes[8];

	begin((struct efi_devices){.entropy = entropy});
	rng = locate(rng_guid);
	ok(rng != NULL, "the processor's is there from the start");
	ok(!locate(path_guid), "and is no device");
	if (!rng)
		return;
	equal(rng->GetRNG(rng, NULL, sizeof(bytes), bytes), EFI_SUCCESS, "random bytes");
	equal(bytes[7], 0x5a, "they are the source's");
	error = -ENODEV;
	equal(rng->GetRNG(rng, NULL, sizeof(bytes), bytes), EFI_NOT_READY,
	      "a processor that has none now");
	equal(bytes[0] | bytes[7], 0, "gives none");
	error = -EIO;
	memset(bytes, 1, sizeof(bytes));
	equal(rng->GetRNG(rng, NULL, sizeof(bytes), bytes), EFI_DEVICE_ERROR,
	      "a device that failed");
	equal(bytes[0] | bytes[7], 0, "gives none");
}

static void test_device(void)
{
	efi_handle handle;

	there = true;
	begin((struct efi_devices){.entropy_look = look});
	efi_rng_asked_for(&other_guid);
	equal(looked, 0, "a device is not looked for when somebody asks for something else");
	efi_rng_asked_for(&rng_guid);
	efi_rng_asked_for(&rng_guid);
	equal(looked, 1, "but once when he asks for this");
	ok(locate(rng_guid) != NULL, "and is found");
	handle = efi_handle_of_device("virtio-rng0", NULL);
	ok(efi_handle_interface(handle, &rng_guid) == locate(rng_guid),
	   "its name leads to the handle");
	ok(efi_handle_device(handle) == &device, "and the handle to the device");
	ok(efi_handle_interface(handle, &path_guid) == &end, "it has a device path");
}

static void test_none(void)
{
	there = false;
	begin((struct efi_devices){.entropy_look = look});
	efi_rng_asked_for(&rng_guid);
	efi_rng_asked_for(&rng_guid);
	equal(looked, 1, "a device that is not there is looked for once");
	ok(!locate(rng_guid), "there is no protocol");
}

int main(void)
{
	test_processor();
	test_device();
	test_none();
	return tap_done();
}
