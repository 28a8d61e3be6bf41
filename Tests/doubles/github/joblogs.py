"""Job logs and the store that keeps them behind signed links, on a port of its own."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import urllib.parse

from serving.logtext import bytes_of, stamp
from serving.wire import Answer


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
