/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TCG plugin for QEMU that counts what a firmware costs: guest instructions and device accesses from reset
 * to the kernel's first instruction, which it recognises by its bytes. There it writes its result and ends QEMU;
 * a machine that ends by itself gets its result too.
 *
 *   -plugin file=count_plugin.so,out=FILE[,stop=HEX][,align=N][,from=HEX,offset=N,size=N][,profile=1]
 *
 *   stop     the first bytes of the code at which to stop (they begin a block: somebody jumps there)
 *   align    the address of that code is a multiple of N; without `stop`, that is all that is known of it
 *   from     the first bytes of an image's entry, `offset` into the image of `size` bytes: how many instructions came before
 *            them, and how many since were executed elsewhere than in the image; nothing stops before
 *   profile  also writes each instruction's count, and the tree of calls
 *
 * Counted is what TCG executes: each iteration of a REP instruction is one. A device access is a load or store
 * to what is not RAM, or an IN, OUT, INS or OUTS. QEMU must run its CPUs in one thread (-accel tcg,thread=single).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/plugin.h"

#define BYTES_MAX 16 /* of an instruction */
#define STOP_MAX 64 /* bytes of the pattern */
#define DEVICES_MAX 64

enum kind { PLAIN, CALL, RETURN };

/* One translated instruction. */
struct site {
	struct site *next;
	uint64_t address, count, accesses;
	enum kind kind;
	uint8_t port, size, bytes[BYTES_MAX];
};

/* A function in the tree of calls: entered by one caller's node. */
struct node {
	struct node *parent, *child, *sibling;
	uint64_t entry, count, accesses, calls;
};

/* The first bytes of a place in the code. */
struct pattern {
	uint8_t bytes[STOP_MAX];
	size_t size;
};

static struct {
	const char *out;
	struct pattern stop, from;
	uint64_t align, offset, size;
	bool profile, arm;
} option = {.align = 1};

static struct site *sites;
static struct node root, *current = &root;
static bool called; /* the last instruction was a call */
static uint64_t total, accesses, ports;
static bool entered; /* the image of `from` */
static uint64_t image, before, elsewhere;
static struct {
	const char *name;
	uint64_t count;
} devices[DEVICES_MAX];

int qemu_plugin_version = 1;

/* QEMU 7.2 takes versions up to 1, QEMU 9.1 and later from 2 on; scoreboards came with the latter. */
__attribute__((constructor)) static void choose_version(void)
{
	if (dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new"))
		qemu_plugin_version = 3;
}

/* --- Result ---------------------------------------------------------------- */

static void write_tree(FILE *file, const struct node *node, int depth)
{
	fprintf(file, "call %d %#lx %lu %lu %lu\n", depth, node->entry, node->count, node->accesses,
		node->calls);
	for (const struct node *child = node->child; child; child = child->sibling)
		write_tree(file, child, depth + 1);
}

static void write_result(const char *reached, uint64_t address)
{
	FILE *file = fopen(option.out, "w");

	if (!file) {
		perror(option.out);
		return;
	}
	fprintf(file, "instructions %lu\naccesses %lu\nports %lu\n", total, accesses, ports);
	fprintf(file, "reached %s %#lx\n", reached, address);
	if (entered)
		fprintf(file, "from %lu %lu\n", before, elsewhere);
	for (size_t i = 0; i < DEVICES_MAX && devices[i].name; i++)
		fprintf(file, "device %lu %s\n", devices[i].count, devices[i].name);
	for (const struct site *site = option.profile ? sites : NULL; site; site = site->next) {
		if (!site->count)
			continue;
		fprintf(file, "at %#lx %lu %lu ", site->address, site->count, site->accesses);
		for (size_t i = 0; i < site->size; i++)
			fprintf(file, "%02x", site->bytes[i]);
		fputc('\n', file);
	}
	if (option.profile)
		write_tree(file, &root, 0);
	fclose(file);
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	write_result("end", 0);
}

/* --- While the guest runs ---------------------------------------------------- */

static struct node *callee(struct node *caller, uint64_t entry)
{
	struct node *node;

	for (node = caller->child; node; node = node->sibling)
		if (node->entry == entry)
			return node;
	node = calloc(1, sizeof(*node));
	if (!node)
		abort();
	node->entry = entry;
	node->parent = caller;
	node->sibling = caller->child;
	caller->child = node;
	return node;
}

static void count_access(struct site *site)
{
	accesses++;
	site->accesses++;
	current->accesses++;
}

static void executed(unsigned int cpu, void *data)
{
	struct site *site = data;

	total++;
	site->count++;
	elsewhere += entered && site->address - image >= option.size;
	if (cpu == 0) {
		if (called) {
			current = callee(current, site->address);
			current->calls++;
		}
		current->count++;
		called = site->kind == CALL;
		if (site->kind == RETURN && current->parent)
			current = current->parent;
	}
	if (site->port) {
		count_access(site);
		ports++;
	}
}

static void accessed(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, address);
	const char *name;
	size_t i = 0;

	(void)cpu;
	if (!where || !qemu_plugin_hwaddr_is_io(where))
		return;
	count_access(data);
	name = qemu_plugin_hwaddr_device_name(where);
	while (i < DEVICES_MAX - 1 && devices[i].name && strcmp(devices[i].name, name))
		i++;
	devices[i].name = name;
	devices[i].count++;
}

