"""The rows of a plan for a person, a script and a file: kind, reason, key, phone, before → after, source line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from ampenet_sync.phones import shown_key, shown_phone
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.names import NAMELESS_ROW, ROW_NAMES
from ampenet_sync.sync.planfile import PlanFile
from ampenet_sync.sync.rows import SHOWN, Reason, Row, Values

PAGE = 500  # rows that are laid out as one table
BLANK = "(blank)"

REASON_WORDS = {
    Reason.NEW: "the customer has no contact in the group yet",
    Reason.DIFFERS: "the customer's record says something else than the contact",
    Reason.CHANGED_THERE: "somebody changed the contact at Ampenet since we wrote it; the customer's record wins",
    Reason.LEFT_SEGMENT: "the customer is no longer in the segment, or no longer in the source",
    Reason.FOREIGN: "we did not make this contact; the segment says deletes: all",
    Reason.MATCHES: "the contact is as it should be; only the ledger learns whose it is",
    Reason.KEPT_THERE: "somebody changed the contact at Ampenet since we wrote it; the segment keeps what they wrote",
    Reason.REMOVED_THERE: "somebody removed the contact at Ampenet; it is not made again by itself",
    Reason.MADE_AGAIN: "somebody removed the contact at Ampenet; the segment has it made again",
    Reason.HELD: "the customer's row can't be judged, so the contact stays as it is",
    Reason.SUPPRESSED: "never to be texted, says the ledger",
    Reason.OPTED_OUT: "never to be texted, says the source",
    Reason.IN_DOUBT: "an earlier request had no answer yet; it is looked up first",
    Reason.UNLISTED: "the platform makes twins, and the group was not listed for this plan; it waits until it is",
    Reason.MADE_BY_RUN: "the run that is undone made this contact",
    Reason.CHANGED_BY_RUN: "the run that is undone changed this contact",
    Reason.REMOVED_BY_RUN: "the run that is undone removed this contact",
    Reason.CHANGED_SINCE: "somebody changed or removed the contact after the run, so it stays as it is",
    Reason.NOT_EMPTIED: "a field was blank before the run, and the platform can't make it blank again",
}


def rows_object(plan: PlanFile, rows: Sequence[Row], *, total: int, unmasked: bool = False) -> dict[str, Any]:
    """`total` rows fit the filters, `rows` of them are here; `of` is what the whole plan holds."""
    return {
        "digest": plan.digest,
        "segment": plan.header.segment,
        "group": plan.header.group_name or plan.header.group_uid,
        "actual": plan.header.actual,
        "read_at": plan.header.read_at or None,
        "not_restored": list(plan.header.not_restored),
        "of": len(plan),
        "total": total,
        "rows": [_object(row, unmasked=unmasked) for row in rows],
    }


def rows_tables(rows: Sequence[Row], *, unmasked: bool = False) -> Iterator[Table]:
    """The rows as tables of a page each."""
    for start in range(0, len(rows), PAGE):
        table = table_of("change", "key", "phone", "before → after", "reason", "source")
        for row in rows[start : start + PAGE]:
            change, reason = row.change.value, row.reason.value
            key, phone = _key(row, unmasked=unmasked), shown_phone(row.values.phone, unmasked=unmasked)
            table.add_row(change, key, phone, difference(row, unmasked=unmasked), reason, row.source)
        yield table


def reason_lines(rows: Sequence[Row]) -> Iterator[str]:
    """What the reasons of these rows mean."""
    there = {row.reason for row in rows}
    yield from (f"  {reason.value}: {words}" for reason, words in REASON_WORDS.items() if reason in there)


def nameless(row: Row) -> list[str]:
    """`NAMELESS_ROW` of a row: what a place may keep that holds nobody's name."""
    shown = _object(row, unmasked=False)
    return [shown[name] for name in NAMELESS_ROW]


def file_columns(plan: PlanFile) -> list[str]:
    """What `file_rows` has: every managed field before and after, in a column of its own."""
    sided = [f"{name}_{side}" for name in ("phone", *plan.header.fields) for side in ("before", "after")]
    return ["change", "reason", "why", "key", "phone", *sided, "source"]


def file_rows(plan: PlanFile, rows: Sequence[Row], *, unmasked: bool) -> list[list[str]]:
    """The rows as text for a file. Phones, and keys that may be one, are masked unless a person wants them whole."""
    names = ("phone", *plan.header.fields)
    return [_cells(row, names, unmasked=unmasked) for row in rows]


def difference(row: Row, *, unmasked: bool = False) -> str:
    """What changes: `first_name Asha → Neema`; of a contact that comes or goes, or stays as it is, its names."""
    changes = field_changes(row, unmasked=unmasked)
    if not changes:
        return " ".join(filter(None, (row.values.fields[name] for name in SHOWN))) or BLANK
    return ", ".join(f"{name} {before} → {after}" for name, before, after in changes)


def field_changes(row: Row, *, unmasked: bool = False) -> list[tuple[str, str, str]]:
    """Name, before and after of each field that changes; none of a contact that comes or goes, or stays as it is."""
    if row.before is None or row.after is None:
        return []
    before, after = row.before.flat(), row.after.flat()

    def shown(name: str, value: str) -> str:
        return _field(name, value, unmasked=unmasked) or BLANK

    changed = [name for name in after if before[name] != after[name]]
    return [(name, shown(name, before[name]), shown(name, after[name])) for name in changed]


def _object(row: Row, *, unmasked: bool) -> dict[str, Any]:
    before, after = (None if side is None else _values(side, unmasked=unmasked) for side in (row.before, row.after))
    key, phone = _key(row, unmasked=unmasked), shown_phone(row.values.phone, unmasked=unmasked)
    values = (row.change.value, row.reason.value, key, phone, before, after, row.source)
    return dict(zip(ROW_NAMES, values, strict=True))


def _cells(row: Row, names: Sequence[str], *, unmasked: bool) -> list[str]:
    key, phone = _key(row, unmasked=unmasked), shown_phone(row.values.phone, unmasked=unmasked)
    sides = [_values(side, unmasked=unmasked) if side else dict.fromkeys(names, "") for side in (row.before, row.after)]
    fields = [side[name] for name in names for side in sides]
    return [row.change.value, row.reason.value, REASON_WORDS[row.reason], key, phone, *fields, row.source]


def _values(values: Values, *, unmasked: bool) -> dict[str, str]:
    return {name: _field(name, value, unmasked=unmasked) for name, value in values.flat().items()}


def _field(name: str, value: str, *, unmasked: bool) -> str:
    return shown_phone(value, unmasked=unmasked) if name == "phone" and value else value


def _key(row: Row, *, unmasked: bool) -> str:
    """Also a key that was the number the customer had before is masked."""
    key, phones = row.customer_key, [side.phone for side in (row.values, row.before) if side]
    shown = (shown_key(key, phone, unmasked=unmasked) for phone in phones)
    return next((masked for masked in shown if masked != key), key)
