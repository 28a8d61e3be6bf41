"""The API of workflows: which there are, and starting one by hand with all the reasons not to."""

from __future__ import annotations

import json
import re

from answers import Found, Refusal
from serving import workflows


def list_workflows(call):
    call.may("actions", "read")
    files = list(call.repository.registered().values())
    items, headers = call.page([call.shapes.workflow(call.repository, file) for file in files])
    return Found(200, {"total_count": len(files), "workflows": items}, headers)


def registered_file(call):
    """The workflow that the path names by number or file name; only files of the default branch have one."""
    wanted = call.parameters["workflow"]
    for path, file in call.repository.registered().items():
        if wanted == path.rpartition("/")[2] or wanted == str(call.world.workflow_id(call.repository, path)):
            return file
    for run in call.world.runs:
        number = str(call.world.workflow_id(call.repository, run.path))
        if run.repository is call.repository and wanted in (number, run.path.rpartition("/")[2]):
            return workflows.files_at(call.repository.bare, run.sha)[run.path]
    raise Refusal(404, "Not Found", "no-such-workflow")


def get_workflow(call):
    call.may("actions", "read")
    return Found(200, call.shapes.workflow(call.repository, registered_file(call)))


def dispatch(call):
    call.may("actions", "write")
    keys = {"ref", "inputs"}
    if call.version == "2022-11-28" and not call.old_server:
        keys.add("return_run_details")
    body = call.json_body(keys)
    wanted = call.parameters["workflow"]
    registered = {path: file for path, file in call.repository.registered().items()
                  if wanted in (path.rpartition("/")[2], str(call.world.workflow_id(call.repository, path)))}
    if not registered:
        raise Refusal(404, "Not Found", "no-such-workflow")
    path = list(registered)[0]
    if path in call.repository.disabled:
        raise Refusal(403, "Workflow is disabled", "workflow-disabled")
    ref = body.get("ref")
    if not isinstance(ref, str) or not ref:
        raise Refusal(422, "Invalid request.\n\n\"ref\" wasn't supplied.", "missing-ref")
    tip = call.repository.tip(ref)
    if tip is None or tip[1] is None:
        raise Refusal(422, "No ref found for: %s" % ref, "no-such-ref")
    file = workflows.files_at(call.repository.bare, tip[1]).get(path)
    if file is None or file.problem or "workflow_dispatch" not in file.on:
        raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger", "no-dispatch-trigger")
    inputs = dispatch_inputs(file, body.get("inputs", {}), call.old_server)
    actor = call.token.login if call.token else "ghost"
    message = "dispatched"
    run = call.world.start(call.repository, file, "workflow_dispatch", tip[0], tip[1], actor, message, inputs)
    call.entry["inputs"] = body.get("inputs", {})
    call.entry["ref"] = ref
    call.entry["run"] = run.id
    call.entry["head_sha"] = run.sha
    if call.version == "2022-11-28" and not body.get("return_run_details"):
        return Found(204)
    shape = call.shapes.run(run)
    return Found(200, {"workflow_run_id": run.id, "run_url": shape["url"], "html_url": shape["html_url"]}, etag=False)


def dispatch_inputs(file, given, old_server):
    if not isinstance(given, dict):
        raise Refusal(422, "Invalid inputs", "bad-input-value")
    if len(given) > (10 if old_server else 25):
        raise Refusal(422, "you may only define up to %d `inputs`" % (10 if old_server else 25), "too-many-inputs")
    if len(json.dumps(given)) > 65535:
        raise Refusal(422, "inputs are too large", "inputs-too-large")
    unexpected = [name for name in given if name not in file.inputs]
    if unexpected:
        raise Refusal(422, "Unexpected inputs provided: %s" % json.dumps(unexpected), "unexpected-inputs")
    values = {}
    for name, entry in file.inputs.items():
        value = given.get(name, entry.get("default"))
        if name in given and not isinstance(value, str):
            raise Refusal(422, "Input '%s' is not a string" % name, "bad-input-value")
        if value in (None, "") and entry.get("required"):
            raise Refusal(422, "Required input '%s' not provided" % name, "missing-input")
        if entry.get("type") == "choice" and name in given and value not in workflows.listed(entry["options"]):
            raise Refusal(422, "Provided value '%s' for input '%s' not in the list of allowed values" % (value, name),
                          "bad-input-value")
        if entry.get("type") == "boolean" and name in given and value not in ("true", "false"):
            raise Refusal(422, "Provided value '%s' for input '%s' is not a boolean" % (value, name),
                          "bad-input-value")
        if entry.get("type") == "number" and name in given and not re.fullmatch(r"-?[0-9.]+", value):
            raise Refusal(422, "Provided value '%s' for input '%s' is not a number" % (value, name),
                          "bad-input-value")
        values[name] = "" if value is None else value
    return values
