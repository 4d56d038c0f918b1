/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/bls.c boot/bls_order.c tests/host.c */
/* Entries of the Boot Loader Specification: texts, names, order. */
#include "boot/bls.h"

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

/* The texts are kept as long as the program runs: entries refer to them. */
static char *copied(const char *text, size_t size)
{
	static char *kept[64]; /* a block each, so that the sanitizer sees its ends */
	static uint32_t count;
	char *copy = kept[count++ % 64] = malloc(size + 2);

	memcpy(copy, text, size);
	copy[size] = '\0';
	copy[size + 1] = 'x';
	return copy;
}

static int parse(struct bls_entry *entry, const char *text)
{
	return bls_parse(entry, copied(text, strlen(text)), "x64");
}

static int name(struct bls_entry *entry, const char *text, const char *suffix)
{
	uint16_t wide[256] = {0};

	for (uint32_t i = 0; text[i]; i++)
		wide[i] = (uint8_t)text[i];
	return bls_name(entry, wide, suffix);
}

static bool is(const char *a, const char *b)
{
	if (!a || strcmp(a, b)) {
		printf("# is '%s', not '%s'\n", a ? a : "NULL", b);
		return false;
	}
	return true;
}

static void test_text(void)
{
	struct bls_entry entry;
	const char *value;

	equal(parse(&entry, "# a comment\r\n"
			    "title\t\tFedora \"19\" (Rawhide)  \r\n"
			    "\n   sort-key fedora\n"
			    "version      1\nversion 3.8.0-2.fc19.x86_64\n"
			    "machine-id   6a9857a393724b7a981ebb5b8495b9ea\n"
			    "options root=/dev/vda1 a\tb\n"
			    "architecture X64\n"
			    "linux /a/linux\n"
			    "initrd /a/ucode\n"
			    "unknown thing\nkeyalone\nblank \n"
			    "initrd /a/initrd\n"
			    "options #quiet"),
	      0, "an entry");
	ok(is(entry.title, "Fedora \"19\" (Rawhide)"), "its title");
	ok(is(entry.version, "3.8.0-2.fc19.x86_64"), "its version: the last");
	ok(is(entry.sort_key, "fedora"), "its sort key");
	ok(is(entry.machine_id, "6a9857a393724b7a981ebb5b8495b9ea"), "its machine");
	ok(is(entry.program, "/a/linux"), "its kernel");
	value = bls_value(entry.text, "initrd", NULL);
	ok(is(value, "/a/ucode"), "its first initrd");
	value = bls_value(entry.text, "initrd", value);
	ok(is(value, "/a/initrd"), "its second one");
	ok(!bls_value(entry.text, "initrd", value), "and no third");
	value = bls_value(entry.text, "options", NULL);
	ok(is(value, "root=/dev/vda1 a b"), "its options");
	ok(is(bls_value(entry.text, "options", value), "#quiet"), "and more, up to the last byte");
	ok(is(bls_value(entry.text, "unknown", NULL), "thing"), "what is not known does no harm");
	ok(!bls_value(entry.text, "keyalone", NULL) && !bls_value(entry.text, "blank", NULL),
	   "no value, no key");

	equal(parse(&entry, "efi /shell.efi\ntitle \033[2J\177"), 0, "an application");
	ok(is(entry.program, "/shell.efi"), "its path");
	ok(is(entry.title, "?[2J?"), "nothing of it moves the cursor");
	ok(is(entry.version, "") && is(entry.sort_key, "") && is(entry.machine_id, ""),
	   "what is not given");
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		int error;
	} texts[] = {
		{"", -EINVAL},
		{"\n\n#\n", -EINVAL},
		{"title only", -EINVAL},
		{"linux /a\nefi /b", -EINVAL},
		{"linux", -EINVAL},
		{"linux /a\narchitecture aa64", -ENOEXEC},
		{"linux /a\narchitecture x6", -ENOEXEC},
		{"linux /a\narchitecture x64x", -ENOEXEC},
		{"linux /a\ndevicetree /b.dtb", -ENOTSUP},
		{"linux /a\ndevicetree-overlay /b.dtbo", -ENOTSUP},
		{"linux /a\narchitecture aa64\ndevicetree /b.dtb", -ENOEXEC},
	};
	struct bls_entry entry;

	for (uint32_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		equal(parse(&entry, texts[i].text), texts[i].error, texts[i].text);
}

