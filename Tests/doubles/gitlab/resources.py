"""What each address of the API answers."""

from __future__ import annotations

import cifile
from scenario import STATUSES

SOURCES = {"push", "web", "trigger", "schedule", "api", "external", "pipeline", "chat", "webide",
           "merge_request_event", "external_pull_request_event", "parent_pipeline", "ondemand_dast_scan",
           "ondemand_dast_validation", "security_orchestration_policy", "container_registry_push", "duo_workflow"}
LONGEST = 512_000


class Refusal(Exception):
    """An answer that says no. With a name it fails the test, unless the scenario expects that name."""

    def __init__(self, status, body, name=None):
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.name = name


class Found:
    def __init__(self, value, status=200, headers=()):
        self.value = value
        self.status = status
        self.headers = list(headers)


class Text:
    def __init__(self, data, headers=()):
        self.data = data
        self.headers = list(headers)


def version(call, entry):
    if call.token is None:
        # Who asks without a token wants to know whether this is a GitLab.
        raise Refusal(401, {"message": "401 Unauthorized"})
    return Found({"version": call.world.scenario.version, "revision": "1a2b3c4d5e6",
                  "kas": {"enabled": False, "externalUrl": None, "version": None},
                  "enterprise": call.world.scenario.version.endswith("-ee")})


def current_user(call, entry):
    call.sign_in()
    return Found(dict(call.shapes.user(call.token.login), email="a@example.com", is_admin=False))


def own_token(call, entry):
    call.sign_in()
    if call.token.kind != "personal":
        raise Refusal(404, {"message": "404 Not Found"})
    return Found({"id": 4, "name": call.token.name, "revoked": False, "created_at": "2026-01-05T10:00:00.000Z",
                  "scopes": sorted(call.token.scopes), "user_id": 24, "active": True, "expires_at": "2027-01-31"})


def get_project(call, entry):
    return Found(call.shapes.project(call.project, call.token if call.is_member else None))


def list_pipelines(call, entry):
    call.reads_jobs()
    call.world.look(call.project)
    query = call.query
    if "source" in query and query["source"] not in SOURCES:
        raise Refusal(400, {"error": "source does not have a valid value"}, "bad-query-value")
    if "status" in query and query["status"] not in STATUSES:
        raise Refusal(400, {"error": "status does not have a valid value"}, "bad-query-value")
    found = []
    for pipeline in call.world.pipelines:
        if pipeline.project is not call.project:
            continue
        wanted = {"sha": pipeline.sha, "ref": pipeline.ref, "source": pipeline.source, "status": pipeline.status}
        if any(query.get(key, value) != value for key, value in wanted.items()):
            continue
        if pipeline.source == "parent_pipeline" and query.get("source") != "parent_pipeline":
            continue
        if pipeline.listed():
            found.append(pipeline)
    ascending = query.get("sort", "desc") == "asc"
    items, headers = call.page(sorted(found, key=lambda each: each.id, reverse=not ascending))
    return Found([call.shapes.pipeline(pipeline) for pipeline in items], headers=headers)


def latest_pipeline(call, entry):
    call.reads_jobs()
    ref = call.query.get("ref", call.project.default_branch)
    tip = call.project.tip(ref)
    found = [each for each in call.world.pipelines if each.project is call.project and each.ref == ref and tip
             and each.sha == tip[1] and each.source != "parent_pipeline" and each.listed()]
    if not found:
        raise Refusal(403, {"message": "403 Forbidden"})
    pipeline = max(found, key=lambda each: each.id)
    pipeline.asked()
    return Found(call.shapes.full_pipeline(pipeline))


def _pipeline(call):
    number = call.parameters["pipeline"]
    found = call.world.pipeline(call.project, int(number)) if number.isdigit() else None
    if found is None:
        raise Refusal(404, {"message": "404 Pipeline Not Found"}, "no-such-pipeline")
    if not found.gettable():
        raise Refusal(404, {"message": "404 Pipeline Not Found"})
    return found


def get_pipeline(call, entry):
    call.reads_jobs()
    pipeline = _pipeline(call)
    pipeline.asked()
    return Found(call.shapes.full_pipeline(pipeline))


def create_pipeline(call, entry):
    body = call.body({"ref", "variables", "inputs"})
    call.needs("developer")
    project, world = call.project, call.world
    entry["ref"] = body.get("ref")
    entry["inputs"] = {key: str(value) for key, value in body.get("inputs", {}).items()}
    if not isinstance(body.get("ref"), str):
        raise Refusal(400, {"error": "ref is missing"}, "missing-ref")
    tip = project.tip(body["ref"])
    if tip is None or body["ref"].startswith("refs/"):
        raise _invalid("Reference not found", "no-such-ref")
    file = cifile.at(project.bare, tip[1])
    if file is None:
        raise _invalid("Missing CI config file", "no-ci-file")
    if body.get("variables") and not _may_set_variables(call):
        raise _invalid("Insufficient permissions to set pipeline variables", "variables-restricted")
    # A server without inputs does not know the parameter, and passes over it.
    inputs = body.get("inputs", {}) if world.scenario.knows_inputs else {}
    problem = file.problem or file.input_problem(inputs)
    if problem:
        raise _invalid(problem, "unfit-inputs" if not file.problem else "invalid-ci-file")
    is_tag = tip[0].startswith("refs/tags/")
    made = world.make(project, "api", tip[0].split("/", 2)[2], tip[1], file, inputs, tag=is_tag)
    return Found(call.shapes.full_pipeline(made), 201)


