"""The API's endpoints that runs need, each with the version that brought it and the query parameters it has."""

from __future__ import annotations

import re

import logs
from answers import Found, Refusal
from serving.workflows import EVENTS
from shapes import FORGEJO_WORDS

PAGING = ("page", "limit")
GITEA_FILTERS = ("event", "branch", "status", "actor", "head_sha")
FORGEJO_FILTERS = ("event", "status", "run_number", "head_sha", "ref", "workflow_id")


def version(call):
    if call.scenario.server.get("hides_version"):
        raise Refusal(403, "token does not have at least one of required scope(s): [read:misc]")
    return Found(200, {"version": call.scenario.says})


def user(call):
    if call.token is None:
        raise Refusal(401, "token is required", "requires-authentication")
    return Found(200, call.shapes.user(call.token.login))


def repository(call):
    call.may("read")
    return Found(200, call.shapes.repository(call.repository))


def list_tasks(call):
    call.may("read")
    taken = [(run, job) for run in call.world.runs if run.repository is call.repository and not run.deleted
             for job in run.all_jobs() if job.runner]
    taken.sort(key=lambda pair: -pair[1].id)
    if call.scenario.release < (25 if call.is_gitea else 16):
        for run in {id(run): run for run, _ in taken}.values():
            run.jobs_asked()
    items, headers = call.page(taken)
    return Found(200, {"workflow_runs": [call.shapes.task(*pair) for pair in items], "total_count": len(taken)},
                 headers)


def list_runs(call):
    call.may("read")
    query = call.query
    check_filters(call)
    file = call.parameters.get("workflow")
    runs = [run for run in call.world.runs if run.repository is call.repository
            and (file is None or run.path.endswith("/" + file)) and fits(call, run) and run.listed()]
    runs.reverse()
    items, headers = call.page(runs)
    shape = call.shapes.gitea_run if call.is_gitea else call.shapes.forgejo_run
    return Found(200, {"workflow_runs": [shape(run) for run in items], "total_count": len(runs)}, headers)


def check_filters(call):
    query = call.query
    allowed = PAGING + (GITEA_FILTERS if call.is_gitea else FORGEJO_FILTERS)
    for name in query:
        if name not in allowed:
            raise Refusal(422, "unknown query parameter '%s'" % name, "unknown-query-parameter")
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", query.get("head_sha", "0" * 40)):
        raise Refusal(422, "head_sha is not a full commit id", "bad-query-value")
    if query.get("event", "push") not in EVENTS:
        raise Refusal(422, "unknown event", "bad-query-value")
    if query.get("branch", "main").startswith("refs/") or not query.get("ref", "refs/").startswith("refs/"):
        raise Refusal(422, "branch is short, ref is in full", "bad-query-value")


def fits(call, run):
    query = call.query
    return (query.get("event", run.event) == run.event and query.get("head_sha", run.sha) == run.sha
            and query.get("branch", run.branch) == run.branch and query.get("ref", run.ref) == run.ref
            and query.get("workflow_id", run.path.rpartition("/")[2]) == run.path.rpartition("/")[2]
            and query.get("run_number", str(run.number)) == str(run.number))


def the_run(call):
    text = call.parameters["run"]
    run = call.world.run(call.repository, int(text)) if text.isdigit() else None
    if run is None:
        if any(text == str(run.number) for run in call.world.runs):
            raise Refusal(404, "the run's number in place of its id", "run-number-for-id")
        raise Refusal(404, "The target couldn't be found.", "no-such-run")
    if run.deleted:
        raise Refusal(404, "The target couldn't be found.")
    return run


def get_run(call):
    call.may("read")
    run = the_run(call)
    if not run.gettable():
        raise Refusal(404, "The target couldn't be found.")
    run.run_asked()
    if run.deleted:
        raise Refusal(404, "The target couldn't be found.")
    return Found(200, (call.shapes.gitea_run if call.is_gitea else call.shapes.forgejo_run)(run))


def list_jobs(call):
    call.may("read")
    run = the_run(call)
    if call.query.get("page", "1") == "1":
        run.jobs_asked()
        if run.deleted:
            raise Refusal(404, "The target couldn't be found.")
    jobs = run.jobs_of(run.attempt)
    if not call.is_gitea:
        if call.query:
            raise Refusal(422, "the list has no pages", "unknown-query-parameter")
        return Found(200, [call.shapes.forgejo_job(run, job) for job in jobs])
    items, headers = call.page(jobs)
    return Found(200, {"jobs": [call.shapes.gitea_job(run, job) for job in items], "total_count": len(jobs)}, headers)


def the_job(call):
    text = call.parameters["job"]
    pair = call.world.job(call.repository, int(text)) if text.isdigit() else None
    if pair is None:
        raise Refusal(404, "The target couldn't be found.", "no-such-job")
    return pair


def get_job(call):
    call.may("read")
    return Found(200, call.shapes.gitea_job(*the_job(call)))


def job_logs(call):
    call.may("read")
    return logs.answer(call, the_job(call)[1])


def list_workflows(call):
    call.may("read")
    return Found(200, {"workflows": [
        {"id": path.rpartition("/")[2], "name": file.name, "path": path, "state": "active"}
        for path, file in call.repository.registered().items()], "total_count": len(call.repository.registered())})


