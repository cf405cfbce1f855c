"""Who had phones and customers' keys shown in full, and when: one line of JSON for each time, in the data folder."""

from __future__ import annotations

import getpass
import json
import os
from datetime import datetime
from pathlib import Path

from ampenet_sync.config import Config
from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.errors import ConfigError

LOG = "unmasked.log"


def note_unmasked(config: Config, command: str, *, now: datetime) -> Path:
    """Add a line with the time (UTC), the user of this machine and the command, before anything is shown.

    Returns the log's path (0600). Raises ConfigError `unmasked_log` where it can't be written: then nothing is shown.
    """
    path = config.home / LOG
    line = json.dumps(
        {"at": now.isoformat(timespec="seconds"), "user": user_here(), "command": command, "config": str(config.path)}
    )
    try:
        make_private_folder(config.home)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as log:
            log.write(line + "\n")
    except OSError as error:
        hint = "correct the rights of that file, or leave --unmask out"
        message = f"{path} can't be written ({error.strerror}), so nothing is shown unmasked"
        raise ConfigError(message, code="unmasked_log", hint=hint) from None
    return path


def user_here() -> str:
    """The account this process runs under: the environment, which anybody can set, isn't asked where that can be."""
    if not hasattr(os, "getuid"):  # Windows
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
