# SPDX-License-Identifier: BSD-2-Clause
"""Disks that fail while they are read: errors, no answer, a disk that vanishes, a reset. Each costs a line; the next disk boots."""

import re

import disks
import pytest
from efi_console import BOARDS, firmware, guest, in_shell, plain, to_shell
from test_damaged import app, boots, drive, gpt, volume

# How the two disks are attached: QEMU's words, and the first one's name in messages.
BUSES = {
    "blk": ([], ["virtio-blk-pci,drive=d{0},bootindex={0}"], "virtio-blk0"),
    "scsi": (["-device", "virtio-scsi-pci"], ["scsi-hd,drive=d{0},bootindex={0},scsi-id={0}"], "virtio-scsi0"),
    "nvme": ([], ["nvme,serial=s{0},drive=d{0},bootindex={0}"], "nvme0"),
    "nvme-ns": (["-device", "nvme,serial=s,id=nvme"], ["nvme-ns,drive=d{0},bootindex={0},bus=nvme"], "nvme0"),
    "ahci": (["-device", "ahci,id=sata"], ["ide-hd,drive=d{0},bootindex={0},bus=sata.{0}"], "ahci0"),
}


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """{board: (a disk with a loader that is read when it is started, a disk that boots)}"""
    folder = tmp_path_factory.mktemp("pair")
    made = {}
    for board in BOARDS:
        made[board] = (volume(board, folder / f"{board}-first"),
                       gpt(board, folder).rename(folder / f"{board}-good"))
    return made


def machine(start, board, pair, bus, config=None, more="", **settings):
    """Two disks on a bus; the first one fails as QEMU's blkdebug is told in its configuration, and `more` says of its drive."""
    first, second = pair[board]
    controller, (device,), _ = BUSES[bus]
    if config:
        first = f"blkdebug:{config}:{first}"
    flags = drive(first, 0, ",rerror=report,werror=report" + more) + drive(second, 1) + controller
    for i in (0, 1):
        flags += ["-device", device.format(i) + (",id=first" if not i else "")]
    return start(board, firmware=firmware(board), log="info", flags=flags, **settings)


def second_boots(one):
    one.wait("# hello from an EFI application", 40)
    one.wait(r"has ended with status 0: success")
    one.wait("no boot entry is left")
    assert one.wait_end() == 0


def error_at(path, sector):
    where = f'sector = "{sector}"\n' if sector is not None else ""
    path.write_text(f'[inject-error]\nevent = "read_aio"\nerrno = "5"\n{where}')
    return path


@pytest.mark.parametrize("where", ["always", "first", "loader"])
@pytest.mark.parametrize("bus", BUSES)
@pytest.mark.parametrize("board", BOARDS)
def test_error(start, tmp_path, pair, board, bus, where):
    """Reads fail: all of them, that of the first sector, or one of the loader."""
    sector = {"always": None, "first": 0, "loader": pair[board][0].read_bytes().index(b"MZ") // 512 + 3}[where]
    one = machine(start, board, pair, bus, error_at(tmp_path / "blkdebug", sector))
    name = BUSES[bus][2]
    said = one.wait(rf"{name}: (error: )?.*a read of \d+ .*at .*\d+ failed", 20)
    second_boots(one)
    assert said[0] in plain(one.text)


@pytest.mark.parametrize("board,bus", [("qemu-aarch64", "blk"), ("qemu-x86_64", "nvme"), ("qemu-x86_64", "ahci"),
                                       ("qemu-aarch64", "scsi"), ("qemu-x86_64", "scsi"), ("qemu-aarch64", "nvme-ns")])
def test_no_answer(start, pair, board, bus):
    """A disk that answers too late: QEMU lets 100 bytes through in a second."""
    one = machine(start, board, pair, bus, more=",throttling.bps-read=100")
    one.wait(rf"{BUSES[bus][2]}: error: .*no answer in 10 seconds", 30)
    second_boots(one)
    assert len(re.findall("no answer in 10 seconds", one.text)) == 1


@pytest.mark.parametrize("board", BOARDS)
def test_vanishes(start, pair, board):
    """A SCSI disk is unplugged while the loader is being read."""
    one = machine(start, board, pair, "scsi", more=",throttling.bps-read=20000")
    one.wait(r"virtio-scsi0 \S+ starts", 20)
    one.qmp("device_del", id="first")
    one.wait(r"virtio-scsi0: error: (virtio-scsi0: the disk is gone|target 0: a command failed)", 20)
    second_boots(one)


@pytest.mark.parametrize("board", BOARDS)
def test_reset(start, pair, board):
    """The machine is reset while the loader is being read: it starts anew."""
    one = machine(start, board, pair, "blk", more=",throttling.bps-read=20000")
    one.wait(r"virtio-blk0 \S+ starts", 20)
    one.qmp("system_reset")
    one.wait(r"virtio-blk0 \S+ starts", 20)
    one.wait("# hello from an EFI application", 40)


@pytest.mark.parametrize("board", BOARDS)
def test_write_error(start, tmp_path, board):
    """Writes fail: the Shell says so, and goes on."""
    disk = disks.gpt(tmp_path / "disk", volume(board, tmp_path / "volume", guest(board, "shell.efi"), mib=2))
    config = tmp_path / "blkdebug"
    config.write_text('[inject-error]\nevent = "pwritev"\niotype = "write"\nerrno = "5"\n')
    one = start(board, firmware=firmware(board), flags=drive(f"blkdebug:{config}:{disk}", 0, ",werror=report") + [
        "-device", "virtio-blk-pci,drive=d0"])
    to_shell(one)
    said, listed = in_shell(one, "echo hello > fs0:\\new.txt", "ls fs0:")
    assert "virtio-blk0: error: a write of" in said
    assert "EFI" in listed
