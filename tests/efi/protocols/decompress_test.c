/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/decompress.c efi/protocols/devices.c */
/* The decompressor, fed by an encoder that writes fixed complete codes, and by what another one has packed. */
#include "efi/protocol/misc.h"
#include "tests/efi/protocols/common.h"

static struct efi_decompress_protocol *protocol;

/* ---- an encoder ---- */

static uint8_t packed[200000];
static uint64_t packed_bits;

static void put(uint32_t value, uint32_t count)
{
	while (count--) {
		if (value >> count & 1)
			packed[8 + packed_bits / 8] |= (uint8_t)(0x80 >> packed_bits % 8);
		packed_bits++;
	}
}

/* 510 symbols: two of 8 bits, the others of 9. */
static void put_character(uint32_t symbol)
{
	if (symbol < 2)
		put(symbol, 8);
	else
		put(4 + symbol - 2, 9);
}

/* 14 positions: two of 3 bits, twelve of 4. */
static void put_position(uint32_t back)
{
	uint32_t bit = 0;

	while (back >> bit)
		bit++;
	if (bit < 2)
		put(bit, 3);
	else
		put(4 + bit - 2, 4);
	if (bit > 1)
		put(back, bit - 1);
}

static void put_header(uint32_t symbols)
{
	put(symbols, 16);
	/* The code of lengths: 10 (a length of 8) and 11 (9) have one bit each. */
	put(12, 5);
	for (int i = 0; i < 12; i++) {
		put(i < 10 ? 0 : 1, 3);
		if (i == 2)
			put(0, 2);
	}
	put(510, 9);
	for (int i = 0; i < 510; i++)
		put(i < 2 ? 0 : 1, 1);
	put(14, 4);
	for (int i = 0; i < 14; i++)
		put(i < 2 ? 3 : 4, 3);
}

/* Greedy, with a search of no wit. */
static uint32_t encode(const uint8_t *data, uint32_t size)
{
	uint32_t symbols[60000][2];
	uint32_t count = 0;

	memset(packed, 0, sizeof(packed));
	packed_bits = 0;
	for (uint32_t at = 0; at < size;) {
		uint32_t best = 0;
		uint32_t back = 0;

		for (uint32_t from = at > 8192 ? at - 8192 : 0; from < at; from++) {
			uint32_t length = 0;

			while (length < 256 && at + length < size &&
			       data[from + length] == data[at + length])
				length++;
			if (length > best) {
				best = length;
				back = at - from - 1;
			}
		}
		symbols[count][0] = best >= 3 ? 256 + best - 3 : data[at];
		symbols[count++][1] = back;
		at += best >= 3 ? best : 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (i % 1000 == 0)
			put_header(count - i < 1000 ? count - i : 1000);
		put_character(symbols[i][0]);
		if (symbols[i][0] >= 256)
			put_position(symbols[i][1]);
	}
	packed_bits = (packed_bits + 7) / 8 * 8;
	((uint32_t *)(void *)packed)[0] = (uint32_t)packed_bits / 8;
	((uint32_t *)(void *)packed)[1] = size;
	return (uint32_t)packed_bits / 8 + 8;
}

static efi_status unpack(const void *from, uint32_t from_size, void *to, uint32_t to_size)
{
	uint32_t size;
	uint32_t scratch_size;
	void *scratch;
	void *copy = malloc(from_size ? from_size : 1); /* of exactly that size */
	efi_status status;

	memcpy(copy, from, from_size);
	status = protocol->GetInfo(protocol, copy, from_size, &size, &scratch_size);
	if (!status) {
		scratch = malloc(scratch_size);
		status = protocol->Decompress(protocol, copy, from_size, to, to_size, scratch,
					      scratch_size);
		free(scratch);
	}
	free(copy);
	return status;
}

