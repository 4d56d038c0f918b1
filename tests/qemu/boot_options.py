# SPDX-License-Identifier: BSD-2-Clause
"""Boot options for tests: device paths, load options, and a file for VARS= that holds them, from docs/variables.md alone."""

import struct
import uuid
import zlib

from disks import SECTOR

GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
LOADER = uuid.UUID("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f")  # systemd's Boot Loader Interface
KEPT = 7  # non-volatile, boot services, run time
AREA = 128 << 10
BANK = {"qemu-aarch64": (1 << 20, 64 << 20), "qemu-x86_64": (512 << 10, 512 << 10)}  # blank flash, the file

ACTIVE, HIDDEN, APP = 1, 8, 0x100


# --- device paths ---------------------------------------------------------------------------------


def node(kind, subtype, data=b""):
    return struct.pack("<BBH", kind, subtype, 4 + len(data)) + data


END = node(0x7F, 0xFF)


def pci(slot):
    """A function 0 on the root bus: what `-device …,addr=slot` is."""
    return node(2, 1, struct.pack("<II", 0x0A0341D0, 0)) + node(1, 1, bytes([0, slot]))


def partition(disk):
    """The first partition of a disk that disks.gpt() made."""
    content = disk.read_bytes()[2 * SECTOR:2 * SECTOR + 128]
    first, last = struct.unpack_from("<QQ", content, 32)
    return node(4, 1, struct.pack("<IQQ", 1, first, last - first + 1) + content[16:32] + bytes([2, 2]))


def file(name):
    return node(4, 4, text(name))


def text(string):
    return string.encode("utf-16-le") + b"\0\0"


def option(description, path, optional=b"", attributes=ACTIVE):
    path += END
    return struct.pack("<IH", attributes, len(path)) + text(description) + path + optional


# --- the store ------------------------------------------------------------------------------------


def numbers(*values):
    return struct.pack(f"<{len(values)}H", *values)


def record(name, data, offset):
    guid = LOADER.bytes_le if name.startswith("Loader") else GLOBAL
    name = text(name)
    body = struct.pack("<IIHHI16s16s", KEPT, len(data), len(name), 0, zlib.crc32(name + data), guid, bytes(16))
    start = struct.pack("<II", 0x52615643, zlib.crc32(struct.pack("<II", 1, offset) + body))
    whole = start + body + b"CMiT\xff\xff\xff\xff" + name + data
    return whole + b"\xff" * (-len(whole) % 8)


def write_store(board, path, variables):
    """A bank with these variables, {"BootOrder": bytes}, at `path`."""
    header = struct.pack("<8sII12x", b"CadVars\0", 1, AREA)
    area = (header + struct.pack("<I", zlib.crc32(header))) * 2
    for name, data in variables.items():
        area += record(name, data, len(area))
    assert len(area) < AREA
    blank, size = BANK[board]
    with open(path, "wb") as bank:
        bank.write(area.ljust(blank, b"\xff"))
        bank.truncate(size)
    return path
