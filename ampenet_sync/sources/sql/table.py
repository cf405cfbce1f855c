"""A table's name → the select of its rows: which columns can be read, in which order. No row is read here."""

from __future__ import annotations

import difflib
import warnings

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, CIDR, DOMAIN, INET, JSON
from sqlalchemy.dialects.postgresql.ranges import AbstractRange
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.types import TypeEngine

from ampenet_sync.config.headings import heading
from ampenet_sync.errors import SourceError

_NO_TEXT = (sa.types._Binary, ARRAY, JSON, INET, CIDR, AbstractRange)  # as the drivers hand them over


def table_query(connection: Connection, table: str, needed: frozenset[str]) -> str:
    """`shop.customers` → a select of what can be read, quoted, in the order of the primary key where there is one.

    Columns that are no text are left out where `needed` tells that nobody needs them. Raises SourceError
    `missing_table` where there is none of this name.
    """
    schema, _, bare = table.rpartition(".")
    inspector = sa.inspect(connection)
    try:
        key = inspector.get_pk_constraint(bare, schema=schema or None)["constrained_columns"]
        left_out, names = _columns(inspector, bare, schema, needed)
    except NoSuchTableError:
        raise _missing(inspector, table, bare, schema) from None
    quote_name = connection.dialect.identifier_preparer.quote_identifier
    whole = ".".join(quote_name(part) for part in (schema, bare) if part)
    columns = ", ".join(map(quote_name, names)) if left_out and names else "*"
    order = f" ORDER BY {', '.join(quote_name(column) for column in key)}" if key else ""
    return f"SELECT {columns} FROM {whole}{order}"  # noqa: S608 - every name is quoted


def _columns(inspector: Inspector, bare: str, schema: str, needed: frozenset[str]) -> tuple[bool, list[str]]:
    """Whether any column is passed over, and those that are not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of types that SQLAlchemy doesn't know
        there = inspector.get_columns(bare, schema=schema or None)
    names = [
        column["name"]
        for column in there
        if heading(column["name"]) in needed or not needed or _is_readable(column["type"])
    ]
    return len(names) < len(there), names


def _is_readable(kind: TypeEngine[object]) -> bool:
    return not isinstance(kind.data_type if isinstance(kind, DOMAIN) else kind, _NO_TEXT)


def _missing(inspector: Inspector, table: str, bare: str, schema: str) -> SourceError:
    there = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    near = difflib.get_close_matches(bare, there, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "check customers.source.sql.table and the URL's database"
    return SourceError(f"there is no table {table}", code="missing_table", hint=hint)
