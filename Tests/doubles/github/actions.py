"""The API's endpoints that runs need, each with the query parameters that GitHub documents for it."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile

import workflows
from joblogs import BOM, parts_of
from scenario import CONCLUSIONS, STATUSES

PAGING = ("per_page", "page")
RUN_FILTERS = ("actor", "branch", "event", "status", "created", "head_sha", "check_suite_id", "exclude_pull_requests")


def refusal(*arguments, **options):
    from api import Refusal
    return Refusal(*arguments, **options)


def found(*arguments, **options):
    from api import Found
    return Found(*arguments, **options)


# Meta


def meta(call):
    if call.host.kind == "ghes":
        return found(200, {"verifiable_password_authentication": True, "installed_version":
                           call.world.scenario.server.get("version", "3.21.0")})
    return found(200, {"verifiable_password_authentication": False, "hooks": ["192.30.252.0/22"],
                       "domains": {"website": ["*.github.com"]}})


def versions(call):
    return found(200, ["2022-11-28"] if call.old_server else ["2026-03-10", "2022-11-28"])


def root(call):
    return found(200, {"current_user_url": call.host.api + "/user", "rate_limit_url": call.host.api + "/rate_limit"})


def rate_limit(call):
    rate = call.api.rate_shape(call.token)
    value = {"resources": {"core": rate}}
    if call.version == "2022-11-28":
        value["rate"] = rate
    return found(200, value, etag=False)


def user(call):
    if call.token is None:
        raise refusal(401, "Requires authentication", "requires-authentication")
    return found(200, call.shapes.user(call.token.login))


def repository(call):
    call.may("metadata" if call.token and call.token.permissions else "contents", "read")
    return found(200, call.shapes.repository(call.repository))


# Workflows


def list_workflows(call):
    call.may("actions", "read")
    files = list(call.repository.registered().values())
    items, headers = call.page([call.shapes.workflow(call.repository, file) for file in files])
    return found(200, {"total_count": len(files), "workflows": items}, headers)


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
    raise refusal(404, "Not Found", "no-such-workflow")


def get_workflow(call):
    call.may("actions", "read")
    return found(200, call.shapes.workflow(call.repository, registered_file(call)))


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
        raise refusal(404, "Not Found", "no-such-workflow")
    path = list(registered)[0]
    if path in call.repository.disabled:
        raise refusal(403, "Workflow is disabled", "workflow-disabled")
    ref = body.get("ref")
    if not isinstance(ref, str) or not ref:
        raise refusal(422, "Invalid request.\n\n\"ref\" wasn't supplied.", "missing-ref")
    tip = call.repository.tip(ref)
    if tip is None or tip[1] is None:
        raise refusal(422, "No ref found for: %s" % ref, "no-such-ref")
    file = workflows.files_at(call.repository.bare, tip[1]).get(path)
    if file is None or file.problem or "workflow_dispatch" not in file.on:
        raise refusal(422, "Workflow does not have 'workflow_dispatch' trigger", "no-dispatch-trigger")
    inputs = dispatch_inputs(file, body.get("inputs", {}), call.old_server)
    actor = call.token.login if call.token else "ghost"
    message = "dispatched"
    run = call.world.start(call.repository, file, "workflow_dispatch", tip[0], tip[1], actor, message, inputs)
    call.entry["inputs"] = body.get("inputs", {})
    call.entry["ref"] = ref
    call.entry["run"] = run.id
    call.entry["head_sha"] = run.sha
    if call.version == "2022-11-28" and not body.get("return_run_details"):
        return found(204)
    shape = call.shapes.run(run)
    return found(200, {"workflow_run_id": run.id, "run_url": shape["url"], "html_url": shape["html_url"]}, etag=False)


def dispatch_inputs(file, given, old_server):
    if not isinstance(given, dict):
        raise refusal(422, "Invalid inputs", "bad-input-value")
    if len(given) > (10 if old_server else 25):
        raise refusal(422, "you may only define up to %d `inputs`" % (10 if old_server else 25), "too-many-inputs")
    if len(json.dumps(given)) > 65535:
        raise refusal(422, "inputs are too large", "inputs-too-large")
    unexpected = [name for name in given if name not in file.inputs]
    if unexpected:
        raise refusal(422, "Unexpected inputs provided: %s" % json.dumps(unexpected), "unexpected-inputs")
    values = {}
    for name, entry in file.inputs.items():
        value = given.get(name, entry.get("default"))
        if name in given and not isinstance(value, str):
            raise refusal(422, "Input '%s' is not a string" % name, "bad-input-value")
        if value in (None, "") and entry.get("required"):
            raise refusal(422, "Required input '%s' not provided" % name, "missing-input")
        if entry.get("type") == "choice" and name in given and value not in workflows.listed(entry["options"]):
            raise refusal(422, "Provided value '%s' for input '%s' not in the list of allowed values" % (value, name),
                          "bad-input-value")
        if entry.get("type") == "boolean" and name in given and value not in ("true", "false"):
            raise refusal(422, "Provided value '%s' for input '%s' is not a boolean" % (value, name),
                          "bad-input-value")
        if entry.get("type") == "number" and name in given and not re.fullmatch(r"-?[0-9.]+", value):
            raise refusal(422, "Provided value '%s' for input '%s' is not a number" % (value, name),
                          "bad-input-value")
        values[name] = "" if value is None else value
    return values


# Runs


def list_runs(call):
    call.may("actions", "read")
    check_filters(call.query)
    file = registered_file(call) if "workflow" in call.parameters else None
    runs = [run for run in call.world.runs
            if run.repository is call.repository and (file is None or run.path == file.path)
            and matches_filters(call, run) and run.listed()]
    runs.reverse()
    items, headers = call.page(runs)
    return found(200, {"total_count": len(runs), "workflow_runs": [call.shapes.run(run) for run in items]}, headers)


def check_filters(query):
    if query.get("exclude_pull_requests") not in (None, "true", "false"):
        raise refusal(422, "Invalid exclude_pull_requests", "bad-query-value")
    sha = query.get("head_sha")
    if sha is not None and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", sha):
        raise refusal(422, "head_sha is not a full commit id", "bad-query-value")
    if query.get("status", "queued") not in STATUSES | CONCLUSIONS:
        raise refusal(422, "Invalid status", "bad-query-value")
    if query.get("event", "push") not in workflows.EVENTS | {"dynamic"}:
        raise refusal(422, "Invalid event", "bad-query-value")
    if query.get("branch", "main").startswith("refs/"):
        raise refusal(422, "branch is a short name", "bad-query-value")
    created_fits(query.get("created"), 0)


def matches_filters(call, run):
    query = call.query
    status = query.get("status")
    if status and status not in (run.status, run.conclusion):
        return False
    return (query.get("branch", run.branch) == run.branch and query.get("event", run.event) == run.event
            and query.get("head_sha", run.sha) == run.sha and query.get("actor", run.actor) == run.actor
            and query.get("check_suite_id", str(run.suite_id)) == str(run.suite_id)
            and created_fits(query.get("created"), run.created))


def created_fits(wanted, created):
    """GitHub's date ranges: `>=T`, `>T`, `<=T`, `<T`, `A..B`, `T`; T is a day or an instant."""
    if wanted is None:
        return True
    match = re.fullmatch(r"(>=|<=|>|<|)([0-9T:.Z+-]+?)(?:\.\.([0-9T:.Z+-]+))?", wanted)
    if not match:
        raise refusal(422, "Invalid created", "bad-query-value")
    relation, first, last = match.groups()
    start, end = instant(first)
    if last:
        return start <= created <= instant(last)[1]
    return {">=": created >= start, ">": created > start, "<=": created <= end, "<": created < start,
            "": start <= created <= end}[relation]


