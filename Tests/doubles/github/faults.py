"""Faults that a scenario asks for: which request they hit and what happens instead of, or to, the answer."""

from __future__ import annotations

import fnmatch
import json
import threading
import time

from joblogs import azure
from wire import Answer

PROXY_PAGE = "<!DOCTYPE html><html><head><title>Blocked</title></head><body>" \
    "<h1>Sign in to the network</h1></body></html>"
UNICORN = "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body>No server is currently " \
    "available to service your request.</body></html>"


class Fault:
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

    def answer(self, api, token):
        """The answer that stands in for the real one; None where the kind works on the connection instead."""
        kind, entry = self.kind, self.entry
        extra = list(entry.get("headers", {}).items())
        if kind == "status":
            status = entry.get("status", 502)
            body = entry.get("body", UNICORN)
            headers = extra + ([("Retry-After", str(entry["retry_after"]))] if "retry_after" in entry else [])
            return Answer(status, body, headers, content_type=None if "headers" in entry else "text/html")
        if kind == "rate_limit":
            reset = int(time.time()) + entry.get("reset_in_s", 1)
            self._block(token, reset - time.time())
            return self._limited(entry.get("status", 403), "API rate limit exceeded for user ID 583231.",
                                 "#rate-limiting", extra + api.rate_headers(token, spent=True, reset=reset))
        if kind == "secondary_limit":
            headers = extra + api.rate_headers(token)
            if "retry_after" in entry:
                headers.append(("Retry-After", str(entry["retry_after"])))
                self._block(token, entry["retry_after"])
            return self._limited(entry.get("status", 403), "You have exceeded a secondary rate limit. Please wait a "
                                 "few minutes before you try again.", "#about-secondary-rate-limits", headers)
        if kind == "sso":
            return self._limited(403, "Resource protected by organization SAML enforcement. You must grant your OAuth "
                                 "token access to this organization.", "", extra + [
                                     ("X-GitHub-SSO", "required; url=" + entry.get(
                                         "url", "https://github.com/orgs/acme/sso?authorization_request=A1"))])
        if kind == "malformed_json":
            return Answer(200, entry.get("body", '{"total_count": 1, "jobs": [{"id": 4'), extra,
                          content_type="application/json; charset=utf-8")
        if kind == "html_200":
            return Answer(200, entry.get("body", PROXY_PAGE), extra, content_type="text/html")
        if kind == "empty":
            return Answer(200, b"", extra, content_type="application/json; charset=utf-8")
        if kind == "blob_missing":
            return azure(404, "BlobNotFound", "The specified blob does not exist.")
        return None

    def _block(self, token, seconds):
        if token:
            token.blocked_until = time.monotonic() + max(0, seconds - 0.1)

    def _limited(self, status, message, anchor, headers):
        body = json.dumps({"message": message, "documentation_url":
                           "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api" + anchor})
        return Answer(status, body, headers, content_type="application/json; charset=utf-8")
