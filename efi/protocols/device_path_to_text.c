/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_DEVICE_PATH_TO_TEXT_PROTOCOL (UEFI 2.10, 10.6.2). A text is written twice: once to count its characters, once into
 * a block of that size. Shortcuts and display-only forms are not used: every text can be read back.
 */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/device_path_nodes.h"
#include "efi/protocols/install.h"
#include "efi/table.h"
#include "efi/text.h"
#include "lib/bytes.h"

static const struct efi_guid to_text_guid = EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID;

struct text {
	CHAR16 *to; /* NULL: only counting */
	uint64_t length;
};

static void put(struct text *text, CHAR16 c)
{
	if (text->to)
		text->to[text->length] = c;
	text->length++;
}

static void put_ascii(struct text *text, const char *string)
{
	while (*string)
		put(text, (CHAR16)(uint8_t)*string++);
}

static void put_number(struct text *text, uint64_t value, unsigned int base, int digits)
{
	char buffer[20];
	int at = sizeof(buffer);

	do {
		buffer[--at] = "0123456789ABCDEF"[value % base];
		value /= base;
		digits--;
	} while (value || digits > 0);
	while (at < (int)sizeof(buffer))
		put(text, (CHAR16)(uint8_t)buffer[at++]);
}

static void put_hex(struct text *text, uint64_t value)
{
	put_ascii(text, "0x");
	put_number(text, value, 16, 1);
}

static void put_bytes(struct text *text, const uint8_t *bytes, uint64_t size, char between)
{
	for (uint64_t i = 0; i < size; i++) {
		if (i && between)
			put(text, (CHAR16)(uint8_t)between);
		put_number(text, bytes[i], 16, 2);
	}
}

static void put_guid(struct text *text, const uint8_t *guid)
{
	put_number(text, le32_load(guid), 16, 8);
	put(text, '-');
	put_number(text, le16_load(guid + 4), 16, 4);
	put(text, '-');
	put_number(text, le16_load(guid + 6), 16, 4);
	put(text, '-');
	put_bytes(text, guid + 8, 2, 0);
	put(text, '-');
	put_bytes(text, guid + 10, 6, 0);
}

static uint64_t number(const uint8_t *at, uint8_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | at[size];
	return value;
}

/* The name of a value in a list "0:DHCP 17:UDP"; NULL: it has none. */
static const char *word_of(const char *words, uint64_t value)
{
	while (*words) {
		uint64_t v = 0;

		for (; *words != ':'; words++)
			v = v * 10 + (uint64_t)(*words - '0');
		words++;
		if (v == value)
			return words;
		while (*words && *words++ != ' ')
			;
	}
	return NULL;
}

static void put_word(struct text *text, const char *words, uint64_t value)
{
	const char *word = word_of(words, value);

	if (!word)
		put_number(text, value, 10, 1);
	for (; word && *word && *word != ' '; word++)
		put(text, (CHAR16)(uint8_t)*word);
}

static void put_eisa(struct text *text, uint32_t id)
{
	for (int shift = 10; shift >= 0; shift -= 5)
		put(text, (CHAR16)('@' + (id >> shift & 0x1f)));
	put_number(text, id >> 16, 16, 4);
}

/* An identifier is three letters of five bits: what has others is written as a number. */
static bool is_eisa(uint32_t id)
{
	for (int shift = 0; shift <= 10; shift += 5)
		if ((id >> shift & 0x1f) < 1 || (id >> shift & 0x1f) > 26)
			return false;
	return !(id & 0x8000);
}

static void put_ip6(struct text *text, const uint8_t *address)
{
	for (int i = 0; i < 16; i += 2) {
		if (i)
			put(text, ':');
		put_number(text, (uint64_t)(address[i] << 8 | address[i + 1]), 16, 1);
	}
}

static void put_disk_signature(struct text *text, const uint8_t *node, const uint8_t *at)
{
	switch (node[DISK_TYPE_AT]) {
	case SIGNATURE_TYPE_GUID:
		put_guid(text, at);
		break;
	case SIGNATURE_TYPE_MBR:
		put_ascii(text, "0x");
		put_number(text, le32_load(at), 16, 8);
		break;
	case NO_DISK_SIGNATURE:
		put(text, '0');
		break;
	default:
		put_bytes(text, at, 16, 0);
	}
}

static void put_rest(struct text *text, uint8_t kind, const uint8_t *at, uint64_t size)
{
	switch (kind) {
	case NODE_DUMP:
		put_bytes(text, at, size, 0);
		break;
	case NODE_ASCII:
		for (; size && *at; size--)
			put(text, *at++);
		break;
	case NODE_UTF16:
		for (; size >= 2 && le16_load(at); size -= 2, at += 2)
			put(text, le16_load(at));
		break;
	case NODE_NUMBERS:
		for (uint64_t i = 0; i + 4 <= size; i += 4) {
			if (i)
				put(text, ',');
			put_hex(text, le32_load(at + i));
		}
		break;
	}
}

