"""Faults that a scenario asks for: which request they hit and what happens instead of, or to, the answer."""

from __future__ import annotations

import fnmatch
import threading

from .scenario import ScenarioError, check
from .wire import Answer

KEYS = {"name", "method", "path", "host", "nth", "count", "kind", "status", "retry_after", "after_bytes", "stall_ms",
        "body", "headers", "optional"}
KINDS = {"status", "reset", "cut", "malformed_json", "html_200", "empty", "stall", "gone"}
PROXY_PAGE = "<!DOCTYPE html><html><head><title>Blocked</title></head><body>" \
    "<h1>Sign in to the network</h1></body></html>"
BROKEN_PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>No server is currently " \
    "available to service your request.</body></html>"


def check_fault(fault, where, keys=KEYS, kinds=KINDS):
    check(fault, keys, where)
    if fault.get("kind", "status") not in kinds:
        raise ScenarioError("%s: unknown kind '%s'" % (where, fault["kind"]))


class Fault:
    """One fault; a product's own kinds are answered by its subclass.

    `reset`, `gone` and `stall` are the server's business, `cut` shortens the real answer.
    """

    page = BROKEN_PAGE

    def __init__(self, entry, number):
        self.entry = entry
        self.kind = entry.get("kind", "status")
        self.name = entry.get("name", "faults[%d] %s" % (number, self.kind))
        self.optional = entry.get("optional", False)
        self.seen = 0
        self.fired = 0
        self._lock = threading.Lock()

    def hits(self, method, host, path):
        """Counts a request that fits and tells whether it is one of those to hit (`nth` from one, `count` of them)."""
        entry = self.entry
        if not fnmatch.fnmatchcase(method, entry.get("method", "*")):
            return False
        if not fnmatch.fnmatchcase(path, entry.get("path", "*")):
            return False
        if not fnmatch.fnmatchcase(host, entry.get("host", "*")):
            return False
        with self._lock:
            self.seen += 1
            first = entry.get("nth", 1)
            if not first <= self.seen < first + entry.get("count", 1):
                return False
            self.fired += 1
            return True

    @property
    def extra(self):
        return list(self.entry.get("headers", {}).items())

    def answer(self, api, token):
        """The answer that stands in for the real one; None where the kind works on the connection instead."""
        kind, entry, extra = self.kind, self.entry, self.extra
        if kind == "status":
            status = entry.get("status", 502)
            headers = extra + ([("Retry-After", str(entry["retry_after"]))] if "retry_after" in entry else [])
            return Answer(status, entry.get("body", self.page), headers,
                          content_type=None if "headers" in entry else "text/html")
        if kind == "malformed_json":
            return Answer(200, entry.get("body", '{"total_count": 1, "jobs": [{"id": 4'), extra,
                          content_type="application/json; charset=utf-8")
        if kind == "html_200":
            return Answer(200, entry.get("body", PROXY_PAGE), extra, content_type="text/html")
        if kind == "empty":
            return Answer(200, b"", extra, content_type="application/json; charset=utf-8")
        return None
