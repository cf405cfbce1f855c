"""A plan as a file: its rows beside a header, named by a digest. Same inputs, same bytes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.contract import arrow_schema, check_table
from ampenet_sync.files.sealed import Kind, Sealed, header_of, open_sealed, sealing, understood
from ampenet_sync.sync.rows import SHOWN, Change, Reason, Row, Values
from ampenet_sync.sync.stages import SEEN_BEFORE, CallsEach, Stage, stages_of


@dataclass(frozen=True)
class PlanSource:
    """The source as sources.SourceIdentity tells it; `repaired` of its rows were corrected by hand."""

    name: str
    kind: str
    digest: str
    rows: int
    size: int
    files: int
    modified: str
    open_end: bool
    blank_rows: int
    rows_above: int
    repaired: int


@dataclass(frozen=True)
class Counts:
    """What a plan comes to, in rows; `linked` contacts of the group were ours to know before.

    `unlisted` wait for a plan that lists the group: the ledger can't tell that their phones are not there.
    """

    creates: int
    updates: int
    deletes: int
    unchanged: int
    drift: int
    foreign: int
    held: int
    suppressed: int
    opted_out: int
    in_doubt: int
    links: int
    linked: int
    unlisted: int = 0

    @property
    def changes(self) -> int:
        return self.updates + self.creates + self.deletes


@dataclass(frozen=True)
class Forecast:
    """What carrying the plan out costs: calls, pages of listing, and the least time that the permitted rate allows."""

    calls: int
    pages: int
    seconds: int


@dataclass(frozen=True)
class Header:
    """Everything a plan promises beside its rows. `group_uid` is "" where the group is yet to be made.

    `fields` are the managed fields beside the phone. `after` is the digest of the plan that last changed the group
    before this one was made, `after_claims` how many claims that one had made by then. `violations` are sentences; a
    plan without any is safe. `shared_phones` have several customers; `unknown_members` are keys that the segment's
    query named and the source has not. `consent_answers` and `opted_out_answers` are yes, no, nothing and unclear →
    customers of the source; empty where no column says it. `actual` is what stood for the group: itself, listed for
    this plan, or the ledger; then `read_at` is when the group was last read whole (UTC, ISO), "" where it never was.
    `each` is what one change takes. `asks` contacts at the most are asked whether they opted out; 0: nobody. `undoes`
    is the run that the plan undoes, "" of any other plan: it is made from the ledger, not from a source.
    `not_restored` are sentences: what of that run stays all the same, or comes back another than it was.
    """

    ledger: str
    host: str
    account: str
    segment: str
    group_name: str
    group_uid: str
    mode: str
    run_date: str
    fields: tuple[str, ...]
    config_digest: str
    after: str
    customers: int
    quarantined: int
    source: PlanSource
    counts: Counts
    forecast: Forecast
    violations: tuple[str, ...]
    undoes: str = ""
    after_claims: int = 0
    not_restored: tuple[str, ...] = ()
    actual: Literal["live", "ledger"] = "live"
    read_at: str = ""
    each: CallsEach = SEEN_BEFORE
    asks: int = 0
    shared_phones: int = 0
    unknown_members: int = 0
    consent_answers: dict[str, int] = field(default_factory=dict)
    opted_out_answers: dict[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Literal["safe", "unsafe"]:
        return "unsafe" if self.violations else "safe"


@dataclass(frozen=True)
class PlanFile:
    """A plan that can be looked at and carried out: its header is here, its rows stay in the file."""

    header: Header
    sealed: Sealed = field(repr=False)

    @property
    def digest(self) -> str:
        return self.sealed.digest

    @property
    def path(self) -> Path:
        return self.sealed.path

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in which this plan is carried out."""
        header = self.header
        return stages_of_plan(header.counts, new_group=not header.group_uid, each=header.each, asks=header.asks)

    def __len__(self) -> int:
        return self.sealed.rows

    @property
    def rows(self) -> Iterator[Row]:
        """All rows in their order, read from the file as they are asked for."""
        return self.chosen()

    def pieces(self, first: int, end: int) -> Iterator[tuple[int, pa.Table]]:
        """The rows from position `first` to before `end`, some thousands at a time, with the position of each first."""
        return self.sealed.groups(first, end)

    def chosen(
        self, *, changes: Collection[str] = (), keys: Collection[str] = (), reasons: Collection[str] = ()
    ) -> Iterator[Row]:
        """The rows, in their order, that fit every filter; an empty filter fits all."""
        for piece in self._filtered({"change": changes, "customer_key": keys, "reason": reasons}):
            yield from rows_of(piece, self.header.fields)

    def count(self, *, reasons: Collection[str]) -> int:
        """How many rows have one of these reasons."""
        return sum(piece.num_rows for piece in self._filtered({"reason": reasons}))

    def reasons(self) -> dict[Reason, int]:
        """How many rows each reason has, of those that have any; in the order of `Reason`."""
        counts: Counter[str] = Counter()
        for _, table in self.sealed.groups(columns=["reason"]):
            counts.update({entry["values"]: entry["counts"] for entry in table["reason"].value_counts().to_pylist()})
        return {reason: counts[reason] for reason in Reason if counts[reason]}

    def _filtered(self, filters: Mapping[str, Collection[str]]) -> Iterator[pa.Table]:
        for _, table in self.sealed.groups():
            for name, values in filters.items():
                if values:
                    table = table.filter(pc.is_in(table[name], pa.array([str(value) for value in values])))
            yield table


