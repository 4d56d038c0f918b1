#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds_efi.py: writes the corpora of the fuzzers of device paths, load options, variables, HII and decompression, in tests/fuzz/corpus/."""
import pathlib
import struct

HERE = pathlib.Path(__file__).parent / "corpus"

TEXTS = {
    "disk": r"PciRoot(0x0)/Pci(0x1,0x0)/HD(1,GPT,D3987D4B-971A-435F-8CAF-4967EB627241,0x800,0x1000)/\EFI\BOOT\BOOTX64.EFI",
    "console": "VenHw(D3987D4B-971A-435F-8CAF-4967EB627241,0011)/Uart(115200,8,N,1)/VenUtf8(),Acpi(PNP0C0D,1)",
    "network": "MAC(525400123456,0x1)/IPv4(10.0.2.2,UDP,DHCP,10.0.2.15,0.0.0.0,255.255.255.0)/Uri(http://a/b)",
    "ipv6": "IPv6(FE80:0:0:0:0:0:0:1,TCP,Static,0:0:0:0:0:0:0:2,0x40,0:0:0:0:0:0:0:0)/AcpiAdr(1,2,3)",
    "numbers": "Path(1,200,0102)/Msg(19,AABB)/BBS(Harddrive,disk,0x1)/NVMe(0x1,00-00-00-00-00-00-00-01)",
}


def node(kind, subtype, data):
    return struct.pack("<BBH", kind, subtype, 4 + len(data)) + data


PATHS = {
    "pci": node(2, 1, struct.pack("<II", 0x0A0341D0, 0)) + node(1, 1, b"\0\x1f"),
    "file": node(4, 4, "\\EFI\\x.efi\0".encode("utf-16-le")),
    "instances": node(3, 0x0E, bytes(15)) + node(0x7F, 1, b"") + node(3, 0x18, b"http://x"),
    "odd": node(4, 1, bytes(38)) + node(4, 1, bytes(39)) + node(9, 9, b"abc"),
}

# What tests/fuzz/variable_fuzz.c reads: operation, name, attributes, size, data ...
VARIABLES = {
    "set": bytes([0, 1, 7, 4]) + b"data" + bytes([1, 1, 0, 9]) + bytes([0, 1, 7, 0]),
    "append": bytes([0, 2, 3, 2]) + b"ab" + bytes([0, 2, 0x43, 3]) + b"cde" + bytes([1, 2, 0, 2]),
    "enumerate": bytes([0, 1, 7, 1, 9, 0, 2, 7, 1, 9, 0, 3, 7, 1, 9, 2, 0, 2, 0, 2, 0, 2, 0]),
    "full": bytes([0, 1, 7, 255]) + bytes(255) + bytes([0, 2, 7, 255]) + bytes(255) + bytes([4, 0]),
}

# What tests/fuzz/variable_flash_fuzz.c reads: how many, (name, size) ..., (offset, byte) ...; or 255 and a bank.
BANKS = {
    "whole": bytes([4, 1, 20, 2, 200, 1, 30, 2, 0]),
    "damaged": bytes([3, 1, 20, 2, 200, 3, 30]) + struct.pack("<HBHBHB", 64, 1, 200, 8, 260, 255),
    "header": bytes([2, 1, 20, 2, 20]) + struct.pack("<HBHB", 8, 1, 40, 1),
    "edk2": bytes([255]) + bytes(40) + b"_FVH" + bytes(range(64)),
    "blank": bytes([255]) + b"\xff" * 64,
    "ours": bytes([255]) + b"CadVars\0" + struct.pack("<II", 1, 65536) + bytes(48) + b"CVaR" + bytes(60),
}

