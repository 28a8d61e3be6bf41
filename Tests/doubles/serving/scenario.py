"""What all scenarios have in common: an unknown key is refused at once, with its place."""

from __future__ import annotations


class ScenarioError(Exception):
    """The scenario does not say what it should, with the place in it."""


def check(value, keys, where):
    """Gives an object back whose keys are all known."""
    if not isinstance(value, dict):
        raise ScenarioError("%s is not an object" % where)
    for key in value:
        if key not in keys:
            raise ScenarioError("%s: unknown key '%s'" % (where, key))
    return value
