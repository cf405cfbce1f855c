"""The stories of suppressions: who is never texted nor created, who said so, and the lists that say it at each run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config import Config, StopList
from ampenet_sync.customers import StopNumbers, read_stop_list, settings_of
from ampenet_sync.customers.stoplist import read_numbers
from ampenet_sync.errors import ConfigError, sayable
from ampenet_sync.files import write_private
from ampenet_sync.ledger import Ledger, open_ledger, suppressions
from ampenet_sync.ledger.forgotten import forgotten_since
from ampenet_sync.ledger.suppressions import Suppression
from ampenet_sync.quarantine.csv import write_csv
from ampenet_sync.quarantine.targets import check_target, free_name

__all__ = ["Listed", "StopNumbers", "Suppression", "Who", "take_in_lists"]

ON_A_LIST = "on_a_list"
ASKED = "asked"
COLUMNS = ("phone", "key", "reason", "by", "at")
KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".gz": "csv",
    ".zip": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class Who:
    """Somebody by what a person typed: a phone ("" where it is none), or a customer's key ("" where it is a phone)."""

    phone: str
    key: str


@dataclass(frozen=True)
class Listed:
    """A list that was read, and how many of its numbers were not suppressed before."""

    numbers: StopNumbers
    news: int


def who(config: Config, text: str, *, key: bool = False) -> Who:
    """A phone in any writing, or with `key` a customer's key. Raises ConfigError `no_phone` for anything else."""
    if key:
        return Who("", text.strip())
    read = read_numbers(pa.chunked_array([[text]]), region=config.region)
    phone, reason = read.phone[0].as_py(), read.reason[0].as_py()
    if not phone:
        message = f"{sayable(text)} can't be read as a phone ({reason})"
        raise ConfigError(message, code="no_phone", hint="write it with its country, or add --key for a customer's key")
    return Who(phone, "")


def add(config: Config, someone: Who, *, reason: str, by: str) -> bool:
    """True where that is news."""
    with _ledger(config) as ledger:
        return suppressions.suppress(ledger, phone=someone.phone, customer_key=someone.key, reason=reason, by=by)


def find(config: Config, someone: Who) -> list[Suppression]:
    """What binds this phone or key, oldest first."""
    with _ledger(config) as ledger:
        return suppressions.suppressions_of(ledger, phones=[someone.phone], keys=[someone.key])


def is_forgotten(config: Config, someone: Who) -> bool:
    """Whether somebody of this phone or key was forgotten: they are never texted either."""
    with _ledger(config) as ledger:
        return forgotten_since(ledger, phones=[someone.phone], keys=[someone.key]) is not None


def each(config: Config) -> list[Suppression]:
    """All of them, oldest first."""
    with _ledger(config) as ledger:
        return list(suppressions.each_suppression(ledger))


def import_list(
    config: Config, file: Path, *, column: str | None, reason: str, by: str, dry_run: bool = False
) -> Listed:
    """Suppress every number of a file (.csv, .txt, .xlsx, .parquet). After an error nobody of it is suppressed."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        message = f"{file.name} is none of {', '.join(KINDS)}"
        raise ConfigError(message, code="bad_ending", hint="save it as .csv or .xlsx")
    source = StopList.model_validate({kind: str(file.absolute()), "phone": column})
    numbers = replace(read_stop_list(settings_of(config), source), name=file.name)
    with _ledger(config) as ledger:
        if dry_run:
            return Listed(numbers, len(frozenset(numbers.phones) - suppressions.all_suppressed(ledger).phones))
        return Listed(numbers, suppressions.suppress_phones(ledger, numbers.phones, reason=reason, by=by))


def take_in_lists(config: Config, ledger: Ledger, *, environ: Mapping[str, str] | None = None) -> tuple[Listed, ...]:
    """Read every list that ampenet.yaml names into the ledger, where each claim looks.

    Who was on a list once stays suppressed: a list that lost rows by mistake must not let anybody be texted.
    """
    lists = [read_stop_list(settings_of(config), source, environ=environ) for source in config.suppressions]
    return tuple(
        Listed(numbers, suppressions.suppress_phones(ledger, numbers.phones, reason=ON_A_LIST, by=numbers.name))
        for numbers in lists
    )


def export(config: Config, out: Path) -> tuple[Path, int]:
    """Write all suppressions, phones in full, as CSV (0600): where they are and how many.

    A file that is there already stays: the next free name is taken.
    """
    check_target(settings_of(config), out)
    rows, path = each(config), free_name(out)
    columns = zip(*map(_cells, rows), strict=True) if rows else ((),) * len(COLUMNS)
    table = pa.table([pa.array(cells, pa.string()) for cells in columns], names=list(COLUMNS))
    write_private(path, lambda beside: write_csv(table, beside))
    return path, len(rows)


def _cells(row: Suppression) -> list[str]:
    at = datetime.fromtimestamp(row.at, UTC).isoformat(timespec="seconds")
    return [row.phone, row.key, row.reason, row.by, at]


@contextmanager
def _ledger(config: Config) -> Iterator[Ledger]:
    ledger = open_ledger(config.ledger, config.folder, secrets=config.home)
    try:
        yield ledger
    finally:
        ledger.close()
