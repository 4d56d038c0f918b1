# SPDX-License-Identifier: BSD-2-Clause
"""Disks with one structure damaged each: that costs its line, the next disk boots, and memory is as before."""

import re
import struct
import zlib

import disks
import machine as qemu
import pytest
from efi_console import BOARDS, firmware, held, maps, plain
from test_efi import app

SMALL = ("-F", "12", "-s", "1")  # FAT12 with clusters of a sector
LOADER = "EFI/BOOT/{}"


def drive(path, number, more=""):
    return ["-drive", f"if=none,id=d{number},file={path},format=raw{more}"]


def volume(board, path, content=None, options=SMALL, mib=1, **more):
    """A FAT volume with a loader: the application `hello`, or what is given."""
    name = LOADER.format(disks.DEFAULT[board])
    return disks.fat(path, {name: app(board, "hello") if content is None else content, **more}, mib, options)


def change(path, offset, content):
    """Writes bytes into a disk; a negative offset counts from its end."""
    with open(path, "r+b") as disk:
        disk.seek(offset, 2 if offset < 0 else 0)
        disk.write(content)


def get(path, offset, form):
    return struct.unpack_from(form, path.read_bytes(), offset)


# --- tables of partitions ---------------------------------------------------------------


def empty(board, folder):
    path = folder / "empty"
    path.write_bytes(bytes(1 << 20))
    return path


def a_sector(board, folder):
    path = folder / "sector"
    path.write_bytes(bytes(512))
    return path


def gpt(board, folder):
    return disks.gpt(folder / "gpt", volume(board, folder / "volume"))


def gpt_headers(board, folder):
    path = gpt(board, folder)
    for header in (512, -512):
        change(path, header + 16, b"!")
    return path


def gpt_tables(board, folder):
    path = gpt(board, folder)
    for table in (1024, -512 - disks.ENTRIES * 128):
        change(path, table + 40, b"!")
    return path


def gpt_entry(board, folder):
    """Both tables agree that the partition lies elsewhere."""
    path = gpt(board, folder)
    size = path.stat().st_size
    for header, table in ((512, 1024), (size - 512, size - 512 - disks.ENTRIES * 128)):
        change(path, table + 40, struct.pack("<Q", 1 << 40))
        head = bytearray(path.read_bytes()[header:header + 92])
        struct.pack_into("<I", head, 88, zlib.crc32(path.read_bytes()[table:table + disks.ENTRIES * 128]))
        struct.pack_into("<I", head, 16, 0)
        struct.pack_into("<I", head, 16, zlib.crc32(bytes(head)))
        change(path, header, bytes(head))
    return path


def mbr_loop(board, folder):
    """Two links of a chain of logical partitions that lead to one another."""
    path = folder / "mbr"
    path.write_bytes(bytes(2 << 20))
    link = struct.Struct("<BBBBBBBBII")
    change(path, 446, link.pack(0, 0, 0, 0, 0x05, 0, 0, 0, 64, 2000) + bytes(48) + b"\x55\xaa")
    for at, following in ((64, 100), (164, 0)):
        change(path, at * 512 + 446, link.pack(0, 0, 0, 0, 0x83, 0, 0, 0, 2, 50) +
               link.pack(0, 0, 0, 0, 0x05, 0, 0, 0, following, 100) + bytes(32) + b"\x55\xaa")
    return path


# --- FAT ----------------------------------------------------------------------------------


def boot_sector(board, folder):
    path = volume(board, folder / "volume")
    change(path, 11, bytes(30))
    return path


def fat_size(board, folder):
    """The table of clusters is longer than the volume."""
    path = volume(board, folder / "volume")
    change(path, 22, b"\xff\xff")
    return path


