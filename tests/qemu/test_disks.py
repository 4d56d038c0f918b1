# SPDX-License-Identifier: BSD-2-Clause
"""Booting from disks: the disks are made here, and looked at afterwards."""

import re

import disks
import machine as qemu
import pytest
from efi_console import BOARDS, firmware, guest, in_shell, maps, plain, to_shell

# What a disk is attached by: (board, name, QEMU's words).
BUSES = [
    ("qemu-aarch64", "pci", ["-device", "virtio-blk-pci,drive=d0"]),
    ("qemu-aarch64", "mmio-legacy", ["-device", "virtio-blk-device,drive=d0"]),
    ("qemu-aarch64", "mmio", ["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-blk-device,drive=d0"]),
    ("qemu-x86_64", "pci-transitional", ["-device", "virtio-blk-pci,drive=d0"]),
    ("qemu-x86_64", "pci", ["-device", "virtio-blk-pci,drive=d0,disable-legacy=on"]),
    ("qemu-x86_64", "behind-bridges", ["-device", "pcie-root-port,id=rp0,slot=1", "-device",
                                       "pcie-pci-bridge,id=br0,bus=rp0", "-device",
                                       "virtio-blk-pci,drive=d0,bus=br0,addr=3"]),
    ("qemu-aarch64", "scsi", ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d0,scsi-id=3,lun=2"]),
    ("qemu-aarch64", "scsi-mmio", ["-device", "virtio-scsi-device", "-device", "scsi-hd,drive=d0"]),
    ("qemu-x86_64", "scsi", ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d0"]),
    ("qemu-aarch64", "nvme", ["-device", "nvme,serial=one,drive=d0"]),
    ("qemu-x86_64", "nvme", ["-device", "nvme,serial=one,drive=d0"]),
    ("qemu-x86_64", "ahci", ["-device", "ide-hd,drive=d0,bus=ide.0"]),
    ("qemu-aarch64", "ahci", ["-device", "ahci,id=ahci", "-device", "ide-hd,drive=d0,bus=ahci.2"]),
    ("qemu-aarch64", "4096", ["-device", "virtio-blk-pci,drive=d0,logical_block_size=4096,physical_block_size=4096"]),
    ("qemu-x86_64", "4096", ["-device", "virtio-blk-pci,drive=d0,logical_block_size=4096,physical_block_size=4096"]),
]
BUS = [pytest.param(board, words, 4096 if name == "4096" else 512, id=f"{board}-{name}") for board, name, words in BUSES]
SIMPLE = {"qemu-aarch64": ["-device", "virtio-blk-device,drive=d0"], "qemu-x86_64": ["-device", "virtio-blk-pci,drive=d0"]}


def drive(path, number=0, more=""):
    return ["-drive", f"if=none,id=d{number},file={path},format=raw{more}"]


def default(board, content):
    return {f"EFI/BOOT/{disks.DEFAULT[board]}": content}


@pytest.fixture
def shell_disk(tmp_path):
    """shell_disk(board, sector=512, **more files): a disk that starts the UEFI Shell."""
    def make(board, sector=512, **more):
        options = ("-F", "32") if sector == 512 else ("-F", "32", "-S", sector, "-s", 1)
        volume = disks.fat(tmp_path / "volume", {**default(board, guest(board, "shell.efi")), **more},
                           64 if sector == 512 else 280, options)
        return disks.gpt(tmp_path / "disk", volume, sector)
    return make


@pytest.mark.parametrize("board,bus,sector", BUS)
def test_shell(start, shell_disk, tmp_path, board, bus, sector):
    """The Shell finds its disk, and what it writes is what mtools read and fsck.fat likes."""
    disk = shell_disk(board, sector)
    one = start(board, firmware=firmware(board), flags=drive(disk) + bus)
    to_shell(one)
    mapped, _, _, listed, *_ = in_shell(
        one, "map", "fs0:", "mkdir \"A long name\"", "ls", "echo hello > \"A long name\\text.txt\"",
        "cp EFI\\BOOT\\*.EFI \"A long name\"", "mv \"A long name\\text.txt\" \"A long name\\moved.txt\"",
        "cp \"A long name\\moved.txt\" gone", "rm gone")
    assert re.search(r"HD\(1,GPT,", mapped.replace("\n", ""))
    assert "A long name" in listed and "EFI" in listed
    one.send("reset -s\r")
    assert one.wait_end() == 0
    if sector != 512:
        return  # mtools and fsck.fat know such volumes less well than we do
    volume = disks.volume_of(disk, tmp_path / "after")
    disks.run("fsck.fat", "-n", volume)
    disks.run("mcopy", "-i", volume, "::/A long name/moved.txt", tmp_path / "moved.txt")
    disks.run("mcopy", "-i", volume, f"::/A long name/{disks.DEFAULT[board]}", tmp_path / "copy.efi")
    assert "hello" in (tmp_path / "moved.txt").read_bytes().decode("utf-16")
    assert (tmp_path / "copy.efi").read_bytes() == guest(board, "shell.efi").read_bytes()
    assert "gone" not in disks.run("mdir", "-i", volume, "::/").stdout


@pytest.mark.parametrize("board", BOARDS)
def test_handles_and_the_map(start, shell_disk, board):
    """An entry of the map leads to the device and its handles, as the Shell shows them; a handle to its entry."""
    one = start(board, firmware=firmware(board), log="info", flags=drive(shell_disk(board)) + SIMPLE[board])
    to_shell(one)
    said = re.findall(r"^efi: virtio-blk0 at 0x([0-9a-f]+): handle ([0-9A-F]{2}), (\S+)$", one.text, re.M)
    bases = {row.base for row in maps(one.text)[-1] if row.tag == "virtio-blk0"}
    assert bases and {int(base, 16) for base, _, _ in said} == bases
    shown, = in_shell(one, "dh -v -p BlockIO")
    shown = dict(re.findall(r"([0-9A-F]{2}): DevicePath\([0-9A-F]+\) +(\S+) BlockIO", shown.replace("\n", "")))
    assert len(shown) == 2 and {number: path for _, number, path in said} == shown


def linux_disk(board, tmp_path, initrds, append=""):
    """Debian's kernel and systemd-boot on a disk, as an installer leaves them."""
    arch = qemu.ARCH[board]
    console = {"aarch64": "ttyAMA0", "x86_64": "ttyS0"}[arch]
    entry = f"title Linux\nlinux /linux\ninitrd /initrd\noptions console={console} quiet test.end=poweroff {append}\n"
    volume = disks.fat(tmp_path / "volume", {
        **default(board, guest(board, "systemd-boot.efi")), "loader/entries/linux.conf": entry,
        "linux": guest(board, "kernel-6.1"), "initrd": initrds[arch]}, 96)
    return disks.gpt(tmp_path / "disk", volume)


@pytest.mark.parametrize("board,bus,sector", BUS[:5])
def test_linux(start, tmp_path, initrds, board, bus, sector):
    """systemd-boot finds its entry, loads kernel and initrd from the disk, and Linux drives the disk in turn."""
    disk = linux_disk(board, tmp_path, initrds, "test.word=from-the-disk")
    one = start(board, firmware=firmware(board), flags=drive(disk) + bus)
    one.wait(r"^T cmdline .*from-the-disk", 120)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_order(start, shell_disk, tmp_path, board):
    """bootindex says which disk; the other one is not started."""
    good = shell_disk(board)
    other = tmp_path / "other"
    other.write_bytes(bytes(1 << 20))
    kind = "virtio-blk-device" if board == "qemu-aarch64" else "virtio-blk-pci"
    one = start(board, firmware=firmware(board), log="info", flags=drive(other) + drive(good, 1) + [
        "-device", f"{kind},drive=d0", "-device", f"{kind},drive=d1,bootindex=3"])
    to_shell(one)
    assert len(re.findall(r"^disk: virtio-blk\d: \d+ MiB in sectors", one.text, re.M)) == 1


# Three disks on one controller: a controller, and disks in the order in which the firmware would find them.
SEVERAL = {
    "scsi": (["-device", "virtio-scsi-pci"], ["scsi-hd,scsi-id=0", "scsi-hd,scsi-id=3,lun=1", "scsi-hd,scsi-id=17,lun=2"]),
    "ahci": (["-device", "ahci,id=sata"], ["ide-hd,bus=sata.0", "ide-hd,bus=sata.1", "ide-hd,bus=sata.3"]),
}


@pytest.mark.parametrize("kind", SEVERAL)
@pytest.mark.parametrize("board", BOARDS)
def test_order_on_controller(start, tmp_path, board, kind):
    """bootindex names disks of one controller: those are tried, in that order, and not the third."""
    paths = []
    for name, content in (("unnamed", b"not tried"), ("second", guest(board, "shell.efi")), ("first", b"no application")):
        paths.append(disks.fat(tmp_path / name, default(board, content)))
    controller, devices = SEVERAL[kind]
    flags = list(controller)
    for i, (path, device, index) in enumerate(zip(paths, devices, ("", ",bootindex=7", ",bootindex=2"))):
        flags += drive(path, i) + ["-device", f"{device},drive=d{i}{index}"]
    one = start(board, firmware=firmware(board), flags=flags)
    to_shell(one)
    tried = [line for line in plain(one.text).splitlines() if "EFI\\BOOT" in line and "cannot be loaded" in line]
    assert len(tried) == 1 and f"{'virtio-scsi' if kind == 'scsi' else 'ahci'}" in tried[0] and ",2" in tried[0]


@pytest.mark.parametrize("board", BOARDS)
def test_next_disk(start, shell_disk, tmp_path, board):
    """A disk from which nothing boots costs a line; then comes the next."""
    good = shell_disk(board)
    files = default(board, guest(board, "shell.efi").read_bytes()[:5000])
    truncated = disks.fat(tmp_path / "truncated", files)
    other = "qemu-aarch64" if board == "qemu-x86_64" else "qemu-x86_64"
    foreign = disks.fat(tmp_path / "foreign", default(board, guest(other, "shell.efi")))
    empty = tmp_path / "empty"
    empty.write_bytes(bytes(1 << 20))
    kind = "virtio-blk-device" if board == "qemu-aarch64" else "virtio-blk-pci"
    flags = []
    for i, disk in enumerate((empty, truncated, foreign, good)):
        flags += drive(disk, i) + ["-device", f"{kind},drive=d{i},bootindex={i + 1}"]
    one = start(board, firmware=firmware(board), flags=flags)
    to_shell(one)
    said = [line for line in plain(one.text).splitlines() if "virtio-blk" in line]
    assert any("nothing to boot" in line for line in said)
    assert sum("cannot be loaded" in line for line in said) == 2


@pytest.mark.parametrize("board", BOARDS)
def test_no_disk(start, tmp_path, board):
    """An empty disk: one line, and the end."""
    empty = tmp_path / "empty"
    empty.write_bytes(bytes(1 << 20))
    one = start(board, firmware=firmware(board), flags=drive(empty) + SIMPLE[board])
    one.wait(r"virtio-blk0: nothing to boot: no \\EFI\\BOOT\\BOOT\w+\.EFI and no boot entry on its 0 file systems")
    assert one.wait_end() == 0


@pytest.mark.parametrize("what,offset,says", [("primary", 512 + 56, "primary table is damaged"),
                                              ("backup", -512 + 56, "backup table at sector \\d+ is damaged")])
@pytest.mark.parametrize("board", BOARDS)
def test_damaged_gpt(start, shell_disk, board, what, offset, says):
    disk = shell_disk(board)
    disks.damage(disk, offset % disk.stat().st_size)
    one = start(board, firmware=firmware(board), flags=drive(disk) + SIMPLE[board])
    one.wait(says)
    to_shell(one)


@pytest.mark.parametrize("board", BOARDS)
def test_read_errors(start, shell_disk, tmp_path, board):
    """Every read of the file system's data fails: lines, no hang."""
    disk = shell_disk(board)
    config = tmp_path / "blkdebug"
    config.write_text("[inject-error]\nevent = \"read_aio\"\nerrno = \"5\"\nsector = \"2048\"\n")
    one = start(board, firmware=firmware(board), flags=[
        "-drive", f"if=none,id=d0,file=blkdebug:{config}:{disk},format=raw,rerror=report"] + SIMPLE[board])
    one.wait(r"virtio-blk0: error: a read of \d+ bytes at sector 2048 failed")
    one.wait(r"no boot entry is left")
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_read_only(start, shell_disk, board):
    disk = shell_disk(board)
    before = disk.read_bytes()
    one = start(board, firmware=firmware(board), flags=drive(disk, more=",readonly=on") + SIMPLE[board])
    to_shell(one)
    _, said = in_shell(one, "fs0:", "echo hello > new.txt")
    assert re.search(r"[Ww]rite.?[Pp]rotected|[Uu]nable to|[Ee]rror|[Dd]enied", said.replace("\n", ""))
    assert disk.read_bytes() == before


@pytest.mark.parametrize("board", BOARDS)
def test_kernel_leaves_disks_alone(boot, tmp_path, board):
    """With -kernel Linux starts by itself, and no disk is looked at."""
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(1 << 20))
    _, regions, _ = boot(board, firmware=firmware(board), flags=drive(disk) + SIMPLE[board])
    assert not [region for region in regions if "virtio-blk" in region.tag]
    assert not [region for region in regions if region.tag == "PCI config" and region.rights != "---"]


DISC = [("qemu-aarch64", SIMPLE["qemu-aarch64"]), ("qemu-x86_64", SIMPLE["qemu-x86_64"]),
        ("qemu-x86_64", ["-device", "ide-cd,drive=d0,bus=ide.1"]),
        ("qemu-aarch64", ["-device", "virtio-scsi-pci", "-device", "scsi-cd,drive=d0"])]


@pytest.mark.parametrize("board,bus", DISC, ids=lambda x: x if isinstance(x, str) else x[-1].split(",")[0])
def test_disc(start, tmp_path, board, bus):
    """A disc as installers are: a boot image by El Torito, and the files beside it by ISO 9660 with long names."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a long name.text").write_text("hello from the disc")
    disks.fat(folder / "boot.img", default(board, guest(board, "shell.efi")), 4, ("-F", "12"))
    disc = tmp_path / "disc.iso"
    disks.run("xorriso", "-as", "mkisofs", "-quiet", "-J", "-e", "boot.img", "-no-emul-boot", "-o", disc, folder)
    one = start(board, firmware=firmware(board), flags=drive(disc, more=",readonly=on") + bus)
    to_shell(one)
    mapped, *listed = in_shell(one, "map", "ls fs0:", "ls fs1:", "type \"fs0:\\a long name.text\"",
                               "type \"fs1:\\a long name.text\"")
    assert "CDROM(" in mapped.replace("\n", "")
    assert "a long name.text" in "".join(listed) and "hello from the disc" in "".join(listed)


# --- applications and drivers of others -----------------------------------------------------------


@pytest.mark.parametrize("board", BOARDS)
def test_grub(start, tmp_path, initrds, board):
    """Debian's GRUB with its configuration where Debian has it, and a kernel on the same disk."""
    arch = qemu.ARCH[board]
    console = {"aarch64": "ttyAMA0", "x86_64": "ttyS0"}[arch]
    config = ("search --no-floppy --file /vmlinuz --set=root\nset timeout=0\nmenuentry Linux {\n"
              f"linux /vmlinuz console={console} quiet test.end=poweroff test.word=from-grub\ninitrd /initrd\n}}\n")
    volume = disks.fat(tmp_path / "volume", {
        **default(board, guest(board, "grub.efi")), "EFI/debian/grub.cfg": config,
        "vmlinuz": guest(board, "kernel-6.1"), "initrd": initrds[arch]}, 96)
    one = start(board, firmware=firmware(board), flags=drive(disks.gpt(tmp_path / "disk", volume)) + SIMPLE[board])
    one.wait(r"^T cmdline .*from-grub", 120)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0


@pytest.mark.parametrize("kind", ["ext4", "btrfs"])
@pytest.mark.parametrize("board", BOARDS)
def test_foreign_driver(start, shell_disk, tmp_path, board, kind):
    """A file system driver of rEFInd's binds to our handles and serves files."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "hello.txt").write_text("hello from " + kind)
    other = tmp_path / "other"
    with open(other, "wb") as file:
        file.truncate(128 << 20)
    make = {"ext4": ["mkfs.ext4", "-q", "-d", folder], "btrfs": ["mkfs.btrfs", "-q", "-r", folder]}[kind]
    try:
        disks.run(*make, other)
    except FileNotFoundError as missing:
        pytest.skip(f"no {missing.filename}")
    disk = shell_disk(board, **{"driver.efi": guest(board, f"{kind}.efi")})
    second = {"qemu-aarch64": "virtio-blk-device", "qemu-x86_64": "virtio-blk-pci"}[board]
    one = start(board, firmware=firmware(board),
                flags=drive(disk) + SIMPLE[board] + drive(other, 1) + ["-device", f"{second},drive=d1"])
    to_shell(one)
    loaded, _, *listed = in_shell(one, "load fs0:\\driver.efi", "map -r", "ls fs0:", "ls fs1:", "type fs1:\\hello.txt",
                                  "type fs0:\\hello.txt")
    assert "Success" in loaded
    said = "".join(listed).replace("\n", "")
    assert "hello.txt" in said.lower()
    assert f"hello from {kind}" in said
