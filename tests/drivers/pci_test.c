/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/pci.c drivers/pci_bridge.c drivers/pci_assign.c */
/* test-sources: drivers/pci_print.c lib/log.c tests/host.c */
/*
 * PCI against a model of configuration space: functions with registers that keep only the bits
 * which their sizes leave, and bridges that pass accesses on to their buses. What every machine
 * must have in the end is checked by `check`: nothing overlaps, all lies in a window, and in the
 * windows of the bridges above.
 */
#include "drivers/pci.h"

#include <errno.h>
#include <string.h>

#include "drivers/pci_ecam.h"
#include "drivers/pci_regs.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/host.h"
#include "tests/tap.h"

#define ECAM UINT64_C(0xb0000000)
#define MODEL_MAX 700

#define IO 1
#define M32 0
#define M64 4
#define P32 8
#define P64 12

/* A function of the model. */
struct model {
	unsigned int bus, device,
		function; /* for children of a bridge, bus is the bridge's index + 1000 */
	uint8_t config[256];
	uint8_t writable[256]; /* bits that a write changes */
	int bridge;
	int stuck; /* 1: registers read all ones; 2: keep all bits of which none means a size */
};

static struct model models[MODEL_MAX];
static int used;
static int accesses, probes;
static char log_text[65536];
static struct pci_host host;

static void keep_log(const char *text, uint64_t size)
{
	size_t have = strlen(log_text);

	if (have + size < sizeof(log_text)) {
		memcpy(log_text + have, text, size);
		log_text[have + size] = '\0';
	}
}

static struct model *model(int parent, unsigned int device, unsigned int function, uint32_t class)
{
	struct model *m = &models[used++];

	memset(m, 0, sizeof(*m));
	m->bus = parent < 0 ? 0 : (unsigned int)parent + 1000;
	if (parent < -1) /* another root bus */
		m->bus = (unsigned int)(-2 - parent);
	m->device = device;
	m->function = function;
	le32_store(m->config, 0x10001af4);
	le32_store(m->config + 8, class << 8);
	memset(m->writable + 4, 0xff, 2);
	m->writable[0x3c] = 0xff;
	m->config[0x3d] = 1;
	return m;
}

static int index_of(const struct model *m)
{
	return (int)(m - models);
}

static void bar(struct model *m, unsigned int index, uint32_t flags, uint64_t size)
{
	uint8_t *config = m->config + 0x10 + 4 * index, *writable = m->writable + 0x10 + 4 * index;
	uint32_t low = flags & IO ? ~UINT32_C(3) : ~UINT32_C(15);

	le32_store(config, flags);
	le32_store(writable, (uint32_t)-size & low);
	if ((flags & 5) == 4)
		le32_store(writable + 4, (uint32_t)(-size >> 32));
}

/* express: the port type of its capability, or -1. */
static struct model *bridge(int parent, unsigned int device, unsigned int function, int express)
{
	struct model *m = model(parent, device, function, 0x060400);

	m->bridge = 1;
	m->config[0x0e] = 1;
	memset(m->writable + 0x18, 0xff, 3);
	m->writable[0x1c] = m->writable[0x1d] = 0xf0;
	memset(m->writable + 0x20, 0xff, 16);
	m->writable[0x20] = m->writable[0x22] = m->writable[0x24] = m->writable[0x26] = 0xf0;
	m->config[0x24] = m->config[0x26] = 1;
	if (express >= 0) {
		m->config[0x34] = 0x40;
		le32_store(m->config + 0x40, 0x00020010u | (uint32_t)express << 20);
	}
	return m;
}

static struct model *virtio(int parent, unsigned int device)
{
	struct model *m = model(parent, device, 0, 0x00ff00);

	bar(m, 0, IO, 32);
	bar(m, 1, M32, 4096);
	bar(m, 4, P64, 16384);
	return m;
}

/* The function at an address, as bridges route it now; NULL: nobody. */
static struct model *find(uint64_t address)
{
	unsigned int bdf = (unsigned int)((address - ECAM) >> 12);
	unsigned int bus = bdf >> 8, parent = 0;
	int root = 1;

