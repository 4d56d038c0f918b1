# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware says: nothing, one screen, the map, or a fault report that leads to a source line."""

import os
import re
import subprocess

import pytest

import machine as qemu

ARM, X86 = "qemu-aarch64", "qemu-x86_64"
BOARDS = [ARM, X86]
SCREEN = 50  # lines


def kernel(board):
    return qemu.GUESTS / qemu.ARCH[board] / "kernel-6.1"


def before_linux(text):
    """What the console shows before Linux's first line."""
    return re.split(r"^.*(?:Booting Linux on physical|Linux version|\[ +0\.0)", text, maxsplit=1, flags=re.M)[0]


@pytest.mark.parametrize("board", BOARDS)
def test_quiet(start, board):
    early = "earlycon" if board == ARM else "earlyprintk=serial"
    one = start(board, kernel=kernel(board), append=early)
    one.wait(r"Linux version", 60)
    assert before_linux(one.text) == ""


@pytest.mark.parametrize("board", BOARDS)
def test_info_is_one_screen(start, board):
    early = "earlycon" if board == ARM else "earlyprintk=serial"
    one = start(board, kernel=kernel(board), append=early, log="info")
    one.wait(r"Linux version", 60)
    lines = before_linux(one.text).splitlines()
    assert 5 <= len(lines) <= SCREEN
    assert all(len(line) <= (80 if line.startswith("  ") else 100) for line in lines if "command line" not in line)
    text = "\n".join(lines)
    for expected in ("MiB of RAM", "relocated to 0x", "kernel", "times:", "usable by the OS"):
        assert expected in text


@pytest.mark.parametrize("board", BOARDS)
def test_map(start, board):
    """The map in JSON: sorted, disjoint; nothing writable and executable; the parts of the firmware have their rights."""
    one = start(board, kernel=kernel(board), log="json", append="quiet", flags=("-no-reboot",))
    one.wait(r"^\{\"base\"", 20)
    one.wait(r"Kernel panic|Unable to mount", 60)
    regions = qemu.map_of(one.text)
    for left, right in zip(regions, regions[1:]):
        assert left.end <= right.base
    assert regions[0].base == 0 and regions[0].rights.startswith("---")  # a NULL faults
    for region in regions:
        assert region.size == region.end - region.base > 0
        if not (board == X86 and region.owner == "lmb"):  # a bzImage unpacks itself, where it runs
            assert not ("W" in region.rights and "X" in region.rights)
        if region.owner == "free":
            assert region.rights.startswith("---")
    rights = {region.tag: region.rights[:3] for region in regions if region.owner == "firmware"}
    assert rights["text"] == "R-X" and rights["constants"] == "R--" and rights["data"] == "RW-"
    assert rights["stack guard"] == "---" and rights["stack"] == "RW-" and rights["heap"] == "RW-"
    types = {region.tag: region.type for region in regions if region.owner == "firmware"}
    # U-Boot 65b38a519b0: the own image's type. It is one, so that EFI's map has one entry of it.
    assert all(types[tag] == "boot code" for tag in ("text", "constants", "data", "heap", "stack", "stack guard"))
    image = [region for region in regions
             if region.tag in ("stack guard", "stack", "heap", "data", "constants", "text")]
    assert [region.tag for region in image] == ["stack guard", "stack", "heap", "data", "constants", "text"]
    for left, right in zip(image, image[1:]):
        assert left.end == right.base  # U-Boot a0a1e9f2f1d: no byte of the footprint is left out
    assert any(region.owner == "lmb" and region.tag == "kernel" for region in regions)


@pytest.mark.parametrize("board", BOARDS)
def test_flash_bank(start, tmp_path, board):
    """As docs/options.md says: -bios is one way to bring the file in, a flash bank is another."""
    bank = tmp_path / "flash"
    bank.write_bytes(qemu.firmware_of(board).read_bytes())
    if board == ARM:
        os.truncate(bank, 64 << 20)
    one = start(board, firmware=False, flags=("-drive", f"if=pflash,format=raw,readonly=on,file={bank}"))
    one.wait("nothing to boot", 20)
    assert one.wait_end(20) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_page_tables_agree_with_the_map(start, board):
    one = start(board, kernel=kernel(board), log="debug", append="quiet")
    match = one.wait(r"mmu: (\d+) ranges of the tables agree with the map", 20)
    assert int(match[1]) >= 8


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("on_fail", ["poweroff", "halt"])
def test_fault(start, board, on_fail):
    one = start(board, flags=("-fw_cfg", "name=opt/cadastre/debug,string=fault", "-no-reboot",
                              "-fw_cfg", f"name=opt/cadastre/on-fail,string={on_fail}"))
    if on_fail == "poweroff":
        assert one.wait_end(20) == 0
    else:
        one.wait(r"^halted", 20)
    assert "stack guard" in one.text  # the map entry in which the address lies
    shown = subprocess.run([qemu.TOP / "scripts" / "backtrace", qemu.BUILD / board / "cadastre.elf"], input=one.text,
                           capture_output=True, text=True, check=True).stdout
    assert re.search(r"boot_main .*boot/main\.c:\d+", shown), shown
