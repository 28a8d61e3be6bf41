"""The API's endpoints that runs need, each with the query parameters that GitHub documents for it."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

from answers import Found, Refusal
from dispatching import dispatch, get_workflow, list_workflows, registered_file
from serving import workflows
from serving.logtext import BOM, parts_of
from serving.plans import CONCLUSIONS, STATUSES

PAGING = ("per_page", "page")
RUN_FILTERS = ("actor", "branch", "event", "status", "created", "head_sha", "check_suite_id", "exclude_pull_requests")


# Meta


def meta(call):
    if call.host.kind == "ghes":
        return Found(200, {"verifiable_password_authentication": True, "installed_version":
                           call.world.scenario.server.get("version", "3.21.0")})
    return Found(200, {"verifiable_password_authentication": False, "hooks": ["192.30.252.0/22"],
                       "domains": {"website": ["*.github.com"]}})


def versions(call):
    return Found(200, ["2022-11-28"] if call.old_server else ["2026-03-10", "2022-11-28"])


def root(call):
    return Found(200, {"current_user_url": call.host.api + "/user", "rate_limit_url": call.host.api + "/rate_limit"})


def rate_limit(call):
    rate = call.api.rate_shape(call.token)
    value = {"resources": {"core": rate}}
    if call.version == "2022-11-28":
        value["rate"] = rate
    return Found(200, value, etag=False)


def user(call):
    if call.token is None:
        raise Refusal(401, "Requires authentication", "requires-authentication")
    return Found(200, call.shapes.user(call.token.login))


def repository(call):
    call.may("metadata" if call.token and call.token.permissions else "contents", "read")
    value = call.shapes.repository(call.repository)
    if call.token:
        value["permissions"] = {"admin": False, "push": call.token.covers(call.repository.name), "pull": True}
    return Found(200, value)


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
    return Found(200, {"total_count": len(runs), "workflow_runs": [call.shapes.run(run) for run in items]}, headers)


def check_filters(query):
    if query.get("exclude_pull_requests") not in (None, "true", "false"):
        raise Refusal(422, "Invalid exclude_pull_requests", "bad-query-value")
    sha = query.get("head_sha")
    if sha is not None and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", sha):
        raise Refusal(422, "head_sha is not a full commit id", "bad-query-value")
    if query.get("status", "queued") not in STATUSES | CONCLUSIONS:
        raise Refusal(422, "Invalid status", "bad-query-value")
    if query.get("event", "push") not in workflows.EVENTS | {"dynamic"}:
        raise Refusal(422, "Invalid event", "bad-query-value")
    if query.get("branch", "main").startswith("refs/"):
        raise Refusal(422, "branch is a short name", "bad-query-value")
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
        raise Refusal(422, "Invalid created", "bad-query-value")
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
        raise Refusal(422, "Invalid created", "bad-query-value")


def the_run(call):
    run_id = call.parameters["run"]
    run = call.world.run(call.repository, int(run_id)) if run_id.isdigit() else None
    if run is None:
        raise Refusal(404, "Not Found", "no-such-run")
    if run.deleted:
        raise Refusal(404, "Not Found")
    return run


def get_run(call):
    call.may("actions", "read")
    run = the_run(call)
    if not run.gettable():
        raise Refusal(404, "Not Found")
    run.run_asked()
    if run.deleted:
        raise Refusal(404, "Not Found")
    return Found(200, call.shapes.run(run, attempt_of(call, run)))


def attempt_of(call, run):
    text = call.parameters.get("attempt")
    if text is None:
        return None
    if not text.isdigit() or run.jobs_of(int(text)) is None:
        raise Refusal(404, "Not Found", "no-such-attempt")
    return int(text)


def list_jobs(call):
    call.may("actions", "read")
    run = the_run(call)
    if call.query.get("filter", "latest") not in ("latest", "all"):
        raise Refusal(422, "Invalid filter", "bad-query-value")
    if call.query.get("page", "1") == "1":
        run.jobs_asked()
        if run.deleted:
            raise Refusal(404, "Not Found")
    attempt = attempt_of(call, run)
    if attempt is not None:
        jobs = run.jobs_of(attempt)
    else:
        jobs = run.all_jobs() if call.query.get("filter") == "all" else run.jobs_of(run.attempt)
    items, headers = call.page(jobs)
    return Found(200, {"total_count": len(jobs), "jobs": [call.shapes.job(run, job) for job in items]}, headers)


def the_job(call):
    job_id = call.parameters["job"]
    pair = call.world.job(call.repository, int(job_id)) if job_id.isdigit() else None
    if pair is None:
        raise Refusal(404, "Not Found", "no-such-job")
    return pair


def get_job(call):
    call.may("actions", "read")
    run, job = the_job(call)
    run.jobs_asked()
    return Found(200, call.shapes.job(run, job))


def annotations(call):
    call.may("checks", "read")
    run, job = the_job(call)
    items, headers = call.page(call.shapes.annotations(run, job))
    return Found(200, items, headers)


def cancel(call):
    call.may("actions", "write")
    run = the_run(call)
    call.json_body(set())
    if run.finished or run.plan.get("cancellable") is False:
        raise Refusal(409, "Cannot cancel a workflow run that is completed.")
    run.stop(run.plan.get("cancel_takes_polls", 1))
    return Found(202, {})


def rerun(call):
    call.may("actions", "write")
    run = the_run(call)
    call.json_body({"enable_debug_logging"})
    if not run.finished:
        raise Refusal(403, "This workflow is already running", "rerun-of-live-run")
    run.rerun()
    return Found(201, {})


def pending_deployments(call):
    call.may("actions", "read")
    return Found(200, call.shapes.approvals(the_run(call)))


def check_suites(call):
    call.may("checks", "read")
    wanted = call.parameters["ref"]
    runs = [run for run in call.world.runs if run.repository is call.repository and run.sha == wanted
            and run.listed()]
    if call.query.get("app_id", "15368") != "15368":
        runs = []
    items, headers = call.page(runs)
    return Found(200, {"total_count": len(runs), "check_suites": call.shapes.check_suites(items)}, headers)


def artifacts(call):
    call.may("actions", "read")
    the_run(call)
    return Found(200, {"total_count": 0, "artifacts": []})


def graphql(call):
    """The two questions which gh asks that way and that matter here; everything else is refused."""
    if not (call.request.header("user-agent") or "").startswith("GitHub CLI"):
        raise Refusal(404, "Not Found", "unknown-path")
    query = call.json_body({"query", "variables", "operationName"}).get("query", "")
    if query.lstrip().startswith("query PullRequestForRun"):
        return Found(200, {"data": {"repository": {"pullRequests": {"nodes": []}}, "resource": None}}, etag=False)
    raise Refusal(422, "unknown GraphQL query: %s" % query[:200], "unknown-graphql-query")


# Logs


def sign_in(call):
    if call.token is None:
        raise Refusal(403, "Must have admin rights to Repository.", "requires-authentication")


def job_logs(call):
    call.may("actions", "read")
    sign_in(call)
    run, job = the_job(call)
    job.log_requests += 1
    plan = job.plan.get("log", {})
    if job.status != "completed" or plan.get("never") or job.log_requests <= plan.get("not_found_times", 0):
        raise Refusal(404, "Not Found")
    if job.conclusion in ("skipped", "cancelled") and not job.steps:
        raise Refusal(404, "Not Found")
    link = call.logs.link(call.host.logs, job, expired=call.entry.get("fault_kind") == "expired_link")
    return Found(302, None, [("Location", link), ("Cache-Control", "no-store")])


def run_logs(call):
    call.may("actions", "read")
    sign_in(call)
    run = the_run(call)
    if not run.finished or not run.jobs:
        raise Refusal(404, "Not Found")
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
    return Found(302, None, [("Location", link), ("Cache-Control", "no-store")])


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
