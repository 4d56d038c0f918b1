# SPDX-License-Identifier: BSD-2-Clause
"""Unified kernel images: a PE program, systemd's stub, with a kernel and its belongings as further sections
(UAPI.5 Unified Kernel Image; PE format, Microsoft's revision 11)."""

import struct

SECTION = struct.Struct("<8sIIIIIIHHI")
READABLE_DATA = 0x40000040  # IMAGE_SCN_CNT_INITIALIZED_DATA, IMAGE_SCN_MEM_READ


def aligned(number, to):
    return -(-number // to) * to


def sections(data):
    """(offset of the optional header, offset of the section table, what is in it)"""
    pe = struct.unpack_from("<I", data, 0x3C)[0]
    assert data[pe:pe + 4] == b"PE\0\0"
    count, = struct.unpack_from("<H", data, pe + 6)
    size, = struct.unpack_from("<H", data, pe + 20)
    table = pe + 24 + size
    return pe + 24, table, [SECTION.unpack_from(data, table + SECTION.size * i) for i in range(count)]


def build(stub, parts):
    """The image: stub's bytes, and {".linux": bytes, …} behind them."""
    image = bytearray(stub)
    optional, table, have = sections(image)
    section_alignment, file_alignment = struct.unpack_from("<II", image, optional + 32)
    headers_size, = struct.unpack_from("<I", image, optional + 60)
    first_data = min(s[4] for s in have if s[3])
    table_end = table + SECTION.size * (len(have) + len(parts))
    assert table_end <= min(headers_size, first_data), "no room for more sections in the stub's headers"
    address = max(aligned(s[2] + max(s[1], s[3]), section_alignment) for s in have)
    at = table + SECTION.size * len(have)
    for name, content in parts.items():
        image += bytes(aligned(len(image), file_alignment) - len(image))
        SECTION.pack_into(image, at, name.encode(), len(content), address, aligned(len(content), file_alignment),
                          len(image), 0, 0, 0, 0, READABLE_DATA)
        image += content + bytes(aligned(len(content), file_alignment) - len(content))
        address = aligned(address + len(content), section_alignment)
        at += SECTION.size
    struct.pack_into("<H", image, optional - 18, len(have) + len(parts))
    struct.pack_into("<I", image, optional + 56, address)  # SizeOfImage
    struct.pack_into("<I", image, optional + 64, 0)  # no checksum
    return bytes(image)
