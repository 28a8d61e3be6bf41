"""The frame of a double's server: listeners, TLS, a proxy, faults, and a line of the journal for each request."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
import time
import urllib.parse

from .wire import Answer, BadRequest, Connection, Gone


def credentials(request):
    """The secrets in the Authorization header, likeliest first: a password and its user, or a bearer's token."""
    kind, _, value = request.header("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return [value] if kind else []
    try:
        user, _, password = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return []
    return [password, user]


class Server:
    """Listens and converses; a product's server says in a subclass who it is and what it answers.

    It overrides `known(host)`, which gives the role of a host name or None for a stranger; `face(request)`, which gives
    the role of a request and what its handler needs to know of the host, (None, None) for a stranger; `token(request)`;
    and `real_answer(request, role, host, entry)`, which gives an `Answer`, or None when it has answered by itself.
    """

    def __init__(self, journal, faults, listeners, certificate=None, api=None):
        self.journal = journal
        self.faults = faults
        self.ports = {}
        self._api = api
        self._names = [name for name in listeners if certificate or "https" not in name]
        # USER:PASSWORD that the proxy wants to see, or None.
        self.proxy_login = None
        self._listeners = []
        self._connections = set()
        self._gone = False
        self._tls = None
        if certificate:
            self._tls = self._context(certificate)
            self._tls_with_client = self._context(certificate)
            self._tls_with_client.load_verify_locations(os.path.join(os.path.dirname(certificate[0]), "ca.pem"))
            self._tls_with_client.verify_mode = ssl.CERT_REQUIRED

    @staticmethod
    def _context(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def known(self, host):
        raise NotImplementedError

    def face(self, request):
        raise NotImplementedError

    def token(self, request):
        raise NotImplementedError

    def real_answer(self, request, role, host, entry):
        raise NotImplementedError

    def open(self):
        for name in self._names:
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
            if "https" in name:
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
        context = self._tls_with_client if connection.listener.startswith("client_") else self._tls
        connection.adopt(context.wrap_socket(connection.sock, server_side=True))

    def _converse(self, connection):
        tunnel = None
        while True:
            request = connection.next_request()
            if request is None:
                return
            request.tls = tunnel is not None or "https" in connection.listener
            request.authority = tunnel or request.header("host", "")
            if self._is_locked_out(connection, request, tunnel):
                return
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

    def _is_locked_out(self, connection, request, tunnel):
        """Whether the proxy wants a sign-on that the request does not bring; it has said so then."""
        if self.proxy_login is None or connection.listener != "proxy" or tunnel is not None:
            return False
        wanted = "Basic " + base64.b64encode(self.proxy_login.encode()).decode()
        if request.header("proxy-authorization") == wanted:
            return False
        self.journal.write({"kind": "locked-out", "listener": connection.listener, "target": request.target})
        connection.answer(
            Answer(407, "<html><body>Sign in to the proxy</body></html>", [("Proxy-Authenticate", 'Basic realm="proxy"')],
                   content_type="text/html"), keep_alive=False)
        return True

    def _connect(self, connection, request):
        host = request.target.rpartition(":")[0]
        self.journal.write({"kind": "connect", "listener": connection.listener, "target": request.target,
                            "proxy_authorization": request.header("proxy-authorization") is not None})
        if connection.listener != "proxy" or self._tls is None or self.known(host) is None:
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

    # Answers

    def _respond(self, connection, request):
        """Answers one request; false when the connection ends with it."""
        started = time.monotonic()
        role, host = self.face(request)
        entry = {"kind": role or "stranger", "listener": connection.listener, "host": request.authority,
                 "method": request.method, "path": request.path, "query": dict(request.query),
                 "user_agent": request.header("user-agent"), "if_none_match": bool(request.header("if-none-match"))}
        if role is None:
            self.journal.fail("unknown-host", "%s %s%s" % (request.method, request.authority, request.path))
            connection.answer(Answer(502, "no such host"), keep_alive=False)
            return False
        token = self.token(request)
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
                answer = self.real_answer(request, role, host, entry)
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
        answer = fault.answer(self._api, token)
        if answer is not None:
            entry["billed"] = False
        return True, answer
