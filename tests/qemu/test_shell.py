# SPDX-License-Identifier: BSD-2-Clause
"""The UEFI Shell on an EFI system partition: its scripts, its commands for files, and its editor; mtools and fsck.fat look at the result."""

import re

import disks
import pytest
from efi_console import BOARDS, PROMPT, firmware, guest, in_shell

F2, F3 = "\x1bOQ", "\x1bOR"

STARTUP = r"""
echo -off
fs0:
mkdir made
scripts\first.nsh "of startup"
if exist fs0:\made\second.txt then
  echo both have run
endif
"""
FIRST = r"""
echo first %1 > fs0:\made\first.txt
fs0:\scripts\second.nsh three
"""
SECOND = r"""
for %a in one two %1
  echo %a >> fs0:\made\second.txt
endfor
"""


def utf16(text):
    return b"\xff\xfe" + text.strip().replace("\n", "\r\n").encode("utf-16le") + "\r\n".encode("utf-16le")


def edit(one, path, text):
    """Writes a new file with the Shell's editor."""
    one.send(f"edit {path}\r")
    one.wait(r"UEFI EDIT", 20)
    one.wait(r"Insert|INS", 20)
    for line in text.splitlines():
        one.send(line + "\r")
    one.wait(re.escape(text.splitlines()[-1][-4:]), 20)
    one.send(F2)
    one.wait(r"File to [Ss]ave", 20)
    one.send("\r")
    one.wait(r"[Ll]ines? [Ww]rit", 20)
    one.send(F3)
    one.wait(PROMPT, 20)


@pytest.mark.parametrize("board", BOARDS)
def test_shell(start, tmp_path, board):
    shell = guest(board, "shell.efi")
    volume = disks.fat(tmp_path / "volume", {
        f"EFI/BOOT/{disks.DEFAULT[board]}": shell, "startup.nsh": STARTUP.strip() + "\n",
        "scripts/first.nsh": utf16(FIRST), "scripts/second.nsh": SECOND.strip().replace("\n", "\r\n") + "\r\n",
        "Some File With A Long Name.txt": "hello"})
    disk = disks.gpt(tmp_path / "disk", volume)
    one = start(board, firmware=firmware(board), flags=["-drive", f"if=none,id=d0,file={disk},format=raw", "-device",
                                                        "virtio-blk-pci,drive=d0"])
    one.wait(r"ESC.* in 5 seconds", 40)
    one.send("\r")
    one.wait("both have run", 20)
    one.wait(PROMPT, 20)
    mapped, listed, *_ = in_shell(one, "map", "ls fs0:\\", "cp \"fs0:\\Some File With A Long Name.txt\" fs0:\\made\\copy.txt",
                                  "cp -r fs0:\\scripts fs0:\\made", "attrib +r fs0:\\made\\copy.txt")
    assert re.search(r"FS0:.*HD\(1,GPT,", mapped.replace("\n", ""))
    assert "Some File With A Long Name.txt" in listed and "startup.nsh" in listed
    edit(one, "fs0:\\made\\edited.txt", "the first line\nand the last one")
    one.send("reset -s\r")
    assert one.wait_end() == 0

    after = disks.volume_of(disk, tmp_path / "after")
    disks.run("fsck.fat", "-n", after)

    def content(name):
        disks.run("mcopy", "-n", "-i", after, f"::/made/{name}", tmp_path / "got")
        data = (tmp_path / "got").read_bytes()
        (tmp_path / "got").unlink()
        return data.decode("utf-16" if data[:2] == b"\xff\xfe" else "ascii").split("\r\n")

    assert content("first.txt") == ["first of startup", ""]
    assert content("second.txt") == ["one", "two", "three", ""]
    assert content("copy.txt") == ["hello"]
    assert [line for line in content("edited.txt") if line] == ["the first line", "and the last one"]
    assert content("scripts/first.nsh") == FIRST.strip().split("\n") + [""]
    assert disks.run("mattrib", "-i", after, "::/made/copy.txt").stdout.split() == ["A", "R", "::/made/copy.txt"]