static void test_round_trip(void)
{
	static uint8_t data[20000];
	static uint8_t back[20000];
	uint32_t size;
	uint64_t garbage = 0;

	tap_seed();
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i % 7000 < 3000 ? (uint8_t)("abracadabra"[i % 11])
					  : (uint8_t)tap_below(tap_below(2) ? 256 : 4);
	size = encode(data, sizeof(data));
	equal(unpack(packed, size, back, sizeof(back)), EFI_SUCCESS, "unpacked");
	ok(!memcmp(data, back, sizeof(data)), "is what was packed");
	for (uint32_t cut = 0; cut < size; cut += 997)
		garbage += unpack(packed, cut, back, sizeof(back)) != EFI_INVALID_PARAMETER;
	equal(garbage, 0, "cut anywhere it is refused");
	for (int i = 0; i < 2000; i++) {
		uint32_t at = 8 + (uint32_t)tap_below(size - 8);
		uint8_t was = packed[at];

		packed[at] ^= (uint8_t)(1 + tap_below(255));
		unpack(packed, size, back, sizeof(back));
		packed[at] = was;
	}
	ok(1, "damaged anywhere it stays within its buffers");
	size = encode(data, 0);
	equal(unpack(packed, size, back, 0), EFI_SUCCESS, "nothing at all");
}

static void test_arguments(void)
{
	static const uint8_t zeros[12] = {4, 0, 0, 0, 9, 0, 0, 0};
	/* One block: a code of one length, of one character ('A'), of one position. */
	uint8_t same[8 + 8] = {8, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0x00, 0x41};
	uint8_t to[16];
	uint8_t scratch[8192];
	uint32_t size;
	uint32_t need;

	equal(protocol->GetInfo(NULL, same, 16, &size, &need), EFI_INVALID_PARAMETER, "This");
	equal(protocol->GetInfo(protocol, NULL, 16, &size, &need), EFI_INVALID_PARAMETER, "Source");
	equal(protocol->GetInfo(protocol, same, 16, NULL, &need), EFI_INVALID_PARAMETER, "size");
	equal(protocol->GetInfo(protocol, same, 16, &size, NULL), EFI_INVALID_PARAMETER, "scratch");
	equal(protocol->GetInfo(protocol, same, 7, &size, &need), EFI_INVALID_PARAMETER, "short");
	equal(protocol->GetInfo(protocol, same, 15, &size, &need), EFI_INVALID_PARAMETER, "cut");
	equal(protocol->GetInfo(protocol, same, 16, &size, &need), EFI_SUCCESS, "info");
	ok(size == 5 && need <= sizeof(scratch), "sizes");
	equal(protocol->Decompress(protocol, same, 16, NULL, 5, scratch, need),
	      EFI_INVALID_PARAMETER, "nowhere to");
	equal(protocol->Decompress(protocol, same, 16, to, 4, scratch, need), EFI_INVALID_PARAMETER,
	      "another size");
	equal(protocol->Decompress(protocol, same, 16, to, 5, scratch, need - 1),
	      EFI_INVALID_PARAMETER, "little scratch");
	equal(protocol->Decompress(protocol, same, 16, to, 5, NULL, need), EFI_INVALID_PARAMETER,
	      "no scratch");
	equal(unpack(zeros, sizeof(zeros), to, 9), EFI_INVALID_PARAMETER, "an empty block");
	/* 16 bits 5; 5 bits 0 and 5 bits 0; 9 bits 0 and 9 bits 0x41; 4 bits 0 and 4 bits 0 */
	memset(same + 8, 0, 8);
	same[9] = 5;
	same[8 + 4] = 0x41 >> 4; /* bits 35 to 43 */
	same[8 + 5] = (uint8_t)(0x41 << 4);
	equal(unpack(same, sizeof(same), to, 5), EFI_SUCCESS, "codes of one symbol");
	ok(!memcmp(to, "AAAAA", 5), "give it without a bit");
}

