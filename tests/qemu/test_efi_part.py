# SPDX-License-Identifier: BSD-2-Clause
"""EFI costs a boot that does not need it nothing: none of its code runs, and a build without it boots Linux as this one does. And what
becomes of EFI when its part of the image is damaged."""

import struct
import subprocess

import counting
import disks
import machine as qemu
import pytest

BOARDS = list(qemu.ARCH)
ADDR2LINE = {"aarch64": ("aarch64-none-elf-addr2line", "aarch64-linux-gnu-addr2line"),
             "x86_64": ("x86_64-linux-gnu-addr2line", "addr2line")}
OF_EFI = ("efi/", "boot/efi_app.", "boot/efi_ram.", "boot/efi_disk.", "fs/")
VIRTIO = ("-device", "virtio-blk-pci,drive=d")
DISK = ("-drive", "if=none,id=d,driver=null-co,size=1M,read-zeroes=on", *VIRTIO)
FLASH_MAX = 65536  # bytes of a build without EFI


def files(board, kernel, **settings):
    """{source file: instructions executed} of a boot to the kernel, or to the end of the machine."""
    arch = qemu.ARCH[board]
    elf = qemu.BUILD / board / "cadastre.elf"
    result = counting.count(board, kernel=kernel, profile=True, **settings)
    where, _ = counting.locate(result, counting.Symbols(elf))
    counts = {}
    for address, n, _, _ in result.sites:
        if address in where:
            counts[where[address]] = counts.get(where[address], 0) + n
    for tool in ADDR2LINE[arch]:
        try:
            out = subprocess.run([tool, "-e", elf], input="\n".join(map(hex, counts)), capture_output=True, text=True,
                                 check=True).stdout.splitlines()
            break
        except FileNotFoundError:
            continue
    table = {}
    for line, n in zip(out, counts.values()):
        name = line.rsplit(":", 1)[0].removeprefix("./")
        table[name] = table.get(name, 0) + n
    return table


def of_efi(table):
    return {name: n for name, n in table.items() if name.startswith(OF_EFI)}


@pytest.mark.parametrize("board", BOARDS)
def test_linux_runs_nothing_of_efi(board):
    arch = qemu.ARCH[board]
    table = files(board, qemu.GUESTS / arch / "kernel-6.1", append="quiet", initrd=qemu.BUILD / "initrd" / f"{arch}.cpio")
    assert table.get("boot/main.c")  # the profile knows our files
    assert not of_efi(table)


@pytest.mark.parametrize("board", BOARDS)
def test_an_application_does(board):
    """The same look finds EFI where it runs."""
    app = qemu.BUILD / "efi-apps" / qemu.ARCH[board] / "hello.efi"
    table = files(board, app, stop=(b"\xff" * 8, 4096))
    assert of_efi(table).get("efi/api.c")


def symbol(board, name):
    elf = qemu.BUILD / board / "cadastre.elf"
    for tool in ADDR2LINE[qemu.ARCH[board]]:
        try:
            out = subprocess.run([tool.replace("addr2line", "nm"), elf], capture_output=True, text=True, check=True).stdout
        except FileNotFoundError:
            continue
        return next(int(line.split()[0], 16) for line in out.splitlines() if line.endswith(f" {name}"))


@pytest.mark.parametrize("board", BOARDS)
def test_only_who_looks_for_disks_has_their_part(start, board, tmp_path):
    """An application that QEMU gives has EFI's part in memory alone, one from a disk both."""
    app = qemu.BUILD / "efi-apps" / qemu.ARCH[board] / "hello.efi"
    disk = disks.fat(tmp_path / "disk", {f"EFI/BOOT/{disks.DEFAULT[board]}": app})
    for settings, others in (({"kernel": app}, False), ({"flags": ("-drive", f"if=none,id=d,format=raw,file={disk}", *VIRTIO)}, True)):
        one = start(board, log="info", **settings)
        one.wait("has ended with status 0", 20)
        assert "EFI text" in one.text and ("disk text" in one.text) == others


def damaged(board, at, folder):
    """The firmware with another byte in its flash."""
    image = bytearray((qemu.BUILD / board / "cadastre.bin").read_bytes())
    image[at] ^= 0x55
    (folder / "cadastre.bin").write_bytes(image)
    return folder / "cadastre.bin"


def parts(board):
    """Where EFI's part and the disks' are packed, from the beginning of the file."""
    image = (qemu.BUILD / board / "cadastre.bin").read_bytes()
    efi = symbol(board, "efi_part_file") - symbol(board, "image_flash")
    size, relocations = struct.unpack_from("<II", image, efi)
    own = size + size % 2 + 2 * relocations
    return efi, efi + 16 + own + -own % 32


@pytest.mark.parametrize("at", [0, 2, 3, 4, 6, 8, 16, 17, 20_000, 60_000, -33])
@pytest.mark.parametrize("board", BOARDS)
def test_damaged(start, board, at, tmp_path):
    """A byte of the packed part is another one, in its header, behind it, or in the list of relocations at its end: EFI is refused, the rest
    lives."""
    efi, end = parts(board)
    one = start(board, firmware=damaged(board, at + (efi if at >= 0 else end), tmp_path),
                kernel=qemu.BUILD / "efi-apps" / qemu.ARCH[board] / "hello.efi")
    one.wait("EFI's part of the firmware's image is damaged", 20)
    one.wait("no boot entry is left", 20)
    assert "fault" not in one.text


@pytest.mark.parametrize("at", [0, 3, 8, 16, 17, 30_000])
@pytest.mark.parametrize("board", BOARDS)
def test_damaged_disks(start, board, at, tmp_path):
    """The same of the disks' part: an application by -kernel runs, disks are refused."""
    settings = {"firmware": damaged(board, parts(board)[1] + at, tmp_path), "flags": DISK}
    one = start(board, kernel=qemu.BUILD / "efi-apps" / qemu.ARCH[board] / "hello.efi", log="warn", **settings)
    one.wait("has ended with status 0", 20)
    one.wait("the disks' part of the firmware's image is damaged: no disks", 20)
    one.wait("no boot entry is left", 20)
    assert "fault" not in one.text


def without_efi(board):
    return qemu.BUILD / f"{board}-noefi" / "cadastre.bin"


@pytest.mark.parametrize("board", BOARDS)
def test_without_efi(boot, board):
    """The build without EFI: its flash, a boot, and what EFI may add to the cost of one."""
    firmware = without_efi(board)
    assert firmware.stat().st_size <= FLASH_MAX
    boot(board, firmware=firmware)
    kernel = qemu.GUESTS / qemu.ARCH[board] / "kernel-6.1"
    cost = [counting.count(board, kernel=kernel, firmware=which).instructions for which in (None, firmware)]
    assert 0 < cost[1] and cost[0] <= cost[1] + 1_700
