/* SPDX-License-Identifier: BSD-2-Clause */
/* What is open: each file or directory once, however many have it open. */
#include <errno.h>
#include <stdlib.h>

#include "fs/fat_volume.h"

static struct fat_node *find(const struct fat_volume *volume, const uint16_t *path)
{
	const uint16_t *rest;

	for (struct fat_node *node = volume->nodes; node; node = node->next)
		if (fat_path_begins(path, node->path, &rest) && !*rest)
			return node;
	return NULL;
}

void fat_node_set_path(struct fat_node *node, const uint16_t *path)
{
	uint32_t i = 0;

	for (; i < FS_PATH_MAX && path[i]; i++)
		node->path[i] = path[i];
	node->path[i] = 0;
}

int fat_node_reopen(struct fs *fs, struct fat_node *node, uint8_t mode)
{
	FRESULT result;

	node->index = node->cluster = 0;
	result = f_open(&node->file, fat_path(fs, 0, node->path), mode);
	node->writable = result == FR_OK && mode & FA_WRITE;
	return fat_error(fs, result);
}

int fat_node_sync(struct fs *fs, struct fat_node *node)
{
	int error = node->unsynced ? fat_error(fs, f_sync(&node->file)) : 0;

	if (!error)
		node->unsynced = false;
	return error;
}

int fat_node_sync_all(struct fat_volume *volume)
{
	int error = 0;

	for (struct fat_node *node = volume->nodes; node && !error; node = node->next)
		error = fat_node_sync(&volume->fs, node);
	return error;
}

int fat_node_release(struct fat_volume *volume, struct fat_node *node, bool directory)
{
	struct fat_node **link = &volume->nodes;
	int error = 0;

	if (--node->count)
		return 0;
	if (!directory)
		error = fat_error(&volume->fs, f_close(&node->file));
	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	free(node);
	return error;
}

int fat_node_take(struct fat_volume *volume, struct fat_file *open, const uint16_t *path,
		  uint32_t how)
{
	struct fat_node *node = find(volume, path);
	uint8_t mode = how & FS_WRITE ? FA_READ | FA_WRITE : FA_READ;
	int error = 0;

	if (!node) {
		node = calloc(1, sizeof(*node));
		if (!node)
			return -ENOMEM;
		fat_node_set_path(node, path);
		if (!open->file.directory)
			error = fat_node_reopen(&volume->fs, node, mode);
		if (error) {
			free(node);
			return error;
		}
		node->next = volume->nodes;
		volume->nodes = node;
	} else if (!open->file.directory && how & FS_WRITE && !node->writable) {
		f_close(&node->file); /* it was open for reading: there is nothing to lose */
		error = fat_node_reopen(&volume->fs, node, mode);
	}
	if (!error)
		node->count++;
	open->node = node;
	return error;
}
