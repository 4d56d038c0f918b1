# SPDX-License-Identifier: BSD-2-Clause
"""The boot manager: boot options in variables, what is tried after what, the menu. Most of what is started is an application
that says how it was started, and returns."""

import re

import disks
import pytest
from boot_options import APP, HIDDEN, file, node, numbers, option, partition, pci, text, write_store
from efi_console import BOARDS, firmware, guest, held, maps, plain, to_shell
from test_efi import app
from test_variables import read_store

SLOT = 6  # of the first disk on PCI; the next ones are behind it
MENU = r"what shall be booted\?"
UP, DOWN, END = "\x1b[A", "\x1b[B", "\x1b[F"
TITLE = r"^\x1b\[7m> (.*?) *\x1b\[0m$"


def attach(*paths, order=()):
    """Disks on PCI; `order` gives the bootindex of some of them."""
    flags = []
    for i, path in enumerate(paths):
        index = f",bootindex={order[i]}" if i < len(order) and order[i] else ""
        flags += ["-drive", f"if=none,id=d{i},file={path},format=raw", "-device",
                  f"virtio-blk-pci,drive=d{i},addr={SLOT + i:#x}{index}"]
    return flags


@pytest.fixture
def disk(tmp_path):
    """disk(board, {name: content}): a disk with these files, the reporting application as \\EFI\\test\\report.efi among them."""
    def make(board, files=(), name="disk"):
        content = {"EFI/test/report.efi": app(board, "report"), **dict(files)}
        return disks.gpt(tmp_path / name, disks.fat(tmp_path / (name + ".volume"), content, 34))
    return make


def default(board):
    return {f"EFI/BOOT/{disks.DEFAULT[board]}": app(board, "report")}


REPORT = file("\\EFI\\test\\report.efi")


def reports(one):
    """(load options, BootCurrent or None) of each application that has run."""
    found = re.findall(r"report: options '(.*?)' file '.*?' current (\S+)", plain(one.text).replace("\n", ""))
    return [(options, None if current == "none" else int(current, 16)) for options, current in found]


def left(board, path):
    """The variables that are in the bank now, without attributes."""
    return {name: data for name, (_, data) in read_store(board, path.read_bytes()[:1 << 20])[0].items()}


@pytest.mark.parametrize("board", BOARDS)
def test_order(start, disk, tmp_path, board):
    """Every kind of path, and every kind of failure: a line each, and the next one. Then the disks' default application."""
    other = "qemu-aarch64" if board == "qemu-x86_64" else "qemu-x86_64"
    one_disk = disk(board, {**default(board), "EFI/test/foreign.efi": app(other, "report"),
                            "EFI/test/driver.efi": app(board, "resident")})
    hd = partition(one_disk)
    variables = {
        "Boot0003": option("short", hd + REPORT, text("three")),
        "Boot0001": option("full", pci(SLOT) + hd + REPORT, text("one")),
        "Boot0008": option("file only", REPORT, text("eight")),
        "Boot0009": option("whole disk", pci(SLOT), text("nine")),
        "Boot000A": option("partition", hd, text("ten")),
        "Boot0002": option("inactive", hd + REPORT, text("never"), 0),
        "Boot000D": option("application", hd + REPORT, text("never"), 1 | APP),
        "Boot000E": option("reserved", hd + REPORT, text("never"), 0x201),
        "Boot0004": option("missing", hd + file("\\EFI\\test\\missing.efi")),
        "Boot0005": option("foreign", hd + file("EFI\\test\\foreign.efi")),
        "Boot0006": b"\1\0\0\0\x40\0x\0",
        "Boot000B": option("moved", node(4, 1, bytes(20) + b"partition's GUID" + bytes([2, 2])) + REPORT),
        "Boot000C": option("gone \x1b[2J", pci(30) + hd + REPORT),
        "Boot000F": option("driver", hd + file("\\EFI\\test\\driver.efi")),
        "BootOrder": numbers(3, 1, 8, 9, 10, 2, 13, 14, 4, 5, 6, 7, 11, 12, 15),
    }
    one = start(board, firmware=firmware(board), log="info", flags=attach(one_disk),
                variables=write_store(board, tmp_path / "vars", variables))
    one.wait(r"no boot entry is left", 60)
    assert one.wait_end() == 0
    assert reports(one) == [("three", 3), ("one", 1), ("eight", 8), ("nine", 9), ("ten", 10), ("", None)]
    said = plain(one.text).splitlines()
    for pattern in (r"boot: Boot0002 inactive is only started by hand", r"boot: Boot000D application is only started by hand",
                    r"boot: error: Boot0004 missing: virtio-blk0.1 \\EFI\\test\\missing.efi: there is no such file",
                    r"efi: error: Boot0005 foreign: virtio-blk0.1 \\EFI\\test\\foreign.efi \(\d+ bytes\) cannot be loaded: it is no EFI",
                    r"efi: error: Boot000F driver: virtio-blk0.1 \\EFI\\test\\driver.efi \(\d+ bytes\) cannot be loaded: it is a driver, and",
                    r"boot: error: Boot0006: the variable holds no load option: its 8 bytes",
                    r"boot: error: Boot0007: there is no such variable",
                    r"boot: error: Boot000B moved: HD\(.*\)/\\EFI\\test\\report.efi: no disk has that partition",
                    r"boot: error: Boot000C gone \?\[2J: PciRoot\(0x0\)/Pci\(0x1E,0x0\)/.*: there is no such disk"):
        assert sum(bool(re.match(pattern, line)) for line in said) == 1, pattern
    assert not any("Boot000E" in line for line in said)
    before, *_, after = maps(one.text)
    assert held(before) == held(after, ["ahci0"])  # q35's own controller is started to look for the partition


