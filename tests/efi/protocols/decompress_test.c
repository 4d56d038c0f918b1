/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/decompress.c efi/protocols/devices.c */
/* The decompressor, fed by an encoder that writes fixed complete codes. */
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

int main(void)
{
	machine_start(4096);
	ok(!efi_table_start() && !efi_decompress_install(), "installed");
	protocol = locate((struct efi_guid)EFI_DECOMPRESS_PROTOCOL_GUID);
	test_round_trip();
	test_arguments();
	return tap_done();
}
