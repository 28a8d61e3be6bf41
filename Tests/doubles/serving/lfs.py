"""The LFS side of a repository: batch API, its store, verification and locks. Objects lie in the bare repository's
`lfs/objects`, as git-lfs itself keeps them."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import threading

from .wire import Answer

MEDIA = "application/vnd.git-lfs+json"
OID = re.compile(r"[0-9a-f]{64}")


class Wrong(Exception):
    """What no git-lfs may ask: its name fails the test."""

    def __init__(self, name, what, status=422):
        super().__init__(what)
        self.name = name
        self.status = status


def answer_json(status, value):
    return Answer(status, json.dumps(value), content_type=MEDIA)


class LFS:
    """`git` and `lfs` are those parts of a scenario, `realm` is what the server calls itself."""

    def __init__(self, git, lfs, journal, realm):
        self.journal = journal
        self._git, self._realm = git, realm
        self._lock = threading.Lock()
        self._secret = os.urandom(16)
        self._locks = [
            {"id": str(number + 1), "path": path, "locked_at": "2026-01-01T00:00:00Z", "owner": {"name": owner}}
            for number, (path, owner) in enumerate(sorted(lfs.get("locks", {}).items()))]

    def answer(self, request, repository, rest, token, entry):
        """Answers a request below `info/lfs/`; `repository` has `name` and `bare`, or is None where there is none."""
        entry["kind"] = "lfs"
        if request.header("authorization"):
            entry["token"] = token.name if token else "?"
        try:
            if rest.startswith("store/"):
                return self._store(request, repository, rest[len("store/"):], entry)
            return self._api(request, repository, token, rest, entry)
        except Wrong as wrong:
            entry["refusal"] = wrong.name
            self.journal.refused(wrong.name, request.method, request.path, str(wrong))
            return answer_json(wrong.status, {"message": str(wrong)})

    # The API

    def _api(self, request, repository, token, rest, entry):
        if MEDIA not in request.header("accept", ""):
            raise Wrong("wrong-accept", "Accept is %r" % request.header("accept"), 406)
        body = {}
        if request.method == "POST":
            if not request.header("content-type", "").startswith(MEDIA):
                raise Wrong("wrong-content-type", "Content-Type is %r" % request.header("content-type"), 415)
            try:
                body = json.loads(request.body(8 << 20))
            except ValueError:
                raise Wrong("malformed-body", "not JSON", 400)
        handlers = {("POST", "objects/batch"): self._batch, ("POST", "verify"): self._verify,
                    ("POST", "locks/verify"): self._verify_locks, ("POST", "locks"): self._add_lock,
                    ("GET", "locks"): self._list_locks}
        handler = handlers.get((request.method, rest))
        unlocked = re.fullmatch(r"locks/(\d+)/unlock", rest)
        if handler is None and not (unlocked and request.method == "POST"):
            raise Wrong("unknown-path", "no such LFS address", 404)
        writes = rest != "objects/batch" and request.method == "POST" or body.get("operation") == "upload"
        gate = self._gate(request, repository, token, writes, entry)
        if gate is not None:
            return gate
        entry["operation"] = body.get("operation") or rest.split("/")[0]
        if unlocked:
            return self._unlock(unlocked.group(1))
        return handler(request, repository, body, token, entry)

    def _gate(self, request, repository, token, writes, entry):
        auth = self._git.get("auth", "push")
        given = request.header("authorization") is not None
        if given and token is None:
            entry["refusal"] = "git-bad-credentials"
            self.journal.refused("git-bad-credentials", request.method, request.path, "no such token")
        if token is None and (given or auth == "always" or auth == "push" and writes):
            answer = answer_json(401, {"message": "Credentials needed"})
            answer.headers.append(("LFS-Authenticate", 'Basic realm="%s"' % self._realm))
            return answer
        if repository is None:
            raise Wrong("unknown-repository", "no such repository", 404)
        if writes and token is not None and not token.may("contents", "write"):
            raise Wrong("insufficient-permission", "may not push", 403)
        return None

    def _batch(self, request, repository, body, token, entry):
        operation, objects = body.get("operation"), body.get("objects")
        if operation not in ("upload", "download") or not isinstance(objects, list) or not objects:
            raise Wrong("malformed-body", "operation %r, objects %r" % (operation, objects))
        if "basic" not in body.get("transfers", ["basic"]) or body.get("hash_algo", "sha256") != "sha256":
            raise Wrong("malformed-body", "transfers or hash_algo that nobody has")
        answered = []
        for item in objects:
            oid, size = item.get("oid"), item.get("size")
            if not isinstance(oid, str) or not OID.fullmatch(oid) or not isinstance(size, int) or size < 0:
                raise Wrong("malformed-body", "object %r" % item)
            answered.append(self._actions(request, repository, operation, oid, size, token))
        entry["objects"] = [item["oid"] for item in objects]
        entry["ref"] = (body.get("ref") or {}).get("name")
        return answer_json(200, {"transfer": "basic", "objects": answered, "hash_algo": "sha256"})

    def _actions(self, request, repository, operation, oid, size, token):
        found = {"oid": oid, "size": size, "authenticated": True}
        stored = os.path.exists(self._file(repository, oid))
        store = "%s://%s/%s/info/lfs/" % ("https" if request.tls else "http", request.authority, repository.name)
        link = {"href": store + "store/" + oid, "header": {"X-Signature": self._signature(operation, oid)}}
        if operation == "download":
            if stored:
                found["actions"] = {"download": link}
            else:
                found["error"] = {"code": 404, "message": "Object does not exist"}
        elif not stored:
            header = {"Authorization": "RemoteAuth " + token.value} if token else {}
            found["actions"] = {"upload": link, "verify": {"href": store + "verify", "header": header}}
        return found

    def _verify(self, request, repository, body, token, entry):
        oid, size = body.get("oid", ""), body.get("size")
        entry["objects"] = [oid]
        path = self._file(repository, oid) if OID.fullmatch(oid) else ""
        if not os.path.exists(path) or os.path.getsize(path) != size:
            raise Wrong("lfs-not-stored", "verify of %r with %r bytes" % (oid, size), 404)
        return answer_json(200, {})

    # The store

    def _signature(self, operation, oid):
        method = {"upload": "PUT", "download": "GET"}[operation]
        return hmac.new(self._secret, (method + oid).encode(), hashlib.sha256).hexdigest()

    def _file(self, repository, oid):
        return os.path.join(repository.bare, "lfs", "objects", oid[:2], oid[2:4], oid)

    def _store(self, request, repository, oid, entry):
        entry["operation"], entry["objects"] = "store", [oid]
        operation = {"PUT": "upload", "GET": "download"}.get(request.method)
        if repository is None or operation is None or not OID.fullmatch(oid):
            raise Wrong("unknown-path", "no such object", 404)
        if request.header("x-signature") != self._signature(operation, oid):
            raise Wrong("bad-signature", "the action's header is missing", 403)
        if request.header("authorization"):
            raise Wrong("credential-at-lfs-store", "the action has no Authorization header", 400)
        path = self._file(repository, oid)
        if operation == "download":
            with open(path, "rb") as file:
                return Answer(200, file.read(), content_type="application/octet-stream")
        data = request.body(256 << 20)
        if hashlib.sha256(data).hexdigest() != oid:
            raise Wrong("lfs-wrong-content", "%d bytes that are not %s" % (len(data), oid))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temporary = path + "." + os.urandom(4).hex()
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
        return Answer(200, b"")

    # Locks

    def _verify_locks(self, request, repository, body, token, entry):
        login = token.login if token else None
        with self._lock:
            ours = [lock for lock in self._locks if lock["owner"]["name"] == login]
            theirs = [lock for lock in self._locks if lock["owner"]["name"] != login]
        return answer_json(200, {"ours": ours, "theirs": theirs})

    def _list_locks(self, request, repository, body, token, entry):
        query = dict(request.query)
        with self._lock:
            found = [lock for lock in self._locks
                     if query.get("path", lock["path"]) == lock["path"] and query.get("id", lock["id"]) == lock["id"]]
        return answer_json(200, {"locks": found})

    def _add_lock(self, request, repository, body, token, entry):
        with self._lock:
            held = next((lock for lock in self._locks if lock["path"] == body.get("path")), None)
            if held:
                return answer_json(409, {"lock": held, "message": "already created lock"})
            lock = {"id": str(len(self._locks) + 100), "path": body.get("path"), "locked_at": "2026-01-01T00:00:00Z",
                    "owner": {"name": token.login if token else "octocat"}}
            self._locks.append(lock)
        return answer_json(201, {"lock": lock})

    def _unlock(self, number):
        with self._lock:
            lock = next((lock for lock in self._locks if lock["id"] == number), None)
            if lock is None:
                raise Wrong("no-such-lock", "lock %s" % number, 404)
            self._locks.remove(lock)
        return answer_json(200, {"lock": lock})
