# SPDX-License-Identifier: BSD-2-Clause
"""What tests of EFI share: where the files are, and what the console says of memory."""

import re

import machine as qemu
import pytest

BOARDS = list(qemu.ARCH)
BOOT_EFI = ["-fw_cfg", "name=opt/cadastre/boot,string=efi"]


def firmware(board):
    return qemu.firmware_of(board)


def guest(board, name):
    path = qemu.GUESTS / qemu.ARCH[board] / name
    if not path.exists():
        pytest.skip(f"{path} is not there: scripts/guests {qemu.ARCH[board]} {name}")
    return path


def plain(text):
    """What a person reads of it, without what moves the cursor."""
    return re.sub(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[78]", "", text)


class Row:
    """A region as log level info prints it, or an entry of EFI's map: base, end, type; and tag, owner, rights."""

    def __init__(self, base, end, kind, owner="", life="", rights="", tag=""):
        self.base, self.end, self.type = base, end, kind
        self.owner, self.life, self.rights, self.tag = owner, life, rights, tag

    def __eq__(self, other):
        return repr(self) == repr(other)

    def __repr__(self):
        return f"{self.base:#x}-{self.end:#x} {self.owner} {self.life} {self.rights} {self.type} {self.tag}".rstrip()


ROW = re.compile(r" *([0-9a-f]+) +([0-9a-f]+) +\d+[KMGT]? +(\w+) +(\S+) +([-RWXd]{3,4}) +(.{12}) ?(.*)")


def maps(text):
    """The regions in each map that was printed."""
    found = [[]]
    for line in plain(text).splitlines():
        if match := ROW.fullmatch(line):
            base, end, owner, life, rights, kind, tag = match.groups()
            found[-1].append(Row(int(base, 16), int(end, 16), kind.strip(), owner, life, rights, tag.strip()))
        elif found[-1]:
            found.append([])
    return [rows for rows in found if rows]


def held(rows, but=()):
    """Who has what, besides free RAM, and tables that keep track of memory: their reserve may grow at any time."""
    return [row for row in rows if row.owner != "free" and row.tag not in ("page tables", "memory map", *but)]


def image(rows):
    """Where the firmware itself is, with room for its parts that are not in their places."""
    return pages(row for row in rows if row.type == "boot code" and row.owner == "firmware")


def back(one, timeout=30, status="0: success", but=()):
    """Waits until the application has ended, with nothing left to boot: the map must be what it was when it began, but for tags
    that it may leave behind. Needs log="info"."""
    __tracebackhide__ = True
    one.wait(rf"the EFI application has ended with status {status}", timeout)
    one.wait("no boot entry is left")
    assert one.wait_end() == 0
    before, after = maps(one.text)
    assert held(before, but) == held(after, but)
    assert image(before) == image(after)


def pages(rows):
    """(base, end) in whole pages, neighbours made one."""
    return qemu.merged([(row.base & ~4095, (row.end + 4095) & ~4095) for row in rows])


def inside(inner, outer):
    return all(any(a <= base and end <= b for a, b in outer) for base, end in inner)


def check_efi_map(entries, rows):
    """EFI's memory map, as somebody who got it tells, against ours when he was started: the same memory is in it, once, and what was kept
    from the operating system still is."""
    for one, other in zip(entries, entries[1:]):
        assert one.end <= other.base, f"{one} and {other} are not in order"
    assert pages(e for e in entries if e.type != "mmio") == pages(r for r in rows if not r.type.startswith("mmio"))
    for kind in ("runtime code", "runtime data", "reserved", "acpi nvs"):
        assert pages(e for e in entries if e.type == kind) == pages(r for r in rows if r.type == kind), kind
    # A loader makes tables of its own.
    assert inside(pages(r for r in rows if r.type == "acpi tables"), pages(e for e in entries if e.type == "acpi tables"))


# --- the UEFI Shell -------------------------------------------------------------------------------

# Its prompt, when it waits for a command.
PROMPT = r"(Shell|FS\d:[^\x1b>\n]*)> \x1b\[0m"


def to_shell(one):
    """Waits for the Shell, and for its prompt."""
    one.wait(r"ESC.* in 5 seconds", 40)
    one.send("\x1b")
    one.wait(PROMPT, 20)


def in_shell(one, *commands):
    """Types commands at the Shell: what each printed."""
    answers = []
    for command in commands:
        one.send(command + "\r")
        begin = one.seen
        one.wait(r"\n(.*\n)*?.*" + PROMPT, 20)
        answers.append(plain(one.text[begin:one.seen]))
    return answers
