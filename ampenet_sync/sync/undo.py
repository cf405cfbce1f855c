"""What a run did to a group, turned round: the rows of a plan that brings back what stood there before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ampenet_sync.ledger import Suppressed
from ampenet_sync.sync.plan import IN_ONE_BATCH, Doubts, hand_in_why
from ampenet_sync.sync.relations import InMemory, Relation, Set, database, section
from ampenet_sync.sync.rows import CHANGE_OF, Change, Reason

if TYPE_CHECKING:
    import duckdb

FILE = "undo.sql"


@dataclass(frozen=True)
class Undoing:
    """The decision, held by DuckDB until the block of `undoing` ends. `reasons` are reason → rows; `keeping` contacts
    keep the value of a field that was blank before, as the platform empties none."""

    reasons: Mapping[Reason, int]
    keeping: int
    fields: tuple[str, ...]
    _db: duckdb.DuckDBPyConnection = field(repr=False)

    def count(self, change: Change) -> int:
        return sum(rows for reason, rows in self.reasons.items() if CHANGE_OF[reason] is change)

    def batches(self) -> pa.RecordBatchReader:
        """The plan's rows in the order of carrying out, with the columns of `plan.Comparison.batches`."""
        return self._db.sql(section(FILE, "rows", self.fields)).to_arrow_reader(IN_ONE_BATCH)


@contextmanager
def undoing(
    done: pa.Table,
    live: Relation | None,
    links: Relation,
    *,
    suppressed: Suppressed,
    doubts: Doubts,
    fields: Sequence[str],
    shows_absence: bool = True,
    clears: bool = True,
    folder: Path | None = None,
) -> Iterator[Undoing]:
    """`done` are the run's changes as `ledger.changetable.read_done` gives them, `live` and `links` the group as
    `plan.Sides` names them; `fields` are the managed ones beside the phone. `shows_absence` is that of `plan.Rules`;
    `clears` whether the platform empties a field by an empty value."""
    names = tuple(fields)
    with database(folder) as db:
        for name, relation in (("done", InMemory(done)), ("links", links), ("live", live)):
            if relation is not None:
                relation.hand_in(db, name)
        for name, texts in (
            ("suppressed_phones", suppressed.phones),
            ("suppressed_keys", suppressed.keys),
            ("doubt_phones", doubts.phones),
            ("doubt_uids", doubts.uids),
        ):
            Set(texts).hand_in(db, name)
        hand_in_why(db)
        for variable, value in (("shows_absence", shows_absence), ("clears", clears)):
            db.execute(f"SET VARIABLE {variable} = {value}")
        if live is None:
            db.execute(section(FILE, "live, where the ledger stands for the group", names))
        db.execute(section(FILE, "the decision", names))
        reasons = {Reason(code): rows for code, rows in db.execute(section(FILE, "counts", names)).fetchall()}
        (keeping,) = db.execute(section(FILE, "keeping", names)).fetchall()[0]
        yield Undoing(reasons, keeping, names, db)
