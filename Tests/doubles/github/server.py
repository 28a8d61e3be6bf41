"""The listeners and what each request at them is: git, the API, the site, the log store, or a proxy's business."""

from __future__ import annotations

import base64
import fnmatch
import os
import re
import socket
import ssl
import threading
import time
import urllib.parse

import faults
import githttp
import lfs
from api import API
from joblogs import LogStore
from wire import Answer, BadRequest, Connection, Gone

GIT_PATH = re.compile(r"/([^/]+)/([^/]+?)(/info/refs|/git-upload-pack|/git-receive-pack|/HEAD|/objects/.+)")


class Host:
    """The face under which the client sees the double: addresses, and where the API lies."""

    def __init__(self, kind, site, api, prefix, logs):
        self.kind = kind
        self.site = site
        self.api = api
        self.prefix = prefix
        self.logs = logs


class Server:
    def __init__(self, world, journal, certificate=None):
        self.world = world
        self.journal = journal
        self.logs = LogStore(world)
        self.api = API(world, self.logs, journal)
        self.lfs = lfs.LFS(world, journal)
        self.faults = [faults.Fault(entry, number) for number, entry in enumerate(world.scenario.faults)]
        self.ports = {}
        self._listeners = []
        self._connections = set()
        self._gone = False
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
            self._tls.set_alpn_protocols(["http/1.1"])

    def open(self):
        names = ["http", "logs", "proxy"] + (["https", "https_logs"] if self._tls else [])
        for name in names:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            self.ports[name] = listener.getsockname()[1]
            self._listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, name), daemon=True).start()

    def go_away(self):
        """Stops accepting and drops every connection, for good."""
        self._gone = True
        for listener in self._listeners:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        for connection in list(self._connections):
            connection.reset()

    def _accept(self, listener, name):
        while not self._gone:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock, name), daemon=True).start()

    def _serve(self, sock, name):
        connection = Connection(sock, name)
        self._connections.add(connection)
        try:
            if name.startswith("https"):
                self._begin_tls(connection)
            self._converse(connection)
        except (Gone, OSError, ssl.SSLError):
            pass
        except BadRequest as error:
            self.journal.fail("bad-request", str(error))
        except Exception as error:  # The double's own mistake must fail the test, not vanish with its thread.
            self.journal.fail("double-broken", "%s: %s" % (type(error).__name__, error))
            if os.environ.get("HEPHY_DOUBLE_TRACE"):
                import traceback
                traceback.print_exc()
        finally:
            self._connections.discard(connection)
            connection.close()

    def _begin_tls(self, connection):
        connection.adopt(self._tls.wrap_socket(connection.sock, server_side=True))

    def _converse(self, connection):
        tunnel = None
        while True:
            request = connection.next_request()
            if request is None:
                return
            request.tls = tunnel is not None or connection.listener.startswith("https")
            request.authority = tunnel or request.header("host", "")
            if request.method == "CONNECT":
                tunnel = self._connect(connection, request)
                continue
            if request.target.startswith("http://"):
                self._unwrap_absolute(request)
            keep = self._respond(connection, request)
            if not request.body_done:
                for _ in request.blocks():
                    pass
            if not keep or request.header("connection", "").lower() == "close":
                return

    # The proxy

    def _connect(self, connection, request):
        host = request.target.rpartition(":")[0]
        self.journal.write({"kind": "connect", "listener": connection.listener, "target": request.target,
                            "proxy_authorization": request.header("proxy-authorization") is not None})
        if connection.listener != "proxy" or self._tls is None or self._known(host) is None:
            self.journal.fail("unknown-host", "CONNECT %s" % request.target)
            connection.answer(Answer(502, "no such host"), keep_alive=False)
            raise Gone("unknown host")
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._begin_tls(connection)
        return request.target[:-4] if request.target.endswith(":443") else request.target

    def _unwrap_absolute(self, request):
        parts = urllib.parse.urlsplit(request.target)
        request.authority = parts.netloc
        request.raw_path = parts.path or "/"
        request.path = urllib.parse.unquote(request.raw_path)

    def _known(self, host):
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

    def _face(self, request):
        """The host as the client sees it; None for a stranger."""
        scheme = "https" if request.tls else "http"
        authority = request.authority
        name = authority.partition(":")[0]
        role = self._known(name)
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

    # Answers

    def _respond(self, connection, request):
        """Answers one request; false when the connection ends with it."""
        started = time.monotonic()
        role, host = self._face(request)
        entry = {"kind": role or "stranger", "listener": connection.listener, "host": request.authority,
                 "method": request.method, "path": request.path, "query": dict(request.query),
                 "user_agent": request.header("user-agent"), "if_none_match": bool(request.header("if-none-match"))}
        if role is None:
            self.journal.fail("unknown-host", "%s %s%s" % (request.method, request.authority, request.path))
            connection.answer(Answer(502, "no such host"), keep_alive=False)
            return False
        token = self._token(request)
        keep, answer = True, None
        fault = next((each for each in self.faults if each.hits(request.method, request.authority, request.path)), None)
        if fault:
            entry["fault"], entry["fault_kind"] = fault.name, fault.kind
            keep, answer = self._strike(connection, request, fault, token, entry)
            if not keep and answer is None:
                self.journal.write(entry)
                return False
        try:
            if answer is None:
                answer = self._real_answer(request, role, host, entry)
            if fault and fault.kind == "cut" and answer is not None:
                answer.cut = fault.entry.get("after_bytes", len(answer.body) // 2)
            if answer is not None:
                entry["status"] = answer.status
                entry["bytes"] = len(answer.body)
        finally:
            entry["took_ms"] = int((time.monotonic() - started) * 1000)
            self.journal.write(entry)
        if answer is not None:
            if not request.body_done and answer.status >= 400:
                keep = False
            connection.answer(answer, keep_alive=keep)
            if answer.cut is not None:
                return False
        return keep

    def _strike(self, connection, request, fault, token, entry):
        """Applies a fault: (whether the connection lives on, the answer in the real one's place)."""
        kind = fault.kind
        if kind == "reset":
            request.body_done = True  # There is nothing to read on from.
            connection.reset()
            return False, None
        if kind == "gone":
            self.go_away()
            return False, None
        if kind == "stall":
            self.journal.write(dict(entry, kind="stalled"))  # Who waits for it is told now.
            limit = fault.entry.get("stall_ms", 600_000) / 1000
            connection.sock.settimeout(limit)
            try:
                while connection.sock.recv(65536):
                    pass
            except OSError:
                pass
            connection.sock.settimeout(None)
            if "stall_ms" in fault.entry:
                return True, None
            return False, None
        answer = fault.answer(self.api, token)
        if answer is not None:
            entry["billed"] = False
        return True, answer

    def _real_answer(self, request, role, host, entry):
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
        match = lfs.PATH.fullmatch(request.path)
        if match:
            return self.lfs.answer(request, match, self._token(request), entry)
        match = GIT_PATH.fullmatch(request.path)
        if not match:
            path = request.path
            if not any(fnmatch.fnmatchcase(path, pattern) for pattern in self.world.scenario.extra_paths):
                self.journal.refused("unknown-path", request.method, path, "not git and not the API")
                entry["refusal"] = "unknown-path"
            return Answer(404, "<!DOCTYPE html><html><body>Not Found</body></html>", content_type="text/html")
        return self._git(request, match, entry)

    # git

    def _token(self, request):
        header = request.header("authorization", "")
        kind, _, value = header.partition(" ")
        if kind.lower() == "basic":
            try:
                user, _, password = base64.b64decode(value).decode().partition(":")
            except ValueError:
                return None
            return self.world.token(password) or self.world.token(user)
        return self.world.token(value) if kind else None

    def _git(self, request, match, entry):
        owner, name, service_path = match.groups()
        entry["kind"] = "git"
        entry["git_protocol"] = request.header("git-protocol")
        token = self._token(request)
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
            return githttp.unauthorized()
        auth = settings.get("auth", "push")
        wanted = auth == "always" or (auth == "push" and pushes)
        if wanted and token is None:
            return githttp.unauthorized()
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
