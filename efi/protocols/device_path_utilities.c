/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_DEVICE_PATH_UTILITIES_PROTOCOL (UEFI 2.10, 10.5). What is malformed, or has no memory, gives NULL. */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/install.h"
#include "efi/table.h"

typedef struct efi_device_path_protocol path_node;

static const struct efi_guid utilities_guid = EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID;
static const path_node end_node = {END_DEVICE_PATH_TYPE,
				   END_ENTIRE_DEVICE_PATH_SUBTYPE,
				   {sizeof(path_node), 0}};
static const path_node end_instance_node = {END_DEVICE_PATH_TYPE,
					    END_INSTANCE_DEVICE_PATH_SUBTYPE,
					    {sizeof(path_node), 0}};

/* A piece of a path: bytes that need no end of their own. */
struct piece {
	const void *bytes;
	uint64_t size;
};

/* The pieces in one new block, with the end of a path behind them. */
static path_node *join(const struct piece *piece, int count)
{
	uint64_t size = sizeof(end_node);
	uint8_t *to;
	void *block;

	for (int i = 0; i < count; i++)
		size += piece[i].size;
	if (efi_allocate_pool(EfiBootServicesData, size, &block))
		return NULL;
	to = block;
	for (int i = 0; i < count; i++) {
		if (piece[i].size)
			memcpy(to, piece[i].bytes, piece[i].size);
		to += piece[i].size;
	}
	memcpy(to, &end_node, sizeof(end_node));
	return block;
}

/* A path without its end; NULL counts as an empty one. False: it is malformed. */
static bool piece_of_path(struct piece *piece, const path_node *path)
{
	uint64_t size = efi_device_path_size(path);

	*piece = (struct piece){path, size ? size - sizeof(end_node) : 0};
	return size || !path;
}

static uint64_t EFIAPI get_size(const path_node *DevicePath)
{
	return efi_device_path_size(DevicePath);
}

static path_node *EFIAPI duplicate(const path_node *DevicePath)
{
	return efi_device_path_duplicate(DevicePath);
}

static path_node *EFIAPI append_path(const path_node *Src1, const path_node *Src2)
{
	struct piece piece[2];

	if (!piece_of_path(&piece[0], Src1) || !piece_of_path(&piece[1], Src2))
		return NULL;
	return join(piece, 2);
}

static path_node *EFIAPI append_node(const path_node *DevicePath, const path_node *DeviceNode)
{
	struct piece piece[2];

	if (!piece_of_path(&piece[0], DevicePath))
		return NULL;
	piece[1] = (struct piece){DeviceNode, DeviceNode ? efi_device_path_length(DeviceNode) : 0};
	if (DeviceNode && piece[1].size < sizeof(path_node))
		return NULL;
	return join(piece, 2);
}

static path_node *EFIAPI append_instance(const path_node *DevicePath,
					 const path_node *DevicePathInstance)
{
	struct piece piece[3] = {[1] = {&end_instance_node, sizeof(end_instance_node)}};

	if (!DevicePathInstance || !piece_of_path(&piece[0], DevicePath) ||
	    !piece_of_path(&piece[2], DevicePathInstance))
		return NULL;
	if (!DevicePath)
		return join(&piece[2], 1);
	return join(piece, 3);
}

/* 10.5.7: the size tells of the copy, end node included, and is 0 with a NULL path. */
static path_node *EFIAPI next_instance(path_node **DevicePathInstance,
				       uint64_t *DevicePathInstanceSize)
{
	struct piece piece;
	path_node *copy;
	path_node *end;

	if (DevicePathInstanceSize)
		*DevicePathInstanceSize = 0;
	if (!DevicePathInstance || !*DevicePathInstance ||
	    !efi_device_path_size(*DevicePathInstance))
		return NULL;
	piece.bytes = *DevicePathInstance;
	piece.size = efi_device_path_instance_size(*DevicePathInstance);
	copy = join(&piece, 1);
	if (!copy)
		return NULL;
	end = (path_node *)(void *)((uint8_t *)*DevicePathInstance + piece.size);
	*DevicePathInstance = efi_device_path_is_end(end) ? NULL : end + 1;
	if (DevicePathInstanceSize)
		*DevicePathInstanceSize = piece.size + sizeof(end_node);
	return copy;
}

static BOOLEAN EFIAPI is_multi_instance(const path_node *DevicePath)
{
	uint64_t size = efi_device_path_size(DevicePath);

	return size && efi_device_path_instance_size(DevicePath) + sizeof(end_node) != size;
}

static path_node *EFIAPI create_node(uint8_t NodeType, uint8_t NodeSubType, uint16_t NodeLength)
{
	path_node *node;

	if (NodeLength < sizeof(*node))
		return NULL;
	node = efi_new(NodeLength);
	if (node)
		*node = (path_node){
			NodeType, NodeSubType, {(uint8_t)NodeLength, (uint8_t)(NodeLength >> 8)}};
	return node;
}

static struct efi_device_path_utilities_protocol utilities = {
	.GetDevicePathSize = get_size,
	.DuplicateDevicePath = duplicate,
	.AppendDevicePath = append_path,
	.AppendDeviceNode = append_node,
	.AppendDevicePathInstance = append_instance,
	.GetNextDevicePathInstance = next_instance,
	.IsDevicePathMultiInstance = is_multi_instance,
	.CreateDeviceNode = create_node,
};

efi_status efi_device_path_utilities_install(void)
{
	efi_handle handle = efi_firmware_handle();

	return efi_install_protocol_interface(&handle, &utilities_guid, EFI_NATIVE_INTERFACE,
					      &utilities);
}
