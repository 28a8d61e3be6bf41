"""git's proc-receive hook (githooks(5)): refuses single refs in the server's own words and lets all others through."""

from __future__ import annotations

import os
import subprocess
import sys


def read_packet():
    size = int(sys.stdin.buffer.read(4), 16)
    return sys.stdin.buffer.read(size - 4) if size else None


def write_packet(text):
    data = text.encode() + b"\n"
    sys.stdout.buffer.write(b"%04x" % (len(data) + 4) + data)


def flush_packet():
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


def packets():
    while True:
        packet = read_packet()
        if packet is None:
            return
        yield packet


def git_lines(*arguments):
    done = subprocess.run(["git"] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode(errors="replace").splitlines() if done.returncode == 0 else []


def workflow_change(old, new):
    """The first workflow file that differs from the old tip or, for a new ref, from the default branch."""
    if not new.strip("0"):
        return None
    base = old
    if not old.strip("0"):
        head = git_lines("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        base = head[0] if head else git_lines("hash-object", "-t", "tree", "/dev/null")[0]
    names = git_lines("diff", "--name-only", "--diff-filter=AM", base, new, "--", ".github/workflows")
    return names[0] if names else None


def main():
    hello = next(packets()).split(b"\0")
    push_options = len(hello) > 1 and b"push-options" in hello[1]
    for _ in packets():
        pass
    write_packet("version=1\0push-options" if push_options else "version=1")
    flush_packet()
    commands = [packet.decode().rstrip("\n").split(" ", 2) for packet in packets()]
    if push_options:
        for _ in packets():
            pass
    who = os.environ.get("HEPHY_DOUBLE_REFUSE_WORKFLOWS")
    refused = {}
    for name, value in os.environ.items():
        if name.startswith("HEPHY_DOUBLE_REFUSE_") and name != "HEPHY_DOUBLE_REFUSE_WORKFLOWS":
            ref, _, reason = value.partition(" ")
            refused[ref] = reason
    for old, new, ref in commands:
        changed = workflow_change(old, new) if who else None
        if ref in refused:
            write_packet("ng %s %s" % (ref, refused[ref]))
        elif changed:
            right = "`workflows` permission" if who == "a GitHub App" else "`workflow` scope"
            write_packet("ng %s refusing to allow %s to create or update workflow `%s` without %s"
                         % (ref, who, changed, right))
        else:
            write_packet("ok %s" % ref)
            write_packet("option fall-through")
    flush_packet()


main()
