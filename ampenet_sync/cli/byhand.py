"""Options that say by hand what a file that nobody configured doesn't tell: for `import` and `init --from`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.importing import RecognisedFile

LONGEST_NAME = 255
_COLUMNS = ("phone", "key", "first_name", "last_name")
_WHAT = {"key": "customers' own ids", "first_name": "first names", "last_name": "last names"}


@dataclass(frozen=True)
class ByHand:
    """What somebody said of the file: columns, its region, and settings as under customers.source."""

    columns: dict[str, str] = field(default_factory=dict)
    region: str | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def words(self) -> Iterator[str]:
        """The options once more, as they are typed."""
        for role, column in self.columns.items():
            yield from (f"--{role.replace('_', '-')}", column)
        if self.region:
            yield from ("--region", self.region)
        for key, value in self.settings.items():
            yield from ("--source", f"{key}={value}")

    def see(self, file: Path, *, folder: Path, beside: Config | None = None) -> RecognisedFile:
        from ampenet_sync.pipeline.importing import see

        how: dict[str, Any] = {"by_hand": self.columns, "settings": self.settings}
        return see(file, folder=folder, region=self.region, beside=beside, **how)


def _settings(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    parted = [value.partition("=") for value in values]
    for key, sign, value in parted:
        if not (key and sign and value):
            raise click.BadParameter("write KEY=VALUE, such as sheet=Wateja")
    return {key: value for key, _, value in parted}


def group_name(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The name of a group as Ampenet can keep it."""
    if value is not None and not (value.strip() and len(value) <= LONGEST_NAME):
        raise click.BadParameter(f"write the group's name, 1 to {LONGEST_NAME} letters")
    return value


def by_hand(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say by hand what wasn't recognised; the command gets them as one `by_hand`."""

    @functools.wraps(command)
    def gather(*arguments: Any, **options: Any) -> Any:
        columns = {role: options.pop(role) for role in _COLUMNS}
        given = {role: column for role, column in columns.items() if column is not None}
        chosen = ByHand(given, options.pop("region"), options.pop("settings"))
        return command(*arguments, **options, by_hand=chosen)

    options = gather
    for role in reversed(_COLUMNS):
        what = "The column of phones." if role == "phone" else f"The column of {_WHAT[role]}, or none."
        options = click.option(f"--{role.replace('_', '-')}", role, metavar="COLUMN", help=what)(options)
    options = click.option(
        "--source", "settings", multiple=True, metavar="KEY=VALUE", callback=_settings,
        help="How to read the file, as under customers.source: sheet=NAME, encoding=cp1252, rows=visible.",
    )(options)  # fmt: skip
    return click.option("--region", metavar="COUNTRY", help="Country of numbers written without one, such as KE.")(
        options
    )