class Fat12:
    """The table of a volume with clusters of one sector."""

    def __init__(self, path):
        self.path = path
        reserved, tables, roots = get(path, 14, "<HBH")
        size, = get(path, 22, "<H")
        self.tables = [(reserved + i * size) * 512 for i in range(tables)]
        self.root = (reserved + tables * size) * 512
        self.data = self.root + roots * 32

    def of(self, cluster):
        return self.data + (cluster - 2) * 512

    def link(self, cluster, following):
        for table in self.tables:
            at = table + cluster * 3 // 2
            word, = get(self.path, at, "<H")
            word = word & 0x000F | following << 4 if cluster & 1 else word & 0xF000 | following
            change(self.path, at, struct.pack("<H", word))

    def entry(self, name, directory=None):
        """Where in the volume the entry of a short name is: in the root, or in the first sector of a directory's cluster."""
        begin = self.root if directory is None else self.of(directory)
        at = self.path.read_bytes().index(name.encode().ljust(11), begin)
        return at

    def cluster(self, *names):
        """The first cluster of what is at a path of short names."""
        found = None
        for name in names:
            found, = get(self.path, self.entry(name, found) + 26, "<H")
        return found

    def loader(self, board):
        base, extension = disks.DEFAULT[board].split(".")
        return self.cluster("EFI", "BOOT", base.ljust(8) + extension)


def fat_loop(board, folder):
    """The loader's clusters go around: it would be as long as the directory says."""
    fat = Fat12(volume(board, folder / "volume", app(board, "hello").read_bytes() + bytes(20000)))
    first = fat.loader(board)
    fat.link(first + 30, first + 5)
    return fat.path


def fat_short(board, folder):
    """The loader's clusters end before it does."""
    fat = Fat12(volume(board, folder / "volume", app(board, "hello").read_bytes() + bytes(20000)))
    fat.link(fat.loader(board) + 7, 0xFFF)
    return fat.path


def fat_free(board, folder):
    """A cluster of the loader is one that is free."""
    fat = Fat12(volume(board, folder / "volume", app(board, "hello").read_bytes() + bytes(20000)))
    fat.link(fat.loader(board) + 7, 0)
    return fat.path


def crossed(board, folder, other, size=20000):
    """A volume with a loader of some size and another file, which has this content: Fat12, and the first clusters of both."""
    fat = Fat12(volume(board, folder / "volume", app(board, "hello").read_bytes() + bytes(size), TEXT=other))
    return fat, fat.loader(board), fat.cluster("TEXT")


def first_is(board, fat, cluster):
    """The loader's first cluster is this one."""
    base, extension = disks.DEFAULT[board].split(".")
    at = fat.entry(base.ljust(8) + extension, fat.cluster("EFI", "BOOT"))
    change(fat.path, at + 26, struct.pack("<H", cluster))
    return fat.path


def fat_crossed(board, folder):
    """The loader's first cluster is a longer file's."""
    fat, _, text = crossed(board, folder, b"not a loader" * 5000)
    return first_is(board, fat, text)


def fat_crossed_shorter(board, folder):
    """The loader's first cluster is a shorter file's."""
    fat, _, text = crossed(board, folder, b"not a loader")
    return first_is(board, fat, text)


def fat_crossed_fitting(board, folder):
    """The loader's first cluster is that of a file of the same length, which is no loader: nothing but its contents tells."""
    fat, _, text = crossed(board, folder, b"#" * (app(board, "hello").stat().st_size + 20000))
    return first_is(board, fat, text)


def fat_crossed_middle(board, folder):
    """The loader goes on in the middle of another file."""
    fat, loader, text = crossed(board, folder, b"not a loader" * 5000)
    fat.link(loader + 7, text + 10)
    return fat.path


def fat_crossed_behind(board, folder):
    """The same behind all that is loaded, where a signature would be, of a loader that is longer than what is read of it at first."""
    fat, loader, text = crossed(board, folder, b"not a loader" * 5000, 100000)
    fat.link(loader + 180, text + 10)
    return fat.path