def _invalid(sentence, name):
    return Refusal(400, {"message": {"base": [sentence]}}, name)


def _may_set_variables(call):
    least = call.project.variables_role
    return least != "no_one_allowed" and call.token.has_role(least)


def cancel_pipeline(call, entry):
    call.needs("developer")
    pipeline = _pipeline(call)
    pipeline.stop(pipeline.plan.get("cancel_takes_polls", 0))
    return Found(call.shapes.full_pipeline(pipeline), 200)


def retry_pipeline(call, entry):
    call.needs("developer")
    pipeline = _pipeline(call)
    for job in [job for job in pipeline.live_jobs if job.status in ("failed", "canceled")]:
        pipeline.retry(job)
    return Found(call.shapes.full_pipeline(pipeline), 201)


def list_jobs(call, entry):
    call.reads_jobs()
    pipeline = _pipeline(call)
    pipeline.jobs_asked()
    scopes = [value for key, value in call.request.query if key in ("scope[]", "scope")]
    if set(scopes) - STATUSES:
        raise Refusal(400, {"error": "scope does not have a valid value"}, "bad-query-value")
    retried = call.query.get("include_retried") == "true"
    jobs = [job for job in pipeline.jobs if not job.is_bridge and (retried or not job.retried)
            and (not scopes or job.status in scopes)]
    items, headers = call.page(sorted(jobs, key=lambda each: -each.id))
    return Found([call.shapes.job(job) for job in items], headers=headers)


def list_bridges(call, entry):
    call.reads_jobs()
    pipeline = _pipeline(call)
    bridges = [job for job in pipeline.live_jobs if job.is_bridge]
    items, headers = call.page(sorted(bridges, key=lambda each: -each.id))
    return Found([call.shapes.bridge(job) for job in items], headers=headers)


def list_project_jobs(call, entry):
    call.sign_in()
    call.reads_jobs()
    jobs = [job for each in call.world.pipelines if each.project is call.project for job in each.live_jobs
            if not job.is_bridge]
    items, headers = call.page(sorted(jobs, key=lambda each: -each.id))
    return Found([call.shapes.job(job) for job in items], headers=headers)


def _job(call):
    call.sign_in()
    number = call.parameters["job"]
    found = call.world.job(call.project, int(number)) if number.isdigit() else None
    if found is None or found.is_bridge:
        raise Refusal(404, {"message": "404 Not Found"}, "no-such-job")
    return found


def get_job(call, entry):
    call.reads_jobs()
    job = _job(call)
    job.pipeline.asked()
    return Found(call.shapes.job(job))


def get_trace(call, entry):
    call.reads_jobs()
    job = _job(call)
    log = job.plan.get("log", {})
    if log.get("denied"):
        raise Refusal(403, {"message": "403 Forbidden - You must have developer access to the project when debug_mode "
                            "is enabled"})
    data = job.log()
    entry["job"] = job.name
    entry["note"] = "whole"
    if call.world.scenario.has_byte_offset and {"byte_offset", "byte_limit"} & set(call.query):
        offset = min(call.number("byte_offset", 0, 0, 1 << 62), len(data))
        limit = call.number("byte_limit", len(data) + 1, 1, LONGEST)
        entry["note"] = "%d+%d" % (offset, limit)
        data = data[offset: offset + limit]
    return Text(data, [("Content-Disposition", 'infile; filename="%d.log"' % job.id)])


def cancel_job(call, entry):
    call.needs("developer")
    job = _job(call)
    job.move("canceled", job.pipeline.now)
    return Found(call.shapes.job(job), 201)


def retry_job(call, entry):
    call.needs("developer")
    job = _job(call)
    return Found(call.shapes.job(job.pipeline.retry(job)), 201)


def play_job(call, entry):
    call.needs("developer")
    job = _job(call)
    if job.status not in ("manual", "scheduled"):
        raise Refusal(400, {"message": "400 Bad request - Unplayable Job"}, "unplayable-job")
    job.move("pending", job.pipeline.now)
    return Found(call.shapes.job(job), 200)


def get_commit(call, entry):
    sha = call.parameters["commit"]
    tip = call.project.tip(sha)
    sha = tip[1] if tip else sha
    if call.project.peeled(sha) is None:
        raise Refusal(404, {"message": "404 Commit Not Found"}, "no-such-commit")
    made = [each for each in call.world.pipelines if each.project is call.project and each.sha == sha
            and each.source != "parent_pipeline" and not each.plan.get("never")]
    last = max(made, key=lambda each: each.id, default=None)
    return Found(call.shapes.commit(call.project, sha, call.project.message(sha), last))


