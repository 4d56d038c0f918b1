/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts and the names of entries; see bls.h. Their order is in boot/bls_order.c. */
#include "boot/bls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES_MAX INT32_MAX
#define BLANK " \t\r"

/* ---- lines of a key and a value ---- */

/* Copies a string down to `to`, without what would move a terminal's cursor; returns what is behind its NUL. */
static char *move_down(char *to, const char *from)
{
	do {
		char c = *from;

		*to++ = c == '\t' ? ' ' : c && ((uint8_t)c < ' ' || c == 0x7f) ? '?' : c;
	} while (*from++);
	return to;
}

static char *unquoted(char *value)
{
	size_t length = strlen(value);

	if (length < 2 || (*value != '"' && *value != '\'') || value[length - 1] != *value)
		return value;
	value[length - 1] = '\0';
	return value + 1;
}

/* The strings key, value, key, value, …, and an empty one. They take no more than the lines did, but for one NUL. */
void bls_split(char *text, const char *separators)
{
	char *to = text;

	while (*text) {
		char *line = text + strspn(text, BLANK);
		char *value;

		text += strcspn(text, "\n");
		for (char *end = text; end > line && strchr(BLANK, end[-1]); end--)
			end[-1] = '\0';
		if (*text)
			*text++ = '\0';
		value = line + strcspn(line, separators);
		if (*line == '#' || value == line || !*value)
			continue;
		*value++ = '\0';
		value += strspn(value, BLANK);
		if (*separators == '=')
			value = unquoted(value);
		to = move_down(move_down(to, line), value);
	}
	*to = '\0';
}

const char *bls_value(const char *text, const char *key, const char *after)
{
	const char *at = after ? after + strlen(after) + 1 : text;

	while (*at) {
		const char *value = at + strlen(at) + 1;

		if (!strcmp(at, key))
			return value;
		at = value + strlen(value) + 1;
	}
	return NULL;
}

const char *bls_last(const char *text, const char *key)
{
	const char *value = NULL, *last = "";

	while ((value = bls_value(text, key, value)))
		last = value;
	return last;
}

/* Whether both are the same, in either case. */
static bool is_word(const char *a, const char *b)
{
	for (; *a && bls_lower(*a) == bls_lower(*b); a++)
		b++;
	return bls_lower(*a) == bls_lower(*b);
}

int bls_parse(struct bls_entry *entry, char *text, const char *machine)
{
	const char *kernel, *application, *unified, *architecture;

	bls_split(text, BLS_ENTRY);
	entry->text = text;
	entry->title = bls_last(text, "title");
	entry->version = bls_last(text, "version");
	entry->machine_id = bls_last(text, "machine-id");
	entry->sort_key = bls_last(text, "sort-key");
	kernel = bls_last(text, "linux");
	application = bls_last(text, "efi");
	unified = bls_last(text, "uki");
	entry->program = *kernel ? kernel : *application ? application : unified;
	architecture = bls_last(text, "architecture");
	if (*architecture && !is_word(architecture, machine))
		return -ENOEXEC;
	if (!*kernel + !*application + !*unified != 2)
		return -EINVAL;
	if (bls_value(text, "devicetree", NULL) || bls_value(text, "devicetree-overlay", NULL))
		return -ENOTSUP;
	return 0;
}

/* The first of some keys that is given; "": none is. */
static const char *first_of(const char *text, const char *const *keys)
{
	const char *value = "";

	for (; *keys && !*value; keys++)
		value = bls_last(text, *keys);
	return value;
}

