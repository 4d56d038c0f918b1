/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Test Anything Protocol, as little of it as host tests need. Header only: one test program is one C file.
 *
 *	int main(void)
 *	{
 *		ok(1 + 1 == 2, "sums");
 *		return tap_done();
 *	}
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_tests;
static int tap_failures;

static inline int tap_ok(int good, const char *name, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_tests, name);
	if (!good) {
		printf("#   %s:%d\n", file, line);
		tap_failures++;
	}
	fflush(stdout);
	return good;
}

static inline int tap_equal(uint64_t is, uint64_t wanted, const char *name, const char *file,
			    int line)
{
	if (!tap_ok(is == wanted, name, file, line)) {
		printf("#   is     0x%" PRIx64 " (%" PRId64 ")\n", is, (int64_t)is);
		printf("#   wanted 0x%" PRIx64 " (%" PRId64 ")\n", wanted, (int64_t)wanted);
		return 0;
	}
	return 1;
}

/* ok(condition, name); equal(is, wanted, name), of integers: both go on after a failure. */
#define ok(condition, name) tap_ok(!!(condition), (name), __FILE__, __LINE__)
#define equal(is, wanted, name) \
	tap_equal((uint64_t)(int64_t)(is), (uint64_t)(int64_t)(wanted), (name), __FILE__, __LINE__)

static inline int tap_done(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failures != 0;
}

/* Random numbers that repeat: the seed is taken from the environment (SEED) or the clock, and printed. */
static uint64_t tap_random_state;

#include <time.h>

static inline uint64_t tap_seed(void)
{
	const char *text = getenv("SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);

	printf("# SEED=%" PRIu64 "\n", seed);
	tap_random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	return seed;
}

/* A fuzzer puts its input in place of chance. */
static uint64_t (*tap_random_hook)(void);

static inline uint64_t tap_random(void)
{
	if (tap_random_hook != NULL)
		return tap_random_hook();

	uint64_t x = (tap_random_state += UINT64_C(0x9e3779b97f4a7c15));

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* 0 … limit - 1 */
static inline uint64_t tap_below(uint64_t limit)
{
	return tap_random() % limit;
}

#endif
