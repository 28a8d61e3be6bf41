"""What handlers of the API give back: something found, or a refusal with its name."""

from __future__ import annotations

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer that says no. With a name it fails the test, unless the scenario expects that name."""

    def __init__(self, status, message, name=None, headers=(), documentation=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name
        self.headers = list(headers)
        self.documentation = documentation or DOCUMENTATION


class Found:
    """What a handler answers: JSON of a status, or a redirect, or nothing."""

    def __init__(self, status, value=None, headers=(), etag=True):
        self.status = status
        self.value = value
        self.headers = list(headers)
        self.etag = etag and status == 200
