"""What was asked and what was wrong with it: JSON lines in a file, and the verdict at the end."""

from __future__ import annotations

import fnmatch
import json
import threading
import time


class Journal:
    def __init__(self, path, expected):
        self._file = open(path, "a", encoding="utf-8")
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._count = 0
        self.failures = []
        self._expected = [Expectation(entry) for entry in expected]

    def write(self, entry):
        with self._lock:
            self._count += 1
            line = {"n": self._count, "ms": int((time.monotonic() - self._start) * 1000)}
            line.update(entry)
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def fail(self, name, what):
        """Notes a failure that no scenario can expect."""
        text = "%s: %s" % (name, what)
        with self._lock:
            self.failures.append(text)
        self.write({"kind": "failure", "failure": text})

    def refused(self, name, method, path, what):
        """Notes a refusal; it is a failure unless the scenario expects it."""
        with self._lock:
            for expectation in self._expected:
                if expectation.takes(name, path):
                    return
        self.fail(name, "%s %s: %s" % (method, path, what))

    def verdict(self, faults):
        failures = list(self.failures)
        for expectation in self._expected:
            if expectation.seen == 0 and not expectation.optional:
                failures.append("expected-refusal-missing: '%s' never happened" % expectation.name)
        for fault in faults:
            if fault.fired == 0 and not fault.optional:
                failures.append("unused-fault: '%s' never fired" % fault.name)
        return failures


class Expectation:
    """A refusal that the scenario expects, at any path or at those that match, at most `count` times."""

    def __init__(self, entry):
        if isinstance(entry, str):
            entry = {"name": entry}
        self.name = entry["name"]
        self.path = entry.get("path", "*")
        self.count = entry.get("count")
        self.optional = entry.get("optional", False)
        self.seen = 0

    def takes(self, name, path):
        if name != self.name or not fnmatch.fnmatchcase(path, self.path):
            return False
        if self.count is not None and self.seen >= self.count:
            return False
        self.seen += 1
        return True
