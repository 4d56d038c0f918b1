# SPDX-License-Identifier: BSD-2-Clause
"""QEMU 10's uefi-vars device keeps the variables, in a file of JSON on the host: written by applications, the Shell and Linux, read at
the next start; by memory and by register; beside flash; with keys; too small to be used."""

import json
import re
import uuid

import disks
import pytest
from boot_options import GLOBAL, KEPT, file, numbers, option, partition, text
from efi_console import BOARDS, BOOT_EFI, firmware, guest, in_shell, maps, plain, to_shell
from test_bootmgr import attach, reports
from test_efi import app, tap
from test_variables import linux  # noqa: F401: a fixture

DEVICE = {"qemu-aarch64": "uefi-vars-sysbus", "qemu-x86_64": "uefi-vars-x64"}
SIGNED = 0x20
KEEPS = r"the uefi-vars device at 0x[0-9a-f]+ keeps the variables, (\d+) of (\d+) bytes, and no flash does"


@pytest.fixture
def machine(start, tmp_path):
    """machine(board, settings of the device, **of the machine): one with the device, whose variables are in vars.json."""
    def make(board, device="", flags=(), **settings):
        path = tmp_path / "vars.json"
        words = ["-device", f"{DEVICE[board]},jsonfile={path}{device}"]
        return start(board, firmware=firmware(board), qemu="10", flags=words + list(flags), **settings)
    return make


@pytest.fixture
def kept(tmp_path):
    """kept(): {name: (attributes, data)} of the file; kept({name: ...}) writes it, as global variables."""
    path = tmp_path / "vars.json"

    def access(variables=None):
        if variables is None:
            return {one["name"]: (one["attr"], bytes.fromhex(one["data"]))
                    for one in json.loads(path.read_text())["variables"]}
        guid = str(uuid.UUID(bytes_le=GLOBAL))
        path.write_text(json.dumps({"version": 2, "variables": [
            {"name": name, "guid": guid, "attr": attributes, "data": data.hex(),
             **({"time": "00" * 16} if attributes & SIGNED else {})}
            for name, (attributes, data) in variables.items()]}))
        return variables
    return access


@pytest.mark.parametrize("pio", ["off", "on"])
@pytest.mark.parametrize("board", BOARDS)
def test_services(machine, kept, board, pio):
    """All that is said of variables holds before ExitBootServices, after it, and at other addresses."""
    settings = {"device": f",use-pio={pio}", "log": "info"}
    one = machine(board, kernel=app(board, "runtime"), **settings)
    assert int(one.wait(KEEPS, 20)[2]) == 256 << 10
    assert one.wait_end(60) == 0
    assert all(tap(one.text).values())
    assert tap(one.text)["variables: set"] and tap(one.text)["variables: deleted"]
    assert kept()["Kept"] == (KEPT, b"kept")
    two = machine(board, kernel=app(board, "variables"), **settings)
    assert two.wait_end(60) == 0
    assert all(tap(two.text).values())
    assert kept()["Kept"] == (KEPT, b"kept")
    assert {"Timeout", "ConOut", "PlatformLang"}.isdisjoint(kept()), "a default"
    registers, = (row for row in maps(two.text)[0] if row.tag == "uefi-vars")
    assert registers.owner == "hardware" and registers.rights == "RW-d"


@pytest.mark.parametrize("board", BOARDS)
def test_shell(machine, kept, board):
    """What the Shell sets is in the file, and there when the machine starts again."""
    shell = {"kernel": guest(board, "shell.efi")}
    one = machine(board, **shell)
    to_shell(one)
    in_shell(one, "setvar Lasting -guid 11111111-2222-3333-4444-555566667777 -bs -rt -nv =0x01020304",
             "setvar Passing -guid 11111111-2222-3333-4444-555566667777 -bs =0x05")
    one.send("reset -s\r")
    assert one.wait_end() == 0
    assert kept()["Lasting"] == (KEPT, bytes([4, 3, 2, 1])) and "Passing" not in kept()
    two = machine(board, **shell)
    to_shell(two)
    found, all_of_it = in_shell(two, "setvar Lasting -guid 11111111-2222-3333-4444-555566667777",
                                "dmpstore -guid 11111111-2222-3333-4444-555566667777")
    assert re.search(r"04 03 02 01", found)
    assert all_of_it.count("'11111111-2222-3333-4444-555566667777") == 1
    two.send("reset -s\r")
    assert two.wait_end() == 0


