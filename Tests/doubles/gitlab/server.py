"""What each request at GitLab is: git, LFS, the API, or a page of the web."""

from __future__ import annotations

import fnmatch
import json
import re
import time

from api import API
from serving import faults, githttp, lfs, server
from serving.wire import Answer
from shapes import Shapes
import traces

GIT_PATH = re.compile(r"/(.+?)(?:\.git)?(/info/refs|/git-upload-pack|/git-receive-pack|/HEAD|/objects/.+)")
LFS_PATH = re.compile(r"/(.+?)(?:\.git)?/info/lfs/(.+)")
TRACE_PATH = re.compile(r"/(.+?)/-/jobs/(\d+)/trace(?:\.json)?")
LISTENERS = ["http", "proxy", "https", "client_https"]
NAMES = ["localhost", "gitlab.com", "git.corp.example", "gitlab.corp.example"]
REALM = "GitLab"


class Host:
    """The face under which the client sees the double: origin, site with its prefix, and where the API lies."""

    def __init__(self, origin, prefix):
        self.origin = origin
        self.site = origin + prefix
        self.prefix = prefix + "/api/v4"


class Fault(faults.Fault):
    page = "<!DOCTYPE html><html><head><title>GitLab is not responding (502)</title></head><body><h1>502</h1>Whoops, " \
        "GitLab is taking too much time to respond.</body></html>"

    def answer(self, api, token):
        kind, entry = self.kind, self.entry
        if kind == "retry_later":
            headers = self.extra + api.rate_headers(token, spent=True)
            if "retry_after" in entry:
                headers += [("Retry-After", str(entry["retry_after"]))]
                if token:
                    token.blocked_until = time.monotonic() + max(0, entry["retry_after"] - 0.1)
            return Answer(429, "Retry later\n", headers, content_type="text/plain")
        if kind == "insufficient_scope":
            return Answer(403, json.dumps({
                "error": "insufficient_scope", "error_description": "The request requires higher privileges than "
                "provided by the access token.", "scope": entry.get("scope", "api read_api")}), self.extra,
                content_type="application/json")
        if kind == "revoked":
            return Answer(401, json.dumps({"error": "invalid_token", "error_description": "Token was revoked. You have "
                                           "to re-authorize from the user."}), self.extra,
                          content_type="application/json")
        return super().answer(api, token)


