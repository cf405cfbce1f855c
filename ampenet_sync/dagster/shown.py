"""What Dagster stores of tables and runs: counts, shapes, paths, masked samples. Never a whole phone or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd
import pandera.pandas as pa

from ampenet_sync.contacts import Collision, Collisions
from ampenet_sync.customers import Answered
from ampenet_sync.phones import mask, shown_key, shown_name
from ampenet_sync.reports.intake import words_line

SAMPLE_ROWS = 5
CUSTOMER_SAMPLE = ["source_file", "source_line", "phone", "first_name", "consent"]
QUARANTINE_SAMPLE = ["source_file", "source_line", "reason", "hint"]

Metadata = dict[str, Any]


def table(model: type[pa.DataFrameModel], *, path: object, rows: int, more: Sequence[str]) -> Metadata:
    """The metadata every table has: where it lies, how many rows, which columns and what holds for them."""
    return {
        "path": dg.MetadataValue.path(str(path)),
        "dagster/row_count": rows,
        "dagster/column_schema": column_schema(model, more=more),
    }


def column_schema(model: type[pa.DataFrameModel], *, more: Sequence[str] = ()) -> dg.TableSchema:
    """The model's columns with their rules; columns only the source knows of come last, as text."""
    columns = model.to_schema().columns
    known = [_column(str(name), column) for name, column in columns.items() if not column.regex]
    names = {column.name for column in known}
    others = [
        dg.TableColumn(_shown_name(name), "str", "As written in the source.") for name in more if name not in names
    ]
    return dg.TableSchema([*known, *others])


def counts(prefix: str, numbers: Mapping[str, int]) -> Metadata:
    """`blank: 3` → `reason/blank: 3`: a number of its own for each, so Dagster plots it over time."""
    return {f"{prefix}/{name}": count for name, count in numbers.items()}


def answers(name: str, answered: Answered | None) -> Metadata:
    """`consent/yes` … `consent/unclear` as numbers, and as plain text what isn't understood and the line to write."""
    if answered is None:
        return {}
    metadata = counts(name, answered.counts)
    if answered.unclear:
        metadata |= {f"{name}/words": dg.MetadataValue.text(words_line(answered))}
        metadata |= {f"{name}/line": dg.MetadataValue.text(answered.line)}
    return metadata


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    lines = [head, ["---"] * len(head), *rows]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines))


def customer_sample(customers: pd.DataFrame) -> dg.MarkdownMetadataValue:
    columns = (customers[name] for name in CUSTOMER_SAMPLE)
    rows = [
        (file, line, mask(phone), initial(name), agreed)
        for file, line, phone, name, agreed in zip(*columns, strict=True)
    ]
    return markdown(["file", "line", "phone", "first name", "consent"], rows)


def quarantine_sample(quarantine: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """No value of the row: what was written there may well be a number."""
    return markdown(["file", "line", "reason", "hint"], quarantine[QUARANTINE_SAMPLE].itertuples(index=False))


def audience_sample(recipients: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """Texts hold names and more, so only their measure is shown."""
    top = recipients.head(SAMPLE_ROWS)
    columns = (top[name] for name in ("phone", "encoding", "parts"))
    rows = [(mask(phone), encoding, parts) for phone, encoding, parts in zip(*columns, strict=True)]
    return markdown(["phone", "encoding", "parts"], rows)


def collisions(shared: Collisions) -> dg.MarkdownMetadataValue:
    """Who shares a phone with whom: the first groups."""
    rows = [
        (mask(group.phone), shown_key(group.winner_key, group.phone), group.others, _keys(group))
        for group in shared.groups
    ]
    return markdown(["phone", "has the contact", "others", "who they are"], rows)


def _keys(group: Collision) -> str:
    return ", ".join(shown_key(key, group.phone) for key in group.keys)


def initial(name: str) -> str:
    """`Asha` → `A•••`."""
    return f"{name[0]}•••" if name else ""


def _column(name: str, column: Any) -> dg.TableColumn:
    constraints = dg.TableColumnConstraints(
        nullable=column.nullable, unique=column.unique, other=[check.error for check in column.checks]
    )
    return dg.TableColumn(name, _plain(column.dtype), column.description, constraints=constraints)


def _shown_name(column: str) -> str:
    """`source.points` as it is; what stands behind `source.` may be a phone, where a list has no heading."""
    before, dot, name = column.rpartition("source.")
    return before + dot + shown_name(name)


def _plain(dtype: object) -> str:
    return "str" if str(dtype).startswith("string") else str(dtype)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
