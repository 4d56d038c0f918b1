# SPDX-License-Identifier: BSD-2-Clause
"""A large file that lies in one piece is read in few large requests: what QEMU's devices ask of the host's file."""

import re
import time

import disks
import pytest
from efi_console import BOARDS, firmware, guest

MIB = 1 << 20
# QEMU's NVMe takes 512 KiB in a command unless it is told otherwise, and at most 2 MiB in QEMU 10.
BUSES = {
    "blk": ["-device", "virtio-blk-pci,drive=d0"],
    "scsi": ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d0"],
    "nvme": ["-device", "nvme,serial=one,drive=d0,mdts=9"],
    "nvme-512K": ["-device", "nvme,serial=one,drive=d0"],
    "ahci": ["-device", "ahci,id=sata", "-device", "ide-hd,drive=d0,bus=sata.0"],
}


@pytest.fixture(scope="session")
def kernel_disk(tmp_path_factory):
    """{board: (a disk that starts a kernel of Linux, the kernel's place on it, its size)}"""
    made = {}
    for board in BOARDS:
        kernel = guest(board, "kernel-6.1")
        folder = tmp_path_factory.mktemp(board)
        volume = disks.fat(folder / "volume", {f"EFI/BOOT/{disks.DEFAULT[board]}": kernel}, 96)
        disk = disks.gpt(folder / "disk", volume)
        content = kernel.read_bytes()
        at = disk.read_bytes().index(content)
        made[board] = (disk, at, len(content))
    return made


@pytest.mark.parametrize("bus", BUSES)
@pytest.mark.parametrize("board", BOARDS)
def test_requests(start, tmp_path, kernel_disk, board, bus):
    disk, at, size = kernel_disk[board]
    trace = tmp_path / "trace"
    one = start(board, firmware=firmware(board), log="info", flags=[
        "-drive", f"if=none,id=d0,file={disk},format=raw", *BUSES[bus], "-trace", "blk_co_preadv", "-D", trace])
    one.wait(r"EFI\\BOOT\S+ starts", 60)
    for _ in range(200):
        if one.qmp("query-blockstats")[0]["stats"]["rd_bytes"] > size:
            break
        time.sleep(0.1)
    one.qmp("quit")
    one.wait_end()
    read = [(int(offset), int(count)) for offset, count in
            re.findall(r"blk_co_preadv .* offset (\d+) bytes (\d+)", trace.read_text())]
    of_kernel = [count for offset, count in read if at <= offset < at + size]
    large = sum(count for count in of_kernel if count >= (MIB // 2 if bus == "nvme-512K" else MIB))
    assert sum(of_kernel) >= size * 9 // 10
    assert large >= size * 9 // 10, of_kernel
    assert len(read) - len(of_kernel) < 40, read