def lint(call, entry):
    """The check of the file at a commit as a push would use it; which of its jobs rules leave out the scenario says."""
    call.needs("developer")
    query = call.query
    if query.get("dry_run") != "true" or "dry_run_ref" not in query or "content_ref" not in query:
        raise Refusal(400, {"error": "what is to be checked for is missing"}, "bad-query-value")
    if call.project.tip("refs/heads/" + query["dry_run_ref"]) is None and call.project.tip(query["dry_run_ref"]) is None:
        raise Refusal(400, {"message": {"base": ["Reference not found"]}}, "no-such-ref")
    file = cifile.at(call.project.bare, query["content_ref"])
    errors = list(call.project.lint_errors)
    if not errors and file is None:
        errors = ["Please provide content of .gitlab-ci.yml"]
    elif not errors and file.problem:
        errors = [file.problem]
    return Found({"valid": not errors, "errors": errors, "warnings": [], "merged_yaml": None, "includes": []})


def _requests(call):
    for request in call.project.merge_requests:
        made = [each for each in call.world.pipelines if each.project is call.project
                and each.merge_request == request["iid"] and not each.plan.get("never")]
        yield request, sorted(made, key=lambda each: -each.id)


def merge_requests_of_commit(call, entry):
    sha = call.parameters["commit"]
    found = []
    for request, made in _requests(call):
        tip = call.project.tip("refs/heads/" + request["source"])
        if tip and tip[1] == sha:
            found.append(call.shapes.merge_request(call.project, request, made))
    items, headers = call.page(found)
    return Found(items, headers=headers)


def list_merge_requests(call, entry):
    found = [call.shapes.merge_request(call.project, request, made) for request, made in _requests(call)
             if call.query.get("source_branch", request["source"]) == request["source"]]
    items, headers = call.page(found)
    return Found(items, headers=headers)


def pipelines_of_merge_request(call, entry):
    call.reads_jobs()
    for request, made in _requests(call):
        if str(request["iid"]) == call.parameters["request"]:
            items, headers = call.page([each for each in made if each.listed()])
            return Found([call.shapes.pipeline(pipeline) for pipeline in items], headers=headers)
    raise Refusal(404, {"message": "404 Not found"}, "no-such-merge-request")


def get_branch(call, entry):
    tip = call.project.tip("refs/heads/" + call.parameters["branch"])
    if tip is None:
        raise Refusal(404, {"message": "404 Branch Not Found"}, "no-such-ref")
    return Found({"name": call.parameters["branch"], "merged": False, "protected": False, "default": False,
                  "can_push": True, "web_url": call.host.site,
                  "commit": call.shapes.commit(call.project, tip[1], call.project.message(tip[1]))})


PROJECT = "/projects/:project"
PIPELINE = PROJECT + "/pipelines/:pipeline"
JOB = PROJECT + "/jobs/:job"
FILTERS = ["scope", "status", "ref", "sha", "source", "name", "username", "yaml_errors", "updated_after",
           "updated_before", "created_after", "created_before"]
# The longer address before the one that would also match it.
ROUTES = [
    ("GET", "/version", [], version),
    ("GET", "/metadata", [], version),
    ("GET", "/user", [], current_user),
    ("GET", "/personal_access_tokens/self", [], own_token),
    ("GET", PROJECT, ["license", "statistics", "with_custom_attributes"], get_project),
    ("GET", PROJECT + "/pipelines", FILTERS, list_pipelines),
    ("GET", PROJECT + "/pipelines/latest", ["ref"], latest_pipeline),
    ("GET", PIPELINE, [], get_pipeline),
    ("POST", PROJECT + "/pipeline", [], create_pipeline),
    ("POST", PIPELINE + "/cancel", [], cancel_pipeline),
    ("POST", PIPELINE + "/retry", [], retry_pipeline),
    ("GET", PIPELINE + "/jobs", ["include_retried", "scope[]", "scope"], list_jobs),
    ("GET", PIPELINE + "/bridges", ["scope[]", "scope"], list_bridges),
    ("GET", PROJECT + "/jobs", ["scope[]", "scope"], list_project_jobs),
    ("GET", JOB, [], get_job),
    ("GET", JOB + "/trace", ["byte_offset", "byte_limit"], get_trace),
    ("POST", JOB + "/cancel", [], cancel_job),
    ("POST", JOB + "/retry", [], retry_job),
    ("POST", JOB + "/play", [], play_job),
    ("GET", PROJECT + "/repository/commits/:commit", ["stats"], get_commit),
    ("GET", PROJECT + "/repository/commits/:commit/merge_requests", ["state"], merge_requests_of_commit),
    ("GET", PROJECT + "/repository/branches/:branch", [], get_branch),
    ("GET", PROJECT + "/merge_requests", ["state", "source_branch", "scope", "with_labels_details"],
     list_merge_requests),
    ("GET", PROJECT + "/merge_requests/:request/pipelines", [], pipelines_of_merge_request),
    ("GET", PROJECT + "/ci/lint", ["content_ref", "dry_run", "dry_run_ref", "include_jobs"], lint),
]
