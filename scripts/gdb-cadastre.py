# SPDX-License-Identifier: BSD-2-Clause
"""Read by GDB (scripts/gdb): connects to the machine and loads the symbols of the image where it is.

The ELF file is linked at 0 and the image moves once: from flash, where start.S, boot/early.c and boot/relocate.c run, to the
top of RAM, where the rest does. Symbols are loaded for both. Commands of its own:

    cadastre-symbols    look for the image around the program counter, and load its symbols there
"""
import os
import gdb

ELF = os.environ["CADASTRE_ELF"]
PAGE = 4096
TEXT_MAX = 1 << 20  # how far below the program counter the text may begin
SAMPLE = 32  # bytes of text by which it is known


def link_address(name):
    return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))


class Image:
    """What the ELF file says, read before any symbols are moved."""

    def __init__(self):
        gdb.execute(f"file {ELF}", to_string=True)
        self.x86 = "x86-64" in gdb.execute("show architecture", to_string=True)
        self.start, self.text, self.main = map(link_address, ("image_start", "image_text", "boot_main"))
        self.size = link_address("image_file_end") - self.start
        self.sample = bytes(gdb.selected_inferior().read_memory(self.text, SAMPLE))
        self.loaded = []

    def load(self, offset, what):
        """Adds the symbols as they are when the image is `offset` above its link address."""
        offset &= (1 << 64) - 1
        if offset in self.loaded:
            return
        self.loaded.append(offset)
        gdb.execute(f"add-symbol-file {ELF} -o {offset:#x}", to_string=True)
        print(f"{what}: image_start at {(self.start + offset) & ((1 << 64) - 1):#x}, the ELF file's addresses {offset:+#x}")

    def forget_link_addresses(self):
        gdb.execute("symbol-file", to_string=True)

    def flash(self):
        """Offset of the image in flash: it begins at 0 on virt, and ends at 4 GiB on q35."""
        return ((1 << 32) - self.size if self.x86 else 0) - self.start

    def around(self, pc):
        """Offset of the image that holds the program counter, or None."""
        memory = gdb.selected_inferior()
        for text in range(pc & ~(PAGE - 1), max(0, pc - TEXT_MAX), -PAGE):
            try:
                if bytes(memory.read_memory(text, SAMPLE)) == self.sample:
                    return text - self.text
            except gdb.MemoryError:
                return None
        return None


def program_counter():
    return int(gdb.parse_and_eval("(unsigned long)$pc"))


class Symbols(gdb.Command):
    """Look for the firmware's image around the program counter, and load its symbols there."""

    def __init__(self):
        super().__init__("cadastre-symbols", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        offset = image.around(program_counter())
        if offset is None:
            print("The program counter is not in the image's text: is Linux running already?")
        else:
            image.load(offset, "here")


def to_boot_main():
    """Runs to the last step of relocation, arch_continue(boot_main, …), whose argument tells where everything is."""
    gdb.execute("thbreak arch_continue", to_string=True)
    gdb.execute("continue", to_string=True)
    main = int(gdb.parse_and_eval("(unsigned long)" + ("$rdi" if image.x86 else "$x0")))
    image.load(main - image.main, "relocated")
    gdb.execute(f"thbreak *{main:#x}", to_string=True)
    gdb.execute("continue", to_string=True)


gdb.execute(f"directory {os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}", to_string=True)
gdb.execute("set pagination off")
gdb.execute("set confirm off")
image = Image()
image.forget_link_addresses()
if image.x86:
    gdb.execute("set architecture i386:x86-64", to_string=True)
gdb.execute(f"target remote {os.environ['CADASTRE_TARGET']}", to_string=True)
image.load(image.flash(), "in flash")
Symbols()
if os.environ.get("CADASTRE_START"):
    to_boot_main()
else:
    gdb.execute("cadastre-symbols")
gdb.execute("frame")
