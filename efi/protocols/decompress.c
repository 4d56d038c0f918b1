/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_DECOMPRESS_PROTOCOL (UEFI 2.10, 19.5; the format is 19.2). Blocks of symbols, each with three Huffman codes of its own:
 * characters and lengths, positions, and one for the lengths of the first. Codes are canonical, so a table of counts
 * and one of symbols decode them bit by bit. All state is in the caller's scratch memory.
 */
#include <string.h>

#include "efi/handle.h"
#include "efi/protocol/misc.h"
#include "efi/protocols/install.h"
#include "efi/table.h"
#include "lib/bytes.h"

#define CHARACTERS 510 /* 256 bytes, then lengths 3 to 256 */
#define POSITIONS 14
#define LENGTHS 19
#define CODE_MAX 16 /* bits of the longest code */
#define HEADER_SIZE 8
#define MATCH_MIN 3

static const struct efi_guid decompress_guid = EFI_DECOMPRESS_PROTOCOL_GUID;

struct code {
	bool single; /* symbol[0] always, without a bit */
	uint16_t count[CODE_MAX + 1];
	uint16_t symbol[CHARACTERS];
};

struct scratch {
	const uint8_t *from, *from_end;
	uint32_t bits; /* from the highest on */
	uint32_t bit_count;
	uint8_t *to, *to_start, *to_end;
	bool bad;
	uint32_t block; /* symbols left in it */
	struct code characters, positions, lengths;
	uint8_t length[CHARACTERS];
};

static uint32_t bits(struct scratch *s, uint32_t count)
{
	uint32_t value;

	while (s->bit_count < count) {
		/* The last code may need bits beyond the data: they are zero. More than that is no stream. */
		uint32_t byte = s->from < s->from_end ? *s->from : 0;

		if (++s->from > s->from_end + 4)
			s->bad = true;
		s->bits |= byte << (24 - s->bit_count);
		s->bit_count += 8;
	}
	value = count ? s->bits >> (32 - count) : 0;
	s->bits = count ? s->bits << count : s->bits;
	s->bit_count -= count;
	return value;
}

/* Makes a code from the lengths of its symbols; a code must use all of its space. */
static void make_code(struct scratch *s, struct code *code, uint32_t symbols)
{
	uint32_t at[CODE_MAX + 2] = {0};
	uint32_t space = 0;

	code->single = false;
	memset(code->count, 0, sizeof(code->count));
	for (uint32_t i = 0; i < symbols; i++)
		code->count[s->length[i]]++;
	for (uint32_t bit = 1; bit <= CODE_MAX; bit++) {
		at[bit + 1] = at[bit] + code->count[bit];
		space += (uint32_t)code->count[bit] << (CODE_MAX - bit);
	}
	if (space != 1u << CODE_MAX)
		s->bad = true;
	for (uint32_t i = 0; i < symbols; i++)
		if (s->length[i])
			code->symbol[at[s->length[i]]++] = (uint16_t)i;
}

/* A code of one symbol takes no bits. */
static void make_single(struct scratch *s, struct code *code, uint32_t symbol, uint32_t symbols)
{
	if (symbol >= symbols)
		s->bad = true;
	code->single = true;
	code->symbol[0] = (uint16_t)symbol;
}

static uint32_t decode(struct scratch *s, const struct code *code)
{
	uint32_t value = 0;
	uint32_t first = 0;
	uint32_t index = 0;

	if (code->single)
		return code->symbol[0];
	for (uint32_t bit = 1; bit <= CODE_MAX; bit++) {
		value = value << 1 | bits(s, 1);
		if (value - first < code->count[bit])
			return code->symbol[index + value - first];
		index += code->count[bit];
		first = (first + code->count[bit]) << 1;
	}
	s->bad = true;
	return 0;
}

/* 19.2.3: the lengths of a small code, with a gap of up to three zeros after `gap` of them. */
static void read_small_code(struct scratch *s, struct code *code, uint32_t symbols,
			    uint32_t count_bits, uint32_t gap)
{
	uint32_t count = bits(s, count_bits);
	uint32_t i = 0;

	if (!count) {
		make_single(s, code, bits(s, count_bits), symbols);
		return;
	}
	memset(s->length, 0, symbols);
	while (i < count && i < symbols) {
		uint32_t length = bits(s, 3);

		if (length == 7)
			while (length <= CODE_MAX && bits(s, 1))
				length++;
		if (length > CODE_MAX)
			s->bad = true;
		s->length[i++] = (uint8_t)(length > CODE_MAX ? 0 : length);
		if (i == gap)
			i += bits(s, 2);
	}
	if (count > symbols || i > symbols)
		s->bad = true;
	make_code(s, code, symbols);
}

