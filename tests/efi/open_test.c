/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* OpenProtocol, CloseProtocol and what is recorded of them; see efi/handle.h. */
#include "efi/pool.h"
#include "tests/efi/handles.h"

static const uint32_t by_driver = EFI_OPEN_PROTOCOL_BY_DRIVER;
static const uint32_t exclusive = EFI_OPEN_PROTOCOL_EXCLUSIVE;
static efi_handle handle, agent, other, child;
static void *opened; /* what the last call gave */

static efi_status open_as(efi_handle by, efi_handle controller, uint32_t attributes)
{
	return efi_open_protocol(handle, &guid_a, &opened, by, controller, attributes);
}

static uint64_t entries_of(efi_handle of, const struct efi_guid *guid,
			   struct efi_open_protocol_information_entry *first)
{
	struct efi_open_protocol_information_entry *entry;
	uint64_t count = 99;

	if (efi_open_protocol_information(of, guid, &entry, &count))
		return 99;
	if (count && first)
		*first = *entry;
	efi_free_pool(entry);
	return count;
}

static void refuses_arguments(void)
{
	static efi_handle nobody;
	static const struct {
		const efi_handle *by, *controller;
		uint32_t attributes;
		const char *name;
	} bad[] = {
		{&agent, &nobody, 8, "child: no controller"},
		{&agent, &handle, 8, "child: itself"},
		{&nobody, &handle, 16, "driver: no agent"},
		{&agent, &nobody, 16, "driver: no controller"},
		{&agent, &nobody, 48, "both: no controller"},
		{&nobody, &nobody, 32, "exclusive: no agent"},
	};
	void *p;

	for (uint32_t attributes = 0; attributes < 0x80; attributes++) {
		int is_known = attributes == 1 || attributes == 2 || attributes == 4 ||
			       attributes == 8 || attributes == 16 || attributes == 32 ||
			       attributes == 48;
		efi_status status =
			efi_open_protocol(handle, &guid_c, &p, agent, child, attributes);

		if (status != (is_known ? EFI_UNSUPPORTED : EFI_INVALID_PARAMETER))
			ok(0, "attributes");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		equal(open_as(*bad[i].by, *bad[i].controller, bad[i].attributes),
		      EFI_INVALID_PARAMETER, bad[i].name);
	equal(open_as(garbage, child, 8), EFI_INVALID_PARAMETER, "child: a garbage agent");
	equal(efi_open_protocol(handle, NULL, &p, agent, child, 2), EFI_INVALID_PARAMETER,
	      "no Protocol");
	equal(efi_open_protocol(handle, &guid_a, NULL, agent, child, 2), EFI_INVALID_PARAMETER,
	      "no Interface");
	equal(efi_open_protocol(garbage, &guid_a, &p, agent, child, 2), EFI_INVALID_PARAMETER,
	      "garbage");
}

static void opens_for_nobody(void)
{
	opened = garbage;
	equal(efi_open_protocol(handle, &guid_c, &opened, NULL, NULL, 2), EFI_UNSUPPORTED,
	      "not there");
	equal(opened, NULL, "gives NULL");
	equal(efi_open_protocol(handle, &guid_a, NULL, agent, NULL, 4), EFI_SUCCESS,
	      "a test needs no Interface");
	equal(efi_close_protocol(handle, &guid_a, agent, NULL), EFI_SUCCESS, "closed");
	equal(open_as(NULL, NULL, 2), EFI_SUCCESS, "for nobody");
	equal(opened, &face[0], "the interface");
	equal(entries_of(handle, &guid_a, NULL), 0, "is not recorded");
}

static void records(void)
{
	struct efi_open_protocol_information_entry entry;

	equal(open_as(agent, NULL, 2), EFI_SUCCESS, "by an agent");
	equal(open_as(agent, NULL, 2), EFI_SUCCESS, "again");
	equal(entries_of(handle, &guid_a, &entry), 1, "is one record");
	equal(entry.OpenCount, 2, "that counts");
	equal(entry.AgentHandle, agent, "whose it is");
	equal(entry.Attributes, 2, "and how");
	equal(open_as(agent, handle, by_driver), EFI_SUCCESS, "by a driver");
	opened = NULL;
	equal(open_as(agent, handle, by_driver), EFI_ALREADY_STARTED, "twice");
	equal(opened, &face[0], "with the interface");
	equal(open_as(agent, child, by_driver), EFI_ALREADY_STARTED,
	      "the same driver for another controller too");
	opened = garbage;
	equal(open_as(other, handle, by_driver), EFI_ACCESS_DENIED, "another driver");
	equal(opened, garbage, "Interface is untouched");
	equal(open_as(other, child, 8), EFI_SUCCESS, "a child may");
	equal(open_as(other, NULL, 1), EFI_SUCCESS, "anyone may look");
	equal(open_as(other, NULL, exclusive), EFI_ACCESS_DENIED,
	      "exclusively against a driver that cannot be stopped");
	equal(efi_uninstall_protocol_interface(handle, &guid_a, &face[0]), EFI_ACCESS_DENIED,
	      "uninstall neither");
	equal(entries_of(handle, &guid_a, NULL), 4, "four have it open");
}

static void closes(void)
{
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
}

static void excludes(void)
{
	equal(open_as(agent, NULL, exclusive), EFI_SUCCESS, "exclusively now");
	equal(open_as(agent, NULL, exclusive), EFI_ACCESS_DENIED, "twice");
	equal(open_as(other, handle, by_driver), EFI_ACCESS_DENIED, "no driver now");
	equal(open_as(other, handle, by_driver | exclusive), EFI_ACCESS_DENIED, "nor so");
	efi_close_protocol(handle, &guid_a, agent, NULL);
	equal(open_as(other, handle, by_driver | exclusive), EFI_SUCCESS, "driver, exclusively");
	equal(open_as(other, handle, by_driver | exclusive), EFI_ALREADY_STARTED, "twice");
	equal(open_as(agent, NULL, exclusive), EFI_ACCESS_DENIED, "nobody else");
	efi_handle_close_agent(other);
	equal(entries_of(handle, &guid_a, NULL), 0, "an agent that goes closes all");
}

static void runs_out_of_memory(void)
{
	struct efi_open_protocol_information_entry *list;
	uint64_t count;

	equal(efi_open_protocol_information(handle, &guid_c, &list, &count), EFI_NOT_FOUND,
	      "information: not there");
	equal(efi_open_protocol_information(garbage, &guid_c, &list, &count), EFI_INVALID_PARAMETER,
	      "information: garbage");
	machine_fail_at(1);
	equal(open_as(agent, NULL, 2), EFI_OUT_OF_RESOURCES, "out of memory");
	machine_fail_at(0);
}

int main(void)
{
	struct snapshot before, after;

	machine_start(4096);
	handle = make(&guid_a, &face[0]);
	agent = make(&guid_b, &face[1]);
	other = make(&guid_b, &face[2]);
	child = make(&guid_c, &face[3]);
	before = machine_snapshot();
	refuses_arguments();
	opens_for_nobody();
	records(); /* and leaves them */
	closes();
	excludes();
	runs_out_of_memory();
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
	return tap_done();
}
