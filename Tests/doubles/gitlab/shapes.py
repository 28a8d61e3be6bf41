"""The JSON of GitLab's entities, with the fields that the documentation shows (docs.gitlab.com/api)."""

from __future__ import annotations

import datetime

import traces

# What docs.gitlab.com/api/access_requests calls the roles.
LEVELS = {"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}


def stamp(seconds):
    if seconds is None:
        return None
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


class Shapes:
    def __init__(self, site):
        self.site = site

    def user(self, login):
        return {"id": 1, "username": login, "name": login.title(), "state": "active", "locked": False,
                "avatar_url": None, "web_url": "%s/%s" % (self.site, login)}

    def project(self, project, token):
        group, _, name = project.name.rpartition("/")
        full = {
            "id": project.id, "description": None, "name": name,
            "name_with_namespace": project.name.replace("/", " / "), "path": name,
            "path_with_namespace": project.name, "created_at": stamp(1_700_000_000),
            "default_branch": project.default_branch, "tag_list": [], "topics": [],
            "ssh_url_to_repo": "git@127.0.0.1:%s.git" % project.name,
            "http_url_to_repo": "%s/%s.git" % (self.site, project.name), "web_url": "%s/%s" % (self.site, project.name),
            "readme_url": None, "forks_count": 0, "avatar_url": None, "star_count": 0,
            "last_activity_at": stamp(1_700_000_000), "visibility": project.visibility,
            "namespace": {"id": 7, "name": group, "path": group.split("/")[-1], "kind": "group", "full_path": group,
                          "parent_id": None, "avatar_url": None, "web_url": "%s/groups/%s" % (self.site, group)},
        }
        if token is not None:
            full.update({
                "archived": False, "empty_repo": False, "jobs_enabled": project.jobs_enabled,
                "builds_access_level": "enabled" if project.jobs_enabled else "disabled",
                "public_jobs": project.public_jobs, "merge_requests_enabled": True, "issues_enabled": True,
                "ci_config_path": None, "ci_pipeline_variables_minimum_override_role": project.variables_role,
                "permissions": {"project_access": {"access_level": LEVELS[token.role], "notification_level": 3},
                                "group_access": None},
            })
        return full

    def pipeline(self, pipeline):
        """As listings show it."""
        return {
            "id": pipeline.id, "iid": pipeline.iid, "project_id": pipeline.project.id, "sha": pipeline.sha,
            "ref": pipeline.ref, "status": pipeline.status, "source": pipeline.source,
            "created_at": stamp(pipeline.created), "updated_at": stamp(pipeline.updated),
            "web_url": "%s/%s/-/pipelines/%d" % (self.site, pipeline.project.name, pipeline.id), "name": pipeline.name,
        }

    def full_pipeline(self, pipeline):
        finished = pipeline.finished
        full = self.pipeline(pipeline)
        full.update({
            "before_sha": "0" * 40, "tag": pipeline.tag, "yaml_errors": pipeline.yaml_errors,
            "user": self.user("root"), "started_at": stamp(pipeline.started), "finished_at": stamp(finished),
            "committed_at": None, "duration": finished - pipeline.started if finished and pipeline.started else None,
            "queued_duration": 1, "coverage": None, "archived": False,
            "detailed_status": {
                "icon": "status_" + pipeline.status, "text": pipeline.status.capitalize(),
                "label": pipeline.status, "group": pipeline.status, "tooltip": pipeline.status, "has_details": True,
                "details_path": "/%s/-/pipelines/%d" % (pipeline.project.name, pipeline.id), "illustration": None,
                "favicon": "/assets/ci_favicons/favicon.png"},
        })
        return full

    def job(self, job):
        pipeline = job.pipeline
        lasted = float(job.finished - job.started) if job.finished and job.started else None
        artifacts = []
        if job.is_final and job.started:
            artifacts.append({"file_type": "trace", "size": len(job.log()), "filename": "job.log", "file_format": None})
        return {
            "id": job.id, "status": job.status, "stage": job.stage, "name": job.name, "ref": pipeline.ref,
            "tag": pipeline.tag, "coverage": job.plan.get("coverage"), "allow_failure": job.allow_failure,
            "created_at": stamp(job.created), "started_at": stamp(job.started), "finished_at": stamp(job.finished),
            "erased_at": None, "duration": lasted, "queued_duration": 0.5 if job.started else None,
            "user": self.user("root"),
            "commit": {"id": pipeline.sha, "short_id": pipeline.sha[:8], "created_at": stamp(pipeline.created),
                       "parent_ids": [], "title": "a commit", "message": "a commit\n", "author_name": "A",
                       "author_email": "a@example.com", "committer_name": "A", "committer_email": "a@example.com",
                       "authored_date": stamp(pipeline.created), "committed_date": stamp(pipeline.created),
                       "web_url": "%s/%s/-/commit/%s" % (self.site, pipeline.project.name, pipeline.sha)},
            "pipeline": self.pipeline(pipeline), "failure_reason": self._reason(job),
            "web_url": "%s/%s/-/jobs/%d" % (self.site, pipeline.project.name, job.id),
            "project": {"ci_job_token_scope_enabled": False}, "artifacts": artifacts,
            "runner": None if job.runner is None else {
                "id": 1, "description": job.runner, "ip_address": None, "active": True, "paused": False,
                "is_shared": True, "runner_type": "instance_type", "name": "gitlab-runner", "online": True,
                "status": "online"},
            "runner_manager": None, "artifacts_expire_at": None, "archived": False,
            "tag_list": job.plan.get("tags", []),
        }

    def _reason(self, job):
        if job.status not in ("failed", "canceled") and "failure_reason" not in job.plan:
            return None
        return job.plan.get("failure_reason", "script_failure" if job.status == "failed" else None)

    def bridge(self, job):
        full = self.job(job)
        for key in ("runner", "artifacts", "runner_manager", "artifacts_expire_at", "tag_list"):
            del full[key]
        full["downstream_pipeline"] = self.pipeline(job.downstream) if job.downstream else None
        return full

    def merge_request(self, project, request, pipelines):
        head = self.pipeline(pipelines[0]) if pipelines else None
        return {"id": 9000 + request["iid"], "iid": request["iid"], "project_id": project.id, "title": "a change",
                "description": "", "state": "opened", "created_at": stamp(1_700_000_000),
                "updated_at": stamp(1_700_000_000), "target_branch": request.get("target", "main"),
                "source_branch": request["source"], "source_project_id": project.id, "target_project_id": project.id,
                "labels": [], "draft": False, "author": self.user("root"), "assignees": [], "reviewers": [],
                "merge_status": "can_be_merged", "detailed_merge_status": "mergeable", "head_pipeline": head,
                "sha": "0" * 40, "has_conflicts": False, "user_notes_count": 0,
                "web_url": "%s/%s/-/merge_requests/%d" % (self.site, project.name, request["iid"])}

    def commit(self, project, sha, message, last=None):
        return {"id": sha, "short_id": sha[:8], "title": message.split("\n")[0], "message": message,
                "created_at": stamp(1_700_000_000), "parent_ids": [], "author_name": "A",
                "author_email": "a@example.com", "authored_date": stamp(1_700_000_000), "committer_name": "A",
                "committer_email": "a@example.com", "committed_date": stamp(1_700_000_000), "trailers": {}, "extended_trailers": {},
                "web_url": "%s/%s/-/commit/%s" % (self.site, project.name, sha),
                "status": last.status if last else None, "project_id": project.id,
                "last_pipeline": self.pipeline(last) if last else None}

    def trace(self, job, log, start):
        """The web page's own form of a log (BuildTraceEntity), from the line on that begins at `start`."""
        truncated = start is None and len(log) > traces.PAGE
        begin = log.index(b"\n", len(log) - traces.PAGE) + 1 if truncated else start or 0
        lines, last = traces.page_lines(log, begin)
        return {"id": job.id, "status": job.status, "complete": job.is_final, "state": traces.page_state(job, last),
                "append": start is not None, "truncated": truncated, "offset": begin, "size": len(log) - begin,
                "total": len(log), "lines": lines}
