"""JSON as GitHub's REST API gives it, for one request's origin."""

from __future__ import annotations

import datetime


def iso(seconds):
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shapes:
    """Builds objects whose links start with the API's and the site's address as the client sees them."""

    def __init__(self, api, site, world, version):
        self.api = api
        self.site = site
        self.world = world
        self.version = version

    def user(self, login):
        return {"login": login, "id": 583231, "node_id": "MDQ6VXNlcjU4MzIzMQ==", "type": "User", "site_admin": False,
                "url": "%s/users/%s" % (self.api, login), "html_url": "%s/%s" % (self.site, login)}

    def repository(self, repository):
        shape = {
            "id": repository.id, "node_id": "R_kgDOKb", "name": repository.short, "full_name": repository.name,
            "private": repository.private, "owner": self.user(repository.owner), "fork": False,
            "html_url": "%s/%s" % (self.site, repository.name), "description": None,
            "url": "%s/repos/%s" % (self.api, repository.name), "default_branch": repository.default_branch,
            "clone_url": "%s/%s.git" % (self.site, repository.name), "visibility":
            "private" if repository.private else "public", "archived": False, "disabled": False,
        }
        if self.version == "2022-11-28":
            shape["has_downloads"] = True
        return shape

    def workflow(self, repository, file):
        number = self.world.workflow_id(repository, file.path)
        return {
            "id": number, "node_id": "W_kwDO%d" % number, "name": file.name, "path": file.path,
            "state": "disabled_manually" if file.path in repository.disabled else "active",
            "created_at": "2026-01-05T10:00:00.000Z", "updated_at": "2026-01-05T10:00:00.000Z",
            "url": "%s/repos/%s/actions/workflows/%d" % (self.api, repository.name, number),
            "html_url": "%s/%s/blob/%s/%s" % (self.site, repository.name, repository.default_branch, file.path),
            "badge_url": "%s/%s/actions/workflows/%s/badge.svg" % (
                self.site, repository.name, file.path.rpartition("/")[2]),
        }

    def run(self, run, attempt=None, with_pull_requests=True):
        repository = run.repository
        number = attempt or run.attempt
        url = "%s/repos/%s/actions/runs/%d" % (self.api, repository.name, run.id)
        workflow = self.world.workflow_id(repository, run.path)
        return {
            "id": run.id, "name": run.workflow_name, "node_id": "WFR_kwLO%d" % run.id, "head_branch": run.branch,
            "head_sha": run.sha, "path": run.path, "display_title": run.title, "run_number": run.number,
            "event": run.event, "status": run.status, "conclusion": run.conclusion, "workflow_id": workflow,
            "check_suite_id": run.suite_id, "check_suite_node_id": "CS_kwDO%d" % run.suite_id, "url": url,
            "html_url": "%s/%s/actions/runs/%d" % (self.site, repository.name, run.id), "pull_requests":
            [] if with_pull_requests else [], "created_at": iso(run.created), "updated_at": iso(run.updated),
            "actor": self.user(run.actor), "run_attempt": number, "referenced_workflows": [],
            "run_started_at": iso(run.run_started), "triggering_actor": self.user(run.actor),
            "jobs_url": url + "/jobs", "logs_url": url + "/logs",
            "check_suite_url": "%s/repos/%s/check-suites/%d" % (self.api, repository.name, run.suite_id),
            "artifacts_url": url + "/artifacts", "cancel_url": url + "/cancel", "rerun_url": url + "/rerun",
            "previous_attempt_url": None if number == 1 else "%s/attempts/%d" % (url, number - 1),
            "workflow_url": "%s/repos/%s/actions/workflows/%d" % (self.api, repository.name, workflow),
            "head_commit": {"id": run.sha, "tree_id": run.sha, "message": run.message.rstrip("\n"),
                            "timestamp": iso(run.created), "author": {"name": "A U Thor", "email": "a@example.com"},
                            "committer": {"name": "C O Mitter", "email": "c@example.com"}},
            "repository": self.repository(repository), "head_repository": self.repository(repository),
        }

    def job(self, run, job):
        name = run.repository.name
        return {
            "id": job.id, "run_id": run.id, "workflow_name": run.workflow_name, "head_branch": run.branch,
            "run_url": "%s/repos/%s/actions/runs/%d" % (self.api, name, run.id), "run_attempt": job.attempt,
            "node_id": "CR_kwDO%d" % job.id, "head_sha": run.sha,
            "url": "%s/repos/%s/actions/jobs/%d" % (self.api, name, job.id),
            "html_url": "%s/%s/actions/runs/%d/job/%d" % (self.site, name, run.id, job.id),
            "status": job.status, "conclusion": job.conclusion, "created_at": iso(job.created),
            "started_at": iso(job.started), "completed_at": iso(job.completed), "name": job.name,
            "steps": [dict(step, started_at=iso(step["started_at"]), completed_at=iso(step["completed_at"]))
                      for step in job.steps],
            "check_run_url": "%s/repos/%s/check-runs/%d" % (self.api, name, job.id),
            "labels": job.plan.get("labels", ["ubuntu-latest"]), "runner_id": job.id % 1000 if job.runner else None,
            "runner_name": job.runner, "runner_group_id": 0 if job.runner else None,
            "runner_group_name": "GitHub Actions" if job.runner else None,
        }

    def annotations(self, run, job):
        default = {"path": ".github", "start_line": 1, "end_line": 1, "start_column": None, "end_column": None,
                   "annotation_level": "failure", "title": "", "message": "Process completed with exit code 1.",
                   "raw_details": None, "blob_href": "%s/%s/blob/%s/.github" % (
                       self.site, run.repository.name, run.sha)}
        entries = job.plan.get("annotations")
        if entries is None:
            entries = [{}] if job.conclusion == "failure" else []
        return [dict(default, **entry) for entry in entries]

    def approvals(self, run):
        shapes = []
        for number, entry in enumerate(run.approvals):
            name = entry["environment"]
            shapes.append({
                "environment": {"id": 56780428 + number, "node_id": "EN_kwDO", "name": name,
                                "url": "%s/repos/%s/environments/%s" % (self.api, run.repository.name, name),
                                "html_url": "%s/%s/deployments/activity_log?environments_filter=%s" % (
                                    self.site, run.repository.name, name)},
                "wait_timer": entry.get("wait_timer", 0), "wait_timer_started_at": iso(run.created),
                "current_user_can_approve": entry.get("can_approve", True),
                "reviewers": [self.reviewer(name) for name in entry.get("reviewers", ["octocat"])],
            })
        return shapes

    def reviewer(self, name):
        if name.startswith("team:"):
            slug = name[5:]
            return {"type": "Team", "reviewer": {"id": 1, "name": slug, "slug": slug}}
        return {"type": "User", "reviewer": self.user(name)}

    def check_suites(self, runs):
        return [{
            "id": run.suite_id, "head_branch": run.branch, "head_sha": run.sha, "status": run.status,
            "conclusion": run.conclusion, "app": {"id": 15368, "slug": "github-actions", "name": "GitHub Actions"},
            "created_at": iso(run.created), "updated_at": iso(run.updated), "latest_check_runs_count": len(run.jobs),
            "url": "%s/repos/%s/check-suites/%d" % (self.api, run.repository.name, run.suite_id),
        } for run in runs]
