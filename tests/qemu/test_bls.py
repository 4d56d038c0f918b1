# SPDX-License-Identifier: BSD-2-Clause
"""Entries of the Boot Loader Specification on disks, without a loader in between."""

import re
import subprocess
import uuid

import disks
import machine as qemu
import pytest
import uki
from boot_options import LOADER, text, write_store
from efi_console import BOARDS, firmware, guest, in_shell, plain, to_shell
from test_disks import SIMPLE, default, drive

CONSOLE = {"qemu-aarch64": "console=ttyAMA0", "qemu-x86_64": "console=ttyS0"}
SHELL = "efi /shell.efi\n"


def disk_with(tmp_path, files, mib=64, others=()):
    return disks.gpt(tmp_path / "disk", disks.fat(tmp_path / "volume", files, mib), others=others)


def started(start, board, disk, more=""):
    return start(board, firmware=firmware(board), flags=drive(disk, more=more) + SIMPLE[board])


def said_of(one):
    return [line for line in plain(one.text).splitlines() if "virtio-blk0" in line]


def names(disk, tmp_path, folder="loader/entries"):
    volume = disks.volume_of(disk, tmp_path / "after")
    return set(disks.run("mdir", "-b", "-i", volume, f"::/{folder}").stdout.replace(f"::/{folder}/", "").split())


@pytest.fixture
def second_initrd(tmp_path):
    """An archive that guest.sh finds if it is there: says so."""
    script = tmp_path / "efi.sh"
    script.write_text("echo 'T second it is there'\n")
    archive = tmp_path / "second.cpio"
    subprocess.run([qemu.TOP / "scripts" / "mkinitrd", "-", archive, f"efi.sh={script}"], check=True)
    return archive


@pytest.mark.parametrize("board", BOARDS)
def test_linux(start, tmp_path, initrds, second_initrd, board):
    """The newest of two entries: its options joined, its initrds one behind the other, whatever their sizes."""
    first = tmp_path / "first.cpio"
    first.write_bytes(initrds[qemu.ARCH[board]].read_bytes() + b"\0")  # the second must be moved to a multiple of 4
    entry = "title Linux\nsort-key test\nversion {0}\nlinux /test/linux\ninitrd test/first.cpio\ninitrd /test/second.cpio\n" \
            "options {1} quiet word={0}\n# a comment\noptions test.end=poweroff"
    disk = disk_with(tmp_path, {
        "loader/entries/a.conf": entry.format("6.9.2-1", CONSOLE[board]),
        "loader/entries/b.conf": entry.format("6.10~rc1-1", CONSOLE[board]).replace("\n", "\r\n"),
        "test/linux": guest(board, "kernel-6.1"), "test/first.cpio": first, "test/second.cpio": second_initrd}, 96)
    one = started(start, board, disk)
    cmdline = one.wait(r"^T cmdline (.*)\n", 120)[1]
    assert cmdline.endswith(f"{CONSOLE[board]} quiet word=6.10~rc1-1 test.end=poweroff")
    one.wait(r"^T second it is there", 60)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_unified_kernel_image(start, tmp_path, initrds, board):
    image = uki.build(guest(board, "stub-257.efi").read_bytes(), {
        ".osrel": b'ID=test\nVERSION_ID=1\nPRETTY_NAME="A test"\n',
        ".cmdline": f"{CONSOLE[board]} quiet word=from-the-image test.end=poweroff".encode(),
        ".initrd": initrds[qemu.ARCH[board]].read_bytes(),
        ".linux": guest(board, "kernel-6.1").read_bytes()})
    disk = disk_with(tmp_path, {"EFI/Linux/test+3.efi": image, "EFI/Linux/shell.efi": guest(board, "shell.efi")}, 128)
    one = start(board, firmware=firmware(board), log="info", flags=drive(disk) + SIMPLE[board])
    one.wait(r"virtio-blk0\.1 A test 1: test\+2-1\.efi", 30)
    one.wait(r"^T cmdline .*word=from-the-image", 120)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0
    assert names(disk, tmp_path, "EFI/Linux") == {"test+2-1.efi", "shell.efi"}