	while (bus) {
		int next = -1;

		for (int i = 0; i < used; i++) {
			const struct model *m = &models[i];

			if (m->bridge && (root ? m->bus < 1000 : m->bus == parent) &&
			    m->config[0x19] && m->config[0x19] <= bus && m->config[0x1a] >= bus) {
				next = i;
				break;
			}
		}
		if (next < 0 && !root)
			return NULL;
		if (next < 0) {
			parent = bus; /* a root bus, or none */
			break;
		}
		root = 0;
		parent = (unsigned int)next + 1000;
		if (models[next].config[0x19] == bus)
			break;
	}
	for (int i = 0; i < used; i++)
		if (models[i].bus == parent && models[i].device == (bdf >> 3 & 31) &&
		    models[i].function == (bdf & 7))
			return &models[i];
	return NULL;
}

static uint64_t read_bytes(uint64_t address, unsigned int size)
{
	struct model *m = find(address);
	unsigned int reg = address & 0xff;
	uint64_t value = UINT64_MAX;

	accesses++;
	probes += reg == PCI_REVISION;
	if (m) {
		value = 0;
		memcpy(&value, m->config + reg, size);
		if (m->stuck && reg >= 0x10 && reg < 0x28)
			value = m->stuck == 1 ? UINT64_MAX : UINT64_C(0x00f0f00000f0f000);
	}
	return size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1);
}

static void write_bytes(uint64_t address, uint64_t value, unsigned int size)
{
	struct model *m = find(address);
	unsigned int reg = address & 0xff;

	accesses++;
	for (unsigned int i = 0; m && i < size; i++) {
		uint8_t mask = m->writable[reg + i];

		m->config[reg + i] =
			(uint8_t)((m->config[reg + i] & ~mask) | ((value >> 8 * i) & mask));
	}
}

uint64_t pci_read64(uint64_t address)
{
	return read_bytes(address, 8);
}

uint32_t pci_read32(uint64_t address)
{
	return (uint32_t)read_bytes(address, 4);
}

void pci_write64(uint64_t address, uint64_t value)
{
	write_bytes(address, value, 8);
}

void pci_write32(uint64_t address, uint32_t value)
{
	write_bytes(address, value, 4);
}

void pci_write16(uint64_t address, uint16_t value)
{
	write_bytes(address, value, 2);
}

void pci_write8(uint64_t address, uint8_t value)
{
	write_bytes(address, value, 1);
}

static void start(void)
{
	used = 0;
	log_text[0] = '\0';
	host = (struct pci_host){
		.ecam = ECAM,
		.bus_max = 255,
		.irq = {10, 10, 11, 11},
		.irq_rotating = 25,
		.io = {0x1000, 0x10000},
		.memory = {0xc0000000, 0xfec00000},
		.high = {GIB(4), GIB(36)},
	};
}

static int enumerate(void)
{
	accesses = probes = 0;
	return pci_enumerate(&host);
}

static void end(void)
{
	free(host.functions);
	free(host.ranges);
}

/* What a register of the model decodes now, if its function decodes at all. */
static uint64_t bar_address(const struct model *m, unsigned int index)
{
	uint32_t low = le32_load(m->config + 0x10 + 4 * index);

	if (low & IO)
		return low & ~UINT32_C(3);
	return (low & ~UINT32_C(15)) |
	       ((low & 4) ? (uint64_t)le32_load(m->config + 0x14 + 4 * index) << 32 : 0);
}

struct decoded {
	uint64_t base, size;
	const struct model *who;
	uint32_t flags;
};

static int inside(const struct decoded *d, uint64_t base, uint64_t limit)
{
	return d->base >= base && d->base + d->size - 1 <= limit;
}

/* Whether a bridge passes on what lies behind it. */
static int passes(const struct model *b, const struct decoded *d)
{
	uint64_t base, limit;

	if (d->flags & IO) {
		base = (uint64_t)(b->config[0x1c] & 0xf0) << 8;
		limit = (uint64_t)(b->config[0x1d] & 0xf0) << 8 | 0xfff;
		return (b->config[4] & 1) && inside(d, base, limit);
	}
	base = (uint64_t)(le16_load(b->config + 0x20) & 0xfff0) << 16;
	limit = (uint64_t)(le16_load(b->config + 0x22) & 0xfff0) << 16 | 0xfffff;
	if ((b->config[4] & 2) && inside(d, base, limit))
		return 1;
	base = (uint64_t)(le16_load(b->config + 0x24) & 0xfff0) << 16 |
	       (uint64_t)le32_load(b->config + 0x28) << 32;
	limit = (uint64_t)(le16_load(b->config + 0x26) & 0xfff0) << 16 | 0xfffff |
		(uint64_t)le32_load(b->config + 0x2c) << 32;
	return (b->config[4] & 2) && (d->flags & 8) && inside(d, base, limit);
}

