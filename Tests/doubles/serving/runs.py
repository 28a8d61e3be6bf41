"""One run and its jobs, moved along the states of its plan by polls or by time."""

from __future__ import annotations

import itertools
import time

from .plans import CONCLUSIONS

run_ids = itertools.count(17_000_000_101)
job_ids = itertools.count(48_000_000_001)
suite_ids = itertools.count(36_000_000_001)


class Job:
    def __init__(self, plan, run, at):
        self.id = next(job_ids)
        self.plan = plan
        self.name = plan["name"]
        self.attempt = run.attempt
        self.created = at
        self.started = at
        self.completed = None
        self.status = "queued"
        self.conclusion = None
        self.runner = None
        self.steps = []
        self.log_requests = 0
        self.blob_requests = 0

    @property
    def step_names(self):
        return self.plan.get("steps") or ["Set up job", "Run " + self.name, "Complete job"]

    def move(self, word, at):
        """Goes to a state as scenarios write it: `queued`, `in_progress:2`, `failure:3`."""
        word, _, step = word.partition(":")
        if word in CONCLUSIONS:
            self._finish(word, int(step) if step else self._failing_step(word), at)
            return
        self.status = word
        if word == "in_progress":
            if self.runner is None:
                self.runner = "hosted-%d" % (self.id % 1000)
                self.started = at
            self._show_steps(int(step) if step else max(1, self._running_step()), at)

    def _running_step(self):
        for number, step in enumerate(self.steps, 1):
            if step["status"] == "in_progress":
                return number
        return 0

    def _failing_step(self, word):
        if word not in ("failure", "timed_out"):
            return 0
        return self.plan.get("fail_step") or max(1, len(self.step_names) - 1)

    def _blank_steps(self):
        if not self.steps:
            self.steps = [{"name": name, "status": "queued", "conclusion": None, "number": self._number(index),
                           "started_at": None, "completed_at": None}
                          for index, name in enumerate(self.step_names)]

    def _number(self, index):
        """GitHub's numbers leave a gap before what ends a job."""
        last = index == len(self.step_names) - 1 and index > 1
        return index + 1 + (6 if last else 0)

    def _show_steps(self, running, at):
        self._blank_steps()
        for number, step in enumerate(self.steps, 1):
            if number < running:
                self._end_step(step, "success", at)
            elif number == running and step["status"] != "in_progress":
                step["status"] = "in_progress"
                step["started_at"] = at

    def _end_step(self, step, conclusion, at):
        if step["status"] != "completed":
            step["started_at"] = step["started_at"] or at
            step.update(status="completed", conclusion=conclusion, completed_at=at)

    def _finish(self, conclusion, failing, at):
        if self.status == "completed":
            return
        ran = self.runner is not None or conclusion in ("success", "failure", "timed_out", "neutral")
        if ran and self.runner is None:
            self.runner = "hosted-%d" % (self.id % 1000)
        self.status, self.conclusion, self.completed = "completed", conclusion, at
        if not ran:
            return
        self._blank_steps()
        for number, step in enumerate(self.steps, 1):
            if conclusion == "cancelled":
                was_running = step["status"] == "in_progress"
                self._end_step(step, "cancelled" if was_running else "skipped", at)
            elif failing and number == failing:
                self._end_step(step, "failure", at)
            elif failing and failing < number < len(self.steps):
                self._end_step(step, "skipped", at)
            else:
                self._end_step(step, "success", at)


