"""Batches of source rows → two growing files, customers and quarantine, and what is counted on the way."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.answered import Answered, Counting
from ampenet_sync.customers.aside import SOURCE, quarantine_rows, texts_wide
from ampenet_sync.customers.contract import checked
from ampenet_sync.customers.duplicates import copy_all, find_losers, move_losers
from ampenet_sync.customers.judge import Judged, judge
from ampenet_sync.customers.keys import Keys
from ampenet_sync.customers.needed import needed_columns
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.winners import rule_of
from ampenet_sync.files.growing import Growing, growing
from ampenet_sync.sources import Batch

if TYPE_CHECKING:
    import pandera.pandas


class Sorting:
    """Files in `folder` that are gone when `stack` closes, unless they got their names."""

    def __init__(self, settings: IntakeSettings, folder: Path, stack: ExitStack) -> None:
        self.reasons: Counter[str] = Counter()
        self._settings, self._folder, self._stack = settings, folder, stack
        self.misfits: Counter[str] = Counter()
        self.needed = needed_columns(settings)
        self._files = self._pair()
        self._keys = Keys()
        rules = (settings.customers.consent, settings.customers.opted_out)
        self._consent, self._opted_out = (
            Counting(rule, settings.customers.null_words) if rule and rule.column else None for rule in rules
        )

    def add(self, batch: Batch) -> None:
        """Each row of the batch into one of the files, checked against its schema."""
        from ampenet_sync import schemas  # pandera is slow to import

        judged = judge(self._settings, batch, needed=self.needed)
        good, rows = pc.equal(judged.reason, ""), _rows(batch, judged.own)
        bad = pc.invert(good)
        self._keys.add(judged.own["customer_key"], good)
        self.reasons.update(_counted(judged.reason.filter(bad)))
        self.misfits.update(judged.misfits)
        customers, quarantine = self._files
        usable = rows.filter(good)
        self._count(usable)
        customers.write(_checked(usable, schemas.Customers))
        quarantine.write(_checked(_aside(rows.filter(bad), judged, batch, bad), schemas.Quarantine))

    def settle(self) -> tuple[Growing, Growing]:
        """Both files without two customers of one key: new ones where rows share a key, else those there are."""
        suspects = self._keys.suspects()
        if not len(suspects):
            return self._files
        customers, quarantine = self._files
        for file in self._files:
            file.close()
        good = self._keys.good()
        losers = find_losers(customers, quarantine, suspects, good=good, rule=rule_of(self._settings))
        self.reasons.update({"duplicate_key": len(losers.rows)} if len(losers.rows) else {})
        settled = self._pair()
        copy_all(quarantine, settled[1])
        move_losers(customers, losers, good, to=settled, leaving=lambda lost: self._count(lost, times=-1))
        return settled

    @property
    def consent(self) -> Answered | None:
        """What the customers' cells say, after `settle` without those whose key another row has."""
        return self._consent.answered() if self._consent else None

    @property
    def opted_out(self) -> Answered | None:
        return self._opted_out.answered() if self._opted_out else None

    def _count(self, rows: pa.Table, *, times: int = 1) -> None:
        for counting in (self._consent, self._opted_out):
            if counting is not None:
                counting.add(rows[f"{SOURCE}{counting.column}"], times=times)

    def _pair(self) -> tuple[Growing, Growing]:
        customers, quarantine = (
            self._stack.enter_context(growing(self._folder, word)) for word in ("customers", "quarantine")
        )
        return customers, quarantine


def _rows(batch: Batch, own: pa.Table) -> pa.Table:
    """The columns of schemas.Customers, of good rows and others."""
    where = {"source_file": pa.repeat(batch.file, batch.table.num_rows), "source_line": batch.lines}
    source = {f"{SOURCE}{name}": batch.table[name] for name in batch.table.column_names}
    fields = [name for name in own.column_names if name.startswith("field.")]
    known = [name for name in own.column_names if name not in fields]
    parts = [{name: own[name] for name in known}, where, {name: own[name] for name in fields}, source]
    return texts_wide(pa.table({name: column for part in parts for name, column in part.items()}))


def _aside(rows: pa.Table, judged: Judged, batch: Batch, bad: pa.Array) -> pa.Table:
    written = None if batch.written is None else pa.chunked_array([batch.written]).filter(bad)
    hints = {"hint": judged.hint.filter(bad), "hint_sw": judged.hint_sw.filter(bad)}
    return quarantine_rows(rows, judged.reason.filter(bad), **hints, written=written)


def _checked(table: pa.Table, model: type[pandera.pandas.DataFrameModel]) -> pa.Table:
    checked(table.to_pandas(), model, whole=False)
    return table


def _counted(reasons: pa.Array) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(reasons).to_pylist()}
