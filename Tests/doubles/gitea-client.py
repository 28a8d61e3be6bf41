"""What clients that nobody here wrote make of the double: `gitea-client.py ORIGIN TOKEN SHA PRODUCT`."""

from __future__ import annotations

import sys

origin, token, sha = sys.argv[1:4]


def forgejo():
    from pyforgejo import PyforgejoApi

    api = PyforgejoApi(base_url=origin + "/api/v1", api_key=token)
    print("version", api.miscellaneous.get_version().version)
    print("repository", api.repository.repo_get(owner="acme", repo="api").full_name)
    runs = api.repository.list_action_runs(owner="acme", repo="api", head_sha=sha)
    run = runs.workflow_runs[0]
    print("run", run.commit_sha == sha, run.index_in_repo, run.status, run.workflow_id)
    print("again", api.repository.action_run(owner="acme", repo="api", run_id=run.id).id == run.id)
    tasks = api.repository.list_action_tasks(owner="acme", repo="api")
    print("tasks", [task.name for task in tasks.workflow_runs])
    started = api.repository.dispatch_workflow(
        owner="acme", repo="api", workflowfilename="hephy.yml", ref="main", inputs={"backend": "ko"},
        return_run_info=True)
    print("started", started.run_number, started.jobs)


def gitea():
    import gitea

    api = gitea.Gitea(origin, token, log_level="ERROR")
    print("version", api.get_version())
    print("user", api.get_user().username)
    repository = gitea.Repository.request(api, "acme", "api")
    print("repository", repository.full_name)
    runs = api.requests_get("/repos/acme/api/actions/runs", {"head_sha": sha})
    run = runs["workflow_runs"][0]
    print("run", run["head_sha"] == sha, run["run_number"], run["status"])
    jobs = api.requests_get("/repos/acme/api/actions/runs/%d/jobs" % run["id"])
    print("jobs", [job["name"] for job in jobs["jobs"]])


{"forgejo": forgejo, "gitea": gitea}[sys.argv[4]]()
