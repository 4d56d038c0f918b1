/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL (UEFI 2.10, 10.6.5). A node name(…) that the table knows is read by it; fields may be
 * left out and are 0 then; what is no such name is a file's path. NULL: a field makes no sense, or no memory.
 */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/device_path_nodes.h"
#include "efi/protocols/install.h"
#include "efi/protocols/string16.h"
#include "efi/table.h"
#include "lib/bytes.h"

#define NODE_MIN_ROOM 64 /* at least the largest node of the table, without its rest */

static const struct efi_guid from_text_guid = EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL_GUID;

/* A piece of the text. */
struct span {
	const CHAR16 *at;
	uint64_t length;
};

/* The node that is being made; its room is known to do. */
struct node {
	uint8_t *at;
	uint64_t size;
};

static int digit(CHAR16 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = string16_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static bool parse_number(struct span span, uint64_t *value)
{
	int base = 10;

	*value = 0;
	if (span.length > 2 && span.at[0] == '0' && string16_lower(span.at[1]) == 'x') {
		base = 16;
		span.at += 2;
		span.length -= 2;
	}
	for (uint64_t i = 0; i < span.length; i++) {
		int d = digit(span.at[i]);

		if (d >= base || *value > (UINT64_MAX - (uint64_t)d) / (uint64_t)base)
			return false;
		*value = *value * (uint64_t)base + (uint64_t)d;
	}
	return true;
}

/* False: it has more bits than there are bytes. */
static bool store_number(uint8_t *at, uint8_t size, uint64_t value)
{
	for (uint8_t i = 0; i < size; i++, value >>= 8)
		at[i] = (uint8_t)value;
	return !value;
}

/* Pairs of hex digits, `between` counted as nothing; at most `max` bytes, and exactly those. */
static bool parse_bytes(struct span span, CHAR16 between, uint8_t *at, uint64_t max,
			uint64_t *count)
{
	*count = 0;
	for (uint64_t i = 0; i < span.length; i++) {
		if (between && span.at[i] == between)
			continue;
		if (i + 1 == span.length || *count == max || digit(span.at[i]) > 15 ||
		    digit(span.at[i + 1]) > 15)
			return false;
		at[(*count)++] = (uint8_t)(digit(span.at[i]) << 4 | digit(span.at[i + 1]));
		i++;
	}
	return true;
}

static bool parse_guid(struct span span, uint8_t *at)
{
	uint8_t bytes[16];
	uint64_t count;

	if (span.length != 36 || span.at[8] != '-' || span.at[13] != '-' || span.at[18] != '-' ||
	    span.at[23] != '-' || !parse_bytes(span, '-', bytes, 16, &count) || count != 16)
		return false;
	le32_store(at, be32_load(bytes));
	le16_store(at + 4, be16_load(bytes + 4));
	le16_store(at + 6, be16_load(bytes + 6));
	memcpy(at + 8, bytes + 8, 8);
	return true;
}

/* A word of a list "0:DHCP 17:UDP", or a number. */
static bool parse_word(struct span span, const char *words, uint64_t *value)
{
	char word[24];

	while (*words) {
		uint64_t v = 0;
		uint64_t length = 0;

		for (; *words != ':'; words++)
			v = v * 10 + (uint64_t)(*words - '0');
		for (words++; *words && *words != ' ' && length < sizeof(word) - 1; words++)
			word[length++] = *words;
		word[length] = 0;
		if (string16_is(span.at, span.length, word)) {
			*value = v;
			return true;
		}
		if (*words)
			words++;
	}
	return parse_number(span, value);
}

/* PNP0A03, or a number. */
static bool parse_eisa(struct span span, uint8_t *at)
{
	uint64_t value;
	uint32_t id = 0;

	if (span.length != 7 || digit(span.at[0]) < 10) {
		if (!parse_number(span, &value))
			return false;
		return store_number(at, 4, value);
	}
	for (int i = 0; i < 3; i++) {
		CHAR16 letter = string16_lower(span.at[i]);

		if (letter < 'a' || letter > 'z')
			return false;
		id = id << 5 | (uint32_t)(letter - 'a' + 1);
	}
	for (int i = 3; i < 7; i++) {
		if (digit(span.at[i]) > 15)
			return false;
		id += (uint32_t)digit(span.at[i]) << (16 + 4 * (6 - i));
	}
	le32_store(at, id);
	return true;
}

static struct span cut(struct span *from, CHAR16 at)
{
	struct span piece = {from->at, 0};

	while (piece.length < from->length && from->at[piece.length] != at)
		piece.length++;
	from->at += piece.length;
	from->length -= piece.length;
	if (from->length) {
		from->at++;
		from->length--;
	}
	return piece;
}

static bool parse_ip4(struct span span, uint8_t *at)
{
	uint64_t value;

	for (int i = 0; i < 4; i++)
		if (!parse_number(cut(&span, '.'), &value) || !store_number(at + i, 1, value))
			return false;
	return !span.length;
}

/* All eight groups written out: that is how we write them. */
static bool parse_ip6(struct span span, uint8_t *at)
{
	for (int i = 0; i < 16; i += 2) {
		struct span group = cut(&span, ':');
		unsigned int value = 0;

		if (!group.length || group.length > 4)
			return false;
		for (uint64_t j = 0; j < group.length; j++) {
			if (digit(group.at[j]) > 15)
				return false;
			value = value << 4 | (unsigned int)digit(group.at[j]);
		}
		at[i] = (uint8_t)(value >> 8);
		at[i + 1] = (uint8_t)value;
	}
	return !span.length;
}

static bool parse_disk(struct span span, uint8_t *node, uint8_t *at)
{
	uint64_t value;

	/* 10.3.5.1: the format of the partition table goes with the type of the signature. */
	node[DISK_TYPE_AT - 1] = node[DISK_TYPE_AT] == SIGNATURE_TYPE_GUID
					 ? MBR_TYPE_EFI_PARTITION_TABLE_HEADER
					 : MBR_TYPE_PCAT;
	switch (node[DISK_TYPE_AT]) {
	case SIGNATURE_TYPE_GUID:
		return parse_guid(span, at);
	case SIGNATURE_TYPE_MBR:
		return parse_number(span, &value) && store_number(at, 4, value);
	case NO_DISK_SIGNATURE:
		return true;
	default:
		return parse_bytes(span, 0, at, 16, &value);
	}
}

static bool parse_rest(struct node *node, uint8_t kind, struct span span)
{
	uint8_t *at = node->at + node->size;
	uint64_t value;

	switch (kind) {
	case NODE_DUMP:
		if (!parse_bytes(span, 0, at, span.length, &value))
			return false;
		node->size += value;
		return true;
	case NODE_NUMBERS:
		if (!parse_number(span, &value) || !store_number(at, 4, value))
			return false;
		node->size += 4;
		return true;
	case NODE_UTF16:
		memcpy(at, span.at, span.length * sizeof(CHAR16));
		node->size += span.length * sizeof(CHAR16);
		return true;
	default:
		for (uint64_t i = 0; i < span.length; i++)
			at[i] = (uint8_t)span.at[i];
		node->size += span.length;
		return true;
	}
}

static bool parse_field(struct node *node, const struct node_text *as, int i, struct span span)
{
	uint8_t *at = node->at + as->field[i].at;
	uint8_t size = as->field[i].size;
	uint64_t value;

	if (!span.length)
		return true;
	switch (as->field[i].kind) {
	case NODE_HEX:
	case NODE_DECIMAL:
		return parse_number(span, &value) && store_number(at, size, value);
	case NODE_WORD:
		return parse_word(span, node_words[as->field[i].words], &value) &&
		       store_number(at, size, value);
	case NODE_GUID:
		return parse_guid(span, at);
	case NODE_EISA:
		return parse_eisa(span, at);
	case NODE_BYTES:
		return parse_bytes(span, 0, at, size, &value) && value == size;
	case NODE_EUI:
		return parse_bytes(span, '-', at, size, &value) && value == size;
	case NODE_MAC:
		return parse_bytes(span, 0, at, size, &value);
	case NODE_IP4:
		return parse_ip4(span, at);
	case NODE_IP6:
		return parse_ip6(span, at);
	case NODE_DISK:
		return parse_disk(span, node->at, at);
	default:
		return parse_rest(node, as->field[i].kind, span);
	}
}

static bool parse_by_table(struct node *node, const struct node_text *as, struct span fields)
{
	node->at[0] = as->type;
	node->at[1] = as->subtype;
	node->size = as->size;
	if (as->guid)
		memcpy(node->at + 4, &node_guids[as->guid], sizeof(struct efi_guid));
	if (as->pnp)
		le32_store(node->at + 4, EISA_PNP_ID((uint32_t)as->pnp));
	for (int i = 0; i < NODE_FIELDS_MAX && as->field[i].kind; i++) {
		bool again = as->field[i].kind == NODE_NUMBERS;
		struct span field = as->field[i].kind == NODE_ASCII && !as->field[i + 1].kind
					    ? fields
					    : cut(&fields, ',');

		if (field.at == fields.at)
			fields.length = 0;
		if (!parse_field(node, as, i, field))
			return false;
		while (again && fields.length)
			if (!parse_field(node, as, i, cut(&fields, ',')))
				return false;
	}
	/* The string of UsbWwid and Uri has no end; that of BBS has. */
	if (as->type == BBS_DEVICE_PATH)
		node->at[node->size++] = 0;
	return !fields.length;
}

/* Path(type,subtype,data), and the same by a type's name. */
static bool parse_by_number(struct node *node, uint64_t type, struct span fields)
{
	uint64_t value = type;

	if (!type && (!parse_number(cut(&fields, ','), &value) || value > 0xff))
		return false;
	node->at[0] = (uint8_t)value;
	if (!parse_number(cut(&fields, ','), &value) || value > 0xff)
		return false;
	node->at[1] = (uint8_t)value;
	node->size = 4;
	return parse_rest(node, NODE_DUMP, fields);
}

static void file_path(struct node *node, struct span span)
{
	node->at[0] = MEDIA_DEVICE_PATH;
	node->at[1] = MEDIA_FILEPATH_DP;
	memcpy(node->at + 4, span.at, span.length * sizeof(CHAR16));
	node->size = 4 + (span.length + 1) * sizeof(CHAR16); /* the memory was zero */
}

/* The bytes that a node made of so much text may take. */
static uint64_t room_for(uint64_t length)
{
	return NODE_MIN_ROOM + 4 * length;
}

/* Makes one node at zeroed memory. */
static bool parse_node(struct node *node, struct span span)
{
	struct span fields = span;
	struct span name = cut(&fields, '(');
	bool good = false;
	uint64_t type = 0;

	if (!span.length)
		return false;
	if (name.length == span.length || span.at[span.length - 1] != ')') {
		file_path(node, span);
		goto made;
	}
	fields.length--;
	for (const struct node_text *as = node_texts; as->type; as++) {
		if (!string16_is(name.at, name.length, as->name))
			continue;
		if (!parse_by_table(node, as, fields))
			return false;
		goto made;
	}
	good = string16_is(name.at, name.length, "Path");
	for (uint64_t i = 0; i < 5 && !good; i++) {
		good = string16_is(name.at, name.length, node_type_names[i]);
		type = i + 1;
	}
	if (!good)
		file_path(node, span);
	else if (!parse_by_number(node, type, fields))
		return false;
made:
	if (node->size > UINT16_MAX)
		return false;
	le16_store(node->at + 2, (uint16_t)node->size);
	return true;
}

static void add_end(struct node *node, uint8_t subtype)
{
	node->at += node->size;
	node->at[0] = END_DEVICE_PATH_TYPE;
	node->at[1] = subtype;
	le16_store(node->at + 2, 4);
	node->size = 4;
}

/* Up to the next / or , outside of brackets; *separator is what is there. */
static struct span next_node(const CHAR16 **text, CHAR16 *separator)
{
	struct span span = {*text, 0};
	int depth = 0;

	for (; **text; ++*text) {
		if (**text == '(')
			depth++;
		if (**text == ')')
			depth--;
		if (depth <= 0 && (**text == '/' || **text == ','))
			break;
		span.length++;
	}
	*separator = **text;
	if (**text)
		++*text;
	return span;
}

static struct efi_device_path_protocol *EFIAPI text_to_node(const CHAR16 *TextDeviceNode)
{
	struct efi_device_path_protocol *copy;
	struct node node;
	uint64_t length;
	uint64_t made;
	void *block;

	if (!TextDeviceNode)
		return NULL;
	length = string16_length(TextDeviceNode);
	block = efi_new(room_for(length));
	if (!block)
		return NULL;
	node = (struct node){.at = block};
	if (!parse_node(&node, (struct span){TextDeviceNode, length})) {
		efi_free_pool(block);
		return NULL;
	}
	made = node.size;
	if (efi_allocate_pool(EfiBootServicesData, made, (void **)(void *)&copy))
		copy = NULL;
	else
		memcpy(copy, block, made);
	efi_free_pool(block);
	return copy;
}

static bool parse_path(struct node *node, const CHAR16 *text)
{
	CHAR16 separator = '/';

	while (*text) {
		struct span span = next_node(&text, &separator);

		node->at += node->size;
		node->size = 0;
		/* A path may begin with its separator, and file names may have one doubled. */
		if (span.length && !parse_node(node, span))
			return false;
		if (separator == ',')
			add_end(node, END_INSTANCE_DEVICE_PATH_SUBTYPE);
	}
	return true;
}

static struct efi_device_path_protocol *EFIAPI text_to_path(const CHAR16 *TextDevicePath)
{
	struct efi_device_path_protocol *copy = NULL;
	struct node node;
	uint64_t nodes = 2;
	uint64_t length;
	void *block;

	if (!TextDevicePath)
		return NULL;
	length = string16_length(TextDevicePath);
	for (uint64_t i = 0; i < length; i++)
		nodes += TextDevicePath[i] == '/' || TextDevicePath[i] == ',';
	block = efi_new(nodes * room_for(0) + room_for(length));
	if (!block)
		return NULL;
	node = (struct node){.at = block};
	if (parse_path(&node, TextDevicePath)) {
		add_end(&node, END_ENTIRE_DEVICE_PATH_SUBTYPE);
		copy = efi_device_path_duplicate(block);
	}
	efi_free_pool(block);
	return copy;
}

static struct efi_device_path_from_text_protocol from_text = {
	.ConvertTextToDeviceNode = text_to_node,
	.ConvertTextToDevicePath = text_to_path,
};

efi_status efi_device_path_from_text_install(void)
{
	efi_handle handle = efi_firmware_handle();

	return efi_install_protocol_interface(&handle, &from_text_guid, EFI_NATIVE_INTERFACE,
					      &from_text);
}
