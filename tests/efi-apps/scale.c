/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an allocation costs when there are 10, 1,000 or 10,000 live ones: a note for each way of allocating and each
 * number, with the average of two calls, one that allocates and one that frees. Under QEMU's -icount shift=0 each instruction
 * takes a nanosecond, so that nanoseconds are instructions, and repeat; without it they are time.
 */
#include "tests/efi-apps/app.h"

#define LIVE_MAX 10000
#define ROUNDS 512

struct live {
	uint64_t base;
	uint64_t pages;
};

static struct live live[LIVE_MAX + 1];
static uint64_t random_state;
static uint64_t refused;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % limit;
}

static uint64_t nanoseconds(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
#else
	uint64_t ticks, frequency;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tmrs %1, cntfrq_el0"
			 : "=r"(ticks), "=r"(frequency));
	return ticks * (1000000000 / 1000) / (frequency / 1000);
#endif
}

/* Neighbours of two types: no two of them can be one region of the map. */
static uint32_t type_of(uint64_t i)
{
	return i & 1 ? EfiLoaderData : EfiBootServicesData;
}

static void take_pages(uint64_t i, uint32_t type, uint64_t pages)
{
	live[i].pages = pages;
	refused += !!bs->AllocatePages(AllocateAnyPages, type, pages, &live[i].base);
}

static void give_pages(uint64_t i)
{
	refused += !!bs->FreePages(live[i].base, live[i].pages);
}

static void take_pool(uint64_t i, uint64_t size)
{
	refused += !!bs->AllocatePool(type_of(i), size, (void **)&live[i].base);
}

static void give_pool(uint64_t i)
{
	refused += !!bs->FreePool((void *)(uintptr_t)live[i].base);
}

/* ---- ways of allocating: `fill` makes one of those that live, `round` is measured, `empty` gives one back ---- */

static void fill_alike(uint64_t i)
{
	take_pages(i, EfiLoaderData, 1);
}

static void fill_apart(uint64_t i)
{
	take_pages(i, type_of(i), 1);
}

static void round_alike(uint64_t n)
{
	take_pages(n, EfiLoaderData, 1);
	give_pages(n);
}

static void round_third(uint64_t n)
{
	take_pages(n, EfiACPIReclaimMemory, 1);
	give_pages(n);
}

static void round_address(uint64_t n)
{
	uint64_t i = random_below(n);

	give_pages(i);
	refused += !!bs->AllocatePages(AllocateAddress, type_of(i), 1, &live[i].base);
}

static void round_pages(uint64_t n)
{
	uint64_t i = random_below(n);

	give_pages(i);
	take_pages(i, type_of(i), 1 + random_below(4));
}

static void fill_pool(uint64_t i)
{
	take_pool(i, 1 + random_below(1000));
}

static void round_pool(uint64_t n)
{
	take_pool(n, 100);
	give_pool(n);
}

static void round_pool_churn(uint64_t n)
{
	uint64_t i = random_below(n);

	give_pool(i);
	fill_pool(i);
}

struct way {
	const char *name;
	void (*fill)(uint64_t i);
	void (*round)(uint64_t n);
	void (*empty)(uint64_t i);
};

static const struct way ways[] = {
	{"pages alike, one more:", fill_alike, round_alike, give_pages},
	{"pages of two types, one more of a third:", fill_apart, round_third, give_pages},
	{"pages of two types, one again at its address:", fill_apart, round_address, give_pages},
	{"pages of two types, one becomes 1-4 anywhere:", fill_apart, round_pages, give_pages},
	{"pool, one more:", fill_pool, round_pool, give_pool},
	{"pool, one becomes another of 1-1000 bytes:", fill_pool, round_pool_churn, give_pool},
};

static uint64_t measure(const struct way *way, uint64_t n)
{
	uint64_t time;

	random_state = n;
	for (uint64_t i = 0; i < n; i++)
		way->fill(i);
	time = nanoseconds();
	for (int i = 0; i < ROUNDS; i++)
		way->round(n);
	time = nanoseconds() - time;
	for (uint64_t i = 0; i < n; i++)
		way->empty(i);
	return time / (2 * ROUNDS);
}

void app_main(void)
{
	for (uint32_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		app_print("# ");
		app_print(ways[i].name);
		for (uint64_t n = 10; n <= LIVE_MAX; n *= n == 10 ? 100 : 10) {
			app_print(" ");
			app_print_decimal(measure(&ways[i], n));
		}
		app_print("\n");
	}
	is(refused, 0, "nothing was refused");
}
