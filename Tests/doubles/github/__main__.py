"""Stands in for GitHub in end-to-end tests; README.md beside this folder says how scenarios are written.

usage: python3 Tests/doubles/github --scenario FILE --journal FILE [--tls FOLDER]

Prints one line of JSON when it listens. Ends at SIGTERM or when standard input closes, then prints its verdict:
one failure a line and `verdict: N`, and exits 1 where there was any.
"""

from __future__ import annotations

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0:0] = [HERE, os.path.dirname(HERE)]


def main():
    try:
        from scenario import Scenario
        from server import NAMES, Server
        from serving import program
        from world import World
    except ImportError as error:
        sys.exit("double: %s (the YAML module is python3-yaml or PyYAML)" % error)

    program.run(Scenario, World, Server, NAMES)


main()