class Run:
    def __init__(self, repository, file, event, ref, sha, plan, number, actor, clock):
        self.id = next(run_ids)
        self.suite_id = next(suite_ids)
        self.repository = repository
        self.path = file.path
        self.workflow_name = file.name
        self.event = event
        self.ref = ref
        self.branch = ref.split("/", 2)[2]
        self.sha = sha
        self.plan = plan
        self.number = number
        self.actor = actor
        self.attempt = 1
        self.title = ""
        self.inputs = {}
        self.group = None
        self.held = None
        self.message = ""
        self.deleted = False
        self.approvals = []
        self.jobs = {}
        self.past_jobs = {}
        self.status, self.conclusion = "queued", None
        self._clock = clock
        self.created = int(clock()) + plan.get("created_offset_s", 0)
        self.run_started = self.created
        self._born = time.monotonic()
        self._listed = 0
        self._got = 0
        self._run_gets = 0
        self._at = 0
        self._seen = False
        self.spawned = []
        if file.problem:
            self.states = [{"run": "startup_failure" if plan.get("conclusion") == "startup_failure" else "failure"}]
            self.job_plans = {}
        else:
            job_plans = plan.get("jobs")
            if job_plans is None:
                job_plans = file.default_jobs()
            self.job_plans = {job["name"]: job for job in job_plans}
            self.states = expand(plan.get("timeline") or default_timeline(plan, job_plans))
        self._apply(self.states[0])

    @property
    def finished(self):
        return self.status == "completed"

    @property
    def started(self):
        return self._at > 0 or self.status == "in_progress"

    @property
    def now(self):
        """The run's own time: in poll mode every state takes the same number of seconds."""
        if self.plan.get("advance", "poll") == "ms":
            return int(self._clock())
        return self.created + self._at * self.plan.get("seconds_per_state", 3)

    # Visibility

    def listed(self):
        """Whether a listing shows the run; each listing that asks counts."""
        if self.plan.get("never") or self.deleted:
            return False
        self._listed += 1
        return self._listed > self.plan.get("appear_after_polls", 0) and self._late_enough()

    def gettable(self):
        if self.deleted or not self._late_enough():
            return False
        self._got += 1
        return self._got > self.plan.get("visible_after_gets", 0)

    def _late_enough(self):
        return (time.monotonic() - self._born) * 1000 >= self.plan.get("appear_after_ms", 0)

    # Movement

    def jobs_asked(self):
        self._run_gets = 0
        self._poll()

    def run_asked(self):
        """A run that is asked for again without its jobs in between moves on too, so that no client waits for ever."""
        self._run_gets += 1
        if self._run_gets > 1 or self.plan.get("advance") == "ms":
            self._poll()

    def _poll(self):
        if self.plan.get("advance", "poll") == "poll":
            self._go_to(self._at + 1 if self._seen else 0)
            self._seen = True
            return
        elapsed = (time.monotonic() - self._born) * 1000 - self.plan.get("appear_after_ms", 0)
        index = 0
        for state in self.states[:-1]:
            elapsed -= state.get("ms", 100)
            if elapsed < 0:
                break
            index += 1
        self._go_to(index)

    def _go_to(self, index):
        index = min(index, len(self.states) - 1)
        while self._at < index:
            self._at += 1
            self._apply(self.states[self._at])

    def _apply(self, state):
        now = self.now
        if state.get("attempt", self.attempt) != self.attempt:
            self.past_jobs[self.attempt] = self.jobs
            self.attempt = state["attempt"]
            self.jobs = {}
            self.run_started = now
            self.status, self.conclusion = "queued", None
        if state.get("deleted"):
            self.deleted = True
        self.approvals = state.get("approvals", [])
        for name, word in state.get("jobs", {}).items():
            if name not in self.jobs:
                self.jobs[name] = Job(self.job_plans.get(name, {"name": name}), self, now)
            self.jobs[name].move(word, now)
        word = state.get("run")
        if word in CONCLUSIONS:
            self.status, self.conclusion = "completed", word
        elif word:
            self.status, self.conclusion = word, None
        if "spawn" in state:
            self.spawned.append(state["spawn"])
        self.updated = now

    def stop(self, polls):
        """Ends as cancelled, that many polls from now."""
        rest = {"run": "cancelled", "jobs": {
            name: "cancelled" for name, job in self.jobs.items() if job.status != "completed"}}
        keep = [{"run": self.status}] * max(0, polls - 1)
        self.states = self.states[: self._at + 1] + keep + [rest]
        if polls <= 0:
            self._go_to(len(self.states) - 1)

    def rerun(self):
        self.states = self.states[: self._at + 1] + [{"attempt": self.attempt + 1, "run": "queued"}] + expand(
            default_timeline({}, list(self.job_plans.values())))
        self._go_to(self._at + 1)

    def hold(self):
        """Waits for its concurrency group; `release` lets it go on."""
        self.status = "pending"
        self.held = self.states
        self.states, self._at = [{"run": "pending"}], 0

    def release(self):
        self.states, self.held = [{"run": "pending"}] + self.held, None
        self._at = 0

    def jobs_of(self, attempt):
        if attempt == self.attempt:
            return list(self.jobs.values())
        past = self.past_jobs.get(attempt)
        return None if past is None else list(past.values())

    def all_jobs(self):
        jobs = []
        for past in self.past_jobs.values():
            jobs += past.values()
        return jobs + list(self.jobs.values())


def expand(states):
    expanded = []
    for state in states:
        expanded += [state] * state.get("times", 1)
    return expanded


def default_timeline(plan, job_plans):
    """Queued, then level by level of `needs` one state of running, then the verdict with the last level's end."""
    wanted = plan.get("conclusion")
    if wanted in ("startup_failure", "action_required", "stale"):
        return [{"run": "queued"}, {"run": wanted}]
    results = {}
    states = [{"run": "queued"}]
    left = list(job_plans)
    while left:
        level = [job for job in left if all(need in results for need in job.get("needs", []))] or left
        running, ending = {}, {}
        for job in level:
            blocked = any(results.get(need, "success") != "success" for need in job.get("needs", []))
            results[job["name"]] = "skipped" if blocked else job.get("conclusion", "success")
            if results[job["name"]] != "skipped":
                running[job["name"]] = "in_progress:%d" % min(2, len(job.get("steps") or [1, 2]))
            ending[job["name"]] = results[job["name"]]
        left = [job for job in left if job not in level]
        if running:
            states.append({"run": "in_progress", "jobs": running})
        states.append({"jobs": ending})
    states.append({"run": wanted or worst(results.values())})
    if len(states) > 2:
        last = states.pop()
        states[-1] = dict(states[-1], **last)
    return states


def worst(conclusions):
    for word in ("failure", "timed_out", "cancelled"):
        if word in conclusions:
            return "failure" if word == "timed_out" else word
    return "success"
