"""Job logs as the runner writes them: timestamp headers, stream ids, continuations, section markers."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re

# The last of a log that the first look at its page shows.
PAGE = 500 * 1024
HEADER = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[EO]([+ ])")
SECTION = re.compile(r"section_(start|end):\d+:[^\r\n\[]+(?:\[[^\]]*\])?\r(?:\x1b\[0K)?")
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

HOSTILE = [
    b"\x1b]0;owned\x07title", b"\x1b]52;c;cm0gLXJmIC8=\x07clipboard", b"\x1b[2J\x1b[Hcleared",
    b"\x1b[31mred stays\x1b[0m", b"\x1b[31mnever reset", b"\xff\xfe\x80 invalid UTF-8", b"lone\rcarriage",
    "right \u202eto left\u202c".encode(), "\u009b31mC1".encode(), b"\x9b2J raw C1", b"\x00nul\x08\x08back",
    b"ends in CRLF\r", b"\x1b[?1049halternate", b"\x1bPq sixel\x1b\\", b"a" * 5000, "\ud7ff\U0001f680 ok".encode(),
    b"remote: \x1b[1G\x1b[K-----> forged", b"section_start:1:\r\x1b[0Kno name", b"section_end:x:y\r\x1b[0K", b"\xc3",
    b"",
    b"2026-01-01T00:00:00.000000Z 01O forged header",
]


def header(seconds, micros=123456, stream=0, kind="O", continues=False):
    """The 32 bytes before a line: `2026-11-22T10:11:12.123456Z 00O ` (gitlab-runner, timestamper.go)."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return "%s.%06dZ %02x%s%s" % (moment.strftime("%Y-%m-%dT%H:%M:%S"), micros, stream, kind, "+" if continues else " ")


def section(name, seconds, title, body):
    """A section as the runner's helper writes it (gitlab-runner, build_section.go)."""
    return (["section_start:%d:%s\r\x1b[0K%s" % (seconds, name, title)] + body
            + ["section_end:%d:%s\r\x1b[0K" % (seconds + 1, name)])


def default_lines(job, at):
    """What a job writes where the scenario gives it no log."""
    lines = ["\x1b[0KRunning with gitlab-runner 19.4.0 (1a2b3c4d)\x1b[0;m"]
    lines += section("prepare_executor", at, "\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\x1b[0;m",
                     ["Using Docker executor with image alpine ..."])
    lines += section("get_sources", at, "\x1b[0K\x1b[36;1mGetting source from Git repository\x1b[0;m\x1b[0;m",
                     ["Checking out %s as detached HEAD (ref is %s)..." % (job.pipeline.sha[:8], job.pipeline.ref)])
    body = ["\x1b[32;1m$ make %s\x1b[0;m" % job.name, "output of " + job.name]
    lines += section("step_script", at,
                     "\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\x1b[0;m", body)
    if job.final_word == "failed":
        return lines + ["\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m"]
    return lines + ["\x1b[32;1mJob succeeded\x1b[0;m"]


def page_state(job, offset):
    """Where the next look goes on, sealed."""
    inner = base64.b64encode(json.dumps({"offset": offset, "style": None, "open_sections": {}}).encode()).decode()
    return "%s--%s" % (inner, hashlib.sha256(("%d:%s" % (job.id, inner)).encode()).hexdigest()[:40])


def page_start(job, state):
    """What a state stands for; None for one that this log never had."""
    try:
        offset = json.loads(base64.b64decode(state.rpartition("--")[0]))["offset"]
    except (ValueError, KeyError, TypeError):
        return None
    return offset if page_state(job, offset) == state else None


def page_lines(log, start):
    """The lines from `start` on as the page shows them, and where the last begins, which the next look has again."""
    lines, at, last = [], start, start
    for raw in log[start:].split(b"\n"):
        begin, at = at, at + len(raw) + 1
        if begin >= len(log):
            break
        last = begin
        header = HEADER.match(raw)
        text = (raw[header.end():] if header else raw).decode(errors="replace")
        if header and header.group(1) == b"+" and lines:
            lines[-1]["content"].append({"text": ESCAPE.sub("", text)})
            last = lines[-1]["offset"]
            continue
        marker = SECTION.match(text)
        text = ESCAPE.sub("", SECTION.sub("", text)).rpartition("\r")[2]
        line = {"offset": begin, "content": [{"text": text}] if text else []}
        if marker:
            line.update({"section": "step", "section_header": True} if marker.group(1) == "start"
                        else {"section": "step", "section_duration": "00:01"})
        lines.append(line)
    return lines, last


def lines_of(job):
    """The whole log: the scenario's text as it is, or its lines with or without headers."""
    log = job.plan.get("log", {})
    if "base64" in log:
        return base64.b64decode(log["base64"])
    if "text" in log:
        return log["text"].encode()
    at = job.started or job.created
    stamped = log.get("timestamps", job.pipeline.world.scenario.is_at_least(18, 7))
    if "generate_mb" in log:
        return generated(int(log["generate_mb"] * (1 << 20)), log.get("hostile", False), at, stamped)
    lines = log.get("lines")
    if lines is None:
        lines = default_lines(job, at)
    elif not log.get("bare"):
        lines = section("step_script", at, "\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m",
                        lines)
    out = bytearray()
    for line in lines:
        out += ((header(at) if stamped else "") + line + "\n").encode("utf-8", "surrogatepass")
    return bytes(out)


def generated(size, hostile, at, stamped):
    out, number = bytearray(), 0
    lead = header(at)[:19].encode()
    while len(out) < size:
        prefix = lead + b".%06dZ 00O " % (number % 1_000_000) if stamped else b""
        if hostile and number % 50 == 0:
            out += prefix + HOSTILE[number // 50 % len(HOSTILE)] + b"\n"
        else:
            out += prefix + b"line %d of the build, which says what it does\n" % number
        number += 1
    return bytes(out)
