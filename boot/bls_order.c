/* SPDX-License-Identifier: BSD-2-Clause */
/* Which entry comes first, and which one a pattern means; see bls.h. */
#include <string.h>

#include "boot/bls.h"

/* ---- versions ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return bls_lower(c) >= 'a' && bls_lower(c) <= 'z';
}

/* Where the part begins of which versions are made: other characters only separate. */
static const char *skip_others(const char *at)
{
	while (*at && !is_digit(*at) && !is_letter(*at) && !strchr("~-^.", *at))
		at++;
	return at;
}

/* Compares the numbers at *a and *b, which move behind them: none is 0. */
static int compare_numbers(const char **a, const char **b)
{
	size_t of_a, of_b;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	of_a = strspn(*a, "0123456789");
	of_b = strspn(*b, "0123456789");
	if (of_a != of_b)
		return of_a < of_b ? -1 : 1;
	order = memcmp(*a, *b, of_a);
	*a += of_a;
	*b += of_b;
	return order;
}

/* The same of words: the longer one of two that begin alike is above. */
static int compare_words(const char **a, const char **b)
{
	for (; is_letter(**a) && is_letter(**b); (*a)++, (*b)++)
		if (**a != **b)
			return **a < **b ? -1 : 1;
	return is_letter(**a) - is_letter(**b);
}

/*
 * UAPI.10, in the revision that puts the tilde before the end, as its examples do. Each turn compares what stands before a part (in
 * the order of `marks`, of which NUL is the end; to have one is to be below), and then the part.
 */
int bls_version_compare(const char *a, const char *b)
{
	static const char marks[5] = {'~', '\0', '-', '^', '.'};

	for (;;) {
		int order;

		a = skip_others(a);
		b = skip_others(b);
		for (uint32_t i = 0; i < sizeof(marks); i++) {
			bool has_a = *a == marks[i], has_b = *b == marks[i];

			if (has_a != has_b)
				return has_a ? -1 : 1;
			if (has_a && !marks[i])
				return 0;
			a += has_a;
			b += has_b;
		}
		if (is_digit(*a) || is_digit(*b))
			order = compare_numbers(&a, &b);
		else
			order = compare_words(&a, &b);
		if (order)
			return order;
	}
}

/* ---- entries ---- */

int bls_compare(const struct bls_entry *a, const struct bls_entry *b)
{
	int order = !a->tries_left - !b->tries_left;

	if (!order)
		order = !*a->sort_key - !*b->sort_key;
	if (!order && *a->sort_key) {
		order = strcmp(a->sort_key, b->sort_key);
		if (!order)
			order = strcmp(a->machine_id, b->machine_id);
		if (!order)
			order = bls_version_compare(b->version, a->version);
	}
	if (!order)
		order = bls_version_compare(b->id, a->id);
	/* Copies of one entry: that with more tries left. */
	if (!order)
		order = (b->tries_left > a->tries_left) - (b->tries_left < a->tries_left);
	return order ? order : (a->tries_done > b->tries_done) - (a->tries_done < b->tries_done);
}

/* ---- patterns ---- */

/* Whether c is in the set at *at, "[a-z_]", behind which it moves; a bracket that is not closed is itself. */
static bool is_in_set(const char **at, const char *end, char c)
{
	const char *set = *at + 1;
	bool found = false;

	do {
		char low, high;

		if (set >= end) {
			(*at)++;
			return c == '[';
		}
		low = high = *set++;
		if (end - set > 1 && *set == '-' && set[1] != ']') {
			high = set[1];
			set += 2;
		}
		found |= c >= bls_lower(low) && c <= bls_lower(high);
	} while (set >= end || *set != ']');
	*at = set + 1;
	return found;
}

/* Whether one character is what the pattern has at *at, which moves behind it. */
static bool is_one(const char **at, const char *end, char c)
{
	if (**at == '[')
		return is_in_set(at, end, bls_lower(c));
	return *(*at)++ == '?' || bls_lower((*at)[-1]) == bls_lower(c);
}

/* A star takes as little as possible, and one character more each time that the rest does not match. */
static bool matches(const char *pattern, const char *end, const char *text)
{
	const char *star = NULL, *from = NULL;

	for (;;) {
		const char *at = pattern;

		if (at < end && *at == '*') {
			star = pattern = at + 1;
			from = text;
		} else if (*text && at < end && is_one(&at, end, *text)) {
			pattern = at;
			text++;
		} else if (!*text && at == end) {
			return true;
		} else if (star && *from) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
}

bool bls_matches(const struct bls_entry *entry, const char *pattern)
{
	const char *suffix = strrchr(entry->name, '.');
	uint64_t length = strlen(pattern), of_suffix = strlen(suffix);
	const char *end = pattern + length;

	if (matches(pattern, end, entry->id))
		return true;
	return length >= of_suffix && matches(end - of_suffix, end, suffix) &&
	       matches(pattern, end - of_suffix, entry->id);
}
