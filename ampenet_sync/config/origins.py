"""Where a setting came from, so that advice names the place to correct: a variable, a file, ampenet.yaml or `login`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

TOKEN, TOKEN_FILE, ADDRESS = "AMPENET_API_TOKEN", "AMPENET_API_TOKEN_FILE", "AMPENET_BASE_URL"
NEW_TOKEN = "copy it anew from the Ampenet web interface"  # noqa: S105 - advice


def token_way_out(*, environ: Mapping[str, str] | None = None) -> str:
    """What to do where the token that `token()` gives is a wrong one. The order is that of `token()`."""
    env = os.environ if environ is None else environ
    if env.get(TOKEN, "").strip():
        return f"correct the variable {TOKEN}: {NEW_TOKEN}"
    if env.get(TOKEN_FILE):
        return f"correct the file {env[TOKEN_FILE]}, which {TOKEN_FILE} names: {NEW_TOKEN}"
    return f"{NEW_TOKEN}, then: ampenet-sync login"


def goes_before_login(*, environ: Mapping[str, str] | None = None) -> str:
    """The variable for which the token that `login` keeps isn't looked at; "" where there is none."""
    env = os.environ if environ is None else environ
    return next((name for name in (TOKEN, TOKEN_FILE) if env.get(name, "").strip()), "")


def with_address(words: str, *, environ: Mapping[str, str] | None = None) -> str:
    """The words with the variable in place of api.base_url, where that is what counts."""
    env = os.environ if environ is None else environ
    return words.replace("api.base_url", ADDRESS) if env.get(ADDRESS) else words


def settings_near(path: Path) -> list[Path]:
    """Configurations that somebody may have meant by a path where there is none: beside it, then in folders above."""
    folder = path.absolute().parent
    beside = [folder / name for name in ("ampenet.yaml", "ampenet.yml", f"{path.stem}.yaml", f"{path.stem}.yml")]
    above = [parent / path.name for parent in folder.parents]
    return list(dict.fromkeys(near for near in (*beside, *above) if near != path.absolute() and near.is_file()))