static int collect(struct decoded *all)
{
	int n = 0;

	for (int i = 0; i < used; i++)
		for (unsigned int r = 0; r < (models[i].bridge ? 2 : 6); r++) {
			uint32_t flags = models[i].config[0x10 + 4 * r] & 15;
			uint64_t mask = le32_load(models[i].writable + 0x10 + 4 * r);

			if (!mask && (flags & 5) != 4)
				continue;
			if (flags & IO)
				mask |= mask > 0xffff ? UINT64_C(0xffffffff00000000)
						      : UINT64_C(0xffffffffffff0000);
			else if (flags & 4)
				mask |= (uint64_t)le32_load(models[i].writable + 0x14 + 4 * r)
					<< 32;
			else
				mask |= UINT64_C(0xffffffff00000000);
			if (models[i].config[4] & (flags & IO ? 1 : 2))
				all[n++] = (struct decoded){bar_address(&models[i], r), -mask,
							    &models[i], flags};
			r += (flags & 5) == 4;
		}
	return n;
}

/* 1 when all that decodes does so in a window, apart from all else, and through all bridges. */
static int check(int *decoding)
{
	static struct decoded all[MODEL_MAX * 6];
	int n = collect(all);

	*decoding = n;
	for (int i = 0; i < n; i++) {
		const struct decoded *d = &all[i];
		unsigned int parent = d->who->bus;

		if (d->base & (d->size - 1))
			return 0;
		if (d->flags & IO ? !inside(d, host.io.base, host.io.end - 1)
				  : !inside(d, host.memory.base, host.memory.end - 1) &&
					    !inside(d, host.high.base, host.high.end - 1))
			return 0;
		if (!(d->flags & 4) && d->base >> 32)
			return 0;
		for (; parent >= 1000; parent = models[parent - 1000].bus)
			if (!passes(&models[parent - 1000], d))
				return 0;
		for (int k = 0; k < i; k++)
			if ((all[k].flags & IO) == (d->flags & IO) &&
			    all[k].base < d->base + d->size && d->base < all[k].base + all[k].size)
				return 0;
	}
	return 1;
}

static void test_plain(void)
{
	int decoding, before;

	start();
	model(-1, 0, 0, 0x060000);
	equal(enumerate(), 0, "an empty bus");
	equal(accesses, 32, "... costs 32 accesses, one a device");
	end();
	for (unsigned int i = 1; i <= 16; i++)
		virtio(-1, i);
	before = accesses;
	enumerate();
	ok(accesses - before <= 160, "a virtio device costs at most ten more");
	ok(check(&decoding) && decoding == 48, "16 devices decode three ranges each");
	equal(models[1].config[4], 3, "I/O and memory are on, bus mastering is off");
	equal(models[1].config[0x3c], 10, "device 1 INTA: PIRQ B");
	equal(models[3].config[0x3c], 11, "device 3 INTA: PIRQ D");
	equal(host.functions_used, 17, "all are in the table");
	ok(bar_address(&models[1], 4) < GIB(4), "small 64-bit ranges stay below 4 GiB");
	end();
}

static void test_functions(void)
{
	int decoding;

	start();
	model(-1, 4, 1, 0x0c0300); /* not found: nothing at function 0 */
	model(-1, 5, 0, 0x0c0300)->config[0x0e] = 0x80;
	bar(model(-1, 5, 3, 0x0c0320), 0, M32, 256);
	models[2].config[0x3d] = 4;
	model(-1, 6, 1, 0x0c0300); /* not found: function 0 says that there are no others */
	bar(model(-1, 6, 0, 0x0c0300), 0, M32, 4096);
	enumerate();
	equal(host.functions_used, 3, "functions of a multifunction device, and only of such");
	equal(models[2].config[0x3c], 10, "function 3 of device 5 has INTD: 3 + 5, PIRQ A");
	ok(check(&decoding) && decoding == 2 && !(bar_address(&models[2], 0) & 4095),
	   "a range of 256 bytes has a page of its own");
	end();
	start();
	virtio(-1, 31);
	enumerate();
	equal(models[0].config[0x3c], 10, "device 31 does not rotate");
	end();
}