static void stopped(unsigned int cpu, void *data)
{
	struct site *site = data;

	(void)cpu;
	if (option.from.size && !entered)
		return;
	write_result("kernel", site->address);
	_exit(0);
}

static void enter(unsigned int cpu, void *data)
{
	struct site *site = data;

	(void)cpu;
	if (entered)
		return;
	entered = true;
	image = site->address - option.offset;
	before = total;
}

/* --- Translation ------------------------------------------------------------ */

static void classify_arm(struct site *site)
{
	uint32_t word;

	memcpy(&word, site->bytes, sizeof(word));
	if ((word & 0xfc000000) == 0x94000000 || (word & 0xfffffc1f) == 0xd63f0000) /* BL, BLR */
		site->kind = CALL;
	else if ((word & 0xfffffc1f) == 0xd65f0000) /* RET */
		site->kind = RETURN;
}

static void classify_x86(struct site *site)
{
	size_t i = 0;
	uint8_t op;

	/* Prefixes: operand size, address size, REP, LOCK, segments; REX only counts in 64-bit code, where 40-4f
	 * are nothing else, and elsewhere no I/O instruction follows an INC in the same instruction. */
	while (i + 1 < site->size &&
	       memchr("\x66\x67\xf2\xf3\xf0\x2e\x36\x3e\x26\x64\x65", site->bytes[i], 11))
		i++;
	if (i + 1 < site->size && (site->bytes[i] & 0xf0) == 0x40)
		i++;
	op = site->bytes[i];
	site->port = (op >= 0xe4 && op <= 0xe7) || (op >= 0xec && op <= 0xef) ||
		     (op >= 0x6c && op <= 0x6f);
	if (op == 0xe8 ||
	    (op == 0xff && i + 1 < site->size && ((site->bytes[i + 1] >> 3) & 7) == 2))
		site->kind = CALL;
	else if (op == 0xc3 || op == 0xc2)
		site->kind = RETURN;
}

static struct site *add_site(const struct qemu_plugin_insn *insn)
{
	struct site *site = calloc(1, sizeof(*site));
	uintptr_t bytes;

	if (!site)
		abort();
	site->address = qemu_plugin_insn_vaddr(insn);
	site->size = (uint8_t)qemu_plugin_insn_size(insn);
	if (site->size > BYTES_MAX)
		site->size = BYTES_MAX;
	bytes = qemu_plugin_insn_data(insn, site->bytes, site->size);
	if (qemu_plugin_version < 3)
		memcpy(site->bytes, (const void *)bytes, site->size);
	if (option.arm)
		classify_arm(site);
	else
		classify_x86(site);
	site->next = sites;
	sites = site;
	return site;
}

/* Is what begins a block the place that the pattern describes, as far as the block goes? */
static bool begins(const struct qemu_plugin_tb *tb, struct site *const *in,
		   const struct pattern *pattern)
{
	size_t matched = 0;

	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb) && matched < pattern->size; i++)
		for (size_t b = 0; b < in[i]->size && matched < pattern->size; b++)
			if (in[i]->bytes[b] != pattern->bytes[matched++])
				return false;
	return matched >= (option.arm ? 8 : 6);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	struct site *in[count];

	(void)id;
	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		in[i] = add_site(insn);
		/* The stop goes before the count of the kernel's own first instruction. */
		if (i > 0)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed,
							       QEMU_PLUGIN_CB_NO_REGS, in[i]);
		qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, in[i]);
	}
	if (in[0]->address % option.align == 0 &&
	    (option.stop.size ? begins(tb, in, &option.stop) : option.align > 1))
		qemu_plugin_register_vcpu_insn_exec_cb(first, stopped, QEMU_PLUGIN_CB_NO_REGS,
						       in[0]);
	if (begins(tb, in, &option.from))
		qemu_plugin_register_vcpu_insn_exec_cb(first, enter, QEMU_PLUGIN_CB_NO_REGS, in[0]);
	qemu_plugin_register_vcpu_insn_exec_cb(first, executed, QEMU_PLUGIN_CB_NO_REGS, in[0]);
}

/* --- Options ------------------------------------------------------------------ */

static void read_pattern(struct pattern *pattern, const char *text)
{
	for (; pattern->size < STOP_MAX; text += 2)
		if (sscanf(text, "%2hhx", &pattern->bytes[pattern->size]) == 1)
			pattern->size++;
		else
			break;
}

static int read_option(const char *text)
{
	if (!strncmp(text, "out=", 4)) {
		option.out = text + 4;
	} else if (!strncmp(text, "align=", 6)) {
		option.align = strtoull(text + 6, NULL, 0);
	} else if (!strncmp(text, "profile=", 8)) {
		option.profile = text[8] != '0';
	} else if (!strncmp(text, "stop=", 5)) {
		read_pattern(&option.stop, text + 5);
	} else if (!strncmp(text, "from=", 5)) {
		read_pattern(&option.from, text + 5);
	} else if (!strncmp(text, "offset=", 7)) {
		option.offset = strtoull(text + 7, NULL, 0);
	} else if (!strncmp(text, "size=", 5)) {
		option.size = strtoull(text + 5, NULL, 0);
	} else {
		return -1;
	}
	return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (read_option(argv[i])) {
			fprintf(stderr, "count_plugin: what is '%s'?\n", argv[i]);
			return -1;
		}
	if (!option.out || !option.align) {
		fprintf(stderr, "count_plugin: say out=FILE, and an align that is not 0\n");
		return -1;
	}
	option.arm = !strcmp(info->target_name, "aarch64");
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
