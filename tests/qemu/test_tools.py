# SPDX-License-Identifier: BSD-2-Clause
"""The scripts that read a console log."""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest

import machine as qemu

SVG = "{http://www.w3.org/2000/svg}"


def line(base, end, owner, tag="", rights="RW-", kind="boot data", life="session", flags=0):
    return (f'{{"base":"{base:#x}","end":"{end:#x}","size":"{end - base:#x}","owner":"{owner}","life":"{life}",'
            f'"rights":"{rights}","type":"{kind}","flags":{flags},"tag":"{tag}","since":1}}\n')


SAMPLE = "".join([
    "something else on the console\n",
    line(0x1000, 0x2000, "free", life="-", kind="conventional"),  # an older map
    line(0x0, 0x4000000, "hardware", "flash", "R-X", "reserved", "forever"),
    line(0x9000000, 0x9001000, "hardware", "uart & <co>", "RW-d", "mmio", "forever"),
    line(0x40000000, 0x40010000, "hardware", "devicetree", "RW-", "acpi tables"),
    line(0x40010000, 0x5ff00000, "free", "", "---", "conventional", "-"),
    line(0x5ff00000, 0x5ff80000, "lmb", "kernel", "RW-", "loader data", "attempt"),
    line(0x5ff80000, 0x5fff0000, "firmware", "heap"),
    line(0x5fff0000, 0x60000000, "firmware", "text", "R-X", "boot code"),
])


def draw(text):
    return subprocess.run([qemu.TOP / "scripts" / "memmap-svg", "--title", "A & B"], input=text, capture_output=True,
                          text=True)


def test_svg():
    done = draw(SAMPLE)
    assert done.returncode == 0, done.stderr
    root = xml.etree.ElementTree.fromstring(done.stdout)
    words = [text.text for text in root.iter(SVG + "text")]
    for expected in ("A & B", "flash", "uart & <co>", "devicetree", "free", "kernel", "heap", "text", "64 MiB", "448 KiB",
                     "60000000", "RAM top", "40000000", "RAM start", "Cadastre", "512 KiB"):
        assert expected in words, expected
    assert "1000" not in words  # nothing of the older map
    # In the column high addresses are on top, and no two rows overlap.
    rows = [(float(r.get("y")), float(r.get("height"))) for r in root.iter(SVG + "rect") if r.get("width") == "240.0"]
    assert len(rows) == 7
    rows.sort()
    for (y, height), (below, _) in zip(rows, rows[1:]):
        assert y + height <= below + 0.1
    place = {text.text: float(text.get("y")) for text in root.iter(SVG + "text")}
    assert place["text"] < place["heap"] < place["kernel"] < place["free"] < place["devicetree"] < place["flash"]


def test_svg_without_a_map():
    done = draw("nothing here\n")
    assert done.returncode == 1 and "opt/cadastre/log=json" in done.stderr
    done = draw('{"base":"0x0","end":\n')
    assert done.returncode == 1 and "no line of a map" in done.stderr


def test_backtrace():
    """Addresses of an ELF file's functions become their names and lines."""
    elf = qemu.BUILD / "qemu-x86_64" / "cadastre.elf"
    symbols = subprocess.run(["nm", elf], capture_output=True, text=True, check=True).stdout
    address = int(re.search(r"^([0-9a-f]+) T boot_main$", symbols, re.M)[1], 16)
    log = f"before\n  0x1fff0000 cadastre.elf+{address:#x}\n  0x1fff0000 cadastre.elf+{address + 5:#x}\nafter\n"
    out = subprocess.run([qemu.TOP / "scripts" / "backtrace", elf], input=log, capture_output=True, text=True,
                         check=True).stdout
    assert out.startswith("before\n") and out.endswith("after\n")
    assert len(re.findall(r"^ +boot_main  boot/main\.c:\d+$", out, re.M)) == 2


@pytest.mark.skipif(not shutil.which("gdb-multiarch"), reason="no gdb-multiarch here")
@pytest.mark.parametrize("board", ["qemu-aarch64", "qemu-x86_64"])
def test_gdb(board):
    """One command leads to the relocated image, with symbols; breakpoints there work."""
    done = subprocess.run([qemu.TOP / "scripts" / "gdb", board, "-batch", "-ex", "break bootmgr_run", "-ex", "continue",
                           "-ex", "backtrace"], env=dict(os.environ, O=str(qemu.BUILD)), capture_output=True, text=True,
                          timeout=60, cwd=qemu.TOP)
    assert re.search(r"boot_main .* at boot/main\.c:\d+", done.stdout), done.stdout
    assert re.search(r"^#0 +(0x[0-9a-f]+ in )?bootmgr_run \(", done.stdout, re.M), done.stdout + done.stderr
