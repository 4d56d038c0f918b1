# SPDX-License-Identifier: BSD-2-Clause
"""A Debian with systemd, and what people use there to see and to change how the machine boots."""

import re

import debian
import debian_systemd
import machine as qemu
import pytest
from efi_console import firmware
from test_debian import ARM, BUSES, X86, command, drive, entries

LOGIN_TIMEOUT = 400  # seconds, on a busy machine
ARCH = {ARM: "aa64", X86: "x64"}  # as systemd says it


def section(text, title):
    """A part of what bootctl says: {what: value}"""
    lines = text.split(title + ":\n")[1].split("\n\n")[0].splitlines()
    return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines if ":" in line)}


@pytest.mark.parametrize("board,version", [(ARM, "10"), (X86, None)])
def test_firmware_setup(start, board, version, tmp_path):
    """To a login prompt with all units well; then an entry is made, and `systemctl reboot --firmware-setup` shows the menu with it."""
    one = start(board, firmware=firmware(board), variables=tmp_path / "vars", qemu=version,
                flags=drive(debian_systemd.disk(board)) + BUSES["virtio-pci"])
    one.wait(r"^debian login: ", LOGIN_TIMEOUT)
    one.send("root\r")
    one.wait(r"^# ", 120)
    command(one, "export SYSTEMD_COLORS=0 SYSTEMD_URLIFY=0 SYSTEMD_PAGER=")
    assert command(one, "systemctl is-system-running --wait").strip() == "running"
    assert "efivarfs on /sys/firmware/efi/efivars type efivarfs (rw," in command(one, "mount")
    grub = f"\\EFI\\debian\\grub{debian.SHORT[qemu.ARCH[board]]}.efi"
    command(one, f"efibootmgr -q -c -d /dev/vda -p 1 -L 'the disk' -l '{grub}'")
    assert (entries(one)["BootOrder"], entries(one)["Boot0000"]) == ("0000", "the disk")
    said = command(one, "bootctl status")
    system, listed = section(said, "System"), section(said, "Boot Loaders Listed in EFI Variables")
    assert (system["Firmware Arch"], system["Boot into FW"]) == (ARCH[board], "supported")
    assert system["Secure Boot"].startswith("disabled")
    assert (listed["Title"], listed["ID"], listed["Status"]) == ("the disk", "0x0000", "active, boot-order")
    assert listed["File"].endswith(grub.replace("\\", "/"))

    one.send("systemctl reboot --firmware-setup\r")
    one.wait(r"what shall be booted\?", 120)
    one.wait(r"> Boot0000 the disk ", 20)
    one.send("\r")
    one.wait(r"Loading Linux 6\.1", 60)
    assert not re.search(r"\[FAILED\]|cannot be changed", one.text)
