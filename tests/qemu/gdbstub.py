# SPDX-License-Identifier: BSD-2-Clause
"""Reads and writes the memory of a stopped machine, by the protocol of GDB."""

import socket
import time

PIECE = 1024  # bytes a packet


class GdbStub:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        for _ in range(100):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.file = self.socket.makefile("rb")

    def ask(self, text):
        """Sends a packet: the answer's text."""
        self.socket.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())
        answer = b""
        while True:
            byte = self.file.read(1)
            if not byte:
                raise ConnectionError("QEMU is gone")
            if byte == b"#":
                self.file.read(2)
                self.socket.sendall(b"+")
                return answer.decode()
            answer = b"" if byte in b"+$" else answer + byte

    def read(self, address, size):
        out = b""
        while len(out) < size:
            out += bytes.fromhex(self.ask(f"m{address + len(out):x},{min(PIECE, size - len(out)):x}"))
        return out

    def write(self, address, data):
        for at in range(0, len(data), PIECE):
            piece = data[at:at + PIECE]
            answer = self.ask(f"M{address + at:x},{len(piece):x}:{piece.hex()}")
            assert answer == "OK", f"QEMU does not write to {address + at:#x}: {answer}"

    def go(self):
        """Leaves, and lets the machine run."""
        try:
            self.ask("D")
        except ConnectionError:
            pass  # the machine has ended in the meantime
        self.file.close()
        self.socket.close()
