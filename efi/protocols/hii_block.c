/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The helpers of EFI_HII_CONFIG_ROUTING_PROTOCOL (UEFI 2.10, 35.4.5 to 35.4.7) for drivers that keep settings in a block of bytes: strings
 * of OFFSET=…&WIDTH=…&VALUE=… to the block and back, and one part of a string with alternatives. A value is a number; in the block its
 * lowest byte comes first. Strings come from anywhere: they are read up to their NUL, and numbers are checked before they are used.
 */
#include <string.h>

#include "efi/device_path.h"
#include "efi/pool.h"
#include "efi/protocols/hii.h"
#include "efi/protocols/string16.h"

#define TEXT_MAX (UINT32_C(1) << 20) /* characters of a result: more than any form has */

/* A text that is made, or only measured while `to` is NULL. */
struct out {
	CHAR16 *to;
	uint64_t length;
};

static void put(struct out *out, CHAR16 c)
{
	if (out->to)
		out->to[out->length] = c;
	out->length++;
}

static void put_text(struct out *out, const CHAR16 *from, const CHAR16 *end)
{
	while (from < end)
		put(out, *from++);
}

static void put_byte(struct out *out, uint8_t byte)
{
	put(out, (CHAR16) "0123456789abcdef"[byte >> 4]);
	put(out, (CHAR16) "0123456789abcdef"[byte & 15]);
}

/* ---- reading ---- */

/* What follows the word at the beginning of a text; NULL: it does not begin with it. */
static const CHAR16 *after(const CHAR16 *text, const char *word)
{
	while (*word)
		if (*text++ != (CHAR16)(uint8_t)*word++)
			return NULL;
	return text;
}

/* The & before the next pair, or the end. */
static const CHAR16 *pair_end(const CHAR16 *at)
{
	while (*at && *at != '&')
		at++;
	return at;
}

/* What follows a number in hex, at most 2^32 - 1; NULL: there is none. */
static const CHAR16 *read_number(const CHAR16 *at, uint64_t *number)
{
	const CHAR16 *start = at;

	for (*number = 0; hii_digit(*at) >= 0 && *number < UINT32_C(1) << 28; at++)
		*number = *number << 4 | (uint32_t)hii_digit(*at);
	return at > start && hii_digit(*at) < 0 ? at : NULL;
}

/* OFFSET=…&WIDTH=…, perhaps behind an &: what follows it; NULL: it is none. */
static const CHAR16 *read_name(const CHAR16 *at, uint64_t *offset, uint64_t *width)
{
	at = after(*at == '&' ? at + 1 : at, "OFFSET=");
	if (at)
		at = read_number(at, offset);
	if (at)
		at = after(at, "&WIDTH=");
	return at ? read_number(at, width) : NULL;
}

/* A part of a string with its own routing header (35.2.1): GUID=…&NAME=…&PATH=…, perhaps &ALTCFG=…, then pairs. */
struct part {
	const CHAR16 *guid, *name, *path, *alternative; /* values; no alternative: NULL */
	const CHAR16 *start, *header_end, *pairs, *end;
};

/* False: there is no header at `at`. */
static bool read_part(const CHAR16 *at, struct part *part)
{
	part->start = at;
	part->guid = after(at, "GUID=");
	part->name = part->guid ? after(pair_end(at), "&NAME=") : NULL;
	part->path = part->name ? after(pair_end(part->name), "&PATH=") : NULL;
	if (!part->path)
		return false;
	part->header_end = part->pairs = pair_end(part->path);
	part->alternative = after(part->pairs, "&ALTCFG=");
	if (part->alternative)
		part->pairs = pair_end(part->alternative);
	for (part->end = part->pairs; *part->end && !after(part->end, "&GUID=");)
		part->end = pair_end(part->end + 1);
	return true;
}

static const CHAR16 *skip_header(const CHAR16 *at)
{
	struct part part;

	return read_part(at, &part) ? part.header_end : at;
}

/* ---- blocks ---- */

/* The values of the names in a request, behind each. *progress: the name that failed, or the end. */
static efi_status read_block(struct out *out, const CHAR16 *request, const uint8_t *block,
			     uint64_t size, const CHAR16 **progress)
{
	const CHAR16 *at = skip_header(request);

	put_text(out, request, at);
	while (*at) {
		uint64_t offset, width;
		const CHAR16 *end = read_name(at, &offset, &width);

		*progress = at;
		if (!end || (*end && *end != '&'))
			return EFI_INVALID_PARAMETER;
		if (offset > size || width > size - offset)
			return EFI_DEVICE_ERROR;
		if (out->length + width > TEXT_MAX / 2)
			return EFI_OUT_OF_RESOURCES;
		put_text(out, at, end);
		for (const char *word = "&VALUE="; *word; word++)
			put(out, (CHAR16)*word);
		while (width--)
			put_byte(out, block[offset + width]);
		at = end;
	}
	*progress = at;
	put(out, 0);
	return EFI_SUCCESS;
}

