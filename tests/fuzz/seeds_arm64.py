#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seed corpora of dram_fdt_fuzz and linux_arm64_fuzz: the devicetrees that QEMU makes for some machines
(needs qemu-system-aarch64), some that dtc makes of source text, small Images with the headers of Debian's, and DEFLATE streams."""
import gzip
import struct
import subprocess
import tempfile
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"


def write(folder, seeds):
    (CORPUS / folder).mkdir(parents=True, exist_ok=True)
    for name, data in seeds.items():
        (CORPUS / folder / name).write_bytes(data)


def shrunk(blob):
    """QEMU's blobs are padded to 1 MiB: only what is used, and a little room."""
    structure, strings = struct.unpack_from(">II", blob, 8)
    strings_size, structure_size = struct.unpack_from(">II", blob, 32)
    size = (max(strings + strings_size, structure + structure_size) + 256) & ~7
    return blob[:4] + struct.pack(">I", size) + blob[8:size]


def virt(machine, *flags):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dtb"
        subprocess.run(["qemu-system-aarch64", "-M", f"{machine},dumpdtb={path}", "-cpu", "cortex-a57", "-nodefaults",
                        "-display", "none", *flags], check=True, capture_output=True)
        return shrunk(path.read_bytes())


def tree(text):
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-p", "512"], input=("/dts-v1/;\n" + text).encode(),
                          check=True, capture_output=True).stdout


RESERVED = tree("""
/memreserve/ 0x40100000 0x1000;
/ {
    #address-cells = <2>; #size-cells = <2>;
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x10000000>, <1 0 0 0x10000000>; };
    reserved-memory {
        #address-cells = <2>; #size-cells = <2>; ranges;
        a@42000000 { reg = <0 0x42000000 0 0x100000>; no-map; };
        b@43000000 { reg = <0 0x43000000 0 0x100000>; reusable; };
        c { size = <0 0x400000>; alignment = <0 0x400000>; alloc-ranges = <0 0x40000000 0 0x4000000>; };
    };
    chosen { bootargs = "old"; linux,initrd-start = <0 1>; stdout-path = "serial0:115200n8"; };
    aliases { serial0 = "/bus/pl011@1000"; };
    bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x09000000 0x100000>;
          pl011@1000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x1000 0x1000>; }; };
};""")
SMALL = tree("""/ { #address-cells = <1>; #size-cells = <1>;
    memory { device_type = "memory"; reg = <0x40000000 0x1000000>; }; };""")


def image(text_offset=0, image_size=0x5000, flags=0xa, size=0x1000, raw=0x1000, pe=64):
    data = bytearray(size)
    struct.pack_into("<IIQQQ", data, 0, 0xfa405a4d, 0x14000000, text_offset, image_size, flags)
    struct.pack_into("<II", data, 56, 0x644d5241, pe)
    if pe:
        struct.pack_into("<4sHH", data, pe, b"PE\0\0", 0xaa64, 2)
        struct.pack_into("<H", data, pe + 20, 160)
        struct.pack_into("<II", data, pe + 24 + 160 + 16, raw - 0x200, 0x200)
    return bytes(data)


IMAGES = {
    "image": image(), "low": image(text_offset=0x80000, flags=2), "cut": image(raw=0x2000), "no-pe": image(pe=0),
    "big-endian": image(flags=0xb), "lie": image(image_size=0x800), "huge": image(image_size=1 << 40),
}
if __name__ == "__main__":
    write("dram_fdt", {
        "virt": virt("virt"), "virt-smp8": virt("virt,gic-version=3,virtualization=on", "-smp", "8"),
        "virt-secure": virt("virt,secure=on"),
        "virt-numa": virt("virt", "-m", "512M", "-smp", "2", "-object", "memory-backend-ram,id=a,size=256M", "-object",
                          "memory-backend-ram,id=b,size=256M", "-numa", "node,nodeid=0,cpus=0,memdev=a", "-numa",
                          "node,nodeid=1,cpus=1,memdev=b"),
        "reserved": RESERVED, "small": SMALL})
    write("linux_arm64", {**IMAGES, **{f"{n}.gz": gzip.compress(d, 9, mtime=0) for n, d in IMAGES.items()}})
