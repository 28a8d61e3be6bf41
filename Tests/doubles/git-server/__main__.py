"""A plain web server in front of git: `git http-backend`, the files themselves, and what can be wrong with a server.

    python3 Tests/doubles/git-server --root FOLDER [--tls FOLDER]

Prints its ports as one line of JSON and ends when standard input closes. Under `/FORM/PATH` it serves the repository
`FOLDER/PATH`; FORM says how, see `forms.py`. Requests are noted, one a line, in `FOLDER/CASE/SIDE.requests`, where the
path is `CASE/SIDE/...`; each connection is one byte more in `FOLDER/connections`.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(1, os.path.dirname(HERE))

import forms  # noqa: E402
from serving import certificates  # noqa: E402

# Names that nobody resolves: the way to them leads through the proxy alone.
PROXIED = {"git.corp.example"}


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site, handler, context=None):
        self.site = site
        self.context = context
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def port(self):
        return self.server_address[1]

    def get_request(self):
        connection, address = super().get_request()
        self.site.note_connection()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def finish_request(self, request, address):
        if self.context:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except (OSError, ValueError):
                return
        super().finish_request(request, address)

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], (OSError, ValueError)):
            super().handle_error(request, address)


class Site:
    """What all listeners share."""

    def __init__(self, root):
        self.root = root
        self.lock = threading.Lock()
        self.origin = self.secure_origin = None

    def note_connection(self):
        with self.lock, open(os.path.join(self.root, "connections"), "a") as file:
            file.write(".")

    def note(self, path, line):
        parts = path.strip("/").split("/")
        if len(parts) < 3 or not os.path.isdir(os.path.join(self.root, *parts[:2])):
            return
        with self.lock, open(os.path.join(self.root, parts[0], parts[1] + ".requests"), "a") as file:
            file.write(line.replace(parts[0] + "/" + parts[1], "CASE") + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "git-server"
    sys_version = ""

    def log_message(self, *arguments):
        pass

    def setup(self):
        super().setup()
        self.door = "tls" if self.server.context else "plain"

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        target = urllib.parse.urlsplit(self.path)
        if target.netloc:
            # A plain proxy's request.
            if target.hostname not in PROXIED:
                self.answer(502, "text/plain", b"unknown host")
                return
            self.door = "proxied"
        _, form, path = (target.path.split("/", 2) + ["", ""])[:3]
        body = self.body()
        forms.serve(self, form, "/" + path, target.query, body)

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            out = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    while self.rfile.readline().strip():
                        pass
                    return b"".join(out)
                out.append(self.rfile.read(size))
                self.rfile.readline()
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status, content_type, body, headers=(), promised=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True

    def do_CONNECT(self):
        host = self.path.rsplit(":", 1)[0]
        site = self.server.site
        if host not in PROXIED:
            self.answer(502, "text/plain", b"unknown host")
            return
        if not forms.proxy_is_open_to(self):
            return
        port = int(site.secure_origin.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as inner:
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            self.wfile.flush()
            pump = threading.Thread(target=_pump, args=(inner, self.connection), daemon=True)
            pump.start()
            _pump(self.connection, inner)
            pump.join()
        self.close_connection = True


def _pump(source, sink):
    try:
        while True:
            block = source.recv(65536)
            if not block:
                break
            sink.sendall(block)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def make_client(path):
    """A certificate that signs itself, and its key, in one file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=ada", "-days", "30", "-keyout",
         path + ".key", "-out", path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--tls")
    arguments = parser.parse_args()
    site = Site(arguments.root)
    listeners = {"http": Server(site, Handler)}
    site.origin = "http://127.0.0.1:%d" % listeners["http"].port
    ready = {}
    if arguments.tls:
        authority, leaf, key = certificates.ensure(arguments.tls, sorted(PROXIED))
        ready = {"authority": authority, "client": os.path.join(arguments.tls, "client.pem")}
        make_client(ready["client"])
        for name in ("https", "client_https"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(leaf, key)
            if name == "client_https":
                context.load_verify_locations(ready["client"])
                context.verify_mode = ssl.CERT_REQUIRED
            listeners[name] = Server(site, Handler, context)
        site.secure_origin = "https://127.0.0.1:%d" % listeners["https"].port
    for server in listeners.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready["ports"] = {name: server.port for name, server in listeners.items()}
    print(json.dumps(ready), flush=True)
    sys.stdin.read()
    # What stalls is left where it is.
    os._exit(0)


main()
