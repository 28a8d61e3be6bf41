"""The forge's state: projects, their pipelines, and what pushes and requests do to them."""

from __future__ import annotations

import os
import re
import threading
import time

import cifile
from pipelines import Pipeline
from serving import githttp

SKIP = re.compile(r"\[(ci[ _-]skip|skip[ _-]ci)\]", re.IGNORECASE)
OPTION = re.compile(r"(?P<namespace>[^.]+)\.(?P<key>[^=]+)=?(?P<value>.*)", re.S)


class Project:
    def __init__(self, name, entry, number):
        self.name = name
        self.bare = entry["bare"]
        self.visibility = entry.get("visibility", "private")
        self.public_jobs = entry.get("public_jobs", True)
        self.jobs_enabled = entry.get("jobs_enabled", True)
        self.variables_role = entry.get("variables_role", "developer")
        self.default_branch = entry.get("default_branch", "main")
        self.merge_requests = entry.get("merge_requests", [])
        self.pushed_elsewhere = entry.get("pushed_elsewhere", False)
        self.lint_errors = entry.get("lint_errors", [])
        self.id = entry.get("id", 42_000_001 + number)
        self.lock = threading.Lock()
        self.count = 0
        self.known = self.refs() if self.pushed_elsewhere else {}

    @property
    def is_public(self):
        return self.visibility == "public"

    def refs(self):
        return githttp.read_refs(self.bare)

    def tip(self, ref):
        """The full name and commit of a branch or tag; None where there is none."""
        refs = self.refs()
        for name in ([ref] if ref.startswith("refs/") else ["refs/heads/" + ref, "refs/tags/" + ref]):
            if name in refs:
                return name, self.peeled(refs[name])
        return None

    def peeled(self, oid):
        output = githttp.git(self.bare, "rev-parse", "--verify", "--quiet", oid + "^{commit}")
        return output.decode().strip() if output else None

    def message(self, sha):
        return (githttp.git(self.bare, "log", "-1", "--format=%B", sha) or b"").decode(errors="replace")


class PushOptions:
    """`ci.*` as GitLab reads them (lib/gitlab/push_options.rb); what it does not know it does not mention."""

    def __init__(self, options, scenario):
        self.skip = self.no_pipeline = False
        self.inputs, self.variables = {}, {}
        for option in options:
            match = OPTION.fullmatch(option)
            if not match or match["namespace"] != "ci":
                continue
            key, (name, _, value) = match["key"], match["value"].partition("=")
            if key == "skip":
                self.skip = True
            elif key == "no_pipeline" and scenario.knows_no_pipeline:
                self.no_pipeline = True
            elif key == "variable":
                self.variables[name] = value
            elif key == "input" and scenario.knows_inputs:
                self.inputs[name] = value