static void test_sizes(void)
{
	int decoding;

	start();
	bar(model(-1, 1, 0, 0x030000), 0, P32, MIB(16));
	bar(&models[0], 2, M32, 4096);
	bar(model(-1, 2, 0, 0x050000), 2, P64, MIB(512));
	bar(model(-1, 3, 0, 0x050000), 0, M32, MIB(512));
	bar(model(-1, 4, 0, 0x010802), 1, M64,
	    MIB(1)); /* registers 1 and 2: not a pair of one access */
	bar(model(-1, 5, 0, 0x050000), 0, P64, GIB(16));
	le32_store(model(-1, 6, 0, 0x050000)->config + 0x10, 1);
	le32_store(models[5].writable + 0x10, 0x0000ff80); /* 16 bits of I/O */
	for (unsigned int i = 7; i < 15; i++)
		virtio(-1, i);
	enumerate();
	ok(check(&decoding) && decoding == 7 + 24, "large and small ones all fit");
	ok(bar_address(&models[1], 2) >= GIB(4), "512 MiB of 64 bits go above 4 GiB");
	ok(bar_address(&models[2], 0) < GIB(4), "512 MiB of 32 bits stay below");
	equal(bar_address(&models[4], 0), GIB(16), "16 GiB at a multiple of 16 GiB");
	equal(log_text[0], 0, "nothing to say");
	end();
}

static void test_overflow(void)
{
	int decoding;

	start();
	for (unsigned int i = 1; i <= 6; i++)
		bar(model(-1, i, 0, 0x050000), 0, P64, MIB(200) > MIB(128) ? MIB(128) : 0);
	for (unsigned int i = 7; i <= 10; i++)
		bar(model(-1, i, 0, 0x050000), 0, M32, MIB(128));
	enumerate();
	ok(check(&decoding) && decoding == 10,
	   "what may lie above 4 GiB makes room for what may not");
	equal(log_text[0], 0, "... in silence");
	end();
	start();
	for (unsigned int i = 1; i <= 9; i++)
		bar(model(-1, i, 0, 0x050000), 0, M32, MIB(128));
	virtio(-1, 20);
	enumerate();
	ok(check(&decoding) && decoding == 7 + 3, "two of nine do not fit and stay off");
	ok(strstr(log_text, "stays off") != NULL, "... and the log says so");
	equal(models[0].config[4] + models[1].config[4] + models[8].config[4], 4,
	      "... by their command registers");
	end();
	start();
	host.high = (struct pci_window){0, 0};
	bar(model(-1, 1, 0, 0x050000), 0, P64, MIB(512));
	bar(model(-1, 2, 0, 0x050000), 0, P64, GIB(8));
	virtio(-1, 3);
	enumerate();
	ok(check(&decoding) && decoding == 4,
	   "without a window above 4 GiB large ones go below, too large ones stay off");
	ok(strstr(log_text, "00:02.0: base address register 0 wants too much") != NULL,
	   "... and the log says which");
	end();
}

static void test_odd(void)
{
	int decoding;

	start();
	virtio(-1, 1)->stuck = 1;
	virtio(-1, 2)->stuck = 2;
	virtio(-1, 3);
	bar(model(-1, 4, 0, 0x050000), 5, M64, 4096); /* the last register cannot have 64 bits */
	le32_store(model(-1, 5, 0, 0)->config + 0x10, 6); /* reserved type */
	le32_store(models[4].writable + 0x10, 0xfffff000);
	bar(model(-1, 6, 0, 0), 0, P64, UINT64_C(1) << 63);
	model(-1, 7, 0, 0)->config[0x0e] = 0x7f; /* a header that is unknown */
	enumerate();
	ok(check(&decoding) && decoding == 3, "only the sound device decodes");
	for (int i = 0; i < used; i++)
		if (i != 2 && models[i].config[4])
			decoding = -1;
	ok(decoding >= 0, "the others' command registers are 0");
	equal(le32_load(models[4].config + 0x10) & ~15u, 0, "sizing has left no address behind");
	ok(strstr(log_text, "00:01.0") && strstr(log_text, "00:02.0") &&
		   strstr(log_text, "00:04.0") && strstr(log_text, "00:05.0") &&
		   strstr(log_text, "00:06.0"),
	   "a line for each");
	end();
}

