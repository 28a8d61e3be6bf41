"""The forms in which a repository is served: the first word of a request's path, words joined by `+`.

smart           git http-backend
v0              the same of a git that knows protocol version 0 alone
dumb            the files of the repository
auth, auth-push only with the name and password `ada:right`; for everything, or for pushes alone
header          only with the header `X-Door: open-sesame`
redirect        GETs lead to the same place without this word; `redirect-all` POSTs too
to-tls          GETs lead to the same place on the port with TLS
loop            GETs lead to themselves
to-SCHEME       GETs lead to `SCHEME://127.0.0.1/...`; `to-hephy` to `hephy::` and this server
get-TROUBLE     what is wrong with the answers to GETs, see `TROUBLES`; `post-TROUBLE` to POSTs
"""

from __future__ import annotations

import base64
import os
import subprocess

KNOWN = "Basic " + base64.b64encode(b"ada:right").decode()


def serve(request, form, path, query, body):
    words = form.split("+")
    site = request.server.site

    def answer(status, content_type, content, headers=(), promised=None):
        site.note(path, " ".join([
            request.door, request.command, "/" + form + path + ("?" + query if query else ""), str(status),
            request.headers.get("git-protocol", "-"), "chunked" if request.headers.get("transfer-encoding") else "-",
            "known" if request.headers.get("authorization") == KNOWN else
            "unknown" if request.headers.get("authorization") else "-"]))
        request.answer(status, content_type, content, headers, promised)

    if request.door == "proxied" and not proxy_is_open_to(request):
        return
    is_get = request.command == "GET"
    is_push = "git-receive-pack" in path + query
    if "auth" in words or "auth-push" in words and is_push:
        if request.headers.get("authorization") != KNOWN:
            answer(401, "text/plain", b"who are you", [("WWW-Authenticate", 'Basic realm="git"')])
            return
    if "header" in words and request.headers.get("x-door") != "open-sesame":
        answer(403, "text/plain", b"the door is shut")
        return
    rest = path + ("?" + query if query else "")
    for word in words:
        if word == "redirect-all" or is_get and (word == "redirect" or word == "loop" or word.startswith("to-")):
            answer(302, "text/plain", b"", [("Location", location(site, words, word, rest))])
            return
        verb, _, trouble = word.partition("-")
        if verb == ("get" if is_get else "post") and trouble:
            if TROUBLES.get(trouble, status_only)(request, answer, path, query, body, trouble):
                return
    if "dumb" in words:
        dumb(site, answer, path)
        return
    status, content_type, content, headers = backend(request, "v0" in words, path, query, body)
    answer(status, content_type, content, headers)


def location(site, words, word, rest):
    plain = "+".join(other for other in words if other != word) or "smart"
    if word == "loop":
        return site.origin + "/" + "+".join(words) + rest
    if word == "to-tls":
        return site.secure_origin + "/" + plain + rest
    if word == "to-hephy":
        return "hephy::" + site.origin + "/" + plain + rest
    if word.startswith("to-"):
        return word[3:] + "://127.0.0.1/" + plain + rest
    return site.origin + "/" + plain + rest


def proxy_is_open_to(request):
    """The proxy wants `ada:right` from whoever offers a password, and nothing from others."""
    offered = request.headers.get("proxy-authorization")
    if offered in (None, KNOWN):
        return True
    request.answer(407, "text/plain", b"who are you", [("Proxy-Authenticate", 'Basic realm="proxy"')])
    return False


# What can be wrong. Each gives true when it has answered.


def status_only(request, answer, path, query, body, trouble):
    answer(int(trouble), "text/plain", b"no\n", [("Retry-After", "1")] if trouble in ("429", "503") else [])
    return True


