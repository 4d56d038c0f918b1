#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds_pe.py: writes the corpus of pe_fuzz (tests/fuzz/corpus/pe/), small PE32+ images made here.

The first byte of an input chooses the machine: even x86_64, odd AArch64.
"""
import pathlib
import struct


def section(name, size, offset, file_size, file_offset, flags):
    return struct.pack("<8sIIIIIIHHI", name, size, offset, file_size, file_offset, 0, 0, 0, 0, flags)


def resources(page):
    """A tree down to an HII package list of no packages, as a section at `page`."""
    def directory(entry, target, named):
        return struct.pack("<IIHHHHII", 0, 0, 0, 0, named, not named, entry, target)
    tree = directory(0x80000060, 0x80000018, 1) + directory(1, 0x80000030, 0) + directory(1, 0x48, 0)
    tree += struct.pack("<IIII", page + 0x80, 24, 0, 0)
    tree = tree.ljust(0x60, b"\0") + struct.pack("<H", 3) + "HII".encode("utf-16-le")
    return tree.ljust(0x90, b"\0") + struct.pack("<II", 24, 0xDF000004)


def image(machine, alignment=0x1000, nx=0x100, relocations=(0xA000,), characteristics=0x22, hii=b""):
    page = 0x1000
    block = struct.pack("<II", page, 8 + 2 * len(relocations))
    block += b"".join(struct.pack("<H", r) for r in relocations)
    optional = struct.pack("<HBBIIIII", 0x20B, 0, 0, 0x200, 0x200, 0, 0x1000, 0x1000)
    optional += struct.pack("<QII6HIIII", 0x10000000, alignment, 0x200, 0, 0, 0, 0, 0, 0, 0, 0x3000, 0x200, 0)
    optional += struct.pack("<HHQQQQII", 10, nx, 0, 0, 0, 0, 0, 6)
    optional += bytes(16) + struct.pack("<II", 0x1000 if hii else 0, len(hii)) + bytes(16)
    optional += struct.pack("<II", 0x2000, len(block))
    text = hii or bytes(0x40)
    sections = section(b".text", 0x1000, 0x1000, len(text), 0x200, 0x60000020)
    sections += section(b".reloc", 0x200, 0x2000, len(block), 0x200 + len(text), 0x42000040)
    head = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x40)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", machine, 2, 0, 0, 0, len(optional), characteristics)
    head += optional + sections
    return head.ljust(0x200, b"\0") + text + block


def main():
    folder = pathlib.Path(__file__).parent / "corpus" / "pe"
    folder.mkdir(parents=True, exist_ok=True)
    seeds = {
        "x86_64": b"\0" + image(0x8664),
        "aarch64": b"\1" + image(0xAA64, alignment=0x10000),
        "unaligned": b"\0" + image(0x8664, alignment=0x20, nx=0),
        "relocations": b"\0" + image(0x8664, relocations=(0x0000, 0x1010, 0x2020, 0x3030, 0xA040)),
        "hii": b"\0" + image(0x8664, hii=resources(0x1000)),
        "fixed": b"\0" + image(0x8664, characteristics=0x23),
    }
    for name, data in seeds.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
