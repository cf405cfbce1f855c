"""The API token: from the environment, a file it names, or the private file that `login` wrote. It is never shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.config.origins import NEW_TOKEN, token_way_out
from ampenet_sync.errors import ConfigError

KEPT_IN = "token"  # a file of the data folder


def token(home: Path | None = None, *, environ: Mapping[str, str] | None = None) -> str:
    """The token of AMPENET_API_TOKEN, else of the file AMPENET_API_TOKEN_FILE names, else of `login` in `home`.

    Raises ConfigError no_token or bad_token. Never log what this returns.
    """
    env = os.environ if environ is None else environ
    found = env.get("AMPENET_API_TOKEN", "").strip() or _read(env.get("AMPENET_API_TOKEN_FILE", ""))
    found = found or (_read_private(home / KEPT_IN) if home else "")
    if not found:
        hint = "export AMPENET_API_TOKEN=…, or keep one on this machine: ampenet-sync login"
        raise ConfigError("no API token is set", code="no_token", hint=hint)
    return checked_token(found, hint=token_way_out(environ=env))


def checked_token(text: str, *, hint: str = NEW_TOKEN) -> str:
    """The token without what surrounds it. Raises ConfigError where it holds a letter no token has."""
    found = text.strip()
    if not found or not all("!" <= letter <= "~" for letter in found):
        message = "the API token is empty, or holds a space or a letter no token has"
        raise ConfigError(message, code="bad_token", hint=hint)
    return found


def save_token(text: str, home: Path) -> Path:
    """Keep the token as `home`/token, 0600, beside a .gitignore that keeps the whole folder out of git."""
    make_private_folder(home)
    (home / ".gitignore").write_text("*\n", encoding="ascii")
    path, beside = home / KEPT_IN, home / f"{KEPT_IN}.new"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(checked_token(text) + "\n")
    beside.replace(path)
    return path


def _read(name: str) -> str:
    if not name:
        return ""
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the token file {name} can't be read: {error}", code="no_token") from None


def _read_private(path: Path) -> str:
    if not path.exists():
        return ""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        hint = f"chmod 600 {path}, and ask for a new token if others use this machine"
        raise ConfigError(f"others may read the token file {path}", code="token_exposed", hint=hint)
    return _read(str(path))
