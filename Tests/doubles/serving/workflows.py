"""Workflow files as GitHub reads them, and those that follow it: `on:`, its filters, inputs, `run-name`, `concurrency`
and the jobs' names."""

from __future__ import annotations

import functools
import re

import yaml

from .githttp import git

EVENTS = set("""branch_protection_rule check_run check_suite create delete deployment deployment_status discussion
discussion_comment fork gollum issue_comment issues label merge_group milestone page_build public pull_request
pull_request_review pull_request_review_comment pull_request_target push registry_package release
repository_dispatch schedule status watch workflow_call workflow_dispatch workflow_run image_version""".split())
PUSH_FILTERS = {"branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"}
INPUT_KEYS = {"description", "required", "default", "type", "options", "deprecationMessage"}
INPUT_TYPES = {"string", "boolean", "choice", "number", "environment"}
TOP_KEYS = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}


class Loader(yaml.SafeLoader):
    """YAML 1.2's booleans, as GitHub has them: `on` is a plain word."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


class WorkflowFile:
    """One file at one commit; `problem` says why GitHub would not run it."""

    def __init__(self, path, text):
        self.path = path
        self.problem = None
        self.name = path
        self.on = {}
        self.jobs = {}
        self.run_name = None
        self.concurrency = None
        try:
            self._read(yaml.load(text, Loader=Loader))
        except yaml.YAMLError as error:
            self.problem = "invalid YAML: %s" % str(error).split("\n")[0]
        except Problem as problem:
            self.problem = str(problem)

    def _read(self, root):
        if not isinstance(root, dict):
            raise Problem("the file is not a mapping")
        if isinstance(root.get("name"), str):
            self.name = root["name"]
        unknown = set(map(str, root)) - TOP_KEYS
        if unknown:
            raise Problem("unexpected value '%s'" % sorted(unknown)[0])
        if "on" not in root:
            raise Problem("no event triggers defined in `on`")
        self._read_on(root["on"])
        jobs = root.get("jobs")
        if not isinstance(jobs, dict) or not jobs:
            raise Problem("a workflow needs at least one job")
        for key, job in jobs.items():
            if not isinstance(job, dict) or not ("uses" in job or ("runs-on" in job and "steps" in job)):
                raise Problem("job '%s' needs runs-on and steps, or uses" % key)
        self.jobs = jobs
        self.run_name = root.get("run-name")
        self.concurrency = root.get("concurrency")

    def _read_on(self, on):
        if isinstance(on, str):
            on = {on: None}
        elif isinstance(on, list):
            on = {event: None for event in on}
        if not isinstance(on, dict) or not on:
            raise Problem("`on` is neither an event, nor a list, nor a mapping")
        for event, details in on.items():
            if event not in EVENTS:
                raise Problem("unexpected value '%s' in `on`" % event)
            if event == "push" and details is not None:
                self._check_filters(details)
            if event == "workflow_dispatch" and details is not None:
                self._check_inputs(details)
        self.on = on

    def _check_filters(self, details):
        if not isinstance(details, dict) or set(details) - PUSH_FILTERS:
            raise Problem("unexpected value in `on.push`")
        for one in ("branches", "tags", "paths"):
            if one in details and one + "-ignore" in details:
                raise Problem("you may only define one of `%s` and `%s-ignore`" % (one, one))

    def _check_inputs(self, details):
        if not isinstance(details, dict) or set(details) - {"inputs"}:
            raise Problem("unexpected value in `on.workflow_dispatch`")
        for name, entry in (details.get("inputs") or {}).items():
            entry = entry or {}
            if set(entry) - INPUT_KEYS or entry.get("type", "string") not in INPUT_TYPES:
                raise Problem("unexpected value in input '%s'" % name)

    @property
    def inputs(self):
        details = self.on.get("workflow_dispatch") or {}
        return {name: entry or {} for name, entry in (details.get("inputs") or {}).items()}

    def wants_push(self, ref, changed_paths):
        """Whether a push of `ref` which changed these paths starts this workflow."""
        if "push" not in self.on:
            return False
        filters = self.on["push"] or {}
        if ref.startswith("refs/heads/"):
            chosen = _name_passes(filters, "branches", ref[len("refs/heads/"):])
            if chosen is None:
                chosen = not ("tags" in filters or "tags-ignore" in filters)
        elif ref.startswith("refs/tags/"):
            chosen = _name_passes(filters, "tags", ref[len("refs/tags/"):])
            if chosen is None:
                return not ("branches" in filters or "branches-ignore" in filters)
            return chosen
        else:
            return False
        if chosen and "paths" in filters:
            return any(matches(listed(filters["paths"]), path) for path in changed_paths)
        if chosen and "paths-ignore" in filters:
            return any(not matches(listed(filters["paths-ignore"]), path) for path in changed_paths)
        return chosen

    def wants_pull_request(self, base):
        if "pull_request" not in self.on:
            return False
        return _name_passes(self.on["pull_request"] or {}, "branches", base) is not False

    def title(self, contexts, otherwise):
        text = substitute(self.run_name, contexts).strip() if isinstance(self.run_name, str) else ""
        return text or otherwise

    def group(self, contexts):
        """The concurrency group and whether it cancels what runs in it; (None, False) without one."""
        entry = self.concurrency
        if isinstance(entry, str):
            entry = {"group": entry}
        if not isinstance(entry, dict):
            return None, False
        cancel = entry.get("cancel-in-progress", False)
        if isinstance(cancel, str):
            cancel = substitute(cancel, contexts) == "true"
        return substitute(str(entry.get("group", "")), contexts), bool(cancel)

    def default_jobs(self):
        """A plan's jobs where a scenario gives none: those of the file, each green."""
        jobs = []
        for key, job in self.jobs.items():
            needs = job.get("needs") or []
            steps = ["Set up job"]
            for step in job.get("steps") or []:
                steps.append(str(step.get("name") or _step_title(step)))
            steps.append("Complete job")
            jobs.append({
                "name": str(job.get("name") or key), "key": str(key), "steps": steps,
                "needs": [needs] if isinstance(needs, str) else list(map(str, needs)),
            })
        names = {job["key"]: job["name"] for job in jobs}
        for job in jobs:
            job["needs"] = [names[need] for need in job["needs"] if need in names]
            del job["key"]
        return jobs


