"""What handlers of the API give back: something found, or a refusal with its name."""

from __future__ import annotations


class Refusal(Exception):
    """An answer that says no. With a name it fails the test, unless the scenario expects that name."""

    def __init__(self, status, message, name=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name


class Found:
    """What a handler answers: JSON of a status, or nothing."""

    def __init__(self, status, value=None, headers=()):
        self.status = status
        self.value = value
        self.headers = list(headers)