# What tests/fuzz/uefi_vars_answers_fuzz.c reads: how the device is spoken to; then what is added to its answers: 8 bytes of the
# status, 24 of sizes, attributes and the name's begin.
ANSWERS = {
    "memory": bytes([2]),
    "register": bytes([3]),
    "room": bytes([0]) + bytes(16) + bytes([1]),
    "status": bytes([2]) + bytes(8) + bytes(24) + bytes([1]),
    "size": bytes([2]) + bytes(32) + bytes(8) + bytes([0, 255]) + bytes(22) + bytes(8) + bytes([3]) + bytes(23),
    "huge": bytes([3]) + bytes(64) + bytes(8) + b"\xff" * 24,
}


def package(kind, data):
    return struct.pack("<I", 4 + len(data) | kind << 24) + data


def strings(language, blocks):
    head = 46 + len(language) + 1
    return package(4, struct.pack("<II", head, head) + bytes(32) + struct.pack("<H", 1) + language + b"\0" + blocks)


def ucs2(text):
    return text.encode("utf-16-le") + b"\0\0"


# What tests/fuzz/hii_fuzz.c reads: package lists, of all kinds of string blocks.
LISTS = {
    "plain": strings(b"en-US", b"\x14" + ucs2("English") + b"\x14" + ucs2("hello") + b"\0") + package(0xDF, b""),
    "blocks": strings(b"de;fr", b"\x10narrow\0\x11\1font\0\x12\2\0a\0b\0\x13\1\1\0c\0\x15\1" + ucs2("d") +
                      b"\x16\2\0" + ucs2("e") + ucs2("f") + b"\x17\1\1\0" + ucs2("g") + b"\x20\2\0\x22\3\x21\4\0" +
                      b"\x30\0\4x\x31\0\6\0xy\x32\0\x08\0\0\0zz\0"),
    "others": package(1, bytes(16) + b"guid") + package(2, b"form") + strings(b"en", b"\0") + package(0xDF, b""),
}

# What tests/fuzz/hii_config_fuzz.c reads: configuration strings.
HEADER = b"GUID=0102&NAME=0048&PATH=7fff0400"
CONFIGS = {
    "request": b"OFFSET=0&WIDTH=1&OFFSET=4&WIDTH=0004",
    "response": HEADER + b"&OFFSET=1&WIDTH=4&VALUE=1234&OFFSET=2f&WIDTH=1&VALUE=a",
    "beyond": b"&OFFSET=30&WIDTH=1&VALUE=1",
    "alternatives": HEADER + b"&A=1&" + HEADER + b"&ALTCFG=0001&A=2&B=3",
}

# What tests/fuzz/decompress_fuzz.c reads: a text of two words again and again, and one symbol alone.
PACKED = {
    "text": bytes.fromhex("140000004000000000093b8d85cda8bf504fc8dd22ab007c2257fb00"),
    "one": struct.pack("<II", 8, 5) + bytes([0, 5, 0, 0, 4, 0x10, 0, 0]),
}


def load_option(attributes, description, path, optional=b""):
    return struct.pack("<IH", attributes, len(path)) + ucs2(description) + path + optional


END = node(0x7F, 0xFF, b"")
# What tests/fuzz/load_option_fuzz.c reads.
LOAD_OPTIONS = {
    "file": load_option(1, "Linux", PATHS["file"] + END, ucs2("console=ttyS0")),
    "device": load_option(0x109, "", PATHS["pci"] + END),
    "two": load_option(0, "a name", PATHS["instances"] + END + PATHS["file"] + END, b"\1\2\3"),
}


def main():
    for folder, files in (("device_path", {**{k: b"\0" + t.encode() for k, t in TEXTS.items()},
                                           **{k: b"\1" + p for k, p in PATHS.items()}}),
                          ("hii", {k: bytes(20) + v for k, v in LISTS.items()}), ("decompress", PACKED),
                          ("load_option", LOAD_OPTIONS),
                          ("hii_config", CONFIGS), ("variable", VARIABLES), ("variable_flash", BANKS),
                          ("uefi_vars_answers", ANSWERS)):
        (HERE / folder).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (HERE / folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
