"""Runs a command in a terminal as a shell does and types into it.

usage: python3 pty.py --screen FILE --keys FILE [--columns N] [--rows N] -- COMMAND...

Keys are a JSON list of {"after": TEXT, "send": KEYS}; with "hangUp": true the terminal is closed instead. The screen's bytes go to a file; {"status", "unsent"} to standard
output. The session's leader outlives the command, as a shell does, so that what the command leaves behind (a helper
that git started) keeps its terminal until it ends by itself.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios

sys.dont_write_bytecode = True


def lead(slave, command, report, done):
    """The session's leader: starts the command in the foreground, reports how it ended, and waits to be let go."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        for number in range(3):
            os.dup2(slave, number)
        os.closerange(3, 256)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, ("pty: %s\n" % error).encode())
            os._exit(127)
    os.close(slave)
    for number in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    _, status = os.waitpid(child, 0)
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.tcsetpgrp(terminal, os.getpgrp())
        os.close(terminal)
    except OSError:
        pass
    os.write(report, b"%d\n" % code)
    os.read(done, 1)
    os._exit(0)


def read(master):
    try:
        return os.read(master, 65536)
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise


def follow(master, keys, screen):
    """Reads the terminal until nobody has it open; gives the number of keys that were never due."""
    seen = b""
    while True:
        select.select([master], [], [])
        data = read(master)
        if not data:
            return len(keys)
        screen.write(data)
        screen.flush()
        if not keys:
            continue
        seen += data
        while keys and keys[0]["after"].encode() in seen:
            after = keys[0]["after"].encode()
            seen = seen[seen.index(after) + len(after):]
            key = keys.pop(0)
            if key.get("hangUp"):
                os.close(master)
                return len(keys)
            os.write(master, key["send"].encode())


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--screen", required=True)
    arguments.add_argument("--keys", required=True)
    arguments.add_argument("--columns", type=int, default=100)
    arguments.add_argument("--rows", type=int, default=30)
    arguments.add_argument("command", nargs="+")
    options = arguments.parse_args()
    with open(options.keys, encoding="utf-8") as file:
        keys = json.load(file)
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", options.rows, options.columns, 0, 0))
    report_out, report_in = os.pipe()
    done_out, done_in = os.pipe()
    leader = os.fork()
    if leader == 0:
        os.close(master)
        os.close(report_out)
        os.close(done_in)
        lead(slave, options.command, report_in, done_out)
    os.close(slave)
    os.close(report_in)
    os.close(done_out)
    with open(options.screen, "wb") as screen:
        unsent = follow(master, keys, screen)
    status = int(os.read(report_out, 16) or b"255")
    os.close(done_in)
    os.waitpid(leader, 0)
    print(json.dumps({"status": status, "unsent": unsent}))


main()
