"""What came in from the source in one run: customers, quarantine and what was read; and its two private files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.contacts.files import write_private
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import SourceIdentity

_META = b"ampenet_sync.intake"
_CUSTOMERS, _QUARANTINE = "customers-", "quarantine-"


@dataclass(frozen=True)
class Intake:
    """Each row of the source is in `customers` (schemas.Customers) or in `quarantine` (schemas.Quarantine)."""

    customers: pd.DataFrame
    quarantine: pd.DataFrame
    identity: SourceIdentity
    rows: int


def save_intake(intake: Intake, folder: Path) -> tuple[Path, Path]:
    """Write customers and quarantine as Parquet, named after the digest of what was read; returns both paths."""
    tail = f"{intake.identity.digest[:16]}.parquet"
    customers, quarantine = folder / f"{_CUSTOMERS}{tail}", folder / f"{_QUARANTINE}{tail}"
    meta = json.dumps({"identity": asdict(intake.identity), "rows": intake.rows}, sort_keys=True)
    _write(intake.quarantine, quarantine, meta)
    _write(intake.customers, customers, meta)
    return customers, quarantine


def load_intake(customers_path: Path) -> Intake:
    """Read back what `save_intake` wrote. Raises SourceError `no_intake` where a file is missing or another."""
    quarantine_path = customers_path.with_name(_QUARANTINE + customers_path.name.removeprefix(_CUSTOMERS))
    customers, quarantine = _read(customers_path), _read(quarantine_path)
    meta = customers.schema.metadata.get(_META)
    if meta != quarantine.schema.metadata.get(_META) or meta is None:
        raise _no_intake(customers_path, "the two files don't belong together")
    told = json.loads(meta)
    return Intake(customers.to_pandas(), quarantine.to_pandas(), SourceIdentity(**told["identity"]), told["rows"])


def _write(frame: pd.DataFrame, path: Path, meta: str) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _META: meta.encode()})
    write_private(path, lambda beside: pq.write_table(table, beside, compression="zstd"))


def _read(path: Path) -> pa.Table:
    try:
        table = pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise _no_intake(path, "it is not there") from None
    except (OSError, pa.ArrowInvalid):
        raise _no_intake(path, "it is damaged") from None
    return table if table.schema.metadata else table.replace_schema_metadata({})


def _no_intake(path: Path, why: str) -> SourceError:
    return SourceError(f"{path.name} can't be used: {why}", code="no_intake", hint="read the customers again")