@pytest.mark.parametrize("board,kernel", [("qemu-aarch64", "kernel-6.12"), ("qemu-x86_64", "kernel-6.1")])
def test_linux(machine, kept, linux, tmp_path, board, kernel):  # noqa: F811
    """Linux writes BootOrder and BootNext at run time, the next start obeys; then it changes and deletes them."""
    disk = disks.gpt(tmp_path / "disk", disks.fat(tmp_path / "volume", {"EFI/test/report.efi": app(board, "report")}, 34))
    path = partition(disk) + file("\\EFI\\test\\report.efi")
    kept({"Boot0042": (KEPT, option("next", path, text("next")))})
    seen = []
    for what in ("set", "change"):
        one = machine(board, kernel=guest(board, kernel), initrd=linux(board, kernel), append=f"quiet test.vars={what}",
                      flags=BOOT_EFI)
        one.wait(r"^T end", 120)
        assert one.wait_end(30) == 0
        assert "T mounted efivarfs rw" in one.text and "T dmesg" not in one.text
        assert "T name SetupMode-" in one.text and "T name PlatformLang-" in one.text
        seen.append(one.text)
        if what == "set":
            assert kept()["BootNext"] == (KEPT, numbers(0x42))
            two = machine(board, flags=attach(disk))
            two.wait(r"no boot entry is left", 60)
            assert two.wait_end() == 0
            assert reports(two) == [("next", 0x42), ("next", 0x42)], "by BootNext, and by BootOrder"
            assert "BootNext" not in kept()
    assert "T set BootOrder" in seen[0] and "T set BootNext" in seen[0]
    assert "T BootOrder 0700000042000100" in seen[1] and "T BootNext" not in seen[1]
    assert kept()["BootOrder"] == (KEPT, numbers(1, 0x42, 0x43))


@pytest.mark.parametrize("board", BOARDS)
def test_flash(machine, kept, tmp_path, board):
    """Beside a bank of flash the device counts, and the bank stays as it is."""
    bank = tmp_path / "vars"
    one = machine(board, kernel=app(board, "runtime"), variables=bank, log="info")
    one.wait(KEEPS, 20)
    assert one.wait_end(60) == 0
    assert all(tap(one.text).values())
    assert not bank.read_bytes()[:512 << 10].strip(b"\xff")
    assert kept()["Kept"] == (KEPT, b"kept")


@pytest.mark.parametrize("board", BOARDS)
def test_keys(machine, kept, board):
    """With a platform key the device switches Secure Boot on, which the firmware must not claim: no image is verified."""
    kept({"PK": (KEPT | SIGNED, b"a platform key")})
    one = machine(board, kernel=guest(board, "shell.efi"))
    one.wait(r"warning: the uefi-vars device has Secure Boot switched on, but no image is verified: SecureBoot is 0", 20)
    to_shell(one)
    secure, setup, write, after, key = in_shell(one, "setvar SecureBoot", "setvar SetupMode", "setvar SecureBoot -bs -rt =0x01",
                                                "setvar SecureBoot", "setvar PK -nv -bs -rt =")
    for shown in (secure, after):
        assert re.search(r"SecureBoot - 0001 Bytes\s+00", shown), shown
    assert re.search(r"SetupMode - 0001 Bytes\s+00", setup), setup
    assert "Unable to set" in write, write
    assert "Unable to" in key, key
    one.send("reset -s\r")
    assert one.wait_end() == 0
    assert kept()["PK"] == (KEPT | SIGNED, b"a platform key")


@pytest.mark.parametrize("board", BOARDS)
def test_small(machine, board):
    """A device that cannot be used costs a line, and variables are volatile."""
    one = machine(board, ",size=128", kernel=app(board, "variables"))
    one.wait(r"warning: the uefi-vars device does not answer as it should \(error 5\): variables last until the machine is reset",
             20)
    assert one.wait_end(60) == 0
    assert all(tap(one.text).values())
