/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* Searches of the handle database, and notifications of what is installed; see efi/handle.h. */
#include "efi/event.h"
#include "efi/pool.h"
#include "tests/efi/handles.h"

/* Two handles with one protocol, and one with another between them. */
static void make_three(efi_handle h[3])
{
	for (int i = 0; i < 3; i++)
		h[i] = make(i == 1 ? &guid_b : &guid_a, &face[i]);
}

static void test_handles(void)
{
	efi_handle h[3];
	efi_handle list[4];
	uint64_t size = 0;

	machine_start(4096);
	equal(efi_locate_handle(AllHandles, NULL, NULL, &size, list), EFI_NOT_FOUND,
	      "an empty database");
	make_three(h);
	equal(efi_locate_handle(ByProtocol, NULL, NULL, &size, list), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_locate_handle(ByRegisterNotify, NULL, NULL, &size, list), EFI_INVALID_PARAMETER,
	      "no SearchKey");
	equal(efi_locate_handle(ByRegisterNotify, NULL, garbage, &size, list),
	      EFI_INVALID_PARAMETER, "garbage");
	equal(efi_locate_handle(3, &guid_a, NULL, &size, list), EFI_INVALID_PARAMETER,
	      "unknown type");
	equal(efi_locate_handle(AllHandles, NULL, NULL, NULL, list), EFI_INVALID_PARAMETER,
	      "no size");
	equal(efi_locate_handle(AllHandles, NULL, NULL, &size, NULL), EFI_BUFFER_TOO_SMALL,
	      "size 0");
	equal(size, 24, "three handles");
	equal(efi_locate_handle(AllHandles, NULL, NULL, &size, NULL), EFI_INVALID_PARAMETER,
	      "no buffer");
	equal(efi_locate_handle(AllHandles, NULL, NULL, &size, list), EFI_SUCCESS, "all");
	ok(!memcmp(list, h, 24), "in order");
	size = 8;
	equal(efi_locate_handle(ByProtocol, &guid_a, NULL, &size, list), EFI_BUFFER_TOO_SMALL,
	      "two of a protocol");
	equal(size, 16, "need 16 bytes");
	equal(efi_locate_handle(ByProtocol, &guid_a, NULL, &size, list), EFI_SUCCESS, "given");
	ok(list[0] == h[0] && list[1] == h[2], "in order");
	equal(efi_locate_handle(ByProtocol, &guid_c, NULL, &size, list), EFI_NOT_FOUND,
	      "none of another");
}

static void test_buffer(void)
{
	efi_handle h[3];
	efi_handle *buffer;
	uint64_t count;

	machine_start(4096);
	make_three(h);
	equal(efi_locate_handle_buffer(ByProtocol, &guid_a, NULL, NULL, &buffer),
	      EFI_INVALID_PARAMETER, "no count");
	equal(efi_locate_handle_buffer(ByProtocol, &guid_a, NULL, &count, NULL),
	      EFI_INVALID_PARAMETER, "no buffer");
	equal(efi_locate_handle_buffer(ByProtocol, NULL, NULL, &count, &buffer),
	      EFI_INVALID_PARAMETER, "no Protocol");
	equal(efi_locate_handle_buffer(ByProtocol, &guid_c, NULL, &count, &buffer), EFI_NOT_FOUND,
	      "none");
	equal(efi_locate_handle_buffer(ByProtocol, &guid_a, NULL, &count, &buffer), EFI_SUCCESS,
	      "two");
	ok(count == 2 && buffer[0] == h[0] && buffer[1] == h[2], "in order");
	efi_free_pool(buffer);
	machine_fail_at(1);
	equal(efi_locate_handle_buffer(AllHandles, NULL, NULL, &count, &buffer),
	      EFI_OUT_OF_RESOURCES, "no memory");
	machine_fail_at(0);
}

static void test_protocols(void)
{
	struct efi_guid **guids;
	efi_handle h[3];
	uint64_t count;
	void *p;

	machine_start(4096);
	equal(efi_locate_protocol(&guid_a, NULL, &p), EFI_NOT_FOUND, "no protocol");
	make_three(h);
	equal(efi_locate_protocol(&guid_a, NULL, &p), EFI_SUCCESS, "a protocol");
	equal(p, &face[0], "the first");
	equal(efi_locate_protocol(&guid_a, NULL, NULL), EFI_INVALID_PARAMETER, "no Interface");
	equal(efi_locate_protocol(NULL, NULL, &p), EFI_INVALID_PARAMETER, "no Protocol");
	equal(efi_locate_protocol(&guid_a, garbage, &p), EFI_INVALID_PARAMETER, "garbage");
	equal(efi_protocols_per_handle(garbage, &guids, &count), EFI_INVALID_PARAMETER,
	      "per handle: garbage");
	equal(efi_protocols_per_handle(h[0], NULL, &count), EFI_INVALID_PARAMETER,
	      "per handle: nowhere");
	equal(efi_protocols_per_handle(h[0], &guids, NULL), EFI_INVALID_PARAMETER,
	      "per handle: no count");
	efi_install_protocol_interface(&h[0], &guid_c, 0, NULL);
	equal(efi_protocols_per_handle(h[0], &guids, &count), EFI_SUCCESS, "per handle");
	ok(count == 2 && efi_guid_same(guids[0], &guid_a) && efi_guid_same(guids[1], &guid_c),
	   "both");
	efi_free_pool(guids);
}

