"""Columns that ampenet.yaml names and the source has not → one error that names them all, each with its nearest."""

from __future__ import annotations

from ampenet_sync.config.columnwords import COLUMN_WORDS, Meaning, meaning_of
from ampenet_sync.config.headings import shown_heading
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.written import nearest_name, place
from ampenet_sync.errors import ConfigError
from ampenet_sync.sources import LOOK_FOR_HEADING, Batch, check_is_header


def check_columns(settings: IntakeSettings, batch: Batch) -> None:
    """Every column the configuration names must be in the source. Where none is, a row may stand for the heading.

    Raises ConfigError `missing_column`, or SourceError `no_header`.
    """
    columns, there = settings.customers.columns(), batch.table.column_names
    if not set(columns.values()) & set(there):
        check_is_header(there, name=batch.file)
    missing = {key: column for key, column in columns.items() if column not in there}
    if missing:
        hint = f"{_hint(missing, columns, there)}{_about_heading(columns, batch)}"
        raise ConfigError(_message(settings, missing), code="missing_column", hint=hint)


def _message(settings: IntakeSettings, missing: dict[str, str]) -> str:
    """The place of each, so that all can be corrected at once."""
    places: dict[str, str] = {}
    for key, column in missing.items():
        places.setdefault(column, place(settings.path, "customers", *key.split(".", maxsplit=1)))
    (first, where), *others = places.items()
    message = f"{where}: the source has no column '{shown_heading(first)}'"
    return "".join([message, *(f"; nor '{shown_heading(column)}' ({at})" for column, at in others)])


def _hint(missing: dict[str, str], columns: dict[str, str], there: list[str]) -> str:
    """What may have been meant: a column that has a use already only if nothing but its letter case differs."""
    free = [name for name in there if name not in columns.values()]
    near: dict[str, str] = {}
    for key, column in missing.items():
        same = next((name for name in there if name.casefold() == column.casefold()), "")
        if guess := same or nearest_name(column, free, meaning=_meaning(key, column)):
            near.setdefault(column, guess)
    listed = f"columns: {', '.join(map(shown_heading, there))}"
    if len(set(missing.values())) == 1:
        return "".join(f"did you mean {shown_heading(name)}? " for name in near.values()) + listed
    pairs = ", ".join(f"'{shown_heading(column)}' → {shown_heading(name)}" for column, name in near.items())
    return f"did you mean {pairs}? {listed}" if pairs else listed


def _meaning(key: str, column: str) -> Meaning | None:
    """What the key says that the column holds, else what the column's own name says."""
    return next((meaning for meaning in COLUMN_WORDS if meaning == key), None) or meaning_of(column)


def _about_heading(columns: dict[str, str], batch: Batch) -> str:
    """Which line was taken for the heading, of files that have lines."""
    if not batch.heading:
        return ""
    named = set(columns.values())
    count = len(named & set(batch.table.column_names))
    if not count:
        return f"; none of the first {LOOK_FOR_HEADING} rows of {batch.file} names any of them"
    return f"; the row that names most of them ({count} of {len(named)}) is {batch.file}:{batch.heading}"
