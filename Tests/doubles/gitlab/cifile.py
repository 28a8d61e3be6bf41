"""`.gitlab-ci.yml` at a commit, as far as it tells what a pipeline has: inputs, stages and jobs."""

from __future__ import annotations

import functools

import yaml

from serving.githttp import git

PATH = ".gitlab-ci.yml"
KEYWORDS = {"default", "include", "stages", "variables", "workflow", "image", "services", "before_script",
            "after_script", "cache", "spec", "pages"}
JOB_KEYS = {"script", "trigger", "run", "extends"}
INPUT_KEYS = {"default", "description", "options", "regex", "type", "rules"}


class Problem(Exception):
    """Why GitLab would not make a pipeline of the file."""


class Reference(list):
    """`!reference [a, b]`."""


class Loader(yaml.SafeLoader):
    """YAML with GitLab's own tag."""


Loader.add_constructor("!reference", lambda loader, node: Reference(loader.construct_sequence(node)))


class CIFile:
    """The file at one commit; `problem` is what GitLab would call its YAML error."""

    def __init__(self, text):
        self.inputs = {}
        self.jobs = []
        self.stages = [".pre", "build", "test", "deploy", ".post"]
        self.name = None
        self.problem = None
        try:
            self._read(list(yaml.load_all(text, Loader=Loader)))
        except yaml.YAMLError as error:
            self.problem = "(%s): %s" % (PATH, str(error).replace("\n", " "))
        except Problem as problem:
            self.problem = str(problem)

    def _read(self, documents):
        if len(documents) > 1:
            header = documents.pop(0) or {}
            if not isinstance(header, dict) or set(header) - {"spec"}:
                raise Problem("%s: header:spec config contains unknown keys" % PATH)
            for name, entry in ((header.get("spec") or {}).get("inputs") or {}).items():
                if entry is not None and (not isinstance(entry, dict) or set(entry) - INPUT_KEYS):
                    raise Problem("%s: header:spec:inputs:%s config contains unknown keys" % (PATH, name))
                self.inputs[str(name)] = entry or {}
        root = documents[0] if documents else None
        if not isinstance(root, dict):
            raise Problem("Invalid configuration format")
        if isinstance(root.get("stages"), list):
            self.stages = [".pre"] + [str(stage) for stage in root["stages"]] + [".post"]
        workflow = root.get("workflow")
        self.name = workflow.get("name") if isinstance(workflow, dict) else None
        for name, entry in root.items():
            name = str(name)
            if name in KEYWORDS - {"pages"} or name.startswith("."):
                continue
            if not isinstance(entry, dict) or not JOB_KEYS & set(entry):
                raise Problem("jobs %s config should implement the script:, run:, or trigger: keyword" % name)
            stage = str(entry.get("stage", "test"))
            if stage not in self.stages and "$" not in stage:
                raise Problem("%s job: chosen stage %s does not exist; available stages are %s"
                              % (name, stage, ", ".join(self.stages)))
            self.jobs.append({"name": name, "stage": stage, "when": str(entry.get("when", "on_success")),
                              "allow_failure": bool(entry.get("allow_failure", entry.get("when") == "manual"))})
        if not self.jobs and "include" not in root:
            raise Problem("jobs config should contain at least one visible job")

    def input_problem(self, given):
        """Why these inputs do not fit; None where they do."""
        unknown = sorted(set(given) - set(self.inputs))
        if unknown:
            return "`%s`: unknown input arguments: %s" % (PATH, ", ".join(unknown))
        for name, entry in self.inputs.items():
            value = given.get(name, entry.get("default"))
            if value is None:
                return "`%s`: `%s` input: required value has not been provided" % (PATH, name)
            if "options" in entry and value not in entry["options"]:
                return "`%s`: `%s` input: `%s` cannot be used because it is not in the list of allowed options" % (
                    PATH, name, value)
            kind = entry.get("type", "string")
            if not isinstance(value, {"string": str, "number": (int, float), "boolean": bool, "array": list}[kind]):
                return "`%s`: `%s` input: provided value is not a %s" % (PATH, name, kind)
        return None


@functools.lru_cache(maxsize=256)
def at(bare, commit):
    """The file of a commit; None where it has none."""
    text = git(bare, "cat-file", "blob", "%s:%s" % (commit, PATH))
    return None if text is None else CIFile(text)
