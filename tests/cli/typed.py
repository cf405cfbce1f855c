"""A command as somebody at a terminal sees it, who types one answer. It holds no expectations."""

from __future__ import annotations

import os
import pty
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Screen:
    """Everything that was shown, with single blanks between words, and how the command ended."""

    text: str
    code: int


def typed(folder: Path, *arguments: str, answer: str = "") -> Screen:
    """Run a command in a terminal of its own and type the answer, and Enter, when it asks."""
    ours, theirs = pty.openpty()
    command = ["ampenet-sync", *arguments]
    with subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as ran:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        screen = b""
        while part := _part(ours):
            screen += part
        code = ran.wait(timeout=60)
    os.close(ours)
    return Screen(" ".join(screen.decode().split()), code)


def _part(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""
