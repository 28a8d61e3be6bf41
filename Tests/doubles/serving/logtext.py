"""What jobs write: given lines, or generated ones, harmless or hostile, each with the runner's stamp."""

from __future__ import annotations

import base64
import datetime

BLOCK = 2 << 20
BOM = b"\xef\xbb\xbf"
HOSTILE = [
    b"\x1b]0;owned\x07title", b"\x1b]52;c;cm0gLXJmIC8=\x07clipboard",
    b"\x1b]8;;http://evil.example/\x1b\\link\x1b]8;;\x1b\\",
    b"\x1b[2J\x1b[Hcleared", b"\x1b[31mred stays\x1b[0m", b"\x1b[31mnever reset", b"\xff\xfe\x80 invalid UTF-8",
    b"lone\rcarriage", "right \u202eto left\u202c".encode(), "\u009b31mC1".encode(), b"\x9b2J raw C1",
    b"\x00nul\x08\x08back", b"ends in CRLF\r", b"##[error]src/main.go:3: boom", b"##[group]Run something",
    b"##[endgroup]", b"\x1b[?1049halternate", b"\x1bPq sixel\x1b\\", b"a" * 5000, "\ud7ff\U0001f680 ok".encode(),
    b"remote: \x1b[1G\x1b[K-----> forged", b"\xc3", b"",
]


def stamp(seconds, fraction=1234567):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + ".%07dZ" % fraction


def bytes_of(job, mark=BOM):
    """The whole log of a job as the runner would have written it; `mark` is what its blocks begin with."""
    log = job.plan.get("log", {})
    if "base64" in log:
        return base64.b64decode(log["base64"])
    if "text" in log:
        return log["text"].encode()
    at = job.started
    if "generate_mb" in log:
        return generated(int(log["generate_mb"] * (1 << 20)), log.get("hostile", False), at, mark)
    lines = log.get("lines")
    if lines is not None:
        return mark + b"".join(stamped(at, line) for line in lines)
    return mark + b"".join(part for _, part in step_parts(job))


def stamped(at, line):
    return (stamp(at) + " " + line + "\n").encode("utf-8", "surrogatepass")


def beginning(name):
    """What a step's log begins with, whatever the step is called."""
    if name == "Set up job":
        return ["Current runner version: '2.336.0'"]
    if name.startswith("Post "):
        return ["Post job cleanup."]
    if name == "Complete job":
        return ["Cleaning up orphan processes"]
    return ["##[group]Run " + (name[4:] if name.startswith("Run ") else name), "##[endgroup]"]


def step_parts(job):
    """What each step that ran writes where the scenario gives the job no log: pairs of step and bytes."""
    parts = []
    for step in job.steps:
        if step["conclusion"] == "skipped":
            continue
        lines = beginning(step["name"]) + ["output of " + step["name"]]
        if step["conclusion"] == "failure":
            lines.append("##[error]Process completed with exit code 1.")
        at = step["started_at"] or job.started
        parts.append((step, b"".join(stamped(at, line) for line in lines)))
    return parts


def parts_of(job, content):
    """A whole log by steps, as the archive of a run has it; a scenario's own log all belongs to the second step."""
    if not job.plan.get("log", {}).keys() & {"lines", "text", "base64", "generate_mb"}:
        return step_parts(job)
    return [(job.steps[min(1, len(job.steps) - 1)], content.replace(BOM, b""))]


def generated(size, hostile, at, mark=BOM):
    """About `size` bytes in blocks of 2 MiB, each of which begins with a mark."""
    out, number, block_end = bytearray(mark), 0, BLOCK
    prefix = stamp(at)[:20].encode()
    while len(out) < size:
        line = prefix + b"%07dZ line %d of the build, which says what it does\n" % (number % 10_000_000, number)
        if hostile and number % 50 == 0:
            line = prefix + b"%07dZ " % (number % 10_000_000) + HOSTILE[number // 50 % len(HOSTILE)] + b"\n"
        out += line
        number += 1
        if len(out) >= block_end:
            out += mark
            block_end += BLOCK
    return bytes(out)
