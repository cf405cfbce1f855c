"""Compare what should be with what is and what we remember: one query in DuckDB, written out in `decisions.sql`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ampenet_sync.config import Mode
from ampenet_sync.contacts import Held, OptOuts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.sync.relations import Relation, Set, database, section
from ampenet_sync.sync.rows import CHANGE_OF, Change, Reason

if TYPE_CHECKING:
    import duckdb

CREATES: tuple[Mode, ...] = ("mirror", "upsert", "create_only")
UPDATES: tuple[Mode, ...] = ("mirror", "upsert", "update_only")

IN_ONE_BATCH = 65_536  # rows


@dataclass(frozen=True)
class Rules:
    """What the segment's configuration permits.

    `keep_changed`, `make_removed_again`: what is done about drift. `shows_absence`: a phone that stands on neither side
    may be written; else nobody can tell that it is not there.
    """

    mode: Mode
    delete_foreign: bool = False
    adopt_matched: bool = False
    shows_absence: bool = True
    keep_changed: bool = False
    make_removed_again: bool = False


@dataclass(frozen=True)
class Doubts:
    """Phones and contacts with an open claim: left out until their outcome is known."""

    phones: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sides:
    """The tables that are compared; all columns but `owned`, `gone` and `source_line` are text.

    desired      customer_key, phone, a column for each managed field (null throughout where the configuration doesn't
                 map it), source_file, source_line; phone and key stand there once
    live         uid, phone, a column for each managed field, null where the listing doesn't show it; each uid once.
                 None: the ledger stands for the group
    links        uid, customer_key, phone, a column for each managed field, owned, gone (removed there); each uid once
    customers    customer_key, source_file, source_line of all customers, in this segment or not
    quarantined  the same of rows that were quarantined
    """

    desired: Relation
    live: Relation | None
    links: Relation
    customers: Relation
    quarantined: Relation


@dataclass(frozen=True)
class Known:
    """Who decides beside the tables: held customers, who is never created, and what is in doubt."""

    held: Held = field(default_factory=Held)
    suppressed: Suppressed = field(default_factory=Suppressed)
    opted_out: OptOuts = field(default_factory=OptOuts)
    doubts: Doubts = field(default_factory=Doubts)


@dataclass(frozen=True)
class Counted:
    """What a comparison came to. `changes` are (change, owned) → rows, `reasons` reason → rows.

    `unchanged` desired or owned contacts need nothing, `foreign` ones are not ours and kept; `linked` contacts of the
    group were known before.
    """

    changes: Mapping[tuple[Change, bool], int]
    reasons: Mapping[Reason, int]
    unchanged: int
    foreign: int
    linked: int

    def count(self, change: Change) -> int:
        return self.changes.get((change, True), 0) + self.changes.get((change, False), 0)

    def because(self, *reasons: Reason) -> int:
        return sum(self.reasons.get(reason, 0) for reason in reasons)


@dataclass(frozen=True)
class Comparison:
    """The decision, held by DuckDB until the block of `compare` ends."""

    counted: Counted
    fields: tuple[str, ...]
    _db: duckdb.DuckDBPyConnection = field(repr=False)

    def batches(self) -> pa.RecordBatchReader:
        """The plan's rows in the order of carrying out. Columns, all text but `owned`, and blank for nothing: change,
        reason, uid, customer_key, owned, source, then phone and each managed field, `<name>_before` and `<name>_after`.
        """
        return self._db.sql(_sql("rows", self.fields)).to_arrow_reader(IN_ONE_BATCH)


@contextmanager
def compare(
    sides: Sides, known: Known, *, rules: Rules, fields: Sequence[str], folder: Path | None = None
) -> Iterator[Comparison]:
    """Decide what is to be done. `fields` are the managed ones beside the phone; `folder` takes what memory can't."""
    with database(folder) as db:
        _hand_in(db, sides, known, rules)
        side = "the group was listed" if sides.live is not None else "the ledger stands for the group"
        for name in (f"actual, where {side}", "twins", "the decision", "places"):
            db.execute(_sql(name, tuple(fields)))
        yield Comparison(_count(db), tuple(fields), db)


def _hand_in(db: duckdb.DuckDBPyConnection, sides: Sides, known: Known, rules: Rules) -> None:
    for name in ("desired", "live", "links", "customers", "quarantined"):
        relation: Relation | None = getattr(sides, name)
        if relation is not None:
            relation.hand_in(db, name)
    for name, values in _sets(known).items():
        Set(values).hand_in(db, name)
    hand_in_why(db)
    for variable, value in _variables(known, rules).items():
        db.execute(f"SET VARIABLE {variable} = {value}")


def hand_in_why(db: duckdb.DuckDBPyConnection) -> None:
    """What is done for which reason, and which number in the order of carrying out that has, as the table `why`."""
    why = {"reason": list(CHANGE_OF), "change": list(CHANGE_OF.values())}
    numbers = [list(Change).index(change) for change in CHANGE_OF.values()]
    db.register("why", pa.table({**why, "number": pa.array(numbers, pa.int8())}))


def _sets(known: Known) -> dict[str, frozenset[str]]:
    return {
        "doubt_phones": known.doubts.phones,
        "doubt_uids": known.doubts.uids,
        "held_phones": known.held.phones,
        "held_keys": known.held.keys,
        "suppressed_phones": known.suppressed.phones,
        "suppressed_keys": known.suppressed.keys,
        "opted_out_phones": known.opted_out.phones,
        "opted_out_keys": known.opted_out.keys,
    }


def _variables(known: Known, rules: Rules) -> dict[str, bool]:
    return {
        "may_create": rules.mode in CREATES,
        "may_update": rules.mode in UPDATES,
        "may_delete": rules.mode == "mirror",
        "delete_foreign": rules.mode == "mirror" and rules.delete_foreign,
        "adopt": rules.adopt_matched,
        "shows_absence": rules.shows_absence,
        "keep_changed": rules.keep_changed,
        "make_removed_again": rules.make_removed_again and rules.mode in CREATES,
        "held_everybody": known.held.everybody,
    }


def _count(db: duckdb.DuckDBPyConnection) -> Counted:
    counts = db.execute(_sql("counts", ())).fetchall()
    desired, linked = db.execute(_sql("sizes", ())).fetchall()[0]
    changes, reasons = dict[tuple[Change, bool], int](), dict[Reason, int]()
    unchanged, foreign = desired, 0
    for part, code, owned, rows in counts:
        reason = None if code is None else Reason(code)
        if reason is not None:
            reasons[reason] = reasons.get(reason, 0) + rows
            of = (CHANGE_OF[reason], owned)
            changes[of] = changes.get(of, 0) + rows
        if part == "rest":
            unchanged += rows if reason is None and owned else 0
            foreign += rows if reason is None and not owned else 0
        elif part == "waits" or reason not in (None, Reason.MATCHES):
            unchanged -= rows
    return Counted(changes, reasons, unchanged, foreign, linked)


def _sql(name: str, fields: tuple[str, ...]) -> str:
    return section("decisions.sql", name, fields)
