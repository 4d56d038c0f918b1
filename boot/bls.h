/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the Boot Loader Specification (UAPI.1): text files of type 1, and what the os-release of a unified kernel image
 * (type 2) says of it; their order, and the counters in their names. Pure: works on what anyone may have written.
 */
#ifndef BOOT_BLS_H
#define BOOT_BLS_H

#include <stdbool.h>
#include <stdint.h>

#define BLS_TEXT_MAX 16384 /* bytes of an entry, of an os-release, of loader.conf */

struct bls_entry {
	char *name; /* of the file; and, in the same block, without counters and suffix */
	const char *id;
	int32_t tries_left, tries_done; /* tries_left -1: tries are not counted */
	/* Of the text; "": not given. */
	const char *title, *version, *machine_id, *sort_key;
	const char *
		program; /* the path of the kernel, or of another EFI application; "": it is the file itself */
	const char *text; /* for bls_value: options and initrd may be there more than once */
};

/*
 * Names an entry: a file's name, which ends with the suffix (".conf", in any case). 0; -EINVAL: not the name of an entry; -ENOMEM. The
 * caller frees entry->name.
 */
int bls_name(struct bls_entry *entry, const uint16_t *name, const char *suffix);

/*
 * Reads an entry of type 1 for a machine ("x64"). The text ends with a NUL, has room for one byte behind it, is changed, and must
 * stay. 0; -ENOEXEC: it is for another machine; -EINVAL: not exactly one of linux, efi and uki; -ENOTSUP: it comes with a devicetree.
 */
int bls_parse(struct bls_entry *entry, char *text, const char *machine);

/* Reads an os-release, of which the text is as before. */
void bls_parse_release(struct bls_entry *entry, char *text);

/* Lines of a key and a value. */
#define BLS_ENTRY " \t\r" /* blanks between them: an entry, loader.conf */
#define BLS_RELEASE "=" /* an equals sign, and perhaps quotes around the value: an os-release */
/* Makes pairs of them, of a text as before, for bls_value. */
void bls_split(char *text, const char *separators);
/* The next value of a key behind `after` (NULL: the first), or NULL. */
const char *bls_value(const char *text, const char *key, const char *after);
/* The value of the last line with the key; "": there is none. */
const char *bls_last(const char *text, const char *key);

/* UAPI.10, version comparison: below, above or equal to 0. */
int bls_version_compare(const char *a, const char *b);

/* UAPI.1, sorting: below 0 when a comes before b. */
int bls_compare(const struct bls_entry *a, const struct bls_entry *b);

/* Whether the entry is what a pattern of loader.conf means: * ? [a-z], in either case, with the suffix or without. */
bool bls_matches(const struct bls_entry *entry, const char *pattern);

#define BLS_NAME_SIZE 300 /* bytes of bls_next_name */
/* Boot counting: what the file is called once it has been tried again. 0; -ENOENT: tries are not counted. */
int bls_next_name(const struct bls_entry *entry, char name[BLS_NAME_SIZE]);

/* ASCII alone has cases here. */
static inline char bls_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/*
 * Writes UTF-8 as UTF-16 without a NUL: returns how many characters, at most one for each byte. What is malformed becomes
 * U+FFFD.
 */
uint64_t bls_utf16(const char *text, uint16_t *to);

#endif
