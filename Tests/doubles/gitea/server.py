"""What each request at a Gitea or Forgejo is: git, LFS, the API or the site."""

from __future__ import annotations

import fnmatch
import re

from api import API
from serving import faults, githttp, lfs, server
from serving.wire import Answer

GIT_PATH = re.compile(r"/([^/]+)/([^/]+?)(/info/refs|/git-upload-pack|/git-receive-pack|/HEAD|/objects/.+)")
LFS_PATH = re.compile(r"/([^/]+)/([^/]+?)/info/lfs/(.+)")
LISTENERS = ["http", "proxy", "https", "client_https"]
NAMES = ["localhost", "gitea.com", "codeberg.org", "git.corp.example"]
# Both products say so.
REALM = "Gitea"
# What other products are asked at, to tell which one a host is: here there is nothing.
FOREIGN_PROBES = ("/api/forgejo/v1/version", "/api/v3/meta", "/api/v4/version", "/api/v4/metadata", "/api/v3/", "/users/sign_in")


class Server(server.Server):
    def __init__(self, world, journal, certificate=None):
        self.world = world
        self.prefix = world.scenario.server.get("prefix", "")
        self.api = API(world, journal)
        self.lfs = lfs.LFS(world.scenario.git, {}, journal, REALM)
        super().__init__(
            journal, [faults.Fault(entry, number) for number, entry in enumerate(world.scenario.faults)], LISTENERS,
            certificate, self.api)

    def known(self, host):
        return "site" if host.lower() in ["127.0.0.1"] + NAMES else None

    def face(self, request):
        """`api` or `site`, and the address of the site as the client sees it."""
        if self.known(request.authority.partition(":")[0]) is None:
            return None, None
        site = "%s://%s%s" % ("https" if request.tls else "http", request.authority, self.prefix)
        names = ["/api/v1/"] + (["/api/forgejo/"] if self.world.scenario.product == "forgejo" else [])
        inside = request.path.startswith(tuple(self.prefix + name for name in names))
        return ("api" if inside else "site"), site

    def token(self, request):
        return next(filter(None, map(self.world.token, server.credentials(request))), None)

    def real_answer(self, request, role, host, entry):
        if role == "api":
            return self.api.answer(request, host, self.token(request), entry)
        path = request.path
        if self.prefix and not path.startswith(self.prefix + "/"):
            return self._stranger(request, path, entry)
        path = path[len(self.prefix):]
        match = LFS_PATH.fullmatch(path)
        if match:
            owner, name, rest = match.groups()
            return self.lfs.answer(request, self.world.repository(owner, name), rest, self.token(request), entry)
        match = GIT_PATH.fullmatch(path)
        if match:
            return self._git(request, match, entry)
        return self._stranger(request, path, entry)

    def _stranger(self, request, path, entry):
        """A page that is not there; who brings a credential to another product's address is told on."""
        if request.method == "GET" and path == "/user/login" and request.header("authorization") is None:
            return Answer(200, "<!DOCTYPE html><html><body>Sign In</body></html>", content_type="text/html")
        probe = path in FOREIGN_PROBES
        if probe and request.header("authorization") is not None:
            self.journal.fail("credential-at-foreign-api", "%s %s" % (request.method, path))
        if not probe and not any(fnmatch.fnmatchcase(path, pattern) for pattern in self.world.scenario.extra_paths):
            self.journal.refused("unknown-path", request.method, path, "not git and not the API")
            entry["refusal"] = "unknown-path"
        if self.world.scenario.server.get("sign_in_required"):
            return Answer(303, b"", [("Location", self.prefix + "/user/login")])
        return Answer(404, "<!DOCTYPE html><html><body>Not Found</body></html>",
                      [("Set-Cookie", "i_like_gitea=1; Path=/; HttpOnly; SameSite=Lax")], content_type="text/html")

    # git

    def _git(self, request, match, entry):
        owner, name, service_path = match.groups()
        entry["kind"] = "git"
        entry["git_protocol"] = request.header("git-protocol")
        token = self.token(request)
        if request.header("authorization"):
            entry["token"] = token.name if token else "?"
        repository = self.world.repository(owner, name)
        writes = service_path == "/git-receive-pack"
        pushes = writes or dict(request.query).get("service") == "git-receive-pack"
        answer = self._git_gate(request, repository, token, pushes, entry)
        if answer is not None:
            return answer
        login = token.login if token else "mona"
        if not writes:
            entry["status"] = githttp.serve(
                request, repository.bare, service_path, token.login if token else None, None, {}, lambda: None)
            return None
        with repository.lock:
            before = repository.refs()

            def before_end():
                after = repository.refs()
                entry["refs"] = {ref: oid for ref, oid in after.items() if before.get(ref) != oid}
                self.world.pushed(repository, before, after, login)

            entry["status"] = githttp.serve(
                request, repository.bare, service_path, login, None,
                self.world.scenario.git.get("refuse_refs", {}), before_end)
        return None

    def _git_gate(self, request, repository, token, pushes, entry):
        """The answer that keeps a request from the repository; None when it may pass."""
        given = request.header("authorization") is not None
        if given and token is None:
            entry["refusal"] = "git-bad-credentials"
            self.journal.refused("git-bad-credentials", request.method, request.path, "no such token")
            return githttp.unauthorized(REALM)
        auth = self.world.scenario.git.get("auth", "push")
        wanted = auth == "always" or (auth == "push" and pushes) or self.world.scenario.server.get("sign_in_required")
        if wanted and token is None:
            return githttp.unauthorized(REALM)
        if repository is None or token is not None and repository.private and not token.covers(repository.name):
            entry["refusal"] = "unknown-repository"
            self.journal.refused("unknown-repository", request.method, request.path, "no such repository")
            return Answer(404, "Not found.", content_type="text/plain")
        if pushes and token is not None and not token.may("write"):
            entry["refusal"] = "insufficient-permission"
            self.journal.refused("insufficient-permission", request.method, request.path, "may not push")
            return Answer(403, "Forbidden", content_type="text/plain")
        return None
