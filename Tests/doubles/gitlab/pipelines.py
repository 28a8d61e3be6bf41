"""One pipeline and its jobs, moved along the states of its plan by polls or by time."""

from __future__ import annotations

import itertools
import time

import traces
from scenario import FINAL

pipeline_ids = itertools.count(1_500_000_101)
job_ids = itertools.count(9_800_000_001)

SPOT = "created"


class Job:
    def __init__(self, plan, pipeline, at):
        self.id = next(job_ids)
        self.plan = plan
        self.pipeline = pipeline
        self.name = plan["name"]
        self.stage = plan.get("stage", "test")
        self.allow_failure = plan.get("allow_failure", plan.get("when") == "manual")
        self.is_bridge = "trigger" in plan
        self.created = at
        self.started = None
        self.finished = None
        self.status = SPOT
        self.share = 0
        self.retried = False
        self.downstream = None
        self.runner = None
        self.watched_until = 0.0
        self._log = None
        self._lump = 0

    @property
    def is_final(self):
        return self.status in FINAL

    @property
    def final_word(self):
        return self.status if self.is_final else self.plan.get("status", "success")

    def move(self, word, at):
        """Goes to a status as scenarios write it: `pending`, `running:50` (half of the log is there), `failed`."""
        word, _, share = word.partition(":")
        if word in ("running", "success", "failed", "canceling") and self.started is None:
            self.started = at
            self.runner = None if self.is_bridge else "runner-%d" % (self.id % 100)
            if self.is_bridge:
                self.pipeline.start_downstream(self)
        if word == "running":
            self.share = int(share) if share else max(self.share, 50)
        self.status = word
        if word in FINAL:
            self.finished = at
            self.share = 100 if self.started else 0

    # The log

    def log(self):
        """The bytes of the log that are there now."""
        entry = self.plan.get("log", {})
        if entry.get("never") or self.is_bridge or self.started is None:
            return b""
        if self._log is None:
            self._log = traces.lines_of(self)
        if self.is_final:
            return moved(self._log, entry.get("moved_bytes", 0))
        visible = len(self._log) * self.share // 100
        if entry.get("lumpy") and time.monotonic() > self.watched_until:
            if not self._lump:
                self._lump = visible
            return self._log[: self._lump]
        return self._log[:visible]

    def watch(self):
        self.watched_until = time.monotonic() + 10


