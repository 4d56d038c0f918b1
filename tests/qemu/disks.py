# SPDX-License-Identifier: BSD-2-Clause
"""Disk images for tests: FAT volumes filled by mtools, on a disk with a partition table or without one."""

import os
import struct
import subprocess
import uuid
import zlib

SECTOR = 512
FIRST = 2048  # the first sector of the EFI system partition
ESP = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b").bytes_le
XBOOTLDR = uuid.UUID("bc13c2ff-59e6-4262-a352-b275fd6f7172").bytes_le
LINUX = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4").bytes_le
ENTRIES = 128
DEFAULT = {"qemu-aarch64": "BOOTAA64.EFI", "qemu-x86_64": "BOOTX64.EFI"}
TOOLS = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/sbin:/usr/sbin", "MTOOLS_SKIP_CHECK": "1"}


def run(*words, **how):
    return subprocess.run([str(word) for word in words], env=TOOLS, check=True, capture_output=True, text=True, **how)


def fat(path, files, mib=64, options=("-F", "32")):
    """A FAT volume at `path` with these files: {"EFI/BOOT/BOOTX64.EFI": path or bytes}."""
    path.unlink(missing_ok=True)
    run("mkfs.fat", "-C", *options, path, mib * 1024)
    made = set()
    for name, content in files.items():
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in made:
                made.add(folder)
                run("mmd", "-i", path, f"::/{folder}")
        if isinstance(content, (bytes, str)):
            given = path.with_suffix(".file")
            given.write_bytes(content if isinstance(content, bytes) else content.encode())
            content = given
        run("mcopy", "-i", path, content, f"::/{name}")
    return path


def gpt(path, volume, sector=SECTOR, others=()):
    """A disk with a GUID partition table, the volume as its EFI system partition, and others behind it: [(path, type)]."""
    table_sectors = ENTRIES * 128 // sector
    at, table, parts = FIRST * SECTOR // sector, b"", []
    for file, kind in [(volume, ESP), *others]:
        end = at + -(-file.stat().st_size // sector)
        name = "EFI system" if kind == ESP else "root"
        table += kind + uuid.uuid4().bytes_le + struct.pack("<QQQ", at, end - 1, 0) + name.encode("utf-16le").ljust(72, b"\0")
        parts.append((at, file))
        at = -(-end * sector // (1 << 20)) * (1 << 20) // sector if others else end
    table = table.ljust(ENTRIES * 128, b"\0")
    sectors = at + table_sectors + 1
    disk_id = uuid.uuid4().bytes_le

    def header(at, other, table_at):
        head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, at, other, 2 + table_sectors,
                           sectors - table_sectors - 2, disk_id, table_at, ENTRIES, 128, zlib.crc32(table))
        return head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]

    with open(path, "wb") as disk:
        disk.write(bytes(446) + struct.pack("<BBBBBBBBII", 0, 0, 2, 0, 0xEE, 255, 255, 255, 1, sectors - 1) + bytes(48) +
                   b"\x55\xaa")
        for at, what in ((1, header(1, sectors - 1, 2)), (2, table), (sectors - 1 - table_sectors, table),
                         (sectors - 1, header(sectors - 1, 1, sectors - 1 - table_sectors))):
            disk.seek(at * sector)
            disk.write(what)
        for at, file in parts:
            copy(file, disk, at * sector)
        disk.truncate(sectors * sector)
    return path


def copy(path, disk, at, piece=1 << 20):
    """Copies a file to a place on a disk; what is all zero becomes a hole."""
    with open(path, "rb") as file:
        while content := file.read(piece):
            if content.strip(b"\0"):
                disk.seek(at)
                disk.write(content)
            at += len(content)


def volume_of(disk, path):
    """Takes the volume out of a disk that gpt() made, to look at it."""
    content = disk.read_bytes()[FIRST * SECTOR:]
    path.write_bytes(content[:len(content) - (ENTRIES * 128 + SECTOR)])
    return path


def damage(path, offset):
    """Turns a byte around."""
    with open(path, "r+b") as disk:
        disk.seek(offset)
        byte = disk.read(1)[0]
        disk.seek(offset)
        disk.write(bytes([byte ^ 0xFF]))
