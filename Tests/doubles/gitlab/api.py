"""GitLab's REST API, as strict as GitLab or stricter: whatever a good client would not send is refused by name."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
import urllib.parse

import resources
from resources import Found, Refusal, Text
from serving.wire import Answer
from shapes import Shapes

ALWAYS = {"per_page", "page", "pagination", "order_by", "sort"}


class Call:
    """One request, checked and resolved, as handlers see it."""

    def __init__(self, request, host, world, token):
        self.request = request
        self.host = host
        self.world = world
        self.token = token
        self.query = dict(request.query)
        self.shapes = Shapes(host.site)
        self.parameters = {}
        self.project = None

    def sign_in(self):
        """Refuses who has not said who they are, as the API for jobs does for all."""
        if self.token is None:
            raise Refusal(401, {"message": "401 Unauthorized"}, "requires-authentication")

    def needs(self, role):
        """Refuses members of too low a role."""
        self.sign_in()
        if not self.token.covers(self.project.name) or not self.token.has_role(role):
            raise Refusal(403, {"message": "403 Forbidden"}, "insufficient-role")

    @property
    def is_member(self):
        return self.token is not None and self.token.covers(self.project.name)

    def reads_jobs(self):
        if not self.is_member and not (self.project.is_public and self.project.public_jobs):
            raise Refusal(403, {"message": "403 Forbidden"}, "insufficient-role")

    def number(self, name, default, least, most):
        text = self.query.get(name)
        if text is None:
            return default
        if not text.lstrip("-").isdigit() or not least <= int(text) <= most:
            raise Refusal(400, {"error": "%s does not have a valid value" % name}, "bad-query-value")
        return int(text)

    def page(self, items):
        """The page that was asked for, with its headers."""
        size, page = self.number("per_page", 20, 1, 100), self.number("page", 1, 1, 10000)
        last = max(1, -(-len(items) // size))
        relations = []
        for relation, number in (("prev", page - 1), ("next", page + 1), ("first", 1), ("last", last)):
            if relation == "prev" and page == 1 or relation == "next" and page >= last:
                continue
            pairs = [(key, value) for key, value in self.request.query if key not in ("page", "per_page")]
            pairs += [("page", str(number)), ("per_page", str(size))]
            relations.append('<%s%s?%s>; rel="%s"' % (
                self.host.origin, self.request.raw_path, urllib.parse.urlencode(pairs), relation))
        headers = [("Link", ", ".join(relations)), ("X-Page", str(page)), ("X-Per-Page", str(size)),
                   ("X-Next-Page", str(page + 1) if page < last else ""),
                   ("X-Prev-Page", str(page - 1) if page > 1 else ""), ("X-Total", str(len(items))),
                   ("X-Total-Pages", str(last))]
        return items[(page - 1) * size: page * size], headers

    def body(self, keys):
        content = self.request.header("content-type", "").split(";")[0].strip()
        raw = self.request.body()
        if not raw:
            return {}
        if content == "application/x-www-form-urlencoded":
            body = dict(urllib.parse.parse_qsl(raw.decode(), keep_blank_values=True))
        elif content == "application/json":
            try:
                body = json.loads(raw)
            except ValueError:
                raise Refusal(400, {"error": "The provided content is not valid JSON"}, "malformed-body")
        else:
            raise Refusal(415, {"error": "The provided content-type '%s' is not supported." % content},
                          "wrong-content-type")
        if not isinstance(body, dict):
            raise Refusal(400, {"error": "The body is no object"}, "malformed-body")
        for key in body:
            if key not in keys:
                raise Refusal(400, {"error": "%s is not known" % key}, "not-permitted-key")
        return body


class API:
    def __init__(self, world, journal):
        self.world = world
        self.journal = journal
        self.routes = [(method, _pattern(path), handler, set(query))
                       for method, path, query, handler in resources.ROUTES]
        self._reset = int(time.time()) + 60
        self._anonymous_used = 0

    def answer(self, request, host, entry):
        """Answers one API request and fills its journal entry."""
        token, refusal = self._who(request, entry)
        try:
            self._check_pacing(token)
            if refusal:
                raise refusal
            result = self._call(request, host, token, entry)
            self._spend(token)
            answer = self._found(request, result)
        except Refusal as error:
            if error.name:
                entry["refusal"] = error.name
                self.journal.refused(error.name, request.method, request.path, json.dumps(error.body))
            answer = self._json(error.status, error.body)
        answer.headers += self._common(token)
        return answer

    def _who(self, request, entry):
        if not request.header("user-agent"):
            return None, Refusal(403, {"error": "a User-Agent is missing"}, "missing-user-agent")
        given = request.header("private-token")
        kind, _, value = request.header("authorization", "").partition(" ")
        job = request.header("job-token")
        if kind and kind.lower() != "bearer":
            return None, Refusal(401, {"message": "401 Unauthorized"}, "bad-credentials")
        given = given or value or job
        if not given:
            return None, None
        token = self.world.token(given)
        entry["token"] = token.name if token else "?"
        is_oauth_in_header = token and token.kind == "oauth" and request.header("private-token")
        if token is None or is_oauth_in_header or (token.kind == "job") != bool(job):
            return None, Refusal(401, {"message": "401 Unauthorized"}, "bad-credentials")
        token.used += 1
        if token.good_for is not None and token.used > token.good_for:
            return None, Refusal(401, {"error": "invalid_token", "error_description": "Token is expired. You can "
                                       "either do re-authorization or token refresh."}, "expired-token")
        return token, None

    def _check_pacing(self, token):
        if token and time.monotonic() < token.blocked_until:
            self.journal.fail("ignored-retry-after", "a request of '%s' came before its time" % token.name)

    def _call(self, request, host, token, entry):
        path = request.raw_path[len(host.prefix):]
        known = False
        for method, pattern, handler, query in self.routes:
            match = pattern.fullmatch(path)
            if not match:
                continue
            known = True
            if method != request.method:
                continue
            call = Call(request, host, self.world, token)
            for key in call.query:
                if key not in query and key not in ALWAYS:
                    raise Refusal(400, {"error": "%s is not known" % key}, "unknown-query-parameter")
            call.parameters = {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
            self._check_scope(token, request.method != "GET")
            if "project" in call.parameters:
                call.project = self._project(call)
            with self.world.lock:
                return handler(call, entry)
        if known:
            raise Refusal(405, {"error": "405 Not Allowed"}, "unknown-method")
        raise Refusal(404, {"error": "404 Not Found"}, "unknown-path")

    def _check_scope(self, token, writes):
        if token is not None and token.kind != "job" and not token.may_call(writes):
            raise Refusal(403, {
                "error": "insufficient_scope", "error_description": "The request requires higher privileges than "
                "provided by the access token.", "scope": "api" if writes else "api read_api"}, "insufficient-scope")

    def _project(self, call):
        project = self.world.project(call.parameters["project"])
        token = call.token
        hidden = project is None or (not project.is_public and not (token and token.covers(project.name)))
        if hidden:
            name = "project-hidden" if token else "requires-authentication"
            raise Refusal(404, {"message": "404 Project Not Found"}, name)
        if call.request.method != "GET":
            call.sign_in()
        return project

    # Answers

    def _found(self, request, result):
        if isinstance(result, Text):
            answer = Answer(200, result.data, result.headers, content_type="text/plain")
        else:
            answer = self._json(result.status, result.value, result.headers)
        if answer.status == 200 and request.method == "GET":
            # Rack::ETag: weak, from the body.
            tag = 'W/"%s"' % hashlib.sha256(answer.body).hexdigest()[:32]
            answer.headers += [("ETag", tag), ("Cache-Control", "max-age=0, private, must-revalidate")]
            if request.header("if-none-match") == tag:
                answer.status, answer.body = 304, b""
        return answer

    def _json(self, status, value, headers=()):
        body = b"" if value is None else json.dumps(value, separators=(",", ":")).encode()
        return Answer(status, body, headers, content_type="application/json")

    def _common(self, token):
        identity = secrets.token_hex(13).upper()
        headers = [("X-Gitlab-Meta", '{"correlation_id":"%s","version":"1"}' % identity), ("X-Request-Id", identity),
                   ("X-Runtime", "0.012"), ("Vary", "Origin"), ("X-Content-Type-Options", "nosniff")]
        return headers + self.rate_headers(token)

    def rate_headers(self, token, spent=False):
        rate = self.world.scenario.rate
        if "limit" not in rate and not spent:
            return []
        limit = rate.get("limit", 2000)
        used = limit if spent else min(limit, (token.used if token else self._anonymous_used) + rate.get("used", 0))
        return [("RateLimit-Limit", str(limit)), ("RateLimit-Name", "throttle_authenticated_api"),
                ("RateLimit-Observed", str(used)), ("RateLimit-Remaining", str(limit - used)),
                ("RateLimit-Reset", str(self._reset))]

    def _spend(self, token):
        if token is None:
            self._anonymous_used += 1


def _pattern(path):
    return re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", path))