class Server(server.Server):
    def __init__(self, world, journal, certificate=None):
        self.world = world
        self.api = API(world, journal)
        self.prefix = world.scenario.prefix
        self.lfs = lfs.LFS(world.scenario.git, world.scenario.lfs, journal, REALM)
        super().__init__(journal, [Fault(entry, number) for number, entry in enumerate(world.scenario.faults)],
                         LISTENERS, certificate, self.api)

    def known(self, host):
        return "site" if host.lower() in ("127.0.0.1", "localhost", *NAMES) else None

    def face(self, request):
        if self.known(request.authority.partition(":")[0]) is None:
            return None, None
        host = Host("%s://%s" % ("https" if request.tls else "http", request.authority), self.prefix)
        inside = request.path.startswith(host.prefix + "/")
        return ("api" if inside else "site"), host

    def token(self, request):
        values = server.credentials(request) + [request.header("private-token")]
        return next(filter(None, (self.world.token(value) for value in values if value)), None)

    def real_answer(self, request, role, host, entry):
        if role == "api":
            return self.api.answer(request, host, entry)
        path = request.path
        if not path.startswith(self.prefix + "/"):
            return self._stranger(request, entry)
        path = path[len(self.prefix):]
        match = LFS_PATH.fullmatch(path)
        if match:
            project = self.world.project(match.group(1))
            return self.lfs.answer(request, project, match.group(2), self.token(request), entry)
        match = TRACE_PATH.fullmatch(path)
        if match:
            return self._trace(request, match, host, entry)
        match = GIT_PATH.fullmatch(path)
        if match:
            return self._git(request, match, entry)
        return self._stranger(request, entry)

    def _stranger(self, request, entry):
        path = request.path
        asks_which_forge = path.endswith(("/api/v4/version", "/api/v3/meta", "/api/forgejo/v1/version"))
        known = any(fnmatch.fnmatchcase(path, pattern) for pattern in self.world.scenario.extra_paths)
        if not known and not asks_which_forge:
            self.journal.refused("unknown-path", request.method, path, "neither git, nor the API, nor a log's page")
            entry["refusal"] = "unknown-path"
        if not path.startswith(self.prefix + "/"):
            return Answer(404, "<!DOCTYPE html><html><body>another server</body></html>", content_type="text/html")
        headers = [("X-Gitlab-Meta", '{"correlation_id":"01","version":"1"}')]
        if asks_which_forge:
            return Answer(404, "<!DOCTYPE html><html><body>404</body></html>", headers, content_type="text/html")
        return Answer(302, "", headers + [("Location", self.prefix + "/users/sign_in")], content_type="text/html")

    # The page of a log, which browsers look at

    def _trace(self, request, match, host, entry):
        entry["kind"] = "web"
        if request.header("authorization") or request.header("private-token"):
            self.journal.fail("credential-at-web", "%s carried a token" % request.path)
        project = self.world.project(match.group(1))
        job = self.world.job(project, int(match.group(2))) if project else None
        if project is None or not project.is_public or not project.public_jobs:
            self.journal.refused("session-needed", request.method, request.path, "only a browser's session sees this")
            entry["refusal"] = "session-needed"
            return Answer(302, "", [("Location", self.prefix + "/users/sign_in")], content_type="text/html")
        if job is None:
            self.journal.refused("no-such-job", request.method, request.path, "no such job")
            return Answer(404, "", content_type="text/html")
        job.watch()
        entry["job"] = job.name
        log = job.log()
        if not log:
            return Answer(204, b"")
        state = dict(request.query).get("state")
        start = None if state is None else traces.page_start(job, state)
        if state is not None and start is None:
            self.journal.refused("foreign-log-state", request.method, request.path, "this log has no such state")
        return Answer(200, json.dumps(Shapes(host.site).trace(job, log, start)),
                      content_type="application/json; charset=utf-8")

    # git

    def _git(self, request, match, entry):
        name, service_path = match.groups()
        entry["kind"] = "git"
        entry["git_protocol"] = request.header("git-protocol")
        token = self.token(request)
        if request.header("authorization"):
            entry["token"] = token.name if token else "?"
        project = self.world.project(name)
        pushes = service_path == "/git-receive-pack" or dict(request.query).get("service") == "git-receive-pack"
        answer = self._git_gate(request, project, token, pushes, entry)
        if answer is not None:
            return answer
        login = token.login if token else None
        if service_path != "/git-receive-pack":
            entry["status"] = githttp.serve(request, project.bare, service_path, login, None, {}, lambda: None)
            return None
        options = []

        def before_end():
            after = project.refs()
            entry["refs"] = {ref: oid for ref, oid in after.items() if before.get(ref) != oid}
            # Before the client has its answer: who looks then is to find it.
            self.journal.write({"kind": "pushed", "push_options": options})
            may_set = project.variables_role != "no_one_allowed" and (
                token is None or token.has_role(project.variables_role))
            self.world.pushed(project, before, after, options, may_set)

        refused = self.world.scenario.git.get("refuse_refs", {})
        with project.lock:
            before = project.refs()
            entry["status"] = githttp.serve(
                request, project.bare, service_path, login or "root", None, refused, before_end, options)
        return None

    def _git_gate(self, request, project, token, pushes, entry):
        """The answer that keeps a request from the project; None when it may pass."""
        given = request.header("authorization") is not None
        if given and token is None:
            entry["refusal"] = "git-bad-credentials"
            self.journal.refused("git-bad-credentials", request.method, request.path, "no such token")
            return Answer(401, "HTTP Basic: Access denied. If a password was provided for Git authentication, the "
                          "password was incorrect or you're required to use a token instead of a password.",
                          [("WWW-Authenticate", 'Basic realm="GitLab"')], content_type="text/plain")
        auth = self.world.scenario.git.get("auth", "push")
        hidden = project is not None and not project.is_public
        if token is None and (auth == "always" or auth == "push" and (pushes or hidden)):
            return githttp.unauthorized(REALM)
        if project is None or token is not None and hidden and not token.covers(project.name):
            entry["refusal"] = "unknown-repository"
            self.journal.refused("unknown-repository", request.method, request.path, "no such project")
            return Answer(404, "The project you were looking for could not be found or you don't have permission to "
                          "view it.", content_type="text/plain")
        if token is not None and not token.may_use_git(pushes):
            entry["refusal"] = "insufficient-permission"
            self.journal.refused("insufficient-permission", request.method, request.path, "may not")
            return Answer(403, "You are not allowed to push code to this project.", content_type="text/plain")
        return None