def dispatch(call):
    call.may("write")
    body = call.json_body({"ref", "inputs"} if call.is_gitea else {"ref", "inputs", "return_run_info"})
    ref = body.get("ref")
    if not isinstance(ref, str) or not ref:
        raise Refusal(422 if call.is_gitea else 400, "[Ref]: Required", "missing-ref")
    tip = call.repository.tip(ref)
    if tip is None or tip[1] is None:
        raise Refusal(404, "ref does not exist [ref: %s]" % ref, "no-such-ref")
    name = call.parameters["workflow"]
    files = {path.rpartition("/")[2]: file for path, file in call.world.files(call.repository, tip[1]).items()}
    file = files.get(name)
    if file is None or file.problem:
        raise Refusal(404, "workflow '%s' not found" % name, "no-such-workflow")
    if "workflow_dispatch" not in file.on:
        raise Refusal(422, "workflow has no dispatch trigger", "no-dispatch-trigger")
    inputs = dispatch_inputs(file, body.get("inputs", {}))
    run = call.world.start(
        call.repository, file, "workflow_dispatch", tip[0], tip[1], call.token.login, "dispatched", inputs)
    call.entry.update(inputs=body.get("inputs", {}), ref=ref, run=run.id, head_sha=run.sha)
    if call.is_gitea:
        if call.scenario.release < 26 or call.query.get("return_run_details") != "true":
            return Found(204)
        shape = call.shapes.gitea_run(run)
        return Found(200, {"workflow_run_id": run.id, "run_url": shape["url"], "html_url": shape["html_url"]})
    if call.scenario.release < 11 or not body.get("return_run_info"):
        return Found(204)
    names = [job["name"] for job in run.job_plans.values()]
    return Found(201, {"id": run.id, "run_number": run.number, "jobs": names})


def dispatch_inputs(file, given):
    if not isinstance(given, dict) or any(not isinstance(value, str) for value in given.values()):
        raise Refusal(422, "inputs are strings by name", "bad-input-value")
    unexpected = [name for name in given if name not in file.inputs]
    if unexpected:
        raise Refusal(422, "unexpected inputs: %s" % ", ".join(unexpected), "unexpected-inputs")
    values = {}
    for name, entry in file.inputs.items():
        value = given.get(name, entry.get("default"))
        if value in (None, "") and entry.get("required"):
            raise Refusal(400, "input '%s' is required" % name, "missing-input")
        values[name] = "" if value is None else str(value)
    return values


def cancel(call):
    call.may("write")
    run = the_run(call)
    call.json_body(set())
    if run.finished or run.plan.get("cancellable") is False:
        raise Refusal(409, "workflow run is not cancellable")
    run.stop(run.plan.get("cancel_takes_polls", 1))
    return Found(200, call.shapes.gitea_run(run))


def rerun(call):
    call.may("write")
    run = the_run(call)
    call.json_body(set())
    if not run.finished:
        raise Refusal(400, "this workflow run is not done", "rerun-of-live-run")
    run.rerun()
    return Found(201, call.shapes.gitea_run(run))


REPO = "/api/v1/repos/{owner}/{repo}"
ACTIONS = REPO + "/actions"
ALWAYS = {"gitea": 0, "forgejo": 0}
RUNS = {"gitea": 25, "forgejo": 12}

# Method, path, the first version that has it by product, query parameters, handler.
ROUTES = [
    ("GET", "/api/v1/version", ALWAYS, (), version),
    ("GET", "/api/forgejo/v1/version", {"forgejo": 0}, (), version),
    ("GET", "/api/v1/user", ALWAYS, (), user),
    ("GET", REPO, ALWAYS, (), repository),
    ("GET", ACTIONS + "/tasks", ALWAYS, PAGING + ("status",), list_tasks),
    ("GET", ACTIONS + "/workflows", {"gitea": 24}, (), list_workflows),
    ("POST", ACTIONS + "/workflows/{workflow}/dispatches", {"gitea": 24, "forgejo": 8}, ("return_run_details",),
     dispatch),
    ("GET", ACTIONS + "/workflows/{workflow}/runs", {"gitea": 26}, PAGING + GITEA_FILTERS, list_runs),
    ("GET", ACTIONS + "/runs", RUNS, PAGING + GITEA_FILTERS + FORGEJO_FILTERS, list_runs),
    ("GET", ACTIONS + "/runs/{run}", RUNS, (), get_run),
    ("GET", ACTIONS + "/runs/{run}/jobs", {"gitea": 25, "forgejo": 16}, PAGING + ("status",), list_jobs),
    ("POST", ACTIONS + "/runs/{run}/cancel", {"gitea": 26}, (), cancel),
    ("POST", ACTIONS + "/runs/{run}/rerun", {"gitea": 26}, (), rerun),
    ("GET", ACTIONS + "/jobs/{job}", {"gitea": 25}, (), get_job),
    ("GET", ACTIONS + "/jobs/{job}/logs", {"gitea": 24, "forgejo": 16}, ("attempt",), job_logs),
]