@pytest.mark.parametrize("board", BOARDS)
def test_next(start, disk, tmp_path, board):
    """BootNext comes first, even when it is not active, is gone before it is started, and is obeyed once."""
    one_disk = disk(board)
    hd = partition(one_disk)
    path = write_store(board, tmp_path / "vars", {
        "Boot0001": option("usual", hd + REPORT, text("usual")), "Boot0002": option("once", hd + REPORT, text("once"), 0),
        "BootOrder": numbers(1), "BootNext": numbers(2)})
    for expected in ([("once", 2), ("usual", 1)], [("usual", 1)]):
        one = start(board, firmware=firmware(board), flags=attach(one_disk), variables=path)
        one.wait(r"no boot entry is left", 60)
        assert one.wait_end() == 0
        assert reports(one) == expected
        assert re.search(r" next none ", plain(one.text).replace("\n", ""))
        assert "BootNext" not in left(board, path) and left(board, path)["BootOrder"] == numbers(1)


@pytest.mark.parametrize("board", BOARDS)
def test_lazy(start, disk, tmp_path, board):
    """Only the disk that the path leads to is started, and the others when an application looks for disks."""
    shell = disk(board, {"shell.efi": guest(board, "shell.efi")}, "second")
    second = pci(SLOT + 1) + partition(shell)
    path = write_store(board, tmp_path / "vars", {
        "Boot0000": option("report", second + REPORT), "Boot0001": option("shell", second + file("\\shell.efi")),
        "BootOrder": numbers(0, 1)})
    one = start(board, firmware=firmware(board), log="info", flags=attach(disk(board, default(board)), shell), variables=path)
    started = r"disk: (virtio-blk\d): \d+ MiB in sectors"
    one.wait(r"report: ")
    assert re.findall(started, one.text[:one.seen]) == ["virtio-blk1"]
    to_shell(one)
    assert re.findall(started, one.text) == ["virtio-blk1", "virtio-blk0"]


@pytest.mark.parametrize("board", BOARDS)
def test_recovery(start, disk, tmp_path, board):
    """When the disks that QEMU names have nothing, the others are looked at, by PlatformRecovery0000."""
    empty = tmp_path / "empty"
    empty.write_bytes(bytes(1 << 20))
    one = start(board, firmware=firmware(board), flags=attach(empty, disk(board, default(board)), order=(1,)))
    one.wait(r"virtio-blk0: nothing to boot")
    one.wait(r"PlatformRecovery0000 any disk: virtio-blk1.1 \\EFI\\BOOT\\BOOT\w+\.EFI has ended with status 0", 30)
    one.wait(r"no boot entry is left")
    assert one.wait_end() == 0
    assert reports(one) == [("", None)]