static void test_ports(void)
{
	int decoding, base;

	start();
	for (unsigned int i = 1; i <= 8; i++) {
		struct model *port = bridge(-1, i, 0, 4);

		bar(port, 0, M32, 4096);
		virtio(index_of(port), 0);
		models[used - 1].config[0x10] = 0; /* no legacy I/O behind a port */
		memset(models[used - 1].writable + 0x10, 0, 4);
	}
	enumerate();
	base = accesses;
	ok(check(&decoding) && decoding == 8 * 3, "8 ports with a device each");
	ok(base - 32 <= 8 * 21, "a port and its device cost at most 21 accesses");
	equal(probes, 32 + 8, "a port's bus has one device");
	equal(models[0].config[0x19] | models[0].config[0x1a] << 8, 0x101,
	      "bus 1 is behind the first");
	equal(models[14].config[0x19] | models[14].config[0x1a] << 8, 0x808,
	      "bus 8 is behind the last");
	equal(models[1].config[0x3c], 10, "interrupts rotate through ports: device 1, then 0");
	ok((le16_load(models[0].config + 0x1c) & 0xf0) == 0xf0, "I/O windows are closed");
	end();
	start();
	bridge(-1, 3, 0, 4);
	enumerate();
	ok(le16_load(models[0].config + 0x22) - le16_load(models[0].config + 0x20) == 0x10 &&
		   le16_load(models[0].config + 0x26) - le16_load(models[0].config + 0x24) == 0x10,
	   "an empty port has room for a device that is plugged in");
	end();
}

static void test_nested(void)
{
	struct model *outer, *inner;
	int decoding;

	start();
	outer = bridge(-1, 2, 0, 4);
	inner = bridge(index_of(outer), 0, 0, 7); /* PCI Express to PCI */
	virtio(index_of(inner), 1);
	virtio(index_of(inner), 9);
	bar(model(index_of(inner), 11, 0, 0x050000), 0, M64,
	    MIB(64)); /* 64 bits, but not prefetchable */
	virtio(index_of(bridge(index_of(inner), 12, 0, -1)), 31);
	bar(model(index_of(inner), 13, 0, 0x050000), 0, P64, GIB(1));
	virtio(-1, 5);
	enumerate();
	ok(check(&decoding) && decoding == 3 * 4 + 2, "bridges behind bridges");
	equal(outer->config[0x1a], 3, "the first one's last bus");
	equal(inner->config[0x1a], 3, "the second one's last bus");
	ok(bar_address(&models[used - 2], 0) >= GIB(4),
	   "1 GiB behind two bridges goes above 4 GiB");
	equal(models[2].config[0x3c], 11, "device 1 behind 0 behind 2: 3");
	equal(log_text[0], 0, "nothing to say");
	end();
}

static void test_reserve(void)
{
	struct model *port;

	start();
	port = bridge(-1, 2, 0, 4);
	port->config[0x34] = 0x60;
	le32_store(port->config, 0x000c1b36);
	le32_store(port->config + 0x60,
		   0x01204009); /* QEMU's wishes, and then the port's capability */
	memset(port->config + 0x64, 0xff, 28);
	le32_store(port->config + 0x64, 3);
	le64_store(port->config + 0x68, 0x2000);
	le64_store(port->config + 0x78, GIB(1));
	virtio(index_of(bridge(-1, 3, 0, 4)), 0);
	enumerate();
	equal(port->config[0x1a], 4, "three more buses are kept free");
	equal(models[1].config[0x19], 5, "the next port begins behind them");
	equal(port->config[0x1d] - port->config[0x1c], 0x10, "8 KiB of I/O");
	ok(le32_load(port->config + 0x28) &&
		   le16_load(port->config + 0x26) - le16_load(port->config + 0x24) == 0x3ff0,
	   "1 GiB of prefetchable memory, above 4 GiB");
	le64_store(port->config + 0x78, UINT64_MAX - 1);
	le32_store(port->config + 0x64, 0xfffffffe);
	end();
	log_text[0] = '\0';
	enumerate();
	ok(strstr(log_text, "00:02.0") != NULL, "a wish that cannot be granted is refused");
	end();
}

