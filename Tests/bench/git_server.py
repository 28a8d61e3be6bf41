"""Bare repositories behind `git http-backend` on a free port of this machine, for pushing and cloning without a forge."""

import http.server
import subprocess
import threading

BLOCK = 1 << 16


class GitServer:
    """Serves every repository below `root` while the context is open."""

    def __init__(self, root, environment):
        handler = type("Handler", (_Handler,), {"root": root, "environment": environment})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # As every real server has it; otherwise what is measured is mostly the wait for a delayed acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if ".git/" not in path:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        variables = {
            **self.environment, "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        if "Content-Length" in self.headers:
            variables["CONTENT_LENGTH"] = self.headers["Content-Length"]
        with subprocess.Popen(
                ["git", "http-backend"], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            feeder = threading.Thread(target=self._feed, args=(child.stdin,))
            feeder.start()
            self._relay(child.stdout)
            feeder.join()

    do_POST = do_GET

    def _feed(self, pipe):
        with pipe:
            for block in self._body():
                try:
                    pipe.write(block)
                except BrokenPipeError:
                    pass

    def _body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            block = self.rfile.read(min(left, BLOCK))
            if not block:
                return
            left -= len(block)
            yield block

    def _relay(self, output):
        status, fields = 200, []
        while (line := output.readline().strip()):
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "status":
                status = int(value.split()[0])
            else:
                fields.append((name, value.strip()))
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while block := output.read1(BLOCK):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")
