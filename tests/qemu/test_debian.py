# SPDX-License-Identifier: BSD-2-Clause
"""Debian boots from disks as it boots on a PC: to its login prompt, by each controller and each loader; its installer from a disc and
from a stick."""

import debian
import machine as qemu
import pytest
from efi_console import BOARDS, firmware, plain

ARM, X86 = "qemu-aarch64", "qemu-x86_64"
BUSES = {
    "virtio-pci": ["-device", "virtio-blk-pci,drive=d0"],
    "virtio-mmio": ["-device", "virtio-blk-device,drive=d0"],
    "virtio-scsi": ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d0"],
    "nvme": ["-device", "nvme,serial=one,drive=d0"],
    "ahci": ["-device", "ide-hd,drive=d0,bus=ide.0"],
}
# The kernel for cloud machines has no AHCI.
FLAVOUR = {"ahci": "-generic"}
BOOTS = [(ARM, "grub", bus) for bus in ("virtio-pci", "virtio-mmio", "virtio-scsi", "nvme")] + [
    (X86, "grub", bus) for bus in ("virtio-pci", "virtio-scsi", "nvme", "ahci")] + [
    (board, loader, "virtio-pci") for board in BOARDS for loader in ("systemd-boot", "uki")]
LOGIN_TIMEOUT = 240  # seconds, on a busy machine


def drive(disk, more=",snapshot=on"):
    return ["-drive", f"if=none,id=d0,file={disk},format=raw{more}"]


def login(one, loader):
    """Waits for the prompt of a Debian that this loader has started, and logs in."""
    assert one.wait(rf"^Started by: .*root=UUID={debian.UUID} .*loader=(\S+)\n", LOGIN_TIMEOUT)[1] == loader
    one.wait(r"^debian login: ", 60)
    one.send("root\r")
    one.wait(r"^# ", 60)


def command(one, line):
    """What a command prints, as a person at the prompt sees it."""
    one.send(line + "\r")
    begin = one.seen
    one.wait(r"\n# ", 60)
    return plain(one.text[begin:one.seen]).split("\n", 1)[1].rsplit("\n", 1)[0]


def entries(one):
    """What efibootmgr lists: {BootCurrent: 0000, Boot0000: debian, …}"""
    listed = {}
    for line in command(one, "efibootmgr").splitlines():
        name, value = line.split("\t")[0].split(" ", 1)
        listed[name.rstrip(":*")] = value
    return listed


@pytest.mark.parametrize("board,loader,bus", BOOTS)
def test_login(start, board, loader, bus):
    disk = debian.disk(board, loader, FLAVOUR.get(bus, ""))
    one = start(board, firmware=firmware(board), log="info", flags=drive(disk) + BUSES[bus])
    login(one, loader)
    assert "Debian GNU/Linux 12" in command(one, "cat /etc/os-release")
    assert command(one, "cat /sys/firmware/efi/fw_platform_size").strip() == "64"
    one.send("poweroff -f\r")
    assert one.wait_end(60) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_elsewhere(start, board):
    """The disk is no special one: EDK2 boots it, too."""
    one = start(board, firmware=qemu.EDK2[board], flags=drive(debian.disk(board, "grub")) + BUSES["virtio-pci"])
    login(one, "grub")


DISC = {ARM: ["-device", "virtio-scsi-pci", "-device", "scsi-cd,drive=d0"], X86: ["-device", "ide-cd,drive=d0,bus=ide.1"]}


@pytest.mark.parametrize("kind", ["disc", "disk"])
@pytest.mark.parametrize("board", BOARDS)
def test_installer(start, board, kind):
    """To the installer's first question. On x86 it has to be told of the serial console."""
    bus = DISC[board] if kind == "disc" else BUSES["virtio-pci"]
    one = start(board, firmware=firmware(board), mem="1G", flags=drive(debian.installer(board), ",readonly=on") + bus)
    one.wait(r"\bInstall\b", 60)
    if board == ARM:
        one.send("\r")
    else:
        one.send("c")
        for line in ("linux /debian-installer/amd64/linux console=ttyS0 no_timer_check --- quiet",
                     "initrd /debian-installer/amd64/initrd.gz", "boot"):
            one.wait("grub> ", 60)
            one.send(line + "\r")
    one.wait(r"Select a language", LOGIN_TIMEOUT)


@pytest.mark.parametrize("board", BOARDS)
def test_efibootmgr(start, board, tmp_path):
    """BootNext says what starts next, once; BootOrder what starts from then on, also when the machine has been off."""
    short = debian.SHORT[qemu.ARCH[board]]
    settings = {"firmware": firmware(board), "variables": tmp_path / "vars",
                "flags": drive(debian.disk(board, "grub")) + BUSES["virtio-pci"]}
    one = start(board, **settings)
    login(one, "grub")
    for label, loader in (("debian", f"debian\\grub{short}.efi"), ("other", f"systemd\\systemd-boot{short}.efi")):
        command(one, f"efibootmgr -q -c -d /dev/vda -p 1 -L {label} -l '\\EFI\\{loader}'")
    command(one, "efibootmgr -q -o 0000,0001")
    command(one, "efibootmgr -q -n 0001")
    listed = entries(one)
    assert (listed["Boot0000"], listed["Boot0001"]) == ("debian", "other")
    assert (listed["BootOrder"], listed["BootNext"]) == ("0000,0001", "0001")
    one.send("reboot -f\r")
    login(one, "systemd-boot")
    listed = entries(one)
    assert (listed["BootCurrent"], listed["BootOrder"]) == ("0001", "0000,0001")
    assert "BootNext" not in listed
    one.send("reboot -f\r")
    login(one, "grub")
    assert entries(one)["BootCurrent"] == "0000"
    command(one, "efibootmgr -q -o 0001,0000")
    one.send("poweroff -f\r")
    assert one.wait_end(60) == 0

    one = start(board, **settings)
    login(one, "systemd-boot")
    assert entries(one)["BootCurrent"] == "0001"


@pytest.mark.parametrize("board", BOARDS)
def test_shim(start, board, tmp_path):
    """shim's fallback.efi makes a boot entry of what it finds on the disk and starts it; the next start takes the entry."""
    one = start(board, firmware=firmware(board), variables=tmp_path / "vars",
                flags=drive(debian.disk(board, "shim")) + BUSES["virtio-pci"])
    login(one, "grub")
    listed = entries(one)
    made = listed["BootOrder"].split(",")[0]
    assert listed[f"Boot{made}"] == "debian" and listed.get("BootCurrent") != made
    one.send("reboot -f\r")
    login(one, "grub")
    listed = entries(one)
    assert (listed["BootCurrent"], listed[f"Boot{made}"]) == (made, "debian")
