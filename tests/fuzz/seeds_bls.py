#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds_bls.py: writes the corpus of bls_fuzz (tests/fuzz/corpus/bls/): pairs of texts, with a NUL between them."""
import pathlib

ENTRY = (b"# as an installer writes it\ntitle Debian GNU/Linux 12\nversion 6.1.0-30\nmachine-id 6a9857a3\nsort-key debian\n"
         b"options root=/dev/vda2 ro\noptions quiet\nlinux /debian/6.1.0-30/linux\ninitrd /debian/6.1.0-30/initrd.img\n")
SEEDS = {
    "entries": ENTRY + b"\0" + ENTRY.replace(b"6.1.0-30", b"6.1.0-9"),
    "hidden": ENTRY + b"architecture aa64\r\ndevicetree /virt.dtb\r\n\0efi /shell.efi\ntitle \x1b[2J",
    "release": b"NAME=\"Debian GNU/Linux\"\nID=debian\nPRETTY_NAME='Debian 12'\nVERSION_ID=\"12\"\nEMPTY=\"\"\0ID=x",
    "unified": ENTRY.replace(b"linux ", b"uki ") + b"profile 1\n\0uki /a.efi\nefi /b.efi\nuki-url http://h/c.efi",
    "name": b"debian-6.1+2-1.conf\0debian-6.1.conf",
    "versions": b"123~rc1-1.fc33^post\x00123a-007_1",
    "pattern": b"*[a-z]-?*.efi\0[",
    "characters": b"title \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x80\0",
}


def main():
    folder = pathlib.Path(__file__).parent / "corpus" / "bls"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in SEEDS.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
