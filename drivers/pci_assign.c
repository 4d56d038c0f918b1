/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving addresses to what PCI functions decode. Of the large ranges of a list, those with the
 * largest alignment come first and each size is a multiple of its alignment, so what follows one
 * another from an aligned start has no gaps: a list fits if the sum of its sizes does.
 */
#define LOG_PREFIX "pci"

#include "drivers/pci_internal.h"
#include "lib/bytes.h"
#include "lib/log.h"

static int fits(const struct pci_window *window, const struct pci_list *list, uint64_t *start)
{
	*start = window->base;
	if (!list->used)
		return 1;
	*start = align_up(window->base, UINT64_C(1) << pci_top(list->used));
	return *start >= window->base && *start < list->small && list->size <= list->small - *start;
}

/* Takes the range at *link out of a list, in which it has this alignment. */
static void take(struct pci_host *host, struct pci_list *list, unsigned int align, uint16_t *link)
{
	struct pci_range *range = &host->ranges[*link];

	list->size -= range->size;
	*link = range->next;
	if (list->head[align] == PCI_NONE)
		list->used &= ~(UINT64_C(1) << align);
}

/* Moves what may lie above 4 GiB there, the largest first, until the rest fits below. */
static void relieve(struct pci_host *host, struct pci_bus *root)
{
	struct pci_list *memory = &root->list[PCI_LIST_MEMORY];
	uint64_t left = memory->used;
	uint64_t start;

	while (left) {
		unsigned int align = pci_top(left);
		uint16_t *link = &memory->head[align];

		left &= ~(UINT64_C(1) << align);
		while (*link != PCI_NONE) {
			uint16_t index = *link;

			if (fits(&host->memory, memory, &start))
				return;
			if (host->ranges[index].flags & PCI_RANGE_64) {
				take(host, memory, align, link);
				pci_list_join(host, &root->list[PCI_LIST_HIGH], index);
			} else {
				link = &host->ranges[index].next;
			}
		}
	}
}

/* Places a list, without the largest of its ranges if not all fit. */
static void fill(struct pci_host *host, const struct pci_window *window, struct pci_list *list)
{
	uint64_t start;

	while (!fits(window, list, &start)) {
		unsigned int align = pci_top(list->used);
		const struct pci_range *range = &host->ranges[list->head[align]];

		log_warn(PCI_NAME
			 ": 0x%lx bytes of addresses are wanted, and 0x%lx are not enough for all: "
			 "%s off",
			 PCI_NAME_OF(&host->functions[range->function]), range->size,
			 window->end - window->base,
			 range->index < PCI_WINDOW_IO ? "the device stays"
						      : "what is behind stays");
		take(host, list, align, &list->head[align]);
	}
	pci_list_place(host, list, start);
}

/*
 * Makes the addresses of a function that is behind a bridge absolute; they count from the bridge's
 * windows.
 */
static void settle(struct pci_host *host, const struct pci_function *function)
{
	const struct pci_function *bridge = &host->functions[function->bridge];
	const struct pci_range *windows =
		&host->ranges[bridge->first_range + bridge->ranges - PCI_LISTS];

	for (int i = 0; i < function->ranges; i++) {
		struct pci_range *range = &host->ranges[function->first_range + i];
		const struct pci_range *window = &windows[pci_list_of(host, function, range)];

		if (range->base >> 63) /* a small range: it counts from the window's end */
			range->base += window->size;
		range->base = window->base && range->size ? window->base + range->base : 0;
	}
}

/* What was written to find sizes must not stay. */
static void close_bars(const struct pci_function *function, uint64_t config)
{
	for (uint64_t i = 0; i < (function->flags & PCI_BRIDGE ? 1 : 3); i++)
		pci_write64(config + PCI_BAR0 + 8 * i, 0);
}