static void put_field(struct text *text, const uint8_t *node, uint64_t length,
		      const struct node_text *as, int i)
{
	const uint8_t *at = node + as->field[i].at;
	uint8_t size = as->field[i].size;

	switch (as->field[i].kind) {
	case NODE_HEX:
		put_hex(text, number(at, size));
		break;
	case NODE_DECIMAL:
		put_number(text, number(at, size), 10, 1);
		break;
	case NODE_WORD:
		put_word(text, node_words[as->field[i].words], number(at, size));
		break;
	case NODE_GUID:
		put_guid(text, at);
		break;
	case NODE_EISA:
		if (is_eisa(le32_load(at)))
			put_eisa(text, le32_load(at));
		else
			put_hex(text, le32_load(at));
		break;
	case NODE_BYTES:
		put_bytes(text, at, size, 0);
		break;
	case NODE_EUI:
		put_bytes(text, at, size, '-');
		break;
	case NODE_MAC: /* RFC 3232: 0 and 1 are Ethernet */
		put_bytes(text, at, at[32] <= 1 ? 6 : 32, 0);
		break;
	case NODE_IP4:
		for (int byte = 0; byte < 4; byte++) {
			if (byte)
				put(text, '.');
			put_number(text, at[byte], 10, 1);
		}
		break;
	case NODE_IP6:
		put_ip6(text, at);
		break;
	case NODE_DISK:
		put_disk_signature(text, node, at);
		break;
	default:
		put_rest(text, as->field[i].kind, at, length - as->field[i].at);
	}
}

static bool takes_rest(const struct node_text *as)
{
	for (int i = 0; i < NODE_FIELDS_MAX; i++)
		if (as->field[i].kind >= NODE_DUMP)
			return true;
	return false;
}

static const struct node_text *find(const uint8_t *node, uint64_t length)
{
	for (const struct node_text *as = node_texts; as->type; as++) {
		if (as->type != node[0] || as->subtype != node[1] || length < as->size)
			continue;
		if (as->guid && memcmp(node + 4, &node_guids[as->guid], sizeof(struct efi_guid)))
			continue;
		if (as->pnp && le32_load(node + 4) != EISA_PNP_ID((uint32_t)as->pnp))
			continue;
		/* Where nothing may follow, what does would be lost: such a node is written as bytes. */
		if (length > as->size && !takes_rest(as))
			continue;
		return as;
	}
	return NULL;
}

static void put_unknown(struct text *text, const uint8_t *node, uint64_t length)
{
	if (node[0] >= 1 && node[0] <= 5) {
		put_ascii(text, node_type_names[node[0] - 1]);
		put(text, '(');
	} else {
		put_ascii(text, "Path(");
		put_number(text, node[0], 10, 1);
		put(text, ',');
	}
	put_number(text, node[1], 10, 1);
	if (length > 4)
		put(text, ',');
	put_bytes(text, node + 4, length - 4, 0);
	put(text, ')');
}

static void put_node(struct text *text, const struct efi_device_path_protocol *header)
{
	const uint8_t *node = (const uint8_t *)header;
	uint64_t length = efi_device_path_length(header);
	const struct node_text *as = find(node, length);

	if (header->Type == MEDIA_DEVICE_PATH && header->SubType == MEDIA_FILEPATH_DP) {
		put_rest(text, NODE_UTF16, node + 4, length - 4);
		return;
	}
	if (!as) {
		put_unknown(text, node, length);
		return;
	}
	put_ascii(text, as->name);
	put(text, '(');
	for (int i = 0; i < NODE_FIELDS_MAX && as->field[i].kind; i++) {
		bool rest = as->field[i].kind == NODE_DUMP || as->field[i].kind == NODE_NUMBERS;

		if (rest && length <= as->field[i].at)
			continue;
		if (i)
			put(text, ',');
		put_field(text, node, length, as, i);
	}
	put(text, ')');
}

static void put_path(struct text *text, const struct efi_device_path_protocol *node)
{
	bool first = true;

	for (; !efi_device_path_is_end(node); node = efi_device_path_next(node)) {
		if (efi_device_path_is_end_of_instance(node)) {
			put(text, ',');
			first = true;
			continue;
		}
		if (!first)
			put(text, '/');
		put_node(text, node);
		first = false;
	}
}

static CHAR16 *convert(const struct efi_device_path_protocol *from,
		       void (*write)(struct text *text,
				     const struct efi_device_path_protocol *from))
{
	struct text text = {0};
	void *block;

	write(&text, from);
	if (efi_allocate_pool(EfiBootServicesData, (text.length + 1) * sizeof(CHAR16), &block))
		return NULL;
	text = (struct text){.to = block};
	write(&text, from);
	put(&text, 0);
	return block;
}

static CHAR16 *EFIAPI node_to_text(const struct efi_device_path_protocol *DeviceNode,
				   BOOLEAN DisplayOnly, BOOLEAN AllowShortcuts)
{
	(void)DisplayOnly;
	(void)AllowShortcuts;
	if (!DeviceNode || efi_device_path_length(DeviceNode) < sizeof(*DeviceNode))
		return NULL;
	return convert(DeviceNode, put_node);
}

CHAR16 *EFIAPI efi_device_path_text(const struct efi_device_path_protocol *DevicePath,
				    BOOLEAN DisplayOnly, BOOLEAN AllowShortcuts)
{
	(void)DisplayOnly;
	(void)AllowShortcuts;
	if (!efi_device_path_size(DevicePath))
		return NULL;
	return convert(DevicePath, put_path);
}

void efi_device_path_print(const struct efi_device_path_protocol *path, char *to, uint64_t size)
{
	CHAR16 *text = efi_device_path_text(path, 0, 0);

	efi_text_print(text ? text : u"?", to, size);
	if (text)
		efi_free_pool(text);
}

static struct efi_device_path_to_text_protocol to_text = {
	.ConvertDeviceNodeToText = node_to_text,
	.ConvertDevicePathToText = efi_device_path_text,
};

efi_status efi_device_path_to_text_install(void)
{
	efi_handle handle = efi_firmware_handle();

	return efi_install_protocol_interface(&handle, &to_text_guid, EFI_NATIVE_INTERFACE,
					      &to_text);
}
