/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* The handle database: installing, and devices; see efi/handle.h. The rest is in open_test.c, locate_test.c, driver_test.c. */
#include "drivers/device.h"
#include "tests/efi/handles.h"

static void test_install(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_handle handle = NULL;
	efi_handle bad = garbage;
	void *pointer;

	machine_start(4096);
	before = machine_snapshot();
	equal(efi_install_protocol_interface(NULL, &guid_a, 0, NULL), EFI_INVALID_PARAMETER,
	      "no Handle");
	equal(efi_install_protocol_interface(&handle, NULL, 0, NULL), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_install_protocol_interface(&handle, &guid_a, 1, NULL), EFI_INVALID_PARAMETER,
	      "not native");
	equal(efi_install_protocol_interface(&bad, &guid_a, 0, NULL), EFI_INVALID_PARAMETER,
	      "garbage");
	equal(efi_install_protocol_interface(&handle, &guid_a, 0, &face[0]), EFI_SUCCESS,
	      "a new handle");
	ok(handle != NULL, "is there");
	equal(efi_install_protocol_interface(&handle, &guid_a, 0, &face[1]), EFI_INVALID_PARAMETER,
	      "twice");
	equal(efi_install_protocol_interface(&handle, &guid_b, 0, NULL), EFI_SUCCESS,
	      "a second, without interface");
	equal(efi_handle_protocol(handle, &guid_a, &pointer), EFI_SUCCESS, "HandleProtocol");
	equal(pointer, &face[0], "gives it");
	equal(efi_handle_protocol(handle, &guid_b, &pointer), EFI_SUCCESS,
	      "HandleProtocol of NULL");
	equal(pointer, NULL, "gives that");
	equal(efi_handle_protocol(handle, &guid_c, &pointer), EFI_UNSUPPORTED,
	      "one that is not there");
	equal(efi_handle_protocol(handle, NULL, &pointer), EFI_INVALID_PARAMETER, "no Protocol");
	equal(efi_handle_protocol(handle, &guid_a, NULL), EFI_INVALID_PARAMETER, "no Interface");
	equal(efi_handle_protocol(garbage, &guid_a, &pointer), EFI_INVALID_PARAMETER, "garbage");
	equal(efi_handle_protocol(NULL, &guid_a, &pointer), EFI_INVALID_PARAMETER, "no handle");

	equal(efi_uninstall_protocol_interface(garbage, &guid_a, &face[0]), EFI_INVALID_PARAMETER,
	      "garbage");
	equal(efi_uninstall_protocol_interface(handle, NULL, &face[0]), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_uninstall_protocol_interface(handle, &guid_a, &face[1]), EFI_NOT_FOUND,
	      "another interface");
	equal(efi_uninstall_protocol_interface(handle, &guid_c, NULL), EFI_NOT_FOUND,
	      "another protocol");
	equal(efi_reinstall_protocol_interface(garbage, &guid_a, &face[0], &face[1]),
	      EFI_INVALID_PARAMETER, "garbage");
	equal(efi_reinstall_protocol_interface(handle, NULL, &face[0], &face[1]),
	      EFI_INVALID_PARAMETER, "no Protocol");
	equal(efi_reinstall_protocol_interface(handle, &guid_a, &face[1], &face[1]), EFI_NOT_FOUND,
	      "another");
	equal(efi_reinstall_protocol_interface(handle, &guid_a, &face[0], &face[1]), EFI_SUCCESS,
	      "exchanged");
	efi_handle_protocol(handle, &guid_a, &pointer);
	equal(pointer, &face[1], "is the new one");
	equal(efi_uninstall_protocol_interface(handle, &guid_a, &face[1]), EFI_SUCCESS, "one goes");
	ok(efi_handle_is(handle), "the handle stays");
	equal(efi_uninstall_protocol_interface(handle, &guid_b, NULL), EFI_SUCCESS,
	      "the other too");
	ok(!efi_handle_is(handle), "and the handle with it");
	equal(efi_handle_protocol(handle, &guid_a, &pointer), EFI_INVALID_PARAMETER,
	      "it is none any more");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_multiple(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_handle handle = NULL;
	efi_handle other = NULL;

	machine_start(4096);
	make_paths(2);
	before = machine_snapshot();
	equal(efi_install_multiple_protocol_interfaces(NULL, &guid_a, NULL, NULL),
	      EFI_INVALID_PARAMETER, "no Handle");
	equal(efi_install_multiple_protocol_interfaces(&handle, &guid_a, &face[0], &guid_b,
						       &face[1], &guid_a, &face[2], NULL),
	      EFI_INVALID_PARAMETER, "one twice");
	equal(handle, NULL, "no handle came");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is rolled back");
	equal(efi_install_multiple_protocol_interfaces(&handle, &guid_a, &face[0], &path_guid,
						       &path, &guid_b, &face[1], NULL),
	      EFI_SUCCESS, "three");
	equal(efi_install_multiple_protocol_interfaces(&other, &guid_a, &face[0], &path_guid, &path,
						       NULL),
	      EFI_ALREADY_STARTED, "a device path that is taken");
	equal(other, NULL, "no handle came");
	equal(efi_uninstall_multiple_protocol_interfaces(handle, &guid_a, &face[0], &guid_c, NULL,
							 NULL),
	      EFI_INVALID_PARAMETER, "one that is not there");
	ok(efi_handle_interface(handle, &guid_a) == &face[0], "the first is still there");
	equal(efi_uninstall_multiple_protocol_interfaces(garbage, &guid_a, &face[0], NULL),
	      EFI_INVALID_PARAMETER, "garbage");
	equal(efi_uninstall_multiple_protocol_interfaces(handle, &guid_a, &face[0], &guid_b,
							 &face[1], &path_guid, &path, NULL),
	      EFI_SUCCESS, "all");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "nothing is left");
}

