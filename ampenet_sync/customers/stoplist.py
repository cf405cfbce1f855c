"""A list of numbers that are never to be texted → phones, and what of it can't be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import StopList
from ampenet_sync.config.columnwords import with_meaning
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.written import place
from ampenet_sync.errors import ConfigError, sayable
from ampenet_sync.phones import Phones, mask, normalise
from ampenet_sync.sources import Batch, open_batches, source_name, without_blank_rows

_BARE = r"^\s*[1-9][0-9]{9,14}\s*$"
NAMED = 20  # rows without a readable number that are named; the others are counted


@dataclass(frozen=True)
class Unread:
    """A row whose number can't be read: where it stands, the number masked, and the reason (a key of `HINTS`)."""

    file: str
    line: int
    masked: str
    reason: str


@dataclass(frozen=True)
class StopNumbers:
    """A list as it was read. `phones` stand there once; `unread` counts the rows without a readable number, of which
    the first stand in `unread_rows`; `column` is the one the numbers stand in."""

    name: str
    column: str
    rows: int
    phones: tuple[str, ...]
    unread: int
    unread_rows: tuple[Unread, ...]


def read_stop_list(
    settings: IntakeSettings, source: StopList, *, environ: Mapping[str, str] | None = None
) -> StopNumbers:
    """Read the whole list; relative paths start at the folder of ampenet.yaml.

    Numbers may be those of any country, fixed lines too. Raises SourceError where it can't be read completely,
    ConfigError `missing_column` where it isn't clear in which column the numbers stand.
    """
    name, column, rows = source_name(source), "", 0
    phones, unread, named = dict[str, None](), 0, list[Unread]()
    batches = open_batches(source, folder=settings.folder, phone=source.phone or "", environ=environ)
    for batch in without_blank_rows(batches):
        column = column or _column(settings, source, batch.table.column_names)
        rows += batch.table.num_rows
        read = read_numbers(batch.table[column], region=settings.region)
        phones |= dict.fromkeys(read.phone.filter(pc.not_equal(read.phone, "")).to_pylist())
        bad = pc.and_(pc.not_equal(read.reason, ""), pc.not_equal(read.reason, "blank"))
        unread += pc.sum(bad).as_py() or 0
        if len(named) < NAMED:
            named += _named(batch, column, read.reason, bad)
    return StopNumbers(name, column, rows, tuple(phones), unread, tuple(named[:NAMED]))


def read_numbers(texts: pa.ChunkedArray, *, region: str) -> Phones:
    """Numbers of any country, fixed lines too. Bare digits that are none at home are read as international: as a file
    of ours has them, and one number too many that is never texted harms nobody."""
    read = normalise(texts, region, mobile=False)
    bare = pc.and_(pc.not_equal(read.reason, ""), pc.match_substring_regex(pc.fill_null(texts, ""), _BARE))
    if not pc.any(bare).as_py():
        return read
    digits = pc.utf8_trim_whitespace(texts.filter(bare))
    abroad = normalise(pc.binary_join_element_wise("+", digits, ""), region, mobile=False)
    where = bare.combine_chunks() if isinstance(bare, pa.ChunkedArray) else bare
    phone, reason = (pc.replace_with_mask(getattr(read, n), where, getattr(abroad, n)) for n in ("phone", "reason"))
    return Phones(phone, reason)


def _named(batch: Batch, column: str, reasons: pa.Array, bad: pa.Array) -> list[Unread]:
    at = pc.indices_nonzero(bad).slice(0, NAMED)
    lines, texts, why = (part.take(at).to_pylist() for part in (batch.lines, batch.table[column], reasons))
    return [Unread(batch.file, line, mask(text), reason) for line, text, reason in zip(lines, texts, why, strict=True)]


def _column(settings: IntakeSettings, source: StopList, names: list[str]) -> str:
    """The one that is named, the only one, or the only one whose heading says phone."""
    if source.phone is not None:
        if source.phone in names:
            return source.phone
        message = (
            f"{place(settings.path, 'suppressions')}: {source_name(source)} has no column '{sayable(source.phone)}'"
        )
    else:
        alike = names if len(names) == 1 else with_meaning("phone", names)
        if len(alike) == 1:
            return alike[0]
        message = f"{source_name(source)}: it isn't clear in which column the numbers stand"
    shown = ", ".join(f"'{sayable(name)}'" for name in names)
    hint = f"name it, in ampenet.yaml as phone: beside the file, on the command line as --column; there are {shown}"
    raise ConfigError(message, code="missing_column", hint=hint)
