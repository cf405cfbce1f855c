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
    """The decision, held by DuckDB until the block of `undoing` ends. `reasons` are reason → rows."""

    reasons: Mapping[Reason, int]
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
    live: Relation,
    links: Relation,
    *,
    suppressed: Suppressed,
    doubts: Doubts,
    fields: Sequence[str],
    folder: Path | None = None,
) -> Iterator[Undoing]:
    """`done` are the run's changes as `ledger.changetable.read_done` gives them, `live` and `links` the group as
    `plan.Sides` names them; `fields` are the managed ones beside the phone."""
    names = tuple(fields)
    with database(folder) as db:
        for name, relation in (("done", InMemory(done)), ("live", live), ("links", links)):
            relation.hand_in(db, name)
        for name, texts in (
            ("suppressed_phones", suppressed.phones),
            ("suppressed_keys", suppressed.keys),
            ("doubt_phones", doubts.phones),
            ("doubt_uids", doubts.uids),
        ):
            Set(texts).hand_in(db, name)
        hand_in_why(db)
        db.execute(section(FILE, "the decision", names))
        reasons = {Reason(code): rows for code, rows in db.execute(section(FILE, "counts", names)).fetchall()}
        yield Undoing(reasons, names, db)
