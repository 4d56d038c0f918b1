/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of living objects; see object.h. Its users hold TPL_NOTIFY or more while they change it. */
#include <string.h>

#include "efi/object.h"
#include "lib/assert.h"

#define BUCKETS 64

static struct efi_object *buckets[BUCKETS];

static struct efi_object **bucket_of(const void *pointer)
{
	uint64_t key = (uint64_t)(uintptr_t)pointer >> 4;

	return &buckets[(key ^ key >> 6) % BUCKETS];
}

void efi_object_add(struct efi_object *object, enum efi_object_kind kind)
{
	struct efi_object **bucket = bucket_of(object);

	object->kind = kind;
	object->next = *bucket;
	*bucket = object;
}

void efi_object_remove(struct efi_object *object)
{
	struct efi_object **at = bucket_of(object);

	while (*at && *at != object)
		at = &(*at)->next;
	assert(*at);
	*at = object->next;
}

bool efi_object_is(const void *pointer, enum efi_object_kind kind)
{
	const struct efi_object *object = *bucket_of(pointer);

	while (object && object != pointer)
		object = object->next;
	return object && object->kind == kind;
}

uint64_t efi_object_count(enum efi_object_kind kind)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < BUCKETS; i++)
		for (const struct efi_object *object = buckets[i]; object; object = object->next)
			count += object->kind == kind;
	return count;
}

void efi_object_reset(void)
{
	memset(buckets, 0, sizeof(buckets));
}