def instant(text):
    """The first and the last second that the text names."""
    try:
        if "T" in text:
            moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
            seconds = int(moment.timestamp())
            return seconds, seconds
        day = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
        return int(day.timestamp()), int(day.timestamp()) + 86399
    except ValueError:
        raise refusal(422, "Invalid created", "bad-query-value")


def the_run(call):
    run_id = call.parameters["run"]
    run = call.world.run(call.repository, int(run_id)) if run_id.isdigit() else None
    if run is None:
        raise refusal(404, "Not Found", "no-such-run")
    if run.deleted:
        raise refusal(404, "Not Found")
    return run


def get_run(call):
    call.may("actions", "read")
    run = the_run(call)
    if not run.gettable():
        raise refusal(404, "Not Found")
    run.run_asked()
    if run.deleted:
        raise refusal(404, "Not Found")
    return found(200, call.shapes.run(run, attempt_of(call, run)))


def attempt_of(call, run):
    text = call.parameters.get("attempt")
    if text is None:
        return None
    if not text.isdigit() or run.jobs_of(int(text)) is None:
        raise refusal(404, "Not Found", "no-such-attempt")
    return int(text)


def list_jobs(call):
    call.may("actions", "read")
    run = the_run(call)
    if call.query.get("filter", "latest") not in ("latest", "all"):
        raise refusal(422, "Invalid filter", "bad-query-value")
    if call.query.get("page", "1") == "1":
        run.jobs_asked()
        if run.deleted:
            raise refusal(404, "Not Found")
    attempt = attempt_of(call, run)
    if attempt is not None:
        jobs = run.jobs_of(attempt)
    else:
        jobs = run.all_jobs() if call.query.get("filter") == "all" else run.jobs_of(run.attempt)
    items, headers = call.page(jobs)
    return found(200, {"total_count": len(jobs), "jobs": [call.shapes.job(run, job) for job in items]}, headers)


