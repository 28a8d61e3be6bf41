"""JSON as the two products give it, each in its version's words.

Sources: go-gitea/gitea `modules/structs/repo_actions.go` and `services/convert/action.go`; Forgejo's OpenAPI documents.
"""

from __future__ import annotations

import datetime

from serving.plans import CONCLUSIONS

# What a time is that was not set: second 0.
UNSET = "1970-01-01T00:00:00Z"
# What neither product tells of a job: what its runner does around the steps.
RUNNERS_OWN = ("Set up job", "Complete job")
FORGEJO_WORDS = {"queued": "waiting", "pending": "blocked", "waiting": "blocked", "in_progress": "running",
                 "requested": "unknown"}


def iso(seconds, zone=None):
    if seconds is None:
        return UNSET
    moment = datetime.datetime.fromtimestamp(seconds, zone or datetime.timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")


class Shapes:
    """Builds objects whose links start with the address of the site as the client sees it."""

    def __init__(self, site, world):
        self.site = site
        self.world = world
        self.scenario = world.scenario

    @property
    def is_gitea(self):
        return self.scenario.product == "gitea"

    def user(self, login):
        return {"id": 1, "login": login, "login_name": "", "full_name": "", "email": login + "@noreply.localhost",
                "avatar_url": "", "html_url": "%s/%s" % (self.site, login), "username": login}

    def repository(self, repository):
        return {
            "id": repository.id, "owner": self.user(repository.owner), "name": repository.short,
            "full_name": repository.name, "private": repository.private, "fork": False, "empty": False,
            "html_url": "%s/%s" % (self.site, repository.name),
            "url": "%s/api/v1/repos/%s" % (self.site, repository.name),
            "clone_url": "%s/%s.git" % (self.site, repository.name), "default_branch": repository.default_branch,
            "has_actions": True, "permissions": {"admin": False, "push": True, "pull": True},
        }

    def page(self, run):
        by_id = self.is_gitea and self.scenario.release >= 26
        return "%s/%s/actions/runs/%d" % (self.site, run.repository.name, run.id if by_id else run.number)

    # Gitea

    def words(self, status, conclusion):
        """`status` and `conclusion`; before 1.26 what is blocked was called waiting."""
        if status == "pending" and self.scenario.release < 26:
            status = "waiting"
        return {"status": status, **({"conclusion": conclusion} if conclusion else {})}

    def gitea_run(self, run):
        path = "%s/api/v1/repos/%s/actions/runs/%d" % (self.site, run.repository.name, run.id)
        ref = run.ref
        shape = {
            "id": run.id, "url": path, "html_url": self.page(run), "display_title": run.title,
            "path": "%s@%s" % (run.path.rpartition("/")[2], ref), "event": run.event, "run_attempt":
            run.attempt if self.scenario.release >= 26 else 0, "run_number": run.number, "repository_id": 0,
            "head_sha": run.sha, "head_branch": run.branch if ref.startswith("refs/heads/") else "",
            "started_at": iso(run.run_started if run.started else None),
            "completed_at": iso(run.updated if run.finished else None),
            "actor": self.user(run.actor), "trigger_actor": self.user(run.actor),
            "repository": self.repository(run.repository), "head_repository": None,
        }
        if self.scenario.release >= 26:
            shape.update(created_at=iso(run.created), updated_at=iso(run.updated), jobs_url=path + "/jobs",
                         logs_url=path + "/logs", cancel_url=path + "/cancel", rerun_url=path + "/rerun",
                         artifacts_url=path + "/artifacts", previous_attempt_url=None, pull_requests=[])
        return dict(shape, **self.words(run.status, run.conclusion))

    def gitea_job(self, run, job):
        path = "%s/api/v1/repos/%s" % (self.site, run.repository.name)
        index = list(run.jobs.values()).index(job) if job in run.jobs.values() else 0
        shape = {
            "id": job.id, "url": "%s/actions/jobs/%d" % (path, job.id),
            "html_url": "%s/jobs/%d" % (self.page(run), job.id if self.scenario.release >= 26 else index),
            "run_id": run.id, "run_url": "%s/actions/runs/%d" % (path, run.id), "name": job.name,
            "labels": job.plan.get("labels", ["ubuntu-latest"]), "run_attempt": job.attempt, "head_sha": run.sha,
            "head_branch": run.branch, "steps": None, "created_at": iso(job.created),
            "started_at": iso(job.started if job.runner else None), "completed_at": iso(job.completed),
        }
        if job.runner:
            shape.update(runner_id=3, runner_name=job.runner)
        if self.scenario.release >= 26:
            shape["steps"] = [
                dict({"name": step["name"], "number": number, "started_at": iso(step["started_at"]),
                      "completed_at": iso(step["completed_at"])}, **self.words(step["status"], step["conclusion"]))
                for number, step in enumerate(own_steps(job))]
        return dict(shape, **self.words(job.status, job.conclusion))

    # Forgejo

    def word(self, status, conclusion):
        return conclusion if status == "completed" else FORGEJO_WORDS[status]

    def forgejo_run(self, run):
        return {
            "id": run.id, "index_in_repo": run.number, "title": run.title,
            "workflow_id": run.path.rpartition("/")[2], "prettyref": run.branch, "commit_sha": run.sha,
            "event": run.event, "trigger_event": run.event, "event_payload": "",
            "status": self.word(run.status, run.conclusion), "need_approval": run.status == "waiting",
            "is_fork_pull_request": False, "is_ref_deleted": False, "approved_by": 0, "ScheduleID": 0,
            "created": iso(run.created), "updated": iso(run.updated),
            "started": iso(run.run_started if run.started else None),
            "stopped": iso(run.updated if run.finished else None),
            "duration": (run.updated - run.run_started) * 1_000_000_000, "html_url": self.page(run),
            "trigger_user": self.user(run.actor), "repository": self.repository(run.repository),
        }

    def forgejo_job(self, run, job):
        return {
            "id": job.id, "run_id": run.id, "attempt": job.attempt, "handle": "handle-%d" % job.id,
            "repo_id": run.repository.id, "owner_id": 1, "name": job.name, "needs": job.plan.get("needs") or None,
            "runs_on": job.plan.get("labels", ["docker"]), "task_id": job.id + 1000 if job.runner else 0,
            "status": self.word(job.status, job.conclusion),
        }

    # Both

    def task(self, run, job):
        """What a runner took; neither product has it before."""
        return {
            "id": job.id + 1000, "name": job.name, "head_branch": run.branch, "head_sha": run.sha,
            "run_number": run.number, "event": run.event, "display_title": run.title,
            "status": job.conclusion if job.status in CONCLUSIONS or job.conclusion else "running",
            "workflow_id": run.path.rpartition("/")[2], "url": self.page(run), "created_at": iso(job.created),
            "updated_at": iso(job.completed or job.started), "run_started_at": iso(job.started),
        }


def own_steps(job):
    """The steps that the workflow names."""
    return [step for step in job.steps if step["name"] not in RUNNERS_OWN]
