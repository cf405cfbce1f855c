"""A plan as a file: its rows beside a header, named by a digest. Same inputs, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from ampenet_sync.errors import PlanRefused
from ampenet_sync.sync.rows import Change, Reason, Row, Values
from ampenet_sync.sync.sealed import Kind, digest_of, header_of, read_sealed, understood, write_sealed

FIELDS = Values._fields

PLAN = Kind(
    word="plan",
    made_by="ampenet-sync plan",
    version=3,  # 2: rows say where their customer stands in the source; 3: digests of 32 digits
    schema=pa.schema(
        [("change", pa.string()), ("reason", pa.string()), ("uid", pa.string()), ("customer_key", pa.string())]
        + [("owned", pa.bool_()), ("source", pa.string())]
        + [(f"{name}_{side}", pa.string()) for name in FIELDS for side in ("before", "after")]
    ),
)


@dataclass(frozen=True)
class Header:
    """Everything a plan promises beside its rows. `group_uid` is "" where the group is yet to be made.

    `after` is the digest of the plan that last changed the group before this one was made. Counts are rows; `seconds`
    is the least time the permitted rate allows. `violations` are sentences; a plan without any is safe. The source is
    told as sources.SourceIdentity tells it; `repaired` of its rows were mended. `shared_phones` have several customers;
    `unknown_members` are keys that the segment's query named and the source has not. `consent_answers` and
    `opted_out_answers` are yes, no, nothing and unclear → customers of the source; empty where no column says it.
    """

    ledger: str
    host: str
    account: str
    segment: str
    group_name: str
    group_uid: str
    mode: str
    run_date: str
    source: str
    source_digest: str
    config_digest: str
    after: str
    customers: int
    quarantined: int
    creates: int
    updates: int
    deletes: int
    links: int
    unchanged: int
    drift: int
    foreign: int
    held: int
    suppressed: int
    in_doubt: int
    linked: int
    calls: int
    pages: int
    seconds: int
    violations: tuple[str, ...]
    source_open_end: bool
    source_kind: str = ""  # from here on a plan of an earlier version says nothing
    source_rows: int = 0
    source_size: int = 0
    source_files: int = 0
    source_modified: str = ""
    repaired: int = 0
    shared_phones: int = 0
    unknown_members: int = 0
    opted_out: int = 0
    consent_answers: dict[str, int] = field(default_factory=dict)
    opted_out_answers: dict[str, int] = field(default_factory=dict)
    source_blank_rows: int = 0
    source_rows_above: int = 0

    @property
    def verdict(self) -> Literal["safe", "unsafe"]:
        return "unsafe" if self.violations else "safe"


@dataclass(frozen=True)
class PlanFile:
    """A plan that can be written, read back and carried out."""

    header: Header
    rows: tuple[Row, ...]
    digest: str


def make_plan(header: Header, rows: Sequence[Row]) -> PlanFile:
    return PlanFile(header, tuple(rows), digest_of(PLAN, _plain(header), [_record(row) for row in rows]))


def write_plan(plan: PlanFile, folder: Path) -> Path:
    """Write `SEGMENT-DIGEST.plan.parquet` (0600) into `folder`; returns its path."""
    path = folder / f"{plan.header.segment}-{plan.digest}.plan.parquet"
    records = [_record(row) for row in plan.rows]
    write_sealed(PLAN, path, _plain(plan.header), records=records, digest=plan.digest)
    return path


def read_plan(path: Path) -> PlanFile:
    """Raises PlanRefused where the file is missing, no plan, of another version, or not the one its digest names."""
    header, records, digest = read_sealed(PLAN, path)
    if set(header) != {known.name for known in fields(Header)}:
        message = f"{path} was made by another version of this tool"
        raise PlanRefused(message, code="bad_plan", hint=f"make a new one: {PLAN.made_by}")
    with understood(PLAN, path):
        return PlanFile(header_of(Header, header), tuple(_row(record) for record in records), digest)


def _plain(header: Header) -> dict[str, Any]:
    return {**asdict(header), "violations": list(header.violations)}


def _record(row: Row) -> dict[str, Any]:
    record: dict[str, Any] = {
        "change": row.change.value,
        "reason": row.reason.value,
        "uid": row.uid or "",
        "customer_key": row.customer_key,
        "owned": row.owned,
        "source": row.source,
    }
    for side, values in (("before", row.before), ("after", row.after)):
        for name, value in zip(FIELDS, values or ("", "", ""), strict=True):
            record[f"{name}_{side}"] = value
    return record


def _row(record: dict[str, Any]) -> Row:
    before, after = (Values(*(record[f"{name}_{side}"] for name in FIELDS)) for side in ("before", "after"))
    return Row(
        change=Change(record["change"]),
        reason=Reason(record["reason"]),
        uid=record["uid"] or None,
        customer_key=record["customer_key"],
        before=before if before.phone else None,
        after=after if after.phone else None,
        owned=record["owned"],
        source=record["source"],
    )
