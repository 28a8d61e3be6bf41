"""Git's smart HTTP: real bare repositories behind `git http-backend`, streamed both ways."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from .wire import BLOCK, Answer, Gone

HERE = os.path.dirname(os.path.abspath(__file__))


def read_refs(bare):
    """All refs below `refs/` by full name, read as git stores them: loose files win over packed-refs."""
    refs = {}
    try:
        with open(os.path.join(bare, "packed-refs"), encoding="utf-8", errors="surrogateescape") as packed:
            for line in packed:
                if line[:1] in "#^\n":
                    continue
                oid, _, name = line.rstrip("\n").partition(" ")
                refs[name] = oid
    except FileNotFoundError:
        pass
    root = os.path.join(bare, "refs")
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".lock"):
                continue
            try:
                with open(path, encoding="ascii") as file:
                    oid = file.read().strip()
            except (OSError, ValueError):
                continue
            if oid and not oid.startswith("ref:"):
                refs[os.path.relpath(path, bare).replace(os.sep, "/")] = oid
    return refs


def git(bare, *arguments, **options):
    """Standard output of `git` in a bare repository; None when it exits non-zero."""
    done = subprocess.run(
        ["git", "-C", bare] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git_environment(),
        **options)
    return done.stdout if done.returncode == 0 else None


def git_environment():
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/nonexistent",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TEST_FSYNC": "0",
    }
    return environment


def backend_environment(request, bare, service_path, user, configuration):
    environment = git_environment()
    environment.update({
        "GIT_PROJECT_ROOT": bare, "PATH_INFO": service_path, "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.method, "QUERY_STRING": request.raw_query, "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.header("content-type", ""), "REMOTE_ADDR": "127.0.0.1",
    })
    if user:
        environment["REMOTE_USER"] = user
    if request.length is not None and not request.chunked:
        environment["CONTENT_LENGTH"] = str(request.length)
    for header, name in (
            ("content-encoding", "HTTP_CONTENT_ENCODING"), ("git-protocol", "GIT_PROTOCOL"),
            ("accept-encoding", "HTTP_ACCEPT_ENCODING"), ("user-agent", "HTTP_USER_AGENT")):
        value = request.header(header)
        if value:
            environment[name] = value
    pairs = [("safe.directory", "*"), ("http.receivepack", "true"), ("receive.advertisePushOptions", "true"),
             ("uploadpack.allowFilter", "true"), ("uploadpack.allowAnySHA1InWant", "true"),
             ("receive.autogc", "false")] + configuration
    # As `git -c` hands it on; GIT_CONFIG_COUNT is younger than the oldest git that has to serve here.
    environment["GIT_CONFIG_PARAMETERS"] = " ".join(
        "'" + ("%s=%s" % pair).replace("'", "'\\''") + "'" for pair in pairs)
    return environment


def refusing_configuration(environment, refuse_workflows, refused_refs):
    """Configuration that lets the server refuse single refs in its own words, by the proc-receive hook."""
    hooks = os.path.join(HERE, "hooks")
    if refuse_workflows:
        environment["HEPHY_DOUBLE_REFUSE_WORKFLOWS"] = refuse_workflows
    for number, (ref, reason) in enumerate(sorted(refused_refs.items())):
        environment["HEPHY_DOUBLE_REFUSE_%d" % number] = ref + " " + reason
    environment["HEPHY_DOUBLE_PYTHON"] = sys.executable
    return [("core.hooksPath", hooks), ("receive.procReceiveRefs", "refs")]


def serve(request, bare, service_path, user, refuse_workflows, refused_refs, before_end, push_options=None):
    """Answers with what `git http-backend` says; calls `before_end` when it has ended but the client still waits.

    A push's options are added to the list `push_options`, where one is given, before `before_end` is called.

    Returns the status that was sent.
    """
    extra = {}
    configuration = []
    if service_path == "/git-receive-pack" and (refuse_workflows or refused_refs):
        configuration = refusing_configuration(extra, refuse_workflows, refused_refs)
    environment = backend_environment(request, bare, service_path, user, configuration)
    environment.update(extra)
    child = subprocess.Popen(
        ["git", "http-backend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment, bufsize=0, start_new_session=True)
    trouble = []
    feeder = None
    watched = PushOptions(push_options) if push_options is not None else None
    if request.body_done:
        child.stdin.close()
    else:
        feeder = threading.Thread(target=_feed, args=(request, child, trouble, watched), daemon=True)
        feeder.start()
    try:
        return _relay(request, child, feeder, before_end)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        child.stdout.close()
        if trouble:
            raise Gone(trouble[0])


def _feed(request, child, trouble, watched):
    pipe = child.stdin
    broken = False
    try:
        for block in request.blocks():
            if watched:
                watched.take(block)
            if broken:
                continue
            try:
                view = memoryview(block)
                while view:
                    view = view[pipe.write(view):]
            except (BrokenPipeError, ValueError):
                broken = True
    except (Gone, OSError, ValueError) as error:
        trouble.append(str(error))
        # At the end of a body that is shorter than it was said to be, `git http-backend` reads on for ever.
        try:
            os.killpg(child.pid, signal.SIGTERM)
        except OSError:
            pass
    finally:
        try:
            pipe.close()
        except OSError:
            pass


def _relay(request, child, feeder, before_end):
    output = child.stdout
    buffered = b""
    while b"\r\n\r\n" not in buffered:
        block = output.read(BLOCK)
        if not block:
            break
        buffered += block
    head, _, rest = buffered.partition(b"\r\n\r\n")
    status, headers = 200, []
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        elif name:
            headers.append((name, value.strip()))
    connection = request.connection
    if not headers and not rest:
        status = 500
    connection.begin(status, headers)
    connection.chunk(rest)
    while True:
        block = output.read(BLOCK)
        if not block:
            break
        connection.chunk(block)
    child.wait()
    if feeder:
        feeder.join()
    before_end()
    connection.end_chunks()
    return status


class PushOptions:
    """Reads a push's options from the beginning of its body (gitprotocol-pack(5), "Reference Update Request").

    Packets of commands up to a flush packet; where the first one's capabilities name `push-options`, the options follow
    up to the next one.
    """

    def __init__(self, options):
        self._options = options
        self._bytes = bytearray()
        self._section = "commands"
        self._promised = None

    def take(self, block):
        if self._section == "done":
            return
        self._bytes += block
        while self._section != "done" and len(self._bytes) >= 4:
            size = int(bytes(self._bytes[:4]), 16)
            if len(self._bytes) < size:
                return
            packet = bytes(self._bytes[4:size])
            del self._bytes[:max(size, 4)]
            self._packet(packet if size else None)
        if self._section == "done":
            self._bytes.clear()

    def _packet(self, packet):
        if packet is None:
            more = self._section == "commands" and self._promised
            self._section = "options" if more else "done"
        elif self._section == "options":
            self._options.append(packet.rstrip(b"\n").decode(errors="replace"))
        elif self._promised is None and b"\0" in packet:
            self._promised = b"push-options" in packet.partition(b"\0")[2].split()


def not_found():
    return Answer(404, "Not Found", content_type="text/plain")


def unauthorized(realm):
    return Answer(401, "Authentication required", [("WWW-Authenticate", 'Basic realm="%s"' % realm)],
                  content_type="text/plain")
