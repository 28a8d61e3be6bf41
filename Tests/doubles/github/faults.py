"""GitHub's own faults: its limits, its single sign-on, and what its log store says."""

from __future__ import annotations

import json
import time

from joblogs import azure
from serving import faults
from serving.wire import Answer

KEYS = faults.KEYS | {"reset_in_s", "url"}
KINDS = faults.KINDS | {"rate_limit", "secondary_limit", "sso", "expired_link", "blob_missing"}


class Fault(faults.Fault):
    page = "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body>No server is currently " \
        "available to service your request.</body></html>"

    def answer(self, api, token):
        kind, entry, extra = self.kind, self.entry, self.extra
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
        if kind == "blob_missing":
            return azure(404, "BlobNotFound", "The specified blob does not exist.")
        return super().answer(api, token)

    def _block(self, token, seconds):
        if token:
            token.blocked_until = time.monotonic() + max(0, seconds - 0.1)

    def _limited(self, status, message, anchor, headers):
        body = json.dumps({"message": message, "documentation_url":
                           "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api" + anchor})
        return Answer(status, body, headers, content_type="application/json; charset=utf-8")