static void read_character_code(struct scratch *s)
{
	uint32_t count = bits(s, 9);
	uint32_t i = 0;

	if (!count) {
		make_single(s, &s->characters, bits(s, 9), CHARACTERS);
		return;
	}
	if (count > CHARACTERS)
		s->bad = true;
	memset(s->length, 0, sizeof(s->length));
	while (i < count && !s->bad) {
		uint32_t length = decode(s, &s->lengths);

		if (length > 2)
			s->length[i++] = (uint8_t)(length - 2);
		else
			i += length == 0 ? 1 : length == 1 ? bits(s, 4) + 3 : bits(s, 9) + 20;
		if (i > CHARACTERS)
			s->bad = true;
	}
	make_code(s, &s->characters, CHARACTERS);
}

static void begin_block(struct scratch *s)
{
	s->block = bits(s, 16);
	if (!s->block)
		s->bad = true;
	read_small_code(s, &s->lengths, LENGTHS, 5, 3);
	read_character_code(s);
	read_small_code(s, &s->positions, POSITIONS, 4, UINT32_MAX);
}

static void copy_match(struct scratch *s, uint32_t length)
{
	uint32_t bit = decode(s, &s->positions);
	uint64_t back = (bit > 1 ? (1u << (bit - 1)) + bits(s, bit - 1) : bit) + UINT64_C(1);

	if (bit >= POSITIONS || back > (uint64_t)(s->to - s->to_start) ||
	    length > (uint64_t)(s->to_end - s->to)) {
		s->bad = true;
		return;
	}
	for (; length; length--, s->to++)
		*s->to = s->to[-(int64_t)back];
}

static void run(struct scratch *s)
{
	while (s->to < s->to_end && !s->bad) {
		uint32_t symbol;

		if (!s->block)
			begin_block(s);
		if (s->bad)
			return;
		s->block--;
		symbol = decode(s, &s->characters);
		if (symbol < 256)
			*s->to++ = (uint8_t)symbol;
		else if (symbol < CHARACTERS)
			copy_match(s, symbol - 256 + MATCH_MIN);
		else
			s->bad = true;
	}
}

static efi_status EFIAPI get_info(struct efi_decompress_protocol *This, void *Source,
				  uint32_t SourceSize, uint32_t *DestinationSize,
				  uint32_t *ScratchSize)
{
	if (!This || !Source || !DestinationSize || !ScratchSize || SourceSize < HEADER_SIZE ||
	    le32_load(Source) > SourceSize - HEADER_SIZE)
		return EFI_INVALID_PARAMETER;
	*DestinationSize = le32_load((uint8_t *)Source + 4);
	*ScratchSize = sizeof(struct scratch) + 8;
	return EFI_SUCCESS;
}

static efi_status EFIAPI decompress(struct efi_decompress_protocol *This, void *Source,
				    uint32_t SourceSize, void *Destination,
				    uint32_t DestinationSize, void *Scratch, uint32_t ScratchSize)
{
	struct scratch *s = (struct scratch *)(((uintptr_t)Scratch + 7) & ~(uintptr_t)7);
	const uint8_t *from = Source;
	uint32_t size;
	uint32_t need;

	if (get_info(This, Source, SourceSize, &size, &need) || !Scratch || ScratchSize < need ||
	    DestinationSize != size || (size && !Destination))
		return EFI_INVALID_PARAMETER;
	memset(s, 0, sizeof(*s));
	s->from = from + HEADER_SIZE;
	s->from_end = s->from + le32_load(from);
	s->to = s->to_start = Destination;
	s->to_end = s->to + size;
	run(s);
	return s->bad ? EFI_INVALID_PARAMETER : EFI_SUCCESS;
}

static struct efi_decompress_protocol protocol = {
	.GetInfo = get_info,
	.Decompress = decompress,
};

efi_status efi_decompress_install(void)
{
	efi_handle handle = efi_firmware_handle();

	return efi_install_protocol_interface(&handle, &decompress_guid, EFI_NATIVE_INTERFACE,
					      &protocol);
}