def the_job(call):
    job_id = call.parameters["job"]
    pair = call.world.job(call.repository, int(job_id)) if job_id.isdigit() else None
    if pair is None:
        raise refusal(404, "Not Found", "no-such-job")
    return pair


def get_job(call):
    call.may("actions", "read")
    run, job = the_job(call)
    run.jobs_asked()
    return found(200, call.shapes.job(run, job))


def annotations(call):
    call.may("checks", "read")
    run, job = the_job(call)
    items, headers = call.page(call.shapes.annotations(run, job))
    return found(200, items, headers)


def cancel(call):
    call.may("actions", "write")
    run = the_run(call)
    call.json_body(set())
    if run.finished or run.plan.get("cancellable") is False:
        raise refusal(409, "Cannot cancel a workflow run that is completed.")
    run.stop(run.plan.get("cancel_takes_polls", 1))
    return found(202, {})


def rerun(call):
    call.may("actions", "write")
    run = the_run(call)
    call.json_body({"enable_debug_logging"})
    if not run.finished:
        raise refusal(403, "This workflow is already running", "rerun-of-live-run")
    run.rerun()
    return found(201, {})


def pending_deployments(call):
    call.may("actions", "read")
    return found(200, call.shapes.approvals(the_run(call)))


def check_suites(call):
    call.may("checks", "read")
    wanted = call.parameters["ref"]
    runs = [run for run in call.world.runs if run.repository is call.repository and run.sha == wanted
            and run.listed()]
    if call.query.get("app_id", "15368") != "15368":
        runs = []
    items, headers = call.page(runs)
    return found(200, {"total_count": len(runs), "check_suites": call.shapes.check_suites(items)}, headers)


def artifacts(call):
    call.may("actions", "read")
    the_run(call)
    return found(200, {"total_count": 0, "artifacts": []})


def graphql(call):
    """The two questions which gh asks that way and that matter here; everything else is refused."""
    if not (call.request.header("user-agent") or "").startswith("GitHub CLI"):
        raise refusal(404, "Not Found", "unknown-path")
    query = call.json_body({"query", "variables", "operationName"}).get("query", "")
    if query.lstrip().startswith("query PullRequestForRun"):
        return found(200, {"data": {"repository": {"pullRequests": {"nodes": []}}, "resource": None}}, etag=False)
    raise refusal(422, "unknown GraphQL query: %s" % query[:200], "unknown-graphql-query")


