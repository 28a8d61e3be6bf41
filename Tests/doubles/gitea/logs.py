"""Job logs as the server serves them: by Go's `http.ServeContent`, while they grow and after."""

from __future__ import annotations

import email.utils

import shapes
from answers import Refusal
from serving import logtext
from serving.wire import Answer


def content(job):
    """The bytes of the log that are there now; of a running job what its steps so far wrote."""
    log = job.plan.get("log", {})
    if log.keys() & {"lines", "text", "base64", "generate_mb"}:
        whole = logtext.bytes_of(job, mark=b"")
    else:
        whole = b"".join(part for step, part in logtext.step_parts(job)
                         if step["status"] != "queued" and step["name"] not in shapes.RUNNERS_OWN)
    if job.status != "completed":
        grow = log.get("grow")
        if grow:
            lines = whole.splitlines(keepends=True)
            whole = b"".join(lines[:grow * job.log_requests])
        shrink = log.get("shrink_at")
        if shrink and job.log_requests == shrink:
            whole = whole[:len(whole) // 3]
    return whole


def answer(call, job):
    """Answers a request for a log, or refuses it."""
    request, scenario = call.request, call.world.scenario
    log = job.plan.get("log", {})
    wanted = request.header("range")
    call.entry["range"] = wanted
    if wanted and request.header("accept-encoding", "") != "identity":
        raise Refusal(400, "a range of compressed bytes", "range-without-identity")
    job.log_requests += 1
    if job.runner is None:
        raise Refusal(404, "job not started")
    if log.get("never") or job.log_requests <= log.get("not_found_times", 0):
        raise Refusal(404, "file does not exist")
    if log.get("cleaned_up"):
        raise Refusal(404, "logs have been cleaned up")
    return serve(request, content(job), scenario.server.get("ranges", True))


def serve(request, data, ranges):
    headers = [("Cache-Control", "private, max-age=300"), ("Content-Disposition", "attachment; filename=job.log"),
               ("X-Content-Type-Options", "nosniff"), ("Last-Modified", email.utils.formatdate(usegmt=True))]
    kind = "text/plain; charset=utf-8"
    wanted = request.header("range", "")
    if not ranges or not wanted.startswith("bytes="):
        return Answer(200, data, headers + ([("Accept-Ranges", "bytes")] if ranges else []), content_type=kind)
    first, _, last = wanted[6:].partition("-")
    if not first.isdigit():
        return Answer(416, "invalid range\n", [("Content-Range", "bytes */%d" % len(data))], content_type=kind)
    start = int(first)
    if start >= len(data):
        return Answer(416, "invalid range: failed to overlap\n", [("Content-Range", "bytes */%d" % len(data))],
                      content_type=kind)
    end = min(int(last), len(data) - 1) if last.isdigit() else len(data) - 1
    headers += [("Accept-Ranges", "bytes"), ("Content-Range", "bytes %d-%d/%d" % (start, end, len(data)))]
    return Answer(206, data[start:end + 1], headers, content_type=kind)
