"""What is wrong with a `where`, before its segment and its place in ampenet.yaml are known."""

from __future__ import annotations


class Fault(Exception):
    """What is wrong with the expression; `unknown` is the column that isn't there, `hint` the way out."""

    def __init__(self, message: str, *, unknown: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.unknown = unknown
        self.hint = hint