static void test_roots(void)
{
	int decoding;

	start();
	host.extra_roots = 2;
	virtio(index_of(bridge(-1, 1, 0, 4)), 0);
	virtio(-2 - 20, 0); /* bus 20 */
	virtio(index_of(bridge(-2 - 20, 1, 0, 4)), 0);
	virtio(-2 - 40, 31);
	enumerate();
	ok(check(&decoding) && decoding == 4 * 3, "two more root buses, at 20 and 40");
	equal(host.last_bus, 40, "no bus is looked at behind the last");
	equal(models[3].config[0x19], 21, "bus 21 is behind bus 20");
	end();
}

static void test_limits(void)
{
	int parent = -1, decoding;

	start();
	for (int i = 0; i < 40; i++)
		parent = index_of(bridge(parent, parent < 0 ? 1u : 0u, 0, 5));
	virtio(parent, 0);
	virtio(-1, 9);
	equal(enumerate(), 0, "40 bridges behind one another");
	ok(check(&decoding) && decoding == 3, "what is too deep stays off, the rest works");
	ok(strstr(log_text, "16 bridges deep") != NULL, "... and the log says so");
	end();
	start();
	host.bus_max = 4;
	for (unsigned int i = 1; i <= 6; i++)
		virtio(index_of(bridge(-1, i, 0, 4)), 0);
	enumerate();
	ok(check(&decoding) && decoding == 4 * 3, "no bus number is left for the fifth port");
	ok(strstr(log_text, "bus 4 of 4") != NULL, "... and the log says so");
	end();
	start();
	for (unsigned int i = 1; i < 32; i++)
		for (unsigned int f = 0; f < 8; f++) {
			struct model *m = model(-1, i, f, 0);

			m->config[0x0e] = 0x80;
			bar(m, 0, IO, 256);
			bar(m, 1, IO, 256);
			bar(m, 2, P64, 65536);
		}
	equal(enumerate(), 0, "248 functions: the tables grow");
	ok(check(&decoding) && decoding > 300, "those that find I/O addresses decode");
	ok(strstr(log_text, "stays off") != NULL, "the others stay off");
	equal(host.functions_used, 248, "all are in the table");
	end();
}

/* Machines at random: whatever decodes must do so without conflict. */
static int random_machine(void)
{
	int bridges[40], n = 0, decoding, good;

	start();
	bridges[n++] = -1;
	for (int i = 0; i < 60; i++) {
		int parent = bridges[tap_below((uint64_t)n)];
		unsigned int device = (unsigned int)tap_below(32);
		struct model *m;
		int taken = 0;

		for (int k = 0; k < used; k++)
			taken |= models[k].device == device &&
				 models[k].bus == (parent < 0 ? 0 : (unsigned int)parent + 1000);
		if (taken)
			continue;
		if (n < 40 && tap_below(4) == 0) {
			bridges[n++] = index_of(bridge(parent, device, 0, tap_below(2) ? 7 : -1));
			continue;
		}
		m = model(parent, device, 0, 0);
		for (unsigned int r = 0; r < 6; r++) {
			static const uint32_t kinds[] = {IO, M32, M64, P32, P64};
			uint32_t kind = kinds[tap_below(5)];
			unsigned int most = kind & IO ? 8 : kind & 4 ? 34 : 28;

			if (tap_below(2) || (r == 5 && kind & 4))
				continue;
			bar(m, r, kind, UINT64_C(1) << (4 + tap_below(most - 4)));
			r += (kind & 5) == 4;
		}
	}
	if (enumerate())
		return 0;
	good = check(&decoding);
	end();
	return good;
}

static void test_random(void)
{
	int good = 0;

	tap_seed();
	for (int i = 0; i < 2000; i++)
		good += random_machine();
	equal(good, 2000, "2000 machines at random");
}

int main(void)
{
	log_set_sink(keep_log);
	test_plain();
	test_functions();
	test_sizes();
	test_overflow();
	test_odd();
	test_ports();
	test_nested();
	test_reserve();
	test_roots();
	test_limits();
	test_random();
	return tap_done();
}
