/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/hii_block.c efi/protocols/hii_config.c efi/protocols/devices.c */
/* Settings in blocks of bytes as configuration strings, and back; alternatives. */
#include "efi/protocols/hii.h"
#include "efi/protocols/string16.h"
#include "tests/efi/protocols/common.h"

#define HEADER u"GUID=0102030405060708090a0b0c0d0e0f10&NAME=00480069&PATH=7fff0400"

static const struct efi_hii_config_routing_protocol *routing = &hii_config_routing_protocol;
static const uint8_t block[] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
static uint8_t target[sizeof(block)];
static struct snapshot before;

static void start(void)
{
	machine_start(4096);
	before = machine_snapshot();
	memset(target, 0xee, sizeof(target));
}

static void nothing_is_left(void)
{
	struct snapshot after = machine_snapshot();

	ok(snapshot_same(&before, &after), "nothing is left");
}

/* What a request becomes, and where it stopped. */
static void to_config(CHAR16 *request, efi_status status, uint64_t progress, const char *wanted)
{
	efi_string config = NULL, stopped = NULL;

	equal(routing->BlockToConfig(routing, request, block, sizeof(block), &config, &stopped),
	      status, narrow(request));
	equal((uint64_t)(stopped - request), progress, "progress");
	if (wanted)
		text_equal(narrow(config), wanted, "the values");
	else
		ok(!config, "no string");
	if (config)
		efi_free_pool(config);
}

static void test_to_config(void)
{
	efi_string config, stopped;

	start();
	to_config(u"OFFSET=0&WIDTH=1", EFI_SUCCESS, 16, "OFFSET=0&WIDTH=1&VALUE=11");
	to_config(u"&OFFSET=1&WIDTH=2", EFI_SUCCESS, 17, "&OFFSET=1&WIDTH=2&VALUE=3322");
	to_config(HEADER u"&OFFSET=0004&WIDTH=0004&OFFSET=0&WIDTH=0", EFI_SUCCESS, 105,
		  "GUID=0102030405060708090a0b0c0d0e0f10&NAME=00480069&PATH=7fff0400"
		  "&OFFSET=0004&WIDTH=0004&VALUE=88776655&OFFSET=0&WIDTH=0&VALUE=");
	to_config(HEADER, EFI_SUCCESS, 65,
		  "GUID=0102030405060708090a0b0c0d0e0f10&NAME=00480069&PATH=7fff0400");
	to_config(u"", EFI_SUCCESS, 0, "");
	to_config(u"OFFSET=0&WIDTH=1&x=1", EFI_INVALID_PARAMETER, 16, NULL);
	to_config(u"OFFSET=0&WIDTH=1&OFFSET=&WIDTH=1", EFI_INVALID_PARAMETER, 16, NULL);
	to_config(u"OFFSET=0&WIDTH=1x", EFI_INVALID_PARAMETER, 0, NULL);
	to_config(u"OFFSET=0", EFI_INVALID_PARAMETER, 0, NULL);
	to_config(u"OFFSET=100000000000000000&WIDTH=1", EFI_INVALID_PARAMETER, 0, NULL);
	to_config(u"OFFSET=8&WIDTH=1", EFI_DEVICE_ERROR, 0, NULL);
	to_config(u"OFFSET=0&WIDTH=8&OFFSET=1&WIDTH=8", EFI_DEVICE_ERROR, 16, NULL);
	to_config(u"OFFSET=ffffffff&WIDTH=ffffffff", EFI_DEVICE_ERROR, 0, NULL);
	machine_fail_at(1);
	to_config(u"OFFSET=0&WIDTH=1", EFI_OUT_OF_RESOURCES, 0, NULL);
	equal(routing->BlockToConfig(routing, NULL, block, 8, &config, &stopped),
	      EFI_INVALID_PARAMETER, "no request");
	equal(routing->BlockToConfig(routing, u"", NULL, 8, &config, &stopped),
	      EFI_INVALID_PARAMETER, "no block");
	equal(routing->BlockToConfig(routing, u"", block, 8, NULL, &stopped), EFI_INVALID_PARAMETER,
	      "no place");
	equal(routing->BlockToConfig(routing, u"", block, 8, &config, NULL), EFI_INVALID_PARAMETER,
	      "no progress");
	nothing_is_left();
}

static void to_block(CHAR16 *response, uint64_t size, efi_status status, uint64_t progress,
		     uint64_t size_after)
{
	efi_string stopped = NULL;

	equal(routing->ConfigToBlock(routing, response, target, &size, &stopped), status,
	      narrow(response));
	equal((uint64_t)(stopped - response), progress, "progress");
	equal(size, size_after, "size");
}

