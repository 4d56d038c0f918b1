/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/bls.c boot/bls_order.c tests/host.c */
/*
 * Any two texts as entries, os-releases, names, versions and patterns: nothing beyond them is touched, the order is one, and
 * the name of a file that was tried again is one of the same entry. A NUL divides the input.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/bls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With room for a byte behind the NUL. */
static char *copied(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 2);

	memcpy(text, data, size);
	return text;
}

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* The pairs lie in what the text took. */
static void check_pairs(const char *text, size_t size)
{
	const char *at = text;

	while (*at) {
		at += strlen(at) + 1;
		at += strlen(at) + 1;
	}
	must((size_t)(at - text) <= size + 1);
}

static void check_name(const char *text)
{
	struct bls_entry entry, next;
	char name[BLS_NAME_SIZE];
	uint16_t wide[256] = {0};

	for (uint32_t i = 0; i < 255 && text[i]; i++)
		wide[i] = (uint8_t)text[i];
	if (bls_name(&entry, wide, ".conf"))
		return;
	if (!bls_next_name(&entry, name)) {
		memset(wide, 0, sizeof(wide));
		must(strlen(name) < BLS_NAME_SIZE - 1);
		for (uint32_t i = 0; i < 255 && name[i]; i++)
			wide[i] = (uint8_t)name[i];
		if (strlen(name) < 256) {
			must(!bls_name(&next, wide, ".conf") && !strcmp(next.id, entry.id));
			must(next.tries_left >= 0 && next.tries_left <= entry.tries_left);
			free(next.name);
		}
	}
	free(entry.name);
}

static void read_entry(struct bls_entry *entry, char *text, size_t size, const uint16_t *name)
{
	int error = bls_parse(entry, text, "x64");

	must(!error || error == -ENOEXEC || error == -EINVAL || error == -ENOTSUP);
	must(error || *entry->program);
	check_pairs(text, size);
	must(!bls_name(entry, name, ".efi"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *divide = memchr(data, 0, size);
	size_t first = divide ? (size_t)(divide - data) : size;
	size_t second = divide ? size - first - 1 : 0;
	char *a = copied(data, first), *b = copied(divide ? divide + 1 : data, second);
	struct bls_entry one, other;
	uint16_t *wide = calloc(first + 1, sizeof(*wide));
	int order;

	second = strlen(b);
	order = bls_version_compare(a, b);
	must((order > 0) == (bls_version_compare(b, a) < 0));
	must(!bls_version_compare(a, a));
	must(bls_utf16(a, wide) <= first);
	check_name(a);
	must(!bls_name(&one, u"a-1+3.efi", ".efi"));
	bls_matches(&one, a);
	free(one.name);

	read_entry(&one, a, first, u"a-1+3.efi");
	read_entry(&other, b, second, u"a-2.efi");
	order = bls_compare(&one, &other);
	must(order && (order > 0) == (bls_compare(&other, &one) < 0));
	free(one.name);
	free(other.name);
	free(a);
	free(b);
	free(wide);

	a = copied(data, first);
	bls_parse_release(&one, a);
	check_pairs(a, first);
	free(a);
	return 0;
}
