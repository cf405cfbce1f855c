"""The API token: from the environment, a file it names, or the private file that `login` wrote. It is never shown.

A token belongs to a host. Whoever sends somebody an ampenet.yaml could else have the token sent to their server: so
the file's `api.base_url` alone decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.config.models import Config
from ampenet_sync.config.origins import NEW_TOKEN, goes_before_login, token_way_out
from ampenet_sync.config.rights import check_secret_file
from ampenet_sync.errors import ConfigError

KEPT_IN = "token"  # a file of the data folder: the token, and in its second line the host
AMPENET = "sms.ampenet.com"


@dataclass(frozen=True, repr=False)
class _Kept:
    token: str
    host: str


def token(config: Config, *, environ: Mapping[str, str] | None = None) -> str:
    """The token of AMPENET_API_TOKEN, else of the file AMPENET_API_TOKEN_FILE names, else of `login`.

    One of the environment is for Ampenet, for this machine, and for the host that AMPENET_BASE_URL of the same
    environment names; one of `login` for the host that accepted it. Raises ConfigError: no_token, bad_token,
    token_exposed where others may read its file, token_elsewhere for another host. Never log what this returns.
    """
    env = os.environ if environ is None else environ
    written = env.get("AMPENET_API_TOKEN", "").strip() or _read(env.get("AMPENET_API_TOKEN_FILE", ""))
    if written:
        _refuse_elsewhere(config, env)
        return checked_token(written, hint=token_way_out(environ=env))
    kept = _kept(config.home / KEPT_IN)
    if kept is None:
        hint = "export AMPENET_API_TOKEN=…, or keep one on this machine: ampenet-sync login"
        raise ConfigError("no API token is set", code="no_token", hint=hint)
    if kept.host != config.api.host:
        message = f"the token that login kept is for {kept.host}, and ampenet.yaml names {config.api.host}"
        hint = "if that address is right, with the token of that account: ampenet-sync login"
        raise ConfigError(message, code="token_elsewhere", hint=hint)
    return checked_token(kept.token, hint=token_way_out(environ=env))


def checked_token(text: str, *, hint: str = NEW_TOKEN) -> str:
    """The token without what surrounds it. Raises ConfigError where it holds a letter no token has."""
    stripped = text.strip()
    if not stripped or not all("!" <= letter <= "~" for letter in stripped):
        message = "the API token is empty, or holds a space or a letter no token has"
        raise ConfigError(message, code="bad_token", hint=hint)
    return stripped


def save_token(text: str, config: Config) -> Path:
    """Keep the token and the host it is for in the data folder's `token`, 0600."""
    home = config.home
    make_private_folder(home)
    path, beside = home / KEPT_IN, home / f"{KEPT_IN}.new"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"{checked_token(text)}\n{config.api.host}\n")
    beside.replace(path)
    return path


def _refuse_elsewhere(config: Config, env: Mapping[str, str]) -> None:
    host = config.api.host
    named = urlsplit(env.get("AMPENET_BASE_URL", "")).netloc.lower()
    if config.api.is_local or host.lower() in (AMPENET, named):
        return
    message = f"the environment's token is for {AMPENET}, and ampenet.yaml names {host}"
    hint = f"if that address is right: export AMPENET_BASE_URL={config.api.base_url} beside the token, or unset "
    hint += f"{goes_before_login(environ=env)} and keep the token of that server: ampenet-sync login"
    raise ConfigError(message, code="token_elsewhere", hint=hint)


def _kept(path: Path) -> _Kept | None:
    """What `login` kept. Its first version wrote no host, and was for Ampenet's own."""
    if not path.exists():
        return None
    lines = _read(str(path)).split("\n")
    return _Kept(lines[0], lines[1].strip() if len(lines) > 1 else AMPENET)


def _read(name: str) -> str:
    if not name:
        return ""
    path = Path(name)
    try:
        check_secret_file(path)
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the token file {name} can't be read: {error}", code="no_token") from None
