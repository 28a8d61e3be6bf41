"""A scenario: which product and version the server is, who may do what, and what runs do over time."""

from __future__ import annotations

import fnmatch

from serving import faults, plans
from serving.scenario import ScenarioError, check

TOP = {"repositories", "server", "tokens", "git", "workflows", "faults", "expected_refusals", "allow_extra_paths"}
REPOSITORY = {"bare", "default_branch", "private", "id"}
SERVER = {"product", "version", "sign_in_required", "prefix", "ranges", "clock_offset_s", "page_size", "hides_version",
          "root_url"}
TOKEN = {"value", "login", "scopes", "repositories"}
GIT = {"auth", "refuse_refs"}
LOG = plans.LOG | {"grow", "cleaned_up", "shrink_at"}

GITEA = ["1.23", "1.24", "1.25", "1.26"]
FORGEJO = ["11", "12", "15", "16"]


class Token:
    """Who a token belongs to and what it may do: `all`, `read:repository`, `write:repository`."""

    def __init__(self, name, entry):
        check(entry, TOKEN, "tokens.%s" % name)
        self.name = name
        self.value = entry["value"]
        self.login = entry.get("login", "mona")
        self.scopes = entry.get("scopes", ["write:repository"])
        self.repositories = entry.get("repositories", ["*"])

    def covers(self, repository):
        return any(fnmatch.fnmatchcase(repository, pattern) for pattern in self.repositories)

    def may(self, level):
        wanted = {"all", "write:repository"} | ({"read:repository"} if level == "read" else set())
        return bool(wanted & set(self.scopes))


class Scenario:
    def __init__(self, root):
        check(root, TOP, "scenario")
        self.repositories = root.get("repositories", {})
        for name, entry in self.repositories.items():
            check(entry, REPOSITORY, "repositories.%s" % name)
        self.server = check(root.get("server", {}), SERVER, "server")
        self.product = self.server.get("product", "gitea")
        if self.product not in ("gitea", "forgejo"):
            raise ScenarioError("server.product is gitea or forgejo")
        self.version = self.server.get("version", "1.26.1" if self.product == "gitea" else "16.0.1")
        numbers = self.version.split(".")
        self.release = int(numbers[1] if self.product == "gitea" else numbers[0])
        self.tokens = [Token(name, entry) for name, entry in root.get("tokens", {}).items()]
        self.git = check(root.get("git", {}), GIT, "git")
        if self.git.get("auth", "push") not in ("none", "push", "always"):
            raise ScenarioError("git.auth is none, push or always")
        self.workflows = plans.by_file(root.get("workflows", {}), LOG)
        self.faults = root.get("faults", [])
        for number, fault in enumerate(self.faults):
            faults.check_fault(fault, "faults[%d]" % number)
        self.expected = root.get("expected_refusals", [])
        self.extra_paths = root.get("allow_extra_paths", [])

    def plan_for(self, path, event, branch, index):
        """The plan of the `index`th run of this file and event; plans go by the file's name, whatever its folder."""
        return plans.plan_for(self.workflows.get(path.rpartition("/")[2], []), event, branch, index)

    @property
    def says(self):
        """The version as the server says it."""
        return self.version + ("+gitea-1.22.0" if self.product == "forgejo" else "")
