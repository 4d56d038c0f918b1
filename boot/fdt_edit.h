/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's devicetree while it is edited: pieces are put in as ready-made tokens, what follows is moved up once, and
 * names are appended to the strings. libfdt, which does all that only some boots need, would search the strings byte by byte for every
 * name, which costs more than all the rest of a boot's devicetree work. Offsets are in bytes: `at` from the start of the structure block, names from that of the strings.
 */
#ifndef BOOT_FDT_EDIT_H
#define BOOT_FDT_EDIT_H

#include <stdint.h>

#include "boards/board.h"
#include "lib/bytes.h"
#include "lib/fdt_walk.h"

enum { FDT_PUT_PROPERTY = 3, FDT_PUT_NOP };

/* Structure block, then strings block, then room. */
struct fdt_edit {
	struct machine *machine; /* its dtb_… follow the edits */
	uint8_t *blob;
	uint32_t room; /* bytes of the blob's place */
	uint32_t structure, structure_size; /* offset in the blob, and bytes */
	uint32_t strings, strings_size;
	struct fdt_walk walk; /* of the last fdt_edit_token */
};

/*
 * Opens the machine's blob for edits that add at most `more` bytes: where it lies if it has the room, else in a larger place
 * that is claimed through LMB. 0; -EINVAL: the tree is damaged; -ENOMEM: no place. Says why.
 */
int fdt_edit_open(struct fdt_edit *edit, struct machine *machine, uint32_t more);
/* Reads the header again, after libfdt has edited the blob. 0 or -EINVAL. */
int fdt_edit_look(struct fdt_edit *edit);
/* Says in the header where things are now: the last step. */
void fdt_edit_settle(struct fdt_edit *edit);

/* Makes the piece [at, at + old) of the structure block `new` bytes long; what comes later moves. */
void fdt_edit_resize(struct fdt_edit *edit, uint32_t at, uint32_t old, uint32_t new);
/* Appends `size` bytes of names with their NULs to the strings: the offset of the first. */
uint32_t fdt_edit_append(struct fdt_edit *edit, const char *names, uint32_t size);
/* The token at `at`, read by edit->walk; *next is where the one after it begins. Names of properties are checked. */
enum fdt_token fdt_edit_token(struct fdt_edit *edit, uint32_t at, uint32_t *next);

/* Writers of tokens: each returns where the next one belongs. */
static inline uint8_t *fdt_edit_put(uint8_t *at, uint32_t word)
{
	*(uint32_t *)(void *)at = __builtin_bswap32(word);
	return at + 4;
}

static inline uint8_t *fdt_edit_put_number(uint8_t *at, uint64_t number)
{
	return fdt_edit_put(fdt_edit_put(at, (uint32_t)(number >> 32)), (uint32_t)number);
}

/* The token before a property's value of `size` bytes. */
static inline uint8_t *fdt_edit_put_property(uint8_t *at, uint32_t name, uint32_t size)
{
	return fdt_edit_put(fdt_edit_put(fdt_edit_put(at, FDT_PUT_PROPERTY), size), name);
}

/* Bytes with padding of a property's value, or of a node's name. */
static inline uint32_t fdt_edit_padded(uint64_t size)
{
	return (uint32_t)align_up(size, 4);
}

#endif
