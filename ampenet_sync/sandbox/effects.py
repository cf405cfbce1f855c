"""The log of accepted effects in a file: append, and read back at start. It does not know what an effect means."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ampenet_sync.sandbox.world import Effect

if sys.platform != "win32":
    import fcntl

VERSION = 1
NEWLINE = b"\n"


class LogError(Exception):
    """The log can't be taken as the state of the world: another process writes it, or a line of it is damaged."""


class EffectLog:
    """A JSON-lines file of mode 0600, held by one process: a line about the file, then one line for each effect.

    A killed process may leave half a line at the end: that effect was never answered, so the line is cut off.
    `opening` is what the world began with; the values written by the first start win over those of later starts.
    """

    def __init__(self, path: Path, *, opening: Effect) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            path.chmod(0o600)
            _hold(self._file, path)
            self.opening, self.effects = self._read_or_begin(opening)
        except BaseException:
            os.close(self._file)
            raise

    def append(self, effect: Effect) -> None:
        """Write one effect; it survives a kill of this process, not of the machine."""
        line = json.dumps(effect, ensure_ascii=False, separators=(",", ":")).encode() + NEWLINE
        written = os.write(self._file, line)
        if written != len(line):
            raise LogError(f"{self._path}: only {written} of {len(line)} bytes could be written")

    def close(self) -> None:
        """Let go of the file; another sandbox may take it at once."""
        if self._file >= 0:
            _let_go(self._file)
            os.close(self._file)
            self._file = -1

    def _read_or_begin(self, opening: Effect) -> tuple[Effect, list[Effect]]:
        lines = self._whole_lines()
        if not lines:
            self.append({"log": VERSION, **opening})
            return opening, []
        head = _parse(self._path, 1, lines[0])
        if head.pop("log", None) != VERSION:
            raise LogError(f"{self._path} is not a sandbox log of version {VERSION}")
        effects = [_parse(self._path, number, line) for number, line in enumerate(lines[1:], start=2)]
        self._check_sequence(effects)
        return head, effects

    def _whole_lines(self) -> list[bytes]:
        content = self._path.read_bytes()
        whole = content[: content.rfind(NEWLINE) + 1]
        if len(whole) < len(content):
            os.ftruncate(self._file, len(whole))
        return whole.splitlines()

    def _check_sequence(self, effects: list[Effect]) -> None:
        for expected, effect in enumerate(effects, start=1):
            if effect.get("seq") != expected:
                raise LogError(f"{self._path}, line {expected + 1}: effect {expected} expected, found another")


def _parse(path: Path, number: int, line: bytes) -> Effect:
    try:
        effect = json.loads(line)
    except ValueError:
        effect = None
    if not isinstance(effect, dict):
        raise LogError(f"{path}, line {number}: not an effect; the log is damaged")
    return effect


def _hold(file: int, path: Path) -> None:
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LogError(f"{path} is in use by another sandbox") from None


def _let_go(file: int) -> None:
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_UN)
