#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds_disks.py: writes the corpora of partition_fuzz and fat_fuzz (tests/fuzz/corpus/), small disks made here."""
import pathlib
import struct
import zlib

CORPUS = pathlib.Path(__file__).parent / "corpus"
ESP = bytes.fromhex("28732ac11ff8d211ba4b00a0c93ec93b")


def record(kind, first, count):
    return struct.pack("<BBBBBBBBII", 0, 0, 0, 0, kind, 0, 0, 0, first, count)


def mbr(*records):
    return bytes(440) + b"sign\0\0" + b"".join(records).ljust(64, b"\0") + b"\x55\xaa"


def gpt(sector=512, sectors=24):
    entry = ESP + bytes(range(16)) + struct.pack("<QQQ", 10, 15, 0)
    table = entry.ljust(128, b"\0").ljust(4 * 128, b"\0").ljust(sector, b"\0")

    def header(at, other, table_at):
        head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, at, other, 4, sectors - 4, bytes(16),
                           table_at, 4, 128, zlib.crc32(table[:512]))
        return (head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]).ljust(sector, b"\0")

    disk = mbr(record(0xEE, 1, sectors - 1)).ljust(sector, b"\0") + header(1, sectors - 1, 2) + table
    return disk.ljust((sectors - 2) * sector, b"\0") + table + header(sectors - 1, 1, sectors - 2)


def disc():
    catalogue = bytearray(64 + 64)
    catalogue[0], catalogue[30:32] = 1, b"\x55\xaa"
    struct.pack_into("<H", catalogue, 28, -sum(struct.unpack("<16H", catalogue[:32])) & 0xFFFF)
    struct.pack_into("<BBHBBHI", catalogue, 32, 0x88, 0, 0, 0, 0, 4, 19)
    struct.pack_into("<BBH", catalogue, 64, 0x91, 0xEF, 1)
    struct.pack_into("<BBHBBHI", catalogue, 96, 0x88, 0, 0, 0, 0, 8, 19)
    boot = b"\0CD001\1EL TORITO SPECIFICATION".ljust(0x47, b"\0") + struct.pack("<I", 18)
    return bytes(16 * 2048) + boot.ljust(2048, b"\0") + b"\xffCD001\1".ljust(2048, b"\0") + \
        bytes(catalogue).ljust(2048, b"\0") + bytes(4096)


def directory_entry(name, attributes, cluster, size):
    return struct.pack("<11sBBBHHHHHHHI", name, attributes, 0, 0, 0, 0, 0, 0, 0, 0x5A21, cluster, size)


def fat(bits):
    """A volume of 40 sectors: a directory with a file in it, and a file of two clusters."""
    clusters = 33
    boot = struct.pack("<3s8sHBHBHHBHHHII", b"\xeb\x3c\x90", b"cadastre", 512, 1, 1, 1, 64, 40, 0xF8, 2, 1, 1, 0, 0)
    boot += struct.pack("<BBBI11s8s", 0x80, 0, 0x29, 1, b"NO NAME    ", b"FAT%d   " % bits)
    chain = {0: 0xFF8, 1: 0xFFF, 2: 0xFFF, 3: 4, 4: 0xFFF, 5: 0xFFF}
    table = bytearray(1024)
    for cluster, following in chain.items():
        at = cluster + cluster // 2
        word = struct.unpack_from("<H", table, at)[0]
        word |= following << 4 if cluster & 1 else following
        struct.pack_into("<H", table, at, word & 0xFFFF)
    root = directory_entry(b"DIR        ", 0x10, 2, 0) + directory_entry(b"HELLO   TXT", 0x20, 3, 700)
    inner = directory_entry(b".          ", 0x10, 2, 0) + directory_entry(b"..         ", 0x10, 0, 0) + \
        directory_entry(b"INNER      ", 0x20, 5, 10)
    disk = boot.ljust(510, b"\0") + b"\x55\xaa" + bytes(table) + root.ljust(2048, b"\0") + inner.ljust(512, b"\0")
    return (disk + b"hello" * 300).ljust((7 + clusters) * 512, b"\0")


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds.items():
        (folder / name).write_bytes(data)


def main():
    chained = bytearray(mbr(record(0xEF, 2, 3), record(0x05, 8, 12)).ljust(24 * 512, b"\0"))
    chained[8 * 512:9 * 512] = mbr(record(0x83, 1, 2), record(0x05, 4, 4))
    chained[12 * 512:13 * 512] = mbr(record(0x83, 1, 2), record(0x05, 0, 4))
    write("partition", {
        "gpt": b"\0" + gpt(),
        "gpt_mended": b"\x80" + gpt(),
        "gpt_4096": b"\3" + gpt(4096, 12),
        "mbr": b"\0" + chained,
        "disc": b"\2" + disc(),
        "disc_512": b"\0" + disc(),
    })
    write("fat", {"fat12": fat(12)})


if __name__ == "__main__":
    main()
