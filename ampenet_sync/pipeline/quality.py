"""The story of a report: how good the customers' records are, in counts. Nothing is judged, and no phone is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.config.types import kind_of
from ampenet_sync.customers import Answered, Intake, settings_of
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.damage import damaged, text_columns
from ampenet_sync.files import keep_page
from ampenet_sync.phones import ROW_REASONS, shown_name
from ampenet_sync.pipeline.sharing import Shared, find_shared
from ampenet_sync.pipeline.trend import Reading, reading_of
from ampenet_sync.quarantine.targets import check_target

__all__ = ["REPORT", "Consent", "Filled", "Origin", "Quality", "assess", "check_report", "filled", "keep_page"]

REPORT = "report.html"


@dataclass(frozen=True)
class Origin:
    """What was read. `size` is in bytes, `modified` ISO 8601 in UTC or "" where unknown.

    `blank_rows` and `rows_above` the headings were passed over and are in none of the counts.
    """

    kind: str
    name: str
    files: int
    size: int
    modified: str
    digest: str
    open_end: bool
    blank_rows: int = 0
    rows_above: int = 0


@dataclass(frozen=True)
class Consent:
    """How many customers agreed to marketing. `source` says how that is known, `evidence` is its column or attestation.

    `unknown` are those of whom nothing is written; `unclear` those of whom something is that nobody understands. A
    campaign takes both for a no. `words` and `line` are those of `Answered`.
    """

    source: Literal["column", "attested", "nowhere"]
    evidence: str
    yes: int
    no: int
    unknown: int
    unclear: int = 0
    words: tuple[tuple[str, int], ...] = ()
    line: str = ""

    @property
    def answered(self) -> Answered | None:
        """The same of a column; None where no column says it."""
        if self.source != "column":
            return None
        return Answered(self.evidence, self.yes, self.no, self.unknown, self.unclear, self.words, self.line)


@dataclass(frozen=True)
class Filled:
    """One column of the source: what it is used as ("" for nothing), and in how many rows it says something.

    `damaged` counts the rows whose text was damaged before it came here; 0 for columns that go into no text.
    """

    column: str
    used_as: str
    rows: int
    damaged: int = 0


@dataclass(frozen=True)
class Quality:
    """The figures of one reading. `reasons` counts rows, the most frequent first; `countries` customers by ISO code.

    `columns` counts over the `legible` rows, whose cells could be told apart. `nameless` is first_name or last_name →
    customers without one, for those that are configured. `opted_out` is None where no column says it. `misfits` are
    typed columns → cells that are not of their type, where nothing needs them. The last of `trend` is this reading.
    """

    origin: Origin
    rows: int
    usable: int
    repaired: int
    reasons: dict[str, int]
    countries: dict[str, int]
    shared: Shared
    consent: Consent
    nameless: dict[str, int]
    columns: tuple[Filled, ...]
    legible: int
    trend: tuple[Reading, ...]
    opted_out: Answered | None = None
    misfits: dict[str, int] = field(default_factory=dict)

    @property
    def quarantined(self) -> int:
        return self.rows - self.usable


def assess(config: Config, intake: Intake, *, past: Sequence[Reading] = (), now: float) -> Quality:
    """Count what a reading holds. `past` are the readings known before, the oldest first; `now` in epoch seconds."""
    shared = find_shared(config, intake)
    reading = reading_of(intake, shared=shared)
    known = reading.same_rows(past[-1] if past else None)
    return Quality(
        origin=Origin(**{each.name: getattr(intake.identity, each.name) for each in fields(Origin)}),
        rows=intake.rows,
        usable=intake.usable,
        repaired=intake.repaired,
        reasons=dict(intake.reasons),
        countries=dict(reading.countries),
        shared=shared,
        consent=_consent(config, intake, yes=reading.consenting),
        nameless=_nameless(config, intake),
        columns=_columns(config, intake),
        legible=intake.rows - sum(intake.reasons.get(reason, 0) for reason in ROW_REASONS),
        trend=tuple(past) if known else (*past, replace(reading, at=now)),
        opted_out=intake.opted_out,
        misfits={shown_name(column): cells for column, cells in intake.misfits.items()},
    )


def check_report(config: Config, path: Path) -> None:
    """Raises ConfigError `precious_target` where the report may not stand."""
    check_target(settings_of(config), path)


def _consent(config: Config, intake: Intake, *, yes: int) -> Consent:
    rule = config.customers.consent
    if rule is None:
        return Consent("nowhere", "", 0, 0, intake.usable)
    answered = intake.consent
    if answered is None:
        return Consent("attested", rule.attested or "", yes, 0, intake.usable - yes)
    return Consent(
        "column",
        answered.column,
        answered.yes,
        answered.no,
        answered.nothing,
        answered.unclear,
        answered.words,
        answered.line,
    )


def _nameless(config: Config, intake: Intake) -> dict[str, int]:
    named = [name for name in ("first_name", "last_name") if getattr(config.customers, name)]
    return {name: intake.usable - _written(intake, name) for name in named}


def _columns(config: Config, intake: Intake) -> tuple[Filled, ...]:
    """In the order of the source, over customers and quarantine alike. Without a header a name may be a phone."""
    used: dict[str, list[str]] = {}
    for key, column in config.customers.columns().items():
        used.setdefault(column, []).append(_used_as(config, key))
    read = text_columns(config.customers)
    columns = []
    for name in intake.column_names():
        if name.startswith(SOURCE):
            column = name.removeprefix(SOURCE)
            rows, damage = _counted(intake, name, config.customers.null_words, look=column in read)
            columns.append(Filled(shown_name(column), ", ".join(used.get(column, [])), rows, damage))
    return tuple(columns)


def _counted(intake: Intake, name: str, null_words: Sequence[str], *, look: bool) -> tuple[int, int]:
    """In how many rows, of customers and of the quarantine, a column says something, and (if to `look`) is damaged."""
    aside = pa.table({name: pa.chunked_array([pa.array(intake.read_quarantine([name])[name], pa.string())])})
    rows = damage = 0
    for piece in (*intake.pieces([name]), aside):
        texts = content(piece[name], null_words)
        rows += filled(texts)
        damage += damaged(texts) if look else 0
    return rows, damage


def _used_as(config: Config, key: str) -> str:
    """`fields.CITY` → `CITY`, `types.points` → `type integer`; any other key of `customers` is its own word."""
    part, _, name = key.partition(".")
    return f"type {kind_of(config.customers.types[name])}" if part == "types" else name if part == "fields" else key


def _written(intake: Intake, column: str, null_words: Sequence[str] = ()) -> int:
    """How many customers have more than blanks in a column."""
    return sum(filled(content(piece[column], null_words)) for piece in intake.pieces([column]))


def filled(column: pa.ChunkedArray) -> int:
    """How many texts hold more than blanks."""
    letters = pc.utf8_length(pc.utf8_trim_whitespace(column.cast(pa.string())))
    return pc.sum(pc.greater(letters, 0)).as_py() or 0
