#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seed corpora of e820_fuzz, bzimage_fuzz and elf_fuzz: the tables that QEMU 7.2 makes for some machines, the header
fields of Debian's kernels, and small ELF files with the shape of a vmlinux."""
import struct
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"


def write(folder, seeds):
    (CORPUS / folder).mkdir(parents=True, exist_ok=True)
    for name, data in seeds.items():
        (CORPUS / folder / name).write_bytes(data)


def e820(*entries):
    return b"".join(struct.pack("<QQI", *entry) for entry in entries)


HT = (0xfd00000000, 0x300000000, 2)
KVM = (0xfeffc000, 0x4000, 2)
E820 = {
    "512M": e820((0, 0x20000000, 1), HT),
    "4G": e820((0, 0x80000000, 1), (0x100000000, 0x80000000, 1), HT),
    "64G-kvm": e820(KVM, (0, 0x80000000, 1), (0x100000000, 0xf80000000, 1), HT),
    "types": e820((0, 0x100000, 1), (0x8000, 0x1000, 3), (0x9000, 0x1000, 4), (0xa000, 0x800, 5), (0xb000, 0x1000, 7),
                  (0xc000, 0, 2), (0xd000, 0x1000, 12)),
    "overlap": e820((0x3000, 0x5000, 1), (0x1000, 0x5000, 2), (0x2000, 0x1000, 1), (0x4000, 0x2000, 4)),
    "last": e820((0, 0x1000, 1), (2**64 - 0x1000, 0x1000, 1)),
    "wrapping": e820((0, 0x1000, 1), (2**64 - 0x1000, 0x2000, 1)),
    "short": e820((0, 0x1000, 1))[:-1],
    "fragments": e820((0, 0xa0000, 1), (0x100000, 0x20000000, 1),
                      *((0x1000000 + 0x2000 * (5 * i % 126), 0x1000, 2) for i in range(126))),
}


def bzimage(size, **fields):
    """The first 1,024 bytes of a kernel file of `size` bytes, with the fields of Debian's 6.1 but for those given."""
    places = {  # name: (offset, format, value in Debian's)
        "setup_sects": (0x1f1, "<B", 0x1f), "syssize": (0x1f4, "<I", (14184960 - 0x4000) // 16),
        "boot_flag": (0x1fe, "<H", 0xaa55), "jump": (0x200, "<H", 0x6aeb), "header": (0x202, "<I", 0x53726448),
        "version": (0x206, "<H", 0x20f), "loadflags": (0x211, "<B", 1), "code32_start": (0x214, "<I", 0x100000),
        "initrd_addr_max": (0x22c, "<I", 0x7fffffff), "kernel_alignment": (0x230, "<I", 0x200000),
        "relocatable_kernel": (0x234, "<B", 1), "min_alignment": (0x235, "<B", 0x15), "xloadflags": (0x236, "<H", 0x7f),
        "cmdline_size": (0x238, "<I", 2047), "pref_address": (0x258, "<Q", 0x1000000),
        "init_size": (0x260, "<I", 0x3378000)}
    data = bytearray(1024)
    for name, (offset, form, value) in places.items():
        struct.pack_into(form, data, offset, fields.get(name, value))
    return struct.pack("<I", size) + bytes(data)


FULL = 14184960
BZIMAGE = {
    "debian": bzimage(FULL),
    "cut": bzimage(FULL // 2),
    "old": bzimage(FULL, version=0x204),
    "32bit": bzimage(FULL, xloadflags=0),
    "fixed": bzimage(FULL, relocatable_kernel=0),
    "low": bzimage(FULL, loadflags=0),
    "setup0": bzimage(FULL, setup_sects=0),
    "syssize0": bzimage(FULL, syssize=0),
    "align3": bzimage(FULL, kernel_alignment=3),
    "init0": bzimage(FULL, init_size=0),
    "pref1": bzimage(FULL, pref_address=1),
    "jump": bzimage(FULL, jump=0xffeb),
    "short": bzimage(FULL)[:0x280],
}


def note(name, kind, desc):
    def pad(data):
        return data + bytes(-len(data) % 4)
    return struct.pack("<III", len(name), len(desc), kind) + pad(name) + pad(desc)


NOTES = note(b"GNU\0", 3, bytes(20)) + note(b"Xen\0", 6, b"linux\0") + note(b"Xen\0", 18, struct.pack("<Q", 0x1000850))


def elf(bits=64, segments=((0x1000000, 16, 32), (0x2000000, 16, 16)), machine=62, notes=NOTES, phnum=None):
    start = 64 if bits == 64 else 52
    entry = 56 if bits == 64 else 32
    count = len(segments) + bool(notes)
    at = start + entry * count
    headers, body = b"", b""
    for kind, base, size, room in [(1, *s) for s in segments] + ([(4, 0, len(notes), len(notes))] if notes else []):
        offset = at + len(body)
        body += notes if kind == 4 else bytes(size)
        if bits == 64:
            headers += struct.pack("<IIQQQQQQ", kind, 7, offset, base, base, size, room, 4096)
        else:
            headers += struct.pack("<IIIIIIII", kind, offset, base, base, size, room, 7, 4096)
    ident = b"\177ELF" + bytes([2 if bits == 64 else 1, 1, 1]) + bytes(9)
    form = "<HHIQQQIHHHHHH" if bits == 64 else "<HHIIIIIHHHHHH"
    return ident + struct.pack(form, 2, machine, 1, 0x1000000, start, 0, 0, start, entry,
                               count if phnum is None else phnum, 0, 0, 0) + headers + body


ELF = {
    "vmlinux": elf(), "vmlinux32": elf(bits=32, machine=3), "no-notes": elf(notes=b""),
    "no-segments": elf(segments=()), "arm64": elf(machine=183), "phnum": elf(phnum=0xffff),
    "overlap": elf(segments=((0x1000, 16, 0x2000), (0x2000, 16, 16))),
    "high": elf(segments=((0xffffffffffff0000, 16, 0x20000),)), "backwards": elf(segments=((0x1000, 32, 16),)),
    "many": elf(segments=tuple((0x1000 * i, 1, 1) for i in range(1, 19))), "cut": elf()[:-100], "notes": NOTES,
}

if __name__ == "__main__":
    write("e820", E820)
    write("bzimage", BZIMAGE)
    write("elf", ELF)
