"""A scenario: which GitLab it is, who may do what, and what pipelines do over time."""

from __future__ import annotations

import fnmatch

from serving.faults import KEYS, KINDS, check_fault
from serving.scenario import ScenarioError, check

STATUSES = {"created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running", "success",
            "failed", "canceling", "canceled", "skipped", "manual", "scheduled"}
FINAL = {"success", "failed", "canceled", "skipped"}
ROLES = ["guest", "reporter", "developer", "maintainer", "owner"]
KINDS_OF_TOKEN = {"personal", "project", "oauth", "job", "deploy"}

TOP = {"projects", "prefix", "server", "tokens", "git", "lfs", "rate_limit", "pipelines", "faults",
       "expected_refusals", "allow_extra_paths"}
PROJECT = {"bare", "id", "default_branch", "visibility", "public_jobs", "jobs_enabled", "variables_role",
           "merge_requests", "pushed_elsewhere", "lint_errors"}
MERGE_REQUEST = {"iid", "source", "target", "merged_results", "only"}
SERVER = {"version", "byte_offset", "inputs", "no_pipeline", "rate_headers", "clock_offset_s", "delay_ms"}
TOKEN = {"value", "kind", "login", "scopes", "role", "projects", "good_for"}
GIT = {"auth", "refuse_refs"}
LFS = {"locks"}
RATE = {"limit", "used"}
PLAN = {"project", "source", "ref", "appear_after_polls", "appear_after_ms", "visible_after_gets", "never", "advance",
        "jobs", "timeline", "status", "name", "seconds_per_state", "cancel_takes_polls", "yaml_errors",
        "created_offset_s"}
JOB = {"name", "stage", "status", "allow_failure", "when", "failure_reason", "log", "tags", "environment", "needs",
       "trigger", "coverage", "start_in_s"}
TRIGGER = {"project", "plan", "depend"}
LOG = {"lines", "text", "base64", "generate_mb", "hostile", "timestamps", "lumpy", "moved_bytes", "never", "denied",
       "bare"}
STATE = {"pipeline", "jobs", "retry", "times", "ms", "deleted", "spawn"}
FAULT_KEYS = KEYS | {"scope"}
FAULT_KINDS = KINDS | {"retry_later", "insufficient_scope", "revoked"}


class Token:
    """Who a token belongs to and what it may do."""

    def __init__(self, name, entry):
        check(entry, TOKEN, "tokens.%s" % name)
        self.name = name
        self.value = entry["value"]
        self.kind = entry.get("kind", "personal")
        if self.kind not in KINDS_OF_TOKEN:
            raise ScenarioError("tokens.%s: unknown kind '%s'" % (name, self.kind))
        self.login = entry.get("login", "root")
        self.scopes = set(entry.get("scopes", ["api", "write_repository"]))
        self.role = entry.get("role", "maintainer")
        if self.role not in ROLES:
            raise ScenarioError("tokens.%s: unknown role '%s'" % (name, self.role))
        self.projects = entry.get("projects", ["*"])
        self.good_for = entry.get("good_for")
        self.used = 0
        self.blocked_until = 0.0

    def covers(self, project):
        return any(fnmatch.fnmatchcase(project, pattern) for pattern in self.projects)

    def has_role(self, least):
        return ROLES.index(self.role) >= ROLES.index(least)

    def may_call(self, writes):
        """Whether the scopes let it call the API; what deploy tokens never do."""
        if self.kind == "deploy":
            return False
        return "api" in self.scopes or (not writes and "read_api" in self.scopes)

    def may_use_git(self, writes):
        wanted = {"api", "write_repository"} | (set() if writes else {"read_repository"})
        return bool(wanted & self.scopes) and (not writes or self.has_role("developer"))


class Scenario:
    def __init__(self, root):
        check(root, TOP, "scenario")
        self.projects = root.get("projects", {})
        for name, entry in self.projects.items():
            check(entry, PROJECT, "projects.%s" % name)
            for number, request in enumerate(entry.get("merge_requests", [])):
                check(request, MERGE_REQUEST, "projects.%s.merge_requests[%d]" % (name, number))
        self.prefix = root.get("prefix", "")
        self.server = check(root.get("server", {}), SERVER, "server")
        self.version = self.server.get("version", "19.5.0-ee")
        self.tokens = [Token(name, entry) for name, entry in root.get("tokens", {}).items()]
        self.git = check(root.get("git", {}), GIT, "git")
        if self.git.get("auth", "push") not in ("none", "push", "always"):
            raise ScenarioError("git.auth is none, push or always")
        self.lfs = check(root.get("lfs", {}), LFS, "lfs")
        self.rate = check(root.get("rate_limit", {}), RATE, "rate_limit")
        self.plans = root.get("pipelines", [])
        for number, plan in enumerate(self.plans):
            check_plan(plan, "pipelines[%d]" % number)
        self.faults = root.get("faults", [])
        for number, fault in enumerate(self.faults):
            check_fault(fault, "faults[%d]" % number, FAULT_KEYS, FAULT_KINDS)
        self.expected = root.get("expected_refusals", [])
        self.extra_paths = root.get("allow_extra_paths", [])

    def is_at_least(self, major, minor):
        first, second = (self.version.split(".") + ["0"])[:2]
        return (int(first), int(second)) >= (major, minor)

    @property
    def knows_inputs(self):
        return self.server.get("inputs", self.is_at_least(17, 11))

    @property
    def knows_no_pipeline(self):
        return self.server.get("no_pipeline", self.is_at_least(18, 0))

    @property
    def has_byte_offset(self):
        return self.server.get("byte_offset", self.is_at_least(19, 0))

    def plan_for(self, project, source, ref, index):
        """The plan of the `index`th pipeline of this kind; the last plan that fits goes on for all later ones."""
        fitting = [plan for plan in self.plans
                   if plan.get("source", source) == source and plan.get("ref", ref) == ref
                   and plan.get("project", project) == project]
        return fitting[min(index, len(fitting) - 1)] if fitting else {}


def check_plan(plan, where):
    check(plan, PLAN, where)
    if plan.get("advance", "poll") not in ("poll", "ms"):
        raise ScenarioError("%s.advance is poll or ms" % where)
    names = set()
    for number, job in enumerate(plan.get("jobs", [])):
        place = "%s.jobs[%d]" % (where, number)
        check(job, JOB, place)
        names.add(job["name"])
        check(job.get("log", {}), LOG, place + ".log")
        if job.get("status", "success") not in STATUSES:
            raise ScenarioError("%s: unknown status '%s'" % (place, job["status"]))
        if "trigger" in job:
            check(job["trigger"], TRIGGER, place + ".trigger")
            check_plan(job["trigger"].get("plan", {}), place + ".trigger.plan")
    for number, state in enumerate(plan.get("timeline", [])):
        place = "%s.timeline[%d]" % (where, number)
        check(state, STATE, place)
        words = list(state.get("jobs", {}).items()) + [("", state[key]) for key in ("pipeline",) if key in state]
        for name, word in words:
            if name and "jobs" in plan and name not in names:
                raise ScenarioError("%s: no job '%s' in the plan" % (place, name))
            word, _, share = word.partition(":")
            if word not in STATUSES or (share and not share.isdigit()):
                raise ScenarioError("%s: unknown status '%s'" % (place, word))
        for spawned in state.get("spawn", []):
            check_plan(spawned, place + ".spawn")