class Problem(Exception):
    """Why GitHub would reject the file."""


def _step_title(step):
    if "run" in step:
        return "Run " + str(step["run"]).strip().split("\n")[0]
    return "Run " + str(step.get("uses", "?"))


def listed(value):
    return [str(value)] if not isinstance(value, list) else [str(item) for item in value]


def _name_passes(filters, key, name):
    """True or false by the filter; None where there is none of this kind."""
    if key in filters:
        return matches(listed(filters[key]), name)
    if key + "-ignore" in filters:
        return not matches(listed(filters[key + "-ignore"]), name)
    return None


def matches(patterns, name):
    """GitHub's filter patterns, the last one that matches wins: `*` stops at `/`, `**` does not, `!` takes back."""
    hit = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if re.fullmatch(_expression(pattern[1:] if negative else pattern), name):
            hit = not negative
    return hit


def _expression(pattern):
    out, at = "", 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif char == "*":
            out, at = out + "[^/]*", at + 1
        elif char in "?+" and out:
            out, at = out + char, at + 1
        elif char == "[" and "]" in pattern[at:]:
            end = pattern.index("]", at)
            out, at = out + pattern[at:end + 1], end + 1
        elif char == "\\" and at + 1 < len(pattern):
            out, at = out + re.escape(pattern[at + 1]), at + 2
        else:
            out, at = out + re.escape(char), at + 1
    return out


def substitute(text, contexts):
    """Replaces `${{ a.b }}`, `'text'`, `a || b`, `a && b` and `format('{0}', a)` inside; all else becomes empty."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _text(_value(found.group(1), contexts)), str(text), flags=re.S)


def _text(value):
    if value is True or value is False:
        return str(value).lower()
    return "" if value is None else str(value)


def _value(expression, contexts):
    expression = expression.strip()
    result = None
    for part in _split(expression, "||"):
        for factor in _split(part, "&&"):
            result = _atom(factor.strip(), contexts)
            if not result:
                break
        if result:
            return result
    return result


def _split(text, mark):
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        char = text[at]
        if char == "'":
            quoted = not quoted
        elif not quoted and char == "(":
            depth += 1
        elif not quoted and char == ")":
            depth -= 1
        elif not quoted and depth == 0 and text.startswith(mark, at):
            parts.append(text[start:at])
            at += len(mark)
            start = at
            continue
        at += 1
    return parts + [text[start:]]


def _atom(text, contexts):
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text[:1] == "(" and text[-1:] == ")":
        return _value(text[1:-1], contexts)
    if text.startswith("format(") and text.endswith(")"):
        values = [_text(_value(part, contexts)) for part in _split(text[7:-1], ",")]
        return re.sub(r"\{(\d+)\}", lambda found: (values + [""] * 9)[int(found.group(1)) + 1], values[0])
    for operator in ("==", "!="):
        parts = _split(text, operator)
        if len(parts) == 2:
            left, right = (_text(_value(part, contexts)).lower() for part in parts)
            return (left == right) == (operator == "==")
    if text in ("true", "false"):
        return text == "true"
    value = contexts
    for key in text.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key.strip())
    return value if not isinstance(value, dict) else None


@functools.lru_cache(maxsize=256)
def files_at(bare, commit, folder=".github/workflows"):
    """The workflow files of a commit by path; other files and folders there are not workflows."""
    listing = git(bare, "ls-tree", "-z", "--name-only", commit, "--", folder + "/")
    paths = [path for path in (listing or b"").decode(errors="replace").split("\0")
             if path.endswith((".yml", ".yaml"))]
    if not paths:
        return {}
    wanted = "".join("%s:%s\n" % (commit, path) for path in paths)
    output = git(bare, "cat-file", "--batch", input=wanted.encode()) or b""
    files = {}
    for path in paths:
        header, _, output = output.partition(b"\n")
        fields = header.split()
        if len(fields) != 3 or fields[1] != b"blob":
            continue
        size = int(fields[2])
        files[path] = WorkflowFile(path, output[:size])
        output = output[size + 1:]
    return files
