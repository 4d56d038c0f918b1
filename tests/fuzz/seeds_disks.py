#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds_disks.py: writes the corpora of partition_fuzz, fat_fuzz and iso9660_fuzz (tests/fuzz/corpus/), small disks made here, and of\nvirtio_answers_fuzz, nvme_answers_fuzz and ahci_answers_fuzz, what is added to the answers of honest devices."""
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


def iso_record(extent, size, flags, name):
    length = 33 + len(name) + 1 & ~1
    fixed = struct.pack("<BBIIII7sBBBHHB", length, 0, extent, 0, size, 0, bytes([124, 2, 29, 1, 2, 3, 0]), flags, 0, 0, 1, 0,
                        len(name))
    return (fixed + name).ljust(length, b"\0")


def iso(joliet):
    """What follows the first 16 sectors of a disc with a directory and files, of which one is in two pieces."""
    def descriptor(kind, root):
        head = bytes([kind]) + b"CD001\1\0" + bytes(32) + b"LABEL".ljust(32) + bytes(16) + b"%/E".ljust(40, b"\0")
        return (head + struct.pack("<HH", 2048, 0)).ljust(156, b"\0") + iso_record(root, 2048, 2, b"\0")

    def directory(at, *records):
        return (iso_record(at, 2048, 2, b"\0") + iso_record(at, 2048, 2, b"\1") + b"".join(records)).ljust(2048, b"\0")

    wide = "utf-16be" if joliet else "ascii"
    sectors = [descriptor(1, 20), descriptor(2, 19) if joliet else b"\xffCD001\1", b"\xffCD001\1",
               directory(19, iso_record(22, 100, 0, "Hello.txt".encode(wide))),
               directory(20, iso_record(22, 100, 0, b"HELLO.TXT;1"), iso_record(21, 2048, 2, b"DIR")),
               directory(21, iso_record(22, 2048, 128, b"LONG.BIN;1"), iso_record(23, 90, 0, b"LONG.BIN;1")),
               b"hello", b"world"]
    return b"".join(sector.ljust(2048, b"\0") for sector in sectors)


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


def lies(*places):
    """Zeros, which change nothing, but for some bytes: (offset, bytes)."""
    end = max((at + len(what) for at, what in places), default=0)
    out = bytearray(end)
    for at, what in places:
        out[at:at + len(what)] = what
    return bytes(out)


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
    ones = bytes([255])
    # A drive's first answers: two ends of 4 bytes (its queues are made), what it tells of itself, and of its namespaces.
    write("nvme_answers", {
        "honest": b"", "refused": lies((3, b"\2")), "other_command": lies((4, b"\1")), "old_phase": lies((6, b"\1")),
        "small_transfers": lies((40, b"\1")), "no_cache": lies((65, ones)),
        "many_namespaces": lies((74, b"\3\0\0\0\4\0\0\0")), "no_sectors": lies((136, bytes([0, 0xC0]))),
        "format": lies((162, b"\1")), "long": lies((300, ones), (420, b"\1"), (500, ones * 8)),
    })
    # Of virtio: the bus, then words of the configuration as they are read, used rings, statuses.
    write("virtio_answers", {
        **{f"honest_{bus}": bytes([bus]) for bus in range(4)},
        **{f"index_{bus}": bytes([bus]) + lies((27, b"\1")) for bus in range(4)},
        "capacity": b"\0" + lies((4, b"\1")), "capacity_end": b"\2" + lies((0, ones * 8)), "size_max": b"\1" + lies((9, ones)),
        "sectors": b"\3" + lies((13, b"\x0e")), "status": b"\2" + lies((24, b"\1")), "identifier": b"\0" + lies((29, b"\1")),
        "long": b"\1" + lies((100, ones), (200, b"\2"), (300, ones)),
        **{f"random_{bus}": bytes([4 + bus]) for bus in range(4)},
        **{f"scsi_{bus}": bytes([8 + bus]) for bus in range(4)},
        "scsi_targets": b"\x08" + lies((2, b"\xff")), "scsi_status": b"\x09" + lies((26, b"\1")),
        "scsi_response": b"\x0a" + lies((27, b"\1")), "scsi_index": b"\x0b" + lies((40, b"\1")),
        "scsi_type": b"\x08" + lies((120, b"\5")), "scsi_capacity": b"\x08" + lies((520, ones * 8)),
        "random_length": b"\4" + lies((8, b"\1")), "random_more": b"\6" + lies((9, b"\1"), (76, b"\1")),
    })
    # Of AHCI: whether registers lie; then what IDENTIFY tells (20 bytes), and a disc drive's answers.
    write("ahci_answers", {
        "honest": b"\0", "registers": b"\1", "old": b"\0" + lies((1, b"\xfc")), "large": b"\0" + lies((6, ones * 2)),
        "logical": b"\0" + lies((15, b"\xf0"), (17, b"\0\1")), "disk_for_disc": b"\0" + lies((20, b"\xfb")),
        "no_unit": b"\0" + lies((20, b"\x60")), "disc_sectors": b"\0" + lies((60, b"\0\0\xf8")),
        "disc_size": b"\0" + lies((56, ones * 4)), "errors": b"\1" + lies((30, b"\1"), (43, b"\x40")),
    })
    write("fat", {"fat12": fat(12)})
    write("iso9660", {"plain": iso(False), "joliet": iso(True)})


if __name__ == "__main__":
    main()