# Logs


def sign_in(call):
    if call.token is None:
        raise refusal(403, "Must have admin rights to Repository.", "requires-authentication")


def job_logs(call):
    call.may("actions", "read")
    sign_in(call)
    run, job = the_job(call)
    job.log_requests += 1
    plan = job.plan.get("log", {})
    if job.status != "completed" or plan.get("never") or job.log_requests <= plan.get("not_found_times", 0):
        raise refusal(404, "Not Found")
    if job.conclusion in ("skipped", "cancelled") and not job.steps:
        raise refusal(404, "Not Found")
    link = call.logs.link(call.host.logs, job, expired=call.entry.get("fault_kind") == "expired_link")
    return found(302, None, [("Location", link), ("Cache-Control", "no-store")])


def run_logs(call):
    call.may("actions", "read")
    sign_in(call)
    run = the_run(call)
    if not run.finished or not run.jobs:
        raise refusal(404, "Not Found")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, job in enumerate(run.jobs_of(attempt_of(call, run) or run.attempt)):
            if not job.steps:
                continue
            folder = re.sub("[/:]", "", job.name)
            content = call.logs.content(job)
            archive.writestr("%d_%s.txt" % (number, folder), content)
            for step, part in parts_of(job, content):
                name = re.sub(r'[\\/:*?"<>|]', "", step["name"])
                archive.writestr("%s/%d_%s.txt" % (folder, step["number"], name), BOM + part)
    first = list(run.jobs.values())[0]
    link = call.logs.zip_link(call.host.logs, first, data.getvalue())
    return found(302, None, [("Location", link), ("Cache-Control", "no-store")])


REPO = "/repos/{owner}/{repo}"
RUN = REPO + "/actions/runs/{run}"
ATTEMPT = RUN + "/attempts/{attempt}"
WORKFLOW = REPO + "/actions/workflows/{workflow}"

ROUTES = [
    ("GET", "/", (), root),
    ("GET", "", (), root),
    ("GET", "/meta", (), meta),
    ("POST", "/graphql", (), graphql),
    ("GET", "/versions", (), versions),
    ("GET", "/rate_limit", (), rate_limit),
    ("GET", "/user", (), user),
    ("GET", REPO, (), repository),
    ("GET", REPO + "/actions/workflows", PAGING, list_workflows),
    ("GET", WORKFLOW, (), get_workflow),
    ("POST", WORKFLOW + "/dispatches", (), dispatch),
    ("GET", WORKFLOW + "/runs", PAGING + RUN_FILTERS, list_runs),
    ("GET", REPO + "/actions/runs", PAGING + RUN_FILTERS, list_runs),
    ("GET", RUN, ("exclude_pull_requests",), get_run),
    ("GET", RUN + "/jobs", PAGING + ("filter",), list_jobs),
    ("GET", RUN + "/logs", (), run_logs),
    ("GET", RUN + "/artifacts", PAGING + ("name",), artifacts),
    ("GET", RUN + "/pending_deployments", (), pending_deployments),
    ("POST", RUN + "/cancel", (), cancel),
    ("POST", RUN + "/rerun", (), rerun),
    ("GET", ATTEMPT, ("exclude_pull_requests",), get_run),
    ("GET", ATTEMPT + "/jobs", PAGING, list_jobs),
    ("GET", ATTEMPT + "/logs", (), run_logs),
    ("GET", REPO + "/actions/jobs/{job}", (), get_job),
    ("GET", REPO + "/actions/jobs/{job}/logs", (), job_logs),
    ("GET", REPO + "/check-runs/{job}/annotations", PAGING, annotations),
    ("GET", REPO + "/commits/{ref}/check-suites", PAGING + ("app_id", "check_name"), check_suites),
]
