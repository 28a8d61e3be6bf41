"""What needs no forge: start-up, pushing, cloning and listing over http, detection in a large tree."""

import os
import pathlib
import subprocess
import time

from git_server import GitServer
from measure import alternate, ratio

LARGE = 200 << 20


def capabilities(bench):
    """From the start of the helper to the blank line that ends its answer to `capabilities`."""
    exec_path = pathlib.Path(bench.git(bench.scratch, "--exec-path").decode().strip())
    work = bench.repository("capabilities")

    def seconds(program, url):
        start = time.perf_counter()
        with subprocess.Popen(
                [str(program), "origin", url], cwd=work, env={**bench.environment, "GIT_DIR": str(work / ".git")},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            child.stdin.write(b"capabilities\n")
            child.stdin.flush()
            while True:
                line = child.stdout.readline()
                if line == b"\n":
                    break
                if not line:
                    raise SystemExit(f"bench: {program.name} did not answer 'capabilities'")
            taken = time.perf_counter() - start
            child.stdin.write(b"\n")
            child.stdin.close()
        return taken

    url = "http://127.0.0.1:9/o/r"
    pair = alternate(
        bench.count(60), lambda: seconds(bench.programs / "git-remote-hephy", url),
        lambda: seconds(exec_path / "git-remote-http", url))
    return [ratio("helper start to `capabilities`, against `git remote-http`", pair, 3.0)]


def remotes(bench, name):
    """A work tree with the remotes `hephy` and `plain`, each a bare repository of its own behind the server."""
    work = bench.repository(name)
    root = bench.folder(name + "-server")
    for remote in ("hephy", "plain"):
        bench.repository(f"{name}-server/{remote}.git", bare=True)
    return work, root


def small_push(bench):
    """One new commit without workflows; the first push, which may look at the forge, warms up."""
    work, root = remotes(bench, "small")
    with GitServer(root, bench.environment) as server:
        bench.git(work, "remote", "add", "hephy", f"hephy::{server.url}/hephy.git")
        bench.git(work, "remote", "add", "plain", f"{server.url}/plain.git")
        (work / "file").write_text("text\n")
        bench.git(work, "add", "file")

        def push(remote):
            bench.git(work, "commit", "-q", "--allow-empty", "-m", "next")
            return bench.seconds(["git", "push", "-q", remote, "main"], work)

        pair = alternate(bench.count(20), lambda: push("hephy"), lambda: push("plain"))
    return [ratio("small push, nothing followed, against `http://`", pair, 1.10)]


def large(bench):
    """One file that does not compress, in one pack, uncompressed: what is left is moving bytes."""
    work, root = remotes(bench, "large")
    bench.git(work, "config", "core.compression", "0")
    with open(work / "file", "wb") as file:
        for _ in range(LARGE >> 20):
            file.write(os.urandom(1 << 20))
    bench.git(work, "add", "file")
    bench.git(work, "commit", "-q", "-m", "large")
    bench.git(work, "repack", "-q", "-a", "-d")
    (work / "file").unlink()
    with GitServer(root, bench.environment) as server:
        bench.git(work, "remote", "add", "hephy", f"hephy::{server.url}/hephy.git")
        bench.git(work, "remote", "add", "plain", f"{server.url}/plain.git")

        def push(remote):
            subprocess.run(["rm", "-rf", str(root / f"{remote}.git")], check=True)
            bench.repository(f"large-server/{remote}.git", bare=True)
            return bench.seconds(["git", "push", "-q", remote, "main"], work)

        def clone(url):
            target = bench.scratch / "large-clone"
            subprocess.run(["rm", "-rf", str(target)], check=True)
            return bench.seconds(["git", "clone", "-q", "--bare", url, target], bench.scratch)

        runs = bench.count(5)
        pushed = alternate(runs, lambda: push("hephy"), lambda: push("plain"))
        url = f"{server.url}/plain.git"
        cloned = alternate(runs, lambda: clone("hephy::" + url), lambda: clone(url))
    return [
        ratio("push of 200 MB, against `http://`", pushed, 1.02),
        ratio("clone of 200 MB, against `http://`", cloned, 1.02),
    ]


def many_refs(bench):
    """`git ls-remote` of 10,000 branches."""
    root = bench.folder("refs-server")
    served = bench.repository("refs-server/many.git", bare=True)
    stream = [b"commit refs/heads/main\nmark :1\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 5\nrefs\n\n"]
    stream += [b"reset refs/heads/topic-%05d\nfrom :1\n\n" % number for number in range(10_000)]
    bench.git(served, "fast-import", "--quiet", input=b"".join(stream))
    bench.git(served, "pack-refs", "--all")
    with GitServer(root, bench.environment) as server:
        url = f"{server.url}/many.git"
        pair = alternate(
            bench.count(20), lambda: bench.seconds(["git", "ls-remote", "hephy::" + url], bench.scratch),
            lambda: bench.seconds(["git", "ls-remote", url], bench.scratch))
    return [ratio("`git ls-remote` of 10,000 refs, against `http://`", pair, 1.10)]


def detection(bench):
    """90,000 small files in 900 folders, none that a rule takes: everything has to be looked at."""
    work = bench.repository("detection")
    stream = [b"blob\nmark :1\ndata 5\ntext\n\n", b"commit refs/heads/main\n"]
    stream.append(b"committer Bench <bench@example.com> 1700000000 +0000\ndata 5\ntree\n\n")
    for number in range(90_000):
        stream.append(b"M 100644 :1 part%d/unit%d/file%d.txt\n" % (number // 3000, number // 100, number))
    bench.git(work, "fast-import", "--quiet", input=b"".join(stream))
    nothing_detected = 3
    pair = alternate(
        bench.count(15),
        lambda: bench.seconds([bench.programs / "hephy", "detect", "main"], work, statuses=(nothing_detected,)),
        lambda: bench.seconds(["git", "ls-tree", "-r", "main"], work))
    return [ratio("detection in 90,000 files without Go, against `git ls-tree -r`", pair, 1.5)]


MEASUREMENTS = {
    "capabilities": capabilities, "small-push": small_push, "large": large, "many-refs": many_refs,
    "detection": detection,
}
