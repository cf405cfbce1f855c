"""The way out of an error as this command line knows it: with its options, and from what stands in the folder.

What the rooms below say themselves is also read in Python and in Dagster. So they name at most a whole command that
a person types in a terminal; options such as --allow, --config or --sandbox are added here.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ampenet_sync.cli.session import Session
from ampenet_sync.errors import AmpenetError, LedgerError, sayable


def hint_of(session: Session, error: AmpenetError) -> str:
    match error.code:
        case "no_config":
            return _other_settings(session, error)
        case "config_exists":
            return session.with_options(f"edit it, then: ampenet-sync {_after_init(session)}")
        case _ if session.unconfigured:
            return session.with_options(without_settings(error))
        case "no_token":
            rehearse = "or rehearse without one: ampenet-sync --sandbox plan"
            return session.with_options(f"{error.hint}; {rehearse}")
    return session.with_options(error.hint)


# What customers.source would say → how it is said of a file that nobody configured.
_SETTING = re.compile(r"\b(sheet|rows|encoding|delimiter|escape|header_row): ([\w.-]+|'[^']+')")
_ALLOW = "look at it with --dry-run; if it is right, allow the digest that is shown: --allow DIGEST"
_LOOK_AGAIN = "look at the plan as it is now with --dry-run"
_OTHERWISE = {
    "no_header": "write a line above the first that names each column, such as Jina,Simu",
    "no_token": "export AMPENET_API_TOKEN=…, or rehearse without one: --sandbox",
    "other_separator": "leave --source delimiter out: it is recognised",
    "group_gone": "name another group",
    "group_changed": "name another group",
    **dict.fromkeys(("unsafe_source", "unsafe_plan"), _ALLOW),
    **dict.fromkeys(("allow_mismatch", "plan_moved", "plan_stale"), _LOOK_AGAIN),
}


def without_settings(error: AmpenetError) -> str:
    """The way out without a configuration."""
    if error.code in _OTHERWISE:
        return _OTHERWISE[error.code]
    setting = _SETTING.search(error.hint)
    if setting is None:
        return error.hint
    key, value = setting.groups()
    return f"{error.hint}; here: --source {shlex.quote(f'{key}={value.strip(chr(39))}')}"


def _other_settings(session: Session, error: AmpenetError) -> str:
    """The file somebody may have meant, with the same command once more; else the command that writes one."""
    from ampenet_sync.config import settings_near

    near = settings_near(session.config_path)
    if not near:
        return session.with_options(error.hint)
    named = Path(os.path.relpath(near[0]))
    return f"there is one at {named}: {_same_command(session.typed, named)}"


def _same_command(typed: Sequence[str], path: Path) -> str:
    rest = list(_without_config(typed))
    if any(sayable(word) != word for word in rest):
        return f"the same command with --config {shlex.quote(str(path))}"
    return shlex.join(["ampenet-sync", "--config", str(path), *rest])


def _without_config(typed: Sequence[str]) -> Iterator[str]:
    words = iter(typed)
    for word in words:
        if word == "--config":
            next(words, "")
        elif not word.startswith("--config="):
            yield word


def _after_init(session: Session) -> str:
    """`ledger init` where there is a configuration without a ledger."""
    from ampenet_sync.pipeline.status import check_ledger

    try:
        check_ledger(session.config())
    except LedgerError as error:
        return "ledger init" if error.code == "no_ledger" else "doctor"
    except AmpenetError:
        return "doctor"
    return "plan"