def moved(log, count):
    """What an archived log may be: the last line lies further behind than while it was written (gitlab#452097)."""
    if not count:
        return log
    end = log[:-1].rfind(b"\n") + 1
    return log[:end] + b"\x1b[0;m" * (count // 4) + b" " * (count % 4) + log[end:]


class Pipeline:
    def __init__(self, world, project, source, ref, sha, plan, file, iid):
        self.id = next(pipeline_ids)
        self.iid = iid
        self.world = world
        self.project = project
        self.source = source
        self.ref = ref
        self.sha = sha
        self.tag = False
        self.plan = plan
        self.name = plan.get("name") or (file.name if file else None)
        self.inputs = {}
        self.variables = []
        self.yaml_errors = plan.get("yaml_errors")
        self.jobs = []
        self.parent = None
        self.deleted = False
        self.status = SPOT
        self.created = int(world.clock()) + plan.get("created_offset_s", 0)
        self.updated = self.created
        self.started = None
        self.finished = None
        self._born = time.monotonic()
        self._listed = self._got = self._gets = 0
        self._at = 0
        self._seen = False
        plans = plan.get("jobs")
        if plans is None:
            plans = file.jobs if file else []
        self.stages = file.stages if file else []
        self.plans = {job["name"]: job for job in plans}
        if self.yaml_errors:
            self.states = [{"pipeline": "failed"}]
        else:
            self.states = expand(plan.get("timeline") or default_timeline(plan, plans, self.stages))
            for job in plans:
                self.jobs.append(Job(job, self, self.created))
        self._apply(self.states[0])

    @property
    def is_final(self):
        return self.status in FINAL

    @property
    def now(self):
        if self.plan.get("advance", "poll") == "ms":
            return int(self.world.clock())
        return self.created + self._at * self.plan.get("seconds_per_state", 3)

    # Visibility

    def listed(self):
        if self.plan.get("never") or self.deleted:
            return False
        self._listed += 1
        late = 1 if self.source in ("push", "merge_request_event") else 0
        return self._listed > self.plan.get("appear_after_polls", late) and self._late_enough()

    def gettable(self):
        if self.deleted or self.plan.get("never") or not self._late_enough():
            return False
        self._got += 1
        return self._got > self.plan.get("visible_after_gets", 0)

    def _late_enough(self):
        late = self.plan.get("appear_after_ms", self.world.scenario.server.get("delay_ms", 0))
        return (time.monotonic() - self._born) * 1000 >= late

    # Movement

    def jobs_asked(self):
        self._gets = 0
        self._poll()

    def asked(self):
        """A pipeline that is asked for again without its jobs in between moves on too."""
        self._gets += 1
        if self._gets > 1 or self.plan.get("advance") == "ms":
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
        if state.get("deleted"):
            self.deleted = True
        for name in state.get("retry", []):
            self.retry(self.job(name))
        for name, word in state.get("jobs", {}).items():
            job = self.job(name)
            if job is None:
                job = Job(self.plans.get(name, {"name": name}), self, now)
                self.jobs.append(job)
            job.move(word, now)
        word = state.get("pipeline") or (composite(self.live_jobs) if self.jobs else self.status)
        if word in ("running", "success", "failed") and self.started is None and self.jobs:
            self.started = now
        self.status = word
        self.finished = now if word in FINAL else None
        self.updated = now
        for spawned in state.get("spawn", []):
            self.world.spawn(self, spawned)

    @property
    def live_jobs(self):
        return [job for job in self.jobs if not job.retried]

    def job(self, name):
        return next((job for job in self.jobs if job.name == name and not job.retried), None)

    def retry(self, job):
        job.retried = True
        fresh = Job(job.plan, self, self.now)
        fresh.status = "pending"
        self.jobs.append(fresh)
        return fresh

    def start_downstream(self, job):
        trigger = job.plan["trigger"]
        job.downstream = self.world.start_downstream(self, trigger)

    def stop(self, polls):
        """Ends as canceled, that many polls from now."""
        live = {job.name: job for job in self.live_jobs if not job.is_final}
        going = {name: "canceling" for name, job in live.items() if job.status == "running"}
        keep = [{"pipeline": "canceling", "jobs": going}] + [{}] * (polls - 1) if polls > 0 else []
        rest = {"pipeline": "canceled", "jobs": {name: "canceled" for name in live}}
        self.states = self.states[: self._at + 1] + keep + [rest]
        if polls <= 0:
            self._go_to(len(self.states) - 1)
        else:
            self._go_to(self._at + 1)


def expand(states):
    return [state for state in states for _ in range(state.get("times", 1))]


def composite(jobs):
    """GitLab's own sum of its jobs (app's composite.rb, shortened)."""
    words = []
    for job in jobs:
        ignored = job.allow_failure and job.status in ("manual", "failed", "canceled")
        if not ignored:
            words.append(job.status)
    if not words:
        return "skipped" if all(job.status == "skipped" for job in jobs) else "success"
    if all(word == "skipped" for word in words):
        return "skipped"
    if all(word in ("success", "skipped") for word in words):
        return "success"
    if all(word in FINAL for word in words):
        return "canceled" if "canceled" in words and "failed" not in words else "failed"
    for word in ("canceling", "running"):
        if word in words:
            return word
    if all(word == "created" for word in words):
        return "created"
    if any(word in FINAL for word in words) and "pending" in words:
        return "running"
    for word in ("waiting_for_resource", "manual", "scheduled", "preparing", "pending"):
        if word in words:
            return word
    return "running"


def default_timeline(plan, job_plans, stages):
    """Created, then stage by stage one state of running, then the verdict with the last stage's end."""
    order = {stage: number for number, stage in enumerate(stages)}
    levels = {}
    for job in job_plans:
        levels.setdefault(order.get(job.get("stage", "test"), 99), []).append(job)
    states = [{"pipeline": "created"}, {"pipeline": "pending", "jobs": {job["name"]: "pending" for job in
                                                                       levels[min(levels)]} if levels else {}}]
    blocked = False
    for level in sorted(levels):
        running, ending = {}, {}
        for job in levels[level]:
            word = job.get("status", "success")
            if job.get("when") == "manual" and "status" not in job:
                word = "manual"
            if blocked:
                word = "skipped"
            if word in ("success", "failed", "canceled"):
                running[job["name"]] = "running:50"
            ending[job["name"]] = word
        blocked = blocked or any(
            ending[job["name"]] in ("failed", "canceled", "manual") and not job.get(
                "allow_failure", job.get("when") == "manual" and "allow_failure" not in job)
            for job in levels[level])
        if running:
            states.append({"jobs": running})
        states.append({"jobs": ending})
    if "status" in plan:
        states[-1] = dict(states[-1], pipeline=plan["status"])
    return states
