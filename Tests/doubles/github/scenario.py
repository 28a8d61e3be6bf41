"""A scenario: what the server is, who may do what, and what runs do over time. Unknown keys are refused at once."""

from __future__ import annotations

import fnmatch

import faults
from serving import plans
from serving.faults import check_fault
from serving.scenario import ScenarioError, check

TOP = {"repositories", "server", "tokens", "git", "rate_limit", "workflows", "runs", "faults", "expected_refusals",
       "logs", "lfs", "allow_extra_paths"}
REPOSITORY = {"bare", "default_branch", "private", "pull_requests", "id"}
SERVER = {"version", "clock_offset_s", "ranges", "log_link_ms", "log_link_single_use"}
TOKEN = {"value", "kind", "login", "scopes", "permissions", "repositories", "sso_url"}
GIT = {"auth", "refuse_refs", "workflow_scope"}
LFS = {"locks"}
RATE = {"limit", "used", "reset_in_s"}


class Token:
    """Who a token belongs to and what it may do."""

    def __init__(self, name, entry):
        check(entry, TOKEN, "tokens.%s" % name)
        self.name = name
        self.value = entry["value"]
        self.kind = entry.get("kind", "oauth")
        if self.kind not in ("classic", "oauth", "fine_grained", "app"):
            raise ScenarioError("tokens.%s: unknown kind '%s'" % (name, self.kind))
        self.login = entry.get("login", "octocat")
        self.scopes = entry.get("scopes", ["repo", "workflow"])
        self.permissions = entry.get("permissions", {"metadata": "read", "contents": "write", "actions": "write"})
        self.repositories = entry.get("repositories", ["*"])
        self.sso_url = entry.get("sso_url")
        self.used = 0
        self.blocked_until = 0.0

    def covers(self, repository):
        return any(fnmatch.fnmatchcase(repository, pattern) for pattern in self.repositories)

    def may(self, area, level):
        """Whether `area` (actions, checks, contents, workflows) may be read or written in a covered repository."""
        if self.kind in ("classic", "oauth"):
            return "workflow" in self.scopes if area == "workflows" else "repo" in self.scopes
        if self.kind == "fine_grained" and area == "checks":
            return False
        granted = self.permissions.get(area)
        return granted == "write" or (granted == "read" and level == "read")

    @property
    def calls_itself(self):
        return {"classic": "a Personal Access Token", "fine_grained": "a Personal Access Token",
                "oauth": "an OAuth App", "app": "a GitHub App"}[self.kind]


class Scenario:
    def __init__(self, root):
        check(root, TOP, "scenario")
        self.repositories = root.get("repositories", {})
        for name, entry in self.repositories.items():
            check(entry, REPOSITORY, "repositories.%s" % name)
        self.server = check(root.get("server", {}), SERVER, "server")
        self.tokens = [Token(name, entry) for name, entry in root.get("tokens", {}).items()]
        self.git = check(root.get("git", {}), GIT, "git")
        if self.git.get("auth", "push") not in ("none", "push", "always"):
            raise ScenarioError("git.auth is none, push or always")
        self.lfs = check(root.get("lfs", {}), LFS, "lfs")
        self.rate = check(root.get("rate_limit", {}), RATE, "rate_limit")
        self.workflows = {
            path if "/" in path else ".github/workflows/" + path: found
            for path, found in plans.by_file(root.get("workflows", {})).items()}
        self.faults = root.get("faults", [])
        for number, fault in enumerate(self.faults):
            check_fault(fault, "faults[%d]" % number, faults.KEYS, faults.KINDS)
        self.expected = root.get("expected_refusals", [])
        self.extra_paths = root.get("allow_extra_paths", [])

    def plan_for(self, path, event, branch, index):
        """The plan of the `index`th run of this file and event."""
        return plans.plan_for(self.workflows.get(path, []), event, branch, index)
