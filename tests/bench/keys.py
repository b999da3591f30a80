#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How soon the terminal UI answers.

usage: keys.py COMMAND...

Runs the command in a terminal of 120 x 40, and prints a name and milliseconds a line: until the
first rows are there, until all is read, and for each key until the screen that it leads to is
drawn.
"""

import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl

QUIET = 0.25  # seconds without output: the screen is drawn
KEYS = [
    ("down", b"j"), ("page down", b"\x1b[6~"), ("sort by total", b"2"), ("sort by self", b"1"),
    ("callers", b"\x1bOR"), ("call tree", b"\x1bOS"), ("hottest path", b"H"),
    ("flame graph", b"\x1b[15~"), ("source", b"a"), ("threads", b"\x1b[18~"),
    ("timeline", b"\x1b[19~"), ("JIT", b"\x1b[20~"), ("functions", b"\x1bOQ"),
    ("hide the kernel", b"K"), ("show the kernel", b"K"), ("only a module", b"m"),
    ("all modules", b"x"), ("help", b"?"), ("end of help", b"q"),
]


def read_until_quiet(terminal, begin, quiet, is_enough=lambda text: False):
    """The seconds from `begin` to the last output, and the output."""
    last, text = begin, b""
    while select.select([terminal], [], [], quiet)[0]:
        try:
            text += os.read(terminal, 1 << 16)
        except OSError:
            break
        last = time.monotonic()
        if is_enough(text):
            break
    return last - begin, text


def report(name, seconds):
    print(f"{name}\t{seconds * 1000:.1f}", flush=True)


def main():
    begin = time.monotonic()
    child, terminal = pty.fork()
    if not child:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execvp(sys.argv[1], sys.argv[1:])
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.kill(child, signal.SIGWINCH)
    report("first rows", read_until_quiet(terminal, begin, 30, lambda text: b"%" in text)[0])
    report("all is read",
           read_until_quiet(terminal, begin, 60, lambda text: b"complete" in text)[0])
    read_until_quiet(terminal, begin, 1)
    for name, key in KEYS:
        pressed = time.monotonic()
        os.write(terminal, key)
        report(name, read_until_quiet(terminal, pressed, QUIET)[0])
    os.write(terminal, b"q")
    read_until_quiet(terminal, begin, 1)
    os.kill(child, signal.SIGKILL)


main()
