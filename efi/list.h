/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubly linked lists inside the objects that they link. A list is a ring with its head as one of the links. */
#ifndef EFI_LIST_H
#define EFI_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_EMPTY(head)         \
	{                        \
		&(head), &(head) \
	}
#define list_of(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))
/* The object after may be removed in the body; others may not. */
#define list_for_each(link, head)                            \
	for (struct list *link = (head)->next, *link##_next; \
	     link##_next = link->next, link != (head); link = link##_next)

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_append(struct list *head, struct list *link)
{
	link->next = head;
	link->prev = head->prev;
	head->prev->next = link;
	head->prev = link;
}

/* Takes a link out; it is then a ring of its own and may be taken out again. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

#endif