static void test_release(void)
{
	static const char text[] =
		"NAME=\"Debian GNU/Linux\"\nID=debian\n"
		"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\r\n"
		"VERSION='12 (bookworm)'\nVERSION_ID=\"12\"\nEMPTY=\"\"\nHALF=\"x\n=y";
	struct bls_entry entry;
	char *copy = copied(text, sizeof(text) - 1);

	bls_parse_release(&entry, copy);
	ok(is(entry.title, "Debian GNU/Linux 12 (bookworm)"), "PRETTY_NAME");
	ok(is(entry.version, "12"), "VERSION_ID");
	ok(is(entry.sort_key, "debian"), "ID");
	ok(is(entry.program, ""), "the file itself");
	ok(is(bls_value(copy, "VERSION", NULL), "12 (bookworm)"), "quotes of the other kind");
	ok(is(bls_value(copy, "EMPTY", NULL), ""), "nothing in quotes");
	ok(is(bls_value(copy, "HALF", NULL), "\"x"), "one quote");

	bls_parse_release(&entry, copied("ID=x\nIMAGE_ID=img\nIMAGE_VERSION=7", 33));
	ok(is(entry.title, "img") && is(entry.version, "7") && is(entry.sort_key, "img"),
	   "an image that is the system");
	bls_parse_release(&entry, copied("", 0));
	ok(is(entry.title, ""), "nothing");
}

static void test_names(void)
{
	static const struct {
		const char *name, *id, *next;
		int left;
	} names[] = {
		{"linux-6.1.conf", "linux-6.1", NULL, -1},
		{"linux-6.1+3.CONF", "linux-6.1", "linux-6.1+2-1.CONF", 3},
		{"linux+2-1.conf", "linux", "linux+1-2.conf", 2},
		{"linux+0-3.conf", "linux", "linux+0-4.conf", 0},
		{"a+b+1.conf", "a+b", "a+b+0-1.conf", 1},
		{"a+2147483647-2147483647.conf", "a", "a+2147483646-2147483647.conf", INT32_MAX},
		{"a+2147483648.conf", "a+2147483648", NULL, -1},
		{"a+99999999999999999999999.conf", "a+99999999999999999999999", NULL, -1},
		{"a+1-.conf", "a+1-", NULL, -1},
		{"a+-1.conf", "a+-1", NULL, -1},
		{"a+1-2x.conf", "a+1-2x", NULL, -1},
		{"a+.conf", "a+", NULL, -1},
		{"+3.conf", "+3", NULL, -1},
	};
	static const char *const others[] = {"conf",	".conf",    ".hidden.conf", "a.con",
					     "a.conf~", "a b.conf", "\344.conf",    ""};
	struct bls_entry entry;
	char next[BLS_NAME_SIZE];

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		equal(name(&entry, names[i].name, ".conf"), 0, names[i].name);
		ok(is(entry.name, names[i].name) && is(entry.id, names[i].id), "its id");
		equal(entry.tries_left, names[i].left, "its tries");
		equal(bls_next_name(&entry, next), names[i].next ? 0 : -ENOENT, "the next");
		ok(!names[i].next || is(next, names[i].next), "name");
		free(entry.name);
	}
	for (uint32_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		equal(name(&entry, others[i], ".conf"), -EINVAL, others[i]);
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* UAPI.10's examples. */
static void test_versions(void)
{
	static const struct {
		const char *a, *b;
		int order;
	} pairs[] = {
		{"11", "11", 0},
		{"systemd-123", "systemd-123", 0},
		{"bar-123", "foo-123", -1},
		{"123a", "123", 1},
		{"123.a", "123", 1},
		{"123.a", "123.b", -1},
		{"123a", "123.a", 1},
		{"11\316\261", "11\316\262", 0},
		{"B", "a", -1},
		{"", "0", -1},
		{"0.", "0", 1},
		{"0.0", "0", 1},
		{"0", "~", 1},
		{"", "~", 1},
		{"1_", "1", 0},
		{"_1", "1", 0},
		{"1_", "1.2", -1},
		{"1_2_3", "1.3.3", 1},
		{"1+", "1", 0},
		{"+1", "1", 0},
		{"1+", "1.2", -1},
		{"1+2+3", "1.3.3", 1},
		{"007", "7", 0},
		{"99999999999999999999998", "99999999999999999999999", -1},
		{"100", "99", 1},
		{"abc", "abcd", -1},
		{"-+", "-", 0},
	};
	static const char *const ascending[] = {"122.1",   "123~rc1-1", "123",	   "123-a",
						"123-a.1", "123-1",	"123-1.1", "123^post1",
						"123.a-1", "123.1-1",	"123a-1",  "124-1"};
	const uint32_t count = sizeof(ascending) / sizeof(ascending[0]);

	for (uint32_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		equal(sign(bls_version_compare(pairs[i].a, pairs[i].b)), pairs[i].order,
		      pairs[i].a);
		equal(sign(bls_version_compare(pairs[i].b, pairs[i].a)), -pairs[i].order,
		      pairs[i].b);
	}
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t j = 0; j < count; j++)
			equal(sign(bls_version_compare(ascending[i], ascending[j])),
			      (i > j) - (i < j), ascending[i]);
}

