"""The forge's state: repositories, their runs, and what pushes and dispatches do to them."""

from __future__ import annotations

import os
import re
import threading
import time

from . import githttp
from .runs import Run

SKIP_WORDS = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")


class Repository:
    def __init__(self, name, entry, number, files):
        self.name = name
        self.owner, _, self.short = name.partition("/")
        self.bare = entry["bare"]
        self.private = entry.get("private", True)
        self.default_branch = entry.get("default_branch", "main")
        self.pull_requests = entry.get("pull_requests", [])
        self.id = entry.get("id", 700_000_001 + number)
        self.lock = threading.Lock()
        self.disabled = set()
        self._files = files

    def refs(self):
        return githttp.read_refs(self.bare)

    def tip(self, ref):
        """The commit of a branch or tag, by short or full name, and its full name; None where there is none."""
        refs = self.refs()
        candidates = [ref] if ref.startswith("refs/") else ["refs/heads/" + ref, "refs/tags/" + ref]
        for name in candidates:
            if name in refs:
                return name, self.peeled(refs[name])
        return None

    def peeled(self, oid):
        output = githttp.git(self.bare, "rev-parse", "--verify", "--quiet", oid + "^{commit}")
        return output.decode().strip() if output else None

    def registered(self):
        """The workflow files of the default branch: only those can be dispatched."""
        tip = self.tip("refs/heads/" + self.default_branch)
        return self._files(self, tip[1]) if tip else {}