void bls_parse_release(struct bls_entry *entry, char *text)
{
	/* UAPI.1 names PRETTY_NAME and VERSION_ID; images of a system that is one carry what os-release(5) has for them. */
	static const char *const titles[] = {"PRETTY_NAME", "IMAGE_ID", "NAME", "ID", NULL};
	static const char *const versions[] = {"IMAGE_VERSION", "VERSION_ID", "VERSION", "BUILD_ID",
					       NULL};
	static const char *const sort_keys[] = {"IMAGE_ID", "ID", NULL};

	bls_split(text, BLS_RELEASE);
	entry->text = "";
	entry->title = first_of(text, titles);
	entry->version = first_of(text, versions);
	entry->machine_id = "";
	entry->sort_key = first_of(text, sort_keys);
	entry->program = "";
}

/* ---- names ---- */

/* A decimal number at *at, which moves behind it; false: there is none, or it is too large. */
static bool number(const char **at, int32_t *value)
{
	const char *from = *at;
	uint64_t read = 0;

	for (; **at >= '0' && **at <= '9' && read <= TRIES_MAX; (*at)++)
		read = read * 10 + (uint64_t)(**at - '0');
	*value = (int32_t)read;
	return *at > from && read <= TRIES_MAX;
}

/* Takes "+left" or "+left-done" off the end of id. */
static void take_counters(struct bls_entry *entry, char *id)
{
	char *plus = strrchr(id, '+');
	int32_t left, done = 0;
	const char *at;

	entry->tries_left = -1;
	entry->tries_done = 0;
	if (!plus || plus == id)
		return;
	at = plus + 1;
	if (!number(&at, &left))
		return;
	if (*at == '-') {
		at++;
		if (!number(&at, &done))
			return;
	}
	if (*at)
		return;
	*plus = '\0';
	entry->tries_left = left;
	entry->tries_done = done;
}

int bls_name(struct bls_entry *entry, const uint16_t *name, const char *suffix)
{
	uint64_t length = 0, stem;
	char *copy, *id;

	/* UAPI.1: names are of letters, digits and a few signs. */
	while (name[length] > ' ' && name[length] < 0x7f)
		length++;
	if (name[length] || length <= strlen(suffix) || *name == '.')
		return -EINVAL;
	copy = malloc(2 * length + 2);
	if (!copy)
		return -ENOMEM;
	for (uint64_t i = 0; i <= length; i++)
		copy[i] = (char)name[i];
	stem = length - strlen(suffix);
	if (!is_word(copy + stem, suffix)) {
		free(copy);
		return -EINVAL;
	}
	id = copy + length + 1;
	memcpy(id, copy, stem);
	id[stem] = '\0';
	take_counters(entry, id);
	entry->name = copy;
	entry->id = id;
	return 0;
}

int bls_next_name(const struct bls_entry *entry, char name[BLS_NAME_SIZE])
{
	int32_t left = entry->tries_left, done = entry->tries_done;

	if (left < 0)
		return -ENOENT;
	snprintf(name, BLS_NAME_SIZE, "%s+%d-%d%s", entry->id, (int)(left ? left - 1 : 0),
		 (int)(done < TRIES_MAX ? done + 1 : done), strrchr(entry->name, '.'));
	return 0;
}

/* ---- characters ---- */

/* One of UTF-8 at *at, which moves behind it: its number, or that of U+FFFD. */
static uint32_t character(const uint8_t **at)
{
	uint32_t c = *(*at)++;
	uint32_t more = c < 0xc2 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 0;
	uint32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0;

	if (c < 0x80)
		return c;
	if (!more)
		return 0xfffd;
	c &= 0x3fu >> more;
	for (; more; more--) {
		if ((**at & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (*(*at)++ & 0x3f);
	}
	return c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c;
}

uint64_t bls_utf16(const char *text, uint16_t *to)
{
	const uint8_t *at = (const uint8_t *)text;
	uint64_t count = 0;

	while (*at) {
		uint32_t c = character(&at);

		if (c >= 0x10000) {
			to[count++] = (uint16_t)(0xd7c0 + (c >> 10));
			c = 0xdc00 | (c & 0x3ff);
		}
		to[count++] = (uint16_t)c;
	}
	return count;
}