def fat_behind_end(board, folder):
    """The clusters go on behind the loader's end."""
    fat, loader, text = crossed(board, folder, b"not a loader", 0)
    fat.link(loader + (app(board, "hello").stat().st_size - 1) // 512, text)
    return fat.path


def directory_crossed(board, folder):
    r"""\EFI\BOOT is a file's cluster."""
    fat, _, text = crossed(board, folder, b"not a directory" * 100)
    change(fat.path, fat.entry("BOOT", fat.cluster("EFI")) + 26, struct.pack("<H", text))
    return fat.path


def directory_loop(board, folder):
    """A directory whose clusters go around, and the loader is not in them."""
    fat = Fat12(volume(board, folder / "volume"))
    boot = fat.cluster("EFI", "BOOT")
    base, extension = disks.DEFAULT[board].split(".")
    for at in range(fat.of(boot) + 64, fat.of(boot) + 512, 32):
        change(fat.path, at, b"XXXXXXXXXXX\x20" + bytes(20))
    fat.link(boot, boot)
    return fat.path


def directory_inside_itself(board, folder):
    r"""\EFI\BOOT is \EFI."""
    fat = Fat12(volume(board, folder / "volume"))
    change(fat.path, fat.entry("BOOT", fat.cluster("EFI")) + 26, struct.pack("<H", fat.cluster("EFI")))
    return fat.path


# --- loaders ------------------------------------------------------------------------------


def truncated(board, folder):
    return volume(board, folder / "volume", app(board, "hello").read_bytes()[:3000])


def nothing_in_it(board, folder):
    return volume(board, folder / "volume", b"")


def a_byte(board, folder):
    return volume(board, folder / "volume", b"M")


def no_program(board, folder):
    return volume(board, folder / "volume", b"#!/bin/sh\n" * 1000)


def foreign(board, folder):
    other = [name for name in BOARDS if name != board][0]
    return volume(board, folder / "volume", app(other, "hello"))


def a_directory(board, folder):
    path = volume(board, folder / "volume", b"", **{"OTHER/FILE": b""})
    fat = Fat12(path)
    base, extension = disks.DEFAULT[board].split(".")
    at = fat.entry(base.ljust(8) + extension, fat.cluster("EFI", "BOOT"))
    change(path, at + 11, b"\x10")
    change(path, at + 26, struct.pack("<H", fat.cluster("OTHER")))
    return path


# --- discs --------------------------------------------------------------------------------


def disc(board, folder):
    inside = folder / "inside"
    inside.mkdir()
    volume(board, inside / "boot.img")
    path = folder / "disc"
    disks.run("xorriso", "-as", "mkisofs", "-quiet", "-e", "boot.img", "-no-emul-boot", "-o", path, inside)
    return path


def catalogue(board, folder):
    path = disc(board, folder)
    at, = get(path, 17 * 2048 + 0x47, "<I")
    change(path, at * 2048 + 4, b"!")
    return path


def catalogue_image(board, folder):
    """The boot image lies beyond the end."""
    path = disc(board, folder)
    at, = get(path, 17 * 2048 + 0x47, "<I")
    change(path, at * 2048 + 40, b"\xff\xff\xff\x7f")
    return path


def iso_loop(board, folder):
    r"""\EFI is the root, and there is no boot image."""
    inside = folder / "inside"
    (inside / "EFI" / "BOOT").mkdir(parents=True)
    (inside / "EFI" / "BOOT" / disks.DEFAULT[board]).write_bytes(app(board, "hello").read_bytes())
    path = folder / "disc"
    disks.run("xorriso", "-as", "mkisofs", "-quiet", "-o", path, inside)
    root, = get(path, 16 * 2048 + 156 + 2, "<I")
    at = path.read_bytes().index(b"\x03EFI", root * 2048) - 32
    change(path, at + 2, struct.pack("<I", root))
    return path


def iso_record(board, folder):
    """A record of the root directory leaves its sector."""
    path = iso_loop(board, folder)
    root, = get(path, 16 * 2048 + 156 + 2, "<I")
    change(path, root * 2048, b"\x05")
    return path


NOTHING = r"virtio-blk0: nothing to boot: no \\EFI\\BOOT\\BOOT\w+\.EFI and no boot entry on its {} file system"
FOREIGN = "it is no EFI image for this machine"
LOAD = r"virtio-blk0 \\EFI\\BOOT\\BOOT\w+\.EFI \(\d+ bytes\) cannot be loaded: {}"
GO_ON = r"fat: error: virtio-blk0: the clusters of a file go on behind its end, with 0x[0-9a-f]+: the volume is damaged"
DAMAGES = [
    (empty, NOTHING.format(0)),
    (a_sector, NOTHING.format(0)),
    (gpt_headers, r"gpt: error: virtio-blk0: both tables are damaged \(the primary: .*; the backup: .*\): not used"),
    (gpt_tables, r"virtio-blk0: both tables are damaged \(the primary: its table's check sum is wrong"),
    (gpt_entry, r"partition: warning: virtio-blk0: partition 1 \(sectors \d+ to \d+\) is left out: the disk has \d+"),
    (mbr_loop, r"mbr: warning: virtio-blk0: the chain of logical partitions comes back to sector 64: the rest is left out"),
    (boot_sector, NOTHING.format(0)),
    (fat_size, NOTHING.format(0)),
    (fat_loop, GO_ON),
    (fat_short, r"fat: error: virtio-blk0: cluster 8 of a file is number 0xfff of 0x[0-9a-f]+: the volume is damaged"),
    (fat_free, r"fat: error: virtio-blk0: cluster 8 of a file is number 0x0 of 0x[0-9a-f]+: the volume is damaged"),
    (fat_crossed, GO_ON),
    (fat_crossed_shorter, r"fat: error: virtio-blk0: cluster 1 of a file is number 0xfff of 0x[0-9a-f]+: the volume is damaged"),
    (fat_crossed_fitting, LOAD.format(FOREIGN)),
    (fat_crossed_middle, GO_ON),
    (fat_crossed_behind, GO_ON),
    (fat_behind_end, GO_ON),
    (directory_crossed, NOTHING.format(1)),
    (directory_loop, NOTHING.format(1)),
    (directory_inside_itself, NOTHING.format(1)),
    (truncated, LOAD.format("the file is damaged")),
    (nothing_in_it, LOAD.format(FOREIGN)),
    (a_byte, LOAD.format(FOREIGN)),
    (no_program, LOAD.format(FOREIGN)),
    (foreign, LOAD.format(FOREIGN)),
    (a_directory, LOAD.format(FOREIGN)),
    (catalogue, r"el torito: warning: virtio-blk0: there is no boot catalogue at 0x[0-9a-f]+: the disc is damaged"),
    (catalogue_image, r"partition: warning: virtio-blk0: partition \d \(.*\) is left out"),
    (iso_loop, NOTHING.format(1)),
    (iso_record, r"virtio-blk0 \\EFI\\BOOT\\BOOT\w+\.EFI: cannot be opened"),
]


def boots(one, timeout=30):
    """The second disk's application runs and ends, and memory is as it was before the first attempt, but for the disks' own."""
    one.wait(r"the disks: virtio-blk1\S* .* starts", timeout)
    one.wait("# hello from an EFI application")
    one.wait(r"has ended with status 0: success")
    one.wait("no boot entry is left")
    assert one.wait_end() == 0
    before, after = maps(one.text)[0], maps(one.text)[-1]
    disks_have = ("virtio-blk0", "virtio-blk1", "PCI memory")
    assert held(before, disks_have) == held(after, disks_have)


@pytest.fixture(scope="session")
def good_disk(tmp_path_factory):
    """{board: a disk that boots}"""
    folder = tmp_path_factory.mktemp("good")
    return {board: gpt(board, folder).rename(folder / board) for board in BOARDS}


def two_disks(first, second, more=""):
    return drive(first, 0, more) + ["-device", "virtio-blk-pci,drive=d0,bootindex=1"] + drive(second, 1) + [
        "-device", "virtio-blk-pci,drive=d1,bootindex=2"]


@pytest.mark.parametrize("make,says", DAMAGES, ids=lambda x: getattr(x, "__name__", ""))
@pytest.mark.parametrize("board", BOARDS)
def test_damage(start, tmp_path, good_disk, board, make, says):
    """One line tells what is damaged, or that there is nothing; then the next disk boots."""
    one = start(board, firmware=firmware(board), log="info", flags=two_disks(make(board, tmp_path), good_disk[board]))
    boots(one)
    said = [line for line in plain(one.text).splitlines() if re.search(says, line)]
    assert len(said) == 1, said
    damages = re.findall(r".* at 0x[0-9a-f]+: the disc is damaged", plain(one.text))
    assert len(damages) == len(set(damages)), damages


@pytest.mark.parametrize("board", BOARDS)
def test_no_disk(start, board):
    """Without any disk: one line, and the end."""
    one = start(board, firmware=firmware(board))
    one.wait("nothing to boot: " + {"qemu-aarch64": "no kernel was given", "qemu-x86_64": "none of 1 disk controllers has a disk"}[board])
    assert one.wait_end() == 0