static void test_order(void)
{
	/* As they have to stand. */
	static const struct {
		const char *name, *text;
	} files[] = {
		{"z.conf", "sort-key arch\nversion 1"},
		{"x.conf", "sort-key debian\nversion 9"}, /* no machine: before any */
		{"1.conf", "sort-key debian\nmachine-id 1\nversion 6.10"},
		{"2.conf", "sort-key debian\nmachine-id 1\nversion 6.9"},
		{"4.conf", "sort-key debian\nmachine-id 1"},
		{"3.conf", "sort-key debian\nmachine-id 1"},
		{"0.conf", "sort-key debian\nmachine-id 2\nversion 7"},
		{"b-6.10.conf", "version 1"},
		{"b-6.9+3.conf", "version 2"},
		{"b-6.9+2-1.conf", ""},
		{"b-6.9+2-2.conf", ""},
		{"b-6.9.conf", ""},
		{"a-9+1.conf", ""},
		{"zz+0-3.conf", "sort-key aaa\nversion 10"},
		{"zzz+0.conf", ""},
	};
	struct bls_entry entries[sizeof(files) / sizeof(files[0])];
	const uint32_t count = sizeof(files) / sizeof(files[0]);

	for (uint32_t i = 0; i < count; i++) {
		parse(&entries[i], files[i].text);
		equal(name(&entries[i], files[i].name, ".conf"), 0, files[i].name);
	}
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t j = 0; j < count; j++)
			if (!equal(sign(bls_compare(&entries[i], &entries[j])), (i > j) - (i < j),
				   files[i].name))
				printf("# beside %s\n", files[j].name);
	for (uint32_t i = 0; i < count; i++)
		free(entries[i].name);
}

static void test_patterns(void)
{
	static const struct {
		const char *pattern;
		bool matches;
	} patterns[] = {
		{"debian-6.1", true},
		{"Debian-6.1.CONF", true},
		{"debian-*", true},
		{"*.conf", true},
		{"*.efi", false},
		{"*", true},
		{"", false},
		{".conf", false},
		{"debian-6.?", true},
		{"debian-6.??", false},
		{"*[0-9].1", true},
		{"*[a-c].1", false},
		{"[xd]*", true},
		{"[]d]*", true},
		{"[d", false},
		{"debian-6.1[", false},
		{"*b*a*6*", true},
		{"*b*z*", false},
		{"debian", false},
		{"debian-6.1*.conf", true},
		{"[a-]*", false},
		{"d[e-]bian[e-]6.1", true},
		{"debian-6.1+3", false},
	};
	struct bls_entry entry;

	name(&entry, "Debian-6.1+3.conf", ".conf");
	for (uint32_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		equal(bls_matches(&entry, patterns[i].pattern), patterns[i].matches,
		      patterns[i].pattern);
	free(entry.name);
	name(&entry, "[d.conf", ".conf");
	ok(bls_matches(&entry, "[d"), "a bracket that is not closed is itself");
	free(entry.name);
}

static void test_characters(void)
{
	static const uint16_t good[] = {'/', 'a', 0xe4, 0x20ac, 0xd83d, 0xde00};
	static const char bad[] =
		"\200\300\200\340\200\200\355\240\200\364\220\200\200\365z\342\202";
	uint16_t to[64];
	uint64_t count = bls_utf16("/a\303\244\342\202\254\360\237\230\200", to);

	equal(count, 6, "one to four bytes");
	ok(!memcmp(to, good, sizeof(good)), "their characters");
	count = bls_utf16(bad, to);
	ok(count && count <= sizeof(bad) - 1, "no more than bytes");
	for (uint64_t i = 0; i < count; i++)
		ok(to[i] == 0xfffd || to[i] == 'z', "what is malformed");
}

int main(void)
{
	test_text();
	test_refused();
	test_release();
	test_names();
	test_versions();
	test_order();
	test_patterns();
	test_characters();
	return tap_done();
}
