"""The REST API of Gitea and Forgejo, as strict as they or stricter: what a good client would not send is refused by
name, and so is what the server's version does not have."""

from __future__ import annotations

import email.utils
import json
import re

import actions
from answers import Found, Refusal
from serving.wire import Answer
from shapes import Shapes


class Call:
    """One request, checked and resolved, as handlers see it."""

    def __init__(self, request, site, world, token, entry):
        self.request = request
        self.site = site
        self.world = world
        self.token = token
        self.entry = entry
        self.query = dict(request.query)
        self.shapes = Shapes(world.scenario.server.get("root_url", site), world)
        self.parameters = {}
        self.repository = None

    @property
    def scenario(self):
        return self.world.scenario

    @property
    def is_gitea(self):
        return self.scenario.product == "gitea"

    def may(self, level):
        """Refuses unless the token may `read` or `write` the repository."""
        repository, token = self.repository, self.token
        if token is None:
            if repository.private:
                raise Refusal(404, "The target couldn't be found.", "repository-hidden")
            if level == "write":
                raise Refusal(401, "token is required", "requires-authentication")
            return
        if not token.covers(repository.name):
            if repository.private:
                raise Refusal(404, "The target couldn't be found.", "repository-hidden")
            if level == "write":
                raise Refusal(403, "user should have a permission to write to a repo", "insufficient-permission")
        if not token.may(level):
            raise Refusal(403, "token does not have at least one of required scope(s): [%s:repository]" % level,
                          "insufficient-scope")

    def page(self, items):
        """The page that was asked for, and the fields that tell of others."""
        most = self.scenario.server.get("page_size", 50)
        size, page = self.number("limit", 30, 1, 50), self.number("page", 1, 1, 10000)
        size = min(size, most)
        last = max(1, -(-len(items) // size))
        relations = []
        root = self.scenario.server.get("root_url", self.site)
        path = self.request.raw_path[len(self.scenario.server.get("prefix", "")):]
        for relation, number in (("next", page + 1), ("last", last), ("first", 1), ("prev", page - 1)):
            if relation in ("prev", "first") and page == 1 or relation in ("next", "last") and page >= last:
                continue
            pairs = [(key, value) for key, value in self.request.query if key != "page"] + [("page", str(number))]
            query = "&".join("%s=%s" % pair for pair in pairs)
            relations.append('<%s%s?%s>; rel="%s"' % (root, path, query, relation))
        headers = [("X-Total-Count", str(len(items))),
                   ("Access-Control-Expose-Headers", "X-Total-Count, Link")]
        if relations:
            headers.append(("Link", ",".join(relations)))
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
            raise Refusal(422, "[]: json: cannot unmarshal", "malformed-body")
        if not isinstance(body, dict):
            raise Refusal(422, "[]: json: cannot unmarshal", "malformed-body")
        for key in body:
            if key not in keys:
                raise Refusal(422, "unknown key %s" % key, "not-permitted-key")
        return body


class API:
    def __init__(self, world, journal):
        self.world = world
        self.journal = journal
        self.routes = [(method, _pattern(path), since, handler, set(query))
                       for method, path, since, query, handler in actions.ROUTES]

    def answer(self, request, site, token, entry):
        """Answers one API request and fills its journal entry."""
        header = request.header("authorization")
        entry["token"] = None if header is None else token.name if token else "?"
        entry["authorization"] = None if header is None else header.partition(" ")[0]
        try:
            with self.world.lock:
                found = self._found(request, site, token, entry)
                self.world.settle()
        except Refusal as refusal:
            if refusal.name:
                entry["refusal"] = refusal.name
                self.journal.refused(refusal.name, request.method, request.path, refusal.message)
            found = Found(refusal.status, {"message": refusal.message, "url": site + "/api/swagger"})
        if isinstance(found, Answer):
            return found
        headers = [("Date", email.utils.formatdate(self.world.clock(), usegmt=True)),
                   ("Cache-Control", "max-age=0, private, must-revalidate, no-transform"),
                   ("X-Content-Type-Options", "nosniff")] + found.headers
        body = b""
        if found.value is not None:
            body = json.dumps(found.value, separators=(",", ":")).encode()
            headers.append(("Content-Type", "application/json;charset=utf-8"))
        return Answer(found.status, body, headers)

    def _found(self, request, site, token, entry):
        self._check_sign_in(request, token)
        if not request.header("user-agent"):
            raise Refusal(403, "a client that says nothing of itself", "missing-user-agent")
        handler, parameters, allowed = self._route(request, site)
        call = Call(request, site, self.world, token, entry)
        call.parameters = parameters
        for name, _ in request.query:
            if name not in allowed:
                raise Refusal(422, "unknown query parameter '%s'" % name, "unknown-query-parameter")
        if len(call.query) != len(request.query):
            raise Refusal(422, "a query parameter is given twice", "unknown-query-parameter")
        if "owner" in parameters:
            call.repository = self.world.repository(parameters["owner"], parameters["repo"])
            if call.repository is None:
                raise Refusal(404, "The target couldn't be found.", "unknown-repository")
        return handler(call)

    def _check_sign_in(self, request, token):
        header = request.header("authorization")
        if header is not None:
            kind = header.partition(" ")[0]
            if kind.lower() == "token" and kind != "token":
                raise Refusal(401, "the word before a token is written in lower case", "wrong-authorization")
            if token is None:
                raise Refusal(401, "user does not exist [uid: 0, name: ]", "bad-credentials")
            return
        if self.world.scenario.server.get("sign_in_required"):
            is_probe = request.path.endswith(("/api/v1/version", "/api/forgejo/v1/version"))
            raise Refusal(403, "Only signed in user is allowed to call APIs.", None if is_probe else "sign-in-required")

    def _route(self, request, site):
        scenario = self.world.scenario
        path = request.raw_path[len(scenario.server.get("prefix", "")):]
        known = old = False
        for method, pattern, since, handler, query in self.routes:
            match = pattern.fullmatch(path)
            if not match:
                continue
            known = True
            release = since.get(scenario.product)
            if method != request.method:
                continue
            if release is None or scenario.release < release:
                old = True
                continue
            return handler, match.groupdict(), query
        if path == "/api/forgejo/v1/version" or path.endswith("/cancel") and scenario.product == "forgejo":
            raise Refusal(404, "Not Found")
        name = "not-in-this-version" if old else "unknown-method" if known else "unknown-path"
        raise Refusal(404, "Not Found", name)


def _pattern(path):
    out = re.sub(r"\{(\w+)\}", lambda found: "(?P<%s>[^/]+)" % found.group(1), re.escape(path).replace(r"\{", "{")
                 .replace(r"\}", "}"))
    return re.compile(out)
