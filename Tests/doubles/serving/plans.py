"""Plans: what runs do over time, in the words that workflows have everywhere."""

from __future__ import annotations

from .scenario import ScenarioError, check

CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale",
               "startup_failure"}
STATUSES = {"requested", "queued", "pending", "waiting", "in_progress"}

PLAN = {"event", "branch", "appear_after_polls", "appear_after_ms", "visible_after_gets", "never", "advance", "jobs",
        "timeline", "conclusion", "name", "title", "seconds_per_state", "cancellable", "cancel_takes_polls", "actor",
        "head_sha", "expect_inputs", "created_offset_s"}
JOB = {"name", "steps", "needs", "conclusion", "fail_step", "log", "annotations", "labels", "environment"}
LOG = {"lines", "text", "base64", "generate_mb", "hostile", "blob_missing_times", "never", "not_found_times", "seed"}
STATE = {"run", "jobs", "attempt", "deleted", "approvals", "spawn", "times", "ms"}


def check_plan(plan, where, log=LOG):
    check(plan, PLAN, where)
    if plan.get("advance", "poll") not in ("poll", "ms"):
        raise ScenarioError("%s.advance is poll or ms" % where)
    if plan.get("conclusion", "success") not in CONCLUSIONS:
        raise ScenarioError("%s: unknown conclusion '%s'" % (where, plan["conclusion"]))
    names = set()
    for number, job in enumerate(plan.get("jobs", [])):
        place = "%s.jobs[%d]" % (where, number)
        check(job, JOB, place)
        names.add(job["name"])
        check(job.get("log", {}), log, place + ".log")
        if job.get("conclusion", "success") not in CONCLUSIONS:
            raise ScenarioError("%s: unknown conclusion '%s'" % (place, job["conclusion"]))
    for number, state in enumerate(plan.get("timeline", [])):
        place = "%s.timeline[%d]" % (where, number)
        check(state, STATE, place)
        word = state.get("run", "queued")
        if word not in STATUSES | CONCLUSIONS:
            raise ScenarioError("%s: unknown run state '%s'" % (place, word))
        for name, word in state.get("jobs", {}).items():
            if "jobs" in plan and name not in names:
                raise ScenarioError("%s: no job '%s' in the plan" % (place, name))
            word, _, step = word.partition(":")
            if word not in STATUSES | CONCLUSIONS or (step and not step.isdigit()):
                raise ScenarioError("%s: unknown job state '%s'" % (place, word))
        if "spawn" in state:
            check_plan(state["spawn"], place + ".spawn", log)


def plan_for(plans, event, branch, index):
    """The plan of the `index`th run of a file and event; the last plan that fits goes on for all later ones."""
    fitting = [plan for plan in plans if plan.get("event", event) == event and plan.get("branch", branch) == branch]
    return fitting[min(index, len(fitting) - 1)] if fitting else {}


def by_file(entries, log=LOG):
    """The plans of a scenario by their file's name, checked."""
    found = {}
    for name, plans in entries.items():
        found[name] = plans if isinstance(plans, list) else [plans]
        for number, plan in enumerate(found[name]):
            check_plan(plan, "workflows.%s[%d]" % (name, number), log)
    return found