static void test_to_block(void)
{
	static const uint8_t wanted[] = {0xee, 0x34, 0x12, 0, 0, 0xee, 0xee, 0x0a};
	efi_string stopped;
	uint64_t size = 8;

	start();
	to_block(HEADER u"&OFFSET=1&WIDTH=4&VALUE=1234&OFFSET=7&WIDTH=1&VALUE=A", 8, EFI_SUCCESS,
		 118, 7);
	ok(!memcmp(target, wanted, sizeof(wanted)),
	   "the lowest byte first, what is not named as before");
	to_block(u"OFFSET=0&WIDTH=1&VALUE=7", 1, EFI_SUCCESS, 24, 0);
	equal(target[0], 7, "stored");
	to_block(u"OFFSET=0&WIDTH=1&VALUE=9&OFFSET=7&WIDTH=2&VALUE=1", 8, EFI_BUFFER_TOO_SMALL, 49,
		 9);
	equal(target[0], 7, "nothing is stored");
	to_block(u"OFFSET=0&WIDTH=1&VALUE=5&Fred=1", 8, EFI_INVALID_PARAMETER, 24, 8);
	equal(target[0], 5, "what was before it is stored");
	to_block(u"OFFSET=0&WIDTH=1&VALUE=123", 8, EFI_INVALID_PARAMETER, 0, 8);
	to_block(u"OFFSET=0&WIDTH=1&VALUE=", 8, EFI_INVALID_PARAMETER, 0, 8);
	to_block(u"OFFSET=0&WIDTH=1", 8, EFI_INVALID_PARAMETER, 0, 8);
	to_block(u"OFFSET=ffffffff&WIDTH=ffffffff&VALUE=1", 8, EFI_BUFFER_TOO_SMALL, 38,
		 UINT64_C(0x1fffffffe));
	to_block(u"", 8, EFI_SUCCESS, 0, 0);
	equal(routing->ConfigToBlock(routing, NULL, target, &size, &stopped), EFI_INVALID_PARAMETER,
	      "no string");
	equal(routing->ConfigToBlock(routing, u"", NULL, &size, &stopped), EFI_INVALID_PARAMETER,
	      "no block");
	equal(routing->ConfigToBlock(routing, u"", target, NULL, &stopped), EFI_INVALID_PARAMETER,
	      "no size");
	equal(routing->ConfigToBlock(routing, u"", target, &size, NULL), EFI_INVALID_PARAMETER,
	      "no progress");
	nothing_is_left();
}

static void alternative(const struct efi_guid *guid, CHAR16 *name, CHAR16 *id, efi_status status,
			const char *wanted)
{
	static CHAR16 all[] = HEADER u"&A=1&" HEADER u"&ALTCFG=0001&A=2&B=3&"
				     u"GUID=ff&NAME=0048&PATH=7fff0400&C=4&" HEADER u"&ALTCFG=0002";
	static const struct efi_device_path_protocol end = {0x7f, 0xff, {4, 0}};
	efi_string found = NULL;

	equal(routing->GetAltCfg(routing, all, guid, name, &end, id, &found), status,
	      wanted ? wanted : "not found");
	text_equal(narrow(found), wanted ? wanted : "", "the part");
	if (found)
		efi_free_pool(found);
}

static void test_alternatives(void)
{
	static const struct efi_guid guid =
		EFI_GUID(04030201, 0605, 0807, 09, 0a, 0b, 0c, 0d, 0e, 0f, 10);
	static const struct efi_guid other =
		EFI_GUID(04030201, 0605, 0807, 09, 0a, 0b, 0c, 0d, 0e, 0f, 11);
	static const struct efi_device_path_protocol broken = {0x7f, 0xff, {3, 0}};
	static const char header[] =
		"GUID=0102030405060708090a0b0c0d0e0f10&NAME=00480069&PATH=7fff0400";
	char text[128];
	efi_string found;

	start();
	snprintf(text, sizeof(text), "%s&A=1", header);
	alternative(&guid, u"Hi", NULL, EFI_SUCCESS, text);
	alternative(NULL, NULL, NULL, EFI_SUCCESS, text);
	snprintf(text, sizeof(text), "%s&A=2&B=3", header);
	alternative(&guid, u"Hi", u"\1", EFI_SUCCESS, text);
	alternative(&guid, u"Hi", u"\2", EFI_SUCCESS, header);
	alternative(NULL, u"H", NULL, EFI_SUCCESS, "GUID=ff&NAME=0048&PATH=7fff0400&C=4");
	alternative(&guid, u"Hi", u"\3", EFI_NOT_FOUND, NULL);
	alternative(&guid, u"Ho", NULL, EFI_NOT_FOUND, NULL);
	alternative(&other, u"Hi", NULL, EFI_NOT_FOUND, NULL);
	equal(routing->GetAltCfg(routing, u"A=1", NULL, NULL, NULL, NULL, &found), EFI_NOT_FOUND,
	      "no header");
	equal(routing->GetAltCfg(routing, HEADER, NULL, NULL, &broken, NULL, &found),
	      EFI_INVALID_PARAMETER, "no path");
	equal(routing->GetAltCfg(routing, NULL, NULL, NULL, NULL, NULL, &found),
	      EFI_INVALID_PARAMETER, "no string");
	equal(routing->GetAltCfg(routing, u"", NULL, NULL, NULL, NULL, NULL), EFI_INVALID_PARAMETER,
	      "no place");
	machine_fail_at(1);
	equal(routing->GetAltCfg(routing, HEADER, NULL, NULL, NULL, NULL, &found),
	      EFI_OUT_OF_RESOURCES, "no memory");
	nothing_is_left();
}

int main(void)
{
	test_to_config();
	test_to_block();
	test_alternatives();
	return tap_done();
}
