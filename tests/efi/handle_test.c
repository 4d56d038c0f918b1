/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* The handle database: install, open, locate, notify; see efi/handle.h. Drivers are in driver_test.c. */
#include <string.h>

#include "drivers/device.h"
#include "efi/event.h"
#include "efi/handle.h"
#include "efi/object.h"
#include "efi/pool.h"
#include "efi/protocol/device_path.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

static const struct efi_guid guid_a =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0a);
static const struct efi_guid guid_b =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0b);
static const struct efi_guid guid_c =
	EFI_GUID(cccccccc, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0c);
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static int face[8];
static char garbage[64];

static efi_handle make(const struct efi_guid *guid, void *pointer)
{
	efi_handle handle = NULL;

	if (efi_install_protocol_interface(&handle, guid, EFI_NATIVE_INTERFACE, pointer))
		ok(0, "a handle");
	return handle;
}

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

static struct {
	struct efi_dp_controller node[3];
	struct efi_device_path_protocol end;
} __attribute__((packed)) path, longer;

static void make_paths(int nodes)
{
	for (int i = 0; i < 3; i++)
		longer.node[i] = (struct efi_dp_controller){
			{HARDWARE_DEVICE_PATH, HW_CONTROLLER_DP, {8, 0}}, (uint32_t)i};
	longer.end = (struct efi_device_path_protocol){
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {4, 0}};
	path = longer;
	memcpy(&path.node[nodes], &longer.end, sizeof(longer.end));
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

static uint64_t entries_of(efi_handle handle, const struct efi_guid *guid,
			   struct efi_open_protocol_information_entry *first)
{
	struct efi_open_protocol_information_entry *entry;
	uint64_t count = 99;

	if (efi_open_protocol_information(handle, guid, &entry, &count))
		return 99;
	if (count && first)
		*first = *entry;
	efi_free_pool(entry);
	return count;
}

static void test_open(void)
{
	struct efi_open_protocol_information_entry entry;
	struct efi_open_protocol_information_entry *list;
	struct snapshot before;
	struct snapshot after;
	efi_handle handle;
	efi_handle agent;
	efi_handle other;
	efi_handle child;
	void *p;
	uint64_t count;
	const uint32_t by_driver = EFI_OPEN_PROTOCOL_BY_DRIVER;
	const uint32_t exclusive = EFI_OPEN_PROTOCOL_EXCLUSIVE;

	machine_start(4096);
	handle = make(&guid_a, &face[0]);
	agent = make(&guid_b, &face[1]);
	other = make(&guid_b, &face[2]);
	child = make(&guid_c, &face[3]);
	before = machine_snapshot();
	for (uint32_t attributes = 0; attributes < 0x80; attributes++) {
		int is_known = attributes == 1 || attributes == 2 || attributes == 4 ||
			       attributes == 8 || attributes == 16 || attributes == 32 ||
			       attributes == 48;
		efi_status status =
			efi_open_protocol(handle, &guid_c, &p, agent, child, attributes);

		if (status != (is_known ? EFI_UNSUPPORTED : EFI_INVALID_PARAMETER))
			ok(0, "attributes");
	}
	equal(efi_open_protocol(handle, NULL, &p, agent, child, 2), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_open_protocol(handle, &guid_a, NULL, agent, child, 2), EFI_INVALID_PARAMETER,
	      "no Interface");
	equal(efi_open_protocol(garbage, &guid_a, &p, agent, child, 2), EFI_INVALID_PARAMETER,
	      "garbage");
	equal(efi_open_protocol(handle, &guid_a, &p, garbage, child, 8), EFI_INVALID_PARAMETER,
	      "child: agent");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 8), EFI_INVALID_PARAMETER,
	      "child: controller");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, handle, 8), EFI_INVALID_PARAMETER,
	      "child: itself");
	equal(efi_open_protocol(handle, &guid_a, &p, NULL, handle, 16), EFI_INVALID_PARAMETER,
	      "driver: agent");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 16), EFI_INVALID_PARAMETER,
	      "driver: controller");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 48), EFI_INVALID_PARAMETER,
	      "both: controller");
	equal(efi_open_protocol(handle, &guid_a, &p, NULL, NULL, 32), EFI_INVALID_PARAMETER,
	      "exclusive: agent");
	p = garbage;
	equal(efi_open_protocol(handle, &guid_c, &p, NULL, NULL, 2), EFI_UNSUPPORTED, "not there");
	equal(p, NULL, "gives NULL");
	equal(efi_open_protocol(handle, &guid_a, NULL, agent, NULL, 4), EFI_SUCCESS,
	      "a test needs no Interface");
	equal(efi_close_protocol(handle, &guid_a, agent, NULL), EFI_SUCCESS, "closed");
	equal(efi_open_protocol(handle, &guid_a, &p, NULL, NULL, 2), EFI_SUCCESS, "for nobody");
	equal(p, &face[0], "the interface");
	equal(entries_of(handle, &guid_a, NULL), 0, "is not recorded");

	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 2), EFI_SUCCESS, "by an agent");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 2), EFI_SUCCESS, "again");
	equal(entries_of(handle, &guid_a, &entry), 1, "is one record");
	equal(entry.OpenCount, 2, "that counts");
	equal(entry.AgentHandle, agent, "whose it is");
	equal(entry.Attributes, 2, "and how");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, handle, by_driver), EFI_SUCCESS,
	      "by a driver");
	p = NULL;
	equal(efi_open_protocol(handle, &guid_a, &p, agent, handle, by_driver), EFI_ALREADY_STARTED,
	      "twice");
	equal(p, &face[0], "with the interface");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, child, by_driver), EFI_ALREADY_STARTED,
	      "the same driver for another controller too");
	p = garbage;
	equal(efi_open_protocol(handle, &guid_a, &p, other, handle, by_driver), EFI_ACCESS_DENIED,
	      "another driver");
	equal(p, garbage, "Interface is untouched");
	equal(efi_open_protocol(handle, &guid_a, &p, other, child, 8), EFI_SUCCESS, "a child may");
	equal(efi_open_protocol(handle, &guid_a, &p, other, NULL, 1), EFI_SUCCESS,
	      "anyone may look");
	equal(efi_open_protocol(handle, &guid_a, &p, other, NULL, exclusive), EFI_ACCESS_DENIED,
	      "exclusively against a driver that cannot be stopped");
	equal(efi_uninstall_protocol_interface(handle, &guid_a, &face[0]), EFI_ACCESS_DENIED,
	      "uninstall neither");
	equal(entries_of(handle, &guid_a, NULL), 4, "four have it open");

	equal(efi_close_protocol(garbage, &guid_a, agent, NULL), EFI_INVALID_PARAMETER,
	      "close: garbage");
	equal(efi_close_protocol(handle, NULL, agent, NULL), EFI_INVALID_PARAMETER,
	      "close: no Protocol");
	equal(efi_close_protocol(handle, &guid_a, NULL, NULL), EFI_INVALID_PARAMETER,
	      "close: no agent");
	equal(efi_close_protocol(handle, &guid_a, agent, garbage), EFI_INVALID_PARAMETER,
	      "close: garbage controller");
	equal(efi_close_protocol(handle, &guid_b, agent, NULL), EFI_NOT_FOUND, "close: not on it");
	equal(efi_close_protocol(handle, &guid_a, child, NULL), EFI_NOT_FOUND, "close: not opened");
	equal(efi_close_protocol(handle, &guid_a, agent, handle), EFI_SUCCESS, "the driver closes");
	equal(efi_close_protocol(handle, &guid_a, agent, NULL), EFI_SUCCESS, "what it got too");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, exclusive), EFI_SUCCESS,
	      "exclusively now");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, exclusive), EFI_ACCESS_DENIED,
	      "twice");
	equal(efi_open_protocol(handle, &guid_a, &p, other, handle, by_driver), EFI_ACCESS_DENIED,
	      "no driver now");
	equal(efi_open_protocol(handle, &guid_a, &p, other, handle, by_driver | exclusive),
	      EFI_ACCESS_DENIED, "nor so");
	efi_close_protocol(handle, &guid_a, agent, NULL);
	equal(efi_open_protocol(handle, &guid_a, &p, other, handle, by_driver | exclusive),
	      EFI_SUCCESS, "driver, exclusively");
	equal(efi_open_protocol(handle, &guid_a, &p, other, handle, by_driver | exclusive),
	      EFI_ALREADY_STARTED, "twice");
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, exclusive), EFI_ACCESS_DENIED,
	      "nobody else");
	efi_handle_close_agent(other);
	equal(entries_of(handle, &guid_a, NULL), 0, "an agent that goes closes all");
	equal(efi_open_protocol_information(handle, &guid_c, &list, &count), EFI_NOT_FOUND,
	      "information: not there");
	equal(efi_open_protocol_information(garbage, &guid_c, &list, &count), EFI_INVALID_PARAMETER,
	      "information: garbage");
	machine_fail_at(1);
	equal(efi_open_protocol(handle, &guid_a, &p, agent, NULL, 2), EFI_OUT_OF_RESOURCES,
	      "out of memory");
	machine_fail_at(0);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_locate(void)
{
	efi_handle h[3];
	efi_handle list[4];
	efi_handle *buffer;
	struct efi_guid **guids;
	uint64_t size = 0;
	uint64_t count;
	void *p;

	machine_start(4096);
	equal(efi_locate_handle(AllHandles, NULL, NULL, &size, list), EFI_NOT_FOUND,
	      "an empty database");
	equal(efi_locate_protocol(&guid_a, NULL, &p), EFI_NOT_FOUND, "no protocol");
	for (int i = 0; i < 3; i++)
		h[i] = make(i == 1 ? &guid_b : &guid_a, &face[i]);
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
	test_open();
	test_locate();
	test_notify();
	test_device_path();
	test_out_of_memory();
	test_devices();
	return tap_done();
}