@pytest.mark.parametrize("board", BOARDS)
def test_recovery_asked_for(start, disk, tmp_path, board):
    """OsIndications: recovery, and not what is usual; once."""
    one_disk = disk(board, default(board))
    path = write_store(board, tmp_path / "vars", {
        "Boot0001": option("usual", partition(one_disk) + REPORT, text("usual")), "BootOrder": numbers(1),
        "BootNext": numbers(1), "OsIndications": (0x40 | 0x8000).to_bytes(8, "little")})
    one = start(board, firmware=firmware(board), flags=attach(one_disk), variables=path)
    one.wait(r"no boot entry is left", 60)
    assert one.wait_end() == 0
    assert reports(one) == [("", None)]
    said = plain(one.text).replace("\n", "")
    assert re.search(r"indications 0x0*8000 supported 0x0*41 applications 0x0*2 end", said)
    assert left(board, path)["OsIndications"] == (0x8000).to_bytes(8, "little")


# --- the menu -------------------------------------------------------------------------------------

OPTION = ["-fw_cfg", "name=opt/cadastre/menu,string=1"]


def marked(one, title):
    """Waits for a menu on which this is marked, and looks at all of the screen."""
    __tracebackhide__ = True
    begin = one.seen
    one.wait(r"\x1b\[7m> " + title + r".*\n(.*\n)*?.*Esc: boot as without this menu", 20)
    screen = plain(one.text[begin:one.seen].rsplit("\x1b[2J", 1)[-1]).split("\n")
    assert len(screen) <= 24 and all(len(line) < 80 for line in screen), screen
    return screen


@pytest.mark.parametrize("board", BOARDS)
def test_menu(start, disk, tmp_path, board):
    """Arrow keys and Enter; an entry that fails, or that returns, leads back; the map, the devices, and off."""
    one_disk = disk(board, default(board))
    hd = partition(one_disk)
    path = write_store(board, tmp_path / "vars", {
        "Boot0001": option("hidden", hd + REPORT, text("hidden"), 1 | HIDDEN),
        "Boot0002": option("by hand", hd + REPORT, text("by hand"), APP),
        "Boot0003": option("missing", hd + file("\\missing.efi")),
        "BootOrder": numbers(1, 2, 3)})
    one = start(board, firmware=firmware(board), flags=attach(one_disk) + OPTION, variables=path)
    one.wait(MENU, 40)
    screen = marked(one, "Boot0002 by hand")
    assert not any("hidden" in line for line in screen)
    one.send("\r")
    one.wait(r"report: options 'by hand'")
    one.wait(r"back to the menu")
    one.send(" ")
    marked(one, "Boot0002 by hand")
    one.send(DOWN)
    marked(one, "Boot0003 missing")
    one.send("\r")
    one.wait(r"Boot0003 missing: virtio-blk0.1 \\missing.efi: there is no such file")
    one.wait(r"back to the menu")
    one.send(" ")
    marked(one, "Boot0003 missing")
    one.send(DOWN)
    marked(one, r"virtio-blk0.1 \\EFI\\BOOT")
    one.send(DOWN)
    marked(one, "Memory map")
    one.send("\r")
    one.wait(r"(.*firmware.*\n)+(.*\n)*?.*back to the menu")
    one.send(UP)
    marked(one, "Memory map")
    one.send(DOWN + "\r")
    one.wait(r"virtio-blk0 at 0x.*: handle .*, PciRoot\(0x0\)/Pci\(0x6,0x0\)/HD\(1,GPT,.*\)\n")
    one.wait(r"back to the menu")
    one.send(" " + END)
    marked(one, "Power off")
    one.send("\r")
    assert one.wait_end() == 0
    assert reports(one) == [("by hand", 2)]


