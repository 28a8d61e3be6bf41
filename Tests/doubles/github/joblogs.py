"""Job logs and the store that keeps them behind signed links, on a port of its own."""

from __future__ import annotations

import base64
import datetime
import hashlib
import secrets
import time
import urllib.parse

from serving.wire import Answer

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


def bytes_of(job):
    """The whole log of a job as the runner would have written it."""
    log = job.plan.get("log", {})
    if "base64" in log:
        return base64.b64decode(log["base64"])
    if "text" in log:
        return log["text"].encode()
    at = job.started
    if "generate_mb" in log:
        return generated(int(log["generate_mb"] * (1 << 20)), log.get("hostile", False), at)
    lines = log.get("lines")
    if lines is not None:
        return BOM + b"".join(stamped(at, line) for line in lines)
    return BOM + b"".join(part for _, part in step_parts(job))


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


def generated(size, hostile, at):
    """About `size` bytes in blocks of 2 MiB, each of which begins with a byte order mark."""
    out, number, block_end = bytearray(BOM), 0, BLOCK
    prefix = stamp(at)[:20].encode()
    while len(out) < size:
        line = prefix + b"%07dZ line %d of the build, which says what it does\n" % (number % 10_000_000, number)
        if hostile and number % 50 == 0:
            line = prefix + b"%07dZ " % (number % 10_000_000) + HOSTILE[number // 50 % len(HOSTILE)] + b"\n"
        out += line
        number += 1
        if len(out) >= block_end:
            out += BOM
            block_end += BLOCK
    return bytes(out)


class LogStore:
    """Signed links and what they lead to."""

    def __init__(self, world):
        self._world = world
        self._links = {}
        self._cache = {}

    def content(self, job):
        if job.id not in self._cache:
            self._cache[job.id] = bytes_of(job)
        return self._cache[job.id]

    def link(self, origin, job, expired=False, content_type="text/plain"):
        """A new link below `origin`, good for a minute unless the scenario says otherwise."""
        server = self._world.scenario.server
        name = hashlib.sha1(str(job.id).encode()).hexdigest()
        life = -1000 if expired else server.get("log_link_ms", 60000)
        signature = base64.b64encode(secrets.token_bytes(32)).decode()
        link = self._links[signature] = {"job": job, "until": time.monotonic() + life / 1000, "uses": 0}
        query = urllib.parse.urlencode({
            "rscd": 'attachment; filename="job-logs.txt"', "rsct": content_type, "se": stamp(time.time() + 60),
            "sig": signature, "ske": stamp(time.time() + 600), "sp": "r", "spr": "https,http", "sr": "b",
            "st": stamp(time.time() - 1), "sv": "2025-11-05"})
        link["query"] = query
        return "%s/actions-results/%s/workflow-job-run-%s/logs/job/job-logs.txt?%s" % (origin, name[:36], name, query)

    def answer(self, request, journal):
        """Answers a request at the store: (answer, note for the journal)."""
        for header in ("authorization", "cookie", "proxy-authorization"):
            if request.header(header) is not None:
                journal.fail("credential-at-log-store", "%s carried a %s header" % (request.path, header))
        query = dict(request.query)
        link = self._links.get(query.get("sig", ""))
        if link is None or link["query"] != request.raw_query:
            journal.refused("bad-signature", request.method, request.path, "no such signature")
            return azure(403, "AuthenticationFailed", "Signature did not match."), "bad-signature"
        if request.method != "GET":
            journal.refused("unknown-method", request.method, request.path, "the log store only answers GET")
            return azure(405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb."), "method"
        server = self._world.scenario.server
        link["uses"] += 1
        if time.monotonic() > link["until"] or (server.get("log_link_single_use") and link["uses"] > 1):
            return azure(403, "AuthenticationFailed", "Signature not valid in the specified time frame"), "expired"
        job = link["job"]
        job.blob_requests += 1
        if job.blob_requests <= job.plan.get("log", {}).get("blob_missing_times", 0):
            return azure(404, "BlobNotFound", "The specified blob does not exist."), "blob-missing"
        if "zip" in link:
            return Answer(200, link["zip"], content_type="application/zip"), "zip"
        return ranged(request, self.content(job), server.get("ranges", True)), "log"

    def zip_link(self, origin, job_like, data):
        url = self.link(origin, job_like, content_type="application/zip")
        signature = dict(urllib.parse.parse_qsl(url.partition("?")[2]))["sig"]
        self._links[signature]["zip"] = data
        return url


def ranged(request, content, supported):
    headers = [("ETag", '"0x8DD%s"' % hashlib.sha1(content[:64]).hexdigest()[:12].upper()),
               ("x-ms-blob-type", "AppendBlob"), ("x-ms-version", "2025-11-05")]
    wanted = request.header("range", "")
    if not supported or not wanted.startswith("bytes="):
        if supported:
            headers.append(("Accept-Ranges", "bytes"))
        return Answer(200, content, headers, content_type="text/plain; charset=utf-8")
    first, _, last = wanted[6:].partition("-")
    start = int(first) if first.isdigit() else 0
    if start >= len(content):
        return azure(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
    end = min(int(last), len(content) - 1) if last.isdigit() else len(content) - 1
    headers.append(("Content-Range", "bytes %d-%d/%d" % (start, end, len(content))))
    return Answer(206, content[start:end + 1], headers, content_type="text/plain; charset=utf-8")


def azure(status, code, message):
    body = '\ufeff<?xml version="1.0" encoding="utf-8"?>' \
        '<Error><Code>%s</Code><Message>%s\nRequestId:1</Message></Error>'
    return Answer(status, body % (code, message), [("x-ms-error-code", code)], content_type="application/xml")
