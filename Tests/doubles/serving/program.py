"""A double's life: it says in one line of JSON where it listens, and at the end what was wrong."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading

from . import certificates
from .journal import Journal
from .scenario import ScenarioError


def run(scenario_type, world_type, server_type, names):
    """Runs a product's double, until SIGTERM or the end of standard input; `names` are the hosts that it plays.

    What is made of the options: `scenario_type(JSON)`, `world_type(scenario, journal)` and
    `server_type(world, journal, certificate)`.
    """
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--scenario", required=True)
    arguments.add_argument("--journal", required=True)
    arguments.add_argument("--tls")
    options = arguments.parse_args()
    with open(options.scenario, encoding="utf-8") as file:
        try:
            told = json.load(file)
            proxy_login = told.pop("proxy_login", None)
            scenario = scenario_type(told)
            journal = Journal(options.journal, scenario.expected)
            authority, certificate = None, None
            if options.tls:
                authority, *certificate = certificates.ensure(options.tls, names)
            server = server_type(world_type(scenario, journal), journal, certificate)
            server.proxy_login = proxy_login
        except (ScenarioError, KeyError, TypeError, AttributeError, ValueError) as error:
            sys.exit("double: the scenario is wrong: %s: %s" % (type(error).__name__, error))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.open()
    client = certificates.client(options.tls) if options.tls else None
    print(json.dumps({"ports": server.ports, "authority": authority, "client": client, "journal": options.journal}),
          flush=True)

    def watch_input():
        while sys.stdin.buffer.read1(4096):
            pass
        ended.set()

    threading.Thread(target=watch_input, daemon=True).start()
    ended.wait()
    failures = journal.verdict(server.faults)
    for failure in failures:
        print(failure.replace("\n", " "))
    print("verdict: %d" % len(failures), flush=True)
    os._exit(1 if failures else 0)