class World:
    def __init__(self, scenario, journal):
        self.scenario = scenario
        self.journal = journal
        self.lock = threading.RLock()
        self.projects = {
            name.lower(): Project(name, entry, number)
            for number, (name, entry) in enumerate(scenario.projects.items())}
        for project in self.projects.values():
            if not os.path.isdir(project.bare):
                raise ValueError("no bare repository at %s" % project.bare)
        self.pipelines = []
        self._planned = {}

    def clock(self):
        return time.time() + self.scenario.server.get("clock_offset_s", 0)

    def project(self, name):
        """By path, with or without `.git`, or by number."""
        name = name[:-4] if name.endswith(".git") else name
        if name.isdigit():
            return next((project for project in self.projects.values() if project.id == int(name)), None)
        return self.projects.get(name.lower())

    def token(self, value):
        return next((token for token in self.scenario.tokens if token.value == value), None)

    # What makes pipelines

    def pushed(self, project, before, after, options, may_set_variables):
        """Makes the pipelines of a push; on GitLab two background jobs do it, so they are seen a look later."""
        options = PushOptions(options, self.scenario)
        changed = sorted(ref for ref in after if before.get(ref) != after[ref])
        with self.lock:
            for ref in changed[:4] if project.jobs_enabled else []:
                sha = project.peeled(after[ref])
                if sha and ref.startswith(("refs/heads/", "refs/tags/")):
                    self._ref_pushed(project, ref, sha, options, may_set_variables)

    def look(self, project):
        """Notices what another server, of ssh for instance, has taken; a hook leaves its options in the repository."""
        if not project.pushed_elsewhere:
            return
        before, project.known = project.known, project.refs()
        if before == project.known:
            return
        try:
            with open(os.path.join(project.bare, "push-options"), encoding="utf-8") as file:
                options = file.read().splitlines()
        except FileNotFoundError:
            options = []
        self.journal.write({"kind": "pushed", "push_options": options})
        self.pushed(project, before, project.known, options, True)

    def _ref_pushed(self, project, ref, sha, options, may_set_variables):
        name = ref.split("/", 2)[2]
        file = cifile.at(project.bare, sha)
        if file is None:
            return
        only = False
        for request in project.merge_requests:
            if ref == "refs/heads/" + request["source"]:
                only = only or request.get("only", False)
                kind = "merge" if request.get("merged_results") else "head"
                head = "refs/merge-requests/%d/%s" % (request["iid"], kind)
                shown = sha if kind == "head" else "%040x" % (int(sha, 16) ^ 1)
                made = self.make(project, "merge_request_event", head, shown, file)
                made.merge_request, made.head_sha = request["iid"], sha
        if only or options.no_pipeline or (options.variables and not may_set_variables):
            return
        skips = options.skip or SKIP.search(project.message(sha))
        self.make(project, "push", name, sha, file, options.inputs, skips, ref.startswith("refs/tags/"))

    def make(self, project, source, ref, sha, file, inputs=None, skips=False, tag=False, plan=None):
        """Makes one pipeline and gives it back."""
        if plan is None:
            key = (project.name, source, ref)
            index = self._planned.get(key, 0)
            self._planned[key] = index + 1
            plan = self.scenario.plan_for(project.name, source, ref, index)
        problem = file.problem if file else None
        problem = problem or (file.input_problem(inputs or {}) if file else None)
        if problem and "yaml_errors" not in plan:
            plan = dict(plan, yaml_errors=problem)
        if skips:
            plan = {"jobs": [], "timeline": [{"pipeline": "skipped"}]}
        project.count += 1
        pipeline = Pipeline(self, project, source, ref, sha, plan, file, project.count)
        pipeline.tag, pipeline.inputs = tag, inputs or {}
        pipeline.merge_request, pipeline.head_sha = None, None
        self.pipelines.append(pipeline)
        self.journal.write({"kind": "run", "run": pipeline.id, "event": source, "sha": sha, "branch": ref,
                            "inputs": {key: str(value) for key, value in pipeline.inputs.items()},
                            "problem": pipeline.yaml_errors, "status_word": pipeline.status})
        return pipeline

    def start_downstream(self, parent, trigger):
        target = trigger.get("project")
        project = self.project(target) if target else parent.project
        if project is None:
            return None
        plan = trigger.get("plan", {})
        if target:
            tip = project.tip(project.default_branch)
            sha, ref, source = tip[1] if tip else "0" * 40, project.default_branch, "pipeline"
        else:
            sha, ref, source = parent.sha, parent.ref, "parent_pipeline"
        child = self.make(project, source, ref, sha, None, plan=plan)
        child.parent = parent
        return child

    def spawn(self, pipeline, plan):
        self.make(pipeline.project, plan.get("source", "push"), pipeline.ref, pipeline.sha, None, plan=plan)

    def pipeline(self, project, number):
        return next((each for each in self.pipelines if each.id == number and each.project is project), None)

    def job(self, project, number):
        for pipeline in self.pipelines:
            if pipeline.project is project and not pipeline.deleted:
                for job in pipeline.jobs:
                    if job.id == number:
                        return job
        return None
