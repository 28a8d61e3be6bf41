"""HTTP/1.1 on a socket: requests are read, answers written, and connections ended rudely where a scenario asks."""

from __future__ import annotations

import email.utils
import http
import socket
import struct
import urllib.parse

BLOCK = 1 << 18
HEADER_LIMIT = 64 << 10


class BadRequest(Exception):
    """The bytes are not an HTTP/1.1 request."""


class Gone(Exception):
    """The client closed the connection, or the scenario did."""


class Request:
    def __init__(self, connection, method, target, headers):
        self.connection = connection
        self.method = method
        self.target = target
        self.headers = headers
        path, _, query = target.partition("?")
        self.raw_path = path
        self.path = urllib.parse.unquote(path)
        self.raw_query = query
        self.query = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.chunked = "chunked" in self.header("transfer-encoding", "").lower()
        length = self.header("content-length")
        if length is not None and not length.isdigit():
            raise BadRequest("Content-Length is not a number")
        self.length = None if length is None else int(length)
        self.body_done = not self.chunked and not self.length
        self._continue_wanted = self.header("expect", "").lower() == "100-continue"
        self._body = None

    def header(self, name, default=None):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return default

    def blocks(self):
        """The body as it arrives, its chunked framing removed."""
        if self.body_done:
            return
        if self._continue_wanted:
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._continue_wanted = False
        reader = self.connection.reader
        if self.chunked:
            while True:
                line = reader.readline(1024)
                if not line:
                    raise Gone("inside a chunked body")
                left = int(line.split(b";")[0], 16)
                if left == 0:
                    break
                yield from self._exactly(left)
                reader.readline(8)
            while reader.readline(HEADER_LIMIT) not in (b"\r\n", b"\n", b""):
                pass
        else:
            yield from self._exactly(self.length)
        self.body_done = True

    def _exactly(self, left):
        reader = self.connection.reader
        while left:
            block = reader.read1(min(left, BLOCK))
            if not block:
                raise Gone("inside a body")
            left -= len(block)
            yield block

    def body(self, limit=1 << 20):
        if self._body is None:
            kept = bytearray()
            for block in self.blocks():
                kept += block
                if len(kept) > limit:
                    raise BadRequest("the body is larger than %d bytes" % limit)
            self._body = bytes(kept)
        return self._body


class Answer:
    """An answer that is known as a whole; `cut` ends it after that many bytes of the body."""

    def __init__(self, status, body=b"", headers=(), content_type=None):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = list(headers)
        if content_type:
            self.headers.append(("Content-Type", content_type))
        self.cut = None

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None


class Connection:
    def __init__(self, sock, listener):
        self.listener = listener
        self.adopt(sock)

    def adopt(self, sock):
        """Goes on with `sock`, as after TLS began on the old one."""
        self.sock = sock
        self.reader = sock.makefile("rb", buffering=BLOCK)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone(str(error))

    def next_request(self):
        try:
            line = self.reader.readline(HEADER_LIMIT)
            while line in (b"\r\n", b"\n"):
                line = self.reader.readline(HEADER_LIMIT)
            if not line:
                return None
            parts = line.decode("latin-1").split()
            if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
                raise BadRequest("request line %r" % line[:80])
            headers = []
            size = len(line)
            while True:
                line = self.reader.readline(HEADER_LIMIT)
                size += len(line)
                if not line or size > HEADER_LIMIT:
                    raise BadRequest("the header ends too early or is too long")
                if line in (b"\r\n", b"\n"):
                    break
                name, colon, value = line.decode("latin-1").partition(":")
                if not colon:
                    raise BadRequest("header line %r" % line[:80])
                headers.append((name, value.strip()))
        except OSError as error:
            raise Gone(str(error))
        return Request(self, parts[0], parts[1], headers)

    def answer(self, answer, keep_alive=True):
        names = {name.lower() for name, _ in answer.headers}
        head = ["HTTP/1.1 %d %s" % (answer.status, reason(answer.status))]
        if "date" not in names:
            head.append("Date: " + email.utils.formatdate(usegmt=True))
        head += ["%s: %s" % pair for pair in answer.headers]
        if answer.status not in (204, 304) and "content-length" not in names:
            head.append("Content-Length: %d" % len(answer.body))
        if not keep_alive or answer.cut is not None:
            head.append("Connection: close")
        body = b"" if answer.status in (204, 304) else answer.body
        if answer.cut is not None:
            body = body[: answer.cut]
        data = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
        if len(body) < 65536:
            self.send(data + body)
        else:
            self.send(data)
            self.send(body)

    def begin(self, status, headers):
        """Starts an answer of unknown length; `chunk` and `end_chunks` follow."""
        head = ["HTTP/1.1 %d %s" % (status, reason(status))]
        head += ["%s: %s" % pair for pair in headers]
        head.append("Transfer-Encoding: chunked")
        self.send(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))

    def chunk(self, data):
        if data:
            self.send(b"%x\r\n" % len(data) + data + b"\r\n")

    def end_chunks(self):
        self.send(b"0\r\n\r\n")

    def reset(self):
        """Ends with a TCP RST instead of a FIN."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.close()

    def close(self):
        for thing in (self.reader, self.sock):
            try:
                thing.close()
            except OSError:
                pass


def reason(status):
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Status"