def cut(request, answer, path, query, body, trouble):
    status, content_type, content, headers = backend(request, False, path, query, body)
    request.hang_up()
    answer(status, content_type, content[:len(content) * 2 // 3], headers, promised=len(content))
    return True


def cut_pack(request, answer, path, query, body, trouble):
    """Whole for the transport, cut short for git."""
    status, content_type, content, headers = backend(request, False, path, query, body)
    answer(status, content_type, content[:len(content) * 2 // 3], headers)
    return True


def garbage(request, answer, path, query, body, trouble):
    status, content_type, _, headers = backend(request, False, path, query, body)
    answer(200, content_type, b"\x00\xffrubbish\x1b[2J\n" * 40, headers)
    return True


def html(request, answer, path, query, body, trouble):
    answer(200, "text/html", b"<html><body>Sign in, please.</body></html>\n")
    return True


def empty(request, answer, path, query, body, trouble):
    status, content_type, _, headers = backend(request, False, path, query, body)
    answer(200, content_type, b"", headers)
    return True


def stall_pack(request, answer, path, query, body, trouble):
    """Half of a pack comes, and then nothing until the client has had enough; other answers are whole."""
    status, content_type, content, headers = backend(request, False, path, query, body)
    if b"PACK" not in content:
        answer(status, content_type, content, headers)
        return True
    request.hang_up()
    answer(status, content_type, content[:len(content) // 2], headers, promised=len(content))
    request.connection.recv(1)
    return True


def drop(request, answer, path, query, body, trouble):
    request.hang_up()
    return True


def stall(request, answer, path, query, body, trouble):
    """Nothing comes until the client has had enough."""
    request.hang_up()
    request.connection.recv(1)
    return True


def remote_error(request, answer, path, query, body, trouble):
    status, content_type, _, headers = backend(request, False, path, query, body)
    service = query.partition("service=")[2]
    head = b"" if not service else _packet(b"# service=" + service.encode() + b"\n") + b"0000"
    answer(200, content_type, head + _packet(b"ERR this repository is being moved\n"), headers)
    return True


def _packet(content):
    return b"%04x" % (len(content) + 4) + content


TROUBLES = {"cut": cut, "cutpack": cut_pack, "garbage": garbage, "html": html, "empty": empty, "drop": drop,
            "stall": stall, "stallpack": stall_pack, "err": remote_error}


def dumb(site, answer, path):
    full = os.path.normpath(os.path.join(site.root, path.lstrip("/")))
    try:
        with open(full, "rb") as file:
            answer(200, "text/plain", file.read())
    except OSError:
        answer(404, "text/plain", b"not found")


BACKEND = os.path.join(
    subprocess.run(["git", "--exec-path"], stdout=subprocess.PIPE, check=True).stdout.decode().strip(),
    "git-http-backend")


def backend(request, is_old, path, query, body):
    """Status, type, body and further headers of what `git http-backend` says."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/nonexistent",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PROJECT_ROOT": request.server.site.root, "PATH_INFO": path, "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.command, "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1", "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*", "GIT_CONFIG_KEY_1": "receive.autogc", "GIT_CONFIG_VALUE_1": "false",
        "GIT_COMMITTER_DATE": "1767225600 +0000", "GIT_TEST_FSYNC": "0",
        # The one that is tested has a place that it was not built for.
        "GIT_EXEC_PATH": os.path.dirname(BACKEND),
    }
    if request.headers.get("content-encoding"):
        environment["HTTP_CONTENT_ENCODING"] = request.headers["content-encoding"]
    if request.headers.get("git-protocol") and not is_old:
        environment["GIT_PROTOCOL"] = request.headers["git-protocol"]
    done = subprocess.run(
        [BACKEND], input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    status, content_type, headers = 200, "text/plain", []
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        value = value.strip()
        if name.lower() == "status":
            status = int(value.split()[0])
        elif name.lower() == "content-type":
            content_type = value
        elif name and name.lower() != "content-length":
            headers.append((name, value))
    if not head:
        status = 500
    return status, content_type, content, headers
