"""What each source was like at the readings plans were made from, for trends. Counts only: it knows no person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

KEPT = 400  # of one source: more than a year of daily readings


@dataclass(frozen=True)
class Reading:
    """One reading of a source. `reasons` counts rows, `countries` customers by ISO code ("" where unknown).

    `shared` is how many customers have a phone that another one has too; `at` is in epoch seconds.
    """

    source: str
    digest: str
    rows: int
    usable: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)
    consenting: int = 0
    shared: int = 0
    repaired: int = 0
    at: float = 0.0

    @property
    def quarantined(self) -> int:
        return self.rows - self.usable

    def same_rows(self, other: Reading | None) -> bool:
        """Whether the same values were read and judged alike, whenever that was."""
        if other is None:
            return False
        mine, others = ((r.source, r.digest, r.rows, r.usable, r.reasons, r.repaired) for r in (self, other))
        return mine == others


def note_reading(ledger: Ledger, reading: Reading, *, kept: int = KEPT) -> None:
    """Date a reading and keep it beside the earlier ones, `kept` in all. The newest is not noted a second time."""
    same_source = t.intakes.c.source == reading.source
    with ledger.write() as db:
        if reading.same_rows(_newest(db, reading.source)):
            return
        db.execute(insert(t.intakes).values(_record(reading, at=ledger.clock())))
        newest = select(t.intakes.c.id).where(same_source).order_by(t.intakes.c.id.desc()).limit(kept)
        db.execute(delete(t.intakes).where(same_source, t.intakes.c.id.not_in(newest)))


def newest_reading(ledger: Ledger, source: str) -> Reading | None:
    with ledger.read() as db:
        return _newest(db, source)


def readings(ledger: Ledger, source: str) -> list[Reading]:
    """All that are kept of a source, the oldest first."""
    query = select(t.intakes).where(t.intakes.c.source == source).order_by(t.intakes.c.id)
    with ledger.read() as db:
        return [_reading(row) for row in db.execute(query)]


def _newest(db: Connection, source: str) -> Reading | None:
    query = select(t.intakes).where(t.intakes.c.source == source).order_by(t.intakes.c.id.desc()).limit(1)
    row = db.execute(query).one_or_none()
    return _reading(row) if row else None


def _record(reading: Reading, *, at: float) -> dict[str, Any]:
    counts = {name: json.dumps(getattr(reading, name), sort_keys=True) for name in ("reasons", "countries")}
    plain = ("source", "digest", "rows", "usable", "consenting", "shared", "repaired")
    return {**{name: getattr(reading, name) for name in plain}, **counts, "at": at}


def _reading(row: Row[Any]) -> Reading:
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    return Reading(**{**values, "reasons": json.loads(row.reasons), "countries": json.loads(row.countries)})