def stages_of_plan(
    counts: Counts, *, new_group: bool, each: CallsEach = SEEN_BEFORE, asks: int = 0
) -> tuple[Stage, ...]:
    """The stages in which a plan that comes to these counts is carried out."""
    return stages_of(
        updates=counts.updates,
        creates=counts.creates,
        deletes=counts.deletes,
        links=counts.links,
        new_group=new_group,
        each=each,
        asks=asks,
    )


def write_plan(header: Header, batches: Iterable[pa.RecordBatch], folder: Path) -> PlanFile:
    """Write `SEGMENT-DIGEST.plan.parquet` (0600) into `folder`. `batches` are rows as `plan.Comparison` gives them."""
    with sealing(PLAN, plan_schema(header.fields), folder) as file:
        for batch in batches:
            file.add(batch)
        sealed = file.end(as_json(header), lambda digest: folder / f"{header.segment}-{digest}.plan.parquet")
    return PlanFile(header, sealed)


def read_plan(path: Path) -> PlanFile:
    """Raises PlanRefused where the file is missing, no plan, of another version, or not the one its digest names."""
    sealed = open_sealed(PLAN, path)
    with understood(PLAN, path):
        plan = PlanFile(header_of(Header, sealed.header), sealed)
        _check_spans(plan)
        return plan


def _check_spans(plan: PlanFile) -> None:
    """Raises ValueError where rows stand elsewhere than their stages say: some would be passed over."""
    spans = [(stage.name.value, stage.first, stage.rows) for stage in plan.stages if stage.rows]
    behind = sum(rows for _, _, rows in spans)
    for kind, first, rows in (*spans, (Change.SKIP.value, behind, len(plan) - behind)):
        kinds = [piece["change"] for _, piece in plan.sealed.groups(first, first + rows, columns=["change"])]
        if sum(map(len, kinds)) != rows or not all(pc.all(pc.equal(column, kind)).as_py() for column in kinds):
            raise ValueError(f"not just the {kind}s where they should be")


def as_json(header: Any) -> dict[str, Any]:
    """A header as the file holds it."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(header).items()
    }


def plan_schema(fields: Iterable[str]) -> pa.Schema:
    """schemas.Plan with two columns for each of the fields."""
    custom = [f"{name}_{side}" for name in fields if name not in SHOWN for side in ("before", "after")]
    return _plan_schema(tuple(custom))


def rows_of(table: pa.Table, fields: Iterable[str]) -> Iterator[Row]:
    """The rows of a plan's table as values."""
    names = ("phone", *fields)
    sides = [[table[f"{name}_{side}"].to_pylist() for name in names] for side in ("before", "after")]
    plain = (table[name].to_pylist() for name in ("change", "reason", "uid", "customer_key", "owned", "source"))
    for change, reason, uid, key, owned, source, before, after in zip(
        *plain, *(zip(*side, strict=True) for side in sides), strict=True
    ):
        yield Row(
            Change(change),
            Reason(reason),
            uid or None,
            key,
            _values(names, before),
            _values(names, after),
            owned,
            source,
        )


def _values(names: tuple[str, ...], cells: tuple[str, ...]) -> Values | None:
    return Values(cells[0], dict(zip(names[1:], cells[1:], strict=True))) if cells[0] else None


def _schema_of(header: dict[str, Any]) -> pa.Schema:
    names = header["fields"]
    if names[: len(SHOWN)] != list(SHOWN) or not all(isinstance(name, str) for name in names):
        raise ValueError("other fields")
    return plan_schema(names)


@cache
def _plan_schema(custom: tuple[str, ...]) -> pa.Schema:
    from ampenet_sync import schemas  # pandera is slow to import

    fixed = arrow_schema(schemas.Plan)
    return pa.schema([*fixed, *((name, pa.string()) for name in custom)])


def _check(table: pa.Table) -> None:
    from ampenet_sync import schemas  # pandera is slow to import

    check_table(table, schemas.Plan)


PLAN = Kind(
    word="plan",
    made_by="ampenet-sync plan",
    # 2: rows say where their customer stands; 3: digests of 32 digits; 4: fields as data, nested header; 5: undoing;
    # 6: from the ledger; 7: asking who opted out; 8: what an undo doesn't restore
    version=8,
    changed="bad_plan",
    missing="no_plan",
    other_format="plan_format",
    schema=_schema_of,
    check=_check,
)