efi_status EFIAPI hii_block_to_config(const struct efi_hii_config_routing_protocol *This,
				      const efi_string ConfigRequest, const uint8_t *Block,
				      const uint64_t BlockSize, efi_string *Config,
				      efi_string *Progress)
{
	struct out out = {NULL, 0};
	const CHAR16 *progress = ConfigRequest;
	efi_status status;

	if (!This || !ConfigRequest || !Block || !Config || !Progress)
		return EFI_INVALID_PARAMETER;
	*Config = NULL;
	status = read_block(&out, ConfigRequest, Block, BlockSize, &progress);
	if (!EFI_ERROR(status)) {
		out = (struct out){efi_new(out.length * sizeof(CHAR16)), 0};
		*Config = out.to;
		status = out.to ? read_block(&out, ConfigRequest, Block, BlockSize, &progress)
				: EFI_OUT_OF_RESOURCES;
		if (!out.to)
			progress = ConfigRequest;
	}
	*Progress = (efi_string)(uintptr_t)progress;
	return status;
}

/* Stores the number whose digits lie between `from` and `end`. */
static void store(uint8_t *to, uint64_t width, const CHAR16 *from, const CHAR16 *end)
{
	memset(to, 0, width);
	for (uint64_t i = 0; end > from; i++)
		to[i / 2] |= (uint8_t)(hii_digit(*--end) << (i & 1 ? 4 : 0));
}

/* The values in a response to the block, if it is not NULL. *used: bytes of a block that has room for all of them. */
static efi_status write_block(const CHAR16 *response, uint8_t *block, uint64_t *used,
			      const CHAR16 **progress)
{
	const CHAR16 *at = skip_header(response);

	*used = 0;
	while (*at) {
		uint64_t offset, width;
		const CHAR16 *value, *end = read_name(at, &offset, &width);

		*progress = at;
		value = end ? after(end, "&VALUE=") : NULL;
		for (end = value; end && hii_digit(*end) >= 0;)
			end++;
		if (!value || end == value || (*end && *end != '&') ||
		    (uint64_t)(end - value) > 2 * width)
			return EFI_INVALID_PARAMETER;
		if (offset + width > *used)
			*used = offset + width;
		if (block)
			store(block + offset, width, value, end);
		at = end;
	}
	*progress = at;
	return EFI_SUCCESS;
}

efi_status EFIAPI hii_config_to_block(const struct efi_hii_config_routing_protocol *This,
				      const efi_string ConfigResp, uint8_t *Block,
				      uint64_t *BlockSize, efi_string *Progress)
{
	const CHAR16 *progress = ConfigResp;
	efi_status status;
	uint64_t used;

	if (!This || !ConfigResp || !Block || !BlockSize || !Progress)
		return EFI_INVALID_PARAMETER;
	/* What is stored before a pair that is none counts as well. */
	status = write_block(ConfigResp, NULL, &used, &progress);
	if (used > *BlockSize)
		status = EFI_BUFFER_TOO_SMALL;
	else
		status = write_block(ConfigResp, Block, &used, &progress);
	*Progress = (efi_string)(uintptr_t)progress;
	if (status == EFI_BUFFER_TOO_SMALL)
		*BlockSize = used;
	else if (!EFI_ERROR(status))
		*BlockSize = used ? used - 1 : 0; /* 35.4.6: the largest index that was modified */
	return status;
}

/* ---- alternatives ---- */

/* Whether a value is these bytes in hex; with `swap` 1 those of CHAR16, of which the text has the high one first. */
static bool is_bytes(const CHAR16 *at, const void *bytes, uint64_t size, uint64_t swap)
{
	const uint8_t *byte = bytes;

	for (uint64_t i = 0; i < size; i++, at += 2) {
		if (hii_digit(at[0]) < 0 || hii_digit(at[1]) < 0 ||
		    (hii_digit(at[0]) << 4 | hii_digit(at[1])) != byte[i ^ swap])
			return false;
	}
	return !*at || *at == '&';
}

/*
 * Whether a part is the one that is meant: without AltCfgId the current settings. 35.4.7 has it point to the value, which is a number as the other
 * values are not text either; EDK2 reads it so.
 */
static bool is_alternative(const struct part *part, const CHAR16 *AltCfgId)
{
	uint64_t number;

	if (!AltCfgId)
		return !part->alternative;
	return part->alternative && read_number(part->alternative, &number) && number == *AltCfgId;
}

efi_status EFIAPI hii_get_alt_config(const struct efi_hii_config_routing_protocol *This,
				     const efi_string ConfigResp, const struct efi_guid *Guid,
				     const efi_string Name,
				     const struct efi_device_path_protocol *DevicePath,
				     const efi_string AltCfgId, efi_string *AltCfgResp)
{
	uint64_t path_size = DevicePath ? efi_device_path_size(DevicePath) : 0;
	const CHAR16 *at = ConfigResp;
	struct part part;

	if (!This || !ConfigResp || !AltCfgResp || (DevicePath && !path_size))
		return EFI_INVALID_PARAMETER;
	for (*AltCfgResp = NULL; read_part(*at == '&' ? at + 1 : at, &part); at = part.end) {
		struct out out = {NULL, 0};

		if ((Guid && !is_bytes(part.guid, Guid, sizeof(*Guid), 0)) ||
		    (Name &&
		     !is_bytes(part.name, Name, string16_length(Name) * sizeof(*Name), 1)) ||
		    (DevicePath && !is_bytes(part.path, DevicePath, path_size, 0)) ||
		    !is_alternative(&part, AltCfgId))
			continue;
		out.to = efi_new((uint64_t)(part.end - part.start + 1) * sizeof(CHAR16));
		if (!out.to)
			return EFI_OUT_OF_RESOURCES;
		put_text(&out, part.start, part.header_end);
		put_text(&out, part.pairs, part.end);
		*AltCfgResp = out.to;
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}