class World:
    """What forges with workflow files have in common; a product's own ways stand in a subclass.

    It overrides `files(repository, commit)`, which gives the workflow files of a commit by path.
    """

    skip_words = SKIP_WORDS
    # More tags than these in one push make no events; None for any number.
    most_tags = 3

    def files(self, repository, commit):
        raise NotImplementedError

    def number_key(self, repository, file):
        """By what runs are counted."""
        return repository.name, file.path

    def contexts(self, contexts):
        """The contexts of expressions, with the names that the product has for them."""
        return contexts

    def __init__(self, scenario, journal):
        self.scenario = scenario
        self.journal = journal
        self.lock = threading.RLock()
        self.repositories = {
            name.lower(): Repository(name, entry, number, self.files)
            for number, (name, entry) in enumerate(scenario.repositories.items())}
        for repository in self.repositories.values():
            if not os.path.isdir(repository.bare):
                raise ValueError("no bare repository at %s" % repository.bare)
        self.runs = []
        self._numbers = {}
        self._planned = {}
        self._workflow_ids = {}

    def clock(self):
        return time.time() + self.scenario.server.get("clock_offset_s", 0)

    def repository(self, owner, name):
        if name.endswith(".git"):
            name = name[:-4]
        return self.repositories.get(("%s/%s" % (owner, name)).lower())

    def workflow_id(self, repository, path):
        key = (repository.name, path)
        return self._workflow_ids.setdefault(key, 161_335_001 + len(self._workflow_ids))

    def token(self, value):
        for token in self.scenario.tokens:
            if token.value == value:
                return token
        return None

    # What starts runs

    def pushed(self, repository, before, after, actor):
        """Starts the runs of what a push changed."""
        with self.lock:
            changed = [ref for ref in after if before.get(ref) != after[ref]]
            tags = len([ref for ref in changed if ref.startswith("refs/tags/")])
            if self.most_tags is not None and tags > self.most_tags:
                return
            for ref in sorted(changed):
                self._ref_pushed(repository, ref, before.get(ref), after[ref], actor)

    def _ref_pushed(self, repository, ref, old, new, actor):
        sha = repository.peeled(new)
        if sha is None or not ref.startswith(("refs/heads/", "refs/tags/")):
            return
        message = (githttp.git(repository.bare, "log", "-1", "--format=%B", sha) or b"").decode(errors="replace")
        if any(word in message for word in self.skip_words) or re.search(r"^skip-checks: ?true", message, re.M):
            return
        branch = ref.split("/", 2)[2]
        paths = self._changed_paths(repository, old, sha)
        for file in self.files(repository, sha).values():
            if file.problem or file.wants_push(ref, paths):
                self.start(repository, file, "push", ref, sha, actor, message)
            if file.problem or not ref.startswith("refs/heads/"):
                continue
            for request in repository.pull_requests:
                if request.get("head") == branch and file.wants_pull_request(request.get("base", "main")):
                    self.start(repository, file, "pull_request", ref, sha, actor, message)

    def _changed_paths(self, repository, old, sha):
        base = old or self._parent(repository, sha)
        if base:
            output = githttp.git(repository.bare, "diff", "--name-only", "-z", base, sha)
        else:
            output = githttp.git(repository.bare, "ls-tree", "-r", "--name-only", "-z", sha)
        return [path for path in (output or b"").decode(errors="replace").split("\0") if path]

    def _parent(self, repository, sha):
        output = githttp.git(repository.bare, "rev-parse", "--verify", "--quiet", sha + "^")
        return output.decode().strip() if output else None

    def start(self, repository, file, event, ref, sha, actor, message, inputs=None, plan=None):
        """Starts one run of a workflow file and gives it back."""
        branch = ref.split("/", 2)[2]
        if plan is None:
            key = (repository.name, file.path, event, branch)
            index = self._planned.get(key, 0)
            self._planned[key] = index + 1
            plan = self.scenario.plan_for(file.path, event, branch, index)
        counter = self.number_key(repository, file)
        number = self._numbers[counter] = self._numbers.get(counter, 0) + 1
        run = Run(repository, file, event, ref, sha, plan, number, actor, self.clock)
        run.message = message
        run.inputs = inputs or {}
        contexts = self.contexts({
            "inputs": run.inputs,
            "github": {"ref": ref, "ref_name": branch, "sha": sha, "event_name": event, "workflow": file.name,
                       "actor": actor, "repository": repository.name, "run_id": str(run.id),
                       "run_number": str(number), "head_ref": branch if event == "pull_request" else "",
                       "event": {"inputs": run.inputs}},
        })
        first_line = message.split("\n")[0] if event != "workflow_dispatch" else file.name
        run.title = plan.get("title") or file.title(contexts, first_line)
        run.workflow_name = plan.get("name") or file.name
        if not file.problem:
            self._join_group(run, *file.group(contexts))
        self.runs.append(run)
        self.journal.write({"kind": "run", "run": run.id, "workflow": run.path, "event": event, "sha": sha,
                            "branch": branch, "title": run.title, "inputs": run.inputs, "problem": file.problem})
        return run

    def _join_group(self, run, group, cancels):
        if not group:
            return
        run.group = group
        live = [other for other in self.runs
                if other.group == group and other.repository is run.repository and not other.finished]
        for other in live:
            if cancels or other.status == "pending":
                other.stop(1 if other.started else 0)
        if live and not cancels:
            run.hold()

    def settle(self):
        """What one run's movement means for others: held runs go on, spawned ones begin."""
        for run in list(self.runs):
            while run.spawned:
                plan = run.spawned.pop(0)
                file = self.files(run.repository, run.sha)[run.path]
                self.start(run.repository, file, plan.get("event", run.event), run.ref,
                           plan.get("head_sha", run.sha), run.actor, run.message, plan=plan)
            if run.held and not run.finished:
                blocked = [other for other in self.runs if other.group == run.group and other is not run
                           and not other.finished and other.number < run.number]
                if not blocked:
                    run.release()

    def run(self, repository, run_id):
        for run in self.runs:
            if run.id == run_id and run.repository is repository:
                return run
        return None

    def job(self, repository, job_id):
        for run in self.runs:
            if run.repository is repository and not run.deleted:
                for job in run.all_jobs():
                    if job.id == job_id:
                        return run, job
        return None
