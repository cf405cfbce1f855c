"""What came in from the source in one run: two private files, customers and quarantine, and what is known of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.customers.answered import Answered
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import SourceIdentity

META = b"ampenet_sync.intake"
CUSTOMERS, QUARANTINE = "customers-", "quarantine-"


@dataclass(frozen=True)
class Intake:
    """Each row of the source is in the customers' file (schemas.Customers) or in quarantine (schemas.Quarantine).

    `usable` counts the customers; `reasons` are reason → rows quarantined, the most frequent first; `repaired` counts
    the rows that were repaired; `consent` and `opted_out` what the customers' cells say in the columns of that name,
    None where none is configured; `misfits` are typed columns → cells that are not of their type and cost nobody their
    place, as nothing needs them: they are read as blank; `forgotten` counts the rows of people who were forgotten: they
    are in none of the other counts and in neither file. Tables are loaded when they are asked for, each time anew;
    nothing is kept in memory.
    """

    customers_path: Path
    quarantine_path: Path
    identity: SourceIdentity
    rows: int
    usable: int
    reasons: dict[str, int]
    repaired: int = 0
    consent: Answered | None = None
    opted_out: Answered | None = None
    misfits: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0

    @property
    def files(self) -> tuple[Path, Path]:
        return self.customers_path, self.quarantine_path

    @property
    def quarantined(self) -> int:
        return self.rows - self.usable

    @property
    def customers(self) -> pd.DataFrame:
        """All of them with all columns: for a big source rather `read` the columns that are needed."""
        return frame(_open(self.customers_path).read())

    @property
    def quarantine(self) -> pd.DataFrame:
        return frame(_open(self.quarantine_path).read())

    def read(self, columns: Sequence[str], *, first: int | None = None) -> pd.DataFrame:
        """These columns of all customers, or of the first few, in the order of the source."""
        return frame(_columns(self.customers_path, columns, first))

    def read_quarantine(self, columns: Sequence[str], *, first: int | None = None) -> pd.DataFrame:
        return frame(_columns(self.quarantine_path, columns, first))

    def column_names(self) -> list[str]:
        """The customers' columns: schemas.Customers', `field.<TAG>` and `source.<column>`."""
        return list(_open(self.customers_path).schema_arrow.names)

    def pieces(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """These columns of the customers, some rows at a time; at least one table, which may be empty."""
        return _pieces(_open(self.customers_path), columns)


def load_intake(customers_path: Path) -> Intake:
    """Open what an earlier reading left. Raises SourceError `no_intake` where a file is missing, damaged or another."""
    quarantine_path = customers_path.with_name(QUARANTINE + customers_path.name.removeprefix(CUSTOMERS))
    metas = [_open(path).metadata.metadata or {} for path in (customers_path, quarantine_path)]
    if META not in metas[0] or metas[0][META] != metas[1].get(META):
        raise _no_intake(customers_path, "the two files don't belong together")
    facts = json.loads(metas[0][META])
    facts |= {name: _answered(facts.get(name)) for name in ("consent", "opted_out")}
    return Intake(customers_path, quarantine_path, **{**facts, "identity": SourceIdentity(**facts["identity"])})


def facts_of(intake: Intake) -> dict[bytes, bytes]:
    """What stands in the footer of both files."""
    facts = {name: value for name, value in asdict(intake).items() if not name.endswith("_path")}
    return {META: json.dumps(facts).encode()}


def _answered(facts: dict[str, Any] | None) -> Answered | None:
    if facts is None:
        return None
    return Answered(**{**facts, "words": tuple((word, count) for word, count in facts["words"])})


def _columns(path: Path, columns: Sequence[str], first: int | None) -> pa.Table:
    if first is None:
        return _open(path).read(columns=list(columns)).select(list(columns))
    pieces = []
    for piece in _pieces(_open(path), columns):
        pieces.append(piece.slice(0, first))
        first -= pieces[-1].num_rows
        if first <= 0:
            break
    return pa.concat_tables(pieces)


def _pieces(file: pq.ParquetFile, columns: Sequence[str]) -> Iterator[pa.Table]:
    """`select`, as Parquet takes `source.a` for the beginning of `source.a.b` too."""
    names = list(columns)
    if not file.num_row_groups:
        yield file.schema_arrow.empty_table().select(names)
    for group in range(file.num_row_groups):
        yield file.read_row_group(group, columns=names).select(names)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError:
        raise _no_intake(path, "it is not there") from None
    except (OSError, pa.ArrowInvalid):
        raise _no_intake(path, "it is damaged") from None


def frame(table: pa.Table) -> pd.DataFrame:
    """The table as pandas has it, with text in Arrow's memory; the table itself is used up."""
    rows: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True, ignore_metadata=True)
    return rows


def _no_intake(path: Path, why: str) -> SourceError:
    return SourceError(f"{path.name} can't be used: {why}", code="no_intake", hint="read the customers again")
