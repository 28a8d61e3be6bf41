"""What each request at GitHub is: git, the API, the site, the log store, or a proxy's business."""

from __future__ import annotations

import fnmatch
import re

import faults
from api import API
from joblogs import LogStore
from serving import githttp, lfs, server
from serving.wire import Answer

GIT_PATH = re.compile(r"/([^/]+)/([^/]+?)(/info/refs|/git-upload-pack|/git-receive-pack|/HEAD|/objects/.+)")
LFS_PATH = re.compile(r"/([^/]+)/([^/]+?)/info/lfs/(.+)")
LISTENERS = ["http", "logs", "proxy", "https", "client_https", "https_logs"]
NAMES = ["localhost", "github.com", "api.github.com", "*.blob.core.windows.net", "acme.ghe.com", "api.acme.ghe.com",
         "git.corp.example", "github.localhost", "api.github.localhost", "*.actions.githubusercontent.com"]
REALM = "GitHub"


class Host:
    """The face under which the client sees the double: addresses, and where the API lies."""

    def __init__(self, kind, site, api, prefix, logs):
        self.kind = kind
        self.site = site
        self.api = api
        self.prefix = prefix
        self.logs = logs


class Server(server.Server):
    def __init__(self, world, journal, certificate=None):
        self.world = world
        self.logs = LogStore(world)
        self.api = API(world, self.logs, journal)
        self.lfs = lfs.LFS(world.scenario.git, world.scenario.lfs, journal, REALM)
        super().__init__(
            journal, [faults.Fault(entry, number) for number, entry in enumerate(world.scenario.faults)], LISTENERS,
            certificate, self.api)

    def known(self, host):
        """What a host name is: `site`, `api`, `logs` or `ghes`; None for a stranger."""
        host = host.lower()
        tenant = fnmatch.fnmatchcase(host, "*.ghe.com") and host.count(".") == 2
        if host in ("github.com", "github.localhost") or tenant:
            return "site"
        if host in ("api.github.com", "api.github.localhost") or fnmatch.fnmatchcase(host, "api.*.ghe.com"):
            return "api"
        if fnmatch.fnmatchcase(host, "*.blob.core.windows.net"):
            return "logs"
        if host in ("127.0.0.1", "localhost", "git.corp.example"):
            return "ghes"
        return None

    def face(self, request):
        """The host as the client sees it; None for a stranger."""
        scheme = "https" if request.tls else "http"
        authority = request.authority
        name = authority.partition(":")[0]
        role = self.known(name)
        if role is None:
            return None, None
        if role in ("site", "api", "logs"):
            site = authority[4:] if role == "api" else authority
            logs = "https://productionresultssa7.blob.core.windows.net"
            if scheme == "http":
                logs = "http://127.0.0.1:%d" % self.ports["logs"]
            return role, Host("dotcom", "%s://%s" % (scheme, site), "%s://api.%s" % (scheme, site), "", logs)
        stores = [self.ports[name] for name in ("logs", "https_logs") if name in self.ports]
        if request.connection.listener in ("logs", "https_logs") or authority.rpartition(":")[2] in map(str, stores):
            return "logs", None
        origin = "%s://%s" % (scheme, authority)
        logs = "%s://127.0.0.1:%d" % (scheme, self.ports["https_logs" if request.tls else "logs"])
        host = Host("ghes", origin, origin + "/api/v3", "/api/v3", logs)
        inside = request.path == "/api/v3" or request.path.startswith("/api/v3/")
        if request.path == "/api/graphql":
            inside, host.prefix = True, "/api"
        return ("api" if inside else "site"), host

    def real_answer(self, request, role, host, entry):
        if role == "logs":
            entry["authorization"] = request.header("authorization") is not None
            answer, note = self.logs.answer(request, self.journal)
            entry["note"] = note
            entry["range"] = request.header("range")
            return answer
        if role == "api":
            return self.api.answer(request, host, entry)
        return self._site(request, entry)

    def _site(self, request, entry):
        match = LFS_PATH.fullmatch(request.path)
        if match:
            owner, name, rest = match.groups()
            return self.lfs.answer(request, self.world.repository(owner, name), rest, self.token(request), entry)
        match = GIT_PATH.fullmatch(request.path)
        if not match:
            path = request.path
            if not any(fnmatch.fnmatchcase(path, pattern) for pattern in self.world.scenario.extra_paths):
                self.journal.refused("unknown-path", request.method, path, "not git and not the API")
                entry["refusal"] = "unknown-path"
            return Answer(404, "<!DOCTYPE html><html><body>Not Found</body></html>", content_type="text/html")
        return self._git(request, match, entry)

    # git

    def token(self, request):
        return next(filter(None, map(self.world.token, server.credentials(request))), None)

    def _git(self, request, match, entry):
        owner, name, service_path = match.groups()
        entry["kind"] = "git"
        entry["git_protocol"] = request.header("git-protocol")
        token = self.token(request)
        if request.header("authorization"):
            entry["token"] = token.name if token else "?"
        repository = self.world.repository(owner, name)
        pushes = service_path == "/git-receive-pack" or dict(request.query).get("service") == "git-receive-pack"
        answer = self._git_gate(request, repository, token, pushes, entry)
        if answer is not None:
            return answer
        writes = service_path == "/git-receive-pack"
        settings = self.world.scenario.git
        refuse = None
        if writes and settings.get("workflow_scope", True) and token and not token.may("workflows", "write"):
            refuse = token.calls_itself
        before = {}

        def before_end():
            if writes:
                after = repository.refs()
                entry["refs"] = {ref: oid for ref, oid in after.items() if before.get(ref) != oid}
                self.world.pushed(repository, before, after, token.login if token else "octocat")

        if writes:
            with repository.lock:
                before = repository.refs()
                entry["status"] = githttp.serve(
                    request, repository.bare, service_path, token.login if token else "octocat", refuse,
                    settings.get("refuse_refs", {}), before_end)
        else:
            entry["status"] = githttp.serve(
                request, repository.bare, service_path, token.login if token else None, None, {}, before_end)
        return None

    def _git_gate(self, request, repository, token, pushes, entry):
        """The answer that keeps a request from the repository; None when it may pass."""
        settings = self.world.scenario.git
        given = request.header("authorization") is not None
        if given and token is None:
            entry["refusal"] = "git-bad-credentials"
            self.journal.refused("git-bad-credentials", request.method, request.path, "no such token")
            return githttp.unauthorized(REALM)
        auth = settings.get("auth", "push")
        wanted = auth == "always" or (auth == "push" and pushes)
        if wanted and token is None:
            return githttp.unauthorized(REALM)
        if repository is None or token is not None and repository.private and not token.covers(repository.name):
            entry["refusal"] = "unknown-repository"
            self.journal.refused("unknown-repository", request.method, request.path, "no such repository")
            return Answer(404, "remote: Repository not found.", content_type="text/plain")
        if pushes and token is not None and not token.may("contents", "write"):
            entry["refusal"] = "insufficient-permission"
            self.journal.refused("insufficient-permission", request.method, request.path, "may not push")
            return Answer(403, "remote: Permission to %s.git denied to %s." % (repository.name, token.login),
                          content_type="text/plain")
        return None