/* Writes base address registers in pairs, those that are used. Returns what to decode. */
static uint16_t write_bars(struct pci_host *host, struct pci_function *function, uint64_t config)
{
	const struct pci_range *range = &host->ranges[function->first_range];
	const struct pci_range *end = range + function->ranges;
	union {
		uint32_t bar[6];
		uint64_t pair[3];
	} value;
	unsigned int across =
		0; /* 1: a range's halves lie in two pairs, and one of them may be 0 */
	uint16_t command = 0;

	value.pair[0] = value.pair[1] = value.pair[2] = 0;
	for (; range < end && range->index < PCI_WINDOW_IO; range++) {
		if (!range->base)
			function->flags |= PCI_OFF;
		value.bar[range->index] = (uint32_t)range->base;
		if (range->flags & PCI_RANGE_64) {
			value.bar[range->index + 1] = (uint32_t)(range->base >> 32);
			across |= range->index & 1;
		}
		command |= PCI_COMMAND_MEMORY - (range->flags & PCI_RANGE_IO); /* that is 1 */
	}
	if (function->flags & PCI_OFF) {
		close_bars(function, config);
		return 0;
	}
	for (uint64_t i = 0; i < 3; i++)
		if (value.pair[i] || across)
			pci_write64(config + PCI_BAR0 + 8 * i, value.pair[i]);
	return command;
}

/* A memory window's base and limit registers: bits 31:20 of first and last address. */
static uint32_t window_register(const struct pci_range *window)
{
	uint64_t last = window->base + window->size - 1;

	return (uint32_t)(window->base >> 16 & 0xfff0) | (uint32_t)(last & 0xfff00000);
}

/* Opens a bridge's windows, and closes those that have nothing in them. Returns what to decode. */
static uint16_t write_windows(const struct pci_host *host, const struct pci_function *bridge,
			      uint64_t config)
{
	const struct pci_range *ranges = &host->ranges[bridge->first_range];
	uint64_t memory = PCI_MEMORY_CLOSED, prefetch = PCI_MEMORY_CLOSED, upper = 0;
	uint16_t command = PCI_COMMAND_MEMORY;

	for (int i = 0; i < bridge->ranges; i++) {
		const struct pci_range *range = &ranges[i];
		uint64_t last = range->base + range->size - 1;

		if (!range->base)
			continue;
		if (range->index == PCI_WINDOW_MEMORY)
			memory = window_register(range);
		if (range->index == PCI_WINDOW_PREFETCH) {
			prefetch = window_register(range);
			upper = range->base >> 32 | last >> 32 << 32;
		}
		if (range->index == PCI_WINDOW_IO) {
			pci_write16(config + PCI_IO_WINDOW,
				    (uint16_t)((range->base >> 8 & 0xf0) | (last & 0xf000)));
			pci_write32(config + PCI_IO_UPPER, 0);
			command |= PCI_COMMAND_IO;
		}
	}
	pci_write64(config + PCI_MEMORY_WINDOW, prefetch << 32 | memory);
	pci_write64(config + PCI_PREFETCH_UPPER, upper);
	return command;
}

/*
 * For an operating system without ACPI: the interrupt of the PC's controller. A device with one
 * function can only have INTA (PCI 3.0, 2.2.6), so it is not asked.
 */
static void write_interrupt_line(const struct pci_host *host, const struct pci_function *function,
				 uint64_t config)
{
	uint32_t pin = 1;

	if (function->flags & PCI_MULTIFUNCTION)
		pin = pci_read32(config + PCI_INTERRUPT_LINE) >> 8 & 0xff;
	if (pin >= 1 && pin <= 4)
		pci_write8(config + PCI_INTERRUPT_LINE,
			   host->irq[(pin - 1 + function->rotation) % 4]);
}

static void turn_on(struct pci_host *host, struct pci_function *function)
{
	uint64_t config = pci_config(host, function->address);
	uint16_t command;

	if (function->flags & PCI_FIXED)
		return;
	command = write_bars(host, function, config);
	/*
	 * A port's own interrupts, for hot plugging, are for an operating system with ACPI or MSI.
	 */
	if (function->flags & PCI_BRIDGE)
		command |= write_windows(host, function, config);
	else if (host->irq[0])
		write_interrupt_line(host, function, config);
	if (command)
		pci_write16(config + PCI_COMMAND, command);
}

void pci_assign(struct pci_host *host, struct pci_bus *root)
{
	if (host->high.end)
		relieve(host, root);
	fill(host, &host->io, &root->list[PCI_LIST_IO]);
	fill(host, &host->memory, &root->list[PCI_LIST_MEMORY]);
	fill(host, &host->high, &root->list[PCI_LIST_HIGH]);
	for (int i = 0; i < host->functions_used; i++) {
		struct pci_function *function = &host->functions[i];

		if (function->bridge != PCI_NONE)
			settle(host, function);
		turn_on(host, function);
	}
}