/* Each allocation of an operation fails in its turn: the state is as before. */
static void test_out_of_memory(void)
{
	uint64_t failures = 0;
	efi_status status = EFI_OUT_OF_RESOURCES;

	for (uint64_t n = 1; status; n++) {
		struct snapshot before;
		struct snapshot after;
		efi_handle handle = NULL;

		machine_start(4096);
		make(&guid_c, NULL);
		before = machine_snapshot();
		machine_fail_at(n);
		status = efi_install_multiple_protocol_interfaces(&handle, &guid_a, &face[0],
								  &guid_b, &face[1], NULL);
		machine_fail_at(0);
		if (!status)
			break;
		failures++;
		equal(status, EFI_OUT_OF_RESOURCES, "says so");
		after = machine_snapshot();
		ok(snapshot_same(&before, &after), "and is as before");
	}
	equal(failures, 5, "two interfaces, two protocols, one handle");
}

/* A handle leads to its device, and the tag of the device's memory to its handles. */
static void test_devices(void)
{
	static const struct device disk = {.name = "virtio-blk0"}, other = {.name = "virtio-blk1"};
	efi_handle handles[4] = {NULL};

	machine_start(4096);
	for (int i = 0; i < 4; i++)
		efi_install_protocol_interface(&handles[i], &guid_a, EFI_NATIVE_INTERFACE, NULL);
	ok(!efi_handle_of_device("virtio-blk0", NULL), "no handle is of a device");
	efi_handle_set_device(handles[0], &disk);
	efi_handle_set_device(handles[1], &other);
	efi_handle_set_device(handles[3], &disk);
	ok(efi_handle_device(handles[3]) == &disk, "the device of a handle");
	ok(efi_handle_device(handles[1]) == &other, "of another");
	ok(!efi_handle_device(handles[2]), "none");
	ok(!efi_handle_device((efi_handle)&disk), "of what is no handle");
	ok(efi_handle_of_device("virtio-blk0", NULL) == handles[0], "the first handle of a device");
	ok(efi_handle_of_device("virtio-blk0", handles[0]) == handles[3], "the next");
	ok(!efi_handle_of_device("virtio-blk0", handles[3]), "there are no more");
	equal(efi_handle_number(handles[2]) - efi_handle_number(handles[0]), 2,
	      "handles are numbered as they were made");
	ok(efi_handle_of_device("virtio-blk1", NULL) == handles[1], "those of another device");
	ok(!efi_handle_of_device("virtio-blk", NULL), "a beginning of a name is none");
	efi_uninstall_protocol_interface(handles[0], &guid_a, NULL);
	ok(efi_handle_of_device("virtio-blk0", NULL) == handles[3],
	   "a handle that is gone is not found");
}

int main(void)
{
	test_install();
	test_multiple();
	test_out_of_memory();
	test_devices();
	return tap_done();
}
