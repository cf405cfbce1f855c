"""Who else may read or write what is ours: the data folder's are corrected, with a word; a token's file is refused."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from ampenet_sync.config.folders import keep_out_of_git
from ampenet_sync.errors import ConfigError

OTHERS = 0o077  # group and everybody else: read, write and enter
OTHERS_WRITE = 0o022

_log = logging.getLogger(__name__)


def protect_data_folder(home: Path, *, beside: Path) -> None:
    """Where the data folder is there, let nobody else into it, and git neither; what had to be changed is logged.

    `beside` is the folder of ampenet.yaml. Raises ConfigError `foreign_home` for a folder of somebody else, and
    `shared_home` for one that is meant for more than our data, such as /tmp or a home directory.
    """
    if not home.exists() or not _knows_owners():
        return
    status = home.stat()
    if status.st_mode & stat.S_ISVTX or home.resolve() in (beside.resolve(), Path.home(), Path(home.anchor)):
        hint = f"give the data a folder of its own: export AMPENET_HOME={home / 'ampenet'}"
        raise ConfigError(f"the data folder {home} is not for our data alone", code="shared_home", hint=hint)
    if status.st_uid not in _trusted(beside):
        hint = "whoever owns it can read and change all of it: move it away, or set AMPENET_HOME to a folder of yours"
        raise ConfigError(f"the data folder {home} is another user's", code="foreign_home", hint=hint)
    if status.st_mode & OTHERS:
        _close(home, status)
    if os.access(home, os.W_OK):
        keep_out_of_git(home)


def check_secret_file(path: Path) -> None:
    """Raises ConfigError `token_exposed` for a token's file that others may change, or read although it is ours.

    A file that belongs to another account and that nobody else can change is how machines hand secrets to programs.
    """
    if not _knows_owners():
        return
    status = path.stat()
    ours = status.st_uid == os.getuid()
    doing = "change" if status.st_mode & OTHERS_WRITE else "read" if status.st_mode & OTHERS and ours else ""
    if doing:
        hint = f"chmod 600 {path}, and ask for a new token if others use this machine"
        raise ConfigError(f"others may {doing} the token file {path}", code="token_exposed", hint=hint)


def _close(home: Path, status: os.stat_result) -> None:
    try:
        home.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
    except OSError:  # it is root's, who gave it to us
        if status.st_mode & OTHERS_WRITE:
            hint = f"give the data a folder of its own: export AMPENET_HOME={home / 'ampenet'}"
            raise ConfigError(f"others may write the data folder {home}", code="shared_home", hint=hint) from None
        return
    _log.warning("Others could look into the data folder %s: now only you can (0700).", home)


def _trusted(beside: Path) -> set[int]:
    """Us and root; and where we are root, whoever owns ampenet.yaml's folder, as in a container."""
    us = os.getuid()
    return {us, 0} | ({beside.stat().st_uid} if us == 0 else set())


def _knows_owners() -> bool:
    return hasattr(os, "getuid")  # Windows has none