/* A text of 400 words that this makes, as eficompress of EDK2's UEFI Shell has packed it. */
static const uint8_t shell_packed[] = {
	0xec, 0x01, 0x00, 0x00, 0xd6, 0x09, 0x00, 0x00, 0x01, 0x26, 0x5b, 0x16, 0xb1, 0xa6, 0xa2,
	0xde, 0x06, 0x1e, 0x16, 0x19, 0x6a, 0xba, 0x40, 0x0d, 0x04, 0x8e, 0x8f, 0x8e, 0x49, 0x7b,
	0xf6, 0xde, 0xff, 0x77, 0x01, 0xb2, 0xc7, 0x40, 0xeb, 0xa3, 0x6d, 0x37, 0xda, 0x4b, 0xdf,
	0xae, 0x79, 0x5d, 0xd3, 0x3c, 0xf5, 0xbb, 0x19, 0x63, 0x9e, 0x9f, 0x77, 0x67, 0xdf, 0x29,
	0x68, 0x3c, 0xeb, 0x7f, 0x4c, 0x25, 0x70, 0x44, 0x97, 0xd4, 0xb2, 0xd6, 0xef, 0x6e, 0xba,
	0x63, 0xde, 0xfd, 0x24, 0x8a, 0x7d, 0xaf, 0xf7, 0x90, 0xe8, 0xc6, 0xfe, 0xd6, 0xec, 0xd2,
	0x58, 0x4a, 0xff, 0x99, 0x55, 0x80, 0x9f, 0x54, 0x48, 0xa7, 0xd4, 0x35, 0xbe, 0x2f, 0xcb,
	0xd7, 0x00, 0xce, 0x44, 0x03, 0x00, 0xcf, 0x99, 0x3e, 0x53, 0x75, 0x84, 0xdf, 0x4c, 0x2f,
	0xeb, 0x88, 0xf2, 0x79, 0xc7, 0xa4, 0x7b, 0x27, 0x91, 0xc4, 0x25, 0xda, 0x3f, 0x36, 0x8b,
	0x51, 0x7a, 0xb1, 0x9b, 0x4f, 0xed, 0x3c, 0xbc, 0x9a, 0x63, 0x00, 0xa6, 0x60, 0xe6, 0x59,
	0x09, 0x63, 0xea, 0x8d, 0xaa, 0xc0, 0x48, 0xb6, 0x62, 0xbf, 0x2b, 0x68, 0xa9, 0xc0, 0xb3,
	0x4f, 0x66, 0x0d, 0x70, 0x13, 0x69, 0x89, 0xa2, 0xbf, 0xcf, 0xbc, 0xc2, 0xb9, 0xf8, 0x63,
	0x50, 0x7d, 0x04, 0x23, 0xb2, 0x46, 0xdf, 0xa4, 0x87, 0x1d, 0x5c, 0x40, 0xd5, 0xe0, 0x0d,
	0x4b, 0x0b, 0xbc, 0x96, 0x91, 0x48, 0x01, 0xa4, 0xa7, 0x0c, 0xfe, 0x51, 0x43, 0xcd, 0x10,
	0x78, 0x3a, 0xa0, 0x1e, 0x9b, 0xbc, 0x93, 0x4d, 0x46, 0x0a, 0x0c, 0xd2, 0x40, 0x6e, 0x87,
	0x01, 0xe2, 0x09, 0x34, 0x30, 0x5c, 0x2e, 0xe8, 0x1e, 0xab, 0x08, 0x70, 0x18, 0x9a, 0x2b,
	0x46, 0x92, 0xd6, 0x32, 0x86, 0x94, 0x4f, 0x50, 0x7e, 0xa6, 0x0b, 0xd2, 0x42, 0x0a, 0xe9,
	0x0c, 0x2b, 0x02, 0x7e, 0x2a, 0xa4, 0x22, 0x5b, 0x74, 0xa2, 0xa8, 0xbb, 0xb5, 0x22, 0xa7,
	0xe3, 0x9a, 0xe9, 0xac, 0x8e, 0x91, 0x68, 0x2a, 0xac, 0x4a, 0x9b, 0xba, 0x9f, 0x04, 0x28,
	0x24, 0x3c, 0xc6, 0x6f, 0x21, 0x18, 0x81, 0xcc, 0xa1, 0x36, 0x5a, 0x30, 0x93, 0x99, 0x70,
	0x51, 0x59, 0x84, 0xcb, 0x8e, 0x0d, 0xdb, 0x14, 0xb6, 0xa9, 0x3d, 0xee, 0x6d, 0x12, 0x62,
	0x92, 0x22, 0xab, 0x38, 0xb3, 0x86, 0xad, 0x31, 0xc7, 0x18, 0x50, 0x6a, 0xa1, 0x27, 0x54,
	0x3e, 0x67, 0x11, 0xc2, 0xdf, 0xec, 0x1a, 0xc5, 0x63, 0xe6, 0x21, 0xf1, 0xd6, 0x73, 0x14,
	0x4d, 0xb6, 0x60, 0x11, 0x96, 0x97, 0xe5, 0x0f, 0xfb, 0x67, 0x67, 0x7a, 0x1a, 0xaa, 0x40,
	0x5f, 0x52, 0x02, 0xc9, 0x4d, 0x78, 0x49, 0x30, 0x33, 0xee, 0x31, 0x86, 0x3d, 0x29, 0xe2,
	0xcd, 0xc8, 0x5a, 0xb6, 0xae, 0x21, 0x8c, 0x90, 0x88, 0x77, 0x2d, 0xf4, 0x96, 0xf3, 0xbf,
	0xc9, 0x36, 0x6b, 0x4c, 0xd5, 0x99, 0xcb, 0x03, 0xe5, 0x24, 0xe2, 0x53, 0xff, 0x04, 0x6d,
	0xdc, 0x54, 0x3c, 0x6a, 0x1d, 0x62, 0x06, 0x0c, 0xe0, 0x72, 0xb6, 0x04, 0xb8, 0xb2, 0xe1,
	0x21, 0xd8, 0xda, 0xfe, 0xc6, 0xbb, 0x61, 0x98, 0xe2, 0x5b, 0x8b, 0xcb, 0xa0, 0x34, 0xda,
	0xb8, 0xb5, 0x0e, 0x1a, 0x9d, 0x76, 0x7d, 0xae, 0x86, 0xb6, 0xfa, 0xc5, 0x92, 0xe3, 0x71,
	0x8e, 0xbe, 0x47, 0x36, 0xb6, 0xf2, 0x6e, 0x19, 0x67, 0x7c, 0xbe, 0x10, 0x35, 0xf1, 0x8a,
	0x7a, 0x77, 0xda, 0x92, 0x97, 0xcb, 0x40, 0xde, 0x77, 0x36, 0xee, 0x86, 0xbd, 0xc2, 0x24,
	0xae, 0xd5, 0xe0, 0xc4, 0xe2, 0x20, 0x36, 0x6e, 0xd8, 0x55, 0x3b, 0x9b, 0x73, 0x19, 0xff,
	0x8e, 0x0d, 0x98, 0x00, 0x00,
};

static void test_of_others(void)
{
	static const char *const words[] = {"map",	"page",	   "region", "owner",
					    "claim",	"release", "boot",   "table",
					    "firmware", "memory",  "handle", "event"};
	static char text[4096], back[4096];
	uint32_t random = 1, size = 0;

	for (int i = 0; i < 400; i++) {
		const char *word;

		random = random * 1103515245 + 12345;
		word = words[(random >> 16) % 12];
		if (i)
			text[size++] = ' ';
		memcpy(text + size, word, strlen(word));
		size += (uint32_t)strlen(word);
	}
	equal(unpack(shell_packed, sizeof(shell_packed), (uint8_t *)back, size), EFI_SUCCESS,
	      "what another compressor has made");
	ok(!memcmp(text, back, size), "is what it was made of");
	equal(unpack(shell_packed, sizeof(shell_packed), (uint8_t *)back, size - 1),
	      EFI_INVALID_PARAMETER, "and of no other size");
}

int main(void)
{
	machine_start(4096);
	ok(!efi_table_start() && !efi_decompress_install(), "installed");
	protocol = locate((struct efi_guid)EFI_DECOMPRESS_PROTOCOL_GUID);
	test_round_trip();
	test_of_others();
	test_arguments();
	return tap_done();
}