@pytest.mark.parametrize("board", BOARDS)
def test_next(start, tmp_path, board):
    """What cannot boot costs a line that says why; what is for another machine, none."""
    other = "qemu-aarch64" if board == "qemu-x86_64" else "qemu-x86_64"
    shell = guest(board, "shell.efi")
    files = {
        "9.conf": "title Nine\nlinux /missing\n",
        "8.conf": "linux /foreign.efi\n",
        "7.conf": "title Seven\nversion 7\nlinux /shell.efi\ninitrd /missing.img\n",
        "6.conf": "linux /shell.efi\ndevicetree /virt.dtb\n",
        "5.conf": "linux /shell.efi\nefi /shell.efi\n",
        "4.conf": SHELL + f"architecture {'x64' if board == 'qemu-aarch64' else 'aa64'}\n",
        "3.conf": b"efi /shell.efi\n" + b"#" * 20000,
        "2.conf": "efi /truncated.efi\n",
        "1.conf": SHELL + f"architecture {'AA64' if board == 'qemu-aarch64' else 'X64'}\n",
    }
    disk = disk_with(tmp_path, {
        **{f"loader/entries/{name}": text for name, text in files.items()},
        "shell.efi": shell, "truncated.efi": shell.read_bytes()[:5000], "foreign.efi": guest(other, "shell.efi"),
        "EFI/Linux/not-unified.efi": shell, "EFI/Linux/text.efi": "not a program"})
    one = started(start, board, disk)
    to_shell(one)
    said = said_of(one)
    for words in (r"6\.conf is left out: it comes with a devicetree", r"5\.conf is left out: .*not one of",
                  r"3\.conf is left out: it is too large", r"\.1 Nine: /missing: there is no such file",
                  r"8\.conf: /foreign\.efi \(\d+ bytes\) cannot be loaded: it is no EFI image for this machine",
                  r"Seven 7: its initrd /missing\.img cannot be opened",
                  r"2\.conf: /truncated\.efi \(5000 bytes\) cannot be loaded: the file is damaged"):
        assert len([line for line in said if re.search(words, line)]) == 1, words
    assert len(said) == 7
    mapped, = in_shell(one, "map")
    assert "BLK0" in mapped


@pytest.mark.parametrize("board", BOARDS)
def test_counting(start, tmp_path, board):
    """Each try is counted in the file's name, where it can be written; when none is left the entry comes last."""
    entries = {"loader/entries/new+2.conf": "title New\nversion 2\nsort-key a\n" + SHELL,
               "loader/entries/old.conf": "title Old\nversion 1\nsort-key a\n" + SHELL}
    disk = disk_with(tmp_path, {**entries, "shell.efi": guest(board, "shell.efi")})

    def boots(title, more=""):
        one = start(board, firmware=firmware(board), log="info", flags=drive(disk, more=more) + SIMPLE[board])
        one.wait(rf"virtio-blk0\.1 {title}: /shell.efi", 30)
        to_shell(one)
        variables, = in_shell(one, f"dmpstore -guid {LOADER}")
        one.send("reset -s\r")
        assert one.wait_end() == 0
        return variables

    assert "LoaderBootCountPath" not in boots("New 2", ",readonly=on")
    assert names(disk, tmp_path) == {"new+2.conf", "old.conf"}
    for left, done in ((1, 1), (0, 2)):
        assert "LoaderBootCountPath" in boots("New 2")
        assert names(disk, tmp_path) == {f"new+{left}-{done}.conf", "old.conf"}
    assert "LoaderBootCountPath" not in boots("Old 1")
    assert names(disk, tmp_path) == {"new+0-2.conf", "old.conf"}
    disks.run("fsck.fat", "-n", tmp_path / "after")


