"""Stands in for GitHub in end-to-end tests; README.md beside this folder says how scenarios are written.

usage: python3 Tests/doubles/github --scenario FILE --journal FILE [--tls FOLDER]

Prints one line of JSON when it listens. Ends at SIGTERM or when standard input closes, then prints its verdict:
one failure a line and `verdict: N`, and exits 1 where there was any.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--scenario", required=True)
    arguments.add_argument("--journal", required=True)
    arguments.add_argument("--tls")
    options = arguments.parse_args()
    try:
        import certificates
        from journal import Journal
        from scenario import Scenario, ScenarioError
        from server import Server
        from world import World
    except ImportError as error:
        sys.exit("double: %s (the YAML module is python3-yaml or PyYAML)" % error)
    with open(options.scenario, encoding="utf-8") as file:
        try:
            scenario = Scenario(json.load(file))
        except (ScenarioError, KeyError, TypeError, AttributeError, ValueError) as error:
            sys.exit("double: the scenario is wrong: %s: %s" % (type(error).__name__, error))
    journal = Journal(options.journal, scenario.expected)
    try:
        world = World(scenario, journal)
    except ValueError as error:
        sys.exit("double: %s" % error)
    authority, certificate = None, None
    if options.tls:
        authority, *certificate = certificates.ensure(options.tls)
    server = Server(world, journal, certificate)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.open()
    print(json.dumps({"ports": server.ports, "authority": authority, "journal": options.journal}), flush=True)

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


main()
