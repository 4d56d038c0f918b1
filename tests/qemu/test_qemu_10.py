# SPDX-License-Identifier: BSD-2-Clause
"""QEMU 10, which tells and emulates some of what the firmware uses otherwise than the QEMU of an older machine. All tests run on it
where its folder (scripts/qemu-10) is first in PATH; here is what shows the differences best."""

import disks
import pytest
from efi_console import BOARDS, firmware, guest, in_shell, to_shell

TEN = {"qemu": "10"}


def nothing_of_qemu(one):
    """QEMU warns of nothing: its programs start in a folder that they were not made for."""
    assert "qemu-system" not in one.text and "odule" not in one.text, one.text


@pytest.mark.parametrize("board", BOARDS)
def test_linux(boot, board):
    linux, regions, one = boot(board, **TEN)
    assert linux.one("kernel").startswith("6.1.")
    assert any(region.tag == "initrd" for region in regions)
    nothing_of_qemu(one)


@pytest.mark.parametrize("board", BOARDS)
def test_shell(start, tmp_path, board):
    volume = disks.fat(tmp_path / "volume", {f"EFI/BOOT/{disks.DEFAULT[board]}": guest(board, "shell.efi")})
    disk = disks.gpt(tmp_path / "disk", volume)
    one = start(board, firmware=firmware(board), **TEN, flags=["-drive", f"if=none,id=d0,file={disk},format=raw", "-device",
                                                               "virtio-blk-pci,drive=d0"])
    to_shell(one)
    assert one.qmp("query-version")["qemu"]["major"] >= 10
    nothing_of_qemu(one)
    assert "HD(1,GPT," in in_shell(one, "map")[0].replace("\n", "")
    one.send("reset -s\r")
    assert one.wait_end() == 0


@pytest.mark.parametrize("version", [None, "10"])
@pytest.mark.parametrize("board", BOARDS)
def test_namespaces(start, tmp_path, board, version):
    """The bootindex of a namespace, which no QEMU tells as it is: that of NVMe comes first, and nothing else is tried."""
    default = f"EFI/BOOT/{disks.DEFAULT[board]}"
    flags = ["-device", "virtio-blk-pci,drive=d0,addr=2", "-device", "nvme,serial=one,addr=3", "-device", "nvme-ns,drive=d1,nsid=3",
             "-device", "nvme-ns,drive=d2,nsid=12,bootindex=1"]
    for i, content in enumerate((guest(board, "shell.efi"), b"no application", guest(board, "shell.efi"))):
        volume = disks.fat(tmp_path / f"volume{i}", {default: content})
        flags += ["-drive", f"if=none,id=d{i},file={volume},format=raw"]
    one = start(board, firmware=firmware(board), log="info", flags=flags, qemu=version)
    to_shell(one)
    assert one.text.count("cannot be loaded") == 1 and "disk: nvme0,1" in one.text and "disk: virtio-blk" not in one.text
