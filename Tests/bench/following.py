"""What needs a forge: requests, latency, logs and memory while following a run, served by the GitHub double."""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

from github_double import GitHubDouble
from measure import Row, alternate, duration, times_as_fast

# A request about one run; before the first of these the client was still finding or starting it.
OF_A_RUN = re.compile(r"/actions/runs/\d+")
# Logs, and starting runs, are no part of the budget.
APART = re.compile(r"(/logs|/dispatches)$")


def three_jobs(seconds):
    """A run of three jobs for that long, in which a step changes every eight seconds."""
    names = ["plan", "build", "index"]
    states = [{"run": "queued", "ms": 5000}]
    for number in range(max(1, seconds // 8)):
        step = 1 + number % 30
        jobs = {"plan": "success" if number else "in_progress:1"}
        if number:
            jobs["build"] = f"in_progress:{step}"
        states.append({"run": "in_progress", "jobs": jobs, "ms": 8000})
    states.append({"run": "success", "jobs": {name: "success" for name in names}})
    jobs = [{"name": name, "steps": [f"step {step}" for step in range(1, 32)]} for name in names]
    return {"advance": "ms", "jobs": jobs, "timeline": states}


def billed(double, seen, seconds):
    """Billed requests within `seconds` of the first about a run, `seen` entries of the journal left out."""
    asked = [entry for entry in double.journal()[seen:] if entry["kind"] == "api"]
    start = next((entry["ms"] for entry in asked if OF_A_RUN.search(entry["path"])), None)
    if start is None:
        raise SystemExit("bench: nothing was followed")
    return sum(
        1 for entry in asked
        if entry.get("billed") and start <= entry["ms"] < start + seconds * 1000 and not APART.search(entry["path"]))


def follow_for(double, command, seconds, environment):
    """Lets a program follow for that long, then detaches as Ctrl-C does."""
    with subprocess.Popen(
            command, cwd=double.work, env={**double.bench.environment, **environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as child:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGINT)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def requests(bench, seconds, budget, what):
    with GitHubDouble(bench, f"requests-{seconds}", three_jobs(seconds + 60)) as double:
        double.commit()
        follow_for(double, ["git", "push", "hephy", "main"], seconds + 5, double.environment)
        ours = billed(double, 0, seconds)
        theirs = "`gh run watch`: 98 a minute"
        if bench.gh and seconds == 60:
            double.commit()
            bench.git(double.work, "push", "-q", "plain", "main")
            seen = len(double.journal())
            run = str(double.runs()[-1]["run"])
            follow_for(double, [bench.gh, "run", "watch", run], seconds + 5, double.gh_environment)
            theirs = f"`gh run watch`: {billed(double, seen, seconds)}"
    return [Row(what, str(ours), theirs, ours, budget, unit="requests")]


def requests_minute(bench):
    return requests(bench, 60, 25, "billed requests in the first minute of a run of 3 jobs")


def requests_hour(bench):
    return requests(bench, 3600, 600, "billed requests in the first hour of a run of 3 jobs")


def latency(bench):
    """From the moment at which the run is finished on the forge to the prompt; runs of different lengths, one job."""
    lengths = [4300, 5100, 6700, 7900, 8200, 9600, 11500]

    def one(double, length, command, environment, push_first):
        seen = len(double.runs())
        moments = []
        looker = double.next_run(seen, moments)
        double.commit()
        if push_first:
            bench.git(double.work, "push", "-q", "plain", "main")
            looker.join()
            command = [*command, str(moments[0][1])]
        bench.seconds(command, double.work, environment=environment)
        ended = time.monotonic()
        looker.join()
        return ended - (moments[0][0] + length / 1000)

    def plan(length):
        timeline = [{"run": "queued", "ms": 1000}, {"run": "in_progress", "jobs": {"build": "in_progress"},
                    "ms": length - 1000}, {"run": "success", "jobs": {"build": "success"}}]
        return {"advance": "ms", "jobs": [{"name": "build", "log": {"lines": ["done"]}}], "timeline": timeline}

    ours, theirs = [], []
    for length in lengths[: bench.count(len(lengths))]:
        with GitHubDouble(bench, f"latency-{length}", plan(length)) as double:
            ours.append(one(double, length, ["git", "push", "-q", "hephy", "main"], double.environment, False))
            if bench.gh:
                theirs.append(one(double, length, [bench.gh, "run", "watch"], double.gh_environment, True))
    median = statistics.median(ours)
    other = f"`gh run watch`: {duration(statistics.median(theirs))}" if theirs else "`gh run watch`: 1.65 s"
    return [Row("run finished → prompt, median", duration(median), other, median, 1.2, unit="s")]


def log_plan(megabytes, milliseconds):
    timeline = [{"run": "in_progress", "jobs": {"build": "in_progress"}, "ms": milliseconds},
                {"run": "success", "jobs": {"build": "success"}}]
    return {"advance": "ms", "jobs": [{"name": "build", "log": {"generate_mb": megabytes}}], "timeline": timeline}


def push_plain(bench, double):
    double.commit()
    bench.git(double.work, "push", "-q", "plain", "main")
    return str(double.runs()[-1]["run"])


def log_printing(bench):
    """A finished run with one log of 50 MB, printed whole."""
    if not bench.gh:
        print("bench: log-printing wants gh", file=sys.stderr)
        return []
    with GitHubDouble(bench, "printing", log_plan(50, 0)) as double:
        run = push_plain(bench, double)
        hephy = [bench.programs / "hephy", "watch", run]

        def gh():
            # gh keeps a log that it has fetched once, in one of these, by version.
            cache = bench.scratch / "gh-cache"
            shutil.rmtree(cache, ignore_errors=True)
            cache.mkdir()
            return bench.seconds(
                [bench.gh, "run", "view", run, "--log"], double.work,
                environment={**double.gh_environment, "TMPDIR": str(cache), "XDG_CACHE_HOME": str(cache)})

        pair = alternate(
            bench.count(5),
            lambda: bench.seconds(hephy, double.work, environment={**double.environment, "HEPHY_LOGS": "all"}), gh)
    return [times_as_fast("printing a log of 50 MB, against `gh run view --log`", pair, 3.0)]


def log_memory(bench):
    """The most memory that was resident while a run with a log of 100 MB was followed to its end."""
    with GitHubDouble(bench, "memory", log_plan(100, 3000)) as double:
        run = push_plain(bench, double)
        child = subprocess.Popen(
            [str(bench.programs / "hephy"), "watch", run], cwd=double.work, stdin=subprocess.DEVNULL,
            env={**bench.environment, **double.environment, "HEPHY_LOGS": "all"}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        printed = 0
        while block := child.stdout.read1(1 << 16):
            printed += len(block)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode or printed < 50 << 20:
            raise SystemExit(f"bench: hephy watch: exit status {child.returncode} after {printed} bytes")
    megabytes = usage.ru_maxrss / 1024
    return [Row("memory while following a log of 100 MB", f"{megabytes:.0f} MB", "–", megabytes, 50.0, unit="MB")]


MEASUREMENTS = {
    "requests": requests_minute, "latency": latency, "log-printing": log_printing, "log-memory": log_memory,
}
# Only when asked for by name.
LONG_MEASUREMENTS = {"requests-hour": requests_hour}
