"""What a shell offers when Tab is pressed: names of ampenet.yaml, digests of files here. No call is made.

Whatever goes wrong, nothing is offered and nothing is said: an error would stand in the middle of what is typed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click
from click.shell_completion import CompletionItem

from ampenet_sync.cli.session import Session

if TYPE_CHECKING:
    from ampenet_sync.config import Config

VARIABLE: Final = "_AMPENET_SYNC_COMPLETE"  # set by the shell's own part, which click writes
PLAN, AUDIENCE = ".plan.parquet", ".audience.parquet"

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Look = Callable[["Config"], Iterable[tuple[str, str]]]


def is_asked() -> bool:
    """Whether a shell asks, and nobody reads what is printed."""
    return VARIABLE in os.environ


def complete(root: click.Group, typed: Sequence[str]) -> NoReturn:
    """Answer the shell and end; click does it, once it is called as it always is."""
    try:
        root.main(list(typed), prog_name="ampenet-sync", standalone_mode=False, obj=Session(typed=typed))
    except Exception:  # noqa: BLE001 - see the top
        sys.exit(0)
    sys.exit(0)


def segments(config: Config) -> Iterable[tuple[str, str]]:
    return ((name, str(segment.group)) for name, segment in config.segments.items() if segment.group)


def campaigns(config: Config) -> Iterable[tuple[str, str]]:
    return ((name, f"segment {campaign.segment}") for name, campaign in config.campaigns.items())


def plans(config: Config) -> Iterable[tuple[str, str]]:
    """Digests, the newest first."""
    for path in _newest(config.home / "plans", PLAN):
        segment, _, digest = path.name.removesuffix(PLAN).rpartition("-")
        yield digest, f"plan of {segment}"


def audiences(config: Config) -> Iterable[tuple[str, str]]:
    return ((path.name.removesuffix(AUDIENCE), "") for path in _newest(config.home / "audiences", AUDIENCE))


def offer_keys(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Keys that may stand in ampenet.yaml, whether there is one or not."""
    from ampenet_sync.config.reference import keys

    return [CompletionItem(key.key, help=key.sentence) for key in keys() if key.key.startswith(typed)]


def offering(look: Look, *, files: bool = False) -> Offer:
    """What of it begins as what is typed; with `files`, the shell's own files where none does."""

    def offer(ctx: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        items = [CompletionItem(name, help=about) for name, about in _looked(look, ctx) if name.startswith(typed)]
        return items or ([CompletionItem(typed, type="file")] if files else [])

    return offer


def _looked(look: Look, ctx: click.Context) -> Sequence[tuple[str, str]]:
    try:
        return list(look(ctx.obj.config()))
    except Exception:  # noqa: BLE001 - see the top
        return ()


def _newest(folder: Path, ending: str) -> list[Path]:
    paths = [path for path in folder.iterdir() if path.name.endswith(ending)]
    return sorted(paths, key=lambda path: (-path.stat().st_mtime, path.name))