static int told;

static void EFIAPI tell(efi_event event, void *context)
{
	(void)event;
	(void)context;
	told++;
}

static void test_notify(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_event event;
	efi_handle old;
	efi_handle a;
	efi_handle b;
	efi_handle found;
	void *key;
	void *p;
	uint64_t size = 8;

	machine_start(4096);
	old = make(&guid_a, &face[0]);
	before = machine_snapshot();
	efi_create_event(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, tell, NULL, &event);
	equal(efi_register_protocol_notify(NULL, event, &key), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_register_protocol_notify(&guid_a, NULL, &key), EFI_INVALID_PARAMETER, "no event");
	equal(efi_register_protocol_notify(&guid_a, garbage, &key), EFI_INVALID_PARAMETER,
	      "garbage");
	equal(efi_register_protocol_notify(&guid_a, event, NULL), EFI_INVALID_PARAMETER, "no key");
	equal(efi_register_protocol_notify(&guid_a, event, &key), EFI_SUCCESS, "registered");
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_NOT_FOUND,
	      "what was there is not new");
	a = make(&guid_a, &face[1]);
	b = make(&guid_a, &face[2]);
	equal(told, 2, "told twice");
	size = 0;
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_BUFFER_TOO_SMALL,
	      "no room");
	equal(size, 8, "for one");
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_SUCCESS,
	      "the first");
	equal(found, a, "is a");
	equal(efi_locate_protocol(&guid_a, key, &p), EFI_SUCCESS, "the second");
	equal(p, &face[2], "is b");
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_NOT_FOUND,
	      "no more");
	efi_reinstall_protocol_interface(old, &guid_a, &face[0], &face[0]);
	equal(told, 3, "told of a reinstallation");
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_SUCCESS,
	      "it is new again");
	equal(found, old, "that one");
	efi_uninstall_protocol_interface(a, &guid_a, &face[1]);
	efi_uninstall_protocol_interface(b, &guid_a, &face[2]);
	efi_close_event(event);
	equal(efi_locate_handle(ByRegisterNotify, NULL, key, &size, &found), EFI_INVALID_PARAMETER,
	      "the registration went with its event");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_device_path(void)
{
	struct efi_device_path_protocol *rest;
	efi_handle shallow = NULL;
	efi_handle deep = NULL;
	efi_handle found;
	static struct {
		struct efi_dp_controller node[1];
		struct efi_device_path_protocol end;
	} __attribute__((packed)) shorter;

	machine_start(4096);
	make_paths(2);
	memcpy(&shorter.node[0], &longer.node[0], 8);
	shorter.end = longer.end;
	efi_install_multiple_protocol_interfaces(&shallow, &guid_a, NULL, &path_guid, &shorter,
						 NULL);
	efi_install_multiple_protocol_interfaces(&deep, &guid_a, NULL, &path_guid, &path, NULL);
	rest = (void *)&longer;
	equal(efi_locate_device_path(NULL, &rest, &found), EFI_INVALID_PARAMETER, "no Protocol");
	equal(efi_locate_device_path(&guid_a, NULL, &found), EFI_INVALID_PARAMETER, "no path");
	equal(efi_locate_device_path(&guid_a, &rest, NULL), EFI_INVALID_PARAMETER, "no Device");
	equal(efi_locate_device_path(&guid_b, &rest, &found), EFI_NOT_FOUND, "no such protocol");
	equal(rest, &longer, "the path is untouched");
	equal(efi_locate_device_path(&guid_a, &rest, &found), EFI_SUCCESS, "found");
	equal(found, deep, "the longest");
	equal(rest, &longer.node[2], "and what is left");
	rest = (void *)&longer.node[1];
	equal(efi_locate_device_path(&guid_a, &rest, &found), EFI_NOT_FOUND, "another path");
	rest = (void *)&shorter;
	equal(efi_locate_device_path(&guid_a, &rest, &found), EFI_SUCCESS, "an exact one");
	ok(found == shallow && rest == &shorter.end, "leaves the end");
	longer.node[1].Header.Length[0] = 3;
	rest = (void *)&longer.node[1];
	equal(efi_locate_device_path(&guid_a, &rest, &found), EFI_NOT_FOUND, "a malformed path");
}

int main(void)
{
	test_handles();
	test_buffer();
	test_protocols();
	test_notify();
	test_device_path();
	return tap_done();
}
