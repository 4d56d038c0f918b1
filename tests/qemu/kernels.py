# SPDX-License-Identifier: BSD-2-Clause
"""Kernels in other wrappings than Debian's files have, and damaged ones."""

import gzip
import lzma
import struct
import subprocess

LZ4_LEGACY = 0x184c2102


def unpack_lz4_block(data, out):
    at, end = 0, len(data)
    while at < end:
        token = data[at]
        at += 1
        size = token >> 4
        if size == 15:
            while data[at] == 255:
                size += 255
                at += 1
            size += data[at]
            at += 1
        out += data[at:at + size]
        at += size
        if at >= end:
            return
        back = data[at] | data[at + 1] << 8
        at += 2
        size = token & 15
        if size == 15:
            while data[at] == 255:
                size += 255
                at += 1
            size += data[at]
            at += 1
        size += 4
        start = len(out) - back
        if back >= size:
            out += out[start:start + size]
        else:  # overlapping: the bytes repeat
            piece = bytes(out[start:])
            out += (piece * (size // back + 1))[:size]


def unpack_lz4(data):
    """The legacy frame that Linux's build makes: a magic, then blocks of at most 8 MiB."""
    out = bytearray()
    at = 4
    while at + 4 <= len(data):
        size, = struct.unpack_from("<I", data, at)
        if size == 0 or at + 4 + size > len(data):
            break  # the unpacked size that the kernel's build appends
        unpack_lz4_block(data[at + 4:at + 4 + size], out)
        at += 4 + size
    return bytes(out)


def vmlinux(bzimage):
    """The ELF file that a bzImage carries, packed."""
    data = bzimage.read_bytes()
    setup = ((data[0x1f1] or 4) + 1) * 512
    offset, size = struct.unpack_from("<II", data, 0x248)
    packed = data[setup + offset:setup + offset + size]
    if packed[:2] == b"\x1f\x8b":
        elf = gzip.decompress(packed)
    elif packed[:6] == b"\xfd7zXZ\0":
        elf = lzma.decompress(packed)
    elif struct.unpack_from("<I", packed)[0] == LZ4_LEGACY:
        elf = unpack_lz4(packed)
    else:
        elf = subprocess.run(["zstd", "-dc"], input=packed, capture_output=True, check=True).stdout
    assert elf[:4] == b"\x7fELF"
    return elf


def patched(data, offset, form, value):
    """A copy of the bytes with one number in another's place."""
    out = bytearray(data)
    struct.pack_into(form, out, offset, value)
    return bytes(out)
