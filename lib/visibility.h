/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included before every source of the firmware (-include, see the Makefile). -fvisibility=hidden covers only what is
 * defined; this covers what is declared as well, so that no address is loaded from a global offset
 * table, which is wrong until the image has relocated itself.
 */
#pragma GCC visibility push(hidden)
