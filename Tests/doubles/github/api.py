"""GitHub's REST API, as strict as GitHub or stricter: whatever a good client would not send is refused by name."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import json
import re
import secrets
import time

import actions
from answers import DOCUMENTATION, Found, Refusal
from shapes import Shapes
from serving.wire import Answer

VERSIONS = ["2022-11-28", "2026-03-10"]


class Call:
    """One request, checked and resolved, as handlers see it."""

    def __init__(self, request, host, world, logs, version, token):
        self.request = request
        self.host = host
        self.world = world
        self.logs = logs
        self.version = version
        self.token = token
        self.query = dict(request.query)
        self.shapes = Shapes(host.api, host.site, world, version)
        self.parameters = {}
        self.repository = None

    @property
    def old_server(self):
        return is_old(self.host, self.world.scenario)

    def may(self, area, level):
        """Refuses unless the token may read or write that area of the repository."""
        repository, token = self.repository, self.token
        if token is None:
            if repository.private:
                raise Refusal(404, "Not Found", "repository-hidden")
            if level == "write":
                raise Refusal(401, "Requires authentication", "requires-authentication")
            return
        if not token.covers(repository.name) and (repository.private or level == "write"):
            raise Refusal(404, "Not Found", "repository-hidden")
        if token.sso_url:
            raise Refusal(
                403, "Resource protected by organization SAML enforcement. You must grant your OAuth token access "
                "to this organization.", "sso-required", [("X-GitHub-SSO", "required; url=" + token.sso_url)])
        if token.may(area, level) or (level == "read" and not repository.private and area != "checks"):
            return
        if token.kind in ("classic", "oauth"):
            raise Refusal(404, "Not Found", "insufficient-permission", [("X-Accepted-OAuth-Scopes", "repo")])
        name = None if area == "checks" else "insufficient-permission"
        raise Refusal(403, "Resource not accessible by personal access token", name,
                      [("X-Accepted-GitHub-Permissions", "%s=%s" % (area, level))])

    def page(self, items):
        """The page that was asked for, and its Link header."""
        size, page = self.number("per_page", 30, 1, 100), self.number("page", 1, 1, 10000)
        last = max(1, -(-len(items) // size))
        relations = []
        for relation, number in (("prev", page - 1), ("next", page + 1), ("last", last), ("first", 1)):
            if relation in ("prev", "first") and page == 1 or relation in ("next", "last") and page >= last:
                continue
            if number < 1:
                continue
            pairs = [(key, value) for key, value in self.request.query if key != "page"] + [("page", str(number))]
            query = "&".join("%s=%s" % pair for pair in pairs)
            path = self.request.raw_path[len(self.host.prefix):]
            relations.append('<%s%s?%s>; rel="%s"' % (self.host.api, path, query, relation))
        headers = [("Link", ", ".join(relations))] if relations else []
        return items[(page - 1) * size: page * size], headers

    def number(self, name, default, least, most):
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isdigit() or not least <= int(text) <= most:
            raise Refusal(422, "Invalid %s" % name, "bad-query-value")
        return int(text)

    def json_body(self, keys):
        try:
            body = json.loads(self.request.body() or b"{}")
        except ValueError:
            raise Refusal(400, "Problems parsing JSON", "malformed-body")
        if not isinstance(body, dict):
            raise Refusal(400, "Body should be a JSON object", "malformed-body")
        for key in body:
            if key not in keys:
                raise Refusal(400, '"%s" is not a permitted key.' % key, "not-permitted-key")
        return body


class API:
    def __init__(self, world, logs, journal):
        self.world = world
        self.logs = logs
        self.journal = journal
        self.routes = [(method, _pattern(path), handler, set(query))
                       for method, path, query, handler in actions.ROUTES]
        self._anonymous_used = 0
        self._reset = int(time.time()) + world.scenario.rate.get("reset_in_s", 3600)

    def answer(self, request, host, entry):
        """Answers one API request and fills its journal entry."""
        token, refusal = self._who(request, entry)
        version = request.header("x-github-api-version") or VERSIONS[0]
        entry["api_version"] = request.header("x-github-api-version")
        free = request.path == host.prefix + "/rate_limit"
        try:
            self._check_pacing(token, request, free)
            if refusal:
                raise refusal
            found = self._found(request, host, version, token, entry)
        except Refusal as refusal:
            return self._refused(refusal, request, version, token, entry)
        answer = self._finish(found, request, version, token, entry, free)
        return answer

    def _found(self, request, host, version, token, entry):
        self._check_headers(request, host, version)
        handler, parameters, allowed = self._route(request, host)
        call = Call(request, host, self.world, self.logs, version, token)
        call.entry, call.api = entry, self
        call.parameters = parameters
        for name, _ in request.query:
            if name not in allowed:
                raise Refusal(422, "Unknown query parameter '%s'" % name, "unknown-query-parameter")
        if len(call.query) != len(request.query):
            raise Refusal(422, "A query parameter is given twice", "unknown-query-parameter")
        with self.world.lock:
            if "owner" in parameters:
                call.repository = self.world.repository(parameters["owner"], parameters["repo"])
                if call.repository is None:
                    raise Refusal(404, "Not Found", "unknown-repository")
            found = handler(call)
            self.world.settle()
        return found

    def _route(self, request, host):
        path = request.raw_path[len(host.prefix):]
        known = False
        for method, pattern, handler, query in self.routes:
            match = pattern.fullmatch(path)
            if match:
                known = True
                if method == request.method:
                    return handler, match.groupdict(), query
        name = "unknown-method" if known else "unknown-path"
        raise Refusal(404, "Not Found", name)

    def _who(self, request, entry):
        header = request.header("authorization")
        entry["authorization"] = None
        if header is None:
            return None, None
        kind, _, value = header.partition(" ")
        entry["authorization"] = kind.lower()
        if kind.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[2]
            except ValueError:
                value = ""
        token = self.world.token(value) if kind.lower() in ("bearer", "token", "basic") else None
        entry["token"] = token.name if token else "?"
        if token is None:
            return None, Refusal(401, "Bad credentials", "bad-credentials")
        return token, None

    def _check_pacing(self, token, request, free):
        if token and not free and time.monotonic() < token.blocked_until:
            self.journal.fail("ignored-retry-after", "%s %s came %d ms too early" % (
                request.method, request.path, (token.blocked_until - time.monotonic()) * 1000))
        rate = self._rate(token)
        if rate["remaining"] <= 0 and not free:
            raise Refusal(403, "API rate limit exceeded for user ID 583231.", "rate-limited",
                          documentation=DOCUMENTATION + "/overview/rate-limits-for-the-rest-api")

    def _check_headers(self, request, host, version):
        agent = request.header("user-agent")
        if not agent:
            raise Refusal(403, "Request forbidden by administrative rules. Please make sure your request has a "
                          "User-Agent header", "missing-user-agent")
        accept = request.header("accept")
        if accept is None:
            raise Refusal(415, "No Accept header", "missing-accept")
        relaxed = agent.startswith("GitHub CLI")
        for part in accept.split(","):
            media = part.split(";")[0].strip()
            if not (media == "application/vnd.github+json" or re.fullmatch(r"application/vnd\.github\.v3\+json", media)
                    or relaxed and (media == "*/*" or media.startswith("application/"))):
                raise Refusal(415, "Unsupported 'Accept' header: '%s'." % accept, "wrong-accept")
        if version not in (VERSIONS[:1] if is_old(host, self.world.scenario) else VERSIONS):
            raise Refusal(400, "The '%s' API version is not supported." % version, "unsupported-api-version")

    def _refused(self, refusal, request, version, token, entry):
        if refusal.name:
            entry["refusal"] = refusal.name
            self.journal.refused(refusal.name, request.method, request.path, refusal.message)
        body = {"message": refusal.message, "documentation_url": refusal.documentation, "status": str(refusal.status)}
        found = Found(refusal.status, body, refusal.headers)
        return self._finish(found, request, version, token, entry, refusal.name == "rate-limited")

    def _finish(self, found, request, version, token, entry, free):
        headers = [("X-GitHub-Request-Id", "C0DE:%s:%s" % (secrets.token_hex(3).upper(), secrets.token_hex(4).upper())),
                   ("X-GitHub-Media-Type", "github.v3; format=json"), ("Server", "github.com"),
                   ("Date", email.utils.formatdate(self.world.clock(), usegmt=True))]
        if found.status != 400:
            headers.append(("X-GitHub-Api-Version-Selected", version))
        if token and token.kind in ("classic", "oauth"):
            headers.append(("X-OAuth-Scopes", ", ".join(token.scopes)))
        body = b""
        if found.value is not None:
            body = json.dumps(found.value, separators=(",", ":")).encode()
            headers.append(("Content-Type", "application/json; charset=utf-8"))
        status = found.status
        if found.etag:
            key = body + (token.name if token else "").encode() + (request.header("accept") or "").encode()
            etag = 'W/"%s"' % hashlib.sha256(key).hexdigest()
            headers += [("ETag", etag), ("Cache-Control", "private, max-age=60, s-maxage=60"),
                        ("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept")]
            if request.header("if-none-match") == etag:
                status, body = 304, b""
        billed = not free and not (status == 304 and token)
        if billed:
            self._bill(token)
        entry["billed"] = billed
        headers += self.rate_headers(token) + found.headers
        return Answer(status, body, headers)

    # The primary limit

    def _bill(self, token):
        if token:
            token.used += 1
        else:
            self._anonymous_used += 1

    def _rate(self, token):
        rate = self.world.scenario.rate
        if time.time() >= self._reset:
            self._reset = int(time.time()) + 3600
            self._anonymous_used = 0
            for each in self.world.scenario.tokens:
                each.used = 0
            rate.pop("used", None)
        limit = rate.get("limit", 5000) if token else 60
        used = (token.used if token else self._anonymous_used) + rate.get("used", 0)
        return {"limit": limit, "remaining": max(0, limit - used), "reset": self._reset, "used": used}

    def rate_headers(self, token, spent=False, reset=None):
        rate = self._rate(token)
        remaining = 0 if spent else rate["remaining"]
        offset = self.world.scenario.server.get("clock_offset_s", 0)
        return [("X-RateLimit-Limit", str(rate["limit"])), ("X-RateLimit-Remaining", str(remaining)),
                ("X-RateLimit-Reset", str((reset or rate["reset"]) + offset)),
                ("X-RateLimit-Used", str(rate["limit"] - remaining)), ("X-RateLimit-Resource", "core")]

    def rate_shape(self, token):
        rate = self._rate(token)
        return dict(rate, resource="core")


def is_old(host, scenario):
    """Whether this is an enterprise server from before the newer API version."""
    numbers = scenario.server.get("version", "3.21.0").split(".")
    return host.kind == "ghes" and [int(number) for number in numbers[:2]] < [3, 21]


def _pattern(path):
    out = re.sub(r"\{(\w+)\}", lambda found: "(?P<%s>[^/]+)" % found.group(1), re.escape(path).replace(r"\{", "{")
                 .replace(r"\}", "}"))
    return re.compile(out)
