"""What the measurements share: the scratch folder, an environment from nothing, alternating runs, the table."""

import os
import statistics
import subprocess
import time


class Bench:
    def __init__(self, programs, gh, scratch, factor):
        self.programs = programs
        self.gh = gh
        self.scratch = scratch
        self.factor = factor
        home = self.folder("home")
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home), "TMPDIR": str(self.folder("tmp")),
            "LC_ALL": "C", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Bench", "GIT_AUTHOR_EMAIL": "bench@example.com", "GIT_COMMITTER_NAME": "Bench",
            "GIT_COMMITTER_EMAIL": "bench@example.com",
        }

    def folder(self, name):
        path = self.scratch / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def count(self, runs):
        return max(1, round(runs * self.factor))

    def git(self, directory, *arguments, **options):
        """Runs git to its end, its output kept; raises where it fails."""
        done = subprocess.run(
            ["git", "-C", str(directory), *map(str, arguments)], env=self.environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        if done.returncode:
            raise SystemExit(f"bench: git {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def repository(self, name, *, bare=False):
        path = self.scratch / name
        self.git(self.scratch, "init", "-q", "-b", "main", *(["--bare"] if bare else []), path)
        if bare:
            self.git(path, "config", "http.receivepack", "true")
        return path

    def seconds(self, command, directory, statuses=(0,), environment=None):
        """How long a program took to its end, its output thrown away."""
        with open(self.scratch / "stderr", "w+b") as stderr:
            start = time.perf_counter()
            done = subprocess.run(
                [str(word) for word in command], cwd=directory, env={**self.environment, **(environment or {})},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, check=False)
            taken = time.perf_counter() - start
            if done.returncode not in statuses:
                stderr.seek(0)
                text = stderr.read().decode(errors="replace")
                raise SystemExit(f"bench: {' '.join(map(str, command))}: exit status {done.returncode}\n{text}")
        return taken


class Pair:
    """The medians of both sides in seconds, and how far the other side's are from each other between two halves of its runs.

    A `noise` of 1.2 says that the machine alone makes a difference of a fifth: then the ratio says little.
    """

    def __init__(self, ours, theirs):
        self.ours, self.theirs = statistics.median(ours), statistics.median(theirs)
        halves = [statistics.median(theirs[half::2] or theirs) for half in (0, 1)]
        self.noise = max(halves) / min(halves)


def alternate(runs, ours, theirs):
    """Runs both sides by turns, after one run each to warm up; the order changes with every turn."""
    ours(), theirs()
    times = {ours: [], theirs: []}
    for number in range(runs):
        for side in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            times[side].append(side())
    return Pair(times[ours], times[theirs])


class Row:
    """One line of the table. `budget` is compared with `value` by `<=`, or by `>=` where `at_least` is set."""

    def __init__(self, what, ours, theirs, value, budget, at_least=False, unit="×", noise=None):
        self.what, self.ours, self.theirs, self.noise = what, ours, theirs, noise
        self.value, self.budget, self.at_least, self.unit = value, budget, at_least, unit

    @property
    def is_kept(self):
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def cells(self):
        sign = "≥" if self.at_least else "≤"
        return [
            self.what, self.ours, self.theirs, f"{number(self.value)} {self.unit}",
            f"{sign} {number(self.budget)} {self.unit}", "kept" if self.is_kept else "**broken**",
            f"{self.noise:.2f} ×" if self.noise else "",
        ]


def ratio(what, pair, budget):
    """The row for ours taking at most `budget` times as long as theirs."""
    return Row(what, duration(pair.ours), duration(pair.theirs), pair.ours / pair.theirs, budget, noise=pair.noise)


def times_as_fast(what, pair, budget):
    """The row for ours being at least `budget` times as fast as theirs."""
    return Row(
        what, duration(pair.ours), duration(pair.theirs), pair.theirs / pair.ours, budget, at_least=True,
        noise=pair.noise)


def duration(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def number(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def table(rows):
    lines = [["what", "hephy", "the alternative", "measured", "budget", "", "noise"], ["---"] * 7]
    lines += [row.cells() for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
