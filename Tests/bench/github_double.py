"""One GitHub double with one repository and one workflow, and the work tree that pushes to it."""

import json
import pathlib
import subprocess
import sys
import threading
import time

PROGRAM = pathlib.Path(__file__).resolve().parents[1] / "doubles" / "github"
TOKEN = "gho_benchbenchbenchbenchbenchbenchbench1"
WORKFLOW = ".github/workflows/ci.yml"
WORKFLOW_TEXT = """name: ci
on: push
jobs:
%s"""
JOB_TEXT = """  %s:
    runs-on: ubuntu-latest
    steps:
      - run: make
"""


class GitHubDouble:
    """Runs while the context is open; `plan` is what the scenario says about the workflow's runs."""

    def __init__(self, bench, name, plan):
        self.bench = bench
        self.folder = bench.folder(name)
        self.journal_file = self.folder / "journal"
        self.journal_file.touch()
        self.work = bench.repository(f"{name}/work")
        bare = bench.repository(f"{name}/bare.git", bare=True)
        jobs = [job["name"] for job in plan["jobs"]]
        file = self.work / WORKFLOW
        file.parent.mkdir(parents=True)
        file.write_text(WORKFLOW_TEXT % "".join(JOB_TEXT % job for job in jobs))
        bench.git(self.work, "add", ".github")
        scenario = {
            "repositories": {"acme/api": {"bare": str(bare)}},
            "tokens": {"bench": {"value": TOKEN}},
            "git": {"auth": "none"},
            "workflows": {WORKFLOW: plan},
            # gh asks for more than the double knows.
            "expected_refusals": [{"name": "unknown-path", "path": "/graphql", "optional": True}],
        }
        self._scenario_file = self.folder / "scenario"
        self._scenario_file.write_text(json.dumps(scenario))

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), "--scenario", str(self._scenario_file), "--journal", str(self.journal_file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("bench: the GitHub double did not start")
        ports = json.loads(line)["ports"]
        self.authority = f"127.0.0.1:{ports['http']}"
        self.url = f"http://{self.authority}/acme/api"
        self.environment = {"GH_HOST": self.authority, "GH_ENTERPRISE_TOKEN": TOKEN}
        # gh speaks plain http to this one name alone, and only the proxy knows it.
        self.gh_environment = {
            "GH_HOST": "github.localhost", "GH_TOKEN": TOKEN, "HTTP_PROXY": f"http://127.0.0.1:{ports['proxy']}",
            "http_proxy": f"http://127.0.0.1:{ports['proxy']}", "GH_REPO": "github.localhost/acme/api",
            "GH_NO_UPDATE_NOTIFIER": "1", "GH_PROMPT_DISABLED": "1", "GH_CONFIG_DIR": str(self.folder / "gh"),
        }
        self.bench.git(self.work, "remote", "add", "hephy", f"hephy::{self.url}")
        self.bench.git(self.work, "remote", "add", "plain", self.url)
        return self

    def __exit__(self, kind, *_):
        self._process.stdin.close()
        said = self._process.stdout.read()
        if self._process.wait() and kind is None:
            raise SystemExit(f"bench: the GitHub double is not content:\n{said}")

    def commit(self):
        self.bench.git(self.work, "commit", "-q", "--allow-empty", "-m", "next")

    def journal(self):
        with open(self.journal_file, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def runs(self):
        return [entry for entry in self.journal() if entry["kind"] == "run"]

    def next_run(self, seen, moments):
        """Starts to look for the run after the `seen` first ones; notes its id and the moment in `moments`."""

        def look():
            while len(self.runs()) <= seen:
                time.sleep(0.002)
            moments.append((time.monotonic(), self.runs()[seen]["run"]))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        return thread