@pytest.mark.parametrize("board", BOARDS)
def test_wish(start, tmp_path, board):
    """What `systemctl reboot --boot-loader-entry=` has left is obeyed once; the entry that boots finds who has booted it."""
    entry = "title {0}\nsort-key {0}\nefi /shell.efi\n"
    disk = disk_with(tmp_path, {f"loader/entries/{name}.conf": entry.format(name) for name in "abc"} | {
        "shell.efi": guest(board, "shell.efi")})
    store = write_store(board, tmp_path / "vars", {"LoaderEntryOneShot": text("c.conf"), "LoaderEntryDefault": text("b.conf")})
    guid = uuid.UUID(bytes_le=disk.read_bytes()[1024 + 16:1024 + 32])
    for name in "cb":
        one = start(board, firmware=firmware(board), log="info", flags=drive(disk) + SIMPLE[board], variables=store)
        one.wait(rf"virtio-blk0\.1 {name}: /shell.efi", 30)
        to_shell(one)
        told = {}
        for variable in ("EntrySelected", "Entries", "DevicePartUUID", "EntryOneShot"):
            shown, = in_shell(one, f"dmpstore Loader{variable} -guid {LOADER}")
            dump = "".join(re.findall(r"^  *[0-9A-F]{8}: ((?:[0-9A-F]{2}[ -])*[0-9A-F]{2})", shown, re.M)).replace("-", " ")
            told[variable] = bytes.fromhex(dump).decode("utf-16-le")
        assert told == {"EntrySelected": f"{name}.conf\0", "Entries": {"c": "c.conf\0b.conf\0a.conf\0", "b": "b.conf\0a.conf\0c.conf\0"}[name],
                        "DevicePartUUID": str(guid).upper() + "\0", "EntryOneShot": ""}
        one.send("reset -s\r")
        assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_two_partitions(start, tmp_path, board):
    """Entries of the EFI system partition and of an extended boot loader partition are one list; loader.conf says which is first."""
    shell = guest(board, "shell.efi")
    entry = "title Version\nversion {0}\nsort-key a\n" + SHELL
    extended = disks.fat(tmp_path / "extended", {
        "loader/entries/linux-3.conf": entry.format(3), "loader/entries/linux-1.conf": entry.format(1), "shell.efi": shell})
    files = {"loader/entries/linux-2.conf": entry.format(2), "loader/entries/linux-4.conf": "title no\nefi /no.efi\nsort-key a\n",
             "shell.efi": shell, "loader/loader.conf": "timeout 3\ndefault LINUX-[14]*.conf\n"}
    disk = disk_with(tmp_path, files, others=[(extended, disks.XBOOTLDR)])
    one = start(board, firmware=firmware(board), log="info", flags=drive(disk) + SIMPLE[board])
    # The pattern means versions 4 (which says none, and so is behind 1) and 1.
    for words in (r"virtio-blk0\.2 Version 1: /shell.efi", r"virtio-blk0\.2 Version 3: /shell.efi",
                  r"virtio-blk0\.1 Version 2: /shell.efi"):
        one.wait(words, 30)
        to_shell(one)
        one.send("exit\r")
    one.wait(r"virtio-blk0\.1 no: /no\.efi: there is no such file")
    one.wait("no boot entry is left")
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_loader_first(start, tmp_path, board):
    """An installed loader goes on being used; directories of other semantics are left alone."""
    shell = guest(board, "shell.efi")
    disk = disk_with(tmp_path, {**default(board, shell), "loader/entries.srel": "grub\n",
                                "loader/entries/a.conf": "title hidden\nefi /missing.efi\n"},
                     others=[(disks.fat(tmp_path / "extended", {
                         "loader/entries/b.conf": "title Behind\nefi /missing.efi\n",
                         "loader/entries.srel": "type1\n"}), disks.XBOOTLDR)])
    one = started(start, board, disk)
    to_shell(one)
    one.send("exit\r")
    one.wait(r"virtio-blk0\.2 Behind: /missing\.efi: there is no such file")
    assert one.wait_end() == 0
    assert "hidden" not in one.text