@pytest.mark.parametrize("board", BOARDS)
def test_long_menu(start, disk, tmp_path, board):
    """A list that is longer than the screen scrolls. Esc: as without the menu."""
    one_disk = disk(board)
    options = {f"Boot{i:04X}": option(f"entry {i} " + "long " * (i % 3 * 20), partition(one_disk) + REPORT, text(str(i)), i & 1)
               for i in range(40)}
    path = write_store(board, tmp_path / "vars", {**options, "BootOrder": numbers(*range(40))})
    one = start(board, firmware=firmware(board), flags=attach(one_disk) + OPTION, variables=path)
    one.wait(MENU, 40)
    assert not any("entry 30" in line for line in marked(one, "Boot0000 entry 0"))
    one.send("\x1b[6~" * 2)
    marked(one, "Boot0022 entry 34")
    one.send(UP)
    marked(one, "Boot0021 entry 33")
    one.send("\x1b[H")
    marked(one, "Boot0000 entry 0")
    one.send(UP)
    marked(one, "Boot0000 entry 0")
    one.send("\x1b")
    one.wait(r"no boot entry is left", 60)
    assert one.wait_end() == 0
    assert [current for _, current in reports(one)] == list(range(1, 40, 2))


@pytest.mark.parametrize("log", ["warn", "info"])
@pytest.mark.parametrize("board", BOARDS)
def test_key(start, disk, board, log):
    """A key that was pressed at start, before the first line. Without disks there is a menu as well."""
    for flags in (attach(disk(board, default(board))), []):
        one = start(board, firmware=firmware(board), flags=flags, log=log)
        one.send("x")
        one.wait(MENU, 40)
        marked(one, r"virtio-blk0.1 \\EFI\\BOOT" if flags else "Memory map")
        one.send(END)
        marked(one, "Power off")
        one.send("\r")
        assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_firmware_menu(start, disk, tmp_path, board):
    """OsIndications, as `systemctl reboot --firmware-setup` sets it: the menu, once."""
    one_disk = disk(board, default(board))
    path = write_store(board, tmp_path / "vars", {"OsIndications": (1).to_bytes(8, "little")})
    one = start(board, firmware=firmware(board), flags=attach(one_disk), variables=path)
    one.wait(MENU, 40)
    marked(one, r"virtio-blk0.1 \\EFI\\BOOT")
    assert left(board, path)["OsIndications"] == bytes(8)
    one.send("\x1b")
    one.wait(r"no boot entry is left", 40)
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_firmware_menu_first(start, disk, tmp_path, board):
    """The same, asked for from an application that QEMU gives: the menu comes before it, once."""
    path = write_store(board, tmp_path / "vars", {"OsIndications": (1).to_bytes(8, "little")})
    settings = {"firmware": firmware(board), "flags": attach(disk(board, default(board))), "variables": path,
                "kernel": app(board, "report"), "append": "from QEMU"}
    one = start(board, **settings)
    one.wait(MENU, 40)
    marked(one, r"virtio-blk0.1 \\EFI\\BOOT")
    assert left(board, path)["OsIndications"] == bytes(8) and "report:" not in one.text
    one.send("\x1b")
    one.wait(r"no boot entry is left", 40)
    assert one.wait_end() == 0
    one = start(board, **settings)
    one.wait(r"no boot entry is left", 40)
    assert one.wait_end() == 0
    assert [options for options, _ in reports(one)] == ["from QEMU", ""]
    assert not re.search(MENU, one.text)


@pytest.mark.parametrize("seconds", [2, 0xffff])
@pytest.mark.parametrize("board", BOARDS)
def test_timeout(start, disk, tmp_path, board, seconds):
    """It is waited as long as Timeout says, with a key or without one; 0xffff: until there is one."""
    one_disk = disk(board, default(board))
    path = write_store(board, tmp_path / "vars", {"Timeout": numbers(seconds)})
    if seconds == 2:
        one = start(board, firmware=firmware(board), flags=attach(one_disk), variables=path)
        one.wait(r"starting in 2 seconds", 40)
        one.wait(r"starting in 1 second;")
        one.wait(r"no boot entry is left", 40)
        assert one.wait_end() == 0
        assert reports(one) == [("", None)] and not re.search(MENU, one.text)
    one = start(board, firmware=firmware(board), flags=attach(one_disk), variables=path)
    if seconds == 2:
        one.wait(r"starting in 2 seconds", 40)
        one.send(" ")
    one.wait(MENU, 40)
    marked(one, r"virtio-blk0.1 \\EFI\\BOOT")
    one.send("\x1b")
    one.wait(r"no boot entry is left", 40)
    assert one.wait_end() == 0
    assert reports(one) == [("", None)]
